import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { openRevisions } from './revision.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-revision-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));

const hasGit = spawnSync('git', ['--version']).status === 0;
const who = { GIT_AUTHOR_NAME: 'a', GIT_AUTHOR_EMAIL: 'a@b', GIT_COMMITTER_NAME: 'a', GIT_COMMITTER_EMAIL: 'a@b' };
function git(...words: string[]): string {
  const ran = spawnSync('git', words, {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: dir, ...who },
  });
  if (ran.status !== 0) throw new Error(ran.stderr);
  return ran.stdout.trim();
}

test.skipIf(!hasGit)('commits by their names, and files as they stood (needs git to make them)', () => {
  git('init', '-q', '-b', 'main');
  mkdirSync(join(dir, 'a/b'), { recursive: true });
  writeFileSync(join(dir, 'a/b/one.txt'), 'first');
  writeFileSync(join(dir, 'top.txt'), 'top');
  git('add', '.');
  git('commit', '-qm', 'one');
  git('tag', '-a', 'v1', '-m', 'tagged');
  writeFileSync(join(dir, 'a/b/one.txt'), 'second');
  git('commit', '-qam', 'two');
  const [first, second] = [git('rev-parse', 'HEAD~1'), git('rev-parse', 'HEAD')];
  for (const packed of [false, true]) {
    if (packed) git('gc', '-q');
    const revisions = openRevisions(join(dir, 'a'));
    const names = ['HEAD', 'main', '@', second, second.slice(0, 7)];
    expect(names.map((name) => revisions?.resolve(name))).toEqual(names.map(() => second));
    const before = ['v1', 'HEAD~1', 'HEAD^', 'main~', 'refs/tags/v1', first.slice(0, 10)];
    expect(before.map((name) => revisions?.resolve(name))).toEqual(before.map(() => first));
    expect(['v2', 'HEAD~2', '', '../HEAD', 'abc'].map((name) => revisions?.resolve(name))).toEqual(Array(5).fill(null));
    const files = revisions?.files(first) ?? new Map();
    expect([...files.keys()]).toEqual(['a/b/one.txt', 'top.txt']);
    expect(new TextDecoder().decode(revisions?.read(files.get('a/b/one.txt') as string) ?? undefined)).toBe('first');
    expect([...(revisions?.files(second, 'a/b').keys() ?? [])]).toEqual(['a/b/one.txt']);
    expect(revisions?.files('0'.repeat(40)).size).toBe(0);
    revisions?.close();
  }
});

test('a directory of no repository has no revisions', () => {
  const outside = mkdtempSync(join(tmpdir(), 'winnow-revision-none-'));
  expect(openRevisions(outside)).toBeNull();
  rmSync(outside, { recursive: true });
});
