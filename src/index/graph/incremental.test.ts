/** A graph that followed changes equals one that was built from nothing, and only what may differ was linked for it. */
import { describe, expect, test } from 'vitest';
import { changingTrees, expectFollowed, type Variants } from '../../../test/changing-trees.ts';
import { edgesOf, type Made, makeGraph } from '../../../test/graphs.ts';

type Files = Readonly<Record<string, string>>;

/** How often each tree is changed. Thousands of times while this was written; as many as some seconds allow here. */
const numRuns = 40;

describe('following changes gives what building anew gives', () => {
  for (const [language, variants] of Object.entries<Variants>(changingTrees)) {
    test(language, () => expectFollowed(variants, numRuns));
  }
});

/** What a change of one file makes of another, which itself stays. */
async function followed(files: Files, edit: Files, from: string): Promise<readonly string[]> {
  const { graph } = await makeGraph({ ...files, ...edit }, await makeGraph(files));
  return edgesOf(graph, from);
}

test('Rust: a crate that is given another name is found by it in paths that no import names', async () => {
  const files = {
    'Cargo.toml': '[package]\nname = "one"\n',
    'src/lib.rs': 'pub fn g() {}\n',
    'src/main.rs': 'fn main() { one::g(); two::g(); }\n',
  };
  expect(edgesOf((await makeGraph(files)).graph, 'src/main.rs:main')).toEqual(['src/lib.rs:g resolved import']);
  const renamed = { 'Cargo.toml': '[package]\nname = "two"\n' };
  expect(await followed(files, renamed, 'src/main.rs:main')).toEqual(['src/lib.rs:g resolved import']);
  const gone = { 'Cargo.toml': '[package]\nname = "three"\n' };
  expect(await followed(files, gone, 'src/main.rs:main')).toEqual([]);
});

test('C: a definition that others may see now is what they call', async () => {
  const files = {
    'a.c': '#include "b.h"\nint f(void) { return g(); }\n',
    'b.h': 'int g(void);\n',
    'b.c': 'static int g(void) { return 1; }\n',
  };
  expect(edgesOf((await makeGraph(files)).graph, 'a.c:f')).toEqual(['b.h:g resolved import']);
  const seen = { 'b.c': 'int g(void) { return 1; }\n' };
  expect(await followed(files, seen, 'a.c:f')).toEqual(['b.c:g resolved import']);
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
