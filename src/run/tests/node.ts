/**
 * node:test, mocha, jest and vitest: the project's own runner is called as its script in package.json calls it, with a reporter of ours.
 *
 * Packages are not copied: `node_modules` has links to where they lie on this machine. Lines are V8's own counts, which mocha's process takes
 * after each test, and with the others the process of each file; jest and vitest run what they made of the sources, and their source maps lead back.
 */
import { existsSync, readdirSync, realpathSync } from 'node:fs';
import { join, matchesGlob, relative, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { workDir } from '../native/recipe.ts';
import { nodePackages } from '../native/recipes/javascript.ts';
import { searchTool } from '../native/toolchainsfind.ts';
import type { Outcome } from '../types.ts';
import { withProcesses } from './nodeprocesses.ts';
import { scriptWords } from './nodescript.ts';
import { type Told, tellLines, tellRows, testDirectory } from './report.ts';
import { besideFile, firstOnPath, leftFile, planFile, type SuiteRunner } from './suiterunner.ts';
import type { TestRequest } from './types.ts';

type NodeRunner = 'node' | 'mocha' | 'jest' | 'vitest';

const own = `./${testDirectory}`;

/** Where a package's program lies in it; the first that exists. */
const programs: Readonly<Record<Exclude<NodeRunner, 'node'>, readonly string[]>> = {
  // Not `bin/mocha.js`, which starts another process for some flags.
  mocha: ['mocha/bin/_mocha', 'mocha/bin/mocha.js', 'mocha/bin/mocha'],
  jest: ['jest/bin/jest.js', 'jest-cli/bin/jest.js'],
  vitest: ['vitest/vitest.mjs'],
};

export const nodeRunner: SuiteRunner = {
  coverage: true,
  async plan(request, key) {
    const runner = request.runner as NodeRunner;
    const { candidates, passedOver } = searchTool(
      {
        name: 'node',
        label: 'Node.js',
        executables: ['node', 'nodejs'],
        versionArgs: [],
        version: /v/,
        packages: nodePackages,
      },
      request.path,
    );
    const [node] = candidates;
    if (node === undefined)
      throw new WinnowError(
        'toolchain-missing',
        `Node.js for the tests was not found. ${passedOver.join('; ')}`.trim(),
      );
    const packages = packagesOf(request);
    const beside = await Promise.all(
      [
        'rows.cjs',
        'shown.cjs',
        'nodeeach.cjs',
        'lines.cjs',
        'layout.cjs',
        'node.cjs',
        'nodelines.cjs',
        'mocha.cjs',
        'mochalines.cjs',
        'jest.cjs',
        'jestfound.cjs',
        'jestlines.cjs',
        'vitest.mjs',
        'vitestlines.mjs',
      ].map((name) => besideFile(`node/${name}`)),
    );
    const links = packages.flatMap((directory) => linksOf(directory, request.root));
    return {
      commands: [...links, [node.path, ...calls[runner](request)]],
      beside: [planFile({ key, coverage: request.coverage, testMs: request.testMs }), ...beside],
      env: {
        ...(runner === 'node'
          ? {
              NODE_OPTIONS: ['nodeeach.cjs', ...(request.coverage ? ['nodelines.cjs'] : [])]
                .map((name) => `--require=${workDir}/${testDirectory}/${name}`)
                .join(' '),
            }
          : {}),
      },
      chosen: firstOnPath,
      read: [...node.read, ...packages.map((directory) => join(request.root, directory))],
    };
  },
  tell(outcome, { key, request }) {
    const told = withLines(tellRows(leftFile(outcome, 'rows.txt'), key, outcome.ending), outcome);
    return request.runner === 'node' ? withProcesses(told, outcome, key, request.files) : told;
  },
};

/**
 * A directory of links, and no link to a directory: runners put what they make of settings there (`.vite-temp`). A package that is a part of the project is
 * linked to its copy.
 */
function linksOf(directory: string, root: string): string[][] {
  const entries = readdirSync(join(root, directory)).filter(
    (name) => !['.cache', '.vite', '.vite-temp'].includes(name),
  );
  const targets = entries.map((name): readonly [name: string, target: string] => {
    const path = join(root, directory, name);
    const inside = relative(root, realOf(path));
    const isPart = !inside.startsWith('..') && !inside.split(sep).includes('node_modules');
    return [name, isPart ? join(workDir, inside) : path];
  });
  return [['mkdir', '-p', directory], ...targets.map(([name, target]) => ['ln', '-s', target, `${directory}/${name}`])];
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

/** Directories of packages, of the project and of each package in it. */
function packagesOf({ root, files }: TestRequest): string[] {
  const directories = files
    .filter(({ path }) => /(^|\/)package\.json$/.test(path))
    .map(({ path }) => path.slice(0, -'package.json'.length));
  return [...new Set(['', ...directories])]
    .map((directory) => `${directory}node_modules`)
    .filter((path) => existsSync(join(root, path)));
}

/** Arguments of Node for each runner. */
const calls: Readonly<Record<NodeRunner, (request: TestRequest) => string[]>> = {
  node: (request) => {
    const { options, rest } = scriptWords(request.files, 'node');
    return [
      ...options,
      '--test',
      '--test-reporter=spec',
      '--test-reporter-destination=stdout',
      `--test-reporter=${own}/node.cjs`,
      '--test-reporter-destination=/dev/null',
      ...(request.testMs === null ? [] : [`--test-timeout=${request.testMs}`]),
      ...request.only.map((name) => `--test-name-pattern=${escaped(name)}`),
      ...request.arguments,
      // Before version 21 Node takes patterns for names.
      ...chosen(request, rest).flatMap((word) => matching(word, request)),
    ];
  },
  mocha: (request) => {
    const { options, rest } = scriptWords(request.files, 'mocha');
    return [
      ...(request.coverage ? ['--require', `${own}/mochalines.cjs`] : []),
      programOf('mocha', request.root),
      ...options,
      '--reporter',
      `${own}/mocha.cjs`,
      '--no-parallel',
      ...(request.testMs === null ? [] : ['--timeout', String(request.testMs)]),
      ...(request.only.length === 0 ? [] : ['--grep', request.only.map(escaped).join('|')]),
      ...request.arguments,
      ...chosen(request, rest),
    ];
  },
  jest: (request) => {
    const { options, rest } = scriptWords(request.files, 'jest');
    return [
      programOf('jest', request.root),
      ...options,
      '--ci',
      '--watchman=false',
      '--cacheDirectory=/tmp/jest',
      '--coverage=false',
      '--testLocationInResults',
      '--reporters=default',
      `--reporters=${workDir}/${testDirectory}/jest.cjs`,
      // One that the project names itself stays: the files are then told only as they begin.
      ...([...options, ...request.arguments].some((word) => word.startsWith('--filter'))
        ? []
        : [`--filter=${workDir}/${testDirectory}/jestfound.cjs`]),
      ...(request.coverage ? [`--testRunner=${workDir}/${testDirectory}/jestlines.cjs`] : []),
      ...(request.testMs === null ? [] : [`--testTimeout=${request.testMs}`]),
      ...(request.only.length === 0 ? [] : ['-t', request.only.map(escaped).join('|')]),
      ...request.arguments,
      ...chosen(request, rest),
    ];
  },
  vitest: (request) => {
    const { options, rest } = scriptWords(request.files, 'vitest');
    return [
      programOf('vitest', request.root),
      'run',
      ...options,
      '--coverage.enabled=false',
      '--includeTaskLocation',
      '--reporter=default',
      `--reporter=${workDir}/${testDirectory}/vitest.mjs`,
      ...(request.testMs === null ? [] : [`--testTimeout=${request.testMs}`]),
      ...(request.only.length === 0 ? [] : ['-t', request.only.map(escaped).join('|')]),
      ...request.arguments,
      ...chosen(request, rest),
    ];
  },
};

const chosen = ({ paths }: TestRequest, ofScript: readonly string[]): readonly string[] =>
  paths.length > 0 ? paths : ofScript;

function matching(pattern: string, { files }: TestRequest): string[] {
  if (!/[*?[{]/.test(pattern)) return [pattern];
  const plain = pattern.replace(/^\.\//, '');
  return files.map(({ path }) => path).filter((path) => matchesGlob(path, plain));
}

/** A name as a regular expression that finds it. */
const escaped = (name: string): string => name.replaceAll(/[.*+?^${}()|[\]\\/]/g, '\\$&');

function programOf(runner: Exclude<NodeRunner, 'node'>, root: string): string {
  const found = programs[runner].find((path) => existsSync(join(root, 'node_modules', path)));
  if (found !== undefined) return `node_modules/${found}`;
  throw new WinnowError(
    'toolchain-missing',
    `${runner} is not in node_modules of ${root}. Install the project's packages there (npm install).`,
    { details: { runner } },
  );
}

/** What processes of node:test wrote about lines, put to what the reporter told. They wrote it unsealed: see `docs/testing.md`. */
function withLines(told: Told, outcome: Outcome): Told {
  const files = outcome.files.flatMap((file) =>
    'bytes' in file && file.path.startsWith(`${testDirectory}/lines-`) ? [file.bytes] : [],
  );
  return files.length === 0 ? told : { ...told, coverage: tellLines(files) };
}
