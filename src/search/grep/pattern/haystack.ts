/**
 * Memory that files are read into and searched in by WebAssembly, without being copied: the loops see no other.
 *
 * One is used by one search at a time and then by the next: each reserves some gigabytes of addresses, though little memory, and is
 * freed only when the garbage collector comes by.
 */
import type { ReadRoom } from '../../../index/mod.ts';
import { type LineKernel, lineKernelIn, place } from './linekernel.ts';

const pageBytes = 65_536;
/** Room for what most files hold, at first. */
const firstBytes = 1024 * 1024;
/** Vectors reach so far beyond the bytes; the first of these holds a line end where the last line has none. */
const beyondBytes = 64;
/** Larger ones are not kept for the next search, and of the others so many. */
const mostIdleBytes = 64 * 1024 * 1024;
const mostIdle = 4;

const idle: Haystack[] = [];

export class Haystack implements ReadRoom {
  readonly #memory: WebAssembly.Memory;
  readonly kernel: LineKernel;
  /** Where files are read into. Another one after `reserve`; so are all the rest. */
  buffer!: Buffer;
  /** All of it, by address; and what lies at the addresses of `place`. */
  all!: Uint8Array;
  words!: Int32Array;
  table!: Int32Array;
  lines!: Uint32Array;
  /** What is printed, and what stands before each line. */
  out!: Buffer;
  head!: Buffer;

  constructor() {
    this.#memory = new WebAssembly.Memory({ initial: Math.ceil((place.bytes + firstBytes) / pageBytes) });
    this.kernel = lineKernelIn(this.#memory);
    this.#view();
  }

  #view(): void {
    const { buffer } = this.#memory;
    this.buffer = Buffer.from(buffer, place.bytes, buffer.byteLength - place.bytes - beyondBytes);
    this.all = new Uint8Array(buffer);
    this.words = new Int32Array(buffer, 0, place.digits / 4);
    this.table = new Int32Array(buffer, place.table, place.tableBytes / 4);
    this.lines = new Uint32Array(buffer, place.lines, 2 * place.mostLines);
    this.out = Buffer.from(buffer, place.out, place.outBytes);
    this.head = Buffer.from(buffer, place.head, place.headBytes);
  }

  reserve(length: number): void {
    if (length <= this.buffer.length) return;
    const missing = Math.ceil(length * 1.25) - this.buffer.length;
    this.#memory.grow(Math.ceil(missing / pageBytes));
    this.#view();
  }

  /** Whether these bytes lie here. */
  holds(bytes: Uint8Array): boolean {
    return bytes.buffer === this.buffer.buffer;
  }
}

/** One that nobody uses, or a new one. */
export function takeHaystack(): Haystack {
  return idle.pop() ?? new Haystack();
}

export function giveBackHaystack(haystack: Haystack): void {
  if (idle.length < mostIdle && haystack.buffer.length <= mostIdleBytes) idle.push(haystack);
}
