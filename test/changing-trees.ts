/** Small trees that change, by language: what each path may hold. Any choice is a tree, and the files of one lean on each other. `null`: there is no such file. */
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

export const changingTrees = { python, rust, cFamily, ecmascript } as const;
