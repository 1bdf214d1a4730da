/** What Go's rules lead to, one rule after the other. */
import { describe, expect, it, test } from 'vitest';
import { describeGraph, edgesOf, makeGraph } from '../../../test/graphs.ts';
import type { EdgeKind } from '../mod.ts';

type Files = Readonly<Record<string, string>>;

/** Edges out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[], kind: EdgeKind = 'calls'): Promise<void> {
  const { graph } = await makeGraph({ 'go.mod': 'module example.com/m\n', ...files });
  expect(edgesOf(graph, from, kind)).toEqual(expected);
}

const foo = `package q
type Foo struct { Sub *Foo; Many []*Foo; ByName map[string]Foo; run func() Foo }
func NewFoo() (*Foo, error) { return &Foo{}, nil }
func One() Foo { return Foo{} }
func (f *Foo) Bar() *Foo { return f }
type Foos []*Foo
func (fs Foos) Last() *Foo { return fs[0] }
`;

/** Calls of \`f\` in a file that imports q. */
const inside = (body: string, expected: readonly string[]): Promise<void> =>
  check({ 'p/a.go': `package p\nimport "example.com/m/q"\n${body}\n`, 'q/foo.go': foo }, 'p/a.go:f', expected);

const bar = (rule: string): string => `q/foo.go:Foo.Bar resolved ${rule}`;

describe('names lead', () => {
  it('to other files of the package and to imported packages, by their own names', () =>
    check(
      {
        'p/a.go':
          'package p\nimport ("example.com/m/go-q"; r "example.com/m/r"; "fmt")\nfunc f() { g(); v(); q.One(); r.Two(); fmt.Println(); len("") }\n',
        'p/b.go': 'package p\nfunc g() {}\nvar v = func() {}\n',
        'p/c.go': 'package main\nfunc g() {}\n',
        'go-q/x.go': 'package q\nfunc One() {}\n',
        'r/x.go': 'package r\nfunc Two() {}\n',
        'r/x_test.go': 'package r\nfunc Two() {}\n',
      },
      'p/a.go:f',
      [
        'p/b.go:g resolved package',
        'p/b.go:v resolved package',
        'go-q/x.go:One resolved import',
        'r/x.go:Two resolved import',
      ],
    ));

  it('from tests inside and outside of the package', async () => {
    const files = {
      'q/foo.go': 'package q\nfunc One() {}\n',
      'q/export_test.go': 'package q\nfunc Shown() { One() }\n',
      'q/foo_test.go': 'package q_test\nimport "example.com/m/q"\nfunc f() { q.One(); q.Shown(); help() }\n',
      'q/help_test.go': 'package q_test\nfunc help() {}\n',
    };
    await check(files, 'q/foo_test.go:f', [
      'q/foo.go:One resolved import',
      'q/export_test.go:Shown resolved import',
      'q/help_test.go:help resolved package',
    ]);
    await check(files, 'q/export_test.go:Shown', ['q/foo.go:One resolved package']);
  });

  it('to dot imports, several modules, and every variant that is built', () =>
    check(
      {
        'p/a.go': 'package p\nimport . "example.com/m/q"\nimport "example.com/m/sub/s"\nfunc f() { One(); s.S() }\n',
        'q/a_linux.go': 'package q\nfunc One() {}\n',
        'q/a_windows.go': 'package q\nfunc One() {}\n',
        'q/b.go': 'package q\n',
        'elsewhere/go.mod': 'module example.com/m/sub\n',
        'elsewhere/s/s.go': 'package s\nfunc S() {}\n',
      },
      'p/a.go:f',
      [
        'q/a_linux.go:One ambiguous import',
        'q/a_windows.go:One ambiguous import 1',
        'elsewhere/s/s.go:S resolved import',
      ],
    ));

  it('past names that a block declares anew', () =>
    inside('func f(x *q.Foo) { if x := x.Bar(); x != nil { x := x; x.Bar() }; for _, q := range x.Many { q.Bar() } }', [
      bar('annotation'),
      bar('result'),
      bar('annotation'),
    ]));
});

describe('methods', () => {
  it('hang on the type that the receiver names, in any file of the package', () =>
    check(
      {
        'p/a.go': 'package p\nfunc (t *T[K]) f() { t.g(); t.h(); t.x.g() }\n',
        'p/b.go': 'package p\ntype T[K any] struct { base; x base }\nfunc (T[K]) h() {}\n',
        'p/c.go': 'package p\ntype base struct{}\nfunc (b base) g() {}\n',
        'o/c.go': 'package o\ntype T struct{}\nfunc (t T) g() {}\nfunc (t T) h() {}\n',
      },
      'p/a.go:T.f',
      ['p/c.go:base.g resolved annotation', 'p/b.go:T.h resolved annotation', 'p/c.go:base.g resolved annotation'],
    ));

  it('are members of the type beside being in their file', async () => {
    const { graph } = await makeGraph({
      'go.mod': 'module example.com/m\n',
      'p/a.go': 'package p\ntype T[K any] struct { x int }\nfunc (t *T[K]) f() {}\n',
      'p/b.go': 'package p\nfunc (T[K]) g() {}\nfunc (missing) h() {}\n',
      'p/a_linux.go': 'package p\ntype U struct{}\n',
      'p/a_windows.go': 'package p\ntype U struct{}\n',
      'p/u.go': 'package p\nfunc (U) f() {}\n',
      'o/a.go': 'package o\ntype T struct{}\nfunc (T) f() {}\n',
    });
    const members = (from: string): string[] => edgesOf(graph, from, 'contains');
    expect(members('p/a.go:T')).toEqual([
      'p/a.go:T.x resolved structure',
      'p/a.go:T.f resolved scope',
      'p/b.go:T.g resolved package',
    ]);
    expect(members('p/b.go')).toEqual(['p/b.go:T.g resolved structure', 'p/b.go:missing.h resolved structure']);
    expect(members('p/a_windows.go:U')).toEqual(['p/u.go:U.f ambiguous package 1']);
    expect(members('o/a.go:T')).toEqual(['o/a.go:T.f resolved scope']);
    const method = graph.named('g')[0] as number;
    const parents = graph.in(method, { kinds: ['contains'] }).map(({ from }) => graph.node(from));
    expect(parents.map(({ path, name }) => `${path}:${name}`)).toEqual(['p/b.go:b.go', 'p/a.go:T']);
    expect(graph.countIn(method, { kinds: ['contains'] })).toBe(2);
    expect(graph.out(method)).toEqual(graph.out(method, { kinds: ['calls', 'uses'] }));
  });

  it('are promoted from what is embedded, also in interfaces', () =>
    check(
      {
        'p/a.go':
          'package p\ntype I interface { J; M() I }\ntype J interface { N() }\ntype S struct { *inner; I }\ntype inner struct{}\nfunc (i *inner) g() {}\n' +
          'func f(s S, i I) { s.g(); s.N(); i.M().N(); s.inner.g() }\n',
      },
      'p/a.go:f',
      [
        'p/a.go:inner.g resolved annotation',
        'p/a.go:J.N resolved annotation',
        'p/a.go:I.M resolved annotation',
        'p/a.go:J.N resolved result',
        'p/a.go:inner.g resolved annotation',
      ],
    ));
});

describe('values have types', () => {
  it('of declarations, literals, and what functions give, the first of several', () =>
    inside(
      'func f(a, b *q.Foo) { c := &q.Foo{}; c.Bar(); d, err := q.NewFoo(); d.Bar(); err.Error(); var e q.Foo; e.Bar(); g := q.One(); g.Bar().Bar(); b.Sub.Bar(); new(q.Foo).Bar() }',
      [
        'q/foo.go:Foo resolved import',
        bar('annotation'),
        'q/foo.go:NewFoo resolved import',
        bar('annotation'),
        bar('annotation'),
        'q/foo.go:One resolved import',
        bar('result'),
        bar('result'),
        bar('annotation'),
        bar('annotation'),
      ],
    ));

  it('of elements: slices, mappings, channels, named slices', () =>
    inside(
      'func f(a []q.Foo, m map[string][]*q.Foo, ch chan *q.Foo, fs q.Foos, more ...q.Foo) { a[0].Bar(); m["x"][1].Bar(); for _, e := range m { e[0].Bar() }; (<-ch).Bar(); for v := range ch { v.Bar() }\n' +
        'fs.Last().Bar(); for _, x := range fs { x.Bar() }; more[0].Bar(); if v, ok := m["y"]; ok { v[0].Bar() }; a = append(a, q.One()); a[1:][0].Bar() }',
      [
        ...Array(5).fill(bar('annotation')),
        'q/foo.go:Foos.Last resolved annotation',
        bar('result'),
        ...Array(3).fill(bar('annotation')),
        'q/foo.go:One resolved import',
        bar('annotation'),
      ],
    ));

  it('of assertions, type switches, functions in fields, closures', () =>
    inside(
      'func f(v any, fn func(a int) *q.Foo) { v.(*q.Foo).Bar(); if w, ok := v.(q.Foo); ok { w.Bar() }; switch t := v.(type) { case *q.Foo: t.Bar(); case nil, int: t.x() }; fn(1).Bar(); g := func() *q.Foo { return nil }; g().Bar(); q.Foo.Bar(v) }',
      [bar('annotation'), bar('annotation'), bar('annotation'), bar('annotation'), bar('annotation'), bar('member')],
    ));

  it('of aliases are what those stand for', () =>
    check(
      {
        'p/a.go':
          'package p\nimport "example.com/m/q"\ntype A = q.Foo\ntype B q.Foos\nfunc f(a A, b B) { a.Bar(); b[0].Bar(); _ = A{}; B(nil).x() }\n',
        'q/foo.go': foo,
      },
      'p/a.go:f',
      [bar('annotation'), bar('annotation'), 'q/foo.go:Foo resolved import', 'p/a.go:B resolved scope'],
    ));
});

test('following changes gives what building anew gives', async () => {
  const start: Record<string, string> = {
    'go.mod': 'module example.com/m\n',
    'p/a.go': 'package p\nimport "example.com/m/q"\nfunc f() { g(); limit.Bar(); q.One().Bar(); named.Bar() }\n',
    'p/b.go': 'package p\nimport "example.com/m/q"\nvar limit q.Foo\n',
    'q/foo.go': foo,
  };
  const edits: readonly Files[] = [
    { 'p/c.go': 'package p\nfunc g() {}\n' },
    { 'p/c_windows.go': 'package p\nfunc g() {}\n' },
    { 'p/b.go': 'package p\nimport "example.com/m/q"\nvar limit, named q.Foo\n' },
    { 'q/more.go': 'package q\nfunc (f Foo) Bar(x int) {}\n' },
    { 'p/c.go': 'package other\nfunc g() {}\n' },
    { 'go.mod': 'module example.com/renamed\n' },
  ];
  let files = start;
  let made = await makeGraph(files);
  for (const edit of edits) {
    files = { ...files, ...edit };
    made = await makeGraph(files, made);
    expect(describeGraph(made.graph)).toBe(describeGraph((await makeGraph(files)).graph));
  }
});
