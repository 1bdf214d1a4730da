import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';
import { bareTypeName, extensionName, toldName, typeName } from './csharp-names.ts';

const { has, hasNot, linksOf } = linkedIn('csharp')('A.cs');

/** As `has`, of statements in a method `F` of a class `A`. */
const inMethod = (statements: string, ...expected: string[]): void =>
  has(`class A { void F() { ${statements} } }`, ...expected);

describe('names', () => {
  it('tell types by their parameters, methods by what they are told and what they extend', () => {
    expect([typeName('Box', 1), typeName('Box', 0), bareTypeName('Box`2'), bareTypeName('Box')]).toEqual([
      'Box`1',
      'Box`0',
      'Box',
      'Box',
    ]);
    expect([toldName('Read(1)', 2), toldName('Read(1)', 0), extensionName('Read(1)')]).toEqual([
      'Read(1;2)',
      'Read(1)',
      '.Read(1)',
    ]);
  });
});

describe('a file belongs to', () => {
  it.each([
    ['namespace A.B;\nclass C { }', 'A.B'],
    ['namespace A { namespace B.C { class D { } } class E { } }', 'A\nA.B.C'],
    ['class C { }', null],
    ['global using A.B;\nglobal using static A.B.C;\nnamespace D { }', 'using A.B\nusing A.B.C\nD'],
  ])('%j', (source, expected) => expect(linksOf(source).links.package).toBe(expected));
});

describe('imports', () => {
  it('bind aliases alone', () => {
    const source = 'using System;\nusing static A.B;\nusing F = A.B.Foo<int>;\nclass C { }';
    expect(linksOf(source).facts.imports.map(({ module, name, alias }) => `${module} ${name} ${alias}`)).toEqual([
      'System * null',
      'A.B * null',
      'A.B Foo F',
    ]);
    has(source, 'file import F', 'file import F`0');
  });
});

describe('types', () => {
  it('are bound by their parameters, with their bases', () =>
    has(
      'class A<T> : B<T>, IFoo where T : C { class D { } }',
      'file symbol A`1',
      'block variable T = C`0',
      'A symbol D',
      'A symbol D`0',
      'A(B`1<T`0>, IFoo`0)',
      'A inherit B`1',
      'A implement IFoo`0',
    ));

  it('in parts say so', () => {
    has('partial class A { }', 'A variable (partial)');
    hasNot('class A { }', 'A variable (partial)');
  });

  it('of records have their parameters as properties; of classes they are parameters', () => {
    has('record A(B X, int Y = 1) : C(X) { }', 'A symbol X : B`0', 'A call C`0.constructor(1)', 'A inherit C`0');
    has('class A(B x) : C(x) { }', 'block parameter x : B`0', 'A call C`0.constructor(1)');
    has('class A(B x);\n', 'file symbol A', 'block parameter x : B`0');
  });

  it('of delegates are functions', () =>
    has(
      'delegate A D(B b, int c);',
      "file symbol D = 'Function'<B`0, int, A`0>",
      "file symbol D`0 = 'Function'<B`0, int, A`0>",
    ));
});

describe('members', () => {
  it('are bound by the numbers of arguments that they take', () =>
    has(
      'class A { B F(int a, int b = 1, params C[] c) { } static D G<T>() { } void H<T>(T t) { } }',
      'A symbol F(3)',
      'A symbol F(2)',
      'A symbol F(1)',
      'A symbol F(*)',
      'A symbol G(0;1)',
      'A symbol H(1)',
      'A symbol H(1;1)',
      "A.F parameter c : 'array'<C`0>",
      'A.F → instance(B`0)',
      'A.G → instance(D`0) static',
    ));

  it('are not called without what cannot be inferred', () => hasNot('class A { D G<T>() { } }', 'A symbol G(0)'));

  it('are properties that run code or hold values', () =>
    has(
      'class A { B P => c; B Q { get; set; } B R { get { return value; } set { } } static B S = new(1); const int T = 1; event D E; B this[int i] => c; }',
      'A.P → instance(B`0) accessor',
      'A symbol Q : B`0',
      'A.R → instance(B`0) accessor',
      'function parameter value : B`0',
      'A symbol S : B`0',
      'A symbol E : D`0',
      'A symbol this[] : B`0',
      'A.this → instance(B`0) accessor',
      "A call B`0.constructor(1)<'int'>",
    ));

  it('extend a type', () =>
    has(
      'static class A { public static void F(this B b, int c) { } }',
      'A symbol F(2)',
      'A symbol .F(1)',
      'A.F → instance(void) static of B`0',
    ));

  it('that an interface alone shows are the class’s where it has no other', () => {
    has('class A : I { void I.F() { } }', 'A symbol F(0)');
    const { links } = linksOf('class A : I { void I.F() { } void F() { } }');
    expect(links.bindings.filter(({ name }) => name === 'F(0)')).toHaveLength(1);
  });

  it('are called without arguments where they take none, or else where all may be left out', () => {
    const counted = (source: string): number =>
      linksOf(source).links.bindings.filter(({ name }) => name === 'F(0)').length;
    expect(counted('class A { void F(int a = 1) { } void F(params int[] b) { } void F() { } }')).toBe(1);
    expect(counted('class A { void F(int a = 1) { } }')).toBe(1);
  });

  it('are constructors, operators and finalizers', () =>
    has(
      'class A : B { A(int a) : this(a, 1) { } A(int a, int b) : base(a) { } static A() { } ~A() { } public static A operator +(A a, A b) => a; }',
      'A symbol constructor(1)',
      'A symbol constructor(2)',
      "A.A call self-type.constructor(2)<a, 'int'>",
      'A.A call super.constructor(1)<a>',
      'A symbol ~A',
      'A symbol operator +',
    ));

  it('of enumerations are of their type', () => has('enum E { X, Y = 1 }', 'E symbol X : self-type'));
});

describe('calls', () => {
  it('look up by the number of arguments and what is told, and are chosen by arguments', () =>
    inMethod(
      'G(); G(1, "a"); this.G(x); base.G(); a.b.G<C>(); a?.G(null)?.H(); new C(1L); new D.E<C>(); nameof(G); G(a: 1);',
      'A.F call G(0)',
      "A.F call G(2)<'int', 'string'>",
      'A.F call self.G(1)<x>',
      'A.F call super.G(0)',
      'A.F call a.b.G(0;1)',
      "A.F call a.G(1)<'null'>",
      "A.F call C`0.constructor(1)<'long'>",
      'A.F call D.E`1<C`0>.constructor(0)',
      'A.F call G(1)',
    ));

  it('of what holds a function are of its value', () =>
    has(
      'class A { Func<int> g; Action H { get; } void F(Action<B> p) { g(); H(); p(null); p.Invoke(null); p?.Invoke(null); var l = () => 1; l(); } }',
      'A.F call g',
      'A.F call H',
      'A.F call p',
      'A.F call l',
    ));

  it('name the type that is expected', () =>
    has(
      'class A { B P => new(); B F() { B b = new(1); return new() { X = 1 }; } }',
      'A.P call B`0.constructor(0)',
      "A.F call B`0.constructor(1)<'int'>",
      'A.F call B`0.constructor(0)',
    ));

  it('of attributes decorate', () =>
    has(
      '[Foo(1)] class A { [B.CAttribute] void F() { } }',
      'A decorate first(FooAttribute, Foo)',
      'A.F decorate B.CAttribute`0',
    ));
});

describe('locals', () => {
  it('have their types or values', () =>
    inMethod(
      'B a = null; var b = new B(); foreach (C c in d) { } foreach (var e in f) { } using (var g = new H()) { } for (I i = j; ; ) { }',
      'block variable a : B`0',
      'block variable b = new(B`0)',
      'block variable c : C`0',
      'block variable e = iterate(f)',
      'block variable g = new(H`0)',
      'block variable i : I`0',
    ));

  it('are taken apart, tried and matched', () =>
    inMethod(
      'var (a, b) = c; (D d, var e) = f; G(out H h); if (i is J j && i is { K: L l }) { } try { } catch (M m) { } switch (n) { case O o: break; }',
      'block variable a = subscript 0(c)',
      'block variable b = subscript 1(c)',
      'block variable d : D`0',
      'block variable h : H`0',
      'block variable j : J`0',
      'block variable l : L`0',
      'block variable m : M`0',
      'block variable o : O`0',
    ));

  it('of functions are given what the call passes', () =>
    inMethod(
      'a.Where(b => b.C()).Select(d => d.E()); G(h => h.I()); from j in k where j.L() select j;',
      'function variable b = first(parameter 0(parameter 0(a.Where(1))), iterate(a))',
      'function variable h = parameter 0(parameter 0(G(1)))',
      'block variable j = iterate(k)',
    ));

  it('that are functions are bound by what they take', () => inMethod('int G(int a) => a; G(1);', 'block symbol G(1)'));
});

describe('values', () => {
  it.each([
    ['await b.C()', 'unwrap(call(b.C(0)))'],
    ['b as C', 'instance(C`0)'],
    ['(C)b', 'instance(C`0)'],
    ['b ?? c', 'either(b, c)'],
    ['b ? c : d', 'either(c, d)'],
    ['b switch { C c => c.D(), _ => e }', 'either(call(c.D(0)), e)'],
    ['b[0]', 'subscript(b)'],
    ['b.C', 'b.C'],
    ['b.Value', 'first(b.Value, subscript(b))'],
    ['b?.C', 'b.C'],
    ['b!', 'b'],
    ['default(C)', 'instance(C`0)'],
    ['new[] { new C() }', 'array[new(C`0)]'],
    ['new C[2]', "instance('array'<C`0>)"],
    ['(b, c)', 'tuple[b, c]'],
    ['$"{b}"', "'string'"],
    ['1.5m', "'decimal'"],
    ['b + "c"', "'string'"],
    ['b == c', "'bool'"],
    ['global::B.C', 'global::B.C'],
    ['b.Get<C>()', 'first(call(b.Get(0;1)), instance(C`0))'],
    [
      'b.OrderBy(c => c).First()',
      "first(call(first(call(b.OrderBy(1)<'lambda'>), b).First(0)), subscript(first(call(b.OrderBy(1)<'lambda'>), b)))",
    ],
    ['from c in b select c.D()', 'IEnumerable[call(c.D(0))]'],
  ])('%s', (source, expected) => inMethod(`var a = ${source};`, `block variable a = ${expected}`));
});

describe('uses', () => {
  it('are of members of what is known, of types and of methods that are passed on', () =>
    has(
      'class A { int x; void G() { } void F(B b) { b.C(A.D, G); b.E = x; b[0] = 1; H h = typeof(I); J = K.L; } }',
      'A.F use G(?)',
      'A.F use x',
      'A.F use b.E',
      "A.F use b.this[](1)<'int'>",
      'A.F type H`0',
      'A.F type I`0',
    ));

  it('are not of labels, members that are set where an object is made, or names of arguments', () => {
    const source = 'class A { int x; void F() { x: goto x; new B { x = 1 }; G(x: 1); } }';
    hasNot(source, 'A.F use x');
  });
});
