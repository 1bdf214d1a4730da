/** What the rules of C and C++ lead to, one rule after the other. */
import { expect, test } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** Calls out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, from)).toEqual(expected);
}

test('C: a call leads to the definition behind the declaration in a header', () =>
  check(
    {
      'src/a.c':
        '#include "b.h"\n#include <stdio.h>\nstatic int own(void);\nint f(void) { g(); own(); printf("x"); return h(); }\nstatic int own(void) { return 1; }',
      'src/b.h': 'int g(void);\n#include "inner/c.h"',
      'src/b.c': '#include "b.h"\nint g(void) { return 1; }',
      'include/inner/c.h': 'int h(void);',
      'lib/c.c': 'int h(void) { return 2; }\nstatic int g(void) { return 3; }',
    },
    'src/a.c:f',
    ['src/b.c:g resolved import', 'src/a.c:own resolved scope', 'lib/c.c:h resolved import'],
  ));

test('C: what is static stays in its file, and what nobody includes is only a guess', () =>
  check(
    {
      'a.c': 'static int g(void) { return 1; }\nint f(void) { return g() + far(); }',
      'b.c': 'static int g(void) { return 2; }\nint far(void) { return 3; }',
    },
    'a.c:f',
    ['a.c:g resolved scope', 'b.c:far ambiguous unique-name'],
  ));

test('C: of two programs the one that sees the declaration', () =>
  check(
    {
      'one/main.c': '#include "u.h"\nint f(void) { return help(); }',
      'one/u.h': 'int help(void);',
      'one/u.c': '#include "u.h"\nint help(void) { return 1; }',
      'two/u.c': 'int help(void) { return 2; }',
    },
    'one/main.c:f',
    ['one/u.c:help resolved import'],
  ));

test('C: macros are called and call what their bodies name', async () => {
  const files = {
    'a.c': '#include "m.h"\nint f(void) { return TWICE(1); }',
    'm.h': 'int g(int);\n#define TWICE(x) (g(x) + g(x))',
    'm.c': '#include "m.h"\nint g(int x) { return x; }',
  };
  await check(files, 'a.c:f', ['m.h:TWICE resolved import']);
  await check(files, 'm.h:TWICE', ['m.c:g resolved scope', 'm.c:g resolved scope']);
});

test('C: a macro that is another name', () =>
  check({ 'a.c': 'int g(void) { return 1; }\n#define old_g g\nint f(void) { return old_g(); }' }, 'a.c:f', [
    'a.c:g resolved scope',
  ]));

test('C: functions that a table holds are used', async () => {
  const source = 'int g(void) { return 1; }\nstruct ops { int (*go)(void); };\nstruct ops table[] = { { .go = g } };';
  const { graph } = await makeGraph({ 'a.c': source });
  const uses = edgesOf(graph, 'a.c:table', 'uses');
  expect(uses).toContain('a.c:g resolved scope');
});

const shapes = {
  'src/include/shape.hpp':
    '#pragma once\n#include <memory>\nnamespace geo {\nclass Base {\npublic:\n  virtual ~Base();\n  virtual int area() const;\n  int twice() { return area() + area(); }\n};\n' +
    'class Square : public Base {\npublic:\n  Square(int side);\n  int area() const override;\n  static Square Unit();\n  Square *next;\n  std::unique_ptr<Base> held;\nprivate:\n  int grow(int by);\n  int side;\n};\nint measure(const Square &s);\n}',
  'src/shape.cpp':
    '#include "shape.hpp"\nnamespace geo {\nint Base::area() const { return 0; }\nSquare::Square(int side) : side(side) { grow(1); }\nint Square::area() const { return side; }\n' +
    'Square Square::Unit() { return Square(1); }\nint Square::grow(int by) { this->area(); held->area(); next->grow(1); twice(); return Base::area(); }\nint measure(const Square &s) { return s.area(); }\n}',
};

test('C++: methods outside their class see what it has, and declarations lead to definitions', () =>
  check(shapes, 'src/shape.cpp:geo.Square.grow', [
    'src/shape.cpp:geo.Square.area resolved annotation',
    'src/shape.cpp:geo.Base.area resolved annotation',
    'src/shape.cpp:geo.Square.grow resolved annotation',
    'src/include/shape.hpp:geo.Base.twice resolved member',
    'src/shape.cpp:geo.Base.area resolved member',
  ]));

test('C++: inheritance and overriding', async () => {
  const { graph } = await makeGraph(shapes);
  expect(edgesOf(graph, 'src/include/shape.hpp:geo.Square', 'inherits')).toEqual([
    'src/include/shape.hpp:geo.Base resolved scope',
  ]);
  expect(edgesOf(graph, 'src/include/shape.hpp:geo.Square.area', 'overrides')).toEqual([
    'src/include/shape.hpp:geo.Base.area resolved structure',
  ]);
});

test('C++: namespaces, using, auto, smart pointers, templates, loops', () =>
  check(
    {
      ...shapes,
      'src/use.cpp':
        '#include "shape.hpp"\n#include <vector>\nusing namespace geo;\nvoid f(std::vector<Square> all) {\n  auto s = Square::Unit();\n  s.area();\n' +
        '  auto p = std::make_unique<Square>(2);\n  p->area();\n  for (auto &x : all) { x.area(); }\n  geo::measure(s);\n  all[0].area();\n  static_cast<Base &>(s).area();\n}',
    },
    'src/use.cpp:f',
    [
      'src/shape.cpp:geo.Square.Unit resolved member',
      'src/shape.cpp:geo.Square.area resolved result',
      'src/include/shape.hpp:geo.Square resolved import',
      'src/shape.cpp:geo.Square.Square resolved constructor',
      'src/shape.cpp:geo.Square.area resolved annotation',
      'src/shape.cpp:geo.Square.area resolved annotation',
      'src/shape.cpp:geo.measure resolved import',
      'src/shape.cpp:geo.Square.area resolved annotation',
      'src/shape.cpp:geo.Base.area resolved annotation',
    ],
  ));

test('C++: what a repository adds to the namespace of the library, and what it does not', async () => {
  const files = {
    'a.hpp':
      'struct A { void go(); };\nnamespace std { int added(A &a); }\nnamespace own { int move(A &a) { return 1; } }',
    'a.cpp': '#include "a.hpp"\nvoid f(A a) { std::move(a).go(); std::added(a); own::move(a); }',
  };
  await check(files, 'a.cpp:f', [
    'a.hpp:A.go resolved annotation',
    'a.hpp:std.added resolved import',
    'a.hpp:own.move resolved import',
  ]);
  const { graph } = await makeGraph(files);
  expect(graph.statistics().find(({ language }) => language === 'cpp')).toMatchObject({ external: 1, unknown: 0 });
});

test('C++: specialisations written outside of the class stand beside the template', async () => {
  const files = {
    'r.hpp': 'class R {\npublic:\n  template <class T> T get() { throw 1; }\n  int plain() { return 1; }\n};',
    'r.cpp': '#include "r.hpp"\ntemplate <> bool R::get() { return true; }\nvoid f(R r) { r.get<bool>(); r.plain(); }',
    'other.cpp': 'class R { public: int plain(); };\nint R::plain() { return 2; }',
  };
  await check(files, 'r.cpp:f', [
    'r.hpp:R.get ambiguous annotation',
    'r.cpp:R.get ambiguous annotation 1',
    'r.hpp:R.plain resolved annotation',
  ]);
});

test('C++: variants of a macro count wherever they stand', () =>
  check(
    {
      'm.hpp': 'namespace n {\n#if A\n#define LOG(x) f(x)\n#endif\n}\n#if !A\n#define LOG(x)\n#endif\n',
      'm.cpp': '#include "m.hpp"\nnamespace n { void go() { LOG(1); } }',
    },
    'm.cpp:n.go',
    ['m.hpp:n.LOG ambiguous import', 'm.hpp:LOG ambiguous import 1'],
  ));

test('C++: a definition is not that of an overload without one', async () => {
  const header =
    'struct T {};\nclass S {\npublic:\n  virtual void make(T &t, int i) = 0;\n  void make(int i);\n  void other(int i);\n};\n';
  const files = {
    's.hpp': header,
    's.cpp': '#include "s.hpp"\nvoid S::make(int i) { T t; make(t, i); }\nvoid S::other(int i) { other(i); }',
  };
  await check(files, 's.cpp:S.make', [
    's.cpp:S.make ambiguous member',
    's.hpp:S.make ambiguous member 1',
    's.hpp:S.make ambiguous member 2',
  ]);
  await check(files, 's.cpp:S.other', ['s.cpp:S.other resolved member']);
});

test('C++: what is defined outside of its class is a member of it', async () => {
  const { graph } = await makeGraph({
    'f.hpp': 'namespace n {\nclass F {\npublic:\n  int go(int a);\n  class In { int q(); };\n};\n}\n',
    'f.cpp': '#include "f.hpp"\nnamespace n {\nint F::go(int a) { return a; }\nint F::In::q() { return 1; }\n}\n',
  });
  expect(edgesOf(graph, 'f.hpp:n.F', 'contains')).toEqual([
    'f.hpp:n.F.go resolved structure',
    'f.hpp:n.F.In resolved structure',
    'f.cpp:n.F.go resolved import',
  ]);
  expect(edgesOf(graph, 'f.hpp:n.F.In', 'contains')).toContain('f.cpp:n.F.In.q resolved member');
});
