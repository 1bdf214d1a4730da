/**
 * Contents of a change set for people to look at: what a file held before and after, from wherever it lies at the time, and diffs of them.
 *
 * What is in the user's directory is read only as far as its hash is the one expected, so that a diff never shows what came there since as something that it is not.
 * Everything is bounded; applying does not come through here.
 */
import { createHash } from 'node:crypto';
import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { mostTextBytes, textOf, unifiedDiff } from './difftext.ts';
import type { Told } from './manifest.ts';
import type { Change, Conflict, EntryState, Side } from './types.ts';

/** Characters of diffs of one change, and of all of a set: 400 and 4,000 lines of what people read. */
const mostOfOne = 32 << 10;
const mostOfAll = 512 << 10;

/** Where an entry's contents lie. */
export interface Place {
  readonly entry: string;
  readonly directory: string;
  readonly state: EntryState;
}

/** Diffs of the changes of a set, in order, until there are enough. */
export function withDiffs(told: readonly Told[], place: Place): Change[] {
  let left = mostOfAll;
  return told.map((one) => {
    const { change } = one;
    const sides = [change.before, change.after];
    const bytes = change.before?.type === 'file' || change.after?.type === 'file';
    const same =
      change.before?.type === 'file' && change.after?.type === 'file' && change.before.hash === change.after.hash;
    if (!bytes || same) return { ...change, diff: null, noDiff: null };
    if (left <= 0) return { ...change, diff: null, noDiff: 'enough diffs are shown already' };
    if (sides.some((side) => side?.type === 'file' && side.size > mostTextBytes))
      return { ...change, diff: null, noDiff: `more than ${mostTextBytes} bytes` };
    const [before, after] = [contentOf(one, 'before', place), contentOf(one, 'after', place)];
    if (before === null || after === null)
      return { ...change, diff: null, noDiff: 'what it held is not there to be read any more' };
    const [old, fresh] = [textOf(before), textOf(after)];
    if (old === null || fresh === null) return { ...change, diff: null, noDiff: 'binary' };
    const diff = unifiedDiff(old, fresh, Math.min(mostOfOne, left));
    left -= diff.length;
    return { ...change, diff, noDiff: null };
  });
}

const nothing = new Uint8Array(0);

function contentOf({ change, row }: Told, which: 'before' | 'after', place: Place): Uint8Array | null {
  const side = change[which];
  if (side?.type !== 'file') return nothing;
  if (side.size > mostTextBytes) return null;
  const inDirectory = join(place.directory, which === 'before' ? (change.from ?? change.path) : change.path);
  const isThere = place.state === 'kept' || place.state === 'undoing';
  const inStore =
    which === 'after'
      ? [join(place.entry, 'out', 'after', String(row.number)), join(place.entry, 'stage', `a${row.number}`)]
      : ['stage', 'before'].flatMap((name) => ['a', 'b'].map((slot) => join(place.entry, name, slot + row.number)));
  const places = which === 'before' && !isThere ? [inDirectory, ...inStore] : [...inStore, inDirectory];
  for (const path of places) {
    const bytes = readPlain(path, side.size);
    if (bytes !== null && isContent(bytes, side)) return bytes;
  }
  return null;
}

const isContent = (bytes: Uint8Array, side: Extract<Side, { type: 'file' }>): boolean =>
  bytes.length === side.size && createHash('sha256').update(bytes).digest('hex') === side.hash;

/** @returns null when it is no plain file, cannot be read, or has more bytes than that */
function readPlain(path: string, mostBytes: number): Uint8Array | null {
  let fd: number;
  try {
    fd = openSync(Buffer.from(bytesOfName(path)), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch {
    return null;
  }
  try {
    const stat = fstatSync(fd);
    if (!stat.isFile() || stat.size > mostBytes) return null;
    const bytes = new Uint8Array(stat.size);
    let at = 0;
    while (at < bytes.length) {
      const read = readSync(fd, bytes, at, bytes.length - at, null);
      if (read === 0) break;
      at += read;
    }
    return bytes.subarray(0, at);
  } catch {
    return null;
  } finally {
    closeSync(fd);
  }
}

/** Names that are no UTF-8 come with a half surrogate for each such byte (Python's `surrogateescape`). */
export function bytesOfName(name: string): Uint8Array {
  if (name.isWellFormed()) return new TextEncoder().encode(name);
  const parts: Uint8Array[] = [];
  for (const letter of name) {
    const code = letter.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? new Uint8Array([code - 0xdc00]) : new TextEncoder().encode(letter));
  }
  return Buffer.concat(parts);
}

/** Conflicts with the difference between what is there and what was expected there, where both are texts. */
export function withConflictDiffs(
  conflicts: readonly { readonly path: string; readonly why: string }[],
  told: readonly Told[],
  expected: 'before' | 'after',
  place: Place,
): Conflict[] {
  const byPath = new Map(told.map((one) => [one.change.path, one]));
  let left = mostOfAll;
  return conflicts.map(({ path, why }) => {
    const one = byPath.get(path);
    const side = one?.change[expected];
    if (one === undefined || side?.type !== 'file' || left <= 0) return { path, why, diff: null };
    // What was there before a run is known by its hash alone, until it is kept; what the program made of it is at hand.
    const known = contentOf(one, 'after', place);
    const now = readPlain(join(place.directory, path), mostTextBytes);
    const [there, wanted] = [now === null ? null : textOf(now), known === null ? null : textOf(known)];
    if (there === null || wanted === null) return { path, why, diff: null };
    const diff = unifiedDiff(there, wanted, Math.min(mostOfOne, left));
    left -= diff.length;
    return { path, why, diff };
  });
}
