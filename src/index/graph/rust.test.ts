/** What Rust's rules lead to, one rule after the other. */
import { expect, test } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

const manifest = '[package]\nname = "one-crate"\n';

/** Calls out of `from`, as `target state rule`. */
async function check(files: Files, from: string, expected: readonly string[]): Promise<void> {
  const { graph } = await makeGraph({ 'Cargo.toml': manifest, ...files });
  expect(edgesOf(graph, from)).toEqual(expected);
}

/** Calls out of `f` in the library's root. */
const root = (text: string, expected: readonly string[], more: Files = {}): Promise<void> =>
  check({ 'src/lib.rs': text, ...more }, 'src/lib.rs:f', expected);

test('functions of the file, of modules in files and of modules inside the file', () =>
  root(
    'mod a;\nmod inner { pub fn h() { super::g(); } }\nfn g() {}\nfn f() { g(); a::b(); inner::h(); crate::a::b(); self::g(); }',
    [
      'src/lib.rs:g resolved scope',
      'src/a.rs:b resolved import',
      'src/lib.rs:inner.h resolved member',
      'src/a.rs:b resolved import',
      'src/lib.rs:g resolved import',
    ],
    { 'src/a.rs': 'pub fn b() {}' },
  ));

test('super out of a module inside the file is the file', () =>
  check({ 'src/lib.rs': 'fn g() {}\nmod t { use super::*; fn f() { g(); super::g(); } }' }, 'src/lib.rs:t.f', [
    'src/lib.rs:g resolved scope',
    'src/lib.rs:g resolved import',
  ]));

test('use trees, other names, re-exports and stars', () =>
  root(
    'mod a;\npub use a::{b as c, d::{self, e}};\nuse crate::a::x::*;\nfn f() { c(); e(); d::e(); deep(); }',
    [
      'src/a/mod.rs:b resolved import',
      'src/a/d.rs:e resolved import',
      'src/a/d.rs:e resolved import',
      'src/a/y.rs:deep resolved import',
    ],
    {
      'src/a/mod.rs': 'pub mod d;\npub mod x;\nmod y;\npub fn b() {}',
      'src/a/d.rs': 'pub fn e() {}',
      'src/a/x.rs': 'pub use super::y::*;',
      'src/a/y.rs': 'pub fn deep() {}',
    },
  ));

test('other crates of the worktree by name, and the library of the same package', async () => {
  const files = {
    'crates/one/Cargo.toml': '[package]\nname = "my-one"\n',
    'crates/one/src/lib.rs': 'pub struct Foo;\nimpl Foo { pub fn new() -> Foo { Foo } pub fn go(&self) {} }',
    'crates/two/Cargo.toml': '[package]\nname = "two"\n[dependencies]\nmy-one = { path = "../one" }',
    'crates/two/src/lib.rs': 'pub fn h() {}',
    'crates/two/src/main.rs': 'use my_one::Foo;\nfn main() { Foo::new().go(); my_one::Foo::new(); two::h(); }',
  };
  await check(files, 'crates/two/src/main.rs:main', [
    'crates/one/src/lib.rs:Foo.new resolved member',
    'crates/one/src/lib.rs:Foo.go resolved result',
    'crates/one/src/lib.rs:Foo.new resolved member',
    'crates/two/src/lib.rs:h resolved import',
  ]);
});

test('modules in files below a module that is written inside a file', () =>
  check(
    {
      'src/lib.rs': 'mod tests;\nmod inner { pub mod deep; }\nfn g() { inner::deep::h(); }',
      'src/tests.rs': 'pub fn check() {}',
      'src/inner/deep.rs': 'pub fn h() {}\nmod tests { use crate::tests::check; fn f() { check(); } }',
    },
    'src/inner/deep.rs:tests.f',
    ['src/tests.rs:check resolved import'],
  ).then(() =>
    root('mod inner { pub mod deep; }\nfn f() { inner::deep::h(); }', ['src/inner/deep.rs:h resolved import'], {
      'src/inner/deep.rs': 'pub fn h() {}',
    }),
  ));

test('a module whose file an attribute names', () =>
  root('#[path = "odd/place.rs"]\nmod a;\nfn f() { a::b(); }\npub fn g() {}', ['src/odd/place.rs:b resolved import'], {
    'src/odd/place.rs': 'use super::g;\npub fn b() { g(); }',
  }));

test('self, Self and fields', async () => {
  const source =
    'struct A { b: B }\nstruct B(C);\nstruct C;\nimpl C { fn go(&self) {} }\nimpl A {\n  fn new() -> Self { Self { b: B(C) } }\n' +
    '  fn f(&mut self) { self.g(); self.b.0.go(); Self::new().g(); A::new(); }\n  fn g(&self) {}\n}';
  await check({ 'src/lib.rs': source }, 'src/lib.rs:A.f', [
    'src/lib.rs:A.g resolved self',
    'src/lib.rs:C.go resolved annotation',
    'src/lib.rs:A.new resolved self',
    'src/lib.rs:A.g resolved result',
    'src/lib.rs:A.new resolved member',
  ]);
});

test('methods of a type that another file defines', () =>
  root('mod a;\nmod b;\nfn f(x: &a::T) { x.go(); }', ['src/b.rs:T.go resolved annotation'], {
    'src/a.rs': 'pub struct T;',
    'src/b.rs': 'use crate::a::T;\nimpl T { pub fn go(&self) { self.on(); }\n fn on(&self) {} }',
  }));

test('locals that are bound again, and what unwraps them', () =>
  root(
    'struct A;\nstruct B;\nimpl A { fn b(&self) -> Option<B> { None } fn a(&self) {} }\nimpl B { fn b(&self) {} }\n' +
      'fn f(x: Result<Box<A>, String>) -> Option<()> { let x = x.unwrap(); x.a(); let x = x.b()?; x.b(); None }',
    ['src/lib.rs:A.a resolved annotation', 'src/lib.rs:A.b resolved annotation', 'src/lib.rs:B.b resolved annotation'],
  ));

test('patterns: options, variants, structs, tuples', () =>
  root(
    'struct A;\nimpl A { fn a(&self) {} }\nenum E { One(A), Two { x: A }, Three }\nstruct S { y: A }\n' +
      'fn f(e: E, o: Option<A>, s: S, t: (u8, A)) {\n  match e { E::One(p) => p.a(), E::Two { x } => x.a(), E::Three => {} }\n' +
      '  if let Some(q) = o { q.a(); }\n  let S { y } = s; y.a();\n  let (_, z) = t; z.a();\n}',
    Array.from({ length: 5 }, () => 'src/lib.rs:A.a resolved annotation'),
  ));

test('a variant of the name of what it holds', () =>
  root(
    'struct A;\nimpl A { fn a(&self) {} }\nenum E { A(A) }\nimpl E { fn a(&self) {} }\nfn f(e: E) { match e { E::A(x) => x.a() } }',
    ['src/lib.rs:A.a resolved annotation'],
  ));

test('loops, iterators and closures', () =>
  root(
    'use std::collections::HashMap;\nstruct A;\nimpl A { fn a(&self) -> A { A } }\nfn f(v: Vec<A>, m: HashMap<String, A>) {\n' +
      '  for x in &v { x.a(); }\n  for (i, x) in v.iter().enumerate() { x.a(); }\n  v.iter().map(|x| x.a()).for_each(|y| { y.a(); });\n' +
      '  v[0].a();\n  for (k, w) in &m { w.a(); }\n  m.get("x").unwrap().a();\n  if let Some(l) = v.last() { l.a(); }\n}',
    [
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved result',
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved annotation',
      'src/lib.rs:A.a resolved annotation',
    ],
  ));

test('values of blocks, branches and matches', () =>
  root(
    'struct A;\nimpl A { fn new() -> A { A } fn a(&self) {} }\nfn f(c: bool) {\n  let x = if c { A::new() } else { let y = A::new(); y };\n  x.a();\n' +
      '  let z = match c { true => A::new(), false => return };\n  z.a();\n}',
    [
      'src/lib.rs:A.new resolved member',
      'src/lib.rs:A.new resolved member',
      'src/lib.rs:A.a resolved result',
      'src/lib.rs:A.new resolved member',
      'src/lib.rs:A.a resolved result',
    ],
  ));

test('traits: default methods, bounds, objects, implementations and what they override', async () => {
  const files = {
    'src/lib.rs':
      'trait T { fn need(&self); fn more(&self) { self.need(); } }\nstruct A;\nimpl T for A { fn need(&self) {} }\n' +
      'fn f<X: T + Send>(a: A, x: X, d: &dyn T, i: impl T) { a.need(); a.more(); x.need(); d.need(); i.more(); }\n' +
      'fn g<Y>(y: Y) where Y: T { y.need(); }',
  };
  await check(files, 'src/lib.rs:f', [
    'src/lib.rs:A.need resolved annotation',
    'src/lib.rs:T.more resolved annotation',
    'src/lib.rs:T.need resolved annotation',
    'src/lib.rs:T.need resolved annotation',
    'src/lib.rs:T.more resolved annotation',
  ]);
  await check(files, 'src/lib.rs:g', ['src/lib.rs:T.need resolved annotation']);
  await check(files, 'src/lib.rs:T.more', ['src/lib.rs:T.need resolved self']);
  const { graph } = await makeGraph(files);
  expect(edgesOf(graph, 'src/lib.rs:A', 'implements')).toEqual(['src/lib.rs:T resolved scope']);
  expect(edgesOf(graph, 'src/lib.rs:A.need', 'overrides')).toEqual(['src/lib.rs:T.need resolved structure']);
});

test('macros of the repository, and calls among what they are given', () =>
  root(
    'mod m;\nstruct A;\nimpl A { fn a(&self) -> u8 { 1 } }\nfn f(x: A) { shout!(x.a()); println!("{}", x.a()); }',
    ['src/m.rs:shout resolved import', 'src/lib.rs:A.a resolved annotation', 'src/lib.rs:A.a resolved annotation'],
    { 'src/m.rs': '#[macro_export]\nmacro_rules! shout { ($x:expr) => { $x } }' },
  ));

test('a function of the name of its module', () =>
  root(
    'mod a;\nuse a::a;\nfn f() { a(); a::other(); }',
    ['src/a.rs:a resolved import', 'src/a.rs:other resolved import'],
    {
      'src/a.rs': 'pub fn a() {}\npub fn other() {}',
    },
  ));

test('what is not of the repository is external', async () => {
  const source =
    'use serde::Deserialize;\nuse std::fs;\n#[derive(Clone)]\nstruct A;\nfn f(a: A, v: Vec<u8>) { fs::read("x"); v.len(); String::new(); a.clone(); serde::x(); }';
  const { graph } = await makeGraph({ 'Cargo.toml': manifest, 'src/lib.rs': source });
  expect(edgesOf(graph, 'src/lib.rs:f')).toEqual([]);
  expect(graph.statistics().find(({ language }) => language === 'rust')).toMatchObject({ external: 5, unknown: 0 });
});

test('what impl blocks give a type are its members, in whatever file they stand', async () => {
  const { graph } = await makeGraph({
    'Cargo.toml': manifest,
    'src/lib.rs':
      'mod a;\npub struct S { x: u8 }\nimpl S { fn f(&self) {} }\nimpl Clone for S { fn clone(&self) -> S { S { x: 1 } } }\npub trait T { fn t(&self); }\nimpl<A: T> T for &A { fn t(&self) {} }\n',
    'src/a.rs':
      'use crate::{S, T};\nimpl S { pub fn g(&self) {} }\nimpl T for S { fn t(&self) {} }\nimpl T for u8 { fn t(&self) {} }\n',
  });
  expect(edgesOf(graph, 'src/lib.rs:S', 'contains')).toEqual([
    'src/lib.rs:S.x resolved structure',
    'src/a.rs:S.g resolved import',
    'src/a.rs:S.t resolved import',
    'src/lib.rs:S.f resolved scope',
    'src/lib.rs:S.clone resolved scope',
  ]);
  expect(edgesOf(graph, 'src/lib.rs:T', 'contains')).toEqual(['src/lib.rs:T.t resolved structure']);
});
