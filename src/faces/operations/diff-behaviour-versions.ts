/**
 * The two sides of `winnow diff-behaviour`, from words to files: `FILE`, `FILE:FUNCTION`, `COMMIT:PATH:FUNCTION`, or `PATH:FUNCTION` with `--from` and `--to`.
 *
 * Commits are read from the repository that the working directory lies in, and git is not started. Without a function all functions that both files
 * have and that are not the same text are compared.
 */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import { openRevisions, type RevisionFiles } from '../../index/mod.ts';
import {
  type BehaviourVersion,
  callersOf,
  ecmascriptFunctions,
  isEcmascript,
  type PathsAndFiles,
  requireComparable,
  versionAround,
} from '../../run/mod.ts';

/** Functions of a pair of files that are compared, at most: each takes seconds. */
const mostFunctions = 20;
/** Files of a directory that are looked at. */
const mostPaths = 20_000;

export interface Side {
  /** As it is told: `HEAD~1:app/core.py`, `core.py`. */
  readonly label: string;
  readonly path: string;
  readonly function: string | null;
  readonly from: PathsAndFiles;
}

export interface Pair {
  readonly function: string;
  readonly versions: readonly [BehaviourVersion, BehaviourVersion];
  readonly callers: readonly string[];
}

interface Words {
  readonly a: string;
  readonly b: string | undefined;
  readonly from: string | undefined;
  readonly to: string | undefined;
}

/** @throws WinnowError `bad-usage`, `path-not-found` */
export function sidesOf({ a, b, from, to }: Words, cwd: string): { sides: readonly [Side, Side]; close: () => void } {
  let revisions: RevisionFiles | null = null;
  const history = (): RevisionFiles => {
    revisions ??= openRevisions(cwd);
    if (revisions === null) throw badUsage(`Commits are read from a repository of git; ${cwd} lies in none.`);
    return revisions;
  };
  const close = (): void => revisions?.close();
  try {
    if (from !== undefined || to !== undefined) {
      if (b !== undefined) throw badUsage('--from and --to compare one PATH:FUNCTION with itself; B is one too many.');
      if (from === undefined) throw badUsage('--to needs --from: the commit to compare with.');
      const { file, name } = splitFunction(a, (path) => existsSync(resolve(cwd, path)));
      const root = worktreeOf(cwd);
      const path = relative(root, resolve(realpathSync(cwd), file))
        .split(sep)
        .join('/');
      const later = to === undefined ? onDisk(a, cwd) : atCommit(to, path, name, history());
      return { sides: [atCommit(from, path, name, history()), later], close };
    }
    if (b === undefined) throw badUsage('B is required: what A is compared with, or --from COMMIT.');
    return { sides: [sideOf(a, cwd, history), sideOf(b, cwd, history)], close };
  } catch (error) {
    close();
    throw error;
  }
}

function sideOf(word: string, cwd: string, history: () => RevisionFiles): Side {
  const { file, name: asked } = splitFunction(word, (path) => existsSync(resolve(cwd, path)));
  if (
    existsSync(resolve(cwd, file)) ||
    (asked !== null && word.split(':').length === 2 && !/\.(pyw?|[cm]?[jt]s)$/.test(asked))
  )
    return onDisk(word, cwd);
  const [commit, path, name, ...more] = word.split(':');
  if (commit !== undefined && path !== undefined && more.length === 0 && commit !== '')
    return atCommit(commit, path, name ?? null, history());
  throw new WinnowError(
    'path-not-found',
    `${file} does not exist. A version is FILE, FILE:FUNCTION or COMMIT:PATH:FUNCTION.`,
    {
      details: { path: file },
    },
  );
}

/** `path/file.py:Class.method`; a file that has a colon in its name is a file. */
function splitFunction(word: string, exists: (path: string) => boolean): { file: string; name: string | null } {
  const found = /^(.+\.\w+):([\p{L}_][\p{L}\p{N}_.]*)$/u.exec(word);
  if (found === null || exists(word)) return { file: word, name: null };
  return { file: found[1] as string, name: found[2] as string };
}

function onDisk(word: string, cwd: string): Side {
  const { file, name } = splitFunction(word, (path) => existsSync(resolve(cwd, path)));
  const absolute = resolve(cwd, file);
  if (!existsSync(absolute))
    throw new WinnowError('path-not-found', `${file} does not exist.`, { details: { path: file } });
  if (!statSync(absolute).isFile()) throw badUsage(`${file} is no file.`);
  requireComparable(file);
  if (isEcmascript(file)) return ecmascriptOnDisk(absolute, file, name);
  let root = dirname(absolute);
  while (existsSync(join(root, '__init__.py')) && dirname(root) !== root) root = dirname(root);
  const inPackage = root !== dirname(absolute);
  const path = relative(root, absolute).split(sep).join('/');
  // A file of no package has what it imports beside it, and no directory is walked for it.
  const paths = inPackage ? below(root) : readdirSync(root).filter((one) => one.endsWith('.py'));
  const read = (one: string): Uint8Array | null => {
    const found = statSync(join(root, one), { throwIfNoEntry: false });
    return found?.isFile() === true ? readFileSync(join(root, one)) : null;
  };
  return { label: file, path, function: name, from: { paths, read } };
}

/** Files are looked for below the nearest package, from where its relative imports can lead. */
function ecmascriptOnDisk(absolute: string, label: string, name: string | null): Side {
  let root = dirname(absolute);
  const begins = (one: string): boolean => existsSync(join(one, 'package.json')) || existsSync(join(one, '.git'));
  while (!begins(root) && dirname(root) !== root) root = dirname(root);
  const isPackage = begins(root);
  if (!isPackage) root = dirname(absolute);
  const isSource = (one: string): boolean => /\.[cm]?[jt]s$|\.json$/.test(one);
  const paths = isPackage ? below(root, isSource) : readdirSync(root).filter(isSource);
  const read = (one: string): Uint8Array | null => {
    const found = statSync(join(root, one), { throwIfNoEntry: false });
    return found?.isFile() === true ? readFileSync(join(root, one)) : null;
  };
  return { label, path: relative(root, absolute).split(sep).join('/'), function: name, from: { paths, read } };
}

function below(root: string, isWanted = (name: string): boolean => name.endsWith('.py')): string[] {
  const found: string[] = [];
  const open = [''];
  for (let at = open.pop(); at !== undefined && found.length < mostPaths; at = open.pop()) {
    for (const entry of readdirSync(join(root, at), { withFileTypes: true })) {
      if (entry.name.startsWith('.') || entry.name === 'node_modules') continue;
      const path = at === '' ? entry.name : `${at}/${entry.name}`;
      if (entry.isDirectory()) open.push(path);
      else if (entry.isFile() && isWanted(entry.name)) found.push(path);
    }
  }
  return found.sort();
}

function atCommit(commit: string, path: string, name: string | null, history: RevisionFiles): Side {
  requireComparable(path);
  const id = history.resolve(commit);
  if (id === null)
    throw badUsage(
      `No commit is called ${commit}: an id or its first digits, a branch, a tag or HEAD was expected, with ^ or ~N behind it.`,
    );
  const files = history.files(id);
  if (!files.has(path))
    throw new WinnowError('path-not-found', `${path} is not in ${commit}.`, { details: { path, commit: id } });
  const read = (one: string): Uint8Array | null => {
    const blob = files.get(one);
    return blob === undefined ? null : history.read(blob);
  };
  return { label: `${commit}:${path}`, path, function: name, from: { paths: [...files.keys()], read } };
}

function worktreeOf(cwd: string): string {
  for (let at = realpathSync(cwd); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return at;
    if (dirname(at) === at) return realpathSync(cwd);
  }
}

/** What is to be compared. @throws WinnowError `bad-usage` when a function is in neither or not in both */
export async function pairsOf(
  [one, other]: readonly [Side, Side],
  load: LoadFile,
): Promise<{ pairs: readonly Pair[]; left: number }> {
  requireComparable(one.path, other.path);
  const name = one.function ?? other.function;
  const texts = [one, other].map(({ from, path }) => new TextDecoder().decode(from.read(path) ?? new Uint8Array(0)));
  const known = await Promise.all(
    texts.map((text, at) => {
      const { path } = at === 0 ? one : other;
      return isEcmascript(path) ? ecmascriptFunctions(path, text, load) : functionsOf(text);
    }),
  );
  const [mine, its] = [known[0] as Map<string, string>, known[1] as Map<string, string>];
  if (name !== null) {
    const names = [one.function ?? name, other.function ?? name] as const;
    for (const [index, { label }] of [one, other].entries())
      if (!isKnown(known[index] as Map<string, string>, names[index] as string, [one, other][index] as Side))
        throw badUsage(
          `${label} has no function ${names[index]}; it has ${[...(known[index] as Map<string, string>).keys()].slice(0, 8).join(', ') || 'none'}.`,
        );
    return { pairs: [pairOf(one, other, names)], left: 0 };
  }
  const differ = [...mine].filter(([key, text]) => its.has(key) && its.get(key) !== text).map(([key]) => key);
  return {
    pairs: differ.slice(0, mostFunctions).map((key) => pairOf(one, other, [key, key])),
    left: Math.max(0, differ.length - mostFunctions),
  };
}

/** Functions inside of others are not among those that are listed, and are found by the comparison itself. */
const isKnown = (known: ReadonlyMap<string, string>, name: string, { path }: Side): boolean =>
  known.has(name) ||
  (isEcmascript(path) &&
    [...known].some(([key, text]) => key.endsWith(`.${name}`) || text.includes(name.split('.').at(-1) as string)));

function pairOf(one: Side, other: Side, [mine, its]: readonly [string, string]): Pair {
  const versions = [versionAround(one.path, mine, one.from), versionAround(other.path, its, other.from)] as const;
  if (versions[0] === null || versions[1] === null) throw new Error('a side without its file');
  return { function: its, versions: [versions[0], versions[1]], callers: callersOf(its, other.from, other.path) };
}

/** Functions and methods by qualified name, with their text: by lines and indentation alone, as no tree is wanted for telling which differ. */
function functionsOf(text: string): Map<string, string> {
  const rows = text.split('\n');
  const found = new Map<string, string>();
  const outer: { indent: number; name: string; isClass: boolean }[] = [];
  for (const [index, row] of rows.entries()) {
    const head = /^([ \t]*)(?:async\s+)?(def|class)\s+([\p{L}_][\p{L}\p{N}_]*)/u.exec(row);
    if (head === null) continue;
    const indent = (head[1] as string).length;
    while (outer.length > 0 && (outer.at(-1)?.indent ?? 0) >= indent) outer.pop();
    const name = head[3] as string;
    const isInside = outer.some(({ isClass }) => !isClass);
    if (head[2] === 'def' && !isInside) {
      let end = index + 1;
      while (end < rows.length && !(/^\s*[^\s)#]/.test(rows[end] as string) && indentOf(rows[end] as string) <= indent))
        end += 1;
      found.set([...outer.map((one) => one.name), name].join('.'), rows.slice(index, end).join('\n').trimEnd());
    }
    outer.push({ indent, name, isClass: head[2] === 'class' });
  }
  return found;
}

const indentOf = (row: string): number => row.length - row.trimStart().length;

function badUsage(message: string): WinnowError {
  return new WinnowError('bad-usage', `${message} See \`winnow diff-behaviour --help\`.`, {
    details: { verb: 'diff-behaviour' },
  });
}
