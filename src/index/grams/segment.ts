/**
 * A gram segment: which of its documents hold which grams. Immutable, checked by block, and only a cache.
 *
 *   header   magic "WNGRAM02", u32 documents, u32 checksum of the next two parts
 *   hashes   16 bytes for each document: the start of the SHA-256 of its content
 *   index    8,193 × u32: where the blocks begin, from the start of the file
 *   blocks   one for each 64 grams in a row: u32 checksum of the rest of the block, then
 *            64 × u32 ends of lists (from the end of this table), then the lists
 *
 * An empty block has no bytes. A list is a bitmap of all documents when that is no longer than varints of
 * the distances between them; its length tells which: a bitmap has ⌈documents / 8⌉ bytes, varints have fewer.
 * For 46,000 files of source, 330 MB, segments hold a quarter of that (docs/measurements/grep.md).
 */
import { closeSync, openSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { gramCount } from './alphabet.ts';
import type { GramLists } from './query.ts';

const magic = Buffer.from('WNGRAM02');
const headerBytes = 16;
export const hashBytes = 16;
const blockCount = gramCount / 64;
const tableBytes = 64 * 4;
/** Bytes of blocks that one segment keeps: a process that stays would otherwise hold all of it in the end. */
const mostKeptBytes = 16 * 1024 * 1024;

/** Grams that documents hold, by gram; see `GramGatherer.turned`. */
export interface Turned {
  readonly starts: Uint32Array;
  readonly docs: Uint32Array;
}

/** @param hashes `hashBytes` for each document */
export function encodeSegment(hashes: Uint8Array, { starts, docs }: Turned): Uint8Array {
  const docCount = hashes.length / hashBytes;
  const bitmapBytes = (docCount + 7) >>> 3;
  // A list never needs more than a bitmap; what is not used is cut off.
  let room = headerBytes + hashes.length + 4 * (blockCount + 1);
  for (let gram = 0; gram < gramCount; gram += 64) {
    const pairs = (starts[gram + 64] as number) - (starts[gram] as number);
    if (pairs > 0) room += 4 + tableBytes + Math.min(pairs * 5, 64 * bitmapBytes + 8);
  }
  const out = Buffer.alloc(room);
  const indexAt = headerBytes + hashes.length;
  let at = indexAt + 4 * (blockCount + 1);
  for (let block = 0; block < blockCount; block++) {
    out.writeUInt32LE(at, indexAt + 4 * block);
    const first = block * 64;
    if (starts[first] === starts[first + 64]) continue;
    const listsAt = at + 4 + tableBytes;
    let end = listsAt;
    for (let symbol = 0; symbol < 64; symbol++) {
      end = writeList(
        out,
        end,
        docs,
        starts[first + symbol] as number,
        starts[first + symbol + 1] as number,
        bitmapBytes,
      );
      out.writeUInt32LE(end - listsAt, at + 4 + 4 * symbol);
    }
    out.writeUInt32LE(crc32(out.subarray(at + 4, end)), at);
    at = end;
  }
  out.writeUInt32LE(at, indexAt + 4 * blockCount);
  magic.copy(out);
  out.writeUInt32LE(docCount, 8);
  out.set(hashes, headerBytes);
  out.writeUInt32LE(crc32(out.subarray(headerBytes, indexAt + 4 * (blockCount + 1))), 12);
  return out.subarray(0, at);
}

/** @returns where the list ends */
function writeList(out: Buffer, at: number, docs: Uint32Array, from: number, to: number, bitmapBytes: number): number {
  let end = at;
  let last = -1;
  const most = at + bitmapBytes;
  for (let i = from; i < to; i++) {
    const doc = docs[i] as number;
    let distance = doc - last - 1;
    last = doc;
    // A distance has three bytes at most below two million documents.
    if (end + 3 >= most) {
      out.fill(0, at, most);
      for (let j = from; j < to; j++) {
        const bit = docs[j] as number;
        out[at + (bit >>> 3)] = (out[at + (bit >>> 3)] as number) | (1 << (bit & 7));
      }
      return most;
    }
    while (distance > 127) {
      out[end++] = (distance & 127) | 128;
      distance >>>= 7;
    }
    out[end++] = distance;
  }
  return end;
}

/** The file is damaged or of another format: it is as if it were not there. */
export class DamagedSegment extends Error {}

export class GramSegment implements GramLists {
  readonly docCount: number;
  readonly hashes: Buffer;
  readonly bytes: number;
  readonly #descriptor: number;
  readonly #index: Uint32Array;
  readonly #blocks = new Map<number, Buffer | null>();
  #keptBytes = 0;

  /** @throws DamagedSegment; what opening a file throws */
  constructor(file: string) {
    this.#descriptor = openSync(file, 'r');
    try {
      const header = this.#read(0, headerBytes);
      if (!header.subarray(0, 8).equals(magic)) throw new DamagedSegment(`${file}: not a gram segment`);
      this.docCount = header.readUInt32LE(8);
      const hashesLength = this.docCount * hashBytes;
      const rest = this.#read(headerBytes, hashesLength + 4 * (blockCount + 1));
      if (crc32(rest) !== header.readUInt32LE(12)) throw new DamagedSegment(`${file}: checksum of the header`);
      this.hashes = rest.subarray(0, hashesLength);
      this.#index = new Uint32Array(blockCount + 1);
      for (let i = 0; i <= blockCount; i++) this.#index[i] = rest.readUInt32LE(hashesLength + 4 * i);
      this.bytes = this.#index[blockCount] as number;
    } catch (cause) {
      this.close();
      throw cause;
    }
  }

  #read(position: number, length: number): Buffer {
    const bytes = Buffer.allocUnsafe(length);
    for (let at = 0; at < length; ) {
      const got = readSync(this.#descriptor, bytes, at, length - at, position + at);
      if (got === 0) throw new DamagedSegment('the file is cut short');
      at += got;
    }
    return bytes;
  }

  #block(block: number): Buffer | null {
    let bytes = this.#blocks.get(block);
    if (bytes === undefined) {
      const start = this.#index[block] as number;
      const end = this.#index[block + 1] as number;
      bytes = start === end ? null : this.#read(start, end - start);
      if (bytes !== null && crc32(bytes.subarray(4)) !== bytes.readUInt32LE(0))
        throw new DamagedSegment(`checksum of block ${block}`);
      this.#keptBytes += end - start;
      if (this.#keptBytes > mostKeptBytes) {
        this.#blocks.clear();
        this.#keptBytes = end - start;
      }
      this.#blocks.set(block, bytes);
    }
    return bytes;
  }

  #list(gram: number): Buffer | null {
    const block = this.#block(gram >>> 6);
    if (block === null) return null;
    const symbol = gram & 63;
    const start = symbol === 0 ? 0 : block.readUInt32LE(4 + 4 * (symbol - 1));
    const end = block.readUInt32LE(4 + 4 * symbol);
    return start === end ? null : block.subarray(4 + tableBytes + start, 4 + tableBytes + end);
  }

  weight(gram: number): number {
    return this.#list(gram)?.length ?? 0;
  }

  read(gram: number, into: Uint32Array): void {
    this.forEach(gram, (doc) => {
      into[doc >>> 5] = (into[doc >>> 5] as number) | (1 << (doc & 31));
    });
  }

  /** Documents of a gram, ascending. */
  forEach(gram: number, visit: (doc: number) => void): void {
    const list = this.#list(gram);
    if (list === null) return;
    if (list.length === (this.docCount + 7) >>> 3) {
      for (let at = 0; at < list.length; at++)
        for (let byte = list[at] as number, doc = at * 8; byte !== 0; byte >>>= 1, doc++)
          if ((byte & 1) !== 0) visit(doc);
      return;
    }
    let doc = -1;
    for (let at = 0; at < list.length; ) {
      let distance = 0;
      let shift = 0;
      let byte = list[at++] as number;
      while (byte > 127) {
        distance |= (byte & 127) << shift;
        shift += 7;
        byte = list[at++] as number;
      }
      doc += (distance | (byte << shift)) + 1;
      visit(doc);
    }
  }

  /** Reads every list, once. @throws DamagedSegment, a `RangeError` where lists reach beyond their block */
  verify(): void {
    for (let block = 0; block < blockCount; block++) {
      for (let symbol = 0; symbol < 64; symbol++)
        this.forEach(block * 64 + symbol, (doc) => {
          if (doc < 0 || doc >= this.docCount) throw new DamagedSegment(`block ${block} names document ${doc}`);
        });
      this.#blocks.delete(block);
    }
  }

  close(): void {
    this.#blocks.clear();
    closeSync(this.#descriptor);
  }
}
