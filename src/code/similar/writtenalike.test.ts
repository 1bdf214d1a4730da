/** Two ways to write one program are told from two programs. */
import { beforeAll, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { type AlikeReader, createAlikeReader } from './writtenalike.ts';

let read: AlikeReader;
beforeAll(async () => {
  read = await createAlikeReader(loadGrammarFile);
});

const isAlike = async (one: string, other: string, language = 'javascript'): Promise<boolean> => {
  const form = await read(one, language);
  expect(form, one).not.toBeNull();
  return form === (await read(other, language));
};

test('places, comments, semicolons, quotes and commas at the end say nothing', async () => {
  for (const [one, other] of [
    ['function f(a){return a+1}', '// adds\nfunction f(a) {\n  return a + 1; /* one */\n}\n'],
    ["const f = x => 'a'", 'const f = (x) => "a";'],
    ['f([1, 2], {a: 1})', 'f([1, 2,], {a: 1,},)'],
    ['let a = 1; let b = 2', 'let a = 1\nlet b = 2'],
  ] as const)
    expect(await isAlike(one, other), one).toBe(true);
  expect(await isAlike('const f = (x: number): number => x', 'const f = (x: number): number => x;', 'typescript')).toBe(
    true,
  );
});

test('what says something is another program', async () => {
  for (const [one, other] of [
    ['[1,]', '[1,,]'],
    ['[,]', '[]'],
    ['(a?.b).c', 'a?.b.c'],
    ['`a b`', '`a  b`'],
    ['/a b/', '/a  b/'],
    ["'a'", "'a '"],
    ['let a = b\n+c', 'let a = b;\n+c'],
    ['function f() { return\n1 }', 'function f() { return 1 }'],
    ['for (;;) {}', 'for (;;) ;'],
    ['a = b - c', 'a = b + c'],
    ['x => y', '(x, y) => y'],
    ['(...x) => x', 'x => x'],
    ['var a', 'let a'],
    ['class A { get; x() {} }', 'class A { get x() {} }'],
    ['if (a) ; b', 'if (a) b'],
    ['"a\\n"', "'a\\\\n'"],
  ] as const)
    expect(await isAlike(one, other), `${one} and ${other}`).toBe(false);
});

test('what does not parse, or is of another language, has no form', async () => {
  expect(await read('function f( {', 'javascript')).toBeNull();
  expect(await read('x = 1', 'ruby')).toBeNull();
  expect(await read(`${'['.repeat(3000)}${']'.repeat(3000)}`, 'javascript')).toBeNull();
});
