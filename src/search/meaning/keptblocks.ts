/**
 * Blocks of vectors kept in this process, so that of a server only the first question reads them.
 *
 * Nobody changes a file of vectors and its name says what it holds, so what was read of it once is right for as long as size and time are the same: one that
 * was damaged since is held against its checksum again, as by a process that reads it first. Reading 60,000 rows and
 * holding them against their checksum is some 14 ms of a question's 33, and leaves 17 MB to collect (docs/measurements/pages.md). Bounded: what was
 * used longest ago goes first.
 */
import { statSync } from 'node:fs';
import type { VectorFile } from '../../index/mod.ts';
import { type Block, bytesHeld, loadBlock } from './blocks.ts';

/** The rows of one repository of 200,000 chunks, the most that are compared exactly, and some more. */
const mostKeptBytes = 64 * 1024 * 1024;

/** Least lately used first. */
const kept = new Map<string, Block>();
let keptBytes = 0;

/** As `loadBlock`, from memory where it was read before. */
export function keptBlock(file: VectorFile, dimension: number, exact: boolean): Block | null {
  const stats = statSync(file.path, { throwIfNoEntry: false });
  const key = `${file.path}\0${stats?.size} ${stats?.mtimeMs}\0${dimension}\0${exact}`;
  const known = kept.get(key);
  const block = known ?? loadBlock(file, dimension, exact);
  if (block === null) return null;
  kept.delete(key);
  kept.set(key, block);
  if (known === undefined) keptBytes += bytesHeld(block);
  for (const [other, old] of kept) {
    if (keptBytes <= mostKeptBytes) break;
    kept.delete(other);
    keptBytes -= bytesHeld(old);
  }
  return block;
}
