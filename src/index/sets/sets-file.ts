/**
 * The file of repository sets: `sets/sets.json` in the home, plain data that a person may read.
 *
 * It is written whole under another name, synced, and renamed, so that a reader sees one state or the next and a killed writer leaves the old one.
 * A file that is damaged is never written over: what it names may be known nowhere else.
 */
import { closeSync, fsyncSync, mkdirSync, openSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { guarded } from '../store/database.ts';

/** Raised when a reader of the old form would misread the new one. */
const format = 1;

export interface KnownRepository {
  /** Unique in the home: letters, digits, dots, underscores and dashes. */
  readonly name: string;
  /** Absolute, real path of its worktree's root when it was added. */
  readonly root: string;
  /** Where it was cloned from; `null` for a directory of the user's own. */
  readonly url: string | null;
}

/** All that is known of repositories and sets. */
export interface RepositorySets {
  /** By name. */
  readonly repositories: ReadonlyMap<string, KnownRepository>;
  /** Names of the repositories of each set, in the order in which they were added. None is empty. */
  readonly sets: ReadonlyMap<string, readonly string[]>;
}

export const noSets: RepositorySets = { repositories: new Map(), sets: new Map() };

export const setsDirectoryOf = (home: string): string => path.join(path.resolve(home), 'sets');

const fileOf = (home: string): string => path.join(setsDirectoryOf(home), 'sets.json');

/** What a repository or a set may be called: it stands in ids, file names and shells. */
export const namePattern = /^[A-Za-z0-9][A-Za-z0-9._-]{0,79}$/;

/** @throws WinnowError `bad-data` when the file is damaged, `index-too-new`, `store-unwritable` when it cannot be read */
export function readSetsFile(home: string): RepositorySets {
  const file = fileOf(home);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return noSets;
    throw new WinnowError('store-unwritable', `The sets of repositories in ${file} cannot be read (${code}).`, {
      details: { file },
      cause,
    });
  }
  try {
    return setsFrom(JSON.parse(text));
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    throw new WinnowError(
      'bad-data',
      `Expected sets of repositories in ${file}: ${(cause as Error).message}. Mend the file, or delete it and add the repositories again.`,
      { details: { file }, cause },
    );
  }
}

/** Only under the lock. @throws WinnowError `store-unwritable`, `disk-full` */
export function writeSetsFile(home: string, { repositories, sets }: RepositorySets): void {
  const file = fileOf(home);
  const content = {
    format,
    repositories: Object.fromEntries([...repositories].map(([name, { root, url }]) => [name, { root, url }])),
    sets: Object.fromEntries(sets),
  };
  guarded(setsDirectoryOf(home), () => {
    mkdirSync(setsDirectoryOf(home), { recursive: true });
    const next = `${file}.new`;
    const handle = openSync(next, 'w');
    try {
      writeFileSync(handle, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(handle);
    } finally {
      closeSync(handle);
    }
    renameSync(next, file);
  });
}

/** @throws Error saying what was expected; WinnowError `index-too-new` */
function setsFrom(content: unknown): RepositorySets {
  const top = objectOf(content, 'the file');
  if (typeof top.format !== 'number') throw new Error('there is no number under "format"');
  if (top.format > format)
    throw new WinnowError(
      'index-too-new',
      `The sets of repositories have format ${top.format}; this version of winnow reads ${format}. Update winnow, or set WINNOW_HOME to another directory.`,
    );
  const repositories = new Map<string, KnownRepository>();
  for (const [name, row] of Object.entries(objectOf(top.repositories, '"repositories"'))) {
    if (!namePattern.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a repository`);
    const { root, url } = objectOf(row, `"${name}"`);
    if (typeof root !== 'string' || !path.isAbsolute(root)) throw new Error(`"${name}" has no absolute path as "root"`);
    if (url !== null && typeof url !== 'string') throw new Error(`"${name}" has no text or null as "url"`);
    repositories.set(name, { name, root, url });
  }
  const sets = new Map<string, readonly string[]>();
  for (const [name, members] of Object.entries(objectOf(top.sets, '"sets"'))) {
    if (!namePattern.test(name)) throw new Error(`${JSON.stringify(name)} is no name of a set`);
    if (!Array.isArray(members) || !members.every((member) => repositories.has(member as string)))
      throw new Error(`the set "${name}" is no list of names under "repositories"`);
    if (members.length > 0) sets.set(name, [...new Set(members as string[])]);
  }
  return { repositories, sets };
}

function objectOf(value: unknown, what: string): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new Error(`${what} is no object`);
  return value as Record<string, unknown>;
}
