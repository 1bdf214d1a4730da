/**
 * Checking and clearing the gram index: every segment's checksums, every tree's, and that trees name documents that are there.
 *
 * A tree that was kept before another worktree's merge may name segments that are gone: its files are read instead, which is as
 * intended, so that alone is no problem.
 */
import { existsSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { tryLock } from '../store/lock.ts';
import { GramSegment } from './segment.ts';
import { kind, nowhere, readTree, segmentStep } from './tree.ts';

export const gramsDirectoryOf = (storeDir: string): string => path.join(storeDir, 'grams');

/** @returns a line for each problem; none when there is no gram index */
export function gramProblems(directory: string): string[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory);
  const problems: string[] = [];
  const documents = new Map<number, number>();
  for (const name of names.filter((one) => one.endsWith('.grams'))) {
    try {
      const segment = new GramSegment(path.join(directory, name));
      try {
        segment.verify();
        documents.set(Number.parseInt(name, 10), segment.docCount);
      } finally {
        segment.close();
      }
    } catch (cause) {
      problems.push(`grep's index ${name}: ${cause instanceof Error ? cause.message : String(cause)}`);
    }
  }
  for (const name of names.filter((one) => one.endsWith('.tree'))) {
    const tree = readTree(path.join(directory, name));
    if (tree === null) {
      problems.push(`grep's index ${name} is damaged`);
      continue;
    }
    const lost = tree.targets.findIndex((target, entry) => {
      if (tree.kinds[entry] !== kind.file || target === nowhere) return false;
      const segment = tree.segments[Math.floor(target / segmentStep)];
      if (segment === undefined) return true;
      const held = documents.get(segment);
      return held !== undefined && target % segmentStep >= held;
    });
    if (lost >= 0) problems.push(`grep's index ${name}: entry ${lost} names a document that is not there`);
  }
  return problems;
}

/** Deletes the gram index; the next `grep` makes it anew. @returns false when another process is writing it */
export function clearGrams(directory: string): boolean {
  if (!existsSync(directory)) return true;
  const lock = tryLock(directory);
  if (lock === null) return false;
  try {
    for (const name of readdirSync(directory))
      if (/\.(grams|tree|new)$/.test(name)) rmSync(path.join(directory, name), { force: true });
  } finally {
    lock.release();
  }
  return true;
}
