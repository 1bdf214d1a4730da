/**
 * Writing bytes: a buffer that grows, and the two number shapes of the format.
 *
 * A varint holds 7 bits a byte, lowest first, high bit set on all but the last; a fixed
 * number is an unsigned 32-bit little-endian. Reading is inlined where it happens: a
 * call per number costs more than the number.
 */

/** Bytes in the making. */
export class ByteWriter {
  buffer: Uint8Array<ArrayBuffer>;
  length = 0;

  /** @param capacity bytes to begin with, ≥ 1 */
  constructor(capacity = 1024) {
    this.buffer = new Uint8Array(capacity);
  }

  /** Makes room for `more` bytes. */
  reserve(more: number): void {
    const needed = this.length + more;
    if (needed <= this.buffer.length) return;
    const grown = new Uint8Array(Math.max(needed, this.buffer.length * 2));
    grown.set(this.buffer.subarray(0, this.length));
    this.buffer = grown;
  }

  byte(value: number): void {
    this.reserve(1);
    this.buffer[this.length++] = value;
  }

  /** @param value integer in [0, 2^32) */
  varint(value: number): void {
    this.reserve(5);
    let rest = value >>> 0;
    while (rest > 127) {
      this.buffer[this.length++] = (rest & 127) | 128;
      rest >>>= 7;
    }
    this.buffer[this.length++] = rest;
  }

  /** @param value integer in [0, 2^32) */
  u32(value: number): void {
    this.reserve(4);
    this.buffer[this.length++] = value & 255;
    this.buffer[this.length++] = (value >>> 8) & 255;
    this.buffer[this.length++] = (value >>> 16) & 255;
    this.buffer[this.length++] = value >>> 24;
  }

  bytes(source: Uint8Array, start: number, end: number): void {
    this.reserve(end - start);
    if (end - start < 24) for (let i = start; i < end; i++) this.buffer[this.length++] = source[i] as number;
    else {
      this.buffer.set(source.subarray(start, end), this.length);
      this.length += end - start;
    }
  }

  /** What was written, without copying; valid until the next write. */
  view(): Uint8Array<ArrayBuffer> {
    return this.buffer.subarray(0, this.length);
  }
}

const littleEndianHost = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1;

/** `count` fixed numbers from the number `from` on, in memory of their own. */
export function readU32s(bytes: Uint8Array, from: number, count: number): Uint32Array {
  const own = bytes.slice(4 * from, 4 * (from + count));
  if (littleEndianHost) return new Uint32Array(own.buffer, own.byteOffset, count);
  const view = new DataView(own.buffer, own.byteOffset);
  return Uint32Array.from({ length: count }, (_, i) => view.getUint32(4 * i, true));
}

/** @returns negative, 0 or positive as the first key sorts before, with or after the second, byte by byte */
export function compareBytes(a: Uint8Array, aLength: number, b: Uint8Array, bLength: number): number {
  const shared = Math.min(aLength, bLength);
  for (let i = 0; i < shared; i++) {
    const difference = (a[i] as number) - (b[i] as number);
    if (difference !== 0) return difference;
  }
  return aLength - bLength;
}
