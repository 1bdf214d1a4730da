/** Diffs as git, diff and mailers write them, and which lines of a file they change. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { changedLines, parseDiff } from './diff.ts';

const file = ['one', 'two', 'three', 'four', 'five', 'six'];
const patched = ['one', 'TWO', 'three', 'four', 'five', 'six', 'seven'];
const diff = `diff --git a/x.py b/x.py
index 1..2 100644
--- a/x.py
+++ b/x.py
@@ -1,3 +1,3 @@ def head():
 one
-two
+TWO
 three
@@ -6 +6,2 @@
 six
+seven
\\ No newline at end of file
`;

test('paths lose their prefixes, hunks their heads', () => {
  const [only, ...more] = parseDiff(diff);
  expect(more).toEqual([]);
  expect(only).toMatchObject({ oldPath: 'x.py', newPath: 'x.py' });
  expect(only?.hunks.map(({ lines }) => lines.length)).toEqual([4, 2]);
});

test('the file says which side is meant', () => {
  const [only] = parseDiff(diff);
  if (only === undefined) throw new Error('no diff');
  expect(changedLines(only, patched)).toEqual({
    side: 'new',
    ranges: [
      { first: 2, last: 2 },
      { first: 7, last: 7 },
    ],
  });
  expect(changedLines(only, file)).toEqual({
    side: 'old',
    // What is only added lies between two lines of the old side, here the last and what would follow it.
    ranges: [
      { first: 2, last: 2 },
      { first: 6, last: 6 },
    ],
  });
  expect(changedLines(only, ['other'])).toMatchObject({ side: 'neither' });
});

test('deletions alone are the two lines around the gap, once they are made', () => {
  const [only] = parseDiff('--- x.py\n+++ x.py\n@@ -2,3 +2,2 @@\n two\n-three\n four\n');
  if (only === undefined) throw new Error('no diff');
  expect(only.newPath).toBe('x.py');
  expect(changedLines(only, ['one', 'two', 'four'])).toEqual({ side: 'new', ranges: [{ first: 2, last: 3 }] });
});

test('new, deleted, moved and oddly named files', () => {
  const files = parseDiff(
    [
      '--- /dev/null',
      '+++ b/new.py',
      '@@ -0,0 +1 @@',
      '+x',
      '--- a/gone.py\t2024-01-01',
      '+++ /dev/null',
      '@@ -1 +0,0 @@',
      '-x',
      'rename from a b.py',
      'rename to c.py',
      '--- "a/\\303\\244.py"',
      '+++ "b/\\303\\244.py"',
      '@@ -1 +1 @@',
      '-x',
      '+y',
    ].join('\r\n'),
  );
  expect(files.map(({ oldPath, newPath, hunks }) => [oldPath, newPath, hunks.length])).toEqual([
    [null, 'new.py', 1],
    ['gone.py', null, 1],
    ['a b.py', 'c.py', 0],
    ['ä.py', 'ä.py', 1],
  ]);
});

test('a line that looks like a head inside a hunk is content', () => {
  const [only, ...more] = parseDiff('--- a/x\n+++ b/x\n@@ -1,2 +1,2 @@\n--- a/y\n+++ b/y\n ctx\n');
  expect(more).toEqual([]);
  expect(only?.hunks[0]?.lines).toEqual(['--- a/y', '+++ b/y', ' ctx']);
});

test('what holds no diff is bad data', () => {
  expect(() => parseDiff('hello')).toThrow(/Expected a unified diff/);
});

test('any text is a diff or bad data, and its lines are lines of the file', () => {
  const line = fc.constantFrom(
    '--- a/x',
    '+++ b/x',
    '@@ -1,2 +1,3 @@',
    '@@ -9 +0,0 @@',
    ' a',
    '-b',
    '+c',
    '',
    '\\ No',
    'rename to y',
    'x',
  );
  fc.assert(
    fc.property(fc.array(line), (lines) => {
      try {
        for (const one of parseDiff(lines.join('\n'))) {
          for (const { first, last } of changedLines(one, file).ranges) {
            expect(first).toBeGreaterThanOrEqual(1);
            expect(last).toBeLessThanOrEqual(file.length);
            expect(first).toBeLessThanOrEqual(last);
          }
        }
      } catch (error) {
        expect(error).toMatchObject({ code: 'bad-data' });
      }
    }),
  );
});
