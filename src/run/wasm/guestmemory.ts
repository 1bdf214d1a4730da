/**
 * A program's memory as the host reads and writes it: every access is checked, and a pointer that leads outside
 * is the program's fault, answered with `fault`.
 */
import { Errno } from './errno.ts';

/** Linux's IOV_MAX: pieces of one scattered read or write. */
const mostPieces = 1024;

export class GuestMemory {
  #memory: WebAssembly.Memory | null = null;
  #view = new DataView(new ArrayBuffer(0));
  #bytes = new Uint8Array(0);

  attach(memory: WebAssembly.Memory): void {
    this.#memory = memory;
  }

  get bytesNow(): number {
    return this.#memory?.buffer.byteLength ?? 0;
  }

  /** The buffer is another one each time the memory has grown. */
  #check(pointer: number, length: number): void {
    if (this.#memory === null) throw new Error('no memory is attached');
    if (this.#bytes.buffer !== this.#memory.buffer) {
      this.#bytes = new Uint8Array(this.#memory.buffer);
      this.#view = new DataView(this.#memory.buffer);
    }
    if (pointer + length > this.#bytes.length) throw new Errno('fault');
  }

  /** A window on the program's memory, valid until it runs again. Pointers arrive as signed numbers. */
  window(pointer: number, length: number): Uint8Array {
    const at = pointer >>> 0;
    const count = length >>> 0;
    this.#check(at, count);
    return this.#bytes.subarray(at, at + count);
  }

  /** A path or name: bytes as a string of bytes. */
  text(pointer: number, length: number): string {
    // A path longer than PATH_MAX is refused by whoever follows it; no need to make a string of a gigabyte first.
    const bytes = this.window(pointer, length);
    return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, 4097)).toString('latin1');
  }

  u32(pointer: number): number {
    this.#check(pointer >>> 0, 4);
    return this.#view.getUint32(pointer >>> 0, true);
  }

  u16(pointer: number): number {
    this.#check(pointer >>> 0, 2);
    return this.#view.getUint16(pointer >>> 0, true);
  }

  u8(pointer: number): number {
    this.#check(pointer >>> 0, 1);
    return this.#view.getUint8(pointer >>> 0);
  }

  u64(pointer: number): bigint {
    this.#check(pointer >>> 0, 8);
    return this.#view.getBigUint64(pointer >>> 0, true);
  }

  setU8(pointer: number, value: number): void {
    this.#check(pointer >>> 0, 1);
    this.#view.setUint8(pointer >>> 0, value);
  }

  setU16(pointer: number, value: number): void {
    this.#check(pointer >>> 0, 2);
    this.#view.setUint16(pointer >>> 0, value, true);
  }

  setU32(pointer: number, value: number): void {
    this.#check(pointer >>> 0, 4);
    this.#view.setUint32(pointer >>> 0, value, true);
  }

  setU64(pointer: number, value: bigint): void {
    this.#check(pointer >>> 0, 8);
    this.#view.setBigUint64(pointer >>> 0, value, true);
  }

  /** The pieces of a scattered read or write (`iovec`: pointer and length each). */
  pieces(pointer: number, count: number): Uint8Array[] {
    if (count >>> 0 > mostPieces) throw new Errno('inval');
    const pieces: Uint8Array[] = [];
    for (let i = 0; i < count; i++) {
      const at = (pointer >>> 0) + i * 8;
      pieces.push(this.window(this.u32(at), this.u32(at + 4)));
    }
    return pieces;
  }

  /** Writes strings one after another, each with a zero byte, and their addresses as a table. */
  setStrings(table: number, text: number, strings: readonly Uint8Array[]): void {
    let at = text >>> 0;
    strings.forEach((bytes, index) => {
      this.setU32((table >>> 0) + index * 4, at);
      this.window(at, bytes.length).set(bytes);
      this.setU8(at + bytes.length, 0);
      at += bytes.length + 1;
    });
  }
}
