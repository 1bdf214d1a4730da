/**
 * The inner loops of a table, as WebAssembly with 128-bit SIMD: weighted rows of signed bytes summed in single precision, and products of rows.
 *
 * Two functions, put together by `base/assembly.ts`. The sum brings what one core encodes from some 20,000 chunks
 * a second to twice as many; the other half is reading words. Products are whole numbers, so they are those of a plain loop to the
 * last bit; they take a sixth of a search with meaning in a plain loop. The table lies in the kernel's memory, so that nothing is copied.
 */
import { assembly } from '../base/mod.ts';

type Code = assembly.Code;
const {
  add,
  addWords,
  dotShorts,
  get,
  highHalf,
  i32,
  isLess,
  load,
  loadBytes,
  loadSplat,
  loadWord,
  lowHalf,
  multiply,
  plus,
  repeat,
  set,
  step,
  store,
  storeWord,
  sumWords,
  times,
  whole,
  zero,
  moduleOf,
} = assembly;

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
  /** Names the rows that others are multiplied with, at most `mostAsked`. */
  ask(words: readonly number[]): void;
  /** Products of a row with those asked for, in their order; good until the next call. */
  products(word: number): Int32Array;
}

function sumBody(): Code {
  const [words, wordsEnd, weights, rows, dimension, sum, sumEnd] = [0, 1, 2, 3, 4, 5, 6] as const;
  const [at, row, shorts, weight] = [7, 8, 9, 10] as const;
  const addHalf = (numbers: Code, offset: number): Code =>
    store(get(at), add(load(get(at), offset), multiply(numbers, get(weight))), offset);
  return repeat(
    [
      ...set(row, plus(get(rows), times(loadWord(get(words)), get(dimension)))),
      ...set(weight, loadSplat(get(weights))),
      ...set(at, get(sum)),
      ...repeat(
        [
          ...set(shorts, loadBytes(get(row))),
          ...addHalf(lowHalf(get(shorts)), 0),
          ...addHalf(highHalf(get(shorts)), 16),
          ...[...step(at, whole(32)), ...step(row, whole(8))],
        ],
        isLess(get(at), get(sumEnd)),
      ),
      ...[...step(words, whole(4)), ...step(weights, whole(4))],
    ],
    isLess(get(words), get(wordsEnd)),
  );
}

function productsBody(): Code {
  const [row, dimension, asked, askedEnd, out, at, end, sum] = [0, 1, 2, 3, 4, 5, 6, 7] as const;
  return repeat(
    [
      ...[...set(sum, zero), ...set(at, get(row)), ...set(end, plus(get(row), get(dimension)))],
      ...repeat(
        [
          ...set(sum, addWords(get(sum), dotShorts(loadBytes(get(at)), load(get(asked))))),
          ...[...step(at, whole(8)), ...step(asked, whole(16))],
        ],
        isLess(get(at), get(end)),
      ),
      ...[...storeWord(get(out), sumWords(sum)), ...step(out, whole(4))],
    ],
    isLess(get(asked), get(askedEnd)),
  );
}

let compiled: WebAssembly.Module | undefined;

/**
 * @param rows row after row; copied
 * @param dimension a multiple of `laneNumbers`
 * @param most words summed at once
 * @param mostAsked words of a query
 */
export function createTableKernel(rows: Int8Array, dimension: number, most: number, mostAsked: number): TableKernel {
  const [wordsAt, weightsAt, sumAt] = [0, 4 * most, 8 * most];
  const productsAt = sumAt + 4 * dimension;
  const askedAt = productsAt + 4 * mostAsked;
  const rowsAt = askedAt + 2 * mostAsked * dimension;
  const memory = new WebAssembly.Memory({ initial: Math.ceil((rowsAt + rows.length) / 65_536) });
  const { buffer } = memory;
  const own = new Int8Array(buffer, rowsAt, rows.length);
  own.set(rows);
  const sum = new Float32Array(buffer, sumAt, dimension);
  compiled ??= new WebAssembly.Module(
    moduleOf([
      { name: 'sum', parameters: new Array<number>(7).fill(i32), locals: [2, 2], body: sumBody() },
      { name: 'products', parameters: new Array<number>(5).fill(i32), locals: [2, 1], body: productsBody() },
    ]),
  );
  const { exports } = new WebAssembly.Instance(compiled, { memory: { bytes: memory } });
  const add = exports.sum as (...addresses: number[]) => void;
  const multiply = exports.products as (...addresses: number[]) => void;
  const shorts = new Int16Array(buffer, askedAt, mostAsked * dimension);
  const products = new Int32Array(buffer, productsAt, mostAsked);
  let asked = 0;
  return {
    rows: own,
    words: new Int32Array(buffer, wordsAt, most),
    weights: new Float32Array(buffer, weightsAt, most),
    sum,
    run: (count) => {
      sum.fill(0);
      if (count > 0) add(wordsAt, wordsAt + 4 * count, weightsAt, rowsAt, dimension, sumAt, sumAt + 4 * dimension);
    },
    ask: (list) => {
      asked = list.length;
      for (const [at, word] of list.entries())
        shorts.set(own.subarray(word * dimension, (word + 1) * dimension), at * dimension);
    },
    products: (word) => {
      const bytes = 2 * asked * dimension;
      if (bytes > 0) multiply(rowsAt + word * dimension, dimension, askedAt, askedAt + bytes, productsAt);
      return products.subarray(0, asked);
    },
  };
}
