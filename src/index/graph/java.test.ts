/** What Java's rules lead to, one rule after the other. */
import { describe, expect, it, test } from 'vitest';
import { describeGraph, edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Calls out of `from`, as `target state rule`. */
async function check(
  files: Files,
  from: string,
  expected: readonly string[],
  kind: 'calls' | 'uses' | 'overrides' | 'imports' = 'calls',
): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from, kind)).toEqual(expected);
}

/** One class in package `p`, in file `p/A.java`; calls out of its method `f`. */
const inside = (members: string, expected: readonly string[], more: Files = {}): Promise<void> =>
  check(
    { 'p/A.java': `package p;\n${members.startsWith('import') ? members : `class A { ${members} }`}\n`, ...more },
    'p/A.java:A.f',
    expected,
  );

const foo =
  'package q;\npublic class Foo {\n  public Foo() {}\n  public Foo(int a) {}\n  public Foo bar() { return this; }\n  public static Foo of() { return null; }\n  public static class Inner { public void in() {} }\n  public int x;\n}\n';

describe('names lead', () => {
  it('to methods of the class, by the number of arguments', () =>
    inside(
      'void f() { g(1); g(1, 2); h(1, 2, 3); } void g(int a) {} void g(int a, int b) {} void h(int... xs) {} int g, h;',
      ['p/A.java:A.g resolved scope', 'p/A.java:A.g resolved scope', 'p/A.java:A.h resolved scope'],
    ));

  it('past locals, parameters and fields of the same name', () =>
    inside(
      'A name; A name() { return this; } void f(A name) { name().name(); A size = size(); } A size() { return null; }',
      ['p/A.java:A.name resolved scope', 'p/A.java:A.name resolved result', 'p/A.java:A.size resolved scope'],
    ));

  it('to imported, same-package and star-imported types', async () => {
    const files = {
      'src/main/java/p/A.java':
        'package p;\nimport q.Foo;\nimport r.*;\nimport java.util.*;\nclass A { void f(Foo a, Near b, Far c, List<Foo> d) { a.bar(); b.near(); c.far(); d.size(); } }\n',
      'src/main/java/q/Foo.java': foo,
      'src/test/java/p/Near.java': 'package p;\nclass Near { void near() {} }\n',
      'other/r/Far.java': 'package r;\npublic class Far { public void far() {} }\n',
      'elsewhere/Near.java': 'package s;\npublic class Near { public void near() {} }\n',
    };
    await check(files, 'src/main/java/p/A.java:A.f', [
      'src/main/java/q/Foo.java:Foo.bar resolved annotation',
      'src/test/java/p/Near.java:Near.near resolved annotation',
      'other/r/Far.java:Far.far resolved annotation',
    ]);
    const { graph } = await makeGraph(files);
    expect(graph.statistics().map(({ external, unknown }) => [external, unknown])).toEqual([[1, 0]]);
  });

  it('to static members, imported by name, by star, and through the class', () =>
    check(
      {
        'p/A.java':
          'package p;\nimport static q.Foo.of;\nimport static q.Foo.Inner;\nimport static q.B.*;\nimport q.Foo;\nclass A { void f(Inner i) { of(); Foo.of().bar(); i.in(); two(1); } int of; }\n',
        'q/Foo.java': foo,
        'q/B.java': 'package q;\npublic class B { public static void two(int a) {} public static void two() {} }\n',
      },
      'p/A.java:A.f',
      [
        'q/Foo.java:Foo.of resolved import',
        'q/Foo.java:Foo.of resolved member',
        'q/Foo.java:Foo.bar resolved result',
        'q/Foo.java:Foo.Inner.in resolved annotation',
        'q/B.java:B.two resolved import',
      ],
    ));

  it('to what is inherited, by classes without a name too', () =>
    check(
      {
        'p/A.java':
          'package p;\nclass A extends B { void f() { g(); this.g(); super.h(); new B() { void k() { g(); A.this.h(); A.super.h(); } }; } void h() {} }\n',
        'p/B.java': 'package p;\nclass B { void g() {} void h() {} }\n',
      },
      'p/A.java:A.f',
      [
        'p/B.java:B.g resolved scope',
        'p/B.java:B.g resolved self',
        'p/B.java:B.h resolved super',
        'p/B.java:B resolved package',
      ],
    ));
});

test('what a class without a name calls', () =>
  check(
    {
      'p/A.java':
        'package p;\nclass A extends B { void f() { new B() { void k() { g(); this.g(); A.this.h(); A.super.h(); super.g(); } }; } void h() {} }\n',
      'p/B.java': 'package p;\nclass B { void g() {} void h() {} }\n',
    },
    'p/A.java:A.f.k',
    [
      'p/B.java:B.g resolved constructor',
      'p/B.java:B.g resolved constructor',
      'p/A.java:A.h resolved self',
      'p/B.java:B.h resolved super',
      'p/B.java:B.g resolved constructor',
    ],
  ));

describe('constructing', () => {
  it('is a call of the class and of the constructor that takes the arguments', () =>
    check(
      {
        'p/A.java':
          'package p;\nclass A { A() { this(1); } A(int a) { super(); } void f() { new A(); new A(2).f(); new B() {}; } }\nclass B {}\n',
      },
      'p/A.java:A.f',
      [
        'p/A.java:A resolved scope',
        'p/A.java:A.A resolved constructor',
        'p/A.java:A resolved scope',
        'p/A.java:A.A resolved constructor',
        'p/A.java:A.f resolved constructor',
        'p/A.java:B resolved scope',
      ],
    ));

  it('calls other constructors of the class and of its base', () =>
    check(
      {
        'p/A.java':
          'package p;\nclass A extends B { A() { this(1); } A(int a) { super(a, a); } }\nclass B { B(int a, int b) {} }\n',
      },
      'p/A.java:A.A',
      ['p/A.java:A.A resolved self'],
    ));
});

describe('values have types', () => {
  it('of declarations, of what is constructed, given back, cast to, and tested', () =>
    check(
      {
        'p/A.java':
          'package p;\nimport q.Foo;\nclass A { Foo field; Foo made() { return null; } Object o; void f(Foo p, Object q) {\n' +
          'var a = new Foo(); a.bar(); Foo b = null; b.bar(); made().bar(); field.bar(); this.field.bar(); p.bar().bar(); ((Foo) q).bar();\n' +
          'if (q instanceof Foo r) r.bar(); if (!(q instanceof Foo s)) return; s.bar(); } }\n',
        'q/Foo.java': foo,
      },
      'p/A.java:A.f',
      [
        'q/Foo.java:Foo resolved import',
        'q/Foo.java:Foo.Foo resolved constructor',
        'q/Foo.java:Foo.bar resolved constructor',
        'q/Foo.java:Foo.bar resolved annotation',
        'p/A.java:A.made resolved scope',
        'q/Foo.java:Foo.bar resolved result',
        ...Array(7)
          .fill('q/Foo.java:Foo.bar resolved annotation')
          .toSpliced(3, 1, 'q/Foo.java:Foo.bar resolved result'),
      ],
    ));

  it('of elements: of arrays, lists, mappings, streams', () =>
    check(
      {
        'p/A.java':
          'package p;\nimport q.Foo;\nimport java.util.*;\nclass A { void f(List<Foo> xs, Map<String, List<Foo>> m, Foo[] a, Foo... b) {\n' +
          'for (Foo x : xs) x.bar(); for (var x : xs) x.bar(); xs.get(0).bar(); m.get("a").get(1).bar(); a[0].bar(); b[1].bar();\n' +
          'xs.forEach(x -> x.bar()); xs.stream().filter(x -> x.bar() != null).findFirst().get().bar(); m.values().iterator().next().get(0).bar();\n' +
          'm.forEach((k, v) -> v.get(0).bar()); xs.stream().map(Foo::bar).forEach(x -> x.bar()); } }\n',
        'q/Foo.java': foo,
      },
      'p/A.java:A.f',
      Array(12).fill('q/Foo.java:Foo.bar resolved annotation').toSpliced(11, 1, 'q/Foo.java:Foo.bar resolved result'),
    ));

  it('of members of enumerations, components of records and type variables', () =>
    check(
      {
        'p/A.java':
          'package p;\nclass A { <T extends A> void f(P p, T t) { E.RED.go(); for (E e : E.values()) e.go(); E.valueOf("RED").go(); p.a().g(); t.g(); switch (E.RED) { case RED -> p.b(); } } void g() {} }\n' +
          'enum E { RED(1) { void x() { go(); } }; E(int a) {} void go() {} }\nrecord P(A a) { P { check(); } void check() {} int b() { return 1; } }\n',
      },
      'p/A.java:A.f',
      [
        'p/A.java:E.go resolved member',
        'p/A.java:E.go resolved annotation',
        'p/A.java:E.go resolved annotation',
        'p/A.java:A.g resolved annotation',
        'p/A.java:A.g resolved annotation',
        'p/A.java:P.b resolved annotation',
      ],
    ));

  it('of what a class literal tells, and of what is given back', () =>
    check(
      {
        'p/A.java':
          'package p;\nimport q.Foo;\nimport static org.mockito.Mockito.*;\nclass A { <T> T getBean(Class<T> c) { return null; } void f(Foo a) { getBean(Foo.class).bar(); mock(Foo.class).bar(); verify(a).bar(); other(Foo.class).bar(); } }\n',
        'q/Foo.java': foo,
      },
      'p/A.java:A.f',
      [
        'p/A.java:A.getBean resolved scope',
        'q/Foo.java:Foo.bar resolved annotation',
        'q/Foo.java:Foo.bar resolved annotation',
        'q/Foo.java:Foo.bar resolved annotation',
      ],
    ));
});

test('following changes gives what building anew gives', async () => {
  const user =
    'package p;\nimport static q.Foo.of;\nclass A extends Base { void f() { of().bar(); g(1); Near.go(); new Near(1); } }\n';
  const start: Record<string, string> = {
    'p/A.java': user,
    'q/Foo.java': foo,
    'p/Base.java': 'package p;\nclass Base {}\n',
  };
  const edits: readonly Files[] = [
    { 'p/Base.java': 'package p;\nclass Base { void g(int... xs) {} }\n' },
    { 'p/Base.java': 'package p;\nclass Base { void g(int... xs) {} void g(int x) {} }\n' },
    { 'p/Near.java': 'package p;\nclass Near { static void go() {} }\n' },
    { 'p/Near.java': 'package p;\nclass Near { static void go() {} Near(int a) {} }\n' },
    { 'q/Foo.java': foo.replace('of()', 'of(int a)') },
    { 'p/Near.java': 'package other;\nclass Near { static void go() {} }\n' },
    { 'q/Foo.java': '' },
  ];
  let files = start;
  let made = await makeGraph(files);
  for (const edit of edits) {
    files = { ...files, ...edit };
    made = await makeGraph(files, made);
    expect(describeGraph(made.graph)).toBe(describeGraph((await makeGraph(files)).graph));
  }
});
