/**
 * The latest commits of a clone, as training reads them: a message, and the lines it added to files of code.
 *
 * Git is read, never started. Merges, and commits that touch more than a few files, are passed over: their messages are about no function in
 * particular. How far back is looked is bounded by commits, so that a long history costs no more than a short one.
 */
import type { ToldChange } from '../../embed/mod.ts';
import { type Commit, ObjectStore, parseCommit, treeChanges } from '../../index/mod.ts';

export interface HistoryLimits {
  /** Commits that are looked at. */
  readonly walked: number;
  /** Commits that are kept. */
  readonly kept: number;
}

/** Measured in docs/measurements/meaning.md: a second or two for a repository. */
export const usualHistory: HistoryLimits = { walked: 2000, kept: 600 };
/** Commits of more files are about none of them. */
const mostFiles = 4;
const largestFile = 400_000;
const leastLine = 14;
const mostLines = 200;
const codeFile = /\.(py|jsx?|mjs|cjs|tsx?|mts|cts|java|go|rs|c|h|cc|cpp|cxx|hpp|hh|hxx|cs|rb|php)$/;

/** @returns empty when the clone lacks the commit; commits whose parents are not there (shallow clones) are passed over */
export function changesOf(gitDir: string, from: string, { walked, kept }: HistoryLimits = usualHistory): ToldChange[] {
  const objects = new ObjectStore(gitDir);
  try {
    const commitOf = (id: string): Commit | null => {
      const bytes = objects.readKind(id, 'commit');
      return bytes === null ? null : parseCommit(bytes);
    };
    const found: ToldChange[] = [];
    const seen = new Set([from]);
    const waiting: Commit[] = [commitOf(from)].filter((commit) => commit !== null);
    for (let looked = 0; waiting.length > 0 && looked < walked && found.length < kept; looked++) {
      const commit = waiting.shift() as Commit;
      const parents: Commit[] = [];
      for (const id of commit.parents) {
        const parent = commitOf(id);
        if (parent === null) continue;
        parents.push(parent);
        if (seen.has(id)) continue;
        seen.add(id);
        const at = waiting.findIndex(({ timeS }) => timeS < parent.timeS);
        waiting.splice(at < 0 ? waiting.length : at, 0, parent);
      }
      const [parent] = parents;
      if (parents.length !== 1 || parent === undefined) continue;
      const files = addedBy(objects, parent.tree, commit.tree);
      if (files.length > 0) found.push({ message: commit.message, files });
    }
    return found;
  } finally {
    objects.close();
  }
}

function addedBy(objects: ObjectStore, before: Buffer, after: Buffer): ToldChange['files'] {
  // One more than is wanted, to tell that there are too many; tests and notes beside the code do not count.
  const changes = treeChanges(objects, before, after, 4 * mostFiles) ?? [];
  const code = changes.filter(
    ({ path, after: entry }) => codeFile.test(path) && entry?.mode.startsWith('100') === true,
  );
  if (changes.length >= 4 * mostFiles || code.length > mostFiles) return [];
  return code.flatMap(({ path, before: old, after: fresh }) => {
    const bytes = fresh === null ? null : objects.readKind(fresh.id, 'blob');
    const earlier = old === null ? null : objects.readKind(old.id, 'blob');
    // A new file is told of as a whole, and no function of it.
    if (bytes === null || earlier === null || Math.max(bytes.length, earlier.length) > largestFile) return [];
    const known = new Set(
      earlier
        .toString('utf8')
        .split('\n')
        .map((line) => line.trim()),
    );
    const added = bytes
      .toString('utf8')
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line.length >= leastLine && !known.has(line));
    return added.length === 0 || added.length > mostLines ? [] : [{ path, added }];
  });
}
