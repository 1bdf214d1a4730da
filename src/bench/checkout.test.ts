import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkedOutCommit } from './checkout.ts';

const commit = '4f8cdc2a1ea53e42955af758aabffee67cb455dd';
const other = 'df87db7b0462fb764ef73fa00561adf8ad047572';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-checkout-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (files: Record<string, string>) => {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(dir, name)), { recursive: true });
    writeFileSync(join(dir, name), content);
  }
};
const check = (files: Record<string, string>, root = '.') => {
  write(files);
  return checkedOutCommit(join(dir, root));
};

test('a detached head', () => expect(check({ '.git/HEAD': `${commit}\n` })).toBe(commit));
test('a branch with a loose ref', () =>
  expect(check({ '.git/HEAD': 'ref: refs/heads/main\n', '.git/refs/heads/main': `${commit}\n` })).toBe(commit));
test('a packed ref, not one whose name it begins', () =>
  expect(
    check({
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/packed-refs': `# pack-refs with: peeled\n${other} refs/heads/main2\n${commit} refs/heads/main\n^${other}\n`,
    }),
  ).toBe(commit));
test('a loose ref wins over a packed one', () =>
  expect(
    check({
      '.git/HEAD': 'ref: refs/heads/main\n',
      '.git/refs/heads/main': `${commit}\n`,
      '.git/packed-refs': `${other} refs/heads/main\n`,
    }),
  ).toBe(commit));
test('a linked worktree', () =>
  expect(
    check(
      {
        'tree/.git': `gitdir: ${join('..', 'main', '.git', 'worktrees', 'tree')}\n`,
        'main/.git/worktrees/tree/HEAD': 'ref: refs/heads/side\n',
        'main/.git/worktrees/tree/commondir': '../..\n',
        'main/.git/packed-refs': `${commit} refs/heads/side\n`,
      },
      'tree',
    ),
  ).toBe(commit));
test('nothing to tell it by', () => {
  expect(check({ 'a.txt': '' })).toBeNull();
  expect(check({ '.git/HEAD': 'ref: refs/heads/unborn\n' })).toBeNull();
});
