/**
 * Bytes that cost time to make, kept in a directory of our own and checked when read.
 *
 * An entry is its SHA-256 and then the bytes, written beside its place and renamed, so that a reader finds it whole or not at all.
 * One that does not check out is made anew. No failure of the disk is an error: without a cache everything works, only
 * more slowly. Who fills the cache asks whether it was filled, so that somebody can be told.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hashBytes = 32;

let failure: string | null = null;

/** Why this process could not keep an entry; null: it kept all that it made. */
export function keepingFailure(): string | null {
  return failure;
}

/** @param key a file name that changes whenever the bytes would */
export function keptBytes(cacheDir: string | null, key: string, make: () => Uint8Array): Uint8Array {
  const known = readEntry(cacheDir, key);
  if (known !== null) return known;
  const bytes = make();
  writeEntry(cacheDir, key, bytes);
  return bytes;
}

/** @returns null when it is not there or not as it was written */
export function readEntry(directory: string | null, name: string): Uint8Array | null {
  if (directory === null) return null;
  try {
    const entry = readFileSync(join(directory, name));
    const content = entry.subarray(hashBytes);
    return digest(content).equals(entry.subarray(0, hashBytes)) ? content : null;
  } catch {
    return null;
  }
}

export function writeEntry(directory: string | null, name: string, content: Uint8Array): void {
  if (directory === null) return;
  const path = join(directory, name);
  const beside = `${path}.${process.pid}-${randomUUID()}`;
  try {
    mkdirSync(directory, { recursive: true, mode: 0o700 });
    writeFileSync(beside, Buffer.concat([digest(content), content]), { mode: 0o600 });
    renameSync(beside, path);
  } catch (error) {
    failure ??= error instanceof Error ? error.message : String(error);
    remove(beside);
  }
}

/** Where nothing can be written, nothing was, and removing is refused as well. */
function remove(path: string): void {
  try {
    rmSync(path, { force: true });
  } catch {}
}

function digest(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
