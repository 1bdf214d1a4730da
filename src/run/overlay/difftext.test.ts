import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { textOf, unifiedDiff } from './difftext.ts';

/** Applies a diff as a reader would: by its lines alone. */
function applied(before: string, diff: string): string {
  const old = before.match(/[^\n]*\n|[^\n]+$/g) ?? [];
  const out: string[] = [];
  let at = 0;
  for (const line of diff.split('\n').slice(0, -1)) {
    const head = /^@@ -(\d+),(\d+) /.exec(line);
    if (head !== null) {
      const start = head[2] === '0' ? Number(head[1]) : Number(head[1]) - 1;
      while (at < start) out.push(old[at++] as string);
    } else if (line.startsWith('\\')) {
      if (out.at(-1)?.endsWith('\n')) out.push((out.pop() as string).slice(0, -1));
    } else if (line.startsWith('+')) out.push(`${line.slice(1)}\n`);
    else if (line.startsWith('-')) at++;
    else out.push(old[at++] as string);
  }
  return [...out, ...old.slice(at)].join('');
}

const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', ''), { maxLength: 30 })
  .map((lines) => lines.map((line) => `${line}\n`).join(''));

test('a diff leads from one text to the other', () => {
  fc.assert(
    fc.property(texts, texts, (before, after) => {
      expect(applied(before, unifiedDiff(before, after, 1e6))).toBe(after);
    }),
  );
});

test('it is no longer than what `diff -u` gives', () => {
  const place = mkdtempSync(join(tmpdir(), 'winnow-diff-'));
  const before = Array.from({ length: 60 }, (_, at) => `line ${at}\n`).join('');
  const after = before.replace('line 5\n', '').replace('line 30\n', 'line 30\nnew\n').replace('line 59\n', 'last');
  writeFileSync(join(place, 'a'), before);
  writeFileSync(join(place, 'b'), after);
  let told = '';
  try {
    execFileSync('diff', ['-u', 'a', 'b'], { cwd: place, encoding: 'utf8' });
  } catch (error) {
    told = String((error as { stdout: string }).stdout);
  }
  rmSync(place, { recursive: true });
  expect(unifiedDiff(before, after, 1e6)).toBe(told.split('\n').slice(2).join('\n'));
});

test('a rewrite of many lines is bounded in time and length', () => {
  const before = Array.from({ length: 50_000 }, (_, at) => `${at}\n`).join('');
  const after = Array.from({ length: 50_000 }, (_, at) => `${at}x\n`).join('');
  const start = performance.now();
  expect(unifiedDiff(before, after, 10_000).length).toBeLessThan(10_100);
  expect(performance.now() - start).toBeLessThan(3000);
});

test('what has a NUL or is no UTF-8 is no text', () => {
  expect(textOf(new Uint8Array([65, 0]))).toBeNull();
  expect(textOf(new Uint8Array([0xff]))).toBeNull();
  expect(textOf(new TextEncoder().encode('é'))).toBe('é');
});
