/** JavaScript and TypeScript with parts missing, in real sandboxes on both backends. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../../../test/grammarfiles.ts';
import { openRunner } from '../../runner.ts';
import type { BackendName, Outcome } from '../../types.ts';
import { coverageOf, readRows } from '../rows.ts';
import { type RoundPlan, type RoundRows, rowsFile } from '../types.ts';
import { ecmascriptPartial } from './tool.ts';

const cacheDir = mkdtempSync(join(tmpdir(), 'winnow-partial-'));
const runner = openRunner({ cacheDir, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
afterAll(async () => {
  await runner.close();
  rmSync(cacheDir, { recursive: true, force: true });
});
const offers = await runner.offers();
const missing = (backend: BackendName, language: string): string => {
  const offer = offers.find((one) => one.backend === backend);
  if (offer?.availability.state !== 'ready') return ` (skipped: no ${backend} backend here)`;
  const found = offer.runtimes.find((one) => one.language === language);
  return found?.state === 'ready' ? '' : ` (skipped: no ${language} on the ${backend} backend here)`;
};

interface Round {
  readonly rows: RoundRows;
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly missed: readonly number[];
  readonly gaps: readonly string[];
}

async function round(
  files: Record<string, string>,
  backend: BackendName,
  given: Partial<RoundPlan> = {},
): Promise<Round> {
  const entry = Object.keys(files)[0] as string;
  const language = /\.[cm]?tsx?$/.test(entry) ? 'typescript' : 'javascript';
  const tool = ecmascriptPartial(loadGrammarFile, language === 'typescript' ? 'TypeScript' : 'JavaScript');
  const job = {
    language,
    entry,
    files: Object.entries(files).map(([path, source]) => ({ path, bytes: new TextEncoder().encode(source) })),
    rescue: true,
    limits: { wallMs: 4_000 },
  };
  const plan: RoundPlan = {
    ...{
      level: 2,
      seed: 0,
      entry,
      files: [entry],
      function: null,
      fixes: [],
      truth: 'true',
      forced: [],
      packages: [],
      calls: false,
    },
    ...given,
  };
  const prepared = await tool.prepare(job, plan, (one) => runner.run(one, { backend }));
  const outcome = await runner.run(prepared.job, { backend });
  const written = outcome.files.find(({ path }) => path === rowsFile);
  const rows = written !== undefined && 'bytes' in written ? readRows(written.bytes) : null;
  const stderr = Buffer.from(outcome.stderr.head).toString();
  if (rows === null) throw new Error(`nothing was recorded: ${JSON.stringify(outcome.ending)} ${stderr}`);
  expect(rows.unreadable).toBe(0);
  return {
    rows,
    outcome,
    stdout: Buffer.from(outcome.stdout.head).toString(),
    missed: coverageOf(rows.files).files.flatMap((file) => file.missed),
    gaps: [...prepared.gaps, ...rows.gaps],
  };
}

const toldOf = ({ rows }: Round): string[] => rows.injections.map(({ kind, what, type }) => `${kind} ${what} ${type}`);
const failedOf = ({ rows }: Round): string[] =>
  rows.failures.map(({ certainty, after, line, type }) => `${certainty} ${after} ${line} ${type}`);

for (const backend of ['embedded', 'native'] as const) {
  describe.skipIf(missing(backend, 'javascript') !== '')(
    `JavaScript, ${backend}${missing(backend, 'javascript')}`,
    () => {
      test('names, members, calls, modules, files, arguments and input that are missing stand in', async () => {
        const source = `const _ = require('lodash');
const fs = require('fs');
const rows = load(config.url).items;
for (const row of rows) console.log(row.price * 2, row.name.toUpperCase());
console.log(_.chunk(rows, 2).length >= 0, fs.readFileSync('a.txt', 'utf8').length > 0);
console.log(JSON.parse(fs.readFileSync('a.json', 'utf8')).port + 1, process.argv[2], fs.readFileSync(0, 'utf8').length > 0);
`;
        const found = await round({ 'a.js': source }, backend);
        expect(failedOf(found)).toEqual([]);
        expect(found.missed).toEqual([]);
        expect(found.stdout).toBe('2 NAME\n4 NAME2\ntrue true\n2 file.txt true\n');
        expect(toldOf(found)).toEqual(
          expect.arrayContaining([
            'module lodash instance',
            'name config instance',
            'attribute config.url text',
            'call load() instance',
            'attribute load().items list',
            'attribute load().items[].price integer',
            'file a.txt text',
            'argument process.argv[2] text',
            'input stdin text',
          ]),
        );
      });

      test('the same seed gives the same rows', async () => {
        const source = 'const a = b.c(); for (const d of a) { console.log(d.e + Math.random()); }';
        const [one, other] = [await round({ 'a.js': source }, backend), await round({ 'a.js': source }, backend)];
        expect(one.rows).toEqual(other.rows);
        expect(one.stdout).toBe(other.stdout);
      });

      test('an error is genuine only where nothing injected leads to it', async () => {
        const genuine = await round({ 'a.js': 'const n = lost + 1;\nlet own = null;\nown.go();\n' }, backend);
        expect(failedOf(genuine)).toEqual(['genuine ended 3 TypeError']);
        const own = await round(
          { 'a.js': 'const own = { v: lost };\nconst it = own.v.x;\nit.y = 1;\nif (it.y) undefined[it]();\n' },
          backend,
        );
        expect(failedOf(own)).toEqual(['possible ended 4 TypeError']);
        const thrown = await round({ 'a.js': "if (lost.bad) {\n  throw new Error('no');\n}\n" }, backend, {
          truth: 'false',
          forced: [{ path: 'a.js', line: 1, column: 5, way: 'true' }],
        });
        expect(failedOf(thrown)).toEqual(['possible ended 2 Error']);
        expect(thrown.rows.failures[0]?.guessedPath).toBe(true);
        const member = await round(
          { 'a.js': 'let rows = [lost].map((row) => row);\nrows = rows.none;\n\nlet i = 0;\nconst n = rows.length;\n' },
          backend,
        );
        expect(failedOf(member)).toEqual(['possible ended 5 TypeError']);
        const caught = await round({ 'a.js': 'try { null.x } catch (e) { console.log(e.name) }' }, backend);
        expect(failedOf(caught)).toEqual(['genuine caught 1 TypeError']);
      });

      test.each([
        ['a loop over a guess', 'let n = 0;\nfor (const i of pk.items) n++;\n[{ k: 1 }][n].k;\n'],
        ['a turn of a loop', 'let n = 0;\nfor (;;) { n++; if (pk.stop) break; }\n[1][n + 1].k;\n'],
        ['a branch', 'let v = {};\nif (pk.ready) v = null;\nv.a;\n'],
        ['a case', 'let v = {};\nswitch (pk.kind) { case pk.kind: v = null; }\nv.a;\n'],
        ['one side of &&', 'let v = {};\npk.ready && (v = null);\nv.a;\n'],
        ['who is handed a function', 'let v = null;\npk.init(() => { v = { a: 1 }; });\nv.a;\n'],
        ['who is handed it by name', 'let v = null;\nconst set = () => { v = {}; };\npk.init(set);\nv.a;\n'],
        ['calls in a loop', 'let n = 0;\nfunction f() { n++; }\nfor (const i of pk.items) f();\n[1][n].k;\n'],
        ['an object that is filled', 'const o = {};\npk.fill(o);\no.list.length;\n'],
        ['the key that is written to', 'const m = {};\nm[pk.key] = {};\nm.foo.bar;\n'],
        ['the key of a pattern', 'const { [pk.key]: v } = { foo: {} };\nv.a;\n'],
        ['the default of a pattern', 'const { i = pk.i } = {};\n[1][i + 9].k;\n'],
        ['the default of a parameter', 'function f(i = pk.i) { return [1][i + 9].k; }\nf();\n'],
        ['call', 'function f(i) { return [1][i + 9].k; }\nf.call(null, pk.i);\n'],
        ['bind', 'function f(i) { return [1][i + 9].k; }\nconst g = f.bind(null, pk.i);\ng();\n'],
        ['another name of a function', 'function f(i) { return [1][i + 9].k; }\nconst g = f;\ng(pk.i);\n'],
        ['another name of an object', 'const a = {};\nconst b = a;\nb[pk.key] = 3;\na.q.z;\n'],
        ['arguments', 'function f() { return [1][arguments[0] + 9].k; }\nf(pk.i);\n'],
        ['a constructor', 'class A { constructor(i) { [1][i + 9].k; } }\nclass B extends A {}\nnew B(pk.i);\n'],
        [
          'a setter',
          'class A { set v(i) { this.i = i; } go() { return [1][this.i + 9].k; } }\nconst a = new A();\na.v = pk.i;\na.go();\n',
        ],
        ['an iterator', 'class A { *[Symbol.iterator]() { yield pk.i; } }\nfor (const i of new A()) [1][i + 9].k;\n'],
        [
          'what a generator is given',
          'function* g() { const i = yield 1; [1][i + 9].k; }\nconst it = g();\nit.next();\nit.next(pk.i);\n',
        ],
        [
          'what is taken out of a member',
          'class A { o = {}; set() { this.o.i = pk.i; } go() { const { i } = this.o; [1][i + 9].k; } }\nconst a = new A();\na.set();\na.go();\n',
        ],
      ])('what a guess decides by %s is possible', async (_, source) => {
        const found = await round({ 'a.js': source }, backend);
        expect(found.rows.failures.map(({ certainty }) => certainty)).toEqual(['possible']);
      });

      test('what no guess decides stays genuine beside guesses', async () => {
        const source =
          'let n = 0;\nfor (const i of [1, 2]) { n++; pk.log(i); }\nlet v = null;\nif (n > 1) v = [];\nv[n].k;\n';
        expect(failedOf(await round({ 'a.js': source }, backend))).toEqual(['genuine ended 5 TypeError']);
      });

      test('what is missing at level 1 is no mistake of the program', async () => {
        const sources = [
          "let m = null;\ntry { m = require('not-there'); } catch {}\nm.go();\n",
          'let m = null;\ntry { m = lost; } catch {}\nm.go();\n',
          'process.argv[2].trim();\n',
          "fetch('http://127.0.0.1:9/').catch((e) => { throw e; });\n",
        ];
        for (const source of sources) {
          const found = await round({ 'a.js': source }, backend, { level: 1 });
          expect(
            found.rows.failures.filter(({ certainty, after }) => certainty === 'genuine' && after === 'ended'),
          ).toEqual([]);
        }
        const own = await round({ 'a.js': 'null.x;\n' }, backend, { level: 1 });
        expect(failedOf(own)).toEqual(['genuine ended 1 TypeError']);
      });

      test('a contradiction asks for another type, and a fix gives it', async () => {
        const source = 'const name = lost.title;\nname.go();\n';
        const first = await round(
          { 'a.js': 'const s = lost.title + "x";\nconst it = lost.title;\nit.go.on();\n' },
          backend,
        );
        expect(first.rows.wanted.map(({ what, type }) => `${what} ${type}`)).toEqual(['lost.title instance']);
        const fixed = await round({ 'a.js': source }, backend, { fixes: first.rows.wanted });
        expect(failedOf(fixed)).toEqual([]);
        const given = { ...first.rows.wanted[0], type: 'text', value: "'given'" } as const;
        const told = await round({ 'a.js': 'console.log(lost.title.length);' }, backend, { fixes: [given as never] });
        expect(told.stdout).toBe('5\n');
      });

      test('level 3 calls what was never called, level 4 goes on behind errors', async () => {
        const source = `class Shop extends Base {
  constructor(items) { super(); this.items = items; }
  total() { return this.items.reduce((sum, item) => sum + item.price, 0); }
  static open() { return new Shop([]); }
}
async function ask(id) { const it = await fetch('/x/' + id); return it.json(); }
function broken(x) { const y = x.a(); y.b.c.d(); undefinedThing(y)(1)(2); return 1; }
const object = { run(z) { return z * 2; } };
`;
        const third = await round({ 'a.js': source }, backend, { level: 3 });
        expect([...third.rows.called].sort()).toEqual([
          'Shop.constructor',
          'Shop.open',
          'Shop.total',
          'ask',
          'broken',
          'run',
        ]);
        expect(third.missed).toEqual([]);
        const fourth = await round(
          { 'a.js': 'const t = lost.size - 1;\nt.x.y();\nconsole.log("behind");\n' },
          backend,
          { level: 4 },
        );
        expect(fourth.stdout).toBe('behind\n');
        expect(failedOf(fourth)).toEqual(['possible resumed 2 TypeError']);
        const own = await round({ 'a.js': 'null.x;\nconsole.log("behind");\n' }, backend, { level: 4 });
        expect(own.stdout).toBe('');
      });

      test('one function is called with guessed arguments', async () => {
        const source =
          'function f(user, times = 2) { return console.log(user.name.trim(), times); }\nclass A { m(x) { console.log(x * 2); } }\n';
        expect((await round({ 'a.js': source }, backend, { function: 'f' })).stdout).toBe('name 2\n');
        expect((await round({ 'a.js': source }, backend, { function: 'A.m' })).stdout).toBe('2\n');
        const none = await round({ 'a.js': source }, backend, { function: 'g' });
        expect(none.gaps.join()).toContain('no function g');
      });

      test('where one function is asked for, its own statements count and no other is called for their sake', async () => {
        const source = `const twice = (n) => n * 2;
function f(n) {
  const g = () => { return n; };
  return twice(n);
}
function other() { return lost; }
class A {
  constructor(n) { this.n = n; }
  m() { return this.n; }
}
`;
        const whole = await round({ 'a.js': source }, backend, { function: 'f', level: 3 });
        expect(whole.rows.files.map(({ statements }) => statements)).toEqual([[3, 4, 3]]);
        expect([whole.missed, whole.rows.called]).toEqual([[], ['f', 'f.g']]);
        const alone = await round({ 'a.js': source }, backend, { function: 'twice' });
        expect(alone.rows.files.map(({ statements, ran }) => [statements, ran.size])).toEqual([[[1], 1]]);
        const members = await round({ 'a.js': source }, backend, { function: 'A' });
        expect(members.rows.files.map(({ statements }) => statements)).toEqual([[8, 9]]);
        const asIs = await round({ 'a.js': source }, backend, { function: 'A.m', level: 1 });
        expect([asIs.rows.called, asIs.rows.injections]).toEqual([['A.m'], []]);
      });

      test('elements of JSX are plain values, or what the function makes that the file has', async () => {
        const source = `const React = require('react');
const Card = require('./Card.jsx');
const make = (n) => <Card size={n} {...{ wide: true }}>a &amp; b {n} <lost.Inner /></Card>;
console.log(JSON.stringify(make(2)));
console.log(make(1).props.children[1] * 2, (<></>).type);
`;
        const files = { 'App.jsx': source, 'Card.jsx': 'module.exports = (props) => <b>{props.size}</b>;\n' };
        const stand = await round(files, backend);
        const [json, rest] = stand.stdout.split('\n');
        expect(JSON.parse(json ?? '').props).toMatchObject({ size: 2, wide: true, children: ['a & b ', 2, ' ', {}] });
        expect(rest).toBe('2 Symbol(Fragment)');
        expect(toldOf(stand)).toEqual(
          expect.arrayContaining(['call React.createElement() mapping', 'name lost instance']),
        );
        expect([failedOf(stand), stand.missed]).toEqual([[], []]);
        const own = 'const h = (type, props, ...kids) => [type, ...kids].join();\nconsole.log(<a>1{2}</a>);\n';
        const real = await round({ 'a.js': own }, backend, { level: 1 });
        expect([real.stdout, toldOf(real)]).toEqual(['a,1,2\n', []]);
        const third = await round({ 'a.jsx': 'const Row = ({ id }) => <i id={id * 2} />;\n<Row />;\n' }, backend, {
          level: 3,
        });
        expect([third.rows.called, toldOf(third)[0]]).toEqual([['Row'], 'call react/jsx-runtime() mapping']);
        const state = `const { useState, useRef, useMemo } = require('react');
const [n, set] = useState(3), [late] = useState(null), box = useRef(4), sum = useMemo(() => n + 1, [n]);
console.log(n, typeof set, late.name.trim(), box.current, sum);
`;
        const drawn = await round({ 'a.jsx': state }, backend);
        expect(drawn.stdout).toBe('3 function name 4 4\n');
        expect(drawn.rows.injections.filter(({ source }) => source === 'library').map(({ what }) => what)).toEqual(
          expect.arrayContaining(['useState()', 'useRef()', 'useMemo()'].map((one) => `require('react').${one}`)),
        );
        const after = await round({ 'a.jsx': 'const a = <b/>;\na.props.none.x;\n' }, backend);
        expect(failedOf(after)).toEqual(['possible ended 2 TypeError']);
        const wrong = await round({ 'a.jsx': 'console.log(lost.name);\nconst a = <b>;\n' }, backend);
        expect([wrong.stdout, wrong.gaps.join()]).toEqual(['name\n', expect.stringContaining('wrong at line 2')]);
      });

      test('calls that the program made are told, and none of a guess', async () => {
        const util = `const box = require('./box');
function twice(x) { return once(x) + once(x); }
const once = (x) => x + lost.amount;
async function wait(x) { await null; return twice(x); }
function* gen() { yield once(1); }
class Till { constructor(n) { this.n = n; } get all() { return twice(this.n); } pay(list) { return list.map((one) => box.pack(one)); } }
function guessed() { return once(1); }
function run(n) { const t = new Till(n); lost.each(guessed); wait(2); [...gen()]; return t.all + t.pay([1, 2]).length; }
run(3);
const busy = () => {};
for (let at = 0; at < 300; at++) busy();
`;
        const files = {
          'util.js': util,
          'box.js': 'exports.pack = function pack(x) { return wrap(x); };\nfunction wrap(x) { return [x]; }\n',
        };
        const { rows } = await round(files, backend, { calls: true });
        const told = rows.calls.map(
          ({ caller, callee, count }) =>
            `${caller.path}:${caller.line} ${caller.name} > ${callee.path}:${callee.line} ${callee.name} ${count}`,
        );
        expect(told.sort()).toEqual([
          'box.js:1 pack > box.js:2 wrap 2',
          'util.js:0 <module> > util.js:10 busy 264',
          'util.js:0 <module> > util.js:8 run 1',
          'util.js:2 twice > util.js:3 once 4',
          'util.js:4 wait > util.js:2 twice 1',
          'util.js:5 gen > util.js:3 once 1',
          'util.js:6 Till.all > util.js:2 twice 1',
          'util.js:6 Till.pay > box.js:1 pack 2',
          'util.js:8 run > util.js:4 wait 1',
          'util.js:8 run > util.js:6 Till.all 1',
          'util.js:8 run > util.js:6 Till.constructor 1',
          'util.js:8 run > util.js:6 Till.pay 1',
        ]);
        const third = await round({ 'a.js': 'function f() { return g(); }\nfunction g() { return 1; }\n' }, backend, {
          ...{ calls: true, level: 3 },
        });
        expect(third.rows.calls.map(({ caller, callee }) => `${caller.name} ${callee.name}`)).toEqual(['f g']);
      });

      test('modules of ECMAScript, of which some are there', async () => {
        const files = {
          'main.mjs':
            "import { there } from './there.mjs';\nimport gone, { part as p } from 'gone';\nimport * as fs from 'node:fs';\nconsole.log(there, typeof gone, p.length >= 0, typeof fs.readFileSync);\n",
          'there.mjs': "import missing from 'also-gone';\nexport const there = typeof missing;\n",
        };
        const found = await round(files, backend);
        expect(failedOf(found)).toEqual([]);
        expect(found.stdout).toBe('function function true function\n');
      });

      test('what does not end is bounded and told', async () => {
        const loop = await round(
          { 'a.js': 'let n = lost;\nwhile (n) { n = n.next; }\nfor (;;) { lost.x; }\n' },
          backend,
        );
        expect(loop.rows.ended).toBe(true);
        expect(loop.gaps.join()).toContain('loop');
        const deep = await round({ 'a.js': 'function f(x) { return f(x.y) + 1; }\nf(lost);\n' }, backend);
        expect(failedOf(deep)[0]).toContain('possible ended 1');
        const timers = await round({ 'a.js': 'setInterval(() => lost.tick(), 10);\n' }, backend);
        expect(timers.gaps.join()).toContain('still at work');
        const left = await round({ 'a.js': 'function f() { return lost; }\nprocess.exit(3);\n' }, backend, {
          level: 3,
        });
        expect(left.outcome.ending).toEqual({ kind: 'exited', code: 3 });
        expect(left.rows.called).toEqual(['f']);
      });

      test('programs that patch what the hooks rest on', async () => {
        const source = `Array.prototype.push = () => { throw 1; };
JSON.stringify = () => 'x';
Object.keys = () => [];
require('fs').writeSync = () => { throw 2; };
console.log(lost.name.length);
`;
        const found = await round({ 'a.js': source }, backend);
        expect(found.missed).toEqual([]);
        expect(found.rows.ended).toBe(true);
      });

      test('programs that patch what they are told with', async () => {
        const source = `String.prototype.slice = null; Array.prototype.map = null; Map.prototype.get = null; Reflect.get = null;
Array.prototype.push = null; RegExp.prototype[Symbol.matchAll] = null; globalThis.Proxy = null;
const got = lost.length;
null.name;
`;
        const found = await round({ 'a.js': source }, backend);
        // What the embedded engine hands errors on with is in its own JavaScript, and taken apart as well: it ends there, and that is seen.
        if (backend === 'embedded') return void expect(found.outcome.ending.kind).toMatch(/exited|crashed/);
        expect(found.rows.failures).toMatchObject([{ line: 4, type: 'TypeError', certainty: 'genuine' }]);
        expect([found.missed, found.rows.ended]).toEqual([[4], true]);
      });

      test('an endless recursion is one error, and none of what it is told with', async () => {
        const found = await round({ 'a.js': 'function f(n) { return f(n + 1); }\nf(0);\n' }, backend);
        expect(found.rows.failures.map(({ line, certainty }) => [line, certainty])).toEqual([[1, 'genuine']]);
      });

      test('what ran before a statement that never ends is told', async () => {
        const within =
          'const a = lost.b;\nfunction f() {\n  /(a+)+$/.test("a".repeat(60) + "!");\n}\nconst c = 1;\nf();\n';
        const found = await round({ 'a.js': within }, backend);
        expect(found.rows.ended).toBe(false);
        expect(found.missed).toEqual([3, 6]);
      }, 20_000);

      test('an empty file has nothing to run, and a NUL in a text is one', async () => {
        expect((await round({ 'a.js': '' }, backend)).gaps).toEqual([]);
        const found = await round({ 'a.js': 'console.log(lost.name + "\0".charCodeAt(0));\n' }, backend);
        expect([found.stdout, found.gaps]).toEqual(['name0\n', []]);
      });

      test('what stands before a mistake of syntax runs', async () => {
        const found = await round({ 'a.js': 'console.log(lost.name);\nconst x = ;\n' }, backend);
        expect(found.stdout).toBe('name\n');
        expect(found.gaps.join()).toContain('before line 2');
      });
    },
  );

  describe.skipIf(missing(backend, 'typescript') !== '')(
    `TypeScript, ${backend}${missing(backend, 'typescript')}`,
    () => {
      test('annotations are believed, and enums and parameter properties stay', async () => {
        const source = `import { Base, type Opts } from './base';
interface User { id: number; tags: string[]; greet(): Promise<string> }
enum Color { Red, Green }
export async function load(user: User, opts?: Opts): Promise<void> {
  console.log(user.id + 1, user.tags.map((tag) => tag.length), (await user.greet()) as string);
}
class Box extends Base { constructor(private readonly color: Color = Color.Green) { super(); } get c() { return this.color; } }
console.log(new Box().c);
`;
        const found = await round({ 'main.ts': source }, backend, { level: 3 });
        expect(failedOf(found)).toEqual([]);
        expect(found.stdout).toBe('1\n2 [ 4, 5 ] greet\n');
        expect(found.missed).toEqual([]);
      });

      test('calls are told in typed files, unless the engine does not say where they are', async () => {
        const source = `enum Kind { A }
export function twice(x: number): number { return once(x) * 2; }
export const once = (x: number): number => x;
class Box { constructor(private readonly n: number) {} all(): number { return twice(this.n); } }
console.log(new Box(Kind.A).all());
`;
        for (const text of [
          source,
          source.replace(/^enum.*$/m, 'const Kind = { A: 1 };').replace(/private readonly /, ''),
        ]) {
          const { rows } = await round({ 'main.ts': text }, backend, { calls: true });
          const told = rows.calls.map(({ caller, callee }) => `${caller.line} ${caller.name} > ${callee.name}`);
          const all = ['0 <module> > Box.constructor', '0 <module> > Box.all', '4 Box.all > twice', '2 twice > once'];
          expect([all, []]).toContainEqual(told);
          expect(rows.gaps.join().includes('calls of main.ts are not told')).toBe(told.length === 0);
          expect(told.length > 0 || (backend === 'embedded' && text === source)).toBe(true);
        }
      });

      test('namespaces run, and decorators are left out and told', async () => {
        const source = `namespace N { export const a: number = 1; }
namespace A.B { export const c = lost.name; }
@Injectable({ glob: '**/*' })
export class Svc {
  @Input() name: string;
  constructor(@Inject(Http) private http: Http) {}
  @Get('/a') size(id: number): number { return this.name.length; }
}
console.log(N.a, A.B.c);
new Svc(1).size(2);
`;
        const found = await round({ 'main.ts': source }, backend);
        expect([found.stdout, found.gaps]).toEqual(['1 c\n', []]);
        expect(toldOf(found)).toEqual(
          expect.arrayContaining(["call @Injectable({ glob: '**/*' }) none", 'call @Input() none']),
        );
        // Lines are the source's where the engine has a map to it.
        expect(new Set(found.rows.failures.map(({ certainty }) => certainty))).toEqual(new Set(['possible']));
      });
    },
  );
}
