/**
 * pytest and unittest: our start file calls the runner in its own process, with a plugin or a result of ours.
 *
 * The interpreter is that of an environment which has what the project needs: the one that is named, the project's own (`.venv`, `venv`), or
 * the first on the path. It is shown to the sandbox where it lies. Nothing is started to find it.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Tool } from '../native/recipe.ts';
import { searchTool } from '../native/toolchainsfind.ts';
import { tellRows } from './report.ts';
import { besideFile, firstOnPath, leftFile, planFile, type SuiteRunner } from './suiterunner.ts';
import type { TestRequest } from './types.ts';

const cpython: Tool = {
  name: 'python',
  label: 'CPython',
  executables: ['python3', 'python'],
  versionArgs: ['--version'],
  version: /^Python (3\.\S+)/m,
  packages: { apt: 'python3', dnf: 'python3', apk: 'python3', pacman: 'python' },
};

const own = ['start', 'winnow_rows', 'winnow_watch', 'winnow_lines', 'winnow_pytest', 'winnow_unittest'].map(
  (name) => `python/${name}.py`,
);

export const pythonRunner: SuiteRunner = {
  coverage: true,
  async plan(request, key) {
    const { path, read, chosen } = interpreterOf(request);
    const { runner, files, paths, only, testMs, coverage } = request;
    const plan = {
      key,
      runner,
      paths,
      only,
      coverage,
      arguments: request.arguments,
      testSeconds: testMs === null ? 0 : testMs / 1000,
      files: coverage ? files.map((file) => file.path).filter((name) => name.endsWith('.py')) : [],
      // Before anything that is installed, so that the files given are tested and no installed copy.
      roots: files.some((file) => /^src\/([^/]+\.py|[^/]+\/__init__\.py)$/.test(file.path)) ? ['src'] : [],
    };
    return {
      commands: [[path, '.winnow-tests/start.py']],
      beside: [planFile(plan), ...(await Promise.all(own.map(besideFile)))],
      env: { PYTHONDONTWRITEBYTECODE: '1', PYTHONHASHSEED: '0', PYTHONNOUSERSITE: '1' },
      read,
      chosen,
    };
  },
  tell: (outcome, { key }) => tellRows(leftFile(outcome, 'rows.txt'), key, outcome.ending),
};

export interface Interpreter {
  readonly path: string;
  readonly read: readonly string[];
}

export function interpreterOf({
  python,
  root,
  path,
}: Pick<TestRequest, 'python' | 'root' | 'path'>): Interpreter & { readonly chosen: string } {
  if (python !== null) return { ...named(python), chosen: 'the one that was named' };
  const environment = ['.venv', 'venv', 'env'].find((name) => isEnvironment(join(root, name)));
  return environment === undefined
    ? { ...found(cpython, path), chosen: firstOnPath }
    : { ...inEnvironment(join(root, environment)), chosen: `that of ${environment} in the project` };
}

const isEnvironment = (directory: string): boolean =>
  statSync(join(directory, 'pyvenv.cfg'), { throwIfNoEntry: false })?.isFile() === true;

function named(python: string): Interpreter {
  const there = statSync(python, { throwIfNoEntry: false });
  if (there?.isDirectory() === true && isEnvironment(python)) return inEnvironment(python);
  if (there?.isFile() === true) {
    const around = dirname(dirname(python));
    return isEnvironment(around)
      ? { ...inEnvironment(around), path: python }
      : found({ ...cpython, executables: [basename(python)] }, [dirname(python)], true);
  }
  throw new WinnowError(
    'path-not-found',
    `Expected a virtual environment (a directory with pyvenv.cfg) or an interpreter of Python; ${python} is neither.`,
    { details: { path: python } },
  );
}

/** https://docs.python.org/3/library/venv.html: `home` is the directory of the interpreter that the environment stands on. */
function inEnvironment(directory: string): Interpreter {
  const home = /^home\s*=\s*(.+)$/m.exec(readFileSync(join(directory, 'pyvenv.cfg'), 'utf8'))?.[1]?.trim();
  const base = home === undefined ? [] : found(cpython, [home], true).read;
  return { path: join(directory, 'bin', 'python'), read: [directory, ...base] };
}

/** @param firm it must be in one of the directories given */
function found(tool: Tool, path: readonly string[], firm = false): Interpreter {
  const { candidates, passedOver } = searchTool(tool, path);
  const wanted = path.map((directory) => `${realOf(directory)}/`);
  const [first] = firm
    ? candidates.filter((one) => wanted.some((start) => realOf(one.path).startsWith(start)))
    : candidates;
  if (first !== undefined) return first;
  const why = passedOver.length > 0 ? passedOver.join('; ') : `there is none in ${path.join(', ')}`;
  throw new WinnowError('toolchain-missing', `Python for the tests was not found: ${why}.`, { details: { path } });
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
