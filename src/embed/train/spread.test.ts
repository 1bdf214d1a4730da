import { expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { spread } from './spread.ts';

const size = 24;
const count = 16;
/** The first sixteen of twenty axes of a space of 24. */
const axes = Float64Array.from({ length: 20 * size }, (_, i) => (Math.floor(i / size) === i % size ? 1 : 0));
const turned = spread(axes, count, size);
const product = (one: number, other: number): number =>
  axes
    .subarray(0, size)
    .reduce((sum, _, i) => sum + (turned[one * size + i] as number) * (turned[other * size + i] as number), 0);

test('directions are at right angles, of length 1, and of the space of those that stay', () => {
  for (let one = 0; one < count; one++) {
    for (let other = 0; other < count; other++) expect(product(one, other)).toBeCloseTo(one === other ? 1 : 0, 12);
    for (let i = count; i < size; i++) expect(turned[one * size + i]).toBe(0);
  }
});

test('what lay along one direction lies along all', () => {
  // A vector whose first number is by far the largest, as principal directions give them.
  const random = seededRandom(5);
  const vector = Float64Array.from({ length: size }, (_, i) => (i === 0 ? 1 : i < count ? 0.05 * random.next() : 0));
  const parts = Array.from({ length: count }, (_, row) =>
    vector.reduce((sum, value, i) => sum + value * (turned[row * size + i] as number), 0),
  );
  const lengths = parts.reduce((sum, part) => sum + part * part, 0);
  expect(lengths).toBeCloseTo(
    vector.reduce((sum, value) => sum + value * value, 0),
    12,
  );
  expect(Math.max(...parts.map(Math.abs))).toBeLessThan(0.8);
});

test('the same each time', () => expect(spread(axes, count, size)).toEqual(turned));
