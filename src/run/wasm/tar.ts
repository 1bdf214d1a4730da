/**
 * Reads the plain tar archives that come with WebAssembly toolchains: files, by the first two forms of names.
 *
 * Source: POSIX.1-1988 `ustar`. Links, devices and long-name extensions are refused: no archive that is read here has them.
 */
import type { TreeFile } from './filetree.ts';

const blockBytes = 512;

/** @returns the files; their bytes share the archive's memory. @throws Error when it is no such archive */
export function parseTar(archive: Uint8Array): readonly TreeFile[] {
  const files: TreeFile[] = [];
  const text = (from: number, length: number) => {
    const field = Buffer.from(archive.buffer, archive.byteOffset + from, length);
    const end = field.indexOf(0);
    return field.toString('utf8', 0, end < 0 ? length : end);
  };
  for (let at = 0; at + blockBytes <= archive.length && archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    const type = text(at + 156, 1);
    if (!Number.isInteger(size) || at + blockBytes + size > archive.length)
      throw new Error(`a damaged archive, at byte ${at}`);
    const prefix = text(at + 345, 155);
    const path = prefix === '' ? text(at, 100) : `${prefix}/${text(at, 100)}`;
    if (type === '' || type === '0')
      files.push({ path, bytes: archive.subarray(at + blockBytes, at + blockBytes + size) });
    else if (type !== '5') throw new Error(`'${path}' is of type '${type}', which is not read here`);
    at += blockBytes + Math.ceil(size / blockBytes) * blockBytes;
  }
  return files;
}
