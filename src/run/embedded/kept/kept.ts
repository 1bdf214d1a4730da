/**
 * Bytes that cost time to make, kept in a directory of our own and checked when read.
 *
 * An entry is its SHA-256 and then the bytes, written under another name and renamed, so it is whole or not there. One that
 * does not check out is made anew. A directory that cannot be written costs time, nothing else.
 */
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hashBytes = 32;

/** @param key a file name that changes whenever the bytes would */
export function keptBytes(cacheDir: string | null, key: string, make: () => Uint8Array): Uint8Array {
  if (cacheDir === null) return make();
  const path = join(cacheDir, key);
  const known = read(path);
  if (known !== null) return known;
  const bytes = make();
  try {
    mkdirSync(cacheDir, { recursive: true, mode: 0o700 });
    const temporary = `${path}.${process.pid}`;
    writeFileSync(temporary, Buffer.concat([createHash('sha256').update(bytes).digest(), bytes]), { mode: 0o600 });
    renameSync(temporary, path);
  } catch {
    // A full or read-only disk: the next process makes them again.
  }
  return bytes;
}

function read(path: string): Uint8Array | null {
  let all: Buffer;
  try {
    all = readFileSync(path);
  } catch {
    return null;
  }
  const bytes = all.subarray(hashBytes);
  return createHash('sha256').update(bytes).digest().equals(all.subarray(0, hashBytes)) ? bytes : null;
}
