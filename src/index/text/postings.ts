/**
 * Postings of one term: which documents, and at which level.
 *
 * Blocks of 128: differences of document numbers as varints, then one level byte each.
 * A list of several blocks begins with a table that gives each block's last document,
 * length and highest level, so that a walk can leap over blocks that cannot matter
 * without reading them.
 *
 *   docs 3 4 9, levels 60 61 60   →   3 1 5  60 61 60
 *   300 docs   →   table length, 3 × (last doc − last doc before, bytes, top), 3 blocks
 *
 * 128: the table costs 2.5% of a long list. Tried and dropped: bit-packed differences
 * save nothing beside the level byte and decode no faster in JavaScript.
 */
import { ByteWriter } from './bytes.ts';
import type { PagedSource } from './pages.ts';
import type { Postings } from './types.ts';

export const blockPostings = 128;

/** A walk that has passed its last posting stands here. */
export const noMoreDocs = 0xffffffff;

/** Lists up to this many bytes are read at once; longer ones block by block, as far as needed. */
const readWholeBytes = 32 * 1024;

/** Encodes one list after another; the buffers are reused. */
export class PostingsEncoder {
  readonly out = new ByteWriter(1 << 16);
  readonly #blocks = new ByteWriter(1 << 16);
  readonly #table = new ByteWriter(1 << 12);
  /** Highest level of the list last encoded. */
  top = 0;

  /**
   * Replaces `out` with the list's bytes.
   *
   * @param docs ascending, distinct, from `start` to `end`
   * @param levels in [1, 255], beside `docs`
   */
  encode(docs: Uint32Array, levels: Uint8Array, start: number, end: number): void {
    const { out } = this;
    out.length = 0;
    this.top = 0;
    if (end - start <= blockPostings) {
      this.#block(out, docs, levels, start, end, 0);
      return;
    }
    const blocks = this.#blocks;
    const table = this.#table;
    blocks.length = 0;
    table.length = 0;
    let top = 0;
    let last = 0;
    for (let from = start; from < end; from += blockPostings) {
      const to = Math.min(from + blockPostings, end);
      const before = blocks.length;
      this.#block(blocks, docs, levels, from, to, last);
      const next = docs[to - 1] as number;
      table.varint(next - last);
      table.varint(blocks.length - before);
      table.byte(this.top);
      if (this.top > top) top = this.top;
      last = next;
    }
    this.top = top;
    out.varint(table.length);
    out.bytes(table.buffer, 0, table.length);
    out.bytes(blocks.buffer, 0, blocks.length);
  }

  #block(out: ByteWriter, docs: Uint32Array, levels: Uint8Array, from: number, to: number, last: number): void {
    out.reserve((to - from) * 6);
    const { buffer } = out;
    let at = out.length;
    let before = last;
    for (let i = from; i < to; i++) {
      const doc = docs[i] as number;
      let rest = doc - before;
      before = doc;
      while (rest > 127) {
        buffer[at++] = (rest & 127) | 128;
        rest >>>= 7;
      }
      buffer[at++] = rest;
    }
    let top = 0;
    for (let i = from; i < to; i++) {
      const level = levels[i] as number;
      if (level > top) top = level;
      buffer[at++] = level;
    }
    out.length = at;
    this.top = top;
  }
}

/**
 * Decodes a list of one block (at most `blockPostings`) at once, for those who want all of it:
 * most terms are rare, and a cursor for each costs more than its postings.
 *
 * @param bytes the list, as `PostingEncoder` left it
 * @param into place in `docs` and `levels` of the first posting
 */
export function decodeBlock(
  bytes: Uint8Array,
  count: number,
  docs: Uint32Array,
  levels: Uint8Array,
  into: number,
): void {
  let at = 0;
  let doc = 0;
  for (let i = into; i < into + count; i++) {
    let byte = bytes[at++] as number;
    let delta = byte & 127;
    for (let shift = 7; byte > 127; shift += 7) {
      byte = bytes[at++] as number;
      delta += (byte & 127) * 2 ** shift;
    }
    doc += delta;
    docs[i] = doc;
  }
  for (let i = into; i < into + count; i++) levels[i] = bytes[at++] as number;
}

/** A walk through the documents of one term, in ascending order. Begins before the first: `seek` before reading `doc`. */
export class PostingCursor {
  /** Documents with the term, dead ones included. */
  readonly count: number;
  /** Highest level in the list. */
  readonly top: number;
  /** Where the walk stands; `noMoreDocs` past the end. */
  doc = 0;
  /** Documents of the block it stands in, `blockCount` of them; `at` is the place of `doc`. */
  readonly docs = new Uint32Array(blockPostings);
  /** Levels of the block's documents: `levels[levelStart + at]` is that of `doc`. */
  levels: Uint8Array = new Uint8Array(0);
  levelStart = 0;
  at = 0;
  blockCount = 0;
  /** About how many postings `topWithin` last spoke of. */
  postingsWithin = 0;
  readonly #pages: PagedSource;
  readonly #offset: number;
  readonly #length: number;
  #bytes: Uint8Array | null = null;
  readonly #blocks: number;
  /** The block decoded, and the one found last, which is it or a later one. */
  #block = -1;
  #ahead = -1;
  /** Per block; the start is relative to the list. */
  readonly #lastDoc: Uint32Array;
  readonly #start: Uint32Array;
  readonly #top: Uint8Array;
  #topBlock = 0;

  constructor(pages: PagedSource, offset: number, length: number, count: number, top: number) {
    this.#pages = pages;
    this.#offset = offset;
    this.#length = length;
    this.count = count;
    this.top = top;
    if (length <= readWholeBytes) this.#bytes = pages.read(offset, length);
    this.#blocks = Math.ceil(count / blockPostings);
    this.#lastDoc = new Uint32Array(this.#blocks);
    this.#start = new Uint32Array(this.#blocks + 1);
    this.#top = new Uint8Array(this.#blocks);
    if (this.#blocks === 1) {
      this.#start[1] = length;
      this.#top[0] = top;
      this.#lastDoc[0] = noMoreDocs;
      this.#load(0);
      this.#lastDoc[0] = this.docs[count - 1] as number;
    } else this.#readTable();
  }

  /** Level of the document the walk stands on. */
  get level(): number {
    return this.levels[this.levelStart + this.at] as number;
  }

  /**
   * Highest level that document `target` can have, from the table alone: 0 when it is not in the list for certain.
   * `target` never falls.
   */
  topAt(target: number): number {
    if (this.doc === noMoreDocs) return 0;
    if (this.#ahead < 0 || (this.#lastDoc[this.#ahead] as number) < target) this.#ahead = this.#blockHolding(target);
    return this.#ahead < this.#blocks ? (this.#top[this.#ahead] as number) : 0;
  }

  /** The document after the last of the block that `topAt` spoke of. */
  get endAt(): number {
    return (this.#lastDoc[this.#ahead] as number) + 1;
  }

  /** Moves on to the first document at or after `target`; never back. @returns `doc` */
  seek(target: number): number {
    if (this.topAt(target) === 0) {
      this.doc = noMoreDocs;
      return noMoreDocs;
    }
    if (this.#ahead !== this.#block) this.#load(this.#ahead);
    const { docs } = this;
    let at = this.at;
    while ((docs[at] as number) < target) at++;
    this.at = at;
    this.doc = docs[at] as number;
    return this.doc;
  }

  /** Moves on to the first document of the next block. */
  nextBlock(): void {
    if (this.#block + 1 >= this.#blocks) {
      this.doc = noMoreDocs;
      return;
    }
    this.#ahead = this.#block + 1;
    this.#load(this.#ahead);
    this.doc = this.docs[0] as number;
  }

  /** Back to before the first document. */
  restart(): void {
    this.doc = 0;
    this.at = 0;
    this.#ahead = -1;
    this.#topBlock = 0;
  }

  /**
   * Highest level that a document in `[from, to)` can have; 0 when there is none there for certain.
   * `from` never falls from one call to the next.
   */
  topWithin(from: number, to: number): number {
    const lastDoc = this.#lastDoc;
    let block = this.#topBlock;
    while (block < this.#blocks && (lastDoc[block] as number) < from) block++;
    this.#topBlock = block;
    let top = 0;
    const first = block;
    while (block < this.#blocks && (block === 0 || (lastDoc[block - 1] as number) + 1 < to)) {
      if ((this.#top[block] as number) > top) top = this.#top[block] as number;
      block++;
      if ((lastDoc[block - 1] as number) >= to - 1) break;
    }
    this.postingsWithin = (block - first) * blockPostings;
    return top;
  }

  /** The whole list. Uses up the walk. */
  all(): Postings {
    const docs = new Uint32Array(this.count);
    const levels = new Uint8Array(this.count);
    let filled = 0;
    for (let block = 0; block < this.#blocks; block++) {
      this.#load(block);
      docs.set(this.docs.subarray(0, this.blockCount), filled);
      levels.set(this.levels.subarray(this.levelStart, this.levelStart + this.blockCount), filled);
      filled += this.blockCount;
    }
    this.doc = noMoreDocs;
    return { docs, levels };
  }

  #blockHolding(target: number): number {
    const lastDoc = this.#lastDoc;
    let low = this.#ahead + 1;
    let stride = 1;
    let high = low;
    while (high < this.#blocks && (lastDoc[high] as number) < target) {
      low = high + 1;
      high += stride;
      stride *= 2;
    }
    high = Math.min(high, this.#blocks);
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((lastDoc[middle] as number) < target) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #readTable(): void {
    // A row takes at most 11 bytes, the length before the table at most 5.
    const bytes = this.#bytes ?? this.#pages.read(this.#offset, Math.min(this.#length, this.#blocks * 11 + 5));
    let at = 0;
    const varint = (): number => {
      let byte = bytes[at++] as number;
      if (byte < 128) return byte;
      let value = byte & 127;
      let shift = 7;
      do {
        byte = bytes[at++] as number;
        value |= (byte & 127) << shift;
        shift += 7;
      } while (byte > 127);
      return value >>> 0;
    };
    const tableBytes = varint();
    let start = at + tableBytes;
    let last = 0;
    for (let block = 0; block < this.#blocks; block++) {
      last += varint();
      this.#lastDoc[block] = last;
      this.#start[block] = start;
      start += varint();
      this.#top[block] = bytes[at++] as number;
    }
    this.#start[this.#blocks] = start;
  }

  #load(block: number): void {
    const start = this.#start[block] as number;
    const end = this.#start[block + 1] as number;
    let bytes: Uint8Array;
    let at: number;
    if (this.#bytes === null) {
      bytes = this.#pages.read(this.#offset + start, end - start);
      at = 0;
    } else {
      bytes = this.#bytes;
      at = start;
    }
    const count = block + 1 < this.#blocks ? blockPostings : this.count - block * blockPostings;
    const { docs } = this;
    let doc = block === 0 ? 0 : (this.#lastDoc[block - 1] as number);
    for (let i = 0; i < count; i++) {
      let byte = bytes[at++] as number;
      if (byte < 128) doc += byte;
      else {
        let value = byte & 127;
        let shift = 7;
        do {
          byte = bytes[at++] as number;
          value |= (byte & 127) << shift;
          shift += 7;
        } while (byte > 127);
        doc += value >>> 0;
      }
      docs[i] = doc;
    }
    this.levels = bytes;
    this.levelStart = at;
    this.blockCount = count;
    this.#block = block;
    this.at = 0;
  }
}
