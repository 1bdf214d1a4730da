/** Sources rewritten for partial execution: they stay programs on their lines, and their tables say what each missing value is taken for. */
import { stripTypeScriptTypes } from 'node:module';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import { createPartialInstrumenter, type PartialInstrumenter } from './partialinstrumenter.ts';
import type { PartialFile } from './partialtables.ts';

let instrumenter: PartialInstrumenter;
beforeAll(async () => {
  instrumenter = await createPartialInstrumenter(loadGrammarFile);
});

async function rewritten(
  source: string,
  { level = 2, path = 'a.js', isModule = false }: { level?: 1 | 2 | 3 | 4; path?: string; isModule?: boolean } = {},
): Promise<{ text: string; table: PartialFile }> {
  const found = await instrumenter.rewrite(
    {
      path,
      level,
      file: 0,
      isEntry: true,
      isAround: false,
      registers: level > 2,
      resolves: (specifier) =>
        specifier === './here.js' ? './here.js' : specifier === './typed' ? './typed.ts' : null,
    },
    new TextEncoder().encode(source),
    path,
    () => ({ isModule, runtime: './runtime.cjs' }),
  );
  if (found === null) throw new Error('it was not rewritten');
  return found;
}

const guessOf = async (source: string, what: string, path = 'a.js'): Promise<string> => {
  const { table } = await rewritten(source, { path });
  const site = table.sites.find((one) => one.what === what);
  if (site === undefined) return `nothing of ${what} among ${table.sites.map((one) => one.what).join(' ')}`;
  const { type, literal, count, from } = site.guess;
  return [
    type,
    from,
    ...(literal === undefined ? [] : [String(literal)]),
    ...(count === undefined ? [] : [`×${count}`]),
  ].join(' ');
};

describe('what a value is taken for', () => {
  const cases: readonly (readonly [source: string, what: string, guess: string])[] = [
    ['load().trim();', 'load()', 'text use'],
    ['for (const x of rows()) x;', 'rows()', 'list use'],
    ['const [a, b, c] = pair;', 'pair', 'list use ×3'],
    ['thing * 2;', 'thing', 'integer use'],
    ["if (mode === 'fast') go();", 'mode', 'text neighbour fast'],
    ["if (mode === 'fast') return;", 'mode', 'text neighbour'],
    ["if (mode !== 'fast') return;", 'mode', 'text neighbour fast'],
    ['if (!flag) return;', 'flag', 'instance nothing'],
    ['isReady && 1; if (isReady()) throw 1;', 'isReady()', 'boolean name false'],
    ['ask().then((x) => x);', 'ask()', 'awaitable use'],
    ['const user = load(); user.name.split(" ");', 'load().name', 'text use'],
    ['for (const row of rows) row.price * 2;', 'rows[].price', 'integer use'],
    ['rows.map((row) => row.id * 2);', 'rows[].id', 'integer use'],
    ['const { size = 4 } = opts; size;', 'opts.size', 'integer default 4'],
    ['class A extends B {}', 'B', 'class use'],
    ['function f(cb = () => 1) { return cb(); }', 'cb', 'callable default'],
    ['/** @param {string} x */\nfunction f(x) { return x; }', 'x', 'text annotation'],
    ['switch (kind) { case 3: go(); }', 'kind', 'integer neighbour 3'],
  ];
  test.each(cases)('%s', async (source, what, guess) => {
    expect(await guessOf(`function outer() { ${source} }`.replace('{ /**', '{\n/**'), what)).toBe(guess);
  });

  test('what a pattern takes is told by its own variable', async () => {
    const source =
      'function f({ id, at: place = 1 }) { id.trim(); }\nfunction g({ id, at: place }) { id * 2; place(); }\n';
    const { table } = await rewritten(source);
    const names = table.functions.map(({ parameters }) => parameters[0]?.names);
    expect(names).toEqual([{ at: 'place' }, { id: 'id@2', at: 'place@2' }]);
    const types = ['id', 'id@2'].map((name) => table.sites.find(({ what }) => what === name)?.guess.type);
    expect(types).toEqual(['text', 'integer']);
  });

  test('annotations, interfaces and aliases of the file go before uses', async () => {
    const source = `interface User { name: string; tags: string[] }
type Id = number | null;
export function f(user: User, id: Id, go: () => Promise<boolean>) { return user.name * 2; }`;
    const { table } = await rewritten(source, { path: 'a.ts', isModule: true });
    const [user, id, go] = table.functions[0]?.parameters.map(({ guess }) => guess) ?? [];
    expect(user?.fields?.name?.type).toBe('text');
    expect(user?.fields?.tags?.inner?.type).toBe('text');
    expect(id?.type).toBe('integer');
    expect([go?.type, go?.inner?.type, go?.inner?.inner?.type]).toEqual(['callable', 'awaitable', 'boolean']);
  });
});

describe('the text', () => {
  const program = `'use strict';
import one, { two as deux } from 'missing';
import here from './here.js';
const x = lost.thing ?? { lost };
new lost.Maker(new Gone());
label: for (const a of deux) { if (a) continue label; else break; }
if (one) deux(); else if (x) one()
switch (x) { case 1: deux(); break; default: }
try { throw one } catch { x() } finally { one() }
export const arrow = async (p) => await p;
export default class Box extends Gone { static #n = 1; get n() { return Box.#n } m({ q }, ...rest) { return q } }
export function* each() { yield lost; return }
do x; while (!x && lost)
`;
  test.each([1, 2, 3, 4] as const)('is a program on the same lines at level %d', async (level) => {
    const { text } = await rewritten(program, { level, isModule: true });
    expect(() => stripTypeScriptTypes(text)).not.toThrow();
    const lines = text.split('\n');
    expect(lines[3]).toContain('const x =');
    expect(lines[12]).toContain('do');
  });

  test('of typed sources keeps the types', async () => {
    const source = `const x = f(1) as { [key: string]: any }
export function over(r: Lost): void;
export function over(r: any): void {}
export function g<T extends Lost = Lost>(this: Lost, a?: T[], b: number = free): x is string { return h<Lost>(a!) as any }
`;
    const { text } = await rewritten(source, { path: 'a.ts', isModule: true, level: 4 });
    expect(() => stripTypeScriptTypes(text)).not.toThrow();
    expect(text).toContain('as { [key: string]: any }));');
    expect(text).not.toContain('/*Lost*/');
  });

  test('imports of files that are there stay imports, without names of types', async () => {
    const source =
      "import def, { Shape, make as m } from './typed';\nimport { Only } from './typed';\nexport const a: Shape = m(def as Only);\n";
    const { text } = await rewritten(source, { path: 'a.ts', isModule: true });
    expect(text).toContain('import def,{make as m} from "./typed.ts";');
    expect(text).toContain("\n/*import { Only } from './typed';*/");
  });

  test('asks for free names alone, and not where they are only looked for', async () => {
    const { text } = await rewritten('const a = b; typeof c; a; a.d; console.log({ e });');
    expect(text).toContain('/*b*/');
    expect(text).toContain('typeof c;');
    expect(text).toMatch(/\{ e:\$yp\.n\(\d+\) \}/);
    expect(text).not.toContain('/*a*/');
    expect(text).not.toContain('/*console*/');
  });

  test('at level 1 asks for nothing', async () => {
    const { text } = await rewritten("import x from 'missing'; lost();", { level: 1, isModule: true });
    expect(text).toContain("import x from 'missing'");
    expect(text).not.toContain('$yp.n');
  });
});

test('statements are those of the definition, the same at every level', async () => {
  const source = 'function f() {\n  if (a) return 1;\n  throw 2;\n}\nlet x = 1; for (;;) { break; }\n';
  const all = await Promise.all(([1, 2, 3, 4] as const).map((level) => rewritten(source, { level })));
  const [first] = all.map(({ table }) => [...table.statements].sort());
  expect(first).toEqual([1, 2, 2, 3, 5, 5, 5]);
  for (const { table } of all) expect(table.statements).toEqual(all[0]?.table.statements);
});

test('two files that are rewritten at once are told each by its own tree', async () => {
  const [one, other] = await Promise.all([
    rewritten('function first(a) { return a.b.c; }\nfirst();'),
    rewritten('function second() {}\nfunction third() {}'),
  ]);
  expect(one.table.functions.map(({ name }) => name)).toEqual(['first']);
  expect(other.table.functions.map(({ name }) => name)).toEqual(['second', 'third']);
});
