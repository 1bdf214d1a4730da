/** Files that hold other languages, optional grammars, and names of files that tell a language. */
import { beforeAll, describe, expect, it } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { encodeUtf8 } from '../encoding.ts';
import type { FileFacts } from '../facts.ts';
import { createParser, type Parser } from '../parser.ts';
import { violations } from './conformance.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
});

async function facts(path: string, text: string): Promise<FileFacts> {
  const bytes = encodeUtf8(text);
  const result = await parser.parse(path, bytes);
  if (result.kind !== 'facts') throw new Error(`skipped: ${result.reason}`);
  expect(violations(bytes, result.facts)).toEqual([]);
  return result.facts;
}

/** Qualified names with the line that the name stands on. */
const places = (text: string, { symbols }: FileFacts): string[] => {
  const bytes = encodeUtf8(text);
  return symbols.map(({ qualifiedName, nameSpan }) => {
    const before = new TextDecoder().decode(bytes.subarray(0, nameSpan.start));
    return `${before.split('\n').length} ${qualifiedName}`;
  });
};

describe('names and first lines of files', () => {
  it.each([
    ['Dockerfile', 'FROM x', 'dockerfile'],
    ['build/Dockerfile.dev', 'FROM x', 'dockerfile'],
    ['prod.Dockerfile', 'FROM x', 'dockerfile'],
    ['Containerfile', 'FROM x', 'dockerfile'],
    ['.bashrc', 'x=1', 'bash'],
    ['.zshrc', 'x=1', 'bash'],
    ['Rakefile', 'x = 1', 'ruby'],
    ['bin/tool', '#!/bin/sh\nx=1', 'bash'],
    ['bin/tool', '#!/usr/bin/env -S pwsh -NoProfile\n$x = 1', 'powershell'],
    ['bin/tool', '#!/usr/bin/env kotlin\nval x = 1', 'kotlin'],
    ['page', '<!DOCTYPE html><p>x', 'html'],
    ['a.ipynb', '{"cells": []}', 'jupyter'],
    ['a.kts', 'val x = 1', 'kotlin'],
    ['main.tf', 'locals {}', 'terraform'],
  ])('%s %j is %s', async (path, text, language) => expect((await facts(path, text)).language).toBe(language));
});

describe('pages', () => {
  it('give what stands in each region its own line', async () => {
    const text =
      'é<template>\n<p/></template>\n<script>\nfunction a() {}\n</script>\n<script lang="ts">\nlet b: C = 1;\n</script>\n<style>\n.d {}\n</style>\n';
    expect(places(text, await facts('a.vue', text))).toEqual(['4 a', '7 b', '10 d']);
  });

  it.each([
    ['<script>function a() {', ['1 a']],
    ['<!-- <script>function a() {}</script> --><script>let b = 1</script>', ['1 b']],
    ['<script type="text/template"><b id="c"></script>', []],
    ['<script/><p id="a">', ['1 a']],
    ['<p title="<script>let a = 1</script>">', []],
    ['<SCRIPT>let a = 1</SCRIPT >', ['1 a']],
    ['<p id="not a name"><p id=b>', ['1 b']],
  ])('%s', async (text, expected) => expect(places(text, await facts('a.html', text))).toEqual(expected));

  it('read styles in SCSS and Less, and what a script of Svelte declares by reacting', async () => {
    const style = '<style lang="scss" scoped>\n$gap: 1px;\n.card { &__title { x: y } }\n</style>\n';
    expect(places(style, await facts('a.vue', style))).toEqual(['2 gap', '3 card', '3 card.__title']);
    const less = '<style lang="less">\n.box { .in { x: y } }\n</style>\n';
    expect(places(less, await facts('a.svelte', less))).toEqual(['2 box', '2 box.in']);
    const script = [
      '<script>',
      'let known;',
      '$: known = 1;',
      '$: doubled = known * 2;',
      '$: ({ a, b: [c, ...d], e: f } = known);',
      '$: run = () => doubled;',
      '$: if (known) { no = 2 }',
      'function go() { $: no = 1; }',
      '</script>',
    ].join('\n');
    expect(places(script, await facts('a.svelte', script))).toEqual([
      '2 known',
      '4 doubled',
      '5 a',
      '5 c',
      '5 d',
      '5 f',
      '6 run',
      '8 go',
    ]);
  });

  it('say what does not parse where it stands', async () => {
    const text = '<p>\n<script>\nfunction (\n</script>\n';
    const { problems } = await facts('a.html', text);
    expect(problems[0]).toMatchObject({ kind: 'syntax-error' });
    expect(problems[0]?.span.start).toBeGreaterThan(text.indexOf('<script>'));
  });

  it.each(['<a {', '<h1>', '<a b="', '<script', '<', '<style>', '</', '<a b={"'])(
    'take no time of the square of %j again and again',
    async (part) => {
      const text = part.repeat(Math.ceil(200_000 / part.length));
      const started = performance.now();
      await parser.parse('a.svelte', encodeUtf8(text));
      expect(performance.now() - started).toBeLessThan(10_000);
    },
    30_000,
  );
});

describe('Kotlin that its grammar cannot read as it stands', () => {
  it.each([
    ['class A { companion object { fun make() = A() } }', ['1 A', '1 A.make']],
    ['class A { fun x() { y() } fun z() { } }\nval last = 1', ['1 A', '1 A.x', '1 A.z', '2 last']],
    [
      'fun interface Shape {\n  fun area(): Int\n  companion object { val ZERO = 0\n fun of(x: Int): Shape { return TODO() } } }',
      ['1 Shape', '2 Shape.area', '3 Shape.ZERO', '4 Shape.of'],
    ],
    ['fun a() = "} } $b } }"\nclass C { } // } }\nval d = 1', ['1 a', '2 C', '3 d']],
  ])('%j', async (text, expected) => {
    const found = await facts('a.kt', text);
    expect(found.problems).toEqual([]);
    expect(places(text, found)).toEqual(expected);
  });
});

describe('notebooks', () => {
  const cell = (kind: string, ...source: string[]): object => ({
    cell_type: kind,
    source,
    outputs: ['def no(): pass'],
  });
  const notebook = (cells: object[], metadata: object = {}): string =>
    JSON.stringify({ cells, metadata, nbformat: 4 }, null, 1);

  it('are one program: lines, names across cells, no outputs', async () => {
    const text = notebook([
      cell('markdown', '# T\n', 'prose'),
      cell('code', '%magic\n', 'def f(a):\n', '    return g("ü\\n", a)\n'),
      cell('code', '%%bash\n', 'def h(): pass\n'),
      cell('code', 'def g(): return f(1)'),
    ]);
    const found = await facts('a.ipynb', text);
    const line = (part: string): number => text.slice(0, text.indexOf(part)).split('\n').length;
    expect(places(text, found)).toEqual([`${line('# T')} T`, `${line('def f')} f`, `${line('def g')} g`]);
    expect(found.references.map(({ name }) => name)).toEqual(['g', 'f']);
    expect(found.problems).toEqual([]);
  });

  it('are read by the language of their kernel', async () => {
    const metadata = { language_info: { name: 'javascript' } };
    const found = await facts('a.ipynb', notebook([cell('code', 'const x = (a) => a;')], metadata));
    expect(found.symbols.map(({ name }) => name)).toEqual(['x']);
    const unknown = await facts(
      'a.ipynb',
      notebook([cell('code', 'def f(): pass')], { language_info: { name: 'q#' } }),
    );
    expect([unknown.symbols, unknown.chunks.length]).toEqual([[], 1]);
  });

  it.each([
    ['{"cells": [', 'syntax-error'],
    ['[1, 2]', 'syntax-error'],
    ['not json at all', 'syntax-error'],
    ['{"nbformat": 4}', 'syntax-error'],
  ])('%s is plain text, and that is told', async (text, kind) => {
    const found = await facts('a.ipynb', text);
    expect(found.problems.map((problem) => problem.kind)).toEqual([kind]);
    expect(found.chunks.map(({ kind }) => kind)).toEqual(['text']);
  });
});

describe('a grammar of an optional package', () => {
  const missing = Object.assign(new Error('not installed'), { code: 'MODULE_NOT_FOUND' });
  const without = (file: string): Promise<Uint8Array> =>
    file.includes('lua') || file.includes('python') ? Promise.reject(missing) : loadGrammarFile(file);

  it('leaves plain text where it is not installed, and says what to install', async () => {
    const bare = await createParser(without);
    const result = await bare.parse('a.lua', encodeUtf8('local x = 1\n'));
    if (result.kind !== 'facts') throw new Error('skipped');
    expect(result.facts).toMatchObject({ language: 'lua', symbols: [], chunks: [{ kind: 'text' }] });
    expect(result.facts.problems).toMatchObject([
      { kind: 'no-grammar', message: expect.stringContaining('npm install') },
    ]);
  });

  it('is missed aloud where it should have come with the program', async () => {
    const broken = await createParser(without);
    await expect(broken.parse('a.py', encodeUtf8('x = 1\n'))).rejects.toThrow('not installed');
  });
});
