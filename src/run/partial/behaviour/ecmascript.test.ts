import { createRequire } from 'node:module';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { keptCache } from '../../../../test/keptcache.ts';
import { openRunner } from '../../runner.ts';
import { versionAround } from './around.ts';
import { diffBehaviour } from './behaviour.ts';
import { ecmascriptFunctions } from './ecmascript.ts';
import { callFacts } from './ecmascriptcalls.ts';
import { bareText, factsOf, linesThatDiffer } from './ecmascripttext.ts';
import type { BehaviourReport } from './types.ts';

const { sample }: { sample: (source: string, rare: { next: () => number }) => string } = createRequire(import.meta.url)(
  './samples.cjs',
);
/** Numbers in [0, 1), the same each time: Lehmer's. */
function random(text: string): { next: () => number } {
  let state = text.length;
  const next = (): number => {
    state = (state * 16_807) % 2_147_483_647;
    return state / 2_147_483_647;
  };
  return { next };
}

const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':'), parallelism: 2 });
afterAll(() => runner.close());

async function compare(
  one: string,
  other: string,
  name = 'f',
  {
    path = 'main.js',
    around = {},
    inputs = 200,
    callers = [],
  }: { path?: string; around?: Record<string, string>; inputs?: number; callers?: readonly string[] } = {},
): Promise<BehaviourReport> {
  const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
  const version = (text: string) => {
    const files: Readonly<Record<string, string>> = { ...around, [path]: text };
    const found = versionAround(path, name, {
      paths: Object.keys(files),
      read: (asked) => (files[asked] === undefined ? null : bytes(files[asked])),
    });
    if (found === null) throw new Error(`no ${path}`);
    return found;
  };
  const options = { inputs, wallMs: 20_000, load: loadGrammarFile, callers };
  return diffBehaviour([version(one), version(other)], options, runner);
}

describe('two versions of a function of JavaScript', () => {
  // One program holds what could be a test each: a job costs more than the inputs.
  const one = `
export const limit = (age) => age > 18;
export const named = (user) => user.name ?? 'nobody';
export const gone = (store) => { store.flush(); store.close(); };
export const wrote = (box, n) => { box.size = n; };
export const threw = (key) => { if (!key) throw new RangeError('no key'); return key; };
export const sorted = (items) => [...items].sort();
export const printed = (name) => { console.log('hello', name); };
export const spins = (n) => { while (n > 0) n -= 1; return n; };
export const waits = async (load) => (await load('a')).length;
export const calls = (done) => { setTimeout(() => done(null, 1), 10); };
export class Box { constructor(size) { this.size = size; } grow(by) { this.size += by; return this; } }
`;
  test.each([
    ['limit', '> 18', '>= 18', 'result'],
    ['named', "?? 'nobody'", "|| 'nobody'", 'result'],
    ['gone', 'store.flush(); ', '', 'calls'],
    ['wrote', 'size = n;', 'size = n + 1;', 'writes|arguments'],
    ['threw', 'RangeError', 'TypeError', 'exception'],
    ['sorted', '[...items].sort()', 'items.sort()', 'arguments'],
    ['printed', "'hello'", "'Hello'", 'standard output'],
    ['spins', 'n -= 1', 'n -= 0', 'end'],
    ['waits', '.length', '.size', 'result'],
    ['calls', 'null, 1', 'null, 2', 'calls'],
    ['Box.grow', 'this.size += by', 'this.size = by', 'result|arguments'],
  ])('changed: %s', async (name, from, to, what) => {
    const { behaviour, why, difference } = await compare(one, one.replace(from, to), name);
    expect([behaviour, why]).toEqual(['changed', expect.stringMatching(what)]);
    expect(difference?.ends[0].ends).not.toBe('');
  });

  test('preserved: written otherwise', async () => {
    const pairs: readonly (readonly [string, string])[] = [
      [
        '(rows) => { const out = []; for (const row of rows) out.push(row.name); return out; }',
        '(rows) => rows.map((row) => row.name)',
      ],
      [
        "(n) => { if (n < 0) throw new Error('negative'); return n; }",
        "(n) => { if (n < 0) throw new Error('below 0'); return n; }",
      ],
      ['(user) => user.size + user.size', '(user) => { const { size } = user; return size + size; }'],
      ['async (load) => { const it = await load(); return it; }', 'async (load) => load()'],
    ];
    for (const [a, b] of pairs) {
      const { behaviour, why, equal } = await compare(`export const f = ${a};`, `export const f = ${b};`, 'f', {
        inputs: 64,
      });
      expect([a, behaviour, why]).toEqual([a, 'preserved', 'no difference']);
      expect(equal).toBeGreaterThan(0);
    }
  });

  test('what differs in comments, types and layout alone is not run', async () => {
    const typed = 'export function f(n: number): number {\n  // n\n  return n;\n}\n';
    const report = await compare(typed, 'export function f(n) { return n; }\n', 'f', { path: 'main.ts' });
    expect([report.behaviour, report.inputs]).toEqual(['preserved', 0]);
  });

  test('TypeScript, with packages that are missing and files that are there', async () => {
    const code = (more: string): string =>
      `import { missing } from 'not-there';\nimport { twice } from './twice.ts';\nexport const f = async (user: { name: string; age?: number }): Promise<number> => {\n  const found = await missing.load(user.name);\n  return twice(user.age ?? 1)${more};\n};\n`;
    const around = { 'twice.ts': 'export const twice = (n: number): number => n * 2;\n' };
    const same = await compare(code(''), code('').replace('twice(user.age ?? 1)', '(user.age ?? 1) * 2'), 'f', {
      path: 'main.ts',
      around,
    });
    expect([same.behaviour, same.why]).toEqual(['preserved', 'no difference']);
    const changed = await compare(code(''), code(' + 1'), 'f', { path: 'main.ts', around });
    expect([changed.behaviour, changed.difference?.what]).toEqual(['changed', 'result']);
  });

  test('elements of JSX are values, and what looks like a comment between them is text', async () => {
    const code = (address: string, tag = 'b'): string =>
      `export const f = ({ name }: { name: string }) => <${tag} title={name}>see http://${address} {name.trim()}</${tag}>;\n`;
    const one = code('a');
    const same = await compare(one, one.replace('({ name }', '({ name: n }').replaceAll('{name', '{n'), 'f', {
      path: 'main.tsx',
    });
    expect([same.behaviour, same.why]).toEqual(['preserved', 'no difference']);
    for (const other of [code('b'), code('a', 'i')]) {
      const changed = await compare(one, other, 'f', { path: 'main.tsx' });
      expect([changed.behaviour, changed.difference?.what]).toEqual(['changed', 'result']);
    }
  });

  test('what tests give and what patterns match are inputs', async () => {
    const code = (end: string): string =>
      `const form = /^v(\\d+)-rc[a-f]$/;\nexport function f(text, size) {\n  if (form.test(text)) return ${end};\n  if (text === String.fromCharCode(122, 117, 103) && size === 40 * 8) return ${end} + 1;\n}\n`;
    expect((await compare(code('1'), code('2'))).difference?.input.text).toMatch(/^"v\d+-rc[a-f]"$/);
    const [one, other] = [code('1'), code('1').replace('1 + 1', '1 + 2')];
    expect((await compare(one, other)).behaviour).toBe('undecided');
    const callers = ["test('zug', () => expect(f('zug', 320)).toBe(2));\nf(notClosed);\nf(size, 1);\n"];
    const told = await compare(one, other, 'f', { callers });
    expect(told.difference?.input).toEqual({ text: '"zug"', size: '320' });
  });

  test('a parameter more at the end is given now and then, and the other version takes no notice', async () => {
    const one = 'export function f(list, by) { return list.join(by); }';
    const more = one.replace('by)', 'by, isLoud)');
    expect(await compare(one, more)).toMatchObject({ behaviour: 'preserved', flaky: 0 });
    const told = await compare(one, more.replace('list.join(by)', 'isLoud === 7 ? by : list.join(by)'));
    expect([told.behaviour, told.difference?.input.isLoud]).toEqual(['changed', '7']);
  });

  test('CommonJS, prototypes and functions inside of others', async () => {
    const code = (line: string): string =>
      `function Box(size) { this.size = size; }\nBox.prototype.area = function () { return this.size * this.size; };\nfunction outer(list) {\n  function inner(n) { ${line} }\n  return list.map(inner);\n}\nmodule.exports = { Box, outer };\n`;
    const area = await compare(code('return n;'), code('return n;').replace('* this.size', '+ this.size'), 'area');
    expect(area.behaviour).toBe('changed');
    const inner = await compare(code('return n;'), code('return n + 1;'), 'outer.inner');
    expect(inner.behaviour).toBe('changed');
  });

  test('undecided: no such function, lines that nothing comes to, files that do not parse', async () => {
    expect(await compare('let a;', 'let b;')).toMatchObject({
      behaviour: 'undecided',
      why: expect.stringContaining('no function f'),
    });
    const dead = (line: string): string =>
      `export function f(n) {\n  for (const one of []) {\n    ${line}\n  }\n  return 1;\n}`;
    expect(await compare(dead('return 2;'), dead('return 3;'))).toMatchObject({
      behaviour: 'undecided',
      why: 'the lines that differ were never reached',
    });
    expect((await compare('export function f( {', 'export function f() {}')).behaviour).toBe('undecided');
  });

  test('hostile: programs that end the process, replace what is built in or forge the answer decide nothing for the other', async () => {
    const plain = 'export function f(n) { return 1; }';
    expect(
      (await compare('process.kill(process.pid, 9); export function f(n) { return 1; }', plain.replace('1', '2')))
        .behaviour,
    ).toBe('undecided');
    expect((await compare('export function f(n) { process.exit(3); }', plain)).difference?.ends[0].ends).toBe(
      'throws exit 3',
    );
    expect((await compare('export function f(n) { return f(n + 1); }', plain)).behaviour).not.toBe('preserved');
    const loops = 'export function f(n) { for (;;) { try { for (;;) {} } catch {} } }';
    expect((await compare(loops, plain)).difference?.what).toBe('end');
  });
});

describe('what texts tell', () => {
  test('texts that a pattern matches', () => {
    const rare = random('patterns');
    for (const one of [
      /^(\d{1,3})\.(?:[a-f]+|x{2,})(\s*)\1$/,
      /^[^\]]+\)$/,
      /^\u{1F600}+[\w-]{2}$/u,
      /^--([^=]+)=([\s\S]*)$/,
    ])
      for (let turn = 0; turn < 20; turn++) expect(sample(one.source, rare)).toMatch(one);
    for (const broken of ['(((a', 'a)b', '[a', 'a{2', '*a', '[z-a]', '\\', '(a{1000}){1000}'])
      expect(sample(broken, rare).length).toBeLessThanOrEqual(200);
  });

  test('arguments that tests give, literals beside a name, and patterns of the file', () => {
    const test = "it('isX', () => { isX('a:1', { min: 2 }); isX(a); isX([1, [2]], 'b)'); });\nconst other = 'far';\n";
    const facts = callFacts(
      'isX',
      [test],
      ['return short.test(it) || /b+/.test(it)'],
      ['const short = /a\\/[/]/i;\nconst not = /c/;'],
    );
    expect(facts.calls).toEqual(["'a:1', { min: 2 }", "[1, [2]], 'b)'"]);
    expect(facts.seen.text).toEqual(expect.arrayContaining(['a:1', 'b)', 'far']));
    expect([...facts.patterns].sort()).toEqual(['a\\/[/]', 'b+']);
  });

  test('lines that stand in one alone', () => {
    expect(
      linesThatDiffer(
        [
          ['a', 'b', 'c'],
          ['a', ' c ', 'd'],
        ],
        [5, 10],
      ),
    ).toEqual([new Set([6]), new Set([12])]);
  });

  test('comments, types and layout are nothing that runs', () => {
    expect(bareText("f(a /* b */, '//c') // d\n  + 1", false)).toBe(bareText("f(a, '//c')+1", false));
    expect(bareText('f(a b)', false)).not.toBe(bareText('f(ab)', false));
  });

  test('literals, what may be nothing, and calls that stand alone', () => {
    const facts = factsOf([
      "if (user.mode === 'fast' && size > 3) { store.save(1); const a = load(2); }\nif (!name || other == null) return;",
    ]);
    expect(facts.literals.mode).toEqual(['fast']);
    expect(facts.literals.size).toEqual([3, 4, 2]);
    expect(facts.nothing).toEqual(expect.arrayContaining(['name', 'other']));
    expect(facts.nulls).toEqual(['other']);
    expect(facts.discarded).toContain('save');
    expect(facts.discarded).not.toContain('load');
  });

  test('functions of a file, two read at once', async () => {
    const [one, other] = await Promise.all([
      ecmascriptFunctions('a.js', 'const f = () => 1;\nclass A { b() {} }', loadGrammarFile),
      ecmascriptFunctions('a.ts', 'export function g(n: number) { const h = () => n; return h; }', loadGrammarFile),
    ]);
    expect([[...one.keys()], [...other.keys()]]).toEqual([['f', 'A.b'], ['g']]);
  });
});
