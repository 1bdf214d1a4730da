/** What the rules of JavaScript and TypeScript lead to, one rule after the other. */
import { expect, test } from 'vitest';
import { edgesOf, makeGraph, nodeNamed } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Calls out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from)).toEqual(expected);
}

/** As `check`, of one file `a.ts` and without states and rules. */
async function calls(source: string, from: string, ...expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph({ 'a.ts': source });
  const found = edgesOf(graph, `a.ts:${from}`).map((line) => {
    const [target, state] = line.split(' ') as [string, string];
    return target.replace('a.ts:', '') + (state === 'resolved' ? '' : ` ${state}`);
  });
  expect(found).toEqual(expected);
}

test('names of the file, hidden by inner ones', async () => {
  await check({ 'a.js': 'function g() {}\nfunction f() { g(); }' }, 'a.js:f', ['a.js:g resolved scope']);
  await calls('function g() {}\nfunction f() { function g() {}\n g(); }', 'f', 'f.g');
  await calls('function g() {}\nfunction f(g) { g(); }', 'f');
  await calls('function g() {}\nfunction f() { { const g = 1; }\n g(); }', 'f', 'g');
  await calls('const g = () => 1; const f = () => g();', 'f', 'g');
});

test('imports of every form', async () => {
  const files = {
    'b.ts':
      'export function g() {}\nexport default function d() {}\nexport { g as h };\nfunction inner() {}\nexport { inner as outer };',
    'a.ts': `import d, { g, h as i, outer } from './b';
import * as ns from './b';
function f() { d(); g(); i(); outer(); ns.g(); ns.default(); ns.outer(); }`,
  };
  await check(files, 'a.ts:f', [
    'b.ts:d resolved import',
    'b.ts:g resolved import',
    'b.ts:g resolved import',
    'b.ts:inner resolved import',
    'b.ts:g resolved import',
    'b.ts:d resolved import',
    'b.ts:inner resolved import',
  ]);
});

test('re-exports', async () => {
  const files = {
    'c.ts': 'export function g() {}\nexport default () => { return 1; };',
    'b.ts': "export * from './c';\nexport { g as h, default as d } from './c';\nexport * as ns from './c';",
    'a.ts': "import { g, h, d, ns } from './b';\nfunction f() { g(); h(); d(); ns.g(); }",
  };
  await check(files, 'a.ts:f', [
    'c.ts:g resolved import',
    'c.ts:g resolved import',
    'c.ts:default resolved import',
    'c.ts:g resolved import',
  ]);
});

test('modules of the older kind', async () => {
  const files = {
    'one.js': 'module.exports = function one() {};\nmodule.exports.more = function () {};',
    'two.js': 'function a() {}\nmodule.exports = { a, b: a, c() {}, d: function () {} };',
    'three.js': 'exports.x = function () {};\nfunction y() {}\nexports.y = y;\nexports.z = () => exports.x();',
    'four.js': "module.exports = require('./one');",
    'main.js': `const one = require('./one'), two = require('./two');
const { c, d: e } = require('./two');
const x = require('./three').x;
function f() { one(); one.more(); two.a(); two.b(); two.c(); c(); e(); x(); require('./three').y(); require('./four')(); }`,
  };
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'main.js:f').map((line) => line.replace(/ resolved .*/, ''))).toEqual([
    'one.js:one',
    'one.js:more',
    'two.js:a',
    'two.js:a',
    'two.js:c',
    'two.js:c',
    'two.js:d',
    'three.js:x',
    'three.js:y',
    'one.js:one',
  ]);
  expect(edgesOf(graph, 'three.js:z')).toEqual(['three.js:x resolved scope']);
});

test('modules of either kind import each other', async () => {
  const files = {
    'cjs.js': 'module.exports = class K { m() {} };',
    'names.js': 'exports.x = function () {};',
    'a.mjs':
      "import K from './cjs.js';\nimport names, { x } from './names.js';\nfunction f() { new K().m(); names.x(); x(); }",
  };
  await check(files, 'a.mjs:f', [
    'cjs.js:K resolved import',
    'cjs.js:K.m resolved constructor',
    'names.js:x resolved import',
    'names.js:x resolved import',
  ]);
});

test('modules imported while running', async () => {
  const files = {
    'b.ts': 'export function g() {}\nexport class K { m() {} }',
    'a.ts':
      "async function f() { const { g } = await import('./b'); g(); const b = await import('./b'); new b.K().m(); (await import('./b')).g(); }",
  };
  await check(files, 'a.ts:f', [
    'b.ts:g resolved import',
    'b.ts:K resolved import',
    'b.ts:K.m resolved constructor',
    'b.ts:g resolved import',
  ]);
});

test('methods of classes, theirs and their bases', async () => {
  const source = `class B { m() {} static s() {} get p() { return new B(); } }
class A extends B { n() { this.m(); super.m(); A.s(); this.p.m(); this.o(); } o = () => this.n(); constructor() { super(); } }
function f() { new A().n(); const a = new A(); a.o(); a.m(); }`;
  await calls(source, 'A.n', 'B.m', 'B.m', 'B.s', 'B.p', 'B.m', 'A.o');
  await calls(source, 'A.o', 'A.n');
  await calls(source, 'f', 'A', 'A.constructor', 'A.n', 'A', 'A.constructor', 'A.o', 'B.m');
});

test('super() calls the constructor behind', () =>
  calls(
    'class B { constructor() {} }\nclass A extends B { constructor() { super(); } }',
    'A.constructor',
    'B.constructor',
  ));

test('members that constructors and their parameters set', async () => {
  const source = `class Db { q() {} }
class A { x = new Db(); constructor(private readonly db: Db, other: Db) { this.other = other; this.made = new Db(); }
  f() { this.db.q(); this.other.q(); this.made.q(); this.x.q(); } }`;
  await calls(source, 'A.f', 'Db.q', 'Db.q', 'Db.q', 'Db.q');
});

test('functions that construct, and their prototypes', async () => {
  const source = `function Foo() { this.bar = new Bar(); }
Foo.prototype.m = function () { this.n(); this.bar.b(); };
Foo.prototype.n = function n() {};
Foo.make = function () { return new Foo(); };
function Bar() {}
Bar.prototype = { b() { this.c(); }, c: function () {} };
function Sub() { Foo.call(this); }
Sub.prototype = Object.create(Foo.prototype);
Sub.prototype.o = function () { this.m(); };
function f() { new Foo().m(); Foo.make().n(); new Sub().n(); }`;
  await calls(source, 'Foo.m', 'Foo.n', 'Bar.b');
  await calls(source, 'Bar.b', 'Bar.c');
  await calls(source, 'Sub', 'Foo');
  await calls(source, 'Sub.o', 'Foo.m');
  await calls(source, 'f', 'Foo', 'Foo.m', 'Foo.make', 'Foo.n', 'Sub', 'Foo.n');
});

test('objects, and what is hung on them', async () => {
  const source = `const api = { a() { this.b(); }, b: () => 1, c: helper, deep: { d() {} } };
function helper() {}
api.late = function () { this.a(); };
function f() { api.a(); api.b(); api.c(); api.deep.d(); api.late(); const { a, c: x } = api; a(); x(); }`;
  await calls(source, 'api.a', 'api.b');
  await calls(source, 'api.late', 'api.a');
  await calls(source, 'f', 'api.a', 'api.b', 'helper', 'api.deep.d', 'api.late', 'api.a', 'helper');
});

test('a declared function that is made a member has the object for itself', async () => {
  const source = `const api = { a, b() {} };
api.late = late;
function a() { this.b(); }
function late() { this.a(); }
function Made() { this.b(); }
module.exports = { Made };`;
  await calls(source, 'a', 'api.b');
  await calls(source, 'late', 'a');
  await calls(source, 'Made', 'api.b ambiguous');
});

test('objects mixed into each other', async () => {
  const files = {
    'proto.js':
      'var app = exports = module.exports = {};\napp.use = function use() { this.init(); };\napp.init = function () {};',
    'app.js': `var mixin = require('merge-descriptors'), proto = require('./proto');
exports = module.exports = create;
function create() { var app = function (q) { app.use(q); }; mixin(app, proto, false); app.init(); return app; }
const both = { ...proto, own() {} };
function f() { both.use(); both.own(); }`,
    'main.js': "const create = require('./app');\nconst app = create();\nfunction f() { app.use(); }",
  };
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'proto.js:app.use')).toEqual(['proto.js:app.init resolved member']);
  expect(edgesOf(graph, 'app.js:create')).toEqual(['proto.js:app.init resolved member']);
  expect(edgesOf(graph, 'app.js:create.app')).toEqual(['proto.js:app.use resolved member']);
  expect(edgesOf(graph, 'app.js:f').map((line) => line.split(' ')[0])).toEqual(['proto.js:app.use', 'app.js:both.own']);
  expect(edgesOf(graph, 'main.js:f')).toEqual(['proto.js:app.use resolved member']);
});

test('what functions give: objects, functions, themselves', async () => {
  const source = `function make() { function inner() {}\n return { inner, other() {} }; }
const lazy = () => ({ x() {} });
class Q { where() { return this; } all() { return [new R()]; } async one() { return new R(); } }
class R { r() {} }
async function f() { make().inner(); make().other(); lazy().x(); new Q().where().where().all()[0].r(); (await new Q().one()).r(); }`;
  await calls(
    source,
    'f',
    'make',
    'make.inner',
    'make',
    'make.other',
    'lazy',
    'lazy.x',
    'Q',
    'Q.where',
    'Q.where',
    'Q.all',
    'R.r',
    'Q',
    'Q.one',
    'R.r',
  );
});

test('annotations', async () => {
  const source = `class R { r() {} }
interface I { m(): R; p: R; list: R[] }
type T = { t(): void; r: R };
class C implements I { m() { return new R(); } p = new R(); list = []; }
function f(i: I, t: T, many: Map<string, R>, p: Promise<R>, maybe?: R, fn: () => R, all: Partial<R>, key: typeof R) {
  i.m().r(); i.p.r(); i.list[0].r(); t?.t(); t!.r.r(); many.get('x')?.r(); maybe?.r(); fn().r(); all.r(); new key().r(); (i as any as R).r();
}`;
  await calls(
    source,
    'f',
    ...['I.m', 'R.r', 'R.r', 'R.r', 'T.t', 'R.r', 'R.r', 'R.r', 'R.r', 'R.r', 'R', 'R.r', 'R.r'],
  );
});

test('constants are what they were set to, whatever their type', async () => {
  const source = `interface I { m(): void } class C implements I { m() {} }
const a: I = new C(), b: I = make(), o: I = { m() {} };
const g: (x: number) => void = helper as any;
let changing: I = new C();
function helper() {}
function f() { a.m(); b.m(); o.m(); g(1); changing.m(); }`;
  await calls(source, 'f', 'C.m', 'I.m', 'o.m', 'helper', 'I.m');
});

test('a name of a type and of a value is called as the value', async () => {
  await calls('interface g { m(): void }\nfunction g() {}\nfunction f(x: g) { g(); x.m(); }', 'f', 'g', 'g.m');
});

test('methods of interfaces are overridden by those of classes', async () => {
  const { graph } = await makeGraph({ 'a.ts': 'interface I { m(): void }\nclass C implements I { m() {} }' });
  expect(edgesOf(graph, 'a.ts:C.m', 'overrides')).toEqual(['a.ts:I.m resolved structure']);
  expect(edgesOf(graph, 'a.ts:C', 'implements')).toEqual(['a.ts:I resolved scope']);
});

test('type parameters are what they extend', () =>
  calls('class R { r() {} }\nfunction f<T extends R>(x: T) { x.r(); }', 'f', 'R.r'));

test('what containers hold, and what callbacks are given', async () => {
  const source = `class R { r() {} }
const list = [new R(), new R()];
const map = new Map<string, R>();
function f() {
  for (const x of list) x.r();
  list.forEach((x) => x.r());
  list.filter((x) => x.r()).map((x) => x.r());
  list.map((x) => x)[0].r();
  for (const [, x] of map.entries()) x.r();
  for (const x of map.values()) x.r();
  Object.values({ a: new R() }).length;
}`;
  await calls(source, 'f', ...['R.r', 'R.r', 'R.r', 'R.r', 'R.r', 'R.r', 'R.r', 'R']);
});

test('tests of classes', async () => {
  const source = `class R { r() {} }
function f(x: unknown) { if (x instanceof R) x.r(); if (!(x instanceof R)) return; x.r(); }`;
  await calls(source, 'f', 'R.r', 'R.r');
});

test('overloads are one function', async () => {
  const source = `class R { r() {} }
function g(a: string): R;
function g(a: number): R;
function g(a: any): R { return new R(); }
class C { m(a: string): R; m(a: number): R; m(a: any) { return new R(); } }
declare function only(a: string): R;
function f() { g(1).r(); new C().m(1).r(); only('').r(); }`;
  const { graph } = await makeGraph({ 'a.ts': source });
  const lines = edgesOf(graph, 'a.ts:f');
  expect(lines.map((line) => line.split(' ').slice(0, 2).join(' '))).toEqual([
    'a.ts:g resolved',
    'a.ts:R.r resolved',
    'a.ts:C resolved',
    'a.ts:C.m resolved',
    'a.ts:R.r resolved',
    'a.ts:only resolved',
    'a.ts:R.r resolved',
  ]);
});

test('elements call their components', async () => {
  const files = {
    'ui.tsx':
      'export const Button = (props) => <b/>;\nexport class Panel { render() {} }\nexport const Ns = { Item() {} };',
    'a.tsx':
      "import { Button, Panel, Ns } from './ui';\nfunction App() { return <div><Button/><Panel></Panel><Ns.Item/></div>; }",
  };
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'a.tsx:App').map((line) => line.split(' ')[0])).toEqual([
    'ui.tsx:Button',
    'ui.tsx:Panel',
    'ui.tsx:Ns.Item',
  ]);
});

test('namespaces and enumerations', async () => {
  const source = `namespace N { export function g() { h(); } function h() {} export class K { m() {} } }
enum E { A, B }
function f() { N.g(); new N.K().m(); E.A; }`;
  await calls(source, 'N.g', 'N.h');
  await calls(source, 'f', 'N.g', 'N.K', 'N.K.m');
  const { graph } = await makeGraph({ 'a.ts': source });
  expect(edgesOf(graph, 'a.ts:f', 'uses').map((line) => line.split(' ')[0])).toContain('a.ts:E.A');
});

test('functions by another way: call, apply, bind, aliases, callbacks', async () => {
  const source = `function g() {}
class A { m() {} }
const alias = g;
const bound = g.bind(null);
function f() { g.call(null); g.apply(null, []); alias(); bound(); A.prototype.m.call({}); setTimeout(g); }`;
  await calls(source, 'f', 'g', 'g', 'g', 'g', 'A.m');
  const { graph } = await makeGraph({ 'a.ts': source });
  expect(edgesOf(graph, 'a.ts:f', 'uses')).toContain('a.ts:g resolved scope');
});

test('classes written as values, and wrapped functions', async () => {
  const source = `const A = class { m() { this.n(); } n() {} };
const Button = memo((props) => { helper(); });
function helper() {}
export default class extends A { o() { this.m(); } }
function f() { new A().m(); Button(); }`;
  await calls(source, 'A.m', 'A.n');
  await calls(source, 'default.o', 'A.m');
  await calls(source, 'Button', 'helper');
  await calls(source, 'f', 'A', 'A.m', 'Button');
});

test('what leads out of the repository is said to', async () => {
  const { graph } = await makeGraph({
    'a.ts': "import x from 'react';\nfunction f(s: string) { x(); s.trim(); console.log(); unknown.y(); }",
  });
  expect(graph.statistics()[0]).toMatchObject({ callSites: 4, external: 4, unknown: 0 });
});

test('a callback that is passed is unknown, not external', async () => {
  const { graph } = await makeGraph({ 'a.ts': 'function f(done: () => void, other) { done(); other(); }' });
  expect(graph.statistics()[0]).toMatchObject({ callSites: 2, external: 0, unknown: 2 });
});

test('what functions are given where one is expected', async () => {
  const source = `class C { m() {} }
type Handler<E = any> = (c: C, next: () => void) => unknown;
type Routes = { get: Handler; post(c: C): void };
const typed: Handler = (c) => c.m();
const made = (): Handler<number> => { return async function inner(c) { c.m(); }; };
const short = (): Handler => (c) => c.m();
const routes: Routes = { get: (c) => c.m(), post(c) { c.m(); } };
function take(name: string, handler: Handler) { handler(new C(), () => {}); }
function f() { take('x', (c) => c.m()); }`;
  await calls(source, 'typed', 'C.m');
  await calls(source, 'made.inner', 'C.m');
  await calls(source, 'short', 'C.m');
  await calls(source, 'routes.get', 'C.m');
  await calls(source, 'routes.post', 'C.m');
  await calls(source, 'f', 'take', 'C.m');
});

test('what is defined on something is its member, and its own this', async () => {
  const source = `var req = exports = module.exports = {};
req.get = function () {};
defineGetter(req, 'secure', function secure() { return this.get(); });
Object.defineProperty(req, 'host', { get() { return this.get(); } });
function f() { req.secure; }`;
  const { graph } = await makeGraph({ 'a.js': source });
  expect(edgesOf(graph, 'a.js:secure')).toEqual(['a.js:req.get resolved member']);
  expect(edgesOf(graph, 'a.js:get')).toEqual(['a.js:req.get resolved member']);
  expect(edgesOf(graph, 'a.js:f')).toEqual(['a.js:secure resolved member']);
});

test('members named by constants, and what is put into containers', async () => {
  const source = `const kState = Symbol('state');
class S { m() {} }
class A { constructor() { this[kState] = new S(); this.list = []; this.list.push(new S()); }
  f() { this[kState].m(); for (const x of this.list) x.m(); } }`;
  await calls(source, 'A.f', 'S.m', 'S.m');
});

test('of methods of one name, one of them static, the side that is asked counts', async () => {
  const source = `class B { m() {} s() {} }
    class A { go() { return new B(); } static go() { return 1; } }
    function f() { A.go(); new A().go().m(); }`;
  const { graph } = await makeGraph({ 'a.ts': source });
  expect(edgesOf(graph, 'a.ts:f')).toEqual([
    'a.ts:A.go resolved member',
    'a.ts:A resolved scope',
    'a.ts:A.go resolved constructor',
    'a.ts:B.m resolved result',
  ]);
  const starts = graph.out(nodeNamed(graph, 'a.ts:f'), { kinds: ['calls'] }).map(({ to }) => graph.node(to).span.start);
  const methods = [...source.matchAll(/go\(\) \{|static go/g)].map(({ index }) => index);
  expect([starts[0], starts[2]]).toEqual([methods[1], methods[0]]);
});

test('behind a declared type without a body stand the functions that are returned', async () => {
  const type = 'export type Handler = (x: number) => void;\n';
  const make = `${type}export function make(): Handler { function inner(x: number) {} return inner as Handler; }\n`;
  const files = {
    'a.ts': "import { make } from './b';\nconst h = make();\nexport function f() { h(1); make()(2); }\n",
    'b.ts': make,
  };
  await check(files, 'a.ts:f', [
    'b.ts:make.inner resolved result',
    'b.ts:make resolved import',
    'b.ts:make.inner resolved result',
  ]);
  // A name that is bound anew, a parameter, and what returns something else as well.
  for (const source of [
    `${make}let h: Handler = make(); h = other;\nexport function f() { h(1); }\n`,
    `${make}export function f(h: Handler = make()) { h(1); }\n`,
    `${type}export function make(c: Handler): Handler { function inner(x: number) {} if (c) return c; return inner; }\nexport function f() { make(x)(1); }\n`,
  ]) {
    const { graph } = await makeGraph({ 'a.ts': source });
    expect(edgesOf(graph, 'a.ts:f').filter((edge) => edge.includes('inner'))).toEqual([]);
  }
});

test('a method that may be overridden returns what it may', async () => {
  const source =
    'type H = () => void;\nclass A {\n  make(): H { function inner() {} return inner; }\n  static of(): H { function own() {} return own; }\n}\nfunction f(a: A) { a.make()(); A.of()(); }\n';
  const { graph } = await makeGraph({ 'a.ts': source });
  expect(edgesOf(graph, 'a.ts:f')).toEqual([
    'a.ts:A.make resolved annotation',
    'a.ts:A.of resolved member',
    'a.ts:A.of.own resolved result',
  ]);
});

test('a name of a type and a value has the members of the value', async () => {
  const source =
    'interface Made { init(): void }\ndeclare function make(): Made;\nexport interface Foo { x: 1 }\nexport const Foo: Made = make();\nexport function f() { Foo.init(); }\n';
  await check({ 'a.ts': source }, 'a.ts:f', ['a.ts:Made.init resolved result']);
});

test('a field that is declared and assigned a function is called as the function', () =>
  calls(
    'interface Use { <T>(x: T): void }\nclass App {\n  use: Use;\n  constructor() { this.use = (x) => {}; }\n}\nfunction f(app: App) { app.use(1); }',
    'f',
    'App.constructor.use',
  ));

test('what is taken out of a container of a library leaves a name what it is otherwise bound to', async () => {
  const source = (value: string): string =>
    `import { Lru, make } from 'lib';\nconst cache = new Lru();\nclass A { go() {} }\nfunction f(k) { let x = ${value}; if (!x) x = new A(); x.go(); }`;
  const { graph } = await makeGraph({ 'a.js': source('cache.get(k)') });
  expect(edgesOf(graph, 'a.js:f')).toContain('a.js:A.go resolved constructor');
  const { graph: other } = await makeGraph({ 'a.js': source('make(k)') });
  expect(edgesOf(other, 'a.js:f')).toContain('a.js:A.go ambiguous constructor');
});
