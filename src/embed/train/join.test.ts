import { expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { openTable } from '../table.ts';
import { type TableData, writeTable } from '../table-file.ts';
import { joined } from './join.ts';
import { reduced } from './reduce.ts';

const vocabulary = Array.from({ length: 40 }, (_, i) => `word${String.fromCharCode(97 + (i % 26), 97 + (i >> 2))}`);

function tableOf(seed: number, dimension: number): TableData {
  const random = seededRandom(seed);
  return {
    dimension,
    vocabulary,
    fields: [1, 0.5, 0.5, 0.4],
    queryWeights: Float32Array.from(vocabulary, () => (1 + random.next()) / 127),
    documentWeights: Float32Array.from(vocabulary, () => (1 + random.next()) / 127),
    rows: Int8Array.from({ length: vocabulary.length * dimension }, () => Math.round(200 * (random.next() - 0.5))),
  };
}

const likeness = (table: TableData, query: string, body: string): number => {
  const open = openTable(writeTable(table));
  const [one, other] = [
    open.encodeQueryNow(query),
    open.encodeDocumentsNow([{ name: '', signature: '', doc: '', body }]),
  ];
  return one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);
};

test('likenesses are near the mean of those of the parts', () => {
  const parts = [tableOf(1, 16), tableOf(2, 16)];
  const whole = joined(parts);
  expect(whole.dimension).toBe(32);
  for (let i = 0; i < 12; i++) {
    const query = vocabulary.slice(i, i + 3).join(' ');
    const body = vocabulary.slice(i + 1, i + 9).join(' ');
    const mean = parts.reduce((sum, part) => sum + likeness(part, query, body), 0) / 2;
    expect(Math.abs(likeness(whole, query, body) - mean)).toBeLessThan(0.15);
  }
});

test('a table beside itself ranks as it does alone', () => {
  const table = tableOf(3, 16);
  for (let i = 0; i < 12; i++) {
    const [query, body] = [vocabulary.slice(i, i + 3).join(' '), vocabulary.slice(i + 1, i + 9).join(' ')];
    expect(likeness(joined([table, table]), query, body)).toBeCloseTo(likeness(table, query, body), 1);
  }
  expect(joined([table])).toBe(table);
});

test('tables of other words are refused', () => {
  const other = { ...tableOf(4, 16), vocabulary: vocabulary.map((word) => `${word}s`) };
  expect(() => joined([tableOf(3, 16), other])).toThrow('same words');
});

test('fewer numbers keep what is near near, and all of them what they had', () => {
  const table = joined([tableOf(5, 16), tableOf(6, 16)]);
  const words = Uint16Array.from({ length: 4000 }, (_, i) => (i * 7 + (i >> 3)) % vocabulary.length);
  // Sentences of three words and bodies of seven, nothing else.
  const ends = Uint32Array.from(
    { length: 2000 },
    (_, i) => 10 * Math.floor(i / 5) + (i % 5 < 2 ? 0 : i % 5 < 4 ? 3 : 10),
  );
  const of = Uint32Array.from({ length: 400 }, (_, i) => i);
  const examples = {
    count: 400,
    words,
    ends,
    of,
    kinds: new Uint8Array(400),
    languages: new Uint8Array(400),
    languageNames: [],
  };
  const lost = (dimension: number): number => {
    const small = reduced(table, dimension, examples);
    expect(small.dimension).toBe(dimension);
    let sum = 0;
    for (let i = 0; i < 12; i++) {
      const [query, body] = [vocabulary.slice(i, i + 3).join(' '), vocabulary.slice(i + 1, i + 9).join(' ')];
      sum += Math.abs(likeness(table, query, body) - likeness(small, query, body));
    }
    return sum / 12;
  };
  expect(lost(32)).toBeLessThan(0.02);
  expect(lost(24)).toBeLessThan(0.06);
  expect(lost(24)).toBeLessThan(lost(8));
});
