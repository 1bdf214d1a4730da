/** Elements of JSX as calls: what a compiler makes of them, on the same lines, with the columns of the source. */
import { beforeAll, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createTreeReader } from './instrumenter.ts';
import { type WithoutElements, withoutElements, withPlainAttributes } from './jsx.ts';

let read: Awaited<ReturnType<typeof createTreeReader>>;
beforeAll(async () => {
  read = await createTreeReader(loadGrammarFile);
});

async function lowered(source: string, path = 'a.tsx'): Promise<WithoutElements> {
  const found = await read(path, new TextEncoder().encode(source));
  const plain = found === null ? null : withoutElements(found.tree);
  if (plain === null) throw new Error('no element was found');
  return plain;
}

test.each([
  ['<div/>', '$yj(0,"div",null)'],
  [
    '<Card a="x&amp;y" b c={d} {...e} f=<i/> data-g="&#65;&#x42;&zz;"/>',
    '$yj(0,Card,{"a":"x&y","b":true,"c":d,...e,"f":$yj(0,"i",null),"data-g":"AB&zz;",})',
  ],
  ['<A.B<string>></A.B>', '$yj(0,A.B,null)'],
  ['<my-el x:y="1"/>', '$yj(0,"my-el",{"x:y":"1",})'],
  ['<_x/>', '$yj(0,_x,null)'],
  ['<svg:path/>', '$yj(0,"svg:path",null)'],
  ['<></>', '$yj(0,null,null)'],
  ['<p>a {/* no */}{b} c</p>', '$yj(0,"p",null,"a ",b," c")'],
  ['<p>{...all}{(1, 2)}{x => <b>{x}</b>}</p>', '$yj(0,"p",null,...all,(1, 2),x => $yj(0,"b",null,x))'],
  ['<p>"it\'s" \\n</p>', '$yj(0,"p",null,"\\"it\'s\\" \\\\n")'],
  ['<p>\n  one\n\n  two \n</p>', '$yj(0,"p",null,"one two"\n\n\n\n)'],
  ['<p\n  a={1 // why\n  }\n/>', '$yj(0,"p",{\n"a":1,}\n\n)'],
  ['<p title="a\nb"/>', '$yj(0,"p",{"title":"a\\nb",}\n)'],
])('%s', async (source, expected) => {
  expect((await lowered(`(${source});`)).text).toBe(`(${expected});`);
});

test.each([
  ["import React from 'react';\n<a/>;", 'React.createElement', '$yj(React,"a",null)'],
  ["const React = require('react');\n<></>;", 'React.createElement', '$yj(React,null,null)'],
  ["import { h, Fragment } from 'preact';\n<></>;", 'h', '$yj(h,Fragment,null)'],
  ["import { h } from 'preact';\nimport React from 'react';\n<a/>;", 'React.createElement', '$yj(React,"a",null)'],
  ['/** @jsx dom.make */\n<a/>;', 'dom.make', '$yj(dom,"a",null)'],
  ['/** @jsx h @jsxFrag F */\n<></>;', 'h', '$yj(h,F,null)'],
  ['/** @jsxImportSource preact */\n<a/>;', 'preact/jsx-runtime', '$yj(0,"a",null)'],
  ["import { signal } from 'solid-js';\n<a/>;", 'solid-js/jsx-runtime', '$yj(0,"a",null)'],
  ['const h = 3;\n<a/>;', 'react/jsx-runtime', '$yj(0,"a",null)'],
  ["import type React from 'react';\n<a/>;", 'react/jsx-runtime', '$yj(0,"a",null)'],
])('%j is made by %s', async (source, what, call) => {
  const { text, factory } = await lowered(source);
  expect([factory.what, text.split('\n').at(-1)]).toEqual([what, `${call};`]);
});

test('attributes may be named by words of the language, and have & in their texts', async () => {
  const source = 'export default <p class="a" for={b} href="?a=1&b=2&lt;"><Route default c={d} /> class="x"</p>;\n';
  const plain = withPlainAttributes(source);
  expect(plain.length).toBe(source.length);
  const found = await read('a.jsx', new TextEncoder().encode(source), plain);
  expect(found?.tree.errors).toEqual([]);
  expect(found && withoutElements(found.tree)?.text).toBe(
    'export default $yj(0,"p",{"class":"a","for":b,"href":"?a=1&b=2<",},$yj(0,Route,{"default":true,"c":d,})," class=\\"x\\"");\n',
  );
});

test('lines stay, and every offset knows its column', async () => {
  const source = 'let a;\nconst b = <Card\n  one={first}\r\n>text {second}</Card>, c = third;\nd;\n';
  const { text, columnOf, factory } = await lowered(source);
  const rows = source.split('\n');
  expect(text.split('\n').length).toBe(rows.length);
  for (const [line, name] of [
    [1, 'b'],
    [1, 'Card'],
    [2, 'first'],
    [3, 'second'],
    [3, 'third'],
    [4, 'd'],
  ] as const) {
    const start = text.split('\n').slice(0, line).join('\n').length + 1;
    const offset = start + (text.split('\n')[line] as string).search(new RegExp(`\\b${name}\\b`));
    expect([name, columnOf(offset)]).toEqual([name, (rows[line] as string).search(new RegExp(`\\b${name}\\b`)) + 1]);
  }
  expect([factory.line, factory.column]).toEqual([2, 11]);
});
