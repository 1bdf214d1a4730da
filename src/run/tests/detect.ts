/**
 * Which runner a project's tests are for, by its files.
 *
 * What a project says of itself comes first: a script, a settings file. Then what it depends on, then what its tests import. Nothing is run.
 */
import { posix } from 'node:path';
import type { JobFile } from '../types.ts';
import { manifestOf, scriptOf } from './nodescript.ts';
import type { TestRunner } from './types.ts';

export interface Detected {
  readonly runner: TestRunner;
  /** In words, for a person: `package.json has a script "test" that calls mocha`. */
  readonly because: string;
}

type Look = (files: readonly JobFile[]) => Detected | null;

const nodeRunners = ['vitest', 'jest', 'mocha', 'node'] as const;

/** All that fit, the surest first; none: this project has no tests that can be recognised. */
export function detectRunners(files: readonly JobFile[]): Detected[] {
  return looks.flatMap((look) => look(files) ?? []);
}

const has = (files: readonly JobFile[], path: string): boolean => files.some((file) => file.path === path);
const textOf = (files: readonly JobFile[], path: string): string =>
  new TextDecoder().decode(files.find((file) => file.path === path)?.bytes ?? new Uint8Array(0));

/** The names that pytest and unittest look for. */
const isPythonTest = (path: string): boolean => /(^|\/)(test[^/]*|[^/]*_test)\.py$/.test(path);
const isNodeTest = (path: string): boolean =>
  /(^|\/)(test\/.*|test|test-[^/]*|[^/]*[._-]test)\.[cm]?[jt]s$/.test(path) ||
  /\.(spec|test)\.[cm]?[jt]sx?$/.test(path);

const script: Look = (files) => {
  const found = nodeRunners.find((runner) => scriptOf(files, runner) !== null);
  return found === undefined ? null : { runner: found, because: `a script of package.json calls ${found}` };
};

const pythonSettings: Look = (files) => {
  const settings: readonly [path: string, sign: RegExp][] = [
    ['pytest.ini', /^/],
    ['pytest.toml', /^/],
    ['pyproject.toml', /^\[tool\.pytest/m],
    ['tox.ini', /^\[pytest\]/m],
    ['setup.cfg', /^\[tool:pytest\]/m],
  ];
  const found = settings.find(([path, sign]) => has(files, path) && sign.test(textOf(files, path)));
  return found === undefined ? null : { runner: 'pytest', because: `${found[0]} has settings of pytest` };
};

const modules: Look = (files) =>
  has(files, 'go.mod') && files.some(({ path }) => path.endsWith('_test.go'))
    ? { runner: 'go', because: 'there are go.mod and files that end in _test.go' }
    : null;

/** A build file alone may be for another language: a test has to speak of JUnit. */
const javaTests: Look = (files) => {
  const found = files.find(
    ({ path, bytes }) =>
      path.endsWith('.java') &&
      /^\s*import\s+(static\s+)?(org\.junit\.|junit\.framework\.)/m.test(
        new TextDecoder().decode(bytes.subarray(0, 20_000)),
      ),
  );
  return found === undefined ? null : { runner: 'junit', because: `${found.path} imports JUnit` };
};

const dependency: Look = (files) => {
  const manifest = manifestOf(files);
  if (manifest === null) return null;
  const found = nodeRunners.find((runner) => manifest.dependencies.includes(runner) || manifest.keys.includes(runner));
  return found === undefined || found === 'node' ? null : { runner: found, because: `package.json names ${found}` };
};

const pythonTests: Look = (files) => {
  const tests = files.filter(({ path }) => isPythonTest(path));
  if (tests.length === 0) return null;
  const conftest = files.find(({ path }) => posix.basename(path) === 'conftest.py');
  if (conftest !== undefined) return { runner: 'pytest', because: `there is ${conftest.path}` };
  const shown = tests.slice(0, 500).map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)] as const);
  const ofPytest = shown.find(([, text]) => /^\s*(import|from) pytest\b|^(async )?def test/m.test(text));
  if (ofPytest !== undefined) return { runner: 'pytest', because: `${ofPytest[0]} has tests for pytest` };
  const ofUnittest = shown.find(([, text]) => /^\s*(import|from) unittest\b/m.test(text));
  return ofUnittest === undefined ? null : { runner: 'unittest', because: `${ofUnittest[0]} imports unittest` };
};

const nodeTests: Look = (files) => {
  const found = files.find(
    ({ path, bytes }) =>
      isNodeTest(path) && /['"]node:test['"]/.test(new TextDecoder().decode(bytes.subarray(0, 20_000))),
  );
  return found === undefined ? null : { runner: 'node', because: `${found.path} imports node:test` };
};

const looks: readonly Look[] = [script, pythonSettings, modules, javaTests, dependency, pythonTests, nodeTests];
