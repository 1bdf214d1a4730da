import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { createKernels, keptOfFirst, keptOfSecond, pack, transpose } from './kernels.ts';

const memory = new WebAssembly.Memory({ initial: 16 });
const kernels = createKernels(memory);
const floats = new Float32Array(memory.buffer);
const words = new Int32Array(memory.buffer);
const random = seededRandom(1);
const fill = (at: number, count: number): number[] => {
  const values = Array.from({ length: count }, () => Math.fround(random.next() - 0.5));
  floats.set(values, at);
  return values;
};
const close = (found: Float32Array, expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length);
  for (const [i, value] of expected.entries()) expect(found[i]).toBeCloseTo(value, 5);
};

describe('kernels do what the loops they stand for do', () => {
  test.each([
    [4, 1, 8],
    [8, 12, 16],
    [12, 33, 24],
  ])('product of %d × %d by %d columns', (rows, depth, columns) => {
    const [a, b, c] = [1000, 4000, 8000];
    const left = fill(a, rows * depth);
    const right = fill(0, depth * columns).map(Math.fround);
    const expected = Array.from({ length: rows * columns }, (_, i) => {
      let sum = 0;
      for (let k = 0; k < depth; k++)
        sum += (left[Math.floor(i / columns) * depth + k] as number) * (right[k * columns + (i % columns)] as number);
      return sum;
    });
    const turned = Float32Array.from(right, (_, i) => right[(i % depth) * columns + Math.floor(i / depth)] as number);
    for (const [from, transposed] of [
      [Float32Array.from(right), false],
      [turned, true],
    ] as const) {
      pack(from, floats.subarray(b, b + depth * columns), { depth, columns, transposed });
      kernels.multiply(4 * a, 4 * b, 4 * c, rows, depth, columns);
      close(floats.subarray(c, c + rows * columns), expected);
    }
  });

  test('weighted rows are summed, and their gradient goes back', () => {
    const [table, gradient, out, weights, ids, dots] = [0, 1000, 2000, 3000, 4000, 5000];
    const rows = fill(table, 10 * 8);
    fill(weights, 4);
    const chosen = [3, 9, 3, 0];
    words.set(chosen, ids);
    kernels.gather(4 * ids, 4 * weights, 4, 4 * table, 4 * out, 8);
    const weigh = (i: number): number => floats[weights + i] as number;
    const sum = (k: number): number => chosen.reduce((s, id, i) => s + weigh(i) * (rows[id * 8 + k] as number), 0);
    close(
      floats.subarray(out, out + 8),
      Array.from({ length: 8 }, (_, k) => sum(k)),
    );

    const vector = fill(out, 8);
    floats.fill(0, gradient, gradient + 80);
    kernels.scatter(4 * ids, 4 * weights, 4, 4 * table, 4 * gradient, 4 * out, 4 * dots, 8);
    const back = Array.from({ length: 80 }, (_, at) =>
      chosen.reduce((s, id, i) => s + (id === Math.floor(at / 8) ? weigh(i) * (vector[at % 8] as number) : 0), 0),
    );
    close(floats.subarray(gradient, gradient + 80), back);
    close(
      floats.subarray(dots, dots + 4),
      chosen.map((id) => vector.reduce((s, value, k) => s + value * (rows[id * 8 + k] as number), 0)),
    );
    kernels.gather(4 * ids, 4 * weights, 0, 4 * table, 4 * out, 8);
    close(floats.subarray(out, out + 8), new Array(8).fill(0));
  });

  test("Adam's step", () => {
    const [values, gradient, first, second] = [0, 100, 200, 300];
    const [before, slope, mean, square] = [
      fill(values, 8),
      fill(gradient, 8),
      fill(first, 8),
      fill(second, 8).map(Math.abs),
    ];
    floats.set(square, second);
    kernels.adam(4 * values, 4 * gradient, 4 * first, 4 * second, 8, 0.1, 1e-8);
    const m = mean.map((value, i) => keptOfFirst * value + (1 - keptOfFirst) * (slope[i] as number));
    const v = square.map((value, i) => keptOfSecond * value + (1 - keptOfSecond) * (slope[i] as number) ** 2);
    close(floats.subarray(first, first + 8), m);
    close(floats.subarray(second, second + 8), v);
    close(
      floats.subarray(values, values + 8),
      before.map((value, i) => value - (0.1 * (m[i] as number)) / (Math.sqrt(v[i] as number) + 1e-8)),
    );
    close(floats.subarray(gradient, gradient + 8), new Array(8).fill(0));
  });

  test('rows and columns change places', () => {
    const from = Float32Array.from({ length: 49 }, (_, i) => i);
    const to = new Float32Array(49);
    transpose(from, to, 7);
    expect([...to]).toEqual(Array.from({ length: 49 }, (_, i) => (i % 7) * 7 + Math.floor(i / 7)));
  });
});
