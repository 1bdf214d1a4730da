/**
 * Tables of one's own, kept between questions: opening one takes 50 ms, more than answering, and a server opened it for each.
 *
 * A file is believed to be the one that was opened while place, size and times are the same; a table trained anew is written beside and renamed.
 */
import { statSync } from 'node:fs';
import { openTable } from './table.ts';
import type { WordEncoder } from './types.ts';

/** Some 8 MB each. */
const mostKept = 2;

/** Least lately used first. */
const kept = new Map<string, WordEncoder>();

/** As `openTable` of a path. @throws as `openTable` */
export function keptTable(path: string): WordEncoder {
  const key = stateOf(path);
  // Opening says what is wrong.
  if (key === null) return openTable(path);
  const table = kept.get(key) ?? openTable(path);
  kept.delete(key);
  kept.set(key, table);
  for (const old of [...kept.keys()].slice(0, Math.max(0, kept.size - mostKept))) kept.delete(old);
  return table;
}

function stateOf(path: string): string | null {
  try {
    const { dev, ino, size, mtimeMs, ctimeMs } = statSync(path);
    return `${path}\0${dev} ${ino} ${size} ${mtimeMs} ${ctimeMs}`;
  } catch {
    return null;
  }
}
