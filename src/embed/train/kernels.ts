/**
 * The inner loops of training, as WebAssembly with 128-bit SIMD.
 *
 * Written out instruction by instruction, like the scan's kernel: four functions, which is not worth a compiler. Single precision, and no
 * operation whose rounding a machine may choose, so that the same seed gives the same table everywhere. All arrays lie in one memory;
 * addresses are bytes, lengths are numbers. In plain JavaScript the products of matrices alone would take five times as long.
 */
import { assembly } from '../../base/mod.ts';

type Kernel = assembly.Kernel;
const {
  add,
  addSingle,
  bytesOf,
  divide,
  f32,
  get,
  i32,
  isLess,
  lane,
  load,
  loadSplat,
  loadWord,
  multiply,
  plus,
  repeat,
  root,
  set,
  single,
  splat,
  step,
  store,
  storeSingle,
  subtract,
  times,
  when,
  whole,
  zero,
  moduleOf,
} = assembly;

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
    ...when(
      get(count),
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
    ...when(
      get(count),
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
        ...store(
          get(values),
          subtract(
            load(get(values)),
            divide(multiply(splat(get(rate)), get(mean)), add(root(get(square)), splat(get(epsilon)))),
          ),
        ),
        ...[
          ...step(values, whole(16)),
          ...step(gradient, whole(16)),
          ...step(first, whole(16)),
          ...step(second, whole(16)),
        ],
      ],
      isLess(get(values), get(end)),
    ),
  ];
}

function kernels(): Kernel[] {
  const words = (count: number): number[] => new Array<number>(count).fill(i32);
  return [
    { name: 'multiply', parameters: words(6), locals: [9, 11], body: multiplyBody() },
    { name: 'gather', parameters: words(6), locals: [5, 1], body: gatherBody() },
    { name: 'scatter', parameters: words(8), locals: [6, 3], body: scatterBody() },
    { name: 'adam', parameters: [...words(5), f32, f32], locals: [1, 3], body: adamBody() },
  ];
}

/** @param memory that all addresses are in */
export const createKernels = (memory: WebAssembly.Memory): Kernels =>
  new WebAssembly.Instance(new WebAssembly.Module(moduleOf(kernels())), { memory: { bytes: memory } })
    .exports as unknown as Kernels;

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
