/**
 * Text segments as the store keeps them: small ones inside SQLite, others as files.
 *
 * A refresh of a few files adds a segment of some kilobytes; in a row of the same
 * transaction it is as crash-safe as the rest and costs no further fsync. A file is
 * made whole before the transaction that names it: written under another name, synced,
 * renamed. A kill between leaves a file that no row names; the next writer removes it.
 */
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, unlinkSync, writeSync } from 'node:fs';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** Segments below this many bytes are rows. SQLite reads blobs of up to about 100 KB faster than files (sqlite.org/intern-v-extern-blob.html); the rest of the way saves the fsync. */
export const inlineBytes = 1024 * 1024;

export interface SegmentRow {
  readonly id: number;
  readonly docs: number;
  readonly bytes: number;
  /** CRC-32 of the whole content. */
  readonly checksum: number;
  readonly inline: boolean;
}

export const segmentFile = (dataDir: string, id: number): string => path.join(dataDir, `${id}.segment`);

export const checksumOf = (content: Uint8Array): number => crc32(content);

/** Durable when it returns. */
export function writeSegmentFile(dataDir: string, id: number, content: Uint8Array): void {
  const file = segmentFile(dataDir, id);
  const unfinished = `${file}.new`;
  const descriptor = openSync(unfinished, 'w');
  try {
    for (let at = 0; at < content.length; ) at += writeSync(descriptor, content, at);
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(unfinished, file);
  syncDirectory(dataDir);
}

function syncDirectory(directory: string): void {
  // Windows cannot open directories; its renames are durable with the file.
  if (process.platform === 'win32') return;
  const descriptor = openSync(directory, 'r');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
}

/** Only under the lock: a writer's unfinished file looks like an orphan. */
export function removeOrphans(dataDir: string, named: ReadonlySet<number>): void {
  for (const name of readdirSync(dataDir)) {
    const id = /^(\d+)\.segment(\.new)?$/.exec(name);
    if (id === null || (id[2] === undefined && named.has(Number(id[1])))) continue;
    removeFile(path.join(dataDir, name));
  }
}

export function removeFile(file: string): void {
  try {
    unlinkSync(file);
  } catch (cause) {
    // Windows keeps files that a reader has open; the next writer tries again.
    const code = (cause as NodeJS.ErrnoException).code;
    if (code !== 'ENOENT' && code !== 'EBUSY' && code !== 'EPERM' && code !== 'EACCES') throw cause;
  }
}
