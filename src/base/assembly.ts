/**
 * WebAssembly put together by hand: the few instructions of inner loops, by name.
 *
 * A kernel is a handful of loops. Written out with these words it can be read beside the loop it stands for, needs no compiler and no file
 * to ship, and takes a millisecond to make. Instructions take their operands as arguments, so that what is written is a tree and not a
 * stack. Only what a kernel uses is here. WebAssembly 2.0, binary format (webassembly.github.io/spec/core/binary).
 */

/** Bytes of instructions or of a module's parts. */
export type Code = readonly number[];

export const i32 = 0x7f;
export const f32 = 0x7d;
export const v128 = 0x7b;

const none = 0x40;
const section = { type: 1, import: 2, function: 3, export: 7, code: 10 };

/** Unsigned LEB128. */
const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const named = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));

export const get = (local: number): number[] => [0x20, ...unsigned(local)];
export const set = (local: number, value: Code): number[] => [...value, 0x21, ...unsigned(local)];

/** A constant: signed LEB128. */
export const whole = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push((rest & 127) | (isLast ? 0 : 128));
    if (isLast) return [0x41, ...bytes];
  }
};
export const single = (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];

export const plus = (one: Code, other: Code): number[] => [...one, ...other, 0x6a];
export const times = (one: Code, other: Code): number[] => [...one, ...other, 0x6c];
export const minus = (one: Code, other: Code): number[] => [...one, ...other, 0x6b];
/** Unsigned, as are the two below. */
export const divided = (one: Code, other: Code): number[] => [...one, ...other, 0x6e];
export const remainder = (one: Code, other: Code): number[] => [...one, ...other, 0x70];
export const shiftedLeft = (one: Code, bits: Code): number[] => [...one, ...bits, 0x74];
export const both = (one: Code, other: Code): number[] => [...one, ...other, 0x71];
export const isZero = (value: Code): number[] => [...value, 0x45];
/** Signed. */
export const isNegative = (value: Code): number[] => [...value, ...whole(0), 0x48];
export const isAbove = (one: Code, other: Code): number[] => [...one, ...other, 0x4a];
/** Zero bits above the highest one, below the lowest one; ones. */
export const leadingZeros = (value: Code): number[] => [...value, 0x67];
export const trailingZeros = (value: Code): number[] => [...value, 0x68];
export const ones = (value: Code): number[] => [...value, 0x69];
/** Unsigned, as addresses are. */
export const isLess = (one: Code, other: Code): number[] => [...one, ...other, 0x49];
/** Bytes of so many numbers of 32 bits. */
export const bytesOf = (count: Code): number[] => [...count, ...whole(2), 0x74];
export const addSingle = (one: Code, other: Code): number[] => [...one, ...other, 0x92];
export const isAtLeast = (one: Code, other: Code): number[] => [...one, ...other, 0x4f];
export const loadWord = (at: Code, offset = 0): number[] => [...at, 0x28, 2, ...unsigned(offset)];
export const loadByte = (at: Code, offset = 0): number[] => [...at, 0x2d, 0, ...unsigned(offset)];
export const storeByte = (at: Code, value: Code, offset = 0): number[] => [
  ...at,
  ...value,
  ...[0x3a, 0, ...unsigned(offset)],
];
export const storeSingle = (at: Code, value: Code): number[] => [...at, ...value, 0x38, 2, 0];

export const storeWord = (at: Code, value: Code, offset = 0): number[] => [
  ...at,
  ...value,
  ...[0x36, 2, ...unsigned(offset)],
];

/** Adds to a local. */
export const step = (local: number, bytes: Code): number[] => set(local, plus(get(local), bytes));
/** Runs `body`, and again while `condition` holds after it. */
export const repeat = (body: Code, condition: Code): number[] => [0x03, none, ...body, ...condition, 0x0d, 0, 0x0b];
/** A stretch of code whose end, and one whose start, is where a leap goes that names it by its distance: 0 is the innermost. */
export const block = (body: Code): number[] => [0x02, none, ...body, 0x0b];
export const loop = (body: Code): number[] => [0x03, none, ...body, 0x0b];
export const leap = (distance: number): number[] => [0x0c, distance];
export const leapIf = (condition: Code, distance: number): number[] => [...condition, 0x0d, distance];
export const giveBack = (value: Code): number[] => [...value, 0x0f];
/** Runs `body` when the value is not 0. */
export const when = (value: Code, body: Code): number[] => [...value, 0x04, none, ...body, 0x0b];

const simd = (code: number, ...rest: Code): number[] => [0xfd, ...unsigned(code), ...rest];
export const load = (at: Code, offset = 0): number[] => [...at, ...simd(0x00, 2, ...unsigned(offset))];
export const store = (at: Code, value: Code, offset = 0): number[] => [
  ...at,
  ...value,
  ...simd(0x0b, 2, ...unsigned(offset)),
];
/** Eight signed bytes as shorts. */
export const loadBytes = (at: Code): number[] => [...at, ...simd(0x01, 0, 0)];
/** One number in all four places. */
export const loadSplat = (at: Code): number[] => [...at, ...simd(0x09, 2, 0)];
export const splat = (value: Code): number[] => [...value, ...simd(0x13)];
export const zero = simd(0x0c, ...new Array<number>(16).fill(0));
/** One byte in all sixteen places. */
export const splatByte = (value: Code): number[] => [...value, ...simd(0x0f)];
/** Of two vectors of bytes: all bits where they are the same; where both have bits; of one, the highest bit of each byte as one number. */
export const sameBytes = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0x23)];
export const bothBits = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0x4e)];
export const maskOfBytes = (value: Code): number[] => [...value, ...simd(0x64)];
/** Four of eight shorts, in single precision. */
export const lowHalf = (shorts: Code): number[] => [...shorts, ...simd(0xa7), ...simd(0xfa)];
export const highHalf = (shorts: Code): number[] => [...shorts, ...simd(0xa8), ...simd(0xfa)];
export const add = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe4)];
export const subtract = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe5)];
export const multiply = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe6)];
export const divide = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe7)];
export const root = (value: Code): number[] => [...value, ...simd(0xe3)];
/** Products of eight shorts with eight, neighbours added: four whole numbers. */
export const dotShorts = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xba)];
export const addWords = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xae)];
/** The sum of four whole numbers in a local. */
export const sumWords = (local: number): number[] => {
  const word = (number: number): number[] => [...get(local), ...simd(0x1b, number)];
  return plus(plus(word(0), word(1)), plus(word(2), word(3)));
};
/** One of four numbers. */
export const lane = (value: Code, number: number): number[] => [...value, ...simd(0x1f, number)];

export interface Kernel {
  readonly name: string;
  readonly parameters: Code;
  /** How many further locals there are: whole numbers, then vectors; they are numbered on from the parameters. */
  readonly locals: readonly [number, number];
  readonly body: Code;
  /** Whether it gives back a whole number. */
  readonly answers?: boolean;
}

/** The bytes of a module with these functions; it imports `memory.bytes`. */
export function moduleOf(kernels: readonly Kernel[]): Uint8Array<ArrayBuffer> {
  const types = kernels.map(({ parameters, answers }) => [
    ...[0x60, ...sized(parameters)],
    ...(answers === true ? [1, i32] : [0]),
  ]);
  const code = kernels.map(({ locals: [words, vectors], body }) => {
    const declared = [
      [...unsigned(words), i32],
      [...unsigned(vectors), v128],
    ];
    return sized([...list(declared), ...body, 0x0b]);
  });
  return Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[section.type, ...sized(list(types))],
    ...[section.import, ...sized(list([[...named('memory'), ...named('bytes'), 2, 0, 1]]))],
    ...[section.function, ...sized(list(kernels.map((_, index) => unsigned(index))))],
    ...[section.export, ...sized(list(kernels.map(({ name }, index) => [...named(name), 0, ...unsigned(index)])))],
    ...[section.code, ...sized(list(code))],
  ]);
}
