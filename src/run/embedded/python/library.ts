/**
 * Python's standard library as a read-only directory, straight from the zip file it is shipped in.
 *
 * Files are inflated when they are first read; most never are, since what programs commonly import lies in
 * the memory image already. Only what such an archive has is understood: stored and deflated entries, no encryption, no ZIP64.
 *
 * Source: APPNOTE.TXT 6.3 of PKWARE, sections 4.3.7, 4.3.12, 4.3.16.
 */
import { inflateRawSync } from 'node:zlib';
import { type DirectoryNode, type FileNode, makeDirectory, toByteString } from '../../wasm/filetree.ts';

interface Entry {
  readonly path: string;
  readonly size: number;
  read(): Uint8Array;
}

/** Pyodide's bridge to JavaScript, of which only the Python half could work here, and what packages are installed with. */
const leftOut = /^(_?pyodide|site-packages)\//;

/** A file whose bytes are made when they are first asked for. */
class LazyFile implements FileNode {
  readonly kind = 'file';
  readonly inode: bigint;
  readonly size: number;
  readonly mode = 0o444;
  readonly owned = false;
  readonly modified = 0n;
  readonly names = 1;
  readonly holders = 0;
  readonly readOnly = true;
  readonly #entry: Entry;
  #bytes: Uint8Array | null = null;

  constructor(inode: bigint, entry: Entry) {
    this.inode = inode;
    this.size = entry.size;
    this.#entry = entry;
  }

  get bytes(): Uint8Array {
    this.#bytes ??= this.#entry.read();
    return this.#bytes;
  }
}

/** @throws Error when it is not such an archive */
export function libraryTree(zip: Uint8Array): DirectoryNode {
  // Far from those of the file systems it is mounted in.
  let last = 2n ** 32n;
  const inode = () => ++last;
  const options = { readOnly: true, time: 0n, inode };
  const root = makeDirectory(null, options);
  for (const entry of entriesOf(zip)) {
    if (entry.path.endsWith('/') || leftOut.test(entry.path)) continue;
    const parts = toByteString(entry.path).split('/');
    const name = parts.pop() as string;
    let directory = root;
    for (const part of parts) {
      const next = directory.entries.get(part) ?? makeDirectory(directory, options);
      if (next.kind !== 'directory') throw new Error(`the library has '${part}' twice`);
      directory.entries.set(part, next);
      directory = next;
    }
    directory.entries.set(name, new LazyFile(inode(), entry));
  }
  return root;
}

function entriesOf(zip: Uint8Array): Entry[] {
  const view = new DataView(zip.buffer, zip.byteOffset, zip.length);
  // The end record is 22 bytes and a comment of at most 65535.
  let end = zip.length - 22;
  while (end >= 0 && view.getUint32(end, true) !== 0x06054b50) end--;
  if (end < 0) throw new Error('the library is not a zip file');
  const entries: Entry[] = [];
  let at = view.getUint32(end + 16, true);
  for (let left = view.getUint16(end + 10, true); left > 0; left--) {
    if (view.getUint32(at, true) !== 0x02014b50) throw new Error('the library has a broken directory');
    const method = view.getUint16(at + 10, true);
    const packed = view.getUint32(at + 20, true);
    const size = view.getUint32(at + 24, true);
    const nameBytes = view.getUint16(at + 28, true);
    const local = view.getUint32(at + 42, true);
    const path = Buffer.from(zip.subarray(at + 46, at + 46 + nameBytes)).toString('utf8');
    if (method !== 0 && method !== 8)
      throw new Error(`the library packs ${path} in a way that is not known: ${method}`);
    const read = () => {
      const start = local + 30 + view.getUint16(local + 26, true) + view.getUint16(local + 28, true);
      const bytes = zip.subarray(start, start + packed);
      return method === 0 ? bytes : inflateRawSync(bytes, { maxOutputLength: size });
    };
    entries.push({ path, size, read });
    at += 46 + nameBytes + view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  }
  return entries;
}
