import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { SegmentRow } from '../store/segment-files.ts';
import { mergePlan } from './merge.ts';

const megabyte = 1024 * 1024;
const rows = (megabytes: readonly number[]): SegmentRow[] =>
  megabytes.map((size, id) => ({ id, docs: 1, bytes: size * megabyte, checksum: 0, inline: size < 1 }));
const planned = (megabytes: readonly number[]) => mergePlan(rows(megabytes)).map((group) => group.map((row) => row.id));

test('a few segments are left alone', () => {
  expect(planned([])).toEqual([]);
  expect(planned([30, 20, 20, 9, 0.1, 0.1])).toEqual([]);
});

test('small ones are merged when there are many, and only they', () => {
  expect(planned([30, ...Array(9).fill(0.01)])).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
});

test('segments of one size are merged into one', () => {
  expect(planned([10, 10, 10, 10, 10, 60])).toEqual([[0, 1, 2, 3, 4]]);
});

test('no merge makes a segment too large to hold', () => {
  for (const group of mergePlan(rows(Array(20).fill(30)))) {
    expect(group.reduce((sum, row) => sum + row.bytes, 0)).toBeLessThanOrEqual(128 * megabyte);
  }
});

test('merging until there is nothing to merge ends, with few segments and nothing lost', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), { maxLength: 60 }), (sizes) => {
      let segments = rows(sizes);
      let next = segments.length;
      for (let round = 0; ; round++) {
        const plan = mergePlan(segments);
        if (plan.length === 0) break;
        expect(round).toBeLessThan(10);
        for (const group of plan) {
          expect(group.length).toBeGreaterThan(1);
          const bytes = group.reduce((sum, row) => sum + row.bytes, 0);
          segments = segments.filter((row) => !group.includes(row));
          segments.push({ id: next++, docs: 1, bytes, checksum: 0, inline: bytes < megabyte });
        }
      }
      const total = segments.reduce((sum, row) => sum + row.bytes, 0);
      expect(total).toBeCloseTo(
        sizes.reduce((sum, size) => sum + size * megabyte, 0),
        -2,
      );
      expect(segments.length).toBeLessThanOrEqual(8 + 3 * 4 + Math.ceil(total / (64 * megabyte)));
    }),
  );
});
