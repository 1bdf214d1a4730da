/**
 * A directory of things that can be made again: each entry is whole and unharmed, or is not there.
 *
 * An entry is written beside its place and renamed, so that a reader never sees half of it, and begins with
 * the SHA-256 of its content, so that a damaged one is made again instead of used. No failure of the
 * disk is an error: without a cache everything works, only more slowly.
 */
import { createHash, randomUUID } from 'node:crypto';
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

const hashBytes = 32;

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
    mkdirSync(directory, { recursive: true });
    writeFileSync(beside, Buffer.concat([digest(content), content]));
    renameSync(beside, path);
  } catch {
    rmSync(beside, { force: true });
  }
}

function digest(content: Uint8Array): Buffer {
  return createHash('sha256').update(content).digest();
}
