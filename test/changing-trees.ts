/** Small trees that change, by language, and what holds of a graph that follows them. */
import fc from 'fast-check';
import { expect } from 'vitest';
import { describeGraph, type Made, makeGraph } from './graphs.ts';

/** What each path may hold. Any choice is a tree, and the files of one lean on each other. `null`: there is no such file. */
export type Variants = Readonly<Record<string, readonly (string | null)[]>>;

const python: Variants = {
  'a.py': [
    'from p import g, B\nimport p.c\nclass A(B):\n  def m(self): self.n()\ndef f():\n  g()\n  p.c.h()\n  A().m()\n  B().n()\n',
    'import p\ndef first(): pass\ndef f():\n  p.g().n()\n  x.lonely()\n',
    'import p\ndef f():\n  p.sub.deep()\n  p.c.h()\n',
    'from p.b import *\ndef f():\n  g()\n  made().n()\n  undefined_here()\n',
    null,
  ],
  'p/__init__.py': [
    'from .b import g, B\n',
    'from .b import *\nfrom .c import *\n',
    'from .c import g, B\n',
    'def g(): return B()\nclass B:\n  def n(self): pass\n',
    '',
    null,
  ],
  'p/b.py': [
    'class B:\n  def n(self): pass\ndef g(): pass\ndef made():\n  b = B()\n  return b\n',
    '# moved\n\nclass B:\n  def before(self): pass\n  def n(self): pass\ndef g(): return B()\ndef made():\n  b = 1\n  return b\n',
    '__all__ = ["g"]\nfrom .c import B\ndef g(): pass\n',
    'class Base:\n  def n(self): pass\nclass B(Base): pass\ng = B\n',
    null,
  ],
  'p/c.py': [
    'from p.b import B\ndef h(): return B()\ndef lonely(): pass\n',
    'from a import f as h\nclass B:\n  def n(self): return self\n  def lonely(self): pass\n',
    'def h(): pass\ndef g(): pass\nclass B:\n  n = h\n',
    null,
  ],
  'p/c/__init__.py': [null, 'def h(): pass\n'],
  'p/sub.py': [null, 'def deep(): pass\n'],
  'q/p/__init__.py': [null, 'class B: pass\ndef g(): pass\n'],
  'tests/test_a.py': [
    'from a import f\nfrom p import B\ndef test_f(): f()\ndef test_lonely(): pass\nclass TestB:\n  def test_n(self): B().n()\n',
    null,
  ],
  'tests/p/b.py': [null, 'def g(): pass\n'],
};

/** Modules in files and inside files, re-exports, crates, traits and their implementations elsewhere, macros, what a function gives. */
const rust: Variants = {
  'Cargo.toml': ['[package]\nname = "one"\n', '[package]\nname = "other"\n', null],
  'src/lib.rs': [
    'mod a;\npub mod b;\nuse b::{Shape, make};\nfn f() { a::g(); make().area(); b::deep::h(); Shape::new().go(); }\n',
    'pub mod b;\nmod a { pub fn g() { super::own(); } }\npub use b::*;\nfn own() {}\nfn f() { a::g(); make(); undefined_here(); x.lonely(); }\n',
    'mod a;\nmod b;\npub use a::*;\nfn f() { g(); say!(1); b::Shape::new().area(); }\n',
    'mod b;\nmod t { use super::a::*; fn u() { g(); } }\nfn g() {}\nfn f() { g(); let s: b::Shape = other(); s.area(); s.go(); }\n',
    null,
  ],
  'src/a.rs': [
    'pub fn g() {}\npub use crate::b::make;\n',
    '// moved\n\npub fn g() -> crate::b::Shape { crate::b::make() }\n#[macro_export]\nmacro_rules! say { ($x:expr) => { $crate::a::g() } }\n',
    'use super::b::Shape;\nimpl Shape { pub fn go(&self) { self.area(); } }\n',
    null,
  ],
  'src/a/mod.rs': [null, 'pub fn g() { lonely() }\npub fn lonely() {}\n'],
  'src/b.rs': [
    'pub mod deep;\npub struct Shape;\nimpl Shape { pub fn new() -> Self { Shape } pub fn area(&self) {} }\npub fn make() -> Shape { Shape::new() }\n',
    'pub mod deep { pub fn h() {} }\npub trait Area { fn area(&self) { self.go() } fn go(&self); }\npub struct Shape;\nimpl Area for Shape { fn go(&self) {} }\npub fn make() -> impl Area { Shape }\n',
    'pub enum Shape { One }\nimpl Shape { pub fn area(self) -> u8 { 1 } }\npub fn make() -> u8 { 1 }\n',
    'pub use crate::a::g as make;\npub type Shape = Thing;\npub struct Thing;\nimpl Thing { pub fn new() -> Thing { Thing } pub fn go(&self) {} }\n',
    null,
  ],
  'src/b/deep.rs': ['pub fn h() { super::make(); }\n', 'use crate::b::Shape;\npub fn h() { Shape::new(); }\n', null],
  'src/main.rs': ['fn main() { one::b::make(); other::b::make(); }\n', null],
  'tests/whole.rs': ['use one::b::Shape;\n#[test]\nfn test_area() { Shape::new().area(); }\n', null],
};

/** Declarations and what defines them elsewhere, statics, macros, headers on several ways, classes over files, namespaces, bases. */
const cFamily: Variants = {
  'src/main.c': [
    '#include "u.h"\nstatic int own(void);\nint main(void) { help(); own(); lonely(); return SUM(1, 2); }\nstatic int own(void) { return 1; }\n',
    '#include <inner/u.h>\nint main(void) { return help() + undefined_here(); }\n',
    'int help(void);\nint main(void) { return help(); }\n',
    null,
  ],
  'src/u.h': [
    'int help(void);\n#define SUM(a, b) add(a, b)\nint add(int, int);\n',
    '#include "inner/u.h"\n#define help other\nint other(void);\n',
    'static inline int help(void) { return 1; }\n',
    null,
  ],
  'src/u.c': [
    '#include "u.h"\nint help(void) { return add(1, 2); }\nint add(int a, int b) { return a + b; }\n',
    '// moved\n\n#include "u.h"\nint add(int a, int b) { return a; }\nint lonely(void) { return 1; }\n',
    'static int help(void) { return 2; }\nint other(void) { return help(); }\n',
    null,
  ],
  'include/inner/u.h': ['int help(void);\n', 'int help(int);\nint lonely(void);\n', null],
  'lib/u.c': [null, '#include <inner/u.h>\nint help(void) { return 3; }\nint lonely(void) { return 4; }\n'],
  'src/shape.hpp': [
    '#pragma once\nnamespace draw { class Shape { public: Shape(); virtual void area(); void go(); }; Shape make(); }\n',
    '#pragma once\nnamespace draw { struct Base { virtual void area() {} void go() { area(); } }; struct Shape : Base { void area() override; }; Base make(); }\n',
    '#pragma once\nclass Shape { public: void area() {} };\nShape make();\n',
    null,
  ],
  'src/shape.cpp': [
    '#include "shape.hpp"\nnamespace draw { Shape::Shape() {} void Shape::area() { go(); } void Shape::go() {} Shape make() { return Shape(); } }\n',
    '#include "shape.hpp"\nvoid draw::Shape::area() { make(); }\ndraw::Base draw::make() { return draw::Base(); }\n',
    null,
  ],
  'src/app.cpp': [
    '#include "shape.hpp"\nusing namespace draw;\nvoid f() { make().area(); Shape s; s.go(); }\n',
    '#include "shape.hpp"\nvoid f() { draw::make().go(); auto s = new draw::Shape(); s->area(); }\n',
    'void f() { make().area(); }\nvoid area() {}\n',
    null,
  ],
};

/** Exports of both kinds, re-exports, files and folders of one name, classes over files. */
const ecmascript: Variants = {
  'package.json': ['{"name": "one", "exports": {".": "./src/index.ts", "./b": "./src/b.js"}}', '{"name": "one"}', null],
  'src/index.ts': [
    "import { g, B } from './b';\nimport * as c from './c.js';\nexport * from './c';\nexport function f() { g(); new B().m(); c.h(); x.lonely(); }\n",
    "import g from './b';\nimport { h } from 'one/b';\nexport function f() { g(); h(); undefinedHere(); }\n",
    "const { g, B } = require('./b');\nmodule.exports = { f() { g(); return new B(); } };\n",
    null,
  ],
  'src/b.js': [
    'export class B { m() { this.n(); } n() {} }\nexport function g() { return new B(); }\n',
    "// moved\n\nexport { h as g } from './c';\nexport class B { m() {} }\nexport default function g2() {}\n",
    'class B { m() {} }\nmodule.exports = { B, g: () => new B().m() };\n',
    null,
  ],
  'src/b/index.ts': [null, 'export const g = () => 1;\nexport class B { m() { return g(); } }\n'],
  'src/c.ts': [
    "import { B } from './b';\nexport function h(): B { return new B(); }\nexport function lonely() { h().m(); }\n",
    "import { f } from '.';\nexport const h = () => f();\nexport class C extends B { m() { super.m(); } }\n",
    null,
  ],
  'test/a.test.ts': ["import { f } from '../src';\ntest('f', () => { f(); });\n", null],
};

/** Packages, static imports, overloads, interfaces with bodies, classes in classes. */
const java: Variants = {
  'src/main/java/p/A.java': [
    'package p;\nimport q.B;\nimport static q.Util.help;\npublic class A extends B { void f() { g(); help(1); new B().m(); super.m(); } void g() {} }\n',
    'package p;\nimport q.*;\npublic class A { B b = Util.make(); void f() { b.m(); b.n(1); lonely(); } }\n',
    'package p;\nclass A implements q.I { public void m() { same(); } void same() { C.go(); } }\n',
    null,
  ],
  'src/main/java/p/C.java': [
    'package p;\nclass C { static void go() {} }\n',
    'package p;\nclass C { static void go() { new A().f(); } static void go(int x) {} }\n',
    null,
  ],
  'src/main/java/q/B.java': [
    'package q;\npublic class B { public void m() { n(1); } public B n(int x) { return this; } }\n',
    '// moved\npackage q;\npublic class B implements I { public void m() {} public void n(int x, int y) {} }\n',
    'package other;\npublic class B { public void m() {} }\n',
    'package q;\npublic enum B { X; public void m() {} static class C { static void go() {} } }\n',
    null,
  ],
  'src/main/java/q/I.java': [
    'package q;\npublic interface I { void m(); default void d() { m(); } }\n',
    'package q;\npublic interface I extends J { void m(); }\ninterface J { void d(); }\n',
    null,
  ],
  'src/main/java/q/Util.java': [
    'package q;\npublic class Util { public static int help(int x) { return x; } public static B make() { return new B(); } }\n',
    'package q;\npublic class Util extends Base { }\nclass Base { public static void help(int x) {} public static p.A make() { return null; } }\n',
    null,
  ],
  'src/test/java/p/ATest.java': [
    'package p;\npublic class ATest { @Test public void testF() { new A().f(); C.go(); } }\n',
    null,
  ],
};

/** Packages over files, files for one system, module names, embedding, interfaces by methods. */
const go: Variants = {
  'go.mod': ['module example.com/m\n', 'module example.com/other\n', null],
  'p/a.go': [
    'package p\nimport "example.com/m/q"\nfunc F() { g(); q.One().Bar(); limit.Bar(); q.Lonely() }\n',
    'package p\nimport r "example.com/m/q"\ntype T struct { r.Foo }\nfunc F() { T{}.Bar(); r.One().Do() }\nfunc (t T) own() { t.Bar() }\n',
    'package p\nimport . "example.com/other/q"\nfunc F() { One(); undefinedHere() }\nfunc g() {}\n',
    null,
  ],
  'p/b.go': [
    'package p\nimport "example.com/m/q"\nvar limit q.Foo\nfunc g() {}\n',
    'package p\nfunc g() { F() }\nvar limit = make()\nfunc make() *U { return nil }\ntype U struct{}\nfunc (u *U) Bar() {}\n',
    'package other\nfunc g() {}\n',
    null,
  ],
  'p/b_windows.go': [null, 'package p\nfunc g() {}\n'],
  'q/foo.go': [
    'package q\ntype Foo struct{}\nfunc (f Foo) Bar() {}\nfunc One() Foo { return Foo{} }\n',
    'package q\ntype I interface { Bar(); Do() }\ntype Foo struct{}\nfunc (f *Foo) Bar() { f.Do() }\nfunc (f *Foo) Do() {}\nfunc One() I { return &Foo{} }\n',
    '// moved\n\npackage q\ntype Foo int\nfunc (f Foo) Do() {}\nfunc One() (Foo, error) { return 1, nil }\nfunc Lonely() {}\n',
    null,
  ],
  'q/more.go': [
    null,
    'package q\nfunc (f Foo) Extra() { f.Bar() }\nfunc Lonely() { One() }\n',
    'package q_test\nfunc Lonely() {}\n',
  ],
  'q/foo_test.go': ['package q\nimport "testing"\nfunc TestBar(t *testing.T) { One().Bar() }\n', null],
};

/** Namespaces and where a manifest lays them, functions used by name, traits. */
const php: Variants = {
  'composer.json': [
    '{"autoload": {"psr-4": {"App\\\\": "src/"}}}',
    '{"autoload": {"psr-4": {"Lib\\\\": "src/"}}}',
    null,
  ],
  'src/A.php': [
    '<?php\nnamespace App;\nuse App\\Sub\\B;\nuse function App\\Sub\\help;\nclass A extends B { function f() { $this->m(); help(); (new B)->n(); parent::m(); } }\n',
    '<?php\nnamespace App;\nclass A { public Sub\\B $b; function f() { $this->b->m(); lonely(); Sub\\B::make()->n(); } }\n',
    '<?php\nnamespace App\\Other;\nclass A { use \\App\\Sub\\T; function f() { $this->t(); } }\n',
    null,
  ],
  'src/Sub/B.php': [
    '<?php\nnamespace App\\Sub;\nclass B { function m() { $this->n(); } function n(): self { return $this; } static function make(): B { return new B; } }\nfunction help() {}\n',
    '<?php\n// moved\nnamespace App\\Sub;\ninterface B { function m(); }\ntrait T { function t() { $this->f(); } }\nfunction help() { lonely(); }\n',
    '<?php\nnamespace Lib\\Sub;\nclass B { function m() {} }\n',
    null,
  ],
  'src/Sub/T.php': [null, '<?php\nnamespace App\\Sub;\ntrait T { function t() {} function m() {} }\n'],
  'functions.php': [
    '<?php\nfunction lonely() { \\App\\Sub\\help(); }\n',
    '<?php\nrequire "src/A.php";\nnamespace App;\nfunction lonely() {}\n',
    null,
  ],
  'tests/ATest.php': [
    '<?php\nuse App\\A;\nclass ATest extends TestCase { function testF() { (new A)->f(); } }\n',
    null,
  ],
};

/** Modules opened again, what is mixed in, methods of classes, files required. */
const ruby: Variants = {
  'lib/a.rb': [
    "require_relative 'b'\nmodule App\n  class A < B\n    include Help\n    def f\n      m; help; super; B.make.n; lonely\n    end\n  end\nend\n",
    "require 'a/sub'\nclass A\n  def f\n    App::B.new.m\n    Sub.go\n  end\nend\n",
    null,
  ],
  'lib/b.rb': [
    'module App\n  class B\n    def m; n; end\n    def n; self; end\n    def self.make; new; end\n  end\n  module Help\n    def help; end\n  end\nend\n',
    '# moved\nmodule App\n  module Help\n    def help; m; end\n    def m; end\n  end\n  class B\n    extend Help\n    attr_reader :n\n  end\nend\n',
    'class B\n  def m; end\nend\n',
    null,
  ],
  'lib/a/sub.rb': [
    null,
    'module Sub\n  def self.go; end\nend\n',
    'class A\n  class Sub\n    def self.go; lonely; end\n  end\nend\ndef lonely; end\n',
  ],
  'spec/a_spec.rb': ["require 'a'\ndescribe App::A do\n  it 'f' do\n    App::A.new.f\n  end\nend\n", null],
};

/** Namespaces of both forms, parts of classes, usings of a whole project, extension methods. */
const csharp: Variants = {
  'A.cs': [
    'using App.Sub;\nnamespace App { public class A : B { public void F() { M(); Util.Help(1); new B().N(); base.M(); this.Ext(); } } }\n',
    'namespace App;\nusing static App.Sub.Util;\npublic partial class A { Sub.B b; void F() { b.M(); Help(1); Own(); Lonely(); } }\n',
    'namespace Other { class A { void F() { App.Sub.B.Make().M(); } } }\n',
    null,
  ],
  'A2.cs': [null, 'namespace App { public partial class A { void Own() {} } }\n'],
  'Sub/B.cs': [
    'namespace App.Sub { public class B : I { public virtual void M() { N(); } public B N() { return this; } public static B Make() => new B(); } public interface I { void M(); } }\n',
    '// moved\nnamespace App.Sub;\npublic struct B { public void M() {} public void M(int x) {} }\npublic static class Exts { public static void Ext(this object o) {} }\n',
    'namespace Lib { public class B { public void M() {} } }\n',
    null,
  ],
  'Sub/Util.cs': [
    'namespace App.Sub { public static class Util { public static int Help(int x) => x; public static void Ext(this App.A a) {} } }\n',
    'namespace App.Sub { static class Util { public static void Help(int x, int y) {} } class Lonely {} }\n',
    null,
  ],
  'GlobalUsings.cs': [null, 'global using App.Sub;\n', 'global using B = App.Sub.B;\n'],
  'Tests/ATests.cs': ['using App;\npublic class ATests { [Fact] public void TestF() { new A().F(); } }\n', null],
};

export const changingTrees = { python, rust, cFamily, ecmascript, java, go, php, ruby, csharp } as const;

/** @throws where a graph that followed random changes of the tree differs from one that is built from nothing */
export async function expectFollowed(variants: Variants, numRuns: number): Promise<void> {
  const paths = Object.keys(variants);
  const textOf = (path: number, choice: number): readonly [string, string | null] => {
    const name = paths[path] as string;
    const choices = variants[name] as readonly (string | null)[];
    return [name, choices[choice % choices.length] as string | null];
  };
  const filesOf = (chosen: readonly number[]): Record<string, string> =>
    Object.fromEntries(
      chosen.map((choice, path) => textOf(path, choice)).filter((one): one is [string, string] => one[1] !== null),
    );
  const choice = fc.nat({ max: 59 });
  const edit = fc.tuple(fc.nat({ max: paths.length - 1 }), choice);
  const edits = fc.array(fc.array(edit, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 4 });
  const state = fc.tuple(...paths.map(() => choice));
  const property = fc.asyncProperty(state, edits, async (first, steps) => {
    let chosen: number[] = [...first];
    let made: Made = await makeGraph(filesOf(chosen));
    for (const step of steps) {
      chosen = [...chosen];
      for (const [path, variant] of step) chosen[path] = variant;
      made = await makeGraph(filesOf(chosen), made);
      const anew = await makeGraph(filesOf(chosen));
      expect(describeGraph(made.graph)).toBe(describeGraph(anew.graph));
    }
  });
  await fc.assert(property, { numRuns });
}
