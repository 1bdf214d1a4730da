import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fileFilter, kindAdmitted, nameTest, pathTest } from './filters.ts';
import { parseQuery } from './query.ts';

const check = (pattern: string, path: string, expected: boolean) =>
  expect([pattern, path, pathTest(pattern)(path)]).toEqual([pattern, path, expected]);

test('paths by text and by glob', () => {
  check('src/', 'src/a.ts', true);
  check('SRC/', 'lib/src/a.ts', true);
  check('*.ts', 'src/deep/a.ts', true);
  check('*.ts', 'src/a.tsx', false);
  check('src/*.ts', 'src/deep/a.ts', false);
  check('src/**/*.ts', 'src/a.ts', true);
  check('src/**/*.ts', 'pkg/src/deep/er/a.ts', true);
  check('/src/*.ts', 'pkg/src/a.ts', false);
  check('**', 'a', true);
  check('a?c.[ch]', 'abc.h', true);
  check('[!a]bc', 'abc', false);
  check('a[b', 'a[b', true);
  check('(x)+*', 'q/(x)+y', true);
});

test('braces hold alternatives, in a pattern and in a query', () => {
  expect(pathTest('src/**/*.{ts,tsx}')('src/a/b.tsx')).toBe(true);
  expect(pathTest('src/**/*.{ts,tsx}')('src/a/b.js')).toBe(false);
  expect(pathTest('{a,b')('x/{a,b')).toBe(true);
  expect(parseQuery('x path:src/*.{ts,tsx},lib/').paths).toEqual(['src/*.{ts,tsx}', 'lib/']);
});

test('any text is a pattern', () => {
  fc.assert(fc.property(fc.string(), fc.string(), (pattern, path) => typeof pathTest(pattern)(path) === 'boolean'));
});

test('files: all filters together, alternatives within one', () => {
  const admit = fileFilter(parseQuery('lang:ts,go path:/a path:/b -path:skip'), './lib/');
  const passes = (path: string, language: string) =>
    admit?.({ path, language, version: 1, bytes: 1, lines: 1 }) ?? true;
  expect(passes('lib/a.ts', 'typescript')).toBe(true);
  expect(passes('lib/b.go', 'go')).toBe(true);
  expect(passes('lib/b.py', 'python')).toBe(false);
  expect(passes('lib/c.go', 'go')).toBe(false);
  expect(passes('lib/a/skip.go', 'go')).toBe(false);
  expect(passes('libs/a.go', 'go')).toBe(false);
  expect(fileFilter(parseQuery('x'), '.')).toBeNull();
});

test('kinds and names', () => {
  expect(kindAdmitted(['function'], 'method')).toBe(true);
  expect(kindAdmitted(['method'], 'function')).toBe(false);
  expect(kindAdmitted(['class'], 'struct')).toBe(false);
  expect(nameTest([])).toBeNull();
  expect(nameTest(['get*', 'set'])?.('GetName')).toBe(true);
  expect(nameTest(['get*'])?.('forget')).toBe(false);
  expect(nameTest(['get'])?.('forget')).toBe(true);
});
