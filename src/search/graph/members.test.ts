import { afterAll, beforeAll, expect, test } from 'vitest';
import { openView } from '../../../test/graph-view.ts';
import { askGraph } from './ask.ts';
import { impactOf } from './impact.ts';
import { mapOf } from './map.ts';
import { mentionsIn } from './mentions.ts';
import { queryGraph } from './query.ts';
import { searchClass, searchMethodInClass } from './tools/autocoderover.ts';
import type { Relation } from './types.ts';
import type { GraphView } from './view.ts';

const files = {
  'go.mod': 'module example.com/m\n',
  'a.go': 'package m\n\ntype Engine struct {\n\tport int\n}\n\nfunc (e *Engine) Run() {}\n',
  'b.go': 'package m\n\nfunc (e Engine) Serve() { e.Run() }\n\nfunc start(e Engine) { e.Serve() }\n',
  'f.hpp': 'class F {\npublic:\n  int go(int a);\n};\n',
  'f.cpp': '#include "f.hpp"\nint F::go(int a) { return a; }\n',
};

let view: GraphView;
let close: () => void;
beforeAll(async () => {
  ({ view, close } = await openView(files));
});
afterAll(() => close());

const related = (given: string, relation: Relation): string[] =>
  askGraph(view, given, { relations: [relation] }).relations.flatMap(({ neighbours }) =>
    neighbours.map(({ node }) => node.id),
  );

test('relations lead from the type to them, and from them to their file and the type', () => {
  expect(related('a.go:Engine', 'members')).toEqual(['a.go:Engine.port', 'a.go:Engine.Run', 'b.go:Engine.Serve']);
  expect(related('b.go:Engine.Serve', 'parent')).toEqual(['b.go', 'a.go:Engine']);
  expect(related('b.go', 'members')).toEqual(['b.go:Engine.Serve', 'b.go:start']);
});

test('queries have them under HAS_METHOD', () => {
  const found = queryGraph(
    view,
    "MATCH (:Class {name: 'Engine'})-[r:HAS_METHOD]->(m) RETURN m.name, r.rule ORDER BY m.name",
  );
  expect(found.rows).toEqual([
    ['Run', 'scope'],
    ['Serve', 'package'],
  ]);
});

test('tools of agents find them in their class, once', () => {
  expect(searchClass(view, 'Engine').text).toContain('    func (e Engine) Serve()');
  const found = searchMethodInClass(view, 'Serve', 'Engine');
  expect(found.pieces.map(({ id, className, functionName }) => [id, className, functionName])).toEqual([
    ['b.go:Engine.Serve', 'Engine', 'Serve'],
  ]);
  expect(searchClass(view, 'F').text.split('go(int a)')).toHaveLength(2);
  expect(searchMethodInClass(view, 'go', 'F').total).toBe(2);
});

test('a type changes with them, its file does not', () => {
  const affected = (given: string): string[] =>
    impactOf(view, given).affected.map(({ node, distance }) => `${node.id} ${distance}`);
  expect(affected('a.go:Engine')).toEqual(['b.go:start 1']);
  expect(affected('a.go')).toContain('b.go:Engine.Serve 1');
});

test('what they refer to is said by the file that they are written in', () => {
  const said = mentionsIn(view).map(
    ({ from, to, count }) => `${view.graph.files[from]?.path} ${view.graph.node(to).qualifiedName} ${count}`,
  );
  expect(said.filter((line) => line.includes('Engine')).sort()).toEqual(['b.go Engine 2', 'b.go Engine.Run 1']);
  for (const { path, symbols } of mapOf(view).files) for (const { node } of symbols) expect(node.path).toBe(path);
});
