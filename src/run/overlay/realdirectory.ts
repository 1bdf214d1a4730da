/**
 * Directories of the user's by their real paths, also those whose names are no UTF-8.
 *
 * Node reads every path that is typed as UTF-8 and puts U+FFFD for the rest, which is the name of nothing. So the directory that was meant is looked for among
 * names that read alike. Within Winnow a byte that is no UTF-8 is a half surrogate (U+DC80 to U+DCFF), as Python's `surrogateescape` has it; programs in a
 * sandbox find such a directory at a path of plain letters.
 */
import { readdirSync, realpathSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { WinnowError } from '../../base/mod.ts';

/** What Node makes of bytes that are no UTF-8. */
const lost = '\ufffd';

/** Names that are no UTF-8 come with a half surrogate for each such byte. */
export function bytesOfName(name: string): Uint8Array {
  if (name.isWellFormed()) return new TextEncoder().encode(name);
  const parts: Uint8Array[] = [];
  for (const letter of name) {
    const code = letter.codePointAt(0) as number;
    parts.push(code >= 0xdc80 && code <= 0xdcff ? new Uint8Array([code - 0xdc00]) : new TextEncoder().encode(letter));
  }
  return Buffer.concat(parts);
}

const strict = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

export function nameOfBytes(bytes: Uint8Array): string {
  try {
    return strict.decode(bytes);
  } catch {
    // Letter by letter: the longest beginning that is UTF-8, else a byte.
    let name = '';
    for (let at = 0; at < bytes.length; ) {
      const length = letterAt(bytes, at);
      name +=
        length === 0
          ? String.fromCharCode(0xdc00 + (bytes[at] as number))
          : strict.decode(bytes.subarray(at, at + length));
      at += length || 1;
    }
    return name;
  }
}

/** Bytes of the letter that begins there; 0: none does. */
function letterAt(bytes: Uint8Array, at: number): number {
  for (let length = 1; length <= 4; length++)
    try {
      strict.decode(bytes.subarray(at, at + length));
      return Math.min(length, bytes.length - at);
    } catch {
      // A longer one may be.
    }
  return 0;
}

/** A path of plain letters in the place of one that is no UTF-8: `%FF` for each such byte. */
export const plainName = (name: string): string =>
  name.replaceAll(/[\udc80-\udcff]/g, (byte) => `%${(byte.charCodeAt(0) - 0xdc00).toString(16).toUpperCase()}`);

/**
 * @param path absolute, or relative to this process's directory
 * @returns absolute, links followed; bytes that are no UTF-8 as half surrogates
 * @throws WinnowError `path-not-found`, `not-a-directory`, `path-unreadable`, `unsupported-job` where several names read alike
 */
export function realDirectory(path: string): string {
  const bytes = path.isWellFormed() ? undefined : bytesOfName(resolve(path));
  try {
    const real = realpathSync.native(Buffer.from(bytes ?? found(resolve(path))), 'buffer') as unknown as Buffer;
    if (statSync(real).isDirectory()) return nameOfBytes(real);
  } catch (cause) {
    if (cause instanceof WinnowError) throw cause;
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR')
      throw new WinnowError('path-not-found', `${path} does not exist; a directory was expected.`, {
        details: { path },
      });
    throw new WinnowError('path-unreadable', `${path} cannot be entered (${code}).`, { details: { path }, cause });
  }
  throw new WinnowError('not-a-directory', `${path} is no directory.`, { details: { path } });
}

/** The bytes of a path of which parts may have been lost. */
function found(path: string): Uint8Array {
  if (!path.includes(lost)) return new TextEncoder().encode(path);
  let bytes = Buffer.from('/');
  for (const part of path.split('/').filter(Boolean)) {
    const fits = part.includes(lost)
      ? readdirSync(bytes, { encoding: 'buffer' }).filter((name) => name.toString() === part)
      : [Buffer.from(part)];
    if (fits.length > 1)
      throw new WinnowError(
        'unsupported-job',
        `${fits.length} names in ${bytes} read as ${part}, since they are no UTF-8, and nobody can tell which is meant. Rename one of them.`,
        { details: { path, names: fits.map((name) => nameOfBytes(name)) } },
      );
    bytes = Buffer.concat([bytes, Buffer.from('/'), fits[0] ?? Buffer.from(part)]);
  }
  return bytes;
}
