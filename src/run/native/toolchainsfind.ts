/**
 * Looks for a tool's executables on disk: on the path that was given, then in the usual places.
 *
 * Nothing is started here. Wrappers of version managers (rustup's proxies, pyenv's shims) cannot run in a sandbox,
 * because they read settings in a home directory; so they are followed to the program they would start, by reading
 * those settings. What a sandboxed program, which is nobody, could not read is passed over, with the reason kept.
 *
 * Whether a candidate works is not decided here but by running it (`toolchains.ts`).
 */
import { accessSync, constants, readdirSync, readFileSync, realpathSync, type Stats, statSync } from 'node:fs';
import { homedir, userInfo } from 'node:os';
import { basename, dirname, join } from 'node:path';
import type { Tool } from './recipe.ts';

export interface Candidate {
  /** What to start. */
  readonly path: string;
  /** What must be readable in the sandbox for it to run, beyond the system's own directories. */
  readonly read: readonly string[];
  /** Path, size and time of the file behind it. */
  readonly file: string;
}

export interface Search {
  /** Best first. */
  readonly candidates: readonly Candidate[];
  /** Why executables that exist are not among them. */
  readonly passedOver: readonly string[];
}

/** Seen in every sandbox. */
const systemDirs = ['/usr', '/bin', '/sbin', '/lib', '/lib32', '/lib64'];

/** Where hand-installed and distribution toolchains lie when no path names them. */
const usualDirs = ['/usr/local/bin', '/usr/bin', '/bin'];

/** @param path directories, in order */
export function searchTool(tool: Tool, path: readonly string[]): Search {
  const directories = [...new Set([...path, ...usualDirs, ...(tool.usualPlaces ?? [])])].filter((dir) =>
    dir.startsWith('/'),
  );
  const candidates = new Map<string, Candidate>();
  const passedOver = new Set<string>();
  for (const name of tool.executables)
    for (const directory of directories)
      for (const found of behindWrappers(join(directory, name)).filter(isFile)) {
        const obstacle = obstacleTo(found);
        if (obstacle !== null) passedOver.add(obstacle);
        else if (!candidates.has(realpathSync(found))) candidates.set(realpathSync(found), candidateOf(found, tool));
      }
  return { candidates: [...candidates.values()], passedOver: [...passedOver] };
}

function candidateOf(found: string, tool: Tool): Candidate {
  const real = realpathSync(found);
  const { size, mtimeMs } = statSync(real);
  // Programs that are several in one file know by their name which one to be.
  const path = /^(busybox|toybox|coreutils|clang)/.test(basename(real)) ? found : real;
  const reads = (tool.reads ?? []).filter((place) => statOf(place) !== undefined);
  return { path, read: [...treeOf(real), ...reads], file: `${real} ${size} ${mtimeMs}` };
}

/** The program itself, or the ones that a version manager's wrapper at this path stands for. */
function behindWrappers(path: string): readonly string[] {
  if (!isFile(path)) return [];
  const directory = dirname(path);
  if (basename(realOf(path)) === 'rustup')
    return rustupToolchains(directory).map((dir) => join(dir, 'bin', basename(path)));
  if (basename(directory) === 'shims')
    return pyenvVersions(dirname(directory)).map((dir) => join(dir, 'bin', basename(path)));
  return [path];
}

/** https://rust-lang.github.io/rustup: proxies in `CARGO_HOME/bin`, toolchains in `RUSTUP_HOME`, by default beside it. */
function rustupToolchains(proxies: string): readonly string[] {
  const homes = ['.rustup', 'rustup'].map((name) => join(dirname(dirname(proxies)), name));
  return homes.flatMap((home) => {
    const chosen = /^default_toolchain\s*=\s*"([^"]+)"/m.exec(textOf(join(home, 'settings.toml')))?.[1];
    return chosenFirst(join(home, 'toolchains'), chosen === undefined ? [] : [chosen]);
  });
}

/** https://github.com/pyenv/pyenv: `version` names the versions in use, one a line. Programs of the same layout (rbenv, nodenv) too. */
const pyenvVersions = (root: string): readonly string[] =>
  chosenFirst(join(root, 'versions'), textOf(join(root, 'version')).split(/\s+/));

function chosenFirst(directory: string, chosen: readonly string[]): readonly string[] {
  const all = namesIn(directory);
  const first = chosen.filter((name) => all.includes(name));
  return [...first, ...all.filter((name) => !first.includes(name))].map((name) => join(directory, name));
}

/**
 * What of the disk belongs to a program outside the system's directories: the tree around its `bin`. A tree that
 * would show somebody's home narrows to the file itself.
 */
function treeOf(real: string): readonly string[] {
  if (systemDirs.some((dir) => real.startsWith(`${dir}/`))) return [];
  const directory = dirname(real);
  const tree = basename(directory) === 'bin' ? dirname(directory) : directory;
  const tooWide =
    tree === '/' || basename(tree) === '.local' || homes().some((home) => `${home}/`.startsWith(`${tree}/`));
  return [tooWide ? real : tree];
}

/** By the system's list of users and by HOME. Either may know of none: containers run as users that are on no list. */
function homes(): readonly string[] {
  return [() => userInfo().homedir, homedir].flatMap((ask) => {
    try {
      return [ask()];
    } catch {
      return [];
    }
  });
}

/**
 * Why a program that runs as nobody could not start this file; null when it can. The sandbox drops root's rights, so
 * for root what others may do counts; for anyone else, what they may do.
 */
function obstacleTo(path: string): string | null {
  const stat = statOf(path);
  if (stat === undefined) return null;
  if (process.getuid?.() !== 0) {
    try {
      accessSync(path, constants.R_OK | constants.X_OK);
      return null;
    } catch {
      return `${path} is not readable and executable for this user`;
    }
  }
  const closed = closedDirectory(dirname(realOf(path)));
  if (closed !== null)
    return `${path} lies in ${closed}, which only root can enter; sandboxed programs do not run as root`;
  return (stat.mode & 0o005) === 0o005 ? null : `${path} may be run by root only`;
}

/** The directory on the way to this one, or this one, that a sandboxed program could not enter; null when there is none. Ones that are not there yet are no obstacle. */
export function closedDirectory(directory: string): string | null {
  if (process.getuid?.() !== 0) return null;
  for (let at = directory; at !== dirname(at); at = dirname(at))
    if (((statOf(at)?.mode ?? 0o001) & 0o001) === 0) return at;
  return null;
}

function statOf(path: string): Stats | undefined {
  try {
    return statSync(path, { throwIfNoEntry: false });
  } catch {
    return undefined;
  }
}

const isFile = (path: string): boolean => statOf(path)?.isFile() === true;

function realOf(path: string): string {
  try {
    return realpathSync(path);
  } catch {
    return path;
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}

function namesIn(directory: string): readonly string[] {
  try {
    return readdirSync(directory);
  } catch {
    return [];
  }
}
