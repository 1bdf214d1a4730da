import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { openTable } from './table.ts';
import { readTable, type TableData, writeTable } from './table-file.ts';
import type { DocumentText } from './types.ts';

/** Directions: page and leaf alike, count apart. */
const table: TableData = {
  dimension: 8,
  vocabulary: ['page', 'leaf', 'count', 'mute', 'python'],
  fields: [2, 1, 1, 1],
  queryWeights: Float32Array.of(1, 1, 1, 0, 1),
  documentWeights: Float32Array.of(1, 1, 1, 0, 1),
  rows: Int8Array.from(
    [
      [100, 10, 0],
      [90, 30, 0],
      [0, 0, 100],
      [50, 50, 50],
      [0, 100, 0],
    ].flatMap((row) => [...row, 0, 0, 0, 0, 0]),
  ),
};

const nothing = new Array(8).fill(0);

const document = (parts: Partial<DocumentText>): DocumentText => ({
  name: '',
  signature: '',
  doc: '',
  body: '',
  ...parts,
});
const dot = (one: Float32Array, other: Float32Array): number =>
  one.reduce((sum, value, i) => sum + value * (other[i] as number), 0);

describe('a table', () => {
  const encoder = openTable(writeTable(table));

  test('keeps what was written', () => {
    const { checksum, ...read } = readTable(writeTable(table), 'it');
    expect(read).toEqual(table);
    expect(encoder.id).toBe(`table:${checksum.slice(0, 16)}`);
  });

  test('likens what means the same', () => {
    const query = encoder.encodeQueryNow('pages');
    const near = encoder.encodeDocumentsNow([document({ body: 'leaf' })]);
    const far = encoder.encodeDocumentsNow([document({ body: 'count' })]);
    expect(dot(query, near)).toBeGreaterThan(0.9);
    expect(dot(query, far)).toBe(0);
  });

  test('a name counts as its field does', () => {
    const vector = encoder.encodeDocumentsNow([document({ name: 'count', body: 'page' })]);
    expect((vector[2] as number) / (vector[0] as number)).toBeCloseTo(2, 5);
  });

  test('how often a word occurs counts by its logarithm', () => {
    const vector = encoder.encodeDocumentsNow([document({ body: 'count count count page' })]);
    expect((vector[2] as number) / (vector[0] as number)).toBeCloseTo(1 + Math.log(3), 5);
  });

  test('names of languages say nothing beside other words', () => {
    expect(encoder.encodeQueryNow('page in python')).toEqual(encoder.encodeQueryNow('page'));
    expect(encoder.encodeQueryNow('python')[1]).toBe(1);
  });

  test.each(['', 'unheard of', 'mute'])('%j has no vector', (text) => {
    expect([...encoder.encodeQueryNow(text)]).toEqual(nothing);
    expect([...encoder.encodeDocumentsNow([document({ body: text })])]).toEqual(nothing);
    expect([...encoder.nearestWords(text, [document({ body: 'page' })])]).toEqual([0]);
  });

  test('each document is encoded as if it were alone', async () => {
    const text = fc.array(fc.constantFrom('page', 'leaf', 'count', 'mute', 'other'), { maxLength: 9 });
    const documents = fc.array(
      fc
        .record({ name: text, body: text })
        .map(({ name, body }) => document({ name: name.join(' '), body: body.join('.') })),
    );
    await fc.assert(
      fc.asyncProperty(documents, async (all) => {
        const vectors = await encoder.encodeDocuments(all);
        const near = encoder.nearestWords('page counts', all);
        for (const [i, one] of all.entries()) {
          const vector = vectors.subarray(8 * i, 8 * i + 8);
          expect(vector).toEqual(encoder.encodeDocumentsNow([one]));
          const length = Math.hypot(...vector);
          expect(length === 0 || Math.abs(length - 1) < 1e-6).toBe(true);
          expect(near[i]).toBe(encoder.nearestWords('page counts', [one])[0]);
        }
      }),
    );
  });

  test('the nearest word of each asked one counts by its weight', () => {
    const [whole, half, none] = encoder.nearestWords('page count', [
      document({ body: 'count of pages' }),
      document({ name: 'count' }),
      document({}),
    ]);
    expect(whole).toBeCloseTo(1, 6);
    expect(half).toBeCloseTo(0.5, 2);
    expect(none).toBe(0);
  });
});

describe('a model file that is none is refused with the reason', () => {
  const good = writeTable(table);
  const changed = (change: (bytes: Buffer) => void): Uint8Array => {
    const bytes = Buffer.from(good);
    change(bytes);
    return bytes;
  };
  const refused = (bytes: Uint8Array): string => {
    try {
      openTable(bytes);
    } catch (error) {
      expect(error).toMatchObject({ code: 'bad-model' });
      return (error as Error).message;
    }
    return 'was opened';
  };

  test.each<[string, Uint8Array, string]>([
    ['empty', new Uint8Array(), 'is not a word table'],
    [
      'another kind',
      Buffer.from('PK\u0003\u0004 something else that is long enough to have a header of its own, or more'),
      'is not a word table',
    ],
    ['another version', changed((bytes) => bytes.writeUInt32LE(7, 8)), 'version 7'],
    ['cut off', good.subarray(0, good.length - 1), 'is cut off'],
    ['added to', Buffer.concat([good, Buffer.of(1)]), 'added to'],
    ['a damaged row', changed((bytes) => bytes.writeInt8(3, bytes.length - 1)), 'damaged'],
    ['no dimension', changed((bytes) => bytes.writeUInt32LE(0, 12)), 'cannot be'],
    [
      'a weight that is no number',
      writeTable({ ...table, queryWeights: Float32Array.of(1, 1, 1, 1, Number.NaN) }),
      'NaN',
    ],
    ['an endless field', writeTable({ ...table, fields: [1, 1, 1, Number.POSITIVE_INFINITY] }), 'Infinity'],
  ])('%s', (_, bytes, reason) => expect(refused(bytes)).toContain(reason));

  test('cut anywhere', () => {
    for (let end = 0; end < good.length; end++) expect(refused(good.subarray(0, end))).not.toBe('was opened');
  });

  test('a path', () => {
    const folder = mkdtempSync(join(tmpdir(), 'winnow-table-'));
    try {
      writeFileSync(join(folder, 'good'), good);
      expect(openTable(join(folder, 'good')).dimension).toBe(8);
      expect(() => openTable(join(folder, 'none'))).toThrow(expect.objectContaining({ code: 'path-not-found' }));
      expect(() => openTable(folder)).toThrow(expect.objectContaining({ code: 'bad-model' }));
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

test.each([
  ['a directory', '.', 'it is a directory'],
  ['a device without end', '/dev/zero', 'it is no file'],
])('%s is no table, and is not read', (_, path, words) => {
  expect(() => openTable(path)).toThrow(words);
});
