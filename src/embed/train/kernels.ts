/**
 * The inner loops of training, as WebAssembly with 128-bit SIMD.
 *
 * Written out instruction by instruction, like the scan's kernel: four functions, which is not worth a compiler. Single precision, and no
 * operation whose rounding a machine may choose, so that the same seed gives the same table everywhere. All arrays lie in one memory;
 * addresses are bytes, lengths are numbers. In plain JavaScript the products of matrices alone would take five times as long.
 */

export interface Kernels {
  /** c = a · b: a has `rows` rows of `depth` numbers, b is packed by `pack`; c has `columns` numbers a row. Multiples of 4, 1, 8. */
  multiply(a: number, b: number, c: number, rows: number, depth: number, columns: number): void;
  /** out = Σ weights[i] · table[ids[i]], rows of `dimension` numbers, a multiple of 4. */
  gather(ids: number, weights: number, count: number, table: number, out: number, dimension: number): void;
  /** For each i: gradient[ids[i]] += weights[i] · vector; dots[i] = table[ids[i]] · vector. */
  scatter(
    ids: number,
    weights: number,
    count: number,
    table: number,
    gradient: number,
    vector: number,
    dots: number,
    dimension: number,
  ): void;
  /** One step of Adam (Kingma and Ba 2015) over `count` numbers, a multiple of 4; gradients are set to 0. `rate` holds the bias correction. */
  adam(
    values: number,
    gradient: number,
    first: number,
    second: number,
    count: number,
    rate: number,
    epsilon: number,
  ): void;
}

/** How much of the past Adam keeps: of gradients, and of their squares. From the trial; 0.98 forgets sooner than the usual 0.999. */
export const keptOfFirst = 0.9;
export const keptOfSecond = 0.98;

// WebAssembly 2.0, binary format (webassembly.github.io/spec/core/binary).
const type = { i32: 0x7f, f32: 0x7d, v128: 0x7b, function: 0x60, none: 0x40 };
const section = { type: 1, import: 2, function: 3, export: 7, code: 10 };

type Code = readonly number[];
const unsigned = (value: number): number[] =>
  value < 128 ? [value] : [(value & 127) | 128, ...unsigned(Math.floor(value / 128))];
const list = (items: readonly Code[]): number[] => [...unsigned(items.length), ...items.flat()];
const sized = (bytes: Code): number[] => [...unsigned(bytes.length), ...bytes];
const named = (name: string): number[] => sized([...name].map((letter) => letter.charCodeAt(0)));

const get = (local: number): number[] => [0x20, ...unsigned(local)];
const set = (local: number, value: Code): number[] => [...value, 0x21, ...unsigned(local)];
/** Signed LEB128. */
const whole = (value: number): number[] => {
  const bytes: number[] = [];
  for (let rest = value; ; rest >>= 7) {
    const isLast = rest >= -64 && rest < 64;
    bytes.push((rest & 127) | (isLast ? 0 : 128));
    if (isLast) return [0x41, ...bytes];
  }
};
const single = (value: number): number[] => [0x43, ...new Uint8Array(Float32Array.of(value).buffer)];
const plus = (one: Code, other: Code): number[] => [...one, ...other, 0x6a];
const times = (one: Code, other: Code): number[] => [...one, ...other, 0x6c];
const isLess = (one: Code, other: Code): number[] => [...one, ...other, 0x49];
/** Bytes of a number of numbers. */
const bytesOf = (count: Code): number[] => [...count, ...whole(2), 0x74];
const simd = (code: number, ...rest: Code): number[] => [0xfd, ...unsigned(code), ...rest];
const loadWord = (at: Code): number[] => [...at, 0x28, 2, 0];
const storeSingle = (at: Code, value: Code): number[] => [...at, ...value, 0x38, 2, 0];
const load = (at: Code, offset = 0): number[] => [...at, ...simd(0x00, 4, ...unsigned(offset))];
/** One number in all four places. */
const loadSplat = (at: Code): number[] => [...at, ...simd(0x09, 2, 0)];
const store = (at: Code, value: Code, offset = 0): number[] => [...at, ...value, ...simd(0x0b, 4, ...unsigned(offset))];
const splat = (value: Code): number[] => [...value, ...simd(0x13)];
const zero = simd(0x0c, ...new Array<number>(16).fill(0));
const add = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe4)];
const multiply = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe6)];
const divide = (one: Code, other: Code): number[] => [...one, ...other, ...simd(0xe7)];
const root = (value: Code): number[] => [...value, ...simd(0xe3)];
const lane = (value: Code, number: number): number[] => [...value, ...simd(0x1f, number)];
const addSingle = (one: Code, other: Code): number[] => [...one, ...other, 0x92];
/** Runs `body` and again while `condition` holds after it. */
const repeat = (body: Code, condition: Code): number[] => [0x03, type.none, ...body, ...condition, 0x0d, 0, 0x0b];
const step = (local: number, bytes: Code): number[] => set(local, plus(get(local), bytes));
const unless = (condition: Code, body: Code): number[] => [...condition, 0x45, 0x04, type.none, ...body, 0x0b];

/** Four rows of a by eight columns of b at a time: eight sums stay in registers. */
function multiplyBody(): number[] {
  const [a, b, c, rows, depth, columns] = [0, 1, 2, 3, 4, 5] as const;
  const [aBytes, cBytes, aEnd, cEnd, bAt, aAt, cAt, depthEnd, row] = [6, 7, 8, 9, 10, 11, 12, 13, 14] as const;
  const [left, right, factor, sums] = [15, 16, 17, 18] as const;
  const sum = (r: number, half: number): number => sums + 2 * r + half;
  const rowsOf4 = [0, 1, 2, 3];
  return [
    ...set(aBytes, bytesOf(get(depth))),
    ...set(cBytes, bytesOf(get(columns))),
    ...set(aEnd, plus(get(a), times(get(aBytes), get(rows)))),
    ...repeat(
      [
        ...set(bAt, get(b)),
        ...set(cAt, get(c)),
        ...set(cEnd, plus(get(c), get(cBytes))),
        ...repeat(
          [
            ...rowsOf4.flatMap((r) => [...set(sum(r, 0), zero), ...set(sum(r, 1), zero)]),
            ...set(aAt, get(a)),
            ...set(depthEnd, plus(get(a), get(aBytes))),
            ...repeat(
              [
                ...set(left, load(get(bAt))),
                ...set(right, load(get(bAt), 16)),
                ...set(row, get(aAt)),
                ...rowsOf4.flatMap((r) => [
                  ...set(factor, loadSplat(get(row))),
                  ...set(sum(r, 0), add(get(sum(r, 0)), multiply(get(factor), get(left)))),
                  ...set(sum(r, 1), add(get(sum(r, 1)), multiply(get(factor), get(right)))),
                  ...(r < 3 ? step(row, get(aBytes)) : []),
                ]),
                ...step(bAt, whole(32)),
                ...step(aAt, whole(4)),
              ],
              isLess(get(aAt), get(depthEnd)),
            ),
            ...set(row, get(cAt)),
            ...rowsOf4.flatMap((r) => [
              ...store(get(row), get(sum(r, 0))),
              ...store(get(row), get(sum(r, 1)), 16),
              ...(r < 3 ? step(row, get(cBytes)) : []),
            ]),
            ...step(cAt, whole(32)),
          ],
          isLess(get(cAt), get(cEnd)),
        ),
        ...step(a, times(get(aBytes), whole(4))),
        ...step(c, times(get(cBytes), whole(4))),
      ],
      isLess(get(a), get(aEnd)),
    ),
    0x0b,
  ];
}

function gatherBody(): number[] {
  const [ids, weights, count, table, out, dimension] = [0, 1, 2, 3, 4, 5] as const;
  const [rowBytes, end, at, to, row, weight] = [6, 7, 8, 9, 10, 11] as const;
  return [
    ...set(rowBytes, bytesOf(get(dimension))),
    ...set(to, plus(get(out), get(rowBytes))),
    ...set(at, get(out)),
    ...repeat([...store(get(at), zero), ...step(at, whole(16))], isLess(get(at), get(to))),
    ...set(end, plus(get(ids), bytesOf(get(count)))),
    ...unless(
      [...get(count), 0x45],
      repeat(
        [
          ...set(row, plus(get(table), times(loadWord(get(ids)), get(rowBytes)))),
          ...set(weight, loadSplat(get(weights))),
          ...set(at, get(out)),
          ...repeat(
            [
              ...store(get(at), add(load(get(at)), multiply(get(weight), load(get(row))))),
              ...step(at, whole(16)),
              ...step(row, whole(16)),
            ],
            isLess(get(at), get(to)),
          ),
          ...step(ids, whole(4)),
          ...step(weights, whole(4)),
        ],
        isLess(get(ids), get(end)),
      ),
    ),
    0x0b,
  ];
}

function scatterBody(): number[] {
  const [ids, weights, count, table, gradient, vector, dots, dimension] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  const [rowBytes, end, at, to, row, into, weight, sum, value] = [8, 9, 10, 11, 12, 13, 14, 15, 16] as const;
  const total = addSingle(
    addSingle(lane(get(sum), 0), lane(get(sum), 1)),
    addSingle(lane(get(sum), 2), lane(get(sum), 3)),
  );
  return [
    ...set(rowBytes, bytesOf(get(dimension))),
    ...set(to, plus(get(vector), get(rowBytes))),
    ...set(end, plus(get(ids), bytesOf(get(count)))),
    ...unless(
      [...get(count), 0x45],
      repeat(
        [
          ...set(row, times(loadWord(get(ids)), get(rowBytes))),
          ...set(into, plus(get(gradient), get(row))),
          ...set(row, plus(get(table), get(row))),
          ...set(weight, loadSplat(get(weights))),
          ...set(sum, zero),
          ...set(at, get(vector)),
          ...repeat(
            [
              ...set(value, load(get(at))),
              ...store(get(into), add(load(get(into)), multiply(get(weight), get(value)))),
              ...set(sum, add(get(sum), multiply(get(value), load(get(row))))),
              ...[...step(at, whole(16)), ...step(row, whole(16)), ...step(into, whole(16))],
            ],
            isLess(get(at), get(to)),
          ),
          ...storeSingle(get(dots), total),
          ...[...step(ids, whole(4)), ...step(weights, whole(4)), ...step(dots, whole(4))],
        ],
        isLess(get(ids), get(end)),
      ),
    ),
    0x0b,
  ];
}

function adamBody(): number[] {
  const [values, gradient, first, second, count, rate, epsilon] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [end, slope, mean, square] = [7, 8, 9, 10] as const;
  const of = (value: number): number[] => splat(single(value));
  return [
    ...set(end, plus(get(values), bytesOf(get(count)))),
    ...repeat(
      [
        ...set(slope, load(get(gradient))),
        ...store(get(gradient), zero),
        ...set(mean, add(multiply(load(get(first)), of(keptOfFirst)), multiply(get(slope), of(1 - keptOfFirst)))),
        ...store(get(first), get(mean)),
        ...set(
          square,
          add(
            multiply(load(get(second)), of(keptOfSecond)),
            multiply(multiply(get(slope), get(slope)), of(1 - keptOfSecond)),
          ),
        ),
        ...store(get(second), get(square)),
        ...store(get(values), [
          ...load(get(values)),
          ...divide(multiply(splat(get(rate)), get(mean)), add(root(get(square)), splat(get(epsilon)))),
          ...simd(0xe5), // subtract
        ]),
        ...[
          ...step(values, whole(16)),
          ...step(gradient, whole(16)),
          ...step(first, whole(16)),
          ...step(second, whole(16)),
        ],
      ],
      isLess(get(values), get(end)),
    ),
    0x0b,
  ];
}

interface Function {
  readonly name: keyof Kernels;
  readonly parameters: Code;
  /** Numbers of further locals: addresses, then vectors. */
  readonly locals: readonly [number, number];
  readonly body: Code;
}

function functions(): Function[] {
  const { i32, f32 } = type;
  const words = (count: number): number[] => new Array<number>(count).fill(i32);
  return [
    { name: 'multiply', parameters: words(6), locals: [9, 11], body: multiplyBody() },
    { name: 'gather', parameters: words(6), locals: [5, 1], body: gatherBody() },
    { name: 'scatter', parameters: words(8), locals: [6, 3], body: scatterBody() },
    { name: 'adam', parameters: [...words(5), f32, f32], locals: [1, 3], body: adamBody() },
  ];
}

/** @param memory that all addresses are in */
export function createKernels(memory: WebAssembly.Memory): Kernels {
  const all = functions();
  const { i32, v128 } = type;
  const code = all.map(({ locals: [words, vectors], body }) =>
    sized([
      ...list([
        [...unsigned(words), i32],
        [...unsigned(vectors), v128],
      ]),
      ...body,
    ]),
  );
  const bytes = Uint8Array.from([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...[section.type, ...sized(list(all.map(({ parameters }) => [type.function, ...sized(parameters), 0])))],
    ...[section.import, ...sized(list([[...named('memory'), ...named('bytes'), 2, 0, 1]]))],
    ...[section.function, ...sized(list(all.map((_, index) => unsigned(index))))],
    ...[section.export, ...sized(list(all.map(({ name }, index) => [...named(name), 0, ...unsigned(index)])))],
    ...[section.code, ...sized(list(code))],
  ]);
  const module = new WebAssembly.Module(bytes);
  return new WebAssembly.Instance(module, { memory: { bytes: memory } }).exports as unknown as Kernels;
}

/** Columns that `multiply` takes at once. */
const panel = 8;

/**
 * Puts b where `multiply` wants it: eight columns after eight columns, each row by row.
 *
 * @param from row after row: `depth` rows of `columns` numbers, or with `transposed` `columns` rows of `depth` numbers
 */
export function pack(
  from: Float32Array,
  to: Float32Array,
  { depth, columns, transposed }: { depth: number; columns: number; transposed: boolean },
): void {
  let at = 0;
  for (let first = 0; first < columns; first += panel) {
    if (transposed) {
      for (let column = 0; column < panel; column++) {
        const row = (first + column) * depth;
        for (let i = 0; i < depth; i++) to[at + i * panel + column] = from[row + i] as number;
      }
      at += panel * depth;
    } else {
      for (let row = 0; row < depth; row++) {
        const start = row * columns + first;
        for (let i = 0; i < panel; i++) to[at++] = from[start + i] as number;
      }
    }
  }
}

/** Rows and columns exchanged, of a square, in blocks that stay in the cache. */
export function transpose(from: Float32Array, to: Float32Array, size: number): void {
  const block = 32;
  for (let top = 0; top < size; top += block) {
    for (let left = 0; left < size; left += block) {
      const [bottom, right] = [Math.min(top + block, size), Math.min(left + block, size)];
      for (let row = top; row < bottom; row++) {
        for (let column = left; column < right; column++) to[column * size + row] = from[row * size + column] as number;
      }
    }
  }
}
