import { mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { isWithin, requirePattern, requireWithin } from './within.ts';

let dir = '';
let root = '';
beforeAll(() => {
  dir = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-within-')));
  root = join(dir, 'root');
  mkdirSync(join(root, 'src'), { recursive: true });
  mkdirSync(join(dir, 'root-beside'));
  writeFileSync(join(dir, 'secret.txt'), 'secret');
  writeFileSync(join(root, 'src/a.py'), 'a = 1\n');
  symlinkSync(join(dir, 'secret.txt'), join(root, 'leak.txt'));
  symlinkSync(dir, join(root, 'up'));
  symlinkSync(join(dir, 'nowhere'), join(root, 'dangling'));
  symlinkSync(join(root, 'src'), join(root, 'inside'));
});
afterAll(() => rmSync(dir, { recursive: true }));

const allowed = (path: string): boolean => {
  try {
    requireWithin(path, root, [root]);
    return true;
  } catch (error) {
    expect(error).toMatchObject({ code: 'path-refused' });
    return false;
  }
};

test.each([
  ['.', true],
  ['src/a.py', true],
  ['src/a.py:Class.method', true],
  ['src/missing/deeper.py', true],
  ['inside/a.py', true],
  ['..', false],
  ['../root-beside', false],
  ['src/../../secret.txt', false],
  ['/etc/passwd', false],
  ['leak.txt', false],
  ['up/secret.txt', false],
  ['up/missing.txt', false],
  ['dangling', false],
  ['dangling/x', false],
  ['HEAD:../../secret.txt:f', false],
])('%s', (path, expected) => {
  expect(allowed(path)).toBe(expected);
});

test('a name with a NUL is refused, and one too long is not a failure of ours', () => {
  expect(allowed('a\0b')).toBe(false);
  expect(allowed('x'.repeat(5000))).toBe(true);
});

test('without roots nothing is within', () => {
  expect(() => requireWithin('.', root, [])).toThrow(/there is none/);
});

test('patterns are the files that they name, each of them within', () => {
  expect(requirePattern('src/*.py', root, [root])).toEqual(['src/a.py']);
  expect(() => requirePattern('*.txt', root, [root])).toThrow(/elsewhere/);
  expect(() => requirePattern(`{${join(dir, 'secret.txt')},x}`, root, [root])).toThrow(/elsewhere/);
  expect(() => requirePattern('../*.txt', root, [root])).toThrow(/elsewhere/);
});

test('a root is not what begins like it', () => {
  expect(isWithin('/a/b', '/a/b')).toBe(true);
  expect(isWithin('/a/b/c', '/a/b')).toBe(true);
  expect(isWithin('/a/bc', '/a/b')).toBe(false);
  expect(isWithin('/a/..b', '/a')).toBe(true);
});
