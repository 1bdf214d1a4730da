import { describe, expect, it } from 'vitest';
import { linkedIn } from '../../../test/links.ts';

const { has, hasNot, linksOf } = linkedIn('go')('a.go', 'package p\n');

/** As `has`, of statements in a function `f`. */
const inFunction = (statements: string, ...expected: string[]): void =>
  has(`func f() {\n${statements}\n}`, ...expected);

describe('files', () => {
  it('say their package and bind what they import', () => {
    const { links, facts } = linksOf('import ("fmt"; a "b/c"; . "d"; _ "e")');
    expect(links.package).toBe('p');
    expect(links.bindings.map(({ name }) => name)).toEqual(['fmt', 'a']);
    expect(facts.imports.filter(({ alias }) => alias === null).map(({ module }) => module)).toContain('d');
  });
});

describe('types', () => {
  it('have fields, methods and what they embed', () => {
    has(
      'type S struct { *E; q.F; a, b Foo; m map[string][]*q.Bar; fn func(int) (Foo, error) }',
      'S(E, q.F)',
      'S inherit E',
      'S inherit q.F',
      'S variable E : E',
      'S symbol a : Foo',
      "S symbol m : 'Map'<string, 'slice'<q.Bar>>",
      "S symbol fn : 'Function'<Foo>",
    );
    has(
      'type I interface { J; M(a int) (Foo, error); ~int | string }',
      'I(J)',
      'I symbol M',
      'I.M → tuple[instance(Foo), instance(error)]',
    );
    has('type L []Foo\ntype A = q.B\ntype F func()', "L('slice'<Foo>)", 'file symbol A = q.B', 'file symbol F');
  });

  it('in passing are objects', () => {
    has(
      'type S struct { mu struct { sync.Mutex; v *V } }',
      'S symbol mu : object',
      'class variable ... = instance(sync.Mutex)',
      'class symbol v : V',
    );
    inFunction(
      'for _, tc := range []struct{ a Foo }{} { tc.a.b() }',
      "block variable tc = subscript(instance('slice'<object>))",
    );
  });

  it('of fields are those around the type, not its own fields', () => {
    const { links } = linksOf('type S struct { Foo Foo; b Foo }');
    for (const expression of links.expressions) if (expression.kind === 'name') expect(expression.scope).toBe(0);
  });
});

describe('functions', () => {
  it('have receivers, parameters and results', () => {
    has(
      'func (s *S[K]) m(a, b Foo, c ...Bar) (x Foo, err error) { return }',
      'S.m parameter s : S<K>',
      'S.m parameter a : Foo',
      "S.m parameter c : 'slice'<Bar>",
      'S.m parameter x : Foo',
      'S.m → tuple[instance(Foo), instance(error)] of S',
      'S.m variable K',
    );
    has('func f[T Foo](a T) *T { return a }', 'f variable T = Foo', 'f parameter a : T', 'f → instance(T)');
    has(
      'var g = func(a Foo) Bar { return a }',
      "file symbol g = instance('Function'<Bar>)",
      'g parameter a : Foo',
      'g → instance(Bar)',
    );
    hasNot('func init() {}', 'file symbol init');
  });

  it('bind values by place, the first of a call of several', () => {
    inFunction(
      'a, err := g()\nb, ok := m[k]\nc, ok := x.(*Foo)\nd := h()\ne, i := 1, "x"',
      'block variable a = iterate 0(call(g))',
      'block variable err = iterate 1(call(g))',
      'block variable b = subscript(m)',
      'block variable c = instance(Foo)',
      'block variable d = call(h)',
      "block variable e = 'int'",
      "block variable i = 'string'",
    );
    inFunction(
      'var a, b Foo\nvar c = g()',
      'block variable a : Foo',
      'block variable b : Foo',
      'block variable c = call(g)',
    );
  });

  it('declare names anew in blocks', () => {
    const { links } = linksOf('func f(x Foo) { if x := x.g(); x != nil { x.h() } }');
    const inner = links.bindings.filter(({ name }) => name === 'x')[1];
    const value = links.expressions[inner?.value ?? -1];
    const callee = value?.kind === 'call' ? links.expressions[value.callee] : undefined;
    const object = callee?.kind === 'member' ? links.expressions[callee.object] : undefined;
    expect(object?.kind === 'name' && object.scope).toBe(links.scopes[inner?.scope ?? 0]?.parent);
  });

  it('declare names that their own types have', () => {
    const { links } = linksOf('func f() { foo := &foo{}; foo.g() }');
    const value = links.expressions[links.bindings.find(({ name }) => name === 'foo')?.value ?? -1];
    const type = value?.kind === 'instance' ? links.expressions[value.type] : undefined;
    expect(type?.kind === 'name' && links.scopes[type.scope]?.kind).toBe('function');
  });

  it('narrow by type switches', () => {
    inFunction(
      'switch t := v.(type) { case *Foo: t.a(); case Bar, Baz: t.b() }',
      'block variable t = instance(Foo)',
      'block variable t = v',
      'f call t.a',
    );
  });

  it('range over elements', () => {
    inFunction(
      'for k, v := range m {}\nfor x := range ch {}\nselect { case y := <-ch: y.z() }',
      'block variable k = iterate(m)',
      'block variable v = subscript(m)',
      'block variable x = iterate(ch)',
      'block variable y = subscript(ch)',
    );
  });
});

describe('uses', () => {
  it('are calls, conversions and literals of types', () => {
    inFunction(
      'g(); a.b.c(); q.T(x).d(); &Foo{A: 1}; []Bar{}; (*Foo)(p).e(); h[int](1); fs[0](); func() { k() }()',
      'f call g',
      'f call a.b.c',
      'f call q.T',
      'f call call(q.T).d',
      'f call Foo',
      'f use Foo.A',
      'f type Bar',
      'f call instance(Foo).e',
      'f call h',
      'f call subscript(fs)',
      'f call k',
    );
    inFunction(
      'new(Foo).a(); make([]Foo, 1)[0].b(); append(xs, y)[0].c(); len(xs)',
      'f call instance(Foo).a',
      "f call subscript(instance('slice'<Foo>)).b",
      'f call subscript(xs).c',
    );
    hasNot('func f() { len(xs); string(b) }', 'f call len');
    hasNot('func f() { len(xs); string(b) }', 'f call string');
  });

  it('are reads of what is defined here or elsewhere in the package, not of locals', () => {
    inFunction('x := 1\nreturn x + Other + g', 'f use Other', 'f use g');
    hasNot('func f(x int) int { y := x; return y }', 'f use x');
    hasNot('type F func(c int)', 'F use c');
  });

  it('of a variable that is given another function are in doubt', () => {
    inFunction(
      'g := h\nif c { g = func() {} }\ng()',
      'block variable g = h',
      "block variable g = instance('Function'<nil>)",
      'f call g',
    );
  });
});
