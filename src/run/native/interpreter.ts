/**
 * An interpreter of Python by where it lies: a virtual environment that was named, an interpreter that was, or the first of a path.
 *
 * It is shown to the sandbox where it lies, an environment together with the installation that it stands on. Nothing is started to find it.
 */
import { readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { Tool } from './recipe.ts';
import { searchTool } from './toolchainsfind.ts';

export interface Interpreter {
  readonly path: string;
  /** What must be readable in the sandbox for it to run, beyond the system's own directories. */
  readonly read: readonly string[];
}

const cpython: Tool = {
  name: 'python',
  label: 'CPython',
  executables: ['python3', 'python'],
  versionArgs: ['--version'],
  version: /^Python (3\.\S+)/m,
  packages: { apt: 'python3', dnf: 'python3', apk: 'python3', pacman: 'python' },
};

/** The first of a path. @throws WinnowError `toolchain-missing` */
export const interpreterOn = (path: readonly string[]): Interpreter => found(cpython, path);

export const isEnvironment = (directory: string): boolean =>
  statSync(join(directory, 'pyvenv.cfg'), { throwIfNoEntry: false })?.isFile() === true;

/**
 * @param python a directory with pyvenv.cfg, or an executable
 * @throws WinnowError `path-not-found`, `toolchain-missing`
 */
export function namedInterpreter(python: string): Interpreter {
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
export function inEnvironment(directory: string): Interpreter {
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
  throw new WinnowError('toolchain-missing', `Python was not found: ${why}.`, { details: { path } });
}

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}
