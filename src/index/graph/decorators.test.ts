/** Decorators are called by whoever defines what they decorate. */
import { expect, test } from 'vitest';
import { edgesOf, makeGraph } from '../../../test/graphs.ts';

test('Python: a decorator, a maker of one with what it makes, methods, and classes', async () => {
  const source =
    'import functools\ndef plain(f): return f\ndef made(x):\n  def inner(f): return f\n  return inner\nclass App:\n  def route(self, path):\n    def keep(f): return f\n    return keep\napp = App()\n' +
    '@plain\ndef one(): pass\n@made(1)\ndef two(): pass\n@app.route("/")\n@functools.wraps(one)\n@unknown\ndef three(): pass\nclass C:\n  @plain\n  def m(self): pass\n  @property\n  def p(self): pass\ndef outer():\n  @plain\n  class E: pass\n';
  const { graph } = await makeGraph({ 'a.py': source });
  expect(edgesOf(graph, 'a.py').slice(1)).toEqual([
    'a.py:plain resolved scope',
    'a.py:made resolved scope',
    'a.py:made.inner resolved scope',
    'a.py:App.route resolved constructor',
    'a.py:App.route.keep resolved scope',
  ]);
  expect(edgesOf(graph, 'a.py:C')).toEqual(['a.py:plain resolved scope']);
  expect(edgesOf(graph, 'a.py:outer')).toEqual(['a.py:plain resolved scope']);
  expect(edgesOf(graph, 'a.py:one')).toEqual([]);
  expect(edgesOf(graph, 'a.py:one', 'uses')).toEqual(['a.py:plain resolved scope']);
  // What is not known to be the repository's is not counted: most of it is the language's own.
  expect(graph.unresolvedSites('property')).toEqual([]);
});

test('TypeScript: of classes, methods and fields', async () => {
  const source =
    "function log(t: any, c: any) { return t; }\nfunction tag(n: string) { return function inner(t: any, c: any) { return t; }; }\n@log class A { @tag('x') m() {} @log f = 1; }\nfunction make() { @tag('y') class B {} return B; }\n";
  const { graph } = await makeGraph({ 'a.ts': source });
  expect(edgesOf(graph, 'a.ts')).toEqual(['a.ts:log resolved scope']);
  const tagged = ['a.ts:tag resolved scope', 'a.ts:tag.inner resolved scope'];
  expect(edgesOf(graph, 'a.ts:A')).toEqual([...tagged, 'a.ts:log resolved scope']);
  expect(edgesOf(graph, 'a.ts:make')).toEqual(tagged);
});
