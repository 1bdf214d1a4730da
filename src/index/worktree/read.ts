/**
 * Reading one file so that what is hashed is what was there at one moment, if the
 * file lets us, and never waiting for a pipe or following a link.
 */
import { hash } from 'node:crypto';
import { closeSync, constants, fstatSync, lstatSync, openSync, readSync } from 'node:fs';
import { limits } from '../../base/mod.ts';
import type { LeftOut } from '../types.ts';
import { type Stamp, stampOf } from './scan.ts';

export type FileRead =
  | { readonly kind: 'read'; readonly bytes: Uint8Array; readonly stamp: Stamp; readonly racy: boolean }
  | { readonly kind: 'left-out'; readonly reason: LeftOut; readonly stamp: Stamp | null }
  | { readonly kind: 'gone' };

/**
 * Time stamps of some file systems are this coarse (FAT: 2 s): a file changed after it was
 * read, within this time of its stamp, can carry the stamp it had. Such files are "racy" and
 * hashed again next time, as git does (Documentation/technical/racy-git).
 */
const stampGranularityMs = 2_000;

/** Reads that found the file changed meanwhile before the last one is taken as it is. */
const attempts = 3;

// O_NONBLOCK: opening a pipe that took the file's place must not wait for a writer. Windows has neither flag.
const openFlags = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** @param file absolute path of what a scan took for a file */
export function readStable(file: string): FileRead {
  let descriptor: number;
  try {
    descriptor = openSync(file, openFlags);
  } catch (cause) {
    return missing(file, (cause as NodeJS.ErrnoException).code);
  }
  try {
    for (let attempt = 1; ; attempt++) {
      const before = fstatSync(descriptor);
      const stamp = stampOf(before);
      if (!before.isFile()) return { kind: 'left-out', reason: 'not-a-file', stamp: null };
      if (stamp.bytes > limits.textFileBytes) return { kind: 'left-out', reason: 'too-large', stamp };
      const startedMs = Date.now();
      const bytes = readAll(descriptor, stamp.bytes);
      const after = fstatSync(descriptor);
      const settled = bytes.length === stamp.bytes && after.size === stamp.bytes && after.mtimeMs === stamp.mtimeMs;
      if (!settled && attempt < attempts) continue;
      return {
        kind: 'read',
        bytes: inUtf8(bytes),
        stamp,
        racy: !settled || startedMs - stamp.mtimeMs < stampGranularityMs,
      };
    }
  } catch (cause) {
    return missing(file, (cause as NodeJS.ErrnoException).code);
  } finally {
    closeSync(descriptor);
  }
}

/**
 * Bytes `[start, end)` of a file, without reading the rest of it.
 *
 * @param expected the stamp that vouches for its content
 * @returns `null` where it has another stamp, ends before, or is not read as it lies (UTF-16): then the whole has to be looked at
 */
export function readPart(
  file: string,
  expected: Pick<Stamp, 'bytes' | 'mtimeMs'>,
  start: number,
  end: number,
): Uint8Array | null {
  let descriptor: number;
  try {
    descriptor = openSync(file, openFlags);
  } catch {
    return null;
  }
  try {
    const isAsExpected = (): boolean => {
      const stat = fstatSync(descriptor);
      return stat.isFile() && stat.size === expected.bytes && stat.mtimeMs === expected.mtimeMs;
    };
    if (end > expected.bytes || !isAsExpected()) return null;
    const mark = new Uint8Array(2);
    readSync(descriptor, mark, 0, 2, 0);
    const bytes = new Uint8Array(end - start);
    const got = readSync(descriptor, bytes, 0, bytes.length, start);
    return got === bytes.length && inUtf8(mark) === mark && isAsExpected() ? bytes : null;
  } catch {
    return null;
  } finally {
    closeSync(descriptor);
  }
}

function missing(file: string, code: string | undefined): FileRead {
  if (code === 'ENOENT' || code === 'ENOTDIR') return { kind: 'gone' };
  // O_NOFOLLOW on a link; a device or socket that cannot be opened.
  if (code === 'ELOOP' || code === 'EMLINK') return { kind: 'left-out', reason: 'symlink', stamp: null };
  if (code === 'ENXIO') return { kind: 'left-out', reason: 'not-a-file', stamp: null };
  // With its stamp it is not tried again until it or its permissions change.
  return { kind: 'left-out', reason: 'unreadable', stamp: stampAt(file) };
}

function stampAt(file: string): Stamp | null {
  try {
    return stampOf(lstatSync(file));
  } catch {
    // A directory above cannot be entered: the scan leaves the file out from now on.
    return null;
  }
}

/** Up to `size` bytes from the start; fewer when the file became shorter. */
function readAll(descriptor: number, size: number): Uint8Array {
  const bytes = new Uint8Array(size);
  let length = 0;
  while (length < size) {
    const got = readSync(descriptor, bytes, length, size - length, length);
    if (got === 0) break;
    length += got;
  }
  return bytes.subarray(0, length);
}

/**
 * UTF-16, told by its mark, as UTF-8, so that its words are words and spans count bytes
 * that everybody above reads alike; all else as it is.
 */
export function inUtf8(bytes: Uint8Array): Uint8Array {
  const mark = bytes.length < 2 ? 0 : ((bytes[0] as number) << 8) | (bytes[1] as number);
  if (mark !== 0xfffe && mark !== 0xfeff) return bytes;
  return new TextEncoder().encode(new TextDecoder(mark === 0xfffe ? 'utf-16le' : 'utf-16be').decode(bytes));
}

/** SHA-256 cut to 20 bytes: collisions are out of reach (2^80 files), a third less to store. */
export function contentHash(bytes: Uint8Array): Uint8Array {
  return new Uint8Array(hash('sha256', bytes, 'buffer').subarray(0, 20));
}
