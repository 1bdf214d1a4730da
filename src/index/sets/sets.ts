/**
 * Sets of repositories that are searched together: what is in them, and changing that.
 *
 * A set is a name and a list of names; a repository is a name, a place and, where it was cloned, an address. Names are unique in a home,
 * so that an id with a repository's name in it means one place whatever the set. Whether a place is still there is not kept: who opens it sees.
 */
import { mkdirSync } from 'node:fs';
import path from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { guarded } from '../store/database.ts';
import { takeLock } from '../store/lock.ts';
import {
  type KnownRepository,
  namePattern,
  type RepositorySets,
  readSetsFile,
  setsDirectoryOf,
  writeSetsFile,
} from './sets-file.ts';

/** Writing the file takes milliseconds: longer means that somebody is stopped in the midst of it. */
const lockWaitMs = 5_000;

/** @param home as of `openRepository` @throws WinnowError `bad-data`, `index-too-new`, `store-unwritable` */
export const readSets = (home: string): RepositorySets => readSetsFile(home);

/** Directory of what was cloned for sets, a directory by name for each. */
export const clonesDirectoryOf = (home: string): string => path.join(path.resolve(home), 'clones');

/**
 * Changes the sets under their lock, so that two who add at once both have their way.
 *
 * @param change gives the sets to be; returning what it was given writes nothing
 * @throws WinnowError as `readSets`, `disk-full`, `index-busy`; what `change` throws
 */
export async function changeSets(
  home: string,
  change: (sets: RepositorySets) => RepositorySets,
): Promise<RepositorySets> {
  const directory = setsDirectoryOf(home);
  guarded(directory, () => mkdirSync(directory, { recursive: true }));
  const lock = await takeLock(directory, lockWaitMs);
  if (lock === null)
    throw new WinnowError('index-busy', `Another process has been changing the sets in ${directory}. Try again.`);
  try {
    const before = readSetsFile(home);
    const after = change(before);
    if (after !== before) writeSetsFile(home, after);
    return after;
  } finally {
    lock.release();
  }
}

/** With a repository in a set; one of that name is replaced. */
export function withMember(sets: RepositorySets, set: string, repository: KnownRepository): RepositorySets {
  const { name } = repository;
  const members = sets.sets.get(set) ?? [];
  return {
    repositories: new Map(sets.repositories).set(name, repository),
    sets: new Map(sets.sets).set(set, members.includes(name) ? members : [...members, name]),
  };
}

/** Without a repository in a set, or in any for `null`; one that no set holds is forgotten, and so is a set without any. */
export function withoutMember(sets: RepositorySets, set: string | null, name: string): RepositorySets {
  const left = new Map<string, readonly string[]>();
  for (const [key, members] of sets.sets) {
    const kept = set === null || set === key ? members.filter((member) => member !== name) : members;
    if (kept.length > 0) left.set(key, kept);
  }
  const repositories = new Map(sets.repositories);
  if (![...left.values()].some((members) => members.includes(name))) repositories.delete(name);
  return { repositories, sets: left };
}

/**
 * A name that no repository has yet: as wanted, or with the first free number behind it.
 *
 * @param wanted any text, such as the last part of a path
 */
export function freeName(sets: RepositorySets, wanted: string): string {
  const plain =
    wanted
      .replace(/[^A-Za-z0-9._-]+/g, '-')
      .replace(/^[^A-Za-z0-9]+/, '')
      .slice(0, 70) || 'repository';
  const fits = (name: string): boolean => namePattern.test(name) && !sets.repositories.has(name);
  for (let number = 1; ; number++) {
    const name = number === 1 ? plain : `${plain}-${number}`;
    if (fits(name)) return name;
  }
}
