/** What C#'s rules lead to, one rule after the other. */
import { describe, expect, it, test } from 'vitest';
import { expectFollowed, type Variants } from '../../../test/changing-trees.ts';
import { edgesOf, type Made, makeGraph } from '../../../test/graphs.ts';
import type { EdgeKind } from './types.ts';

type Files = Readonly<Record<string, string>>;

/** Edges out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[], kind: EdgeKind = 'calls'): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from, kind)).toEqual(expected);
}

/** Calls out of method `F` of a class `A` in `a/A.cs`, beside the files that follow. */
const inside = (statements: string, expected: readonly string[], more: Files = { 'q/Foo.cs': foo }): Promise<void> =>
  check(
    {
      'a/A.cs': `using Q;\nusing System.Collections.Generic;\nnamespace App;\nclass A : Base { Foo field; ${statements} }\nclass Base { protected void Inherited() { } }\n`,
      ...more,
    },
    'a/A.cs:A.F',
    expected,
  );

const foo =
  'namespace Q {\npublic class Foo { public Foo() { } public Foo(int a) { } public Foo Bar() => this; public static Foo Of() => null; public int X; public class Inner { public void In() { } } }\n}\n';

const bars = (count: number, rule = 'annotation'): string[] => Array(count).fill(`q/Foo.cs:Foo.Bar resolved ${rule}`);

describe('names lead', () => {
  it('to methods of the class and what it inherits, by the number of arguments', () =>
    inside(
      'void F() { G(1); G(1, 2); H(); H(1, 2, 3); this.G(1); Inherited(); base.Inherited(); } void G(int a) { } void G(int a, int b) { } void H(params int[] x) { }',
      [
        'a/A.cs:A.G resolved scope',
        'a/A.cs:A.G resolved scope',
        'a/A.cs:A.H resolved scope',
        'a/A.cs:A.H resolved scope',
        'a/A.cs:A.G resolved self',
        'a/A.cs:Base.Inherited resolved scope',
        'a/A.cs:Base.Inherited resolved super',
      ],
    ));

  it('to types of the own namespace, those around it, and used ones; nowhere else', async () => {
    const files: Files = {
      'a.cs':
        'using U.V;\nusing System;\nnamespace N.M { class A { void F() { Own.Go(); Around.Go(); Used.Go(); Root.Go(); Other.Far(); Console.WriteLine(); } } }\n',
      'b.cs': 'namespace N.M;\nclass Own { public static void Go() { } }\n',
      'c.cs': 'namespace N { class Around { public static void Go() { } } }\n',
      'd.cs': 'namespace U.V;\nclass Used { public static void Go() { } }\n',
      'e.cs': 'class Root { public static void Go() { } }\n',
      'f.cs': 'namespace U { class Other { public static void Far() { } } class Own { } }\n',
    };
    await check(files, 'a.cs:A.F', [
      'b.cs:Own.Go resolved member',
      'c.cs:Around.Go resolved member',
      'd.cs:Used.Go resolved member',
      'e.cs:Root.Go resolved member',
    ]);
    const { graph } = await makeGraph(files);
    expect(graph.statistics().map(({ external, unknown }) => [external, unknown])).toEqual([[2, 0]]);
  });

  it('to what is seen from their namespace, of several in one file', () =>
    check(
      {
        'a.cs':
          'using System;\nusing First = N1.Svc;\nnamespace N1 { class Svc { public void One() { Console.WriteLine("x"); } } static class Ext { public static void Go(this Svc s) { } } }\n' +
          'namespace N2 { using N1; class Svc { public void Two() { } } class User { void F(Svc s, N1.Svc t, First f) { s.Two(); t.One(); f.One(); t.Go(); new Svc().Two(); Console.WriteLine("x"); } } }\n' +
          'namespace N2 { class Other { void F(N1.Svc t) { t.Go(); } } }\n',
        'b.cs': 'namespace N2 { class Console { public static void WriteLine(string s) { } } }\n',
      },
      'a.cs:User.F',
      [
        'a.cs:Svc.Two resolved annotation',
        'a.cs:Svc.One resolved annotation',
        'a.cs:Svc.One resolved annotation',
        'a.cs:Ext.Go resolved member',
        'a.cs:Svc resolved scope',
        'a.cs:Svc.Two resolved constructor',
        'b.cs:Console.WriteLine resolved member',
      ],
    ));

  it('to nothing that is not seen from their namespace', async () => {
    const files: Files = {
      'a.cs':
        'using System;\nnamespace N1 { class Svc { void F() { Console.WriteLine("x"); new Hidden(); } } }\nnamespace N2 { using N3; class User { void F() { new Hidden(); } } }\n',
      'b.cs': 'namespace N2 { class Console { public static void WriteLine(string s) { } } }\n',
      'c.cs': 'namespace N3 { class Hidden { } }\n',
    };
    await check(files, 'a.cs:Svc.F', []);
    await check(files, 'a.cs:User.F', ['c.cs:Hidden resolved import']);
  });

  it('through namespaces, aliases, static and global usings', () =>
    check(
      {
        'p/App.csproj': '<Project><Using Include="H" /></Project>',
        'p/Usings.cs': 'global using G;\n',
        'p/A.cs':
          'using static Q.Foo;\nusing F2 = Q.Foo;\nusing R = Q;\nnamespace Z { class A { void F() { Of(); F2.Of(); Q.Foo.Of(); global::Q.Foo.Of(); R.Foo.Of(); Everywhere.Go(); new Inner(); Told.Go(); } } }\n',
        'q/Foo.cs': foo,
        'h.cs': 'namespace H;\nclass Told { public static void Go() { } }\n',
        'g.cs': 'namespace G;\nclass Everywhere { public static void Go() { } }\n',
      },
      'p/A.cs:A.F',
      [
        'q/Foo.cs:Foo.Of resolved import',
        ...Array(4).fill('q/Foo.cs:Foo.Of resolved member'),
        'g.cs:Everywhere.Go resolved member',
        'q/Foo.cs:Foo.Inner resolved import',
        'h.cs:Told.Go resolved member',
      ],
    ));

  it('to types by the number of their parameters, and past properties of their name', () =>
    check(
      {
        'a.cs':
          'class A { Box Box { get; } Box<int> b; void F() { new Box(); new Box<int>(); Box.Put(); b.Take(); Box.Make(); } }\nclass Box { public void Put() { } public static void Make() { } }\nclass Box<T> { public void Take() { } }\n',
      },
      'a.cs:A.F',
      [
        'a.cs:Box resolved scope',
        'a.cs:Box resolved scope',
        'a.cs:Box.Put resolved annotation',
        'a.cs:Box.Take resolved annotation',
        'a.cs:Box.Make resolved annotation',
      ],
    ));

  it('to all parts of a type', () =>
    check(
      {
        'a.cs':
          'namespace N;\npartial class A { void F() { G(); new A().G(); Behind(); B.In(); } partial class B { } }\n',
        'b.cs':
          'namespace N;\npartial class A : C { void G() { } partial class B { public static void In() { } } }\nclass C { public void Behind() { } }\n',
        'other.cs': 'namespace M;\npartial class A { void G() { } }\n',
      },
      'a.cs:A.F',
      [
        'b.cs:A.G resolved scope',
        'a.cs:A resolved scope',
        'b.cs:A.G resolved constructor',
        'b.cs:C.Behind resolved scope',
        'b.cs:A.B.In resolved member',
      ],
    ));
});

describe('values have types', () => {
  it('of declarations, of what is made, given back, awaited, cast to and matched', () =>
    inside(
      'async System.Threading.Tasks.Task<Foo> G() => null; async void F(Foo p, object o) { var a = new Foo(1); a.Bar(); Foo b = new(); field.Bar(); p?.Bar()?.Bar(); (await G()).Bar(); ((Foo)o).Bar(); (o as Foo).Bar(); if (o is Foo c) c.Bar(); switch (o) { case Foo d: d.Bar(); break; } _ = o switch { Foo e => e.Bar(), _ => null }; }',
      [
        'q/Foo.cs:Foo resolved import',
        'q/Foo.cs:Foo.Foo resolved constructor',
        'q/Foo.cs:Foo.Bar resolved constructor',
        'q/Foo.cs:Foo resolved import',
        'q/Foo.cs:Foo.Foo resolved constructor',
        ...bars(2),
        ...bars(1, 'result'),
        'a/A.cs:A.G resolved scope',
        ...bars(6),
      ],
    ));

  it('of elements: of arrays, lists, mappings, sequences and queries', () =>
    inside(
      'void F(List<Foo> xs, Dictionary<string, Foo> m, Foo[] a, params Foo[] r) { foreach (var x in xs) x.Bar(); xs[0].Bar(); a[0].Bar(); r[0].Bar(); m["k"].Bar(); foreach (var kv in m) kv.Value.Bar(); foreach (var v in m.Values) v.Bar(); if (m.TryGetValue("k", out var w)) w.Bar(); xs.Where(y => y.Bar() != null).First().Bar(); foreach (var z in from q in xs where q.X > 1 select q) z.Bar(); var (f, g) = (xs[0], 1); f.Bar(); }',
      bars(12),
    ));

  it('of what lambdas are given by delegates and by the library', () =>
    inside(
      'delegate void D(Foo f); void G(Action<Foo> a) { } void H(D d) { } void F() { G(x => x.Bar()); H(y => y.Bar()); D d = z => z.Bar(); System.Func<Foo, int> e = w => w.Bar().X; }',
      ['a/A.cs:A.G resolved scope', ...bars(1), 'a/A.cs:A.H resolved scope', ...bars(3)],
    ));

  it('of what is out, of properties that run code, of indexers and of enumerations', () =>
    inside(
      'Foo P => field; Foo this[int i] { get { return field; } } void G(out Foo f) { f = null; } void F(E e) { P.Bar(); this[0].Bar(); G(out var x); x.Bar(); foreach (var y in new Foos()) y.Bar(); E.One.Go(); } enum E { One }',
      [
        'a/A.cs:A.P resolved scope',
        ...bars(1, 'result'),
        'a/A.cs:A.this resolved self',
        ...bars(1, 'result'),
        'a/A.cs:A.G resolved scope',
        ...bars(1),
        'q/Foos.cs:Foos resolved import',
        ...bars(1),
        'q/Foos.cs:Extensions.Go ambiguous member',
      ],
      {
        'q/Foo.cs': foo,
        'q/Foos.cs':
          'using System.Collections.Generic;\nnamespace Q;\npublic class Foos { public IEnumerator<Foo> GetEnumerator() => null; }\nstatic class Extensions { public static void Go(this System.Enum e) { } }\n',
      },
    ));
});

describe('type parameters stand for', () => {
  const shop =
    'using System;\nusing System.Collections.Generic;\nnamespace App;\nclass Cart { public void Go() { } }\nclass Item { public void Go() { } }\ninterface IEntity { void Go(); }\nclass User : IEntity { public void Go() { } }\n' +
    'class Box<T> { public T Value { get; set; } public T Get() => Value; public List<T> All; public T this[int i] => Value; public Func<T> Make; public void Do(Action<T> f) { } public IEnumerator<T> GetEnumerator() => null; }\n' +
    'class Two<A, B> { public A First; public Box<B> Boxed; }\nclass Carts : Box<Cart> { }\nclass Mid<U> : Box<U> { }\nclass Seq<T> : List<T> { }\nclass Repo<T> where T : IEntity { public T Find() => default; void Own() { Find().Go(); } }\n' +
    'class Free<T> { void F(T t) { t.Go(); } void G<U>(U u) { u.Go(); } U H<U>(U u) => u; void I(Cart c) { H(c).Go(); } }\n';
  const calls = (body: string, expected: readonly string[]): Promise<void> =>
    check(
      {
        'a.cs': `${shop}class X { void F(Box<Cart> b, Two<Item, Cart> t, Carts cs, Mid<Item> m, Repo<User> r, Seq<Cart> s) { ${body} } }\n`,
      },
      'a.cs:X.F',
      expected,
    );
  const cart = 'a.cs:Cart.Go resolved annotation';
  const item = 'a.cs:Item.Go resolved annotation';

  it('what a class is applied to: in properties, fields, results, elements and delegates', () =>
    calls(
      'b.Value.Go(); b.Get().Go(); b.All[0].Go(); foreach (var x in b.All) x.Go(); foreach (var x in b) x.Go(); b.Do(x => x.Go()); t.First.Go(); t.Boxed.Value.Go(); Box<Box<Cart>> bb = null; bb.Value.Value.Go(); new Box<Item>().Value.Go(); b.Make().Go();',
      [
        cart,
        'a.cs:Box.Get resolved annotation',
        ...Array(4).fill(cart),
        'a.cs:Box.Do resolved annotation',
        cart,
        item,
        cart,
        cart,
        'a.cs:Box resolved scope',
        item,
        cart,
      ],
    ));

  it('what a derived class says of its base', () =>
    calls('cs.Value.Go(); m.Value.Go(); m.All[0].Go(); s[0].Go(); foreach (var x in s) x.Go(); r.Find().Go();', [
      cart,
      item,
      item,
      cart,
      cart,
      'a.cs:Repo.Find resolved annotation',
      'a.cs:User.Go resolved annotation',
    ]));

  it('their bound in the class itself, and what every object has without one; outside of a method anything', async () => {
    const files = { 'a.cs': shop };
    await check(files, 'a.cs:Repo.Own', ['a.cs:Repo.Find resolved scope', 'a.cs:IEntity.Go resolved result']);
    await check(files, 'a.cs:Free.F', []);
    await check(files, 'a.cs:Free.G', []);
    const { graph } = await makeGraph(files);
    const out = edgesOf(graph, 'a.cs:Free.I');
    expect(out[0]).toBe('a.cs:Free.H resolved scope');
    expect(out.slice(1).every((line) => / ambiguous same-name/.test(line))).toBe(true);
    expect(graph.statistics().map(({ external }) => external)).toEqual([2]);
  });
});

test('properties in patterns have types, and a pattern with places is no call', () =>
  check(
    {
      'a.cs':
        'record R(Foo Foo, R Next);\nclass Foo { public void Go() { } }\nclass X { void F(object o) { if (o is R { Foo: var a }) a.Go(); if (o is R { Next: { Foo: Foo b } }) b.Go(); if (o is R(var c, _)) { } } }\n',
    },
    'a.cs:X.F',
    ['a.cs:Foo.Go resolved annotation', 'a.cs:Foo.Go resolved annotation'],
  ));

test('operators of types are called, and have results', () =>
  check(
    {
      'a.cs':
        'class M { public static M operator +(M a, M b) => a; public static bool operator ==(M a, M b) => true; public static bool operator !=(M a, M b) => false; public void Go() { } }\nclass X { void F(M a, M b, int i) { var c = a + b; c.Go(); if (a == null) { } i = i + 1; (a + b).Go(); } }\n',
    },
    'a.cs:X.F',
    [
      'a.cs:M.operator + resolved annotation',
      'a.cs:M.Go resolved result',
      'a.cs:M.operator == resolved annotation',
      'a.cs:M.operator + resolved annotation',
      'a.cs:M.Go resolved result',
    ],
  ));

describe('of several methods', () => {
  it('arguments choose', () =>
    check(
      {
        'a.cs':
          'class A { void F(object o, A a, C c) { G("x"); G(1); G(a); G(o); G(c); G(null, 1); H(1); H("x"); I<A>(1); I(1); J(x => x); K(1); new A(1); new A("x"); } A(int i) { } A(string s) { }\n' +
          'void G(string s) { } void G(long l) { } void G(A a) { } void G(object o) { } void G(int i, int j) { } void G(string s, int j) { }\n' +
          'void H(object o) { } void H<T>(T t) { } T I<T>(int i) => default; void I(int i) { } void J(System.Func<A, A> f) { } void J(int i) { } void K(int? i) { } void K(string s) { } }\nclass C : A { }\n',
      },
      'a.cs:A.F',
      [
        ...Array(6).fill('a.cs:A.G resolved scope'),
        ...Array(2).fill('a.cs:A.H resolved scope'),
        ...Array(2).fill('a.cs:A.I resolved scope'),
        'a.cs:A.J resolved scope',
        'a.cs:A.K resolved scope',
        ...Array(2).fill(['a.cs:A resolved scope', 'a.cs:A.A resolved constructor']).flat(),
      ],
    ));

  it('the right ones are chosen', async () => {
    const source =
      'class A { void F(A a) { G("x"); G(1); G(a); G(1.5); H(1); K(1); M(1); N("x", 1); } void G(string s) { S(); } void G(long l) { L(); } void G(A a) { O(); } void G(object o) { P(); }\n' +
      'void H(object o) { P(); } void H<T>(T t) { S(); } void K(int? i) { S(); } void K(object s) { P(); } void M(double d) { P(); } void M(long l) { L(); } void M(ulong u) { P(); } void N(string s, params object[] a) { P(); } void N(string s, object a) { S(); } void S() { } void L() { } void O() { } void P() { } }\n';
    const { graph } = await makeGraph({ 'a.cs': source });
    const from = [...Array(graph.nodeCount).keys()].find((id) => graph.node(id).qualifiedName === 'A.F') as number;
    const called = graph.out(from, { kinds: ['calls'] }).map(({ to }) => edgesOfNode(graph, to));
    expect(called).toEqual(['A.S', 'A.L', 'A.O', 'A.P', 'A.S', 'A.S', 'A.L', 'A.S']);
  });

  it('all stay candidates where nothing is known', () =>
    check({ 'a.cs': 'class A { void F(dynamic d) { G(d); } void G(int a) { } void G(A b) { } }\n' }, 'a.cs:A.F', [
      'a.cs:A.G ambiguous scope',
      'a.cs:A.G ambiguous scope 1',
    ]));
});

const edgesOfNode = (graph: Made['graph'], id: number): string =>
  graph
    .out(id, { kinds: ['calls'] })
    .map(({ to }) => graph.node(to).qualifiedName)
    .join();

test('a method that hides others of its name leaves those that the arguments fit', () =>
  check(
    {
      'a.cs':
        'class A : B { void F() { G("x"); G(1); new A().G("x"); J j = "x"; H("x"); } void G(int i) { } void H(J j) { } }\nclass B { public void G(string s) { } }\nclass J { public static implicit operator J(string s) => null; }\n',
    },
    'a.cs:A.F',
    [
      'a.cs:B.G resolved member',
      'a.cs:A.G resolved scope',
      'a.cs:A resolved scope',
      'a.cs:B.G resolved member',
      'a.cs:A.H resolved scope',
    ],
  ));

describe('extension methods', () => {
  const extensions: Files = {
    'q/Foo.cs': foo,
    'e/E.cs':
      'using System.Collections.Generic;\nnamespace Ext { public static class E { public static Foo Twice(this Q.Foo f, int n = 2) => f; public static string Cut(this string s) => s; public static void Each<T>(this IEnumerable<T> xs) { } public static T Same<T>(this T t) => t; public static void Bar(this Q.Foo f) { } } }\n',
  };
  const call =
    'void F(Foo p, List<Foo> xs) { p.Twice(); p.Twice(1); "a".Cut(); xs.Each(); p.Same(); p.Bar(); E.Twice(p, 1); }';

  it('are called on what they extend where their namespace is used, after what it has of itself', () =>
    check(
      { ...extensions, 'a.cs': `using Q; using Ext; using System.Collections.Generic;\nclass A { ${call} }\n` },
      'a.cs:A.F',
      [
        'e/E.cs:E.Twice resolved member',
        'e/E.cs:E.Twice resolved member',
        'e/E.cs:E.Cut resolved member',
        'e/E.cs:E.Each resolved member',
        'e/E.cs:E.Same resolved member',
        'q/Foo.cs:Foo.Bar resolved annotation',
        'e/E.cs:E.Twice resolved member',
      ],
    ));

  it('are not seen elsewhere', () =>
    check(
      {
        ...extensions,
        'a.cs': 'using System.Collections.Generic;\nclass A { void F(Q.Foo p, string s) { s.Cut(); p.Bar(); } }\n',
      },
      'a.cs:A.F',
      ['q/Foo.cs:Foo.Bar resolved annotation'],
    ));
});

describe('relations', () => {
  const files: Files = {
    'a.cs':
      'namespace N;\npublic interface IGo { void Go(int a); }\npublic abstract class B<T> { public abstract void Put(T t); public virtual void Go(int a) { } public virtual void Go(string s) { } public virtual int P => 1; }\n',
    'b.cs':
      'namespace N;\n[Marker]\nclass C : B<int>, IGo { public override void Put(int t) { } public override void Go(int a) { } public override int P => 2; }\nclass D : IGo { void IGo.Go(int a) { } }\nclass MarkerAttribute : System.Attribute { }\n',
  };

  it('are inherits, implements and uses', async () => {
    await check(files, 'b.cs:C', ['a.cs:B resolved package'], 'inherits');
    await check(files, 'b.cs:C', ['a.cs:IGo resolved package'], 'implements');
    await check(files, 'b.cs:C', ['b.cs:MarkerAttribute resolved scope'], 'uses');
  });

  it('are overrides of what takes the same', async () => {
    await check(files, 'b.cs:C.Put', ['a.cs:B.Put resolved structure'], 'overrides');
    await check(files, 'b.cs:C.Go', ['a.cs:B.Go resolved structure'], 'overrides');
    await check(files, 'b.cs:C.P', ['a.cs:B.P resolved structure'], 'overrides');
    await check(files, 'b.cs:D.Go', ['a.cs:IGo.Go resolved structure'], 'overrides');
  });

  it('are tests, by where files lie and by attributes', async () => {
    const tested = { 'src/Foo.cs': foo };
    const method = 'public void Works() { new Q.Foo().Bar(); }';
    await check(
      { ...tested, 'tests/FooTests.cs': `class FooTests { [Fact] ${method} }\n` },
      'tests/FooTests.cs:FooTests.Works',
      ['src/Foo.cs:Foo resolved import', 'src/Foo.cs:Foo.Bar resolved constructor'],
      'tests',
    );
    for (const attribute of ['Fact', 'Theory', 'Xunit.Fact', 'Test', 'TestCase(1)', 'TestMethod']) {
      await check(
        { ...tested, 'src/Checks.cs': `class Checks { [${attribute}] ${method} }\n` },
        'src/Checks.cs:Checks.Works',
        ['src/Foo.cs:Foo resolved import', 'src/Foo.cs:Foo.Bar resolved constructor'],
        'tests',
      );
    }
  });
});

/** What each path may hold; all of them lean on each other. `null`: there is no such file. */
const variants: Variants = {
  'a/A.cs': [
    'using Q;\nnamespace N.M { partial class A : Base { void F() { G(1); Near.Go(); new Foo(1).Bar().Twice(); Q.Foo.Of(); H("x"); } } }\n',
    'using static Q.Foo;\nusing Alias = Q.Foo;\nclass A { void F(Foo f) { Of(); Alias.Of(); f.Bar(); foreach (var x in new Foos()) x.Bar(); } }\n',
    null,
  ],
  'a/A.Part.cs': [
    'namespace N.M;\npartial class A { void G(int a) { } void H(string s) { } void H(object o) { } }\n',
    'namespace N.M;\npartial class A : Q.Foo { void H(int s) { } }\n',
    'namespace N;\nclass A { void G(int a) { } }\n',
    null,
  ],
  'q/Foo.cs': [
    foo,
    foo.replace('namespace Q', 'namespace R'),
    foo.replace('Of()', 'Of(int a)').replace('public Foo(int a) { }', ''),
    null,
  ],
  'q/Ext.cs': [
    'namespace Q { static class Ext { public static Foo Twice(this Foo f) => f; } public class Foos { public System.Collections.Generic.IEnumerator<Foo> GetEnumerator() => null; } }\n',
    'namespace R { static class Ext { public static int Twice(this Q.Foo f) => 1; } }\n',
    null,
  ],
  'a/Two.cs': [
    'namespace N.M { class Near { public static void Go(int a = 1) { } } }\nnamespace R { using Q; class Near { void F() { new Foo(1).Bar().Twice(); Near.Go(); } } }\n',
    'namespace R { using Q; class Near { void F() { new Foo(1).Bar().Twice(); Near.Go(); } } }\nnamespace N.M { class Near { public static void Go(int a = 1) { } } }\n',
    'namespace N.M { class Near { void F() { new Foo(1).Bar().Twice(); Near.Go(); } } }\nnamespace R { using Q; class Near { public static void Go(int a = 1) { } } }\n',
    null,
  ],
  'a/Base.cs': [
    'namespace N;\nclass Base { protected void G(int a) { } }\nclass Near { public static void Go() { } }\n',
    'class Base : Near { }\nclass Near { public static void Go() { } protected void G(params int[] a) { } }\n',
    null,
  ],
  'a/Usings.cs': [null, 'global using R;\n', 'global using Q;\n'],
  'a/P.csproj': [null, '<Project />', '<Project><Using Include="R" /></Project>'],
};

test('following changes gives what building anew gives', () => expectFollowed(variants, 60));

test('a change inside a body concerns no other file', async () => {
  const files = Object.fromEntries(Object.entries(variants).flatMap(([path, [text]]) => (text ? [[path, text]] : [])));
  const { linked } = await makeGraph(
    { ...files, 'q/Foo.cs': foo.replace('{ }', '{ var x = 1; }') },
    await makeGraph(files),
  );
  expect(linked).toBe(1);
});
