/**
 * The inner loops of a scan over vectors, as WebAssembly with 128-bit SIMD.
 *
 * A module of four functions is written out here, instruction by instruction, so that what runs can be read and nothing has to be
 * compiled or shipped: at 256 dimensions plain JavaScript takes some eight times as long. `scan.ts` has the same loops in TypeScript, with
 * the same results bit for bit; it is what runs where a machine refuses WebAssembly. Nothing here allocates or chooses.
 */

/** What the module exports. Addresses and lengths are bytes in its memory; every address a multiple of 16 but `out`. */
export interface ScanKernel {
  /** out[i] = (dot product of row i and the query) × scales[i] × factor, single precision after the whole-number dot product. */
  dots(rows: number, scales: number, query: number, stride: number, count: number, out: number, factor: number): void;
  /** out[i] = bits in which row i and the query differ, 16 bits each. */
  distances(rows: number, query: number, stride: number, count: number, out: number): void;
  /** As `distances` for a stride of 32, in half the time. @param count a multiple of `rowsTogether` */
  distancesOf32(rows: number, query: number, count: number, out: number): void;
  /**
   * Writes which of some distances are at most `reach`, 32 bits each, in order.
   *
   * @param count at least 1; read and written up to the next multiple of 8, so that the last may be none of them
   * @returns how many were written
   */
  within(distances: number, count: number, reach: number, out: number): number;
}

/** Bytes of a vector register: rows are padded to a multiple of it. */
export const laneBytes = 16;

// WebAssembly 2.0, binary format (webassembly.github.io/spec/core/binary).
const type = { i32: 0x7f, f32: 0x7d, v128: 0x7b, function: 0x60, none: 0x40 };
const section = { type: 1, import: 2, function: 3, export: 7, code: 10 };

const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
const vector = (items: readonly number[][]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: readonly number[]): number[] => [...unsigned(bytes.length), ...bytes];
const named = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));

const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number): number[] => [0x21, ...unsigned(local)];
/** Signed LEB128 of a number in [0, 63]. */
const small = (value: number): number[] => [0x41, value];
const add = [0x6a];
const subtract = [0x6b];
const lessUnsigned = [0x49];
const isZero = [0x45];
const loop = (body: readonly number[]): number[] => [0x03, type.none, ...body, 0x0b];
/** Goes back to the start of the innermost loop when the value is not 0. */
const againIf = [0x0d, 0];
const returnIf = (condition: readonly number[]): number[] => [...condition, 0x04, type.none, 0x0f, 0x0b];
const simd = (code: number, ...rest: readonly number[]): number[] => [0xfd, ...unsigned(code), ...rest];
/** Alignments are hints: 2^0, so that any address will do. */
const loadVector = (offset: number): number[] => simd(0x00, 0, ...unsigned(offset));
const zeroVector = simd(0x0c, ...new Array<number>(16).fill(0));
const xor = simd(0x51);
const popcountBytes = simd(0x62);
const addPairsOfBytes = simd(0x7d);
const addPairsOfShorts = simd(0x7f);
const addShorts = simd(0x8e);
const lowBytesToShorts = simd(0x87);
const highBytesToShorts = simd(0x88);
const dotShorts = simd(0xba);
const addWords = simd(0xae);
const word = (lane: number): number[] => simd(0x1b, lane);
const loadFloat = [0x2a, 0, 0];
const storeFloat = [0x38, 0, 0];
const storeShort = [0x3b, 0, 0];
const floatOfWord = [0xb2];
const multiplyFloats = [0x94];
const splatShort = simd(0x10);
const atMostShorts = simd(0x34);
const maskOfShorts = simd(0x84);
const addBytes = simd(0x6e);
/** Two vectors of shorts below 256 as one of bytes. */
const bytesOfShorts = simd(0x66);
const storeVector = simd(0x0b, 0, 0);
const lowestBit = [0x68];
const and = [0x71];
const shiftRight = [0x76];
const storeWord = [0x36, 0, 0];
const onlyIf = (body: readonly number[]): number[] => [0x04, type.none, ...body, 0x0b];

const advance = (local: number, bytes: number): number[] => [...get(local), ...small(bytes), ...add, ...set(local)];
/** The sum of the four words of a vector. */
const sumWords = (local: number): number[] => [
  ...[...get(local), ...word(0), ...get(local), ...word(1), ...add],
  ...[...get(local), ...word(2), ...add, ...get(local), ...word(3), ...add],
];

function dotsBody(): number[] {
  const [rows, scales, query, stride, count, out, factor, at, end] = [0, 1, 2, 3, 4, 5, 6, 7, 8] as const;
  const [sum, more, row] = [9, 10, 11] as const;
  const products = (half: readonly number[], offset: number, into: number): number[] => [
    ...[...get(into), ...get(row), ...half, ...get(at), ...loadVector(offset)],
    ...[...dotShorts, ...addWords, ...set(into)],
  ];
  return [
    ...returnIf([...get(count), ...isZero]),
    ...loop([
      ...[...zeroVector, ...set(sum), ...zeroVector, ...set(more), ...get(query), ...set(at)],
      ...[...get(rows), ...get(stride), ...add, ...set(end)],
      ...loop([
        // 16 signed bytes of the row against 16 shorts of the query.
        ...[...get(rows), ...loadVector(0), ...set(row)],
        ...[...products(lowBytesToShorts, 0, sum), ...products(highBytesToShorts, 16, more)],
        ...[...advance(at, 32), ...advance(rows, 16)],
        ...[...get(rows), ...get(end), ...lessUnsigned, ...againIf],
      ]),
      ...[...get(sum), ...get(more), ...addWords, ...set(sum)],
      ...[...get(out), ...sumWords(sum), ...floatOfWord, ...get(scales), ...loadFloat],
      ...[...multiplyFloats, ...get(factor), ...multiplyFloats, ...storeFloat],
      ...[...advance(out, 4), ...advance(scales, 4)],
      ...[...get(count), ...small(1), ...subtract, ...set(count), ...get(count), ...againIf],
    ]),
    0x0b,
  ];
}

function distancesBody(): number[] {
  const [rows, query, stride, count, out, at, end, sum] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  return [
    ...returnIf([...get(count), ...isZero]),
    ...loop([
      ...[...zeroVector, ...set(sum), ...get(query), ...set(at)],
      ...[...get(rows), ...get(stride), ...add, ...set(end)],
      ...loop([
        ...[...get(rows), ...loadVector(0), ...get(at), ...loadVector(0), ...xor, ...popcountBytes],
        ...[...addPairsOfBytes, ...get(sum), ...addShorts, ...set(sum)],
        ...[...advance(at, 16), ...advance(rows, 16)],
        ...[...get(rows), ...get(end), ...lessUnsigned, ...againIf],
      ]),
      ...[...get(sum), ...addPairsOfShorts, ...set(sum)],
      ...[...get(out), ...sumWords(sum), ...storeShort, ...advance(out, 2)],
      ...[...get(count), ...small(1), ...subtract, ...set(count), ...get(count), ...againIf],
    ]),
    0x0b,
  ];
}

/** Rows that `distancesOf32` compares together: their sums fill one vector of shorts. */
export const rowsTogether = 8;
/** The constant 256 in signed LEB128: bytes of so many rows. */
const bytesTogether = [0x41, 0x80, 0x02];

/**
 * As `distances` where a row has 32 bytes, eight rows at a time: 256 signs are what ships, and adding up within a row took longer than comparing it. Two
 * rows' partial sums are packed side by side until eight rows stand in one vector. The rows that are left over are compared by `distances`.
 */
function distancesOf32Body(): number[] {
  const [rows, query, count, out, low, high] = [0, 1, 2, 3, 4, 5] as const;
  const differing = (offset: number, half: number): number[] => [
    ...[...get(rows), ...loadVector(offset), ...get(half), ...xor, ...popcountBytes],
  ];
  /** Eight shorts that sum to the distances of `rowCount` rows from `row` on, as many for each. */
  const sums = (row: number, rowCount: number): number[] =>
    rowCount === 1
      ? [...differing(32 * row, low), ...differing(32 * row + 16, high), ...addBytes, ...addPairsOfBytes]
      : [
          ...[...sums(row, rowCount / 2), ...sums(row + rowCount / 2, rowCount / 2)],
          ...[...bytesOfShorts, ...addPairsOfBytes],
        ];
  return [
    ...returnIf([...get(count), ...isZero]),
    ...[...get(query), ...loadVector(0), ...set(low), ...get(query), ...loadVector(16), ...set(high)],
    ...loop([
      ...[...get(out), ...sums(0, rowsTogether), ...storeVector, ...advance(out, 16)],
      ...[...get(rows), ...bytesTogether, ...add, ...set(rows)],
      ...[...get(count), ...small(rowsTogether), ...subtract, ...set(count), ...get(count), ...againIf],
    ]),
    0x0b,
  ];
}

function withinBody(): number[] {
  const [distances, count, reach, out, at, mask, start, limit] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  return [
    ...[...get(out), ...set(start), ...get(reach), ...splatShort, ...set(limit)],
    ...loop([
      ...[...get(distances), ...loadVector(0), ...get(limit), ...atMostShorts, ...maskOfShorts, ...set(mask)],
      ...get(mask),
      ...onlyIf(
        loop([
          ...[...get(out), ...get(at), ...get(mask), ...lowestBit, ...add, ...storeWord, ...advance(out, 4)],
          ...[...get(mask), ...get(mask), ...small(1), ...subtract, ...and, ...set(mask), ...get(mask), ...againIf],
        ]),
      ),
      ...[...advance(distances, 16), ...advance(at, 8), ...get(at), ...get(count), ...lessUnsigned, ...againIf],
    ]),
    ...[...get(out), ...get(start), ...subtract, ...small(2), ...shiftRight],
    0x0b,
  ];
}

/** Pages of 64 KiB that a memory may have at most: all that 32 bits can address. */
const mostPages = 65_536;

/**
 * A module that imports `memory.bytes` and exports `ScanKernel`.
 *
 * @param shared whether that memory is one that threads share
 */
function moduleBytes(shared: boolean): Uint8Array<ArrayBuffer> {
  const { i32, f32, v128 } = type;
  const types = [
    [type.function, ...vector([[i32], [i32], [i32], [i32], [i32], [i32], [f32]]), 0],
    [type.function, ...vector([[i32], [i32], [i32], [i32], [i32]]), 0],
    [type.function, ...vector([[i32], [i32], [i32], [i32]]), ...vector([[i32]])],
    [type.function, ...vector([[i32], [i32], [i32], [i32]]), 0],
  ];
  const imported = shared ? [3, 0, ...unsigned(mostPages)] : [0, 1];
  const code = [
    sized([
      ...vector([
        [2, i32],
        [3, v128],
      ]),
      ...dotsBody(),
    ]),
    sized([
      ...vector([
        [2, i32],
        [1, v128],
      ]),
      ...distancesBody(),
    ]),
    sized([
      ...vector([
        [3, i32],
        [1, v128],
      ]),
      ...withinBody(),
    ]),
    sized([...vector([[2, v128]]), ...distancesOf32Body()]),
  ];
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[section.type, ...sized(vector(types))],
    ...[section.import, ...sized(vector([[...named('memory'), ...named('bytes'), 2, ...imported]]))],
    ...[section.function, ...sized(vector([[0], [1], [2], [3]]))],
    ...[
      section.export,
      ...sized(
        vector([
          [...named('dots'), 0, 0],
          [...named('distances'), 0, 1],
          [...named('within'), 0, 2],
          [...named('distancesOf32'), 0, 3],
        ]),
      ),
    ],
    ...[section.code, ...sized(vector(code))],
  ]);
}

const compiled = new Map<boolean, WebAssembly.Module | null>();

/**
 * The loops over one memory; `null` where WebAssembly or its SIMD is not to be had.
 *
 * @param shared whether the memory is shared between threads
 */
export function scanKernel(memory: WebAssembly.Memory, shared = false): ScanKernel | null {
  if (!compiled.has(shared)) compiled.set(shared, compile(shared));
  const known = compiled.get(shared) ?? null;
  if (known === null) return null;
  return new WebAssembly.Instance(known, { memory: { bytes: memory } }).exports as unknown as ScanKernel;
}

function compile(shared: boolean): WebAssembly.Module | null {
  try {
    return new WebAssembly.Module(moduleBytes(shared));
  } catch {
    // An engine without SIMD, or one told not to compile anything.
    return null;
  }
}
