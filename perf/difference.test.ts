import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';

let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-difference-'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const run = (name: string, rows: object[]): string => {
  mkdirSync(join(dir, name));
  writeFileSync(join(dir, name, 'rows.jsonl'), rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return join(dir, name);
};
const difference = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'difference.ts'), ...args], { encoding: 'utf8' });

test('means are paired by query; held queries are counted, not listed', () => {
  const row = (id: string, mrr: number, split = 'dev') => ({ id, split, query: `text of ${id}`, scores: { mrr } });
  const a = run('a', [row('q1', 0.5), row('q2', 0.5), row('q3', 0, 'held'), row('gone', 1)]);
  const b = run('b', [row('q2', 1), row('q1', 0.25), row('q3', 1, 'held')]);
  const done = difference(a, b);
  expect(done.stderr).toBe('');
  expect(done.stdout).toContain('3 queries in both, 1 in one only');
  expect(done.stdout).toMatch(/mrr +\| 0\.3333 \| 0\.7500 \| \+0\.4167/);
  expect(done.stdout).toContain('+0.5000  q2  text of q2');
  expect(done.stdout).not.toContain('q3');
  expect(difference(a).status).toBe(2);
  expect(difference(a, run('c', [])).stderr).toMatch(/no query of winnow in common/);
});
