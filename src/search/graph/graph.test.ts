/** Parts of the graph's answers that the command line does not show by itself: layout, ranks, overloads, hubs. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openView } from '../../../test/graph-view.ts';
import { estimateTokens } from '../tokens.ts';
import { askGraph } from './ask.ts';
import { mapOf } from './map.ts';
import { mapText } from './map-text.ts';
import { pickNode } from './pick.ts';
import { pictureOf } from './picture.ts';
import { rankNodes } from './rank.ts';
import { reachFrom } from './reach.ts';
import { svgText } from './svg.ts';
import { graphText } from './text.ts';
import { searchClass } from './tools/autocoderover.ts';
import type { GraphView } from './view.ts';

const callers = Array.from({ length: 400 }, (_, i) => `def f${i}(x):\n    return hub(x)\n`).join('\n');
const long = (units: number): string => 'n'.repeat(units);
const message = 'no such thing '.repeat(20);
const files = {
  'long.py': `def ${long(1_000)}(): pass\ndef ${long(1_001)}(): pass\ndef short():\n    ${long(1_000)}()\n    ${long(1_001)}()\n`,
  'message.js': `export const told = { '${message}'() { return 1; } };\n`,
  'hub.py': `from typing import overload

@overload
def hub(x: int) -> int: ...
@overload
def hub(x: str) -> str: ...
def hub(x):
    return x


def a():
    b()


def b():
    a()
    c()


def c():
    pass
`,
  'many.py': `from hub import hub\n\n\n${callers}`,
  'shop/cart.py': 'def pay():\n    pass\n\n\ndef send():\n    pass\n',
  'store.py': 'class Cart:\n    def pay(self):\n        pass\n',
  'tested.py':
    'class T:\n    def go(self):\n        pass\n\n\ndef told(x):\n    if isinstance(x, T):\n        x.go()\n    else:\n        x.go()\n',
  'Adapter.java':
    'public class Adapter {\n  public Adapter() {}\n  public Adapter(int a) {}\n}\n\nclass Plug extends Adapter {}\n',
  'fold.py': 'class Fold:\n    pass\n\n\nclass Paper(Fold):\n    pass\n',
  'press.py': 'def Fold():\n    pass\n',
  'desk.rb': 'class Desk\n  attr_accessor :top, :leg\nend\n',
  'odd.py': 'class Läufer:\n    def lauf(self):\n        return "<&>"\n',
};

let view: GraphView;
let close: () => void;
beforeAll(async () => {
  ({ view, close } = await openView(files));
});
afterAll(() => close());

const idOf = (given: string): string => {
  const picked = pickNode(view, given);
  return picked.kind === 'one' ? view.id(picked.node) : `${picked.nodes.length} nodes`;
};

describe('what is picked', () => {
  test('of overloads the definition that names lead to', () => {
    const id = idOf('hub');
    expect(id).toMatch(/^hub\.py:hub/);
    expect(idOf('hub.py:hub')).toBe(id);
    expect(idOf('hub.py:hub#2')).toBe('hub.py:hub#2');
    expect(askGraph(view, 'hub', { relations: ['callers'] }).relations[0]?.total).toBe(400);
  });
  test('the method of a class before a function in a file of its name', () => {
    expect(idOf('Cart.pay')).toBe('store.py:Cart.pay');
    expect(idOf('Cart.send')).toBe('shop/cart.py:send');
    expect(idOf('cart.pay')).toBe('2 nodes');
  });
  test('a class before its constructor, and what a relation is about before other things of its name', () => {
    expect(idOf('Adapter')).toBe('Adapter.java:Adapter');
    expect(idOf('Adapter.Adapter')).toMatch(/^Adapter\.java:Adapter\.Adapter/);
    const derived = askGraph(view, 'Adapter', { relations: ['derived'] });
    expect(derived.relations[0]?.neighbours.map(({ node }) => node.id)).toEqual(['Adapter.java:Plug']);
    expect(derived.notices).toContain('Adapter was taken for Adapter.java:Adapter.');
    expect(askGraph(view, 'Fold').candidates.map(({ id }) => id)).toEqual(['fold.py:Fold', 'press.py:Fold']);
    expect(askGraph(view, 'Fold', { relations: ['derived'] }).symbol?.id).toBe('fold.py:Fold');
    expect(askGraph(view, 'Fold', { relations: ['derived', 'callers'] }).symbol).toBeNull();
  });
  test('lines stand for the innermost definition, a folder for itself', () => {
    expect(idOf('odd.py:2-2')).toBe('odd.py:Läufer.lauf');
    expect(idOf('odd.py:1-1')).toBe('odd.py:Läufer');
    expect(idOf('hub.py:1-1')).toBe('hub.py');
    expect(idOf('odd.py:3')).toBe('odd.py:Läufer.lauf');
    expect(() => idOf('odd.py:99')).toThrow(/the file ends before/);
    expect(idOf('odd.py:2-1')).toBe(idOf('odd.py:1-2'));
    expect(idOf('odd.py:3-2')).toBe('odd.py:Läufer.lauf');
    expect(idOf('.')).toBe('/');
  });
});

test('a line that defines several members stands once among the signatures of a class', () => {
  expect(searchClass(view, 'Desk').text).toMatch(/^class Desk\n {4}attr_accessor :top, :leg\n<\/code>/m);
});

test('identifiers of up to 1,000 characters are names, of longer ones it is said that they are none', () => {
  const short = view.graph.named('short')[0] as number;
  expect(view.graph.out(short, { kinds: ['calls'] }).map(({ to }) => view.graph.node(to).name)).toEqual([long(1_000)]);
  expect(idOf(long(1_000))).toBe(`long.py:${long(1_000)}`);
  expect(() => idOf(long(1_001))).toThrow(/at most 1000 characters/);
  expect(view.graph.named(message)).toEqual([]);
});

test('pages of a hub are parts of the whole, in one order', () => {
  const page = (offset: number, limit: number): string[] =>
    (askGraph(view, 'hub', { relations: ['callers'], offset, limit }).relations[0]?.neighbours ?? []).map(
      ({ node }) => node.id,
    );
  const all = page(0, 1_000);
  expect(new Set(all).size).toBe(400);
  expect([...page(0, 150), ...page(150, 150), ...page(300, 150)]).toEqual(all);
  expect(page(400, 10)).toEqual([]);
});

test('a caller that is sure in one branch says where it is in doubt', () => {
  const answer = askGraph(view, 'T.go', { relations: ['callers'] });
  expect(answer.relations[0]?.neighbours[0]).toMatchObject({
    state: 'resolved',
    sites: [
      { line: 8, state: 'resolved' },
      { line: 10, state: 'ambiguous' },
    ],
  });
  expect(graphText(answer)).toMatch(/\n +8 {2}x\.go\(\)\n +10 {2}x\.go\(\) {2}ambiguous\n/);
});

test('walks over cycles end, and reach each node once', () => {
  const start = view.graph.named('c')[0] as number;
  const { reached } = reachFrom(view, [start], 50);
  expect(reached.map(({ node, distance }) => `${view.id(node)} ${distance}`)).toEqual(['hub.py:b 1', 'hub.py:a 2']);
});

describe('pictures', () => {
  test('boxes of a column do not overlap, and text is escaped', () => {
    const answer = askGraph(view, 'hub', { relations: ['callers'], limit: 40 });
    const svg = svgText(pictureOf(view, answer));
    const boxes = [
      ...svg.matchAll(/<rect class="box[^"]*" x="([\d.]+)" y="([\d.]+)" width="([\d.]+)" height="(\d+)"/g),
    ].map((match) => match.slice(1).map(Number) as [number, number, number, number]);
    expect(boxes).toHaveLength(41);
    for (const [i, [x, y, width, height]] of boxes.entries()) {
      for (const [otherX, otherY] of boxes.slice(i + 1)) {
        expect(otherX >= x + width || otherX < x || otherY >= y + height || otherY + height <= y).toBe(true);
      }
    }
    const odd = svgText({
      nodes: [{ id: 'odd', title: 'a<b>&"\u0007', where: '', column: 0 }],
      edges: [],
    });
    expect(odd).toContain('a&#60;b&#62;&#38;&#34;\ufffd');
  });
  test('nothing is a picture too', () => {
    expect(svgText({ nodes: [], edges: [] })).toMatch(/^<svg /);
  });
});

describe('ranks', () => {
  const edges = (...pairs: readonly (readonly [number, number, number])[]) => ({
    from: Uint32Array.from(pairs, ([from]) => from),
    to: Uint32Array.from(pairs, ([, to]) => to),
    weight: Float64Array.from(pairs, ([, , weight]) => weight),
  });
  test('equal what a published implementation gives', () => {
    // networkx 3.6.1: pagerank(DiGraph with these weights, alpha=0.85), all four as starts; then personalization={3: 1}.
    const graph = edges([0, 1, 1], [0, 2, 3], [1, 2, 1], [3, 0, 1]);
    const round = (ranks: Float64Array): number[] => Array.from(ranks, (rank) => Math.round(rank * 1e4) / 1e4);
    expect(round(rankNodes(graph, Float64Array.of(1, 1, 1, 1)))).toEqual([0.2432, 0.1831, 0.4422, 0.1315]);
    expect(round(rankNodes(graph, Float64Array.of(0, 0, 0, 1)))).toEqual([0.3118, 0.0663, 0.2551, 0.3668]);
  });
});

test('within the least budgets the counts of what was asked for stay, those of relations that lead somewhere first', () => {
  for (const name of ['hub', 'T.go']) {
    const [only, ...others] = askGraph(view, name, { relations: ['callers'], budgetTokens: 50 }).relations;
    expect(only).toMatchObject({ relation: 'callers', total: name === 'hub' ? 400 : 1 });
    expect(others).toEqual([]);
  }
  const asked = ['bases', 'derived', 'overrides', 'overridden-by', 'importers', 'uses', 'tests', 'callers'] as const;
  const answer = askGraph(view, 'hub', { relations: asked, budgetTokens: 50 });
  expect(answer.relations.map(({ relation }) => relation)).toContain('callers');
  expect(answer.relations.length).toBeLessThan(asked.length);
  expect(estimateTokens(graphText(answer))).toBeLessThanOrEqual(50);
  // A name that is longer than the budget leaves its count all the same.
  const far = askGraph(view, long(1_000), { relations: ['callers'], budgetTokens: 50 });
  expect(far.relations).toMatchObject([{ relation: 'callers', total: 1, neighbours: [] }]);
});

test('a map is never over its budget', () => {
  for (let budget = 50; budget < 400; budget += 17) {
    const answer = mapOf(view, { budgetTokens: budget });
    expect(estimateTokens(mapText(answer))).toBe(answer.tokens);
    expect(answer.tokens).toBeLessThanOrEqual(budget);
  }
});
