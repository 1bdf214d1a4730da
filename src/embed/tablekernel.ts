/**
 * The inner loop of encoding: weighted rows of signed bytes, summed in single precision, as WebAssembly with 128-bit SIMD.
 *
 * One function, written out instruction by instruction like those of `scankernel.ts`. It brings what one core encodes from some 20,000 chunks
 * a second to twice as many; the other half is reading words. The table lies in the kernel's memory, so that nothing is copied.
 */

/** Rows are summed eight numbers at a time. */
export const laneNumbers = 8;

export interface TableKernel {
  /** Rows of signed bytes, in the memory that is summed from. */
  readonly rows: Int8Array;
  /** Numbers and weights of the words to sum. */
  readonly words: Int32Array;
  readonly weights: Float32Array;
  readonly sum: Float32Array;
  /** sum = Σ weights[i] · row words[i], over the first `count`. */
  run(count: number): void;
}

// WebAssembly 2.0, binary format (webassembly.github.io/spec/core/binary).
const type = { i32: 0x7f, v128: 0x7b, function: 0x60, none: 0x40 };
type Code = readonly number[];
const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const named = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));
const get = (local: number): number[] => [0x20, local];
const set = (local: number, value: Code): number[] => [...value, 0x21, local];
/** A number in [0, 63]. */
const small = (value: number): number[] => [0x41, value];
const plus = (one: Code, other: Code): number[] => [...one, ...other, 0x6a];
const step = (local: number, bytes: number): number[] => set(local, plus(get(local), small(bytes)));
const simd = (code: number, ...rest: Code): number[] => [0xfd, ...unsigned(code), ...rest];
const load = (at: Code, offset: number): number[] => [...at, ...simd(0x00, 2, offset)];
const store = (at: Code, value: Code, offset: number): number[] => [...at, ...value, ...simd(0x0b, 2, offset)];
/** Runs `body` and again while the first address is below the second after it. */
const repeat = (body: Code, at: number, end: number): number[] => [
  ...[0x03, type.none, ...body, ...get(at), ...get(end), 0x49, 0x0d, 0, 0x0b],
];

function body(): number[] {
  const [words, wordsEnd, weights, rows, dimension, sum, sumEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [at, row, bytes, weight] = [7, 8, 9, 10] as const;
  const half = (extend: number, offset: number): number[] => {
    const numbers = [...get(bytes), ...simd(extend), ...simd(0xfa)]; // to 32 bits, to single precision
    const weighed = [...numbers, ...get(weight), ...simd(0xe6)];
    return store(get(at), [...load(get(at), offset), ...weighed, ...simd(0xe4)], offset);
  };
  return [
    ...repeat(
      [
        ...set(row, plus(get(rows), [...get(words), 0x28, 2, 0, ...get(dimension), 0x6c])),
        ...set(weight, [...get(weights), ...simd(0x09, 2, 0)]),
        ...set(at, get(sum)),
        ...repeat(
          [
            ...set(bytes, [...get(row), ...simd(0x01, 0, 0)]), // eight bytes as shorts
            ...half(0xa7, 0),
            ...half(0xa8, 16),
            ...[...step(at, 32), ...step(row, 8)],
          ],
          at,
          sumEnd,
        ),
        ...[...step(words, 4), ...step(weights, 4)],
      ],
      words,
      wordsEnd,
    ),
    0x0b,
  ];
}

function moduleBytes(): Uint8Array<ArrayBuffer> {
  const { i32, v128 } = type;
  const code = [...list([[2, i32], [2, v128]]), ...body()]; // biome-ignore format: one line
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[1, ...sized(list([[type.function, ...sized([i32, i32, i32, i32, i32, i32, i32]), 0]]))],
    ...[2, ...sized(list([[...named('memory'), ...named('bytes'), 2, 0, 1]]))],
    ...[3, ...sized(list([[0]]))],
    ...[7, ...sized(list([[...named('sum'), 0, 0]]))],
    ...[10, ...sized(list([sized(code)]))],
  ]);
}

let compiled: WebAssembly.Module | undefined;

/**
 * @param rows row after row; copied
 * @param dimension a multiple of `laneNumbers`
 * @param most words summed at once
 */
export function createTableKernel(rows: Int8Array, dimension: number, most: number): TableKernel {
  const [wordsAt, weightsAt, sumAt] = [0, 4 * most, 8 * most];
  const rowsAt = sumAt + 4 * dimension;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows.length) / 65_536) });
  const { buffer } = memory;
  const own = new Int8Array(buffer, rowsAt, rows.length);
  own.set(rows);
  const sum = new Float32Array(buffer, sumAt, dimension);
  compiled ??= new WebAssembly.Module(moduleBytes());
  const { exports } = new WebAssembly.Instance(compiled, { memory: { bytes: memory } });
  const add = exports.sum as (...addresses: number[]) => void;
  return {
    rows: own,
    words: new Int32Array(buffer, wordsAt, most),
    weights: new Float32Array(buffer, weightsAt, most),
    sum,
    run: (count) => {
      sum.fill(0);
      if (count > 0) add(wordsAt, wordsAt + 4 * count, weightsAt, rowsAt, dimension, sumAt, sumAt + 4 * dimension);
    },
  };
}
