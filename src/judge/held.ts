/** Reads what a test holds when it is needed, and forgets it: the tests of a problem together may be larger than memory. */
import { readFile } from 'node:fs/promises';
import { WinnowError } from '../base/mod.ts';
import type { Held } from './types.ts';

/** @throws WinnowError `path-unreadable` when a file has gone or may not be read */
export async function readHeld(held: Held): Promise<Uint8Array> {
  if ('bytes' in held) return held.bytes;
  try {
    return await readFile(held.file);
  } catch (cause) {
    throw new WinnowError('path-unreadable', `${held.file} was there and cannot be read any more: ${String(cause)}`, {
      details: { path: held.file },
      cause,
    });
  }
}
