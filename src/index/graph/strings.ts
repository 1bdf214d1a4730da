/**
 * Strings by number, each once, in a form that is used as it lies in a file: nothing is decoded on opening.
 *
 *   blob     all strings, UTF-8, one after the other
 *   offsets  where each begins, and the end of the last
 *   table    open addressing by FNV-1a: number + 1, or 0; a power of two, at most two thirds full
 *
 * Strings are added behind what is there, and never removed: a table that is mostly old names is left when the graph is built anew.
 */
import { hashOf } from './hash.ts';

export interface PackedStrings {
  readonly blob: Uint8Array;
  readonly offsets: Uint32Array;
  readonly table: Uint32Array;
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
const encoder = new TextEncoder();

export class Strings {
  #packed: PackedStrings;
  readonly #texts: (string | undefined)[] = [];
  readonly #added = new Map<string, number>();

  constructor(packed: PackedStrings = emptyStrings) {
    this.#packed = packed;
  }

  get count(): number {
    return this.#packed.offsets.length - 1 + this.#added.size;
  }

  /** @returns the string's number, which it gets now if it has none */
  intern(written: string): number {
    // Halves of a surrogate pair would meet in the blob and become one character.
    const text = written.isWellFormed() ? written : written.toWellFormed();
    const known = this.find(text);
    if (known >= 0) return known;
    const fresh = this.count;
    const own = ownString(text);
    this.#added.set(own, fresh);
    this.#texts[fresh] = own;
    return fresh;
  }

  /** @returns -1 when there is no such string */
  find(text: string): number {
    const added = this.#added.get(text);
    if (added !== undefined) return added;
    const { table } = this.#packed;
    for (let at = hashOf(text); ; at++) {
      const entry = table[at & (table.length - 1)] as number;
      if (entry === 0) return -1;
      if (this.text(entry - 1) === text) return entry - 1;
    }
  }

  text(number: number): string {
    const known = this.#texts[number];
    if (known !== undefined) return known;
    const { blob, offsets } = this.#packed;
    const text = decoder.decode(blob.subarray(offsets[number] as number, offsets[number + 1] as number));
    this.#texts[number] = text;
    return text;
  }

  /** What is added later is packed onto this, so a process that follows changes packs each string once. */
  pack(): PackedStrings {
    if (this.#added.size === 0) return this.#packed;
    const before = this.#packed;
    const more = encoder.encode([...this.#added.keys()].join(''));
    const held = before.blob.length;
    const blob = new Uint8Array(held + more.length);
    blob.set(before.blob);
    blob.set(more, held);
    const offsets = new Uint32Array(this.count + 1);
    offsets.set(before.offsets);
    let end = held;
    for (const [text, number] of this.#added) {
      end += Buffer.byteLength(text);
      offsets[number + 1] = end;
    }
    this.#packed = { blob, offsets, table: this.#table() };
    this.#added.clear();
    return this.#packed;
  }

  #table(): Uint32Array {
    let size = Math.max(8, this.#packed.table.length);
    let rebuild = this.#packed.table.length < 8;
    while (this.count * 3 > size * 2) {
      size *= 2;
      rebuild = true;
    }
    const table = rebuild ? new Uint32Array(size) : this.#packed.table.slice();
    const put = (text: string, number: number): void => {
      let at = hashOf(text);
      while (table[at & (size - 1)] !== 0) at++;
      table[at & (size - 1)] = number + 1;
    };
    if (rebuild)
      for (let number = 0; number < this.#packed.offsets.length - 1; number++) put(this.text(number), number);
    for (const [text, number] of this.#added) put(text, number);
    return table;
  }
}

/** A name is a slice of all the text of its file, which would stay in memory with it; V8 copies slices only below 13 units. */
const ownString = (text: string): string => (text.length < 13 ? text : decoder.decode(encoder.encode(text)));

const emptyStrings: PackedStrings = {
  blob: new Uint8Array(),
  offsets: new Uint32Array(1),
  table: new Uint32Array(8),
};
