/**
 * Pages: the segment's bytes in pieces of 16 KiB, each with a CRC-32.
 *
 * A page is checked the first time it is read and never again while the segment is
 * open, so that opening costs nothing and no byte is used unchecked. The checksums
 * stand at the end of the file (see `format.ts`), because segments are written in one
 * pass. 16 KiB: a look-up reads two or three pages; the table of a 90 MB segment is 22 KB.
 */
import { crc32 } from 'node:zlib';
import { WinnowError } from '../../base/mod.ts';
import { ByteWriter } from './bytes.ts';
import type { ByteSource } from './types.ts';

export const pageBytes = 16_384;

/** Pages kept in memory by one open segment, at most (8 MiB). A power of two. */
const cachedPages = 512;

/** Bytes gathered before they are handed on (256 KiB). */
const flushBytes = 16 * pageBytes;

/** Gives bytes on to `write`, in order, and keeps a checksum of each page. */
export class PageWriter {
  /** Bytes put so far. */
  offset = 0;
  readonly checksums = new ByteWriter();
  readonly #write: (bytes: Uint8Array) => void;
  #pending = new Uint8Array(flushBytes);
  #filled = 0;

  /** @param write receives buffers it may keep */
  constructor(write: (bytes: Uint8Array) => void) {
    this.#write = write;
  }

  put(bytes: Uint8Array): void {
    let from = 0;
    while (from < bytes.length) {
      const count = Math.min(bytes.length - from, flushBytes - this.#filled);
      this.#pending.set(bytes.subarray(from, from + count), this.#filled);
      this.#filled += count;
      from += count;
      if (this.#filled === flushBytes) this.#flush();
    }
    this.offset += bytes.length;
  }

  /** Hands the rest on. Nothing may be put after this. */
  end(): void {
    this.#flush();
  }

  #flush(): void {
    for (let start = 0; start < this.#filled; start += pageBytes)
      this.checksums.u32(crc32(this.#pending.subarray(start, Math.min(start + pageBytes, this.#filled))));
    if (this.#filled > 0) this.#write(this.#pending.subarray(0, this.#filled));
    this.#pending = new Uint8Array(flushBytes);
    this.#filled = 0;
  }
}

/** Reads checked bytes. What it returns is shared: never write to it. */
export class PagedSource {
  readonly #source: ByteSource;
  readonly #end: number;
  readonly #checksums: Uint32Array;
  readonly #checked: Uint8Array;
  /** Direct-mapped: page `p` can only stand in slot `p mod cachedPages`. */
  readonly #slotPage = new Int32Array(cachedPages).fill(-1);
  readonly #slotBytes: Uint8Array[] = [];

  /**
   * @param end bytes covered by pages, from the start of `source`
   * @param checksums one per page
   */
  constructor(source: ByteSource, end: number, checksums: Uint32Array) {
    this.#source = source;
    this.#end = end;
    this.#checksums = checksums;
    this.#checked = new Uint8Array(checksums.length);
  }

  /** @throws WinnowError `index-corrupt` when a page fails its checksum or the range is not covered */
  read(offset: number, length: number): Uint8Array {
    if (length === 0) return new Uint8Array(0);
    if (offset < 0 || offset + length > this.#end) throw corrupt(`a range outside its pages (${offset}+${length})`);
    const first = Math.floor(offset / pageBytes);
    const last = Math.floor((offset + length - 1) / pageBytes);
    const within = offset - first * pageBytes;
    if (first === last) return this.#page(first).subarray(within, within + length);
    if (last === first + 1 && length < pageBytes) {
      const joined = new Uint8Array(length);
      const head = this.#page(first).subarray(within);
      joined.set(head);
      joined.set(this.#page(last).subarray(0, length - head.length), head.length);
      return joined;
    }
    for (let page = first; page <= last; page++)
      if (this.#checked[page] === 0) {
        const start = first * pageBytes;
        const bytes = this.#source.read(start, Math.min((last + 1) * pageBytes, this.#end) - start);
        for (let p = first; p <= last; p++)
          this.#check(p, bytes.subarray((p - first) * pageBytes, (p - first + 1) * pageBytes));
        return bytes.subarray(within, within + length);
      }
    return this.#source.read(offset, length);
  }

  /** Numbers of the pages that fail their checksum. */
  damagedPages(): number[] {
    const damaged: number[] = [];
    for (let page = 0; page < this.#checksums.length; page++)
      if (crc32(this.#load(page)) !== this.#checksums[page]) damaged.push(page);
    return damaged;
  }

  close(): void {
    this.#slotPage.fill(-1);
    this.#slotBytes.length = 0;
    this.#source.close();
  }

  #page(page: number): Uint8Array {
    const slot = page & (cachedPages - 1);
    if (this.#slotPage[slot] === page) return this.#slotBytes[slot] as Uint8Array;
    const bytes = this.#load(page);
    if (this.#checked[page] === 0) this.#check(page, bytes);
    this.#slotPage[slot] = page;
    this.#slotBytes[slot] = bytes;
    return bytes;
  }

  #load(page: number): Uint8Array {
    const start = page * pageBytes;
    return this.#source.read(start, Math.min(pageBytes, this.#end - start));
  }

  #check(page: number, bytes: Uint8Array): void {
    if (crc32(bytes) !== this.#checksums[page]) throw corrupt(`page ${page} does not match its checksum`);
    this.#checked[page] = 1;
  }
}

/** The error of a damaged segment. @param what what was found, for the message */
export function corrupt(what: string): WinnowError {
  return new WinnowError(
    'index-corrupt',
    `A text segment of the index is damaged: ${what}. It is only a cache: delete the index and index again.`,
  );
}
