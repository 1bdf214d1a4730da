import { expect, test } from 'vitest';
import { rewriteCell } from './jscell.ts';

const rewritten = (source: string) => rewriteCell(source).source;

test('what is declared at the top outlives its cell, and can be declared again', () => {
  expect(rewritten('let x = 1\nconst {a, b} = f()')).toBe('var x = 1\nvar   {a, b} = f()');
  expect(rewritten('class A extends B { m() { return {} } }\nnew A()')).toBe(
    'var A=class A extends B { m() { return {} } };\nnew A()',
  );
  expect(rewritten('function f() {}\nlet\nu = 5')).toBe('function f() {}\nvar\nu = 5');
});

test('what is not at the top, or no declaration, stays', () => {
  for (const source of [
    'for (const q of [1]) { let z = q }',
    `\`\${\`a\`} let z\``,
    "'let x'; /let y/.test('let z')",
    '// let x\n/* const y */ 1',
    'x = class { }',
    'const_ = 1; lets = 2',
    'o.let = 1\no.class = 2',
    'if (a) {\n} else {\n}',
  ])
    expect(rewritten(source)).toBe(source);
});

test('imports become awaited calls on as many lines', () => {
  expect(rewritten("import fs, {\n  readFileSync as r,\n  writeFileSync\n} from 'node:fs'\nr")).toBe(
    'var {default:fs,readFileSync:r,writeFileSync}=await import("node:fs")\n\n\n\nr',
  );
  expect(rewritten("import * as p from 'path';")).toBe('var p=await import("path");');
  expect(rewritten("import './x.js'")).toBe('await import("./x.js")');
  for (const source of ["import('fs')", 'import.meta.url']) expect(rewritten(source)).toBe(source);
  expect(rewritten('export const z = 1')).toBe('       var   z = 1');
});

test('only an expression at the end has a value', () => {
  const gives = (source: string) => rewriteCell(source).givesValue;
  for (const source of [
    '1',
    'let x = 1; x',
    'a\n  .b()\n  .c()',
    'x\n/ 2',
    'await f()',
    "await import('fs')",
    '({a: 1})',
  ])
    expect([source, gives(source)]).toEqual([source, true]);
  for (const source of [
    '',
    'let x = 1',
    'if (x) {\n1} else {\n2}',
    'for (;;) 1',
    'function f() {}',
    'async function f() {}',
  ])
    expect([source, gives(source)]).toEqual([source, false]);
});
