import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { changesOf } from './train-history.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-history-'));
afterAll(() => rmSync(dir, { recursive: true }));

let time = 1_700_000_000;
function git(...words: string[]): string {
  const own = ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false'];
  const at = `${time++} +0000`;
  const env = { ...process.env, GIT_AUTHOR_DATE: at, GIT_COMMITTER_DATE: at };
  return spawnSync('git', [...own, ...words], { cwd: dir, encoding: 'utf8', env }).stdout.trim();
}
function commit(message: string, files: Readonly<Record<string, string>>): string {
  for (const [path, text] of Object.entries(files)) writeFileSync(join(dir, path), text);
  git('add', '.');
  git('commit', '-q', '-m', message);
  return git('rev-parse', 'HEAD');
}

const old = 'def parse(a):\n    return first_of(a)\n';
const fresh = 'def parse(a):\n    a = without_port(a)\n    return first_of(a)\n';
const many = Object.fromEntries(Array.from({ length: 6 }, (_, i) => [`m${i}.py`, `value_of_all = ${i}\n`]));

let head = '';
beforeAll(() => {
  git('init', '-q');
  commit('Begin', { 'a.py': old, ...many });
  commit('Keep the port\n\nProxies need it.', { 'a.py': fresh, 'notes.md': 'A line that is long enough.\n' });
  commit('Touch all of them', Object.fromEntries(Object.keys(many).map((path) => [path, 'another_value = 1234\n'])));
  git('checkout', '-q', '-b', 'side', 'HEAD~1');
  commit('On the side', { 'm0.py': 'value_of_all = 0\nvalue_of_side = 7\n' });
  git('checkout', '-q', '-');
  git('merge', '-q', '-s', 'ours', '-m', 'Merge the side', 'side');
  head = commit('A new file', { 'b.py': 'def whole_new_function(a):\n    return a\n' });
});

test('messages with the lines that were added; no merges, wide commits, first commits or new files', () => {
  expect(changesOf(join(dir, '.git'), head)).toEqual([
    { message: 'On the side\n', files: [{ path: 'm0.py', added: ['value_of_side = 7'] }] },
    { message: 'Keep the port\n\nProxies need it.\n', files: [{ path: 'a.py', added: ['a = without_port(a)'] }] },
  ]);
});

test('no more commits than are wanted, and none of a commit that is not there', () => {
  expect(changesOf(join(dir, '.git'), head, { walked: 100, kept: 1 })).toHaveLength(1);
  expect(changesOf(join(dir, '.git'), head, { walked: 2, kept: 100 })).toEqual([]);
  expect(changesOf(join(dir, '.git'), 'a'.repeat(40))).toEqual([]);
});
