import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';

const at = linkedIn('javascript', 'typescript', 'tsx');
const inJs = at('a.js');
const inTs = at('a.ts');
const { has: js, hasNot: jsNot } = inJs;
const { has: ts } = inTs;
const { has: tsx } = at('a.tsx');

describe('scopes', () => {
  it('are functions for var, blocks for let, const and classes', () => {
    js(
      'function f() { if (a) { var x = 1; let y = 2; class Z {} } }',
      "f variable x = 'number'",
      "block variable y = 'number'",
    );
    js(
      'for (const x of xs) x(); for (var y of ys);',
      'block variable x = iterate(xs)',
      'file variable y = iterate(ys)',
    );
    js('try {} catch ({ code }) {}', 'block variable code');
    js('switch (a) { case 1: let x = b; }', 'block symbol x = b');
  });

  it('of classes and objects are not seen by what is inside them', () => {
    const { links } = inJs.linksOf('class A { g() {} f = g; } const o = { g() {}, f: g };');
    const inside = links.expressions.filter((one) => one.kind === 'name' && one.name === 'g');
    for (const one of inside) if (one.kind === 'name') expect(links.scopes[one.scope]?.kind).not.toBe('class');
  });

  it('hold parameters of every shape', () => {
    js(
      'function f(a, { b, c: { d }, ...e }, [g, , h] = i, ...j) {}',
      'f parameter a',
      'f variable b',
      'f variable d',
      'f variable e',
    );
    js('function f([g, , h] = i) {}', 'f variable g = iterate 0(i)', 'f variable h = iterate 2(i)');
    js('function f(a = new B()) {}', 'f parameter a = new(B)');
    ts(
      'function f(a: A, b?: B[], { c }: C, k: typeof K) {}',
      'f parameter a : A',
      'f parameter b : Array<B>',
      'f variable c = instance(C).c',
      'f variable k = K',
    );
  });

  it('hold type parameters', () => {
    ts('class A<T extends B> { f<U>(x: T) {} }', 'block variable T = B', 'A.f variable U', 'A.f parameter x : T');
  });
});

describe('imports', () => {
  it('bind what they name', () => {
    js(
      "import d, { a, b as c } from 'm'; import * as ns from 'n'; import 'side';",
      'file import d',
      'file import a',
      'file import c',
      'file import ns',
    );
    ts(
      "import type { T } from 'm'; import x = require('n'); import Y = N.M;",
      'file import T',
      'file import x',
      'file variable Y = N.M',
    );
  });

  it('of the older kind and of running code do too', () => {
    js(
      "const a = require('m'), { b, c: d } = require('n'), e = require('o').e;",
      'file import a',
      'file import b',
      'file import d',
      'file import e',
    );
    js(
      "async function f() { const m = await import('m'); const { g } = await import('n'); }",
      'f import m',
      'f import g',
    );
    js("use(require('m')); require('n').x.y();", 'file call use', 'file import import 1', 'file call import 1.y');
  });

  it('of others pass on', () => {
    const { links } = inTs.linksOf("export { a } from 'x'; export * from 'y'; export * as ns from 'z';");
    expect(links.passedOn).toEqual([1]);
    expect(links.bindings.map(({ name }) => name)).toEqual(['a', 'ns']);
  });
});

describe('exports', () => {
  it('have the names that others see', () => {
    js('function a() {} export { a as b }; export default a;', 'export b = a', 'export default = a', 'file use a');
    js('export default class A {}', 'export default = A');
    js('export default () => new B();', 'file symbol default', 'default → new(B)');
    js('export default { a() {} };', 'file symbol default = object');
  });

  it('of the older kind are bound under names of their own', () => {
    js('module.exports = f; function f() {}', 'export export= = f');
    js('module.exports = function f() {};', 'file symbol module.exports', 'export export= = module.exports');
    js(
      'module.exports = { a, b: c, d() {} };',
      'file variable module.exports = object',
      'export a = a',
      'export b = c',
    );
    js(
      'exports.a = function () {}; module.exports.b = 1; exports.c = d;',
      'file symbol exports.a',
      'export a = exports.a',
      'export c = d',
    );
    const { links } = inJs.linksOf("Object.assign(module.exports, require('./b'));");
    expect(links.passedOn).toEqual([0]);
    ts('class A {} export = A;', 'export export= = A');
  });

  it('hang on what the module is as well', () => {
    js('module.exports = f; module.exports.g = function () {}; function f() {}', 'f symbol g', 'export g = exports.g');
  });
});

describe('classes', () => {
  it('have bases, also applied and called', () => {
    ts(
      'class A extends B<C> implements D, n.E {}',
      'A(B<C>, D, n.E)',
      'A inherit B',
      'A implement D',
      'A implement n.E',
    );
    js('class A extends make(B) {}', 'A(call(make))');
    ts('interface A extends B, C<D> { m(): E }', 'A(B, C<D>)', 'A inherit B', 'A.m → instance(E)');
  });

  it('have members of every form', () => {
    js(
      "class A { x = new B(); static y = C; #z = 1; 'q' = 2; get p() { return 1; } static s() {} [k]() {} }",
      'A symbol x = new(B)',
      'A symbol y = C',
      "A symbol #z = 'number'",
      'A symbol p',
      'A.s static',
      "A.p → 'number' accessor",
    );
    ts(
      'class A { constructor(private db: Db, plain: Db) { this.other = plain; } }',
      'A symbol db : Db',
      'A.constructor parameter plain : Db',
      'A member other = plain',
    );
    ts(
      'abstract class A { abstract m(): B; n(x: string): B; n(x: any) { return c; } }',
      'A.m → instance(B)',
      'A.n → c',
    );
  });

  it('are what this means in them, through arrow functions', () => {
    js(
      'class A { f() { return () => this.g(); } static s() { this.t(); } h = () => this.i(); static { this.j(); } }',
      'A.f call self.g',
      'A.s call self-type.t',
      'A.h call self.i',
      'A call self-type.j',
    );
    jsNot('class A { f() { xs.forEach(function () { this.g(); }); } }', 'A.f call self.g');
    ts('function f(this: A) { this.g(); }', 'f call instance(A).g');
  });

  it('have super', () => {
    js(
      'class A extends B { constructor() { super(); } m() { super.m(); } }',
      'A.constructor call super.constructor',
      'A.m call super.m',
    );
  });

  it('may be values', () => {
    js('const A = class B { f() { this.g(); } };', 'file symbol A', 'A.f call self.g');
    js('module.exports = class A {};', 'file symbol module.exports');
  });

  it('and enumerations and namespaces hold their names', () => {
    ts("enum E { A, B = 'b', 'c d' }", 'E symbol A', 'E symbol B', 'E symbol c d');
    ts('namespace N { export const x = 1; }', "N symbol x = 'number'", 'N');
  });
});

describe('what is hung on something', () => {
  it('is a member of what functions make', () => {
    js(
      'function F() { this.x = new B(); } F.prototype.m = function () { this.n(); }; F.s = () => 1;',
      'F member x = new(B)',
      'F symbol m',
      'F symbol s',
      'F.m call self.n',
    );
    js('function F() {} F.prototype = { m() { this.n(); } };', 'F symbol m', 'F.m call self.n');
    js('function F() {} Object.assign(F.prototype, { m() {} });', 'F symbol m');
    js(
      'function F() {} F.prototype = Object.create(G.prototype); util.inherits(H, G); function H() {}',
      'F(G)',
      'H(G)',
    );
  });

  it('is a member of objects', () => {
    js(
      'const o = { a() { this.b(); }, b, c: d, ...e }; o.f = function () { this.a(); };',
      'o symbol a',
      'o member b = b',
      'o member c = d',
      'o member ... = e',
      'o symbol f',
      'o.a call object.b',
      'o.f call object.a',
    );
    js(
      'var app = exports = module.exports = {}; app.use = function () { this.x(); };',
      'class symbol use',
      'app.use call object.x',
    );
    js('var req = Object.create(Base.prototype); req.get = function () {};', 'req member ... = Base', 'req symbol get');
  });

  it('by defining it is an accessor or a value', () => {
    js(
      "var o = {}; Object.defineProperty(o, 'x', { get() { return this.y(); } });",
      'get → call(object.y) accessor',
      'o symbol x',
    );
    js("var o = {}; Object.defineProperty(o, 'x', { value: f });", 'o member x = f');
  });

  it('of names that say nothing else is left alone', () => {
    jsNot('function f(o) { o.x = function () {}; }', 'f symbol x');
    jsNot('var o = {}; function f(o) { o.x = 1; }', "o member x = 'number'");
  });
});

describe('values', () => {
  it('of variables', () => {
    js('const a = b || c;', 'file symbol a = either(b, c)');
    js('const a = b && c;', 'file symbol a = c');
    js('const a = await b();', 'file symbol a = unwrap(call(b))');
    js('const a = b?.c?.[0];', 'file symbol a = subscript 0(b.c)');
    js('const a = [new B(), ...c];', 'file symbol a = Array[new(B), iterate(c)]');
    js('const a = b.c.bind(d);', 'file symbol a = first(call(b.c.bind), b.c)');
    ts(
      'const a = b as C; const d = <E>f; const g = h!;',
      'file symbol a = instance(C)',
      'file symbol d = instance(E)',
      'file symbol g = h',
    );
    ts(
      'const i = j as const; const k = l satisfies M; const n = o as typeof p;',
      'file symbol i = j',
      'file symbol k = l',
      'file symbol n = first(o, p)',
    );
    ts('const a: A = b; let c: C = d;', 'file symbol a = first(b, instance(A))', 'file symbol c = d : C');
  });

  it('of calls of the language', () => {
    js(
      'const a = Object.values(b); const e = b.get(f);',
      'file symbol a = Array[subscript(b)]',
      'file symbol e = first(call(b.get), subscript(b))',
    );
    js('const c = b.filter(d);', 'file symbol c = first(call(b.filter), Array[iterate(b)])');
  });

  it('of assignments add up', () => {
    js('let a; a = new B(); function f() { a = new C(); }', 'file variable a = new(B)', 'file variable a = new(C)');
    js('const a = []; a.push(new B());', 'file variable a = Array[new(B)]');
    js('class A { f() { this.xs = []; this.xs.push(new B()); } }', 'A member xs = Array[new(B)]');
  });
});

describe('types', () => {
  it('name what values are', () => {
    ts(
      'let a: A | null, b: Promise<B>, c: [C, string], d: n.D, e: readonly E[], f: () => F;',
      'file symbol a : either(A, null)',
      'file symbol b : Promise<B>',
      'file symbol c : Tuple<C, string>',
      'file symbol d : n.D',
      'file symbol e : Array<E>',
      'file symbol f : Function<F>',
    );
    ts(
      'let a: Partial<A>, b: ReturnType<typeof f>, c: (x: X) => void, d: any, e: this;',
      'file symbol a : A',
      'file symbol b : call(f)',
      'file symbol c : Function<X, void>',
      'file symbol d',
      'file symbol e',
    );
    ts(
      'type T = { m(): A; p: B }; type U = T & V;',
      'file symbol T = object',
      'class symbol m',
      'class symbol p : B',
      'file symbol U = object',
      'class member ... = instance(T)',
    );
    ts('class A { f(): this { return this; } }', 'A.f → instance(self-type)');
  });

  it('are uses of their names', () => {
    ts('function f(a: A<B>, b: typeof C): D | E {}', 'f type A', 'f type B', 'f type D', 'f type E');
  });
});

describe('calls', () => {
  it('are calls, constructions, elements, tags and decorators', () => {
    js(
      'f(); a.b(); new C(); new n.D(); tag`x`; g.call(h); (0, i)();',
      'file call f',
      'file call a.b',
      'file call C',
      'file call n.D',
      'file call tag',
      'file call first(g.call, g)',
      'file call i',
    );
    tsx('const x = <A b={c()}><n.B/><div/></A>;', 'file call A', 'file call n.B', 'file call c');
    ts('@d @e.f() class A { @g x; }', 'A decorate d', 'A decorate e.f', 'A.x decorate g');
  });

  it('of overloads have one binding', () => {
    const { links } = inTs.linksOf(
      'function f(a: string): A; function f(a: number): B; function f(a: any) {} declare function g(): C; declare function g(x: D): E;',
    );
    expect(
      links.bindings
        .filter(({ name }) => name === 'f' || name === 'g')
        .map(({ name }) => name)
        .sort(),
    ).toEqual(['f', 'g']);
  });

  it('pass functions, which are used', () => {
    js('function f() {} g(f); const o = { f };', 'file use f', 'o use f');
  });

  it('tell callbacks what they are given', () => {
    js(
      'xs.forEach((x) => x.m());',
      'function variable x = first(parameter 0(parameter 0(xs.forEach)), iterate(xs))',
      'file call x.m',
    );
    ts('const f: Handler = (c) => c.m();', 'f variable c = parameter 0(instance(Handler))', 'f call c.m');
  });
});

describe('tests of classes', () => {
  it('say what names are where they hold', () => {
    js(
      'if (x instanceof A && x.a()) x.b(); else x.c();',
      'file call instance(A).a',
      'file call instance(A).b',
      'file call x.c',
    );
    js('if (!(x instanceof A)) throw y; x.b();', 'file call instance(A).b');
    js('if (x instanceof A) { x = y; x.b(); }', 'file call x.b');
  });
});
