/** A graph that followed changes equals one that was built from nothing, and only what may differ was linked for it. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeGraph, edgesOf, type Made, makeGraph } from '../../../test/graphs.ts';

/** What each path may hold; all of them lean on each other. `null`: there is no such file. */
const variants: Readonly<Record<string, readonly (string | null)[]>> = {
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

const paths = Object.keys(variants);
const state = fc.tuple(...paths.map((path) => fc.nat({ max: (variants[path] as readonly unknown[]).length - 1 })));
const edits = fc.array(
  fc.array(fc.tuple(fc.nat({ max: paths.length - 1 }), fc.nat({ max: 5 })), { minLength: 1, maxLength: 3 }),
  { minLength: 1, maxLength: 4 },
);

function filesOf(chosen: readonly number[]): Record<string, string> {
  const files: Record<string, string> = {};
  for (const [at, path] of paths.entries()) {
    const options = variants[path] as readonly (string | null)[];
    const text = options[(chosen[at] as number) % options.length];
    if (typeof text === 'string') files[path] = text;
  }
  return files;
}

test('following changes gives what building anew gives', async () => {
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
  await fc.assert(property, { numRuns: 80 });
});

const base = {
  'a.py': 'from b import g\ndef f(): g().m()\n',
  'b.py': 'class B:\n  def m(self): pass\ndef g():\n  b = B()\n  return b\ndef other():\n  x = 1\n',
  'c.py': 'from b import other\ndef h(): other()\n',
};

/** Edits a file. @returns how many files were linked for it, and the graph */
async function after(edit: Readonly<Record<string, string>>): Promise<Made> {
  return await makeGraph({ ...base, ...edit }, await makeGraph(base));
}

test('a change inside a body concerns no other file', async () => {
  const { linked } = await after({ 'b.py': `${base['b.py']}  y = 2\n` });
  expect(linked).toBe(1);
});

test('definitions that only moved concern no other file, and edges follow them', async () => {
  const { linked, graph } = await after({ 'b.py': `# new\ndef added(): pass\n${base['b.py']}` });
  expect(linked).toBe(1);
  expect(edgesOf(graph, 'a.py:f')).toEqual(['b.py:g resolved import', 'b.py:B.m resolved result']);
});

test('a change of what a function gives concerns those who looked at it', async () => {
  const { linked, graph } = await after({ 'b.py': base['b.py'].replace('b = B()', 'b = str()') });
  expect(linked).toBe(2);
  expect(edgesOf(graph, 'a.py:f')).toEqual(['b.py:g resolved import']);
});

test('a new file that nobody imports is all that is linked', async () => {
  const { linked } = await after({ 'd.py': 'def z(): pass\n' });
  expect(linked).toBe(1);
});

test('the same tree again links nothing', async () => {
  expect((await after({})).linked).toBe(0);
});
