/**
 * Collects what a stream carries in bounded memory: the first half of the kept bytes, and a ring of the last half.
 */
import type { Output } from './types.ts';

export class OutputCollector {
  readonly #head: Uint8Array[] = [];
  #headBytes = 0;
  readonly #ring: Uint8Array;
  #written = 0;
  readonly #headLimit: number;

  /** @param keepBytes bytes kept at most, ≥ 0: the first ⌈half⌉, the last ⌊half⌋ */
  constructor(keepBytes: number) {
    this.#headLimit = Math.ceil(keepBytes / 2);
    this.#ring = new Uint8Array(Math.floor(keepBytes / 2));
  }

  /** All bytes seen so far, kept or not. */
  get totalBytes(): number {
    return this.#headBytes + this.#written;
  }

  /** Copies what it keeps; the caller may reuse `bytes`. */
  add(bytes: Uint8Array): void {
    const first = Math.min(bytes.length, this.#headLimit - this.#headBytes);
    if (first > 0) {
      this.#head.push(bytes.slice(0, first));
      this.#headBytes += first;
    }
    const rest = bytes.subarray(first);
    const size = this.#ring.length;
    const kept = rest.subarray(Math.max(0, rest.length - size));
    const at = size === 0 ? 0 : (this.#written + rest.length - kept.length) % size;
    const beforeEnd = Math.min(kept.length, size - at);
    this.#ring.set(kept.subarray(0, beforeEnd), at);
    this.#ring.set(kept.subarray(beforeEnd), 0);
    this.#written += rest.length;
  }

  /** The stream so far. May be called more than once. */
  output(): Output {
    const size = this.#ring.length;
    const headOnly = Buffer.concat(this.#head);
    if (this.#written <= size)
      return {
        head: Buffer.concat([headOnly, this.#ring.subarray(0, this.#written)]),
        tail: new Uint8Array(0),
        omittedBytes: 0,
      };
    const at = this.#written % size || 0;
    const tail = size === 0 ? new Uint8Array(0) : Buffer.concat([this.#ring.subarray(at), this.#ring.subarray(0, at)]);
    return { head: headOnly, tail, omittedBytes: this.#written - size };
  }
}
