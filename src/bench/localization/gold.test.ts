import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository } from '../../index/mod.ts';
import { goldOf } from './gold.ts';
import { unifiedHunks } from './linediff.ts';
import { parsePatch } from './patch.ts';

/** What a patch without context makes of a text. */
function applied(before: string, hunks: string): string {
  const old = before.split('\n');
  const out: string[] = [];
  let at = 0;
  for (const hunk of hunks.split(/^(?=@@ )/m).filter(Boolean)) {
    const [, from = '', length = ''] = /^@@ -(\d+),(\d+)/.exec(hunk) ?? [];
    const start = Number(length) === 0 ? Number(from) : Number(from) - 1;
    out.push(...old.slice(at, start));
    const lines = hunk.split('\n').slice(1, -1);
    out.push(...lines.filter((line) => line.startsWith('+')).map((line) => line.slice(1)));
    at = start + Number(length);
  }
  return [...out, ...old.slice(at)].join('\n');
}

test('a patch made is a patch that applies', () => {
  const text = fc
    .array(fc.constantFrom('a', 'b', 'c', '', '@@ x', '-d'), { maxLength: 14 })
    .map((lines) => lines.map((line) => `${line}\n`).join(''));
  fc.assert(
    fc.property(text, text, (before, after) => {
      const hunks = unifiedHunks(before, after);
      expect(applied(before, hunks)).toBe(after);
      expect(hunks === '').toBe(before === after);
    }),
    { numRuns: 500 },
  );
});

test('a rewrite of a large file is one hunk, in time', () => {
  const lines = (letter: string) => Array.from({ length: 6_000 }, (_, at) => `${letter}${at}\n`).join('');
  const hunks = unifiedHunks(lines('a'), lines('b'));
  expect(hunks.match(/^@@ /gm)).toHaveLength(1);
});

describe('patches', () => {
  test('removed lines, insertions, new and deleted files', () => {
    const patch = `diff --git a/a.py b/a.py
--- a/a.py
+++ b/a.py
@@ -1,4 +1,4 @@
 one
-two
+TWO
 three
 four
@@ -10,2 +10,4 @@ def f
 ten
+
+    more
 eleven
--- /dev/null
+++ b/new.py
@@ -0,0 +1,1 @@
+x
`;
    expect(parsePatch(patch)).toEqual([
      { path: 'a.py', removed: [2], inserted: [{ after: 10, indent: 4 }] },
      { path: null, removed: [], inserted: [{ after: 0, indent: 0 }] },
    ]);
  });

  test('a removed line that looks like a header is a line', () => {
    const patch = '--- a/a.sql\n+++ b/a.sql\n@@ -1,2 +1,1 @@\n--- a comment\n keep\n';
    expect(parsePatch(patch)).toEqual([{ path: 'a.sql', removed: [1], inserted: [] }]);
  });
});

describe('gold', () => {
  const source = `import os


@decorated
def first(a):
    def inner():
        return 1
    return inner()


class Thing:
    limit = 3

    def method(self):
        return 2

    def other(self):
        return 3
`;
  const check = (name: string, after: (text: string) => string, functions: string[]) =>
    test(name, async () => {
      const tree = makeTree({ 'src/a.py': source });
      const repository = openRepository(tree.root, { home: tree.home });
      await repository.refresh();
      const snapshot = repository.snapshot();
      const patch = `--- a/src/a.py\n+++ b/src/a.py\n${unifiedHunks(source, after(source))}`;
      expect(goldOf(snapshot, patch)).toEqual({ files: ['src/a.py'], functions });
      snapshot.close();
      repository.close();
    });
  check('a changed line', (text) => text.replace('return 2', 'return 22'), ['src/a.py:Thing.method']);
  check('a decorator belongs to its function', (text) => text.replace('@decorated', '@other'), ['src/a.py:first']);
  check('a function within another is the outer one', (text) => text.replace('return 1', 'return 11'), [
    'src/a.py:first',
  ]);
  check(
    'lines added at the end of a function',
    (text) => text.replace('        return 2\n', '        return 2\n        more()\n'),
    ['src/a.py:Thing.method'],
  );
  check(
    'a new method is no change of the one before',
    (text) => text.replace('        return 2\n', '        return 2\n\n    def fresh(self):\n        return 4\n'),
    [],
  );
  check('a change of a class outside of its methods', (text) => text.replace('limit = 3', 'limit = 4'), []);
  check('two functions', (text) => text.replace('return 2', 'x').replace('return 3', 'y'), [
    'src/a.py:Thing.method',
    'src/a.py:Thing.other',
  ]);
});
