/**
 * Which runner tests are for that a person names: what is named has to be there, and to be what the runner reads.
 *
 * A runner that is given a file of another kind finds no test, or ends with a complaint of its own after all has been set up; here it is said before.
 */
import { WinnowError } from '../../base/mod.ts';
import type { JobFile } from '../types.ts';
import { detectRunners } from './detect.ts';
import { type TestRunner, testRunners } from './types.ts';

const node = { files: /\.[cm]?[jt]sx?$/, what: 'JavaScript and TypeScript (.js, .mjs, .cjs, .ts, .jsx, .tsx)' };
const python = { files: /\.py$/, what: 'Python (.py)' };

const read: Readonly<Record<TestRunner, { readonly files: RegExp; readonly what: string }>> = {
  pytest: python,
  unittest: python,
  node,
  mocha: node,
  jest: node,
  vitest: node,
  go: { files: /_test\.go$/, what: 'Go (_test.go)' },
  junit: { files: /\.(java|kt)$/, what: 'Java (.java)' },
};

/**
 * The runner of a project's tests, or of those that are named.
 *
 * @param paths files or directories of the project; of pytest also what `::` names in one; empty: all tests
 * @param asked the runner that was named
 * @returns null when no runner is named and none is recognised
 * @throws WinnowError `path-not-found`, `bad-usage` with what is accepted
 */
export function runnerOfTests(
  files: readonly JobFile[],
  paths: readonly string[],
  asked: TestRunner | undefined,
): TestRunner | null {
  const detected = detectRunners(files).map(({ runner }) => runner);
  const named = paths.map((path) => fileOf(files, path)).filter((path) => path !== null);
  const fitting = (runner: TestRunner): boolean => named.every((path) => read[runner].files.test(path));
  if (asked !== undefined && fitting(asked)) return asked;
  const found = asked === undefined ? detected.find(fitting) : undefined;
  if (found !== undefined || (asked === undefined && named.length === 0)) return found ?? null;
  throw misfit(named, asked, detected);
}

/** @returns null for a directory */
function fileOf(files: readonly JobFile[], given: string): string | null {
  const path = given
    .replace(/::.*$/s, '')
    .replace(/^(\.\/)+/, '')
    .replace(/\/+$/, '');
  if (files.some((file) => file.path === path)) return path;
  if (path === '' || path === '.' || files.some((file) => file.path.startsWith(`${path}/`))) return null;
  throw new WinnowError(
    'path-not-found',
    `Expected --tests to be a file or directory of the project; there is no ${JSON.stringify(path)} in it. Paths are relative to the project.`,
    { details: { path } },
  );
}

function misfit(named: readonly string[], asked: TestRunner | undefined, detected: readonly TestRunner[]): WinnowError {
  const accepted = [...new Set(testRunners.map((runner) => read[runner].what))].join(', ');
  const one = asked ?? detected[0];
  const stranger = named.find((path) => one === undefined || !read[one].files.test(path)) ?? named[0];
  const whose =
    one === undefined
      ? 'no runner of tests was recognised in this project'
      : `${asked === undefined ? `${one}, which the project's tests are for,` : one} reads ${read[one].what}`;
  return new WinnowError(
    'bad-usage',
    `Expected tests that a runner reads; ${JSON.stringify(stranger)} is none: ${whose}. Accepted are tests in ${accepted}; --runner names the runner (${testRunners.join(', ')}).`,
    { details: { path: stranger ?? null } },
  );
}
