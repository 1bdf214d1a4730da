/**
 * Where the bytes of a segment come from: memory, or a file read in ranges.
 *
 * Ranges, not whole files: a command that answers one query touches a hundred pages of
 * a segment that may be 100 MB. Checksums are the business of `pages.ts`.
 */
import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import { WinnowError } from '../../base/mod.ts';
import type { ByteSource } from './types.ts';

function outOfRange(what: string, offset: number, length: number, size: number): WinnowError {
  return new WinnowError(
    'index-corrupt',
    `Expected ${length} bytes at offset ${offset} of ${what}, which has ${size}: it was cut short or damaged. ` +
      'Delete the index and index again.',
    { details: { offset, length, size } },
  );
}

/** Bytes already in memory; `read` gives views, not copies. */
export function memorySource(bytes: Uint8Array): ByteSource {
  return {
    size: bytes.length,
    read: (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > bytes.length)
        throw outOfRange('a text segment', offset, length, bytes.length);
      return bytes.subarray(offset, offset + length);
    },
    close: () => {},
  };
}

/**
 * A file, held open. The caller closes it; a file deleted meanwhile stays readable.
 *
 * @throws WinnowError `index-corrupt` when there is no such file (the index names it, so it must exist),
 *   `path-unreadable` when it cannot be opened or read
 */
export function fileSource(path: string): ByteSource {
  const handle = attempt(path, () => openSync(path, 'r'));
  const size = attempt(path, () => fstatSync(handle).size);
  let open = true;
  return {
    size,
    read: (offset, length) => {
      if (offset < 0 || length < 0 || offset + length > size) throw outOfRange(path, offset, length, size);
      const bytes = new Uint8Array(length);
      let filled = 0;
      while (filled < length) {
        const count = attempt(path, () => readSync(handle, bytes, filled, length - filled, offset + filled));
        if (count === 0) throw outOfRange(path, offset, length, offset + filled);
        filled += count;
      }
      return bytes;
    },
    close: () => {
      if (open) closeSync(handle);
      open = false;
    },
  };
}

function attempt<T>(path: string, work: () => T): T {
  try {
    return work();
  } catch (cause) {
    const system = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
    if (system === 'ENOENT' || system === 'ENOTDIR')
      throw new WinnowError('index-corrupt', `The index names ${path}, which does not exist. Index again.`, {
        details: { path },
        cause,
      });
    throw new WinnowError('path-unreadable', `Cannot read ${path} of the index (${system}). Check its permissions.`, {
      details: { path, system },
      cause,
    });
  }
}
