/**
 * States of a memory, kept as the pages that differ from what all of them started from.
 *
 * An interpreter's memory has tens of megabytes, of which a cell changes some hundred pages. So a state is a table of those pages;
 * states share pages, and a copy of a state is a copy of its table. Putting a state in place of another writes only the pages in which the two
 * differ. Which pages a cell has changed is found by comparing all of them, since WebAssembly tells nobody what it writes.
 *
 * Pages are counted by hand and used again: made anew for every cell, they would be what the garbage collector does most.
 * Nothing here knows what lies in the memory.
 */

/**
 * Bytes of a page. A cell of Python that defines a function changes 60 to 150 pages of 4 KiB, or 40 to 90 of 16 KiB, which is two to three times the bytes;
 * comparing takes the same time for both.
 */
export const heapPageBytes = 4096;

interface Page {
  readonly bytes: Buffer;
  holders: number;
}

/** A state; it must be let go of when it is no longer wanted. */
export interface HeapState {
  readonly pages: ReadonlyMap<number, Page>;
  /** Bytes of the whole memory. */
  readonly memoryBytes: number;
}

/** Bytes of memory that are known to be of no importance, and zero in every state. */
export interface Gap {
  readonly from: number;
  readonly to: number;
}

const noGap: Gap = { from: 0, to: 0 };
/** Pages that are compared at once where none differed before: a call costs as much as comparing a page. */
const runPages = 16;
const zeros = Buffer.alloc(runPages * heapPageBytes);
/** Pages kept for use again, 16 MiB: what a few cells change. */
const spareMost = 4096;

export class Heaps {
  readonly #base: Buffer;
  readonly #spare: Buffer[] = [];
  #pages = 0;

  /** @param base what every state starts from, a multiple of a page; all behind it is zero. Not copied, and never to be changed */
  constructor(base: Uint8Array) {
    this.#base = Buffer.from(base.buffer, base.byteOffset, base.length);
  }

  /** Bytes of all pages that states hold. */
  get heldBytes(): number {
    return this.#pages * heapPageBytes;
  }

  /** The state without any difference. */
  first(memoryBytes: number): HeapState {
    return { pages: new Map(), memoryBytes };
  }

  copy(state: HeapState): HeapState {
    for (const page of state.pages.values()) page.holders++;
    return { pages: new Map(state.pages), memoryBytes: state.memoryBytes };
  }

  drop(state: HeapState): void {
    for (const page of state.pages.values()) this.#release(page);
    (state.pages as Map<number, Page>).clear();
  }

  /**
   * What a memory holds now.
   *
   * @param memory all of it; it is read, and the gap is filled with zeros
   * @param was a state it was in before; the fewer pages have changed since, the less is copied. It stays as it is
   */
  save(memory: Uint8Array, was: HeapState, gap = noGap): HeapState {
    memory.fill(0, gap.from, gap.to);
    const now = Buffer.from(memory.buffer, memory.byteOffset, memory.length);
    const base = this.#base;
    const pages = new Map<number, Page>();
    const touched = new Set([...was.pages.keys()].map((number) => Math.floor(number / runPages)));
    for (let at = 0, number = 0; at < now.length; at += heapPageBytes, number++) {
      const end = at + heapPageBytes;
      if (number % runPages === 0 && !touched.has(number / runPages)) {
        const runEnd = Math.min(at + runPages * heapPageBytes, now.length);
        if (isAsBase(base, now, at, runEnd)) {
          number += runPages - 1;
          at = runEnd - heapPageBytes;
          continue;
        }
      }
      if (at >= gap.from && end <= gap.to) continue;
      const known = was.pages.get(number);
      if (known !== undefined && now.compare(known.bytes, 0, heapPageBytes, at, end) === 0) {
        known.holders++;
        pages.set(number, known);
        continue;
      }
      if (!isAsBase(base, now, at, end)) pages.set(number, this.#page(now, at));
    }
    return { pages, memoryBytes: memory.length };
  }

  /**
   * Puts a state in place.
   *
   * @param memory of the size of the wanted state
   * @param is the state that it is in, exactly; of a smaller memory where it has grown since, by zeros
   */
  load(memory: Uint8Array, is: HeapState, wanted: HeapState): void {
    for (const number of is.pages.keys()) {
      if (wanted.pages.has(number)) continue;
      const at = number * heapPageBytes;
      if (at < this.#base.length) memory.set(this.#base.subarray(at, at + heapPageBytes), at);
      else memory.fill(0, at, at + heapPageBytes);
    }
    for (const [number, page] of wanted.pages)
      if (is.pages.get(number) !== page) memory.set(page.bytes, number * heapPageBytes);
  }

  #page(memory: Buffer, at: number): Page {
    const bytes = this.#spare.pop() ?? Buffer.allocUnsafeSlow(heapPageBytes);
    memory.copy(bytes, 0, at, at + heapPageBytes);
    this.#pages++;
    return { bytes, holders: 1 };
  }

  #release(page: Page): void {
    page.holders--;
    if (page.holders > 0) return;
    this.#pages--;
    if (this.#spare.length < spareMost) this.#spare.push(page.bytes);
  }
}

/** @param base a multiple of a page; a run that reaches over its end is as if it were longer, by zeros */
function isAsBase(base: Buffer, now: Buffer, at: number, end: number): boolean {
  const middle = Math.max(at, Math.min(end, base.length));
  if (middle > at && now.compare(base, at, middle, at, middle) !== 0) return false;
  return end === middle || now.compare(zeros, 0, end - middle, middle, end) === 0;
}
