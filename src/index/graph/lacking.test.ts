/** Calls of what a known class and all behind it do not have: nobody's, whatever has the name elsewhere. */
import { describe, expect, it } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

interface Case {
  readonly path: string;
  /** Has a class with a method of the name beside it; `f` calls it on what is known, `g` on what has a base that is not, `h` on anything. */
  readonly source: string;
  readonly of?: string;
}

const cases: Readonly<Record<string, Case>> = {
  python: {
    path: 'a.py',
    source:
      'from ext import Ext\nclass Other:\n  def gone(self): pass\nclass A:\n  def here(self): pass\nclass B(Ext): pass\nclass C(A): pass\ndef f():\n  A().gone()\n  C().gone()\n  A.gone()\ndef g():\n  B().gone()\ndef h(x):\n  x.gone()\n',
  },
  javascript: {
    path: 'a.js',
    source:
      "import { Ext } from 'ext';\nclass Other { gone() {} }\nclass A { here() {} }\nclass B extends Ext {}\nclass C extends A {}\nfunction f() { new A().gone(); new C().gone(); A.gone(); }\nfunction g() { new B().gone(); }\nfunction h(x) { x.gone(); }\n",
  },
  typescript: {
    path: 'a.ts',
    source:
      "import { Ext } from 'ext';\nclass Other { gone() {} }\nclass A { here() {} }\nclass B extends Ext {}\nclass C extends A { f() { this.gone(); } }\ninterface I { here(): void }\ninterface J extends Ext {}\nfunction f(a: A, c: C, i: I) { a.gone(); c.gone(); i.gone(); }\nfunction g(b: B, j: J) { b.gone(); j.gone(); }\nfunction h(x: any) { x.gone(); }\n",
  },
  java: {
    path: 'A.java',
    of: 'X.',
    source:
      'import ext.Ext;\nclass Other { void gone() {} }\nclass A { void here() {} }\nclass B extends Ext {}\nclass C extends A {}\ninterface I { void here(); }\nclass X { void f(A a, C c, I i) { a.gone(); c.gone(); i.gone(); } void g(B b) { b.gone(); } void h(Unread x) { x.gone(); } }\n',
  },
  csharp: {
    path: 'A.cs',
    of: 'X.',
    source:
      'using Ext;\nclass Other { public void gone() {} }\nclass A { public void here() {} }\nclass B : ExtBase {}\nclass C : A {}\ninterface I { void here(); }\nclass X { void f(A a, C c, I i) { a.gone(); c.gone(); i.gone(); } void g(B b) { b.gone(); } void h(dynamic x) { x.gone(); } }\n',
  },
  go: {
    path: 'a.go',
    source:
      'package p\nimport "ext"\ntype Other struct{}\nfunc (o Other) gone() {}\ntype A struct{}\ntype B struct { ext.Ext }\ntype C struct { A }\ntype I interface { here() }\nfunc f(a A, c C, i I) { a.gone(); c.gone(); i.gone() }\nfunc g(b B) { b.gone() }\nfunc h() { x := made(); x.gone() }\nfunc made() unread { return nil }\n',
  },
  rust: {
    path: 'a.rs',
    source:
      'use ext::Ext;\nstruct Other; impl Other { fn gone(&self) {} }\nstruct A; impl A { fn here(&self) {} }\nstruct B; impl Ext for B {}\nfn f(a: A) { a.gone(); }\nfn g(b: B) { b.gone(); }\nfn h<T>(x: T) { x.gone(); }\n',
  },
  'c++': {
    path: 'a.cpp',
    of: 'X.',
    source:
      '#include "ext.h"\nclass Other { public: void gone() {} };\nclass A { public: void here() {} };\nclass B : public Ext {};\nclass C : public A {};\ntemplate <class T> class X { void f(A a, C *c) { a.gone(); c->gone(); } void g(B b) { b.gone(); } void h(T x) { x.gone(); } };\n',
  },
};

describe('a member that a known class does not have', () => {
  it.each(Object.entries(cases))(
    'is nobody’s in %s, and a library’s where one is behind the class',
    async (_, made) => {
      const { path, source, of = '' } = made;
      const { graph } = await makeGraph({ [path]: source });
      const at = (name: string): string => `${path}:${of}${name}`;
      const calls = (name: string): string[] => edgesOf(graph, at(name)).filter((line) => line.includes('gone'));
      expect(calls('f')).toEqual([]);
      expect(calls('g')).toEqual([]);
      // A type that nobody has is a library's in Java and Go, whose programs would not compile.
      const isTold = path.endsWith('.java') || path.endsWith('.go');
      expect(calls('h')).toEqual(isTold ? [] : [`${path}:Other.gone ambiguous unique-name`]);
      const sites = graph.unresolvedSites('gone').map(({ from, reason }) => `${graph.node(from).name} ${reason}`);
      expect(sites.filter((one) => one === 'f unknown').length).toBeGreaterThan(0);
      expect(sites.filter((one) => one.startsWith('f')).every((one) => one === 'f unknown')).toBe(true);
      expect(sites.filter((one) => one.startsWith('g')).every((one) => one === 'g external')).toBe(true);
    },
  );

  it('may be a derived class’s on `self` of Python, and what runs for it is `__getattr__`', async () => {
    const source =
      'class Other:\n  def gone(self): pass\nclass A:\n  def f(self): self.gone()\nclass G:\n  def __getattr__(self, name): return None\ndef g(): G().gone()\n@made\nclass D: pass\ndef h(): D().gone()\n';
    const { graph } = await makeGraph({ 'a.py': source });
    expect(edgesOf(graph, 'a.py:A.f')).toEqual(['a.py:Other.gone ambiguous unique-name']);
    expect(edgesOf(graph, 'a.py:g')).toEqual(['a.py:G resolved scope', 'a.py:G.__getattr__ resolved constructor']);
    expect(edgesOf(graph, 'a.py:h').at(-1)).toBe('a.py:Other.gone ambiguous unique-name');
  });

  it('may be a derived class’s, or of what is merged with it, in languages where that compiles', async () => {
    const source =
      'class Other { gone() {} }\nclass A { here() {} }\nclass B extends A { gone() {} }\nfunction f(a: A) { a.gone(); }\n';
    const { graph } = await makeGraph({ 'a.ts': source });
    expect(edgesOf(graph, 'a.ts:f')).toEqual(['a.ts:B.gone ambiguous same-name']);
    const merged = await makeGraph({
      'a.ts': 'export class A { here() {} }\nclass Other { gone() {} }\n',
      'b.ts':
        "import { A } from './a';\ndeclare module './a' { interface A { gone(): void } }\nfunction f(a: A) { a.gone(); }\n",
    });
    expect(edgesOf(merged.graph, 'b.ts:f')).toEqual(['b.ts:./a.A.gone ambiguous same-name']);
  });

  it('may be a trait’s in Rust that is implemented for all types', async () => {
    const source = 'trait T { fn t(&self) {} }\nimpl<X> T for X {}\nstruct A;\nfn f(a: A) { a.t(); }\n';
    const { graph } = await makeGraph({ 'a.rs': source });
    expect(edgesOf(graph, 'a.rs:f')).toEqual(['a.rs:T.t ambiguous unique-name']);
  });
});
