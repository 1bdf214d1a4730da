/** Differences of files by pieces: the same as of whole texts where those are small, and bounded where they are not. */
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, expect, test } from 'vitest';
import { unifiedDiff } from './difftext.ts';
import { fileDifference, hashOf, type Source, withFile } from './filediff.ts';

const base = mkdtempSync(join(tmpdir(), 'winnow-filediff-'));
afterAll(() => rmSync(base, { recursive: true }));

/** A source of bytes that counts how many are asked for at once. */
function source(bytes: Uint8Array | string) {
  const all = Buffer.from(bytes);
  let most = 0;
  const read = (at: number, length: number): Uint8Array => {
    most = Math.max(most, length);
    return new Uint8Array(all.subarray(at, at + length));
  };
  return { size: all.length, read, most: () => most };
}

const lines = fc.array(fc.constantFrom('a', 'b', 'c', '', 'é'), { maxLength: 40 }).map((all) => all.join('\n'));

test('of small texts it is the diff of the texts', () => {
  fc.assert(
    fc.property(lines, lines, (a, b) => {
      const { diff, firstByte } = fileDifference(source(a), source(b), 1e6);
      const whole = unifiedDiff(a, b, 1e6);
      // Where a line was doubled, either of the two may be told.
      expect(diff?.split('\n').length).toBe(whole.split('\n').length);
      const first = [...Buffer.from(a)].findIndex((byte, at) => byte !== Buffer.from(b)[at]);
      expect(firstByte).toBe(a === b ? null : first < 0 ? Buffer.byteLength(a) : first);
    }),
  );
});

test('of a large text the place that differs is found, with its lines, in pieces', () => {
  const before = Array.from({ length: 600_000 }, (_, at) => `line ${at}\n`);
  const after = [...before];
  after.splice(400_000, 1, 'other\n', 'more\n');
  const [old, fresh] = [source(before.join('')), source(after.join(''))];
  expect(fileDifference(old, fresh, 32_768).diff).toBe(
    '@@ -399998,7 +399998,8 @@\n line 399997\n line 399998\n line 399999\n-line 400000\n+other\n+more\n line 400001\n line 400002\n line 400003\n',
  );
  expect(Math.max(old.most(), fresh.most())).toBeLessThanOrEqual(1 << 20);
});

test('what is past the windows, and past the limit, is counted', () => {
  const [a, b] = [source(`${'a'.repeat(99)}\n`.repeat(30_000)), source(`${'b'.repeat(99)}\n`.repeat(30_000))];
  const diff = fileDifference(a, b, 10_000).diff ?? '';
  expect(diff.length).toBeLessThan(10_300);
  expect(diff).toMatch(
    /… \d+ more lines of the diff\n… 24\d{5} bytes more of the one and 24\d{5} of the other are not compared\n$/,
  );
});

test('a line without an end is shown in part', () => {
  const long = 'x'.repeat(3_000_000);
  const { diff, firstByte } = fileDifference(source(`${long}1${long}`), source(`${long}2${long}`), 32_768);
  expect(firstByte).toBe(3_000_000);
  expect(diff).toMatch(/^@@ -1,1 \+1,1 @@\n-x{8192}1x+/);
  expect(diff?.length).toBeLessThan(33_500);
});

test('binaries are told by the first byte that differs', () => {
  const [a, b] = [Buffer.alloc(3_000_000), Buffer.alloc(3_000_000)];
  b[2_500_000] = 1;
  expect(fileDifference(source(a), source(b), 1000)).toEqual({ diff: null, firstByte: 2_500_000 });
  expect(fileDifference(source(a), source(a.subarray(0, 7)), 1000)).toEqual({ diff: null, firstByte: 7 });
  expect(fileDifference(source('text\n'), source(Buffer.of(0x74, 0xff)), 1000)).toEqual({ diff: null, firstByte: 1 });
  // A NUL behind what differs makes it none of text, too.
  expect(fileDifference(source('a\nb\nc\nd\ne\nf\n\0'), source('x\nb\nc\nd\ne\nf\n\0'), 1000).diff).toBeNull();
});

test('files are read; links, directories and what is not there are not', () => {
  const path = (name: string) => join(base, name);
  writeFileSync(path('a'), 'abc');
  symlinkSync('a', path('link'));
  withFile(Buffer.from(path('a')), (found) => {
    expect(found?.size).toBe(3);
    expect(Buffer.from(found?.read(1, 9) ?? []).toString()).toBe('bc');
    expect(hashOf(found as Source)).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  });
  for (const name of ['link', '.', 'none']) withFile(Buffer.from(path(name)), (found) => expect(found).toBeNull());
});
