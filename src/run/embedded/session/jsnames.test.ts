import { expect, test } from 'vitest';
import { rewriteCell } from './jscell.ts';

test.each([
  ['const x = 1', ['x'], []],
  ['const x = 1, y = f(a, b), z = [1, 2]', ['x', 'y', 'z'], []],
  ['const {a, b: c, ["k" + q]: d, e = g(h), ...rest} = o', ['a', 'c', 'd', 'e', 'rest'], []],
  ['const [a, , {b: [c = 1, d]}, ...e] = o', ['a', 'c', 'd', 'e'], []],
  ['const f = (n) => { const inner = n; return inner }\nlet u, v = 2', ['f'], ['u', 'v']],
  ['const a = 1\nb = 2', ['a'], []],
  ['const a = x\n  ? y\n  : z\nvar c', ['a'], ['c']],
  ['export const z = 1', ['z'], []],
  ['function f(a) {}', [], ['f']],
  ['for (const q of [1]) { const r = q }', [], []],
  ['const', [], []],
  ['const {a', ['a'], []],
  ['const a =', ['a'], []],
])('%s', (source, constants, variables) => {
  const made = rewriteCell(source);
  expect([made.constants, made.variables]).toEqual([constants, variables]);
});

test('what may be set again has the names of classes, async functions and imports', () => {
  expect(rewriteCell('class A extends B {}').variables).toContain('A');
  expect(rewriteCell('async function* g() {}').variables).toContain('g');
  expect(rewriteCell("import d, { n as m } from 'x'").variables).toEqual(expect.arrayContaining(['d', 'm']));
});
