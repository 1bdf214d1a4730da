import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';
import { callableName, isCallableName, nameOfVariadic, plainName } from './callables.ts';

const { has, hasNot, linksOf } = linkedIn('java')('A.java');

/** As `has`, of statements in a method `f` of a class `A`. */
const inMethod = (statements: string, ...expected: string[]): void =>
  has(`class A { void f() { ${statements} } }`, ...expected);

describe('names of callables', () => {
  it('tell how many arguments are taken', () => {
    expect([callableName('add', 2), callableName('add', '*')]).toEqual(['add(2)', 'add(*)']);
    expect([plainName('add(2)'), plainName('add')]).toEqual(['add', 'add']);
    expect([
      nameOfVariadic('add(2)'),
      nameOfVariadic('add(*)'),
      nameOfVariadic('add(?)'),
      nameOfVariadic('add'),
    ]).toEqual(['add(*)', null, null, null]);
    expect([isCallableName('add(2)'), isCallableName('add')]).toEqual([true, false]);
  });
});

describe('files', () => {
  it('say their package and bind what they import by name', () => {
    const { links } = linksOf('package a.b;\nimport c.D;\nimport static e.F.g;\nimport h.*;\nclass X {}');
    expect(links.package).toBe('a.b');
    expect(links.bindings.filter(({ kind }) => kind === 'import').map(({ name }) => name)).toEqual(['D', 'g']);
    expect(linksOf('class X {}').links.package).toBeNull();
  });
});

describe('types', () => {
  it('have bases, of every kind and applied', () => {
    has(
      'class A<T> extends B<T> implements C, d.E<F> {} interface I extends J, K {}',
      'A(B<T>, C, d.E<F>)',
      'A inherit B',
      'A implement C',
      'A implement d.E',
      'I(J, K)',
      'I inherit J',
    );
    has('enum E implements I { X; }', "E(I, 'Enum')", 'E symbol X : self-type');
    has('record R(Foo a, int... b) {}', "R('Record')", 'R symbol a : Foo', "R variable b : 'array'<int>");
  });

  it('have type variables with their bounds', () => {
    has(
      'class A<T extends Foo & Bar> { <R> R f(R r) { return r; } }',
      'block variable T = Foo',
      'A.f variable R',
      'A.f → instance(R)',
    );
  });

  it('have methods under each name that calls may have', () => {
    has(
      'class A { Foo f(int a, Foo... b) {} static void g() {} A(int x) {} }',
      'A symbol f(2)',
      'A symbol f(1)',
      'A symbol f(*)',
      'A symbol f(?)',
      'A symbol g(0)',
      'A symbol constructor(1)',
    );
    has(
      'class A { Foo f(int a, Foo... b) {} static void g() {} }',
      "A.f parameter b : 'array'<Foo>",
      'A.f → instance(Foo)',
      'A.g → instance(void) static',
    );
    has(
      'record R(A a, B b) { R { } B b() { return null; } }',
      'R symbol constructor(2)',
      "R variable a(0) = instance('method'<A>)",
      'R symbol b(0)',
    );
    hasNot('record R(A a, B b) { B b() { return null; } }', "R variable b(0) = instance('method'<B>)");
  });

  it('without a name have what they are made of mixed in', () => {
    inMethod(
      'new Foo(1) { void g() { h(); this.k(); super.m(); A.this.n(); } };',
      'class variable ... = new(Foo)',
      'A.f call Foo.constructor(1)',
      'A.f.g call h(0)',
      'A.f.g call object.k(0)',
      'A.f.g call ....m(0)',
      'A.f.g call self.n(0)',
    );
    has(
      'enum E { X(1) { void g() {} }, Y; }',
      'class variable ... = instance(self-type)',
      'E call self-type.constructor(1)',
    );
    hasNot('enum E { X(1), Y; }', 'E call self-type.constructor(0)');
  });
});

describe('names', () => {
  it('are bound in the blocks that see them', () => {
    const { links } = linksOf(
      'class A { void f() { for (Foo x : xs) {} for (Bar x : ys) {} try (Foo r = g()) {} catch (E | F e) {} } }',
    );
    const scopes = links.bindings.filter(({ name }) => name === 'x').map(({ scope }) => scope);
    expect(new Set(scopes).size).toBe(2);
    inMethod(
      'try (var r = g()) {} catch (E | F e) {}',
      'block variable r = call(g(0))',
      'block variable e : either(E, F)',
    );
  });

  it('of patterns are seen where the test holds', () => {
    inMethod('if (o instanceof Foo x) {}', 'block variable x : Foo');
    inMethod(
      'if (o instanceof P(Foo a, var b)) {} switch (o) { case Foo c -> c.d(); default -> {} }',
      'block variable a : Foo',
      'block variable c : Foo',
    );
    const { links } = linksOf('class A { void f() { if (!(o instanceof Foo x)) { return; } } }');
    const found = links.bindings.find(({ name }) => name === 'x');
    expect(links.scopes[links.scopes[found?.scope ?? 0]?.parent ?? 0]?.kind).toBe('function');
  });

  it('have declared types, or values where there are none', () => {
    inMethod(
      'Foo a = g(), b[] = null; var c = new Foo(); List<? extends Foo> d; Map<String, ?> e;',
      'block variable a : Foo',
      "block variable b : 'array'<Foo>",
      'block variable c = new(Foo)',
      'block variable d : List<Foo>',
      "block variable e : Map<String, 'Object'>",
    );
    inMethod('for (var x : xs) {}', 'block variable x = iterate(xs)');
    inMethod('a.b((Foo x, y) -> x.z());', 'A.f call a.b(1)');
  });

  it('of lambdas get what the library passes', () => {
    inMethod(
      'xs.forEach(x -> x.y()); m.forEach((k, v) -> v.z());',
      'function variable x = iterate(xs)',
      'function variable k = iterate(m)',
      'function variable v = subscript(m)',
    );
    inMethod('g(x -> x.y());', 'function parameter x');
  });
});

describe('uses', () => {
  it('are calls, constructions and references to methods', () => {
    inMethod(
      'g(1, 2); a.b.c(); new Foo.Bar<X>(1); o.new In(); Foo::new; ',
      'A.f call g(2)',
      'A.f call a.b.c(0)',
      'A.f call Foo.Bar<X>.constructor(1)',
      'A.f call first(o.In, In).constructor(0)',
    );
    inMethod(
      'h(Foo::bar, this::baz, Foo::new);',
      'A.f use Foo.bar(?)',
      'A.f use self.baz(?)',
      'A.f use Foo',
      'A.f call h(3)',
    );
    has(
      'class A extends B { A() { this(1); } A(int a) { super(a, 2); } void f() { I.super.g(); super.h(); } }',
      'A.A call self-type.constructor(1)',
      'A.A call super.constructor(2)',
      'A.f call I.g(0)',
      'A.f call super.h(0)',
    );
  });

  it('are types, annotations and fields', () => {
    has(
      '@Foo(x = Y.z) class A { @b.C D d; E[] e; A f() throws G { return this.d.x; } }',
      'A decorate Foo',
      'A.d decorate b.C',
      'A use Y.z',
      'A.d type D',
      'A.e type E',
      'A.f type G',
      'A.f use self.d',
      'A.f use self.d.x',
    );
  });

  it('follow what calls give through chains', () => {
    inMethod('a().b().c();', 'A.f call call(call(a(0)).b(0)).c(0)');
    inMethod(
      '((Foo) o).b(); xs[0].c(); (x ? p : q).d(); new Foo().e();',
      'A.f call instance(Foo).b(0)',
      'A.f call subscript(xs).c(0)',
      'A.f call either(p, q).d(0)',
      'A.f call new(Foo).e(0)',
    );
    inMethod(
      'ctx.getBean(Foo.class).x(); g(Foo.class).y();',
      'A.f call first(call(ctx.getBean(1)), instance(Foo)).x(0)',
      'A.f call call(g(1)).y(0)',
    );
    inMethod('m.get(1).x(); xs.stream().findFirst().y();', 'A.f call first(call(m.get(1)), subscript(m)).x(0)');
  });
});
