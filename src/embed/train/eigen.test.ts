import { expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { eigenOf } from './eigen.ts';

test.each([1, 2, 7, 40])('of %i rows: vectors of length 1, at right angles, that the matrix only stretches', (size) => {
  const random = seededRandom(size);
  const matrix = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      matrix[i * size + j] = random.next() - 0.5;
      matrix[j * size + i] = matrix[i * size + j] as number;
    }
  }
  const { values, vectors } = eigenOf(matrix, size);
  const row = (i: number): Float64Array => vectors.subarray(i * size, (i + 1) * size);
  const dot = (one: Float64Array, other: Float64Array): number =>
    one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
  for (let i = 0; i < size; i++) {
    if (i > 0) expect(values[i]).toBeLessThanOrEqual(values[i - 1] as number);
    for (let j = 0; j < size; j++) {
      expect(dot(row(i), row(j))).toBeCloseTo(i === j ? 1 : 0, 8);
      expect(dot(matrix.subarray(j * size, (j + 1) * size), row(i))).toBeCloseTo(
        (values[i] as number) * (row(i)[j] as number),
        8,
      );
    }
  }
});

test('a diagonal matrix is its own answer', () => {
  expect([...eigenOf(Float64Array.from([2, 0, 0, 5]), 2).values]).toEqual([5, 2]);
});
