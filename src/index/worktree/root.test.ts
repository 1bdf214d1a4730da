import { mkdirSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { asGit, makeTree } from '../../../test/trees.ts';
import { storeDirOf } from '../store/store-dir.ts';
import { findPlace } from './root.ts';

test('without git a directory is its own root, whatever lies in it', () => {
  const tree = makeTree({ 'a/b.ts': '', 'a/.git/not-a-repository': '' });
  expect(findPlace(path.join(tree.root, 'a'))).toEqual({
    root: path.join(tree.root, 'a'),
    gitDir: null,
    commonDir: null,
  });
});

test('below a .git directory the root is where it lies', () => {
  const tree = makeTree({ 'a/b/c.ts': '' });
  asGit(tree);
  const gitDir = path.join(tree.root, '.git');
  const expected = { root: tree.root, gitDir, commonDir: gitDir };
  expect(findPlace(path.join(tree.root, 'a/b'))).toEqual(expected);
  expect(findPlace(tree.root)).toEqual(expected);
});

test('worktrees of a repository share a store; links to it are the same place', () => {
  const tree = makeTree({ 'main/a.ts': '', 'linked/a.ts': '' });
  tree.write('main/.git/HEAD', '');
  tree.write('main/.git/worktrees/linked/commondir', '../..\n');
  tree.write('linked/.git', `gitdir: ../main/.git/worktrees/linked\r\n`);
  symlinkSync('main', path.join(tree.root, 'link'));
  const [main, linked, link] = ['main', 'linked', 'link'].map((name) => findPlace(path.join(tree.root, name)));
  expect(linked?.root).toBe(path.join(tree.root, 'linked'));
  expect(linked?.gitDir).toBe(path.join(tree.root, 'main/.git/worktrees/linked'));
  expect(link).toEqual(main);
  const stores = [main, linked].map((place) => place && storeDirOf(place, '/home'));
  expect(stores[0]).toBe(stores[1]);
  expect(stores[0]).toMatch(/^\/home\/repos\/main-[0-9a-f]{16}$/);
});

test('a submodule is its own repository', () => {
  const tree = makeTree({ 'sub/a.ts': '' });
  asGit(tree);
  mkdirSync(path.join(tree.root, '.git/modules/sub'), { recursive: true });
  tree.write('sub/.git', 'gitdir: ../.git/modules/sub\n');
  const commonDir = path.join(tree.root, '.git/modules/sub');
  expect(findPlace(path.join(tree.root, 'sub'))).toEqual({
    root: path.join(tree.root, 'sub'),
    gitDir: commonDir,
    commonDir,
  });
});

test('what is no directory is refused by name', () => {
  const tree = makeTree({ 'a.ts': '' });
  symlinkSync('loop', path.join(tree.root, 'loop'));
  const code = (name: string) => {
    try {
      findPlace(path.join(tree.root, name));
    } catch (error) {
      return (error as { code: string }).code;
    }
  };
  expect(code('missing')).toBe('path-not-found');
  expect(code('a.ts')).toBe('not-a-directory');
  expect(code('a.ts/b')).toBe('path-not-found');
  expect(code('loop')).toBe('path-unreadable');
});
