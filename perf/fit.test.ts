import { expect, test } from 'vitest';
import { seededRandom } from '../src/base/mod.ts';
import { fitListwise, type List } from './fit.ts';

/** Lists whose right row is the best by hidden weights. */
function drawn(hidden: readonly number[], count: number): List[] {
  const random = seededRandom(7);
  return Array.from({ length: count }, () => {
    const values = Float32Array.from({ length: 8 * hidden.length }, () => random.next());
    const scores = Array.from({ length: 8 }, (_, row) =>
      hidden.reduce((sum, weight, i) => sum + weight * (values[row * hidden.length + i] as number), 0),
    );
    return { values, right: [scores.indexOf(Math.max(...scores))], weight: 1 };
  });
}

test('finds the direction that the lists were drawn by', () => {
  const hidden = [3, -2, 0, 1];
  const found = fitListwise(drawn(hidden, 400), new Float64Array(4), 0.01);
  const scale = (found[0] as number) / 3;
  expect(scale).toBeGreaterThan(1);
  for (const [i, weight] of hidden.entries()) expect((found[i] as number) / scale).toBeCloseTo(weight, 0);
});

test('what the lists do not show keeps its prior', () => {
  const lists = drawn([1, 2], 50).map(({ values, right, weight }) => ({
    // A third column that is always 0.
    values: Float32Array.from({ length: 24 }, (_, at) =>
      at % 3 === 2 ? 0 : (values[Math.floor(at / 3) * 2 + (at % 3)] as number),
    ),
    right,
    weight,
  }));
  const found = fitListwise(lists, Float64Array.of(0, 0, 1.5), 1);
  expect(found[2]).toBeCloseTo(1.5, 6);
  expect(found[1]).toBeGreaterThan(0.5);
});

test('is the same each time, and at a minimum', () => {
  const lists = drawn([1, -1, 2], 60);
  const prior = Float64Array.of(0.1, 0, 0);
  const a = fitListwise(lists, prior, 0.5);
  expect(fitListwise(lists, prior, 0.5)).toEqual(a);
  const from = fitListwise(lists, prior, 0.5, 1_000);
  for (const [i, value] of a.entries()) expect(from[i]).toBeCloseTo(value, 2);
});
