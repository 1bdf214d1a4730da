import { truncateSync } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import type { SegmentRow } from '../store/segment-files.ts';
import { segmentFile, writeSegmentFile } from '../store/segment-files.ts';
import { createSegmentBuilder } from '../text/mod.ts';
import { mergeInThread, mergePlan } from './merge.ts';
import { mergeContent } from './merge-content.ts';

const megabyte = 1024 * 1024;
const rows = (megabytes: readonly number[]): SegmentRow[] =>
  megabytes.map((size, id) => ({ id, docs: 1, bytes: size * megabyte, checksum: 0, inline: size < 1 }));
const limits = { inline: 8, files: 4 };
const planned = (megabytes: readonly number[]) =>
  mergePlan(rows(megabytes), limits).map((group) => group.map((row) => row.id));

test('a few segments are left alone', () => {
  expect(planned([])).toEqual([]);
  expect(planned([30, 20, 20, 9, 0.1, 0.1])).toEqual([]);
});

test('small ones are merged when there are many, and only they', () => {
  expect(planned([30, ...Array(9).fill(0.01)])).toEqual([[1, 2, 3, 4, 5, 6, 7, 8, 9]]);
});

test('segments of one size are merged into one', () => {
  expect(planned([5, 5, 5, 5, 5, 60])).toEqual([[0, 1, 2, 3, 4]]);
});

test('no merge makes a segment too large to hold', () => {
  for (const group of mergePlan(rows(Array(20).fill(30)), limits)) {
    expect(group.reduce((sum, row) => sum + row.bytes, 0)).toBeLessThanOrEqual(32 * megabyte);
  }
});

test('merging until there is nothing to merge ends, with few segments and nothing lost', () => {
  fc.assert(
    fc.property(fc.array(fc.double({ min: 0.001, max: 20, noNaN: true }), { maxLength: 60 }), (sizes) => {
      let segments = rows(sizes);
      let next = segments.length;
      for (let round = 0; ; round++) {
        const plan = mergePlan(segments, limits);
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
      expect(segments.length).toBeLessThanOrEqual(4 * 8 + 4 * 4 + Math.ceil(total / (32 * megabyte)));
    }),
  );
});

/** A segment of versions, each with one chunk. */
function segmentOf(versions: readonly number[]): Uint8Array {
  const builder = createSegmentBuilder();
  const traits = { test: false, vendored: false, generated: false, example: false, documentation: false };
  for (const version of versions) {
    const source = new TextEncoder().encode(`word${version} shared`);
    const parts = [{ start: 0, end: source.length }];
    const chunks = [{ kind: 'text' as const, symbol: -1, parts, piece: 0 }];
    const facts = {
      language: 'text',
      lines: 1,
      traits,
      symbols: [],
      references: [],
      imports: [],
      chunks,
      problems: [],
    };
    builder.add({ version, path: `f${version}`, source, facts });
  }
  return builder.finish();
}

test('a thread merges as the caller would, and tells damage as such', async () => {
  const dataDir = makeTree().root;
  writeSegmentFile(dataDir, 1, segmentOf([1, 2, 3]));
  const sources = [
    { id: 1, content: null },
    { id: 2, content: segmentOf([4, 5]) },
  ];
  const held = [1, 3, 5, 9];
  const here = mergeContent(dataDir, sources, new Set(held));
  const there = await mergeInThread({ dataDir, sources, held: Float64Array.from(held) });
  expect(here.dropped).toEqual([2, 4]);
  expect(here.content?.docs).toBe(3);
  expect(there).toEqual(here);
  const none = await mergeInThread({ dataDir, sources, held: new Float64Array(0) });
  expect(none).toEqual({ content: null, dropped: [1, 2, 3, 4, 5] });
  truncateSync(segmentFile(dataDir, 1), 100);
  await expect(mergeInThread({ dataDir, sources, held: Float64Array.from(held) })).rejects.toMatchObject({
    code: 'index-corrupt',
  });
});
