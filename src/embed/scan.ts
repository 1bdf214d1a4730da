/**
 * Vectors in memory, compared with a query all at once.
 *
 * A vector is kept as signed bytes with one scale, so that a row of 256 numbers takes 260 bytes and its cosine is a dot product of whole
 * numbers; and as its signs alone, 32 bytes, whose distance in bits to the query's signs follows the angle between them (Charikar 2002,
 * section 3). Signs are to choose from very many, bytes to order the chosen. Rows are filled by whoever has them: a file is read
 * straight into `RowBlock.bytes`. Which rows count is the caller's business: it asks for ranges. Between the two stands a row's signs against all
 * that is known of the query: too slow for all rows, and nearer to the angle than signs against signs.
 */
import { laneBytes, rowsTogether, type ScanKernel, scanKernel } from './scankernel.ts';

/** Bytes of a row of signed bytes, a multiple of `laneBytes`; those past the dimension are 0. */
export const rowBytes = (dimension: number): number => Math.ceil(dimension / laneBytes) * laneBytes;
/** Bytes of a row of signs. */
export const signBytes = (dimension: number): number => Math.ceil(dimension / 8 / laneBytes) * laneBytes;

/** Largest whole number of a query's component: dot products of 4,096 components stay below 2^31. */
const queryTop = 2047;

/** A query as the loops take it: numbers alone, so that it can be given to another thread. */
export interface ScanQuery {
  readonly dimension: number;
  /** Padded as rows are. */
  readonly shorts: Int16Array;
  /** What a short stands for. */
  readonly scale: number;
  readonly signs: Uint8Array;
}

/** @param vector any length; all zero gives zero against every row */
export function scanQuery(vector: Float32Array): ScanQuery {
  const dimension = vector.length;
  const top = largest(vector, 0, dimension);
  const shorts = new Int16Array(rowBytes(dimension));
  const signs = new Uint8Array(signBytes(dimension));
  const scale = top / queryTop;
  for (let i = 0; i < dimension && top > 0; i++) shorts[i] = Math.round((vector[i] as number) / scale);
  writeSigns(shorts, 0, dimension, signs, 0);
  return { dimension, shorts, scale, signs };
}

/** For each byte of a row of signs and each of its 256 values, the sum of the query's shorts, with these signs. */
function signSums({ shorts, signs }: ScanQuery): Int32Array {
  const known = sumsOf.get(shorts);
  if (known !== undefined) return known;
  const bytes = signs.length;
  const sums = new Int32Array(256 * bytes);
  sumsOf.set(shorts, sums);
  for (let byte = 0; byte < bytes; byte++) {
    // A byte with one bit more than another, its lowest, is twice that bit's short above it. Signs past the dimension are of nothing.
    for (let bit = 0; bit < 8; bit++) sums[256 * byte] = (sums[256 * byte] as number) - (shorts[8 * byte + bit] ?? 0);
    for (let value = 1; value < 256; value++) {
      const lowest = 31 - Math.clz32(value & -value);
      const without = sums[256 * byte + (value & (value - 1))] as number;
      sums[256 * byte + value] = without + 2 * (shorts[8 * byte + lowest] ?? 0);
    }
  }
  return sums;
}

const sumsOf = new WeakMap<Int16Array, Int32Array>();

/**
 * Writes a vector as a row: 127 stands for its largest component.
 *
 * @param at index of the row in `bytes`, `scales` and `signs`
 */
export function writeRow(
  vector: Float32Array,
  at: number,
  { bytes, scales, signs }: { bytes: Int8Array; scales: Float32Array; signs: Uint8Array },
): void {
  const dimension = vector.length;
  const start = at * rowBytes(dimension);
  const scale = Math.fround(largest(vector, 0, dimension) / 127);
  const steps = scale === 0 ? 0 : 1 / scale;
  scales[at] = scale;
  for (let i = 0; i < dimension; i++) {
    const value = (vector[i] as number) * steps;
    // Storing cuts towards 0.
    bytes[start + i] = value < 0 ? value - 0.5 : value + 0.5;
  }
  writeSigns(bytes, start, dimension, signs, at * signBytes(dimension));
}

function largest(values: Float32Array, start: number, end: number): number {
  let top = 0;
  for (let i = start; i < end; i++) {
    const value = values[i] as number;
    if (value > top) top = value;
    else if (-value > top) top = -value;
  }
  return top;
}

function writeSigns(values: Int8Array | Int16Array, start: number, count: number, signs: Uint8Array, at: number): void {
  for (let i = 0; i < count; i += 8) {
    let byte = 0;
    const bits = Math.min(8, count - i);
    for (let bit = 0; bit < bits; bit++) if ((values[start + i + bit] as number) > 0) byte |= 1 << bit;
    signs[at + (i >> 3)] = byte;
  }
}

/** `plain`: the loops in TypeScript, which tests compare with the others. */
export type ScanLoops = 'fastest' | 'plain';

/** Memory that WebAssembly can read, cut into parts that begin at multiples of 16. */
class Arena {
  readonly kernel: ScanKernel | null;
  readonly buffer: ArrayBuffer;
  #used = 0;

  constructor(sizes: readonly number[], loops: ScanLoops) {
    const bytes = sizes.reduce((sum, size) => sum + aligned(size), 0);
    const memory =
      loops === 'plain' ? null : new WebAssembly.Memory({ initial: Math.max(1, Math.ceil(bytes / 65_536)) });
    this.kernel = memory === null ? null : scanKernel(memory);
    this.buffer = memory === null ? new ArrayBuffer(bytes) : memory.buffer;
  }

  take(size: number): number {
    const at = this.#used;
    this.#used += aligned(size);
    return at;
  }
}

const aligned = (size: number): number => Math.ceil(size / laneBytes) * laneBytes;

/** Rows of one dimension, as signed bytes. */
export class RowBlock {
  readonly dimension: number;
  readonly count: number;
  readonly bytes: Int8Array;
  readonly scales: Float32Array;
  readonly #arena: Arena;
  readonly #query: Int16Array;
  readonly #out: Float32Array;

  constructor(dimension: number, count: number, loops: ScanLoops = 'fastest') {
    const stride = rowBytes(dimension);
    const sizes = [count * stride, count * 4, stride * 2, count * 4] as const;
    const arena = new Arena(sizes, loops);
    const [bytes, scales, query, out] = sizes.map((size) => arena.take(size)) as [number, number, number, number];
    this.dimension = dimension;
    this.count = count;
    this.#arena = arena;
    this.bytes = new Int8Array(arena.buffer, bytes, count * stride);
    this.scales = new Float32Array(arena.buffer, scales, count);
    this.#query = new Int16Array(arena.buffer, query, stride);
    this.#out = new Float32Array(arena.buffer, out, count);
  }

  /**
   * Cosines with the query, where it and the rows have length 1.
   *
   * @returns one number per row of `[from, to)`; good until the next call
   */
  scores(query: ScanQuery, from = 0, to = this.count): Float32Array {
    checkDimension(query, this.dimension);
    const { kernel } = this.#arena;
    const stride = rowBytes(this.dimension);
    const factor = Math.fround(query.scale);
    const out = this.#out.subarray(from, to);
    this.#query.set(query.shorts);
    if (kernel === null) plainDots(this, this.#query, from, factor, out);
    else
      kernel.dots(
        this.bytes.byteOffset + from * stride,
        this.scales.byteOffset + from * 4,
        this.#query.byteOffset,
        stride,
        to - from,
        out.byteOffset,
        factor,
      );
    return out;
  }
}

function plainDots(
  { bytes, scales, dimension }: RowBlock,
  query: Int16Array,
  from: number,
  factor: number,
  out: Float32Array,
) {
  const stride = rowBytes(dimension);
  for (let row = 0; row < out.length; row++) {
    const start = (from + row) * stride;
    let sum = 0;
    for (let i = 0; i < stride; i++) sum += (bytes[start + i] as number) * (query[i] as number);
    out[row] = Math.fround(Math.fround(sum) * (scales[from + row] as number)) * factor;
  }
}

/** What the loop of `within` writes past its end at most. */
const kernelOverrun = 8;
/** Rows that are looked through at once for near ones; a multiple of 8. */
const tileRows = 16_384;

/** Rows of signs as another thread can have them: the same bytes, not a copy. */
export interface SharedSigns {
  readonly dimension: number;
  readonly count: number;
  /** A `WebAssembly.Memory` that is shared. */
  readonly memory: object;
}

/**
 * Rows of one dimension, as signs.
 *
 * They lie in memory that two threads can scan at the same time, each with room of its own for queries and distances: who makes the block, and
 * one other, which makes its block from `shared`.
 */
export class SignBlock {
  readonly dimension: number;
  readonly count: number;
  readonly bytes: Uint8Array;
  /** For another thread; `null` where there is no memory to share, because a plain loop runs. */
  readonly shared: SharedSigns | null;
  readonly #kernel: ScanKernel | null;
  readonly #query: Uint8Array;
  readonly #out: Uint16Array;
  readonly #within: Uint32Array;

  constructor(dimension: number, count: number, loops: ScanLoops = 'fastest', shared: SharedSigns | null = null) {
    const stride = signBytes(dimension);
    const own = [stride, count * 2, 4 * (Math.min(count, tileRows) + kernelOverrun)] as const;
    const bytesOfOwn = own.reduce((sum, size) => sum + aligned(size), 0);
    const rows = aligned(count * stride);
    const pages = Math.max(1, Math.ceil((rows + 2 * bytesOfOwn) / 65_536));
    const memory =
      shared !== null
        ? (shared.memory as WebAssembly.Memory)
        : loops === 'plain'
          ? null
          : new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });
    this.#kernel = memory === null ? null : scanKernel(memory, true);
    const buffer = memory === null ? new ArrayBuffer(rows + bytesOfOwn) : memory.buffer;
    let at = rows + (shared === null ? 0 : bytesOfOwn);
    const [query, out, within] = own.map((size) => {
      at += aligned(size);
      return at - aligned(size);
    }) as [number, number, number];
    this.dimension = dimension;
    this.count = count;
    this.shared = memory === null ? null : { dimension, count, memory };
    this.bytes = new Uint8Array(buffer, 0, count * stride);
    this.#query = new Uint8Array(buffer, query, stride);
    this.#out = new Uint16Array(buffer, out, count);
    this.#within = new Uint32Array(buffer, within, own[2] / 4);
  }

  /** The rows of another thread's block. Two threads at most, the one that made it among them. */
  static of(shared: SharedSigns): SignBlock {
    return new SignBlock(shared.dimension, shared.count, 'fastest', shared);
  }

  /** Calls `use` with those of the rows `[from, to)`, counted from `from`, ascending, that were at most so far away when `distances` was last asked for them. */
  forEachWithin(reach: number, from: number, to: number, use: (at: number, distance: number) => void): void {
    if (reach < 0) return;
    const kernel = this.#kernel;
    const out = this.#out;
    const rows = this.#within;
    for (let start = from; start < to; start += tileRows) {
      const end = Math.min(start + tileRows, to);
      if (kernel === null) {
        for (let row = start; row < end; row++) {
          const distance = out[row] as number;
          if (distance <= reach) use(row - from, distance);
        }
        continue;
      }
      const found = kernel.within(out.byteOffset + 2 * start, end - start, reach, rows.byteOffset);
      for (let i = 0; i < found; i++) {
        const row = start + (rows[i] as number);
        // The loop looks at eight at a time, the last of which may be none of these.
        if (row >= end) break;
        use(row - from, out[row] as number);
      }
    }
  }

  /** @returns signs that differ from the query's, 0 to the dimension, per row of `[from, to)`; good until the next call */
  distances(query: ScanQuery, from = 0, to = this.count): Uint16Array {
    checkDimension(query, this.dimension);
    const kernel = this.#kernel;
    const stride = signBytes(this.dimension);
    const out = this.#out.subarray(from, to);
    this.#query.set(query.signs);
    if (kernel === null) plainDistances(this.bytes, this.#query, from, out);
    else {
      const together = stride === 32 ? out.length - (out.length % rowsTogether) : 0;
      const rows = this.bytes.byteOffset + from * stride;
      const asked = this.#query.byteOffset;
      kernel.distancesOf32(rows, asked, together, out.byteOffset);
      kernel.distances(rows + together * stride, asked, stride, out.length - together, out.byteOffset + 2 * together);
    }
    return out;
  }

  /** What a row's signs say of its dot product with the query, in units of no meaning: the higher, the nearer. */
  likeness(query: ScanQuery, row: number): number {
    const sums = signSums(query);
    const { bytes } = this;
    const stride = signBytes(this.dimension);
    const start = row * stride;
    let sum = 0;
    for (let at = 0; at < stride; at++) sum += sums[256 * at + (bytes[start + at] as number)] as number;
    return sum;
  }
}

const bitsOfByte = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length);

function plainDistances(bytes: Uint8Array, query: Uint8Array, from: number, out: Uint16Array): void {
  const stride = query.length;
  for (let row = 0; row < out.length; row++) {
    const start = (from + row) * stride;
    let sum = 0;
    for (let i = 0; i < stride; i++) sum += bitsOfByte[(bytes[start + i] as number) ^ (query[i] as number)] as number;
    out[row] = sum;
  }
}

function checkDimension(query: ScanQuery, dimension: number): void {
  if (query.dimension !== dimension)
    throw new Error(`a query of ${query.dimension} numbers was compared with rows of ${dimension}`);
}
