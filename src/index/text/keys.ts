/**
 * A sorted list of keys on disk, each with three numbers, of which a look-up reads one block.
 *
 * Blocks of about 4 KiB hold keys front-coded: how many bytes are shared with the key
 * before, the bytes that are not, then `count`, `top` and `length`. A key's data stands in
 * another section, data of consecutive keys end to end, so its offset is the block's plus
 * the lengths before it. The index has one row a block: 20 bytes and its first key.
 *
 *   "count"  → 0 5 c o u n t  12 97 31
 *   "counter"→ 5 2 e r         3 40 8
 *
 * Terms and symbol names both use it; the order of keys is theirs to choose.
 */
import { ByteWriter } from './bytes.ts';
import type { PagedSource } from './pages.ts';

/** A quarter of a page: a block seldom crosses pages, and walking half of one takes 5 µs. */
const blockBytes = 4096;
const rowBytes = 20;

export class KeyWriter {
  readonly blocks = new ByteWriter(1 << 16);
  readonly #rows = new ByteWriter();
  readonly #firstKeys = new ByteWriter();
  #lastKey = new Uint8Array(256);
  #lastLength = 0;
  #blockStart = -1;
  #dataOffset = 0;
  count = 0;
  blockCount = 0;

  /** @param length bytes of the key's data; data follow each other in the order of keys */
  add(key: Uint8Array, keyLength: number, count: number, top: number, length: number): void {
    const { blocks } = this;
    let shared = 0;
    if (this.#blockStart < 0 || blocks.length - this.#blockStart >= blockBytes) {
      this.#blockStart = blocks.length;
      this.#rows.u32(blocks.length);
      this.#rows.u32(this.count);
      this.#rows.u32(this.#dataOffset % 2 ** 32);
      this.#rows.u32(Math.floor(this.#dataOffset / 2 ** 32));
      this.#rows.u32(this.#firstKeys.length);
      this.#firstKeys.bytes(key, 0, keyLength);
      this.blockCount++;
    } else {
      const most = Math.min(keyLength, this.#lastLength);
      while (shared < most && key[shared] === this.#lastKey[shared]) shared++;
    }
    blocks.varint(shared);
    blocks.varint(keyLength - shared);
    blocks.bytes(key, shared, keyLength);
    blocks.varint(count);
    blocks.byte(top);
    blocks.varint(length);
    if (keyLength > this.#lastKey.length) this.#lastKey = new Uint8Array(keyLength * 2);
    for (let i = 0; i < keyLength; i++) this.#lastKey[i] = key[i] as number;
    this.#lastLength = keyLength;
    this.#dataOffset += length;
    this.count++;
  }

  index(): Uint8Array {
    this.#rows.bytes(this.#firstKeys.buffer, 0, this.#firstKeys.length);
    return this.#rows.view();
  }
}

export class KeyList {
  readonly count: number;
  readonly blockCount: number;
  readonly #pages: PagedSource;
  readonly #blocks: { readonly start: number; readonly end: number };
  readonly #index: { readonly start: number; readonly end: number };
  #indexBytes: Uint8Array | undefined;
  #indexView: DataView | undefined;

  constructor(
    pages: PagedSource,
    blocks: { readonly start: number; readonly end: number },
    index: { readonly start: number; readonly end: number },
    counts: { readonly keys: number; readonly blocks: number },
  ) {
    this.#pages = pages;
    this.#blocks = blocks;
    this.#index = index;
    this.count = counts.keys;
    this.blockCount = counts.blocks;
  }

  /**
   * Number of the last block whose first key is at or before what is sought; 0 when none is.
   *
   * @param after whether a first key sorts after what is sought
   */
  blockOf(after: (firstKey: Uint8Array) => boolean): number {
    let low = 0;
    let high = this.blockCount;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (after(this.#firstKey(middle))) high = middle;
      else low = middle;
    }
    return low;
  }

  /** Number of the block that holds the key of number `at`. */
  blockOfNumber(at: number): number {
    let low = 0;
    let high = this.blockCount;
    while (high - low > 1) {
      const middle = (low + high) >>> 1;
      if (this.#row(middle, 1) > at) high = middle;
      else low = middle;
    }
    return low;
  }

  /** A cursor before the first key of block `block`; it runs on to the end of the list. */
  from(block: number): KeyCursor {
    return new KeyCursor(this, block);
  }

  /** For cursors. */
  load(block: number): { bytes: Uint8Array; number: number; offset: number } {
    const start = this.#row(block, 0);
    const end = block + 1 < this.blockCount ? this.#row(block + 1, 0) : this.#blocks.end - this.#blocks.start;
    return {
      bytes: this.#pages.read(this.#blocks.start + start, end - start),
      number: this.#row(block, 1),
      offset: this.#row(block, 2) + this.#row(block, 3) * 2 ** 32,
    };
  }

  #firstKey(block: number): Uint8Array {
    const keys = this.blockCount * rowBytes;
    const start = keys + this.#row(block, 4);
    const end = block + 1 < this.blockCount ? keys + this.#row(block + 1, 4) : this.#index.end - this.#index.start;
    return (this.#indexBytes as Uint8Array).subarray(start, end);
  }

  #row(block: number, column: number): number {
    if (this.#indexView === undefined) {
      const bytes = this.#pages.read(this.#index.start, this.#index.end - this.#index.start);
      this.#indexBytes = bytes;
      this.#indexView = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#indexView.getUint32(block * rowBytes + column * 4, true);
  }
}

const noBytes = new Uint8Array(0);

/** Walks keys in order. After `next` answers true, its fields describe one key; `key` is overwritten by the next. */
export class KeyCursor {
  key = new Uint8Array(256);
  keyLength = 0;
  /** Number of the key in the list. */
  number = -1;
  count = 0;
  top = 0;
  /** Of the key's data in its section. */
  offset = 0;
  length = 0;
  /** Whether `next` has answered false. */
  ended = false;
  readonly #list: KeyList;
  #block: number;
  #bytes: Uint8Array = noBytes;
  #at = 0;

  constructor(list: KeyList, block: number) {
    this.#list = list;
    this.#block = block;
  }

  /** As a new cursor before block `block`. For who looks up a thousand keys: a cursor's buffers cost more to make than a block to read. */
  restart(block: number): void {
    this.#block = block;
    this.#bytes = noBytes;
    this.#at = 0;
    this.ended = false;
  }

  next(): boolean {
    if (this.#at >= this.#bytes.length) {
      if (this.#block >= this.#list.blockCount) {
        this.ended = true;
        return false;
      }
      const loaded = this.#list.load(this.#block++);
      this.#bytes = loaded.bytes;
      this.#at = 0;
      this.number = loaded.number - 1;
      this.offset = loaded.offset;
      this.length = 0;
    }
    this.number++;
    this.offset += this.length;
    const shared = this.#varint();
    const fresh = this.#varint();
    this.keyLength = shared + fresh;
    if (this.keyLength > this.key.length) {
      const longer = new Uint8Array(this.keyLength * 2);
      longer.set(this.key.subarray(0, shared));
      this.key = longer;
    }
    for (let i = 0; i < fresh; i++) this.key[shared + i] = this.#bytes[this.#at + i] as number;
    this.#at += fresh;
    this.count = this.#varint();
    this.top = this.#bytes[this.#at++] as number;
    this.length = this.#varint();
    return true;
  }

  #varint(): number {
    const bytes = this.#bytes;
    let byte = bytes[this.#at++] as number;
    if (byte < 128) return byte;
    let value = byte & 127;
    let shift = 7;
    do {
      byte = bytes[this.#at++] as number;
      value |= (byte & 127) << shift;
      shift += 7;
    } while (byte > 127);
    return value >>> 0;
  }
}
