import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import type { TableData } from '../table-file.ts';
import { meanTable } from './mean.ts';

const vocabulary = ['alpha', 'beta', 'gamma', 'delta'];

function tableOf(seed: number, dimension = 16): TableData {
  const random = seededRandom(seed);
  return {
    dimension,
    vocabulary,
    fields: [1, 0.5 + random.next(), 0.5, 0.4],
    queryWeights: Float32Array.from(vocabulary, () => (1 + random.next()) / 127),
    documentWeights: Float32Array.from(vocabulary, () => (1 + random.next()) / 127),
    rows: Int8Array.from({ length: vocabulary.length * dimension }, () => Math.round(200 * (random.next() - 0.5))),
  };
}

/** What a word brings to a document: its weight times its row. */
const brought = ({ dimension, rows, documentWeights }: TableData, word: number): number[] =>
  [...rows.subarray(word * dimension, (word + 1) * dimension)].map((v) => v * (documentWeights[word] as number));
const norm = (vector: readonly number[]): number => Math.hypot(...vector);
const cosine = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] as number), 0) / norm(a) / norm(b);

const [one, other] = [tableOf(1), tableOf(2)];

describe.each([
  ['the one at 0', 0, one],
  ['the other at 1', 1, other],
])('the mean is %s', (_, share, expected) => {
  const mean = meanTable(one, other, share);

  test.each(vocabulary.map((_, word) => word))('word %i, within the rounding of 8 bits', (word) => {
    const [got, wanted] = [brought(mean, word), brought(expected, word)];
    expect(cosine(got, wanted)).toBeGreaterThan(0.9999);
    expect(norm(got) / norm(wanted)).toBeCloseTo(1, 2);
    const weights = (table: TableData): number =>
      (table.queryWeights[word] as number) / (table.documentWeights[word] as number);
    expect(weights(mean)).toBeCloseTo(weights(expected), 5);
  });

  test('fields', () => {
    for (const [i, field] of expected.fields.entries()) expect(mean.fields[i]).toBeCloseTo(field, 10);
  });
});

test('between them directions lie between, and weights are geometric means', () => {
  const mean = meanTable(one, other, 0.5);
  for (const word of vocabulary.keys()) {
    const [a, b, between] = [brought(one, word), brought(other, word), brought(mean, word)];
    const half = Math.sqrt((1 + cosine(a, b)) / 2);
    expect(cosine(between, a)).toBeCloseTo(half, 2);
    expect(cosine(between, b)).toBeCloseTo(half, 2);
    expect(norm(between) / Math.sqrt(norm(a) * norm(b))).toBeCloseTo(1, 2);
  }
  expect(mean.fields[1]).toBeCloseTo(Math.sqrt(one.fields[1] * other.fields[1]), 10);
});

test('a larger share lies nearer the other', () => {
  const near = [0.1, 0.5, 0.9].map((share) => cosine(brought(meanTable(one, other, share), 0), brought(other, 0)));
  expect(near).toEqual([...near].sort((a, b) => a - b));
  expect(near[0]).toBeLessThan(near[2] as number);
});

test('a word that has no vector in one has that of the other, and in neither none', () => {
  const without = (table: TableData): TableData => ({ ...table, rows: table.rows.slice().fill(0, 0, 16) });
  expect(cosine(brought(meanTable(without(one), other, 0.5), 0), brought(other, 0))).toBeGreaterThan(0.999);
  const neither = meanTable(without(one), without(other), 0.5);
  expect([...neither.rows.subarray(0, 16)]).toEqual(new Array(16).fill(0));
  expect(neither.queryWeights.every(Number.isFinite)).toBe(true);
});

test('other words, another dimension and a share out of range are refused', () => {
  expect(() => meanTable(one, { ...other, vocabulary: [...vocabulary].reverse() }, 0.5)).toThrow('same words');
  expect(() => meanTable(one, tableOf(2, 8), 0.5)).toThrow('dimension');
  for (const share of [-0.1, 1.1, Number.NaN]) expect(() => meanTable(one, other, share)).toThrow('from 0 to 1');
});
