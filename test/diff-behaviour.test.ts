import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const hasPython = spawnSync('python3', ['--version']).status === 0;
const hasGit = spawnSync('git', ['--version']).status === 0;
const name = hasPython ? 'winnow diff-behaviour' : 'winnow diff-behaviour (skipped: python3 is not installed)';

const git = (...words: string[]): void => {
  const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
  const ran = spawnSync('git', words, {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: home, ...who },
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
};
const old = 'class Cart:\n    def total(self, items: list):\n        return sum(items)\n\ndef same(n):\n    return n\n';
const late =
  'class Cart:\n    def total(self, items: list):\n        return sum(items[1:])\n\ndef same(n):\n    return n\n';

beforeAll(() => {
  writeFiles(dir, { 'app/__init__.py': '', 'app/cart.py': old, 'late.py': late, 'broken.py': 'def f(:\n' });
  if (!hasGit) return;
  git('init', '-q');
  git('add', 'app');
  git('commit', '-qm', 'one');
  writeFiles(dir, { 'app/cart.py': late });
  git('commit', '-qam', 'two');
});
afterAll(remove);

const run = (...words: string[]) => winnow(['diff-behaviour', ...words], { home, cwd: dir });

(hasPython ? describe : describe.skip)(name, () => {
  test.skipIf(!hasGit)('a method at a commit and now, or at two commits; the exit code tells', () => {
    const now = run('app/cart.py:Cart.total', '--from', 'HEAD~1', '--json');
    const answer = JSON.parse(now.stdout);
    expect([now.status, answer.schema, answer.behaviour]).toEqual([1, 'winnow.diff-behaviour/1', 'changed']);
    expect(answer.functions[0].difference.a.ends).toMatch(/^returns /);
    const two = run('HEAD^:app/cart.py:Cart.total', 'HEAD:app/cart.py:Cart.total');
    expect([two.status, two.stdout]).toEqual([1, expect.stringContaining('Cart.total: changed: result')]);
    expect(run('HEAD:app/cart.py', 'late.py', '--inputs', '8').status).toBe(0);
  });

  test('files without a function: all functions of both that differ', () => {
    const answer = JSON.parse(run('app/cart.py', 'late.py', '--json').stdout);
    expect(answer.functions.map((one: { function: string }) => one.function)).toEqual(hasGit ? [] : ['Cart.total']);
  });

  test('bad use says what was expected', () => {
    expect(run('late.py:nothing', 'late.py:nothing')).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('has no function nothing'),
    });
    expect(run('late.py')).toMatchObject({ status: 2, stderr: expect.stringContaining('--from COMMIT') });
    expect(run('gone.py:f', 'late.py:same')).toMatchObject({ status: 2, stderr: expect.stringContaining('gone.py') });
    expect(run('late.py:same', '--from', 'nothing')).toMatchObject({ status: 2 });
  });

  test('a file that cannot be parsed is undecided', () => {
    writeFiles(dir, { 'broken.py': 'def f(n):\n    return (\n', 'whole.py': 'def f(n):\n    return 1\n' });
    expect(run('broken.py:f', 'whole.py:f').status).toBe(3);
  });
});
