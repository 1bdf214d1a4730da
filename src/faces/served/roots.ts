/** The roots of a server: whole repositories, because an index is one of a repository; those that were named, or all that were added. */
import { realpathSync } from 'node:fs';
import { findPlace, readSets } from '../../index/mod.ts';
import type { Settings } from '../operations/types.ts';
import type { Roots } from './within.ts';

/**
 * @param directories existing ones; each stands for the repository that holds it
 * @param more asked at each check: roots that come and go, such as added repositories
 * @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable`
 */
export function rootsOf(directories: readonly string[], more: () => readonly string[] = () => []): Roots {
  const fixed = directories.map((directory) => findPlace(directory).root);
  return { all: () => [...new Set([...fixed, ...more().flatMap(realOrNone)])] };
}

/** What `winnow add` has put into sets. */
export function addedRoots({ cacheDir }: Settings): readonly string[] {
  return [...readSets(cacheDir).repositories.values()].map(({ root }) => root);
}

function realOrNone(path: string): readonly string[] {
  try {
    return [realpathSync(path)];
  } catch {
    return []; // A repository that was deleted has nothing to be looked into.
  }
}
