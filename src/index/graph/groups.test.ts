/** Edges by neighbour, held against grouping them one by one. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { startsOf } from './columns.ts';
import { flagsOf, isAmbiguous, isObserved, observed, rankOf } from './flags.ts';
import { groupsOf, sourceOf } from './groups.ts';
import { edgeColumns, type GraphTables } from './tables.ts';

const count = 5;
const edge = fc.record({
  from: fc.nat({ max: count - 1 }),
  to: fc.nat({ max: count - 1 }),
  ambiguous: fc.boolean(),
  rank: fc.nat({ max: 15 }),
  run: fc.boolean(),
  kind: fc.constantFrom('calls', 'uses'),
});

test('neighbours come once, surest first, each with its edges', () => {
  const property = fc.property(fc.array(edge, { maxLength: 40 }), fc.nat({ max: count - 1 }), (all, node) => {
    const edges = [...all].sort((a, b) => a.from - b.from);
    const flags = Uint32Array.from(edges, ({ kind, ambiguous, rank, run }) => {
      const plain = flagsOf({ kind, ambiguous, rank, rule: 'scope', length: 1 });
      return run ? observed(plain) : plain;
    });
    const outStart = startsOf(
      Uint32Array.from(edges, ({ from }) => from),
      count,
    );
    const to = Uint32Array.from(edges, (one) => one.to);
    const columns = edgeColumns({ count } as GraphTables['nodes'], outStart, { to, flags, site: new Uint32Array() });
    for (const [at, { from }] of edges.entries()) expect(sourceOf(outStart, at)).toBe(from);

    for (const direction of ['out', 'in'] as const) {
      const expected = new Map<number, number[]>();
      const doubts = new Map<number, number>();
      edges.forEach((one, at) => {
        const [here, other] = direction === 'out' ? [one.from, one.to] : [one.to, one.from];
        if (here !== node || one.kind !== 'calls') return;
        const value = flags[at] as number;
        expected.set(other, [...(expected.get(other) ?? []), at]);
        const doubt = isAmbiguous(value) && !isObserved(value) ? 1 + rankOf(value) : 0;
        doubts.set(other, Math.min(doubt, doubts.get(other) ?? doubt));
      });
      const order = [...expected].sort(([a], [b]) => (doubts.get(a) as number) - (doubts.get(b) as number));
      const found = groupsOf(columns, node, direction, (value) => (value & 7) === 2);
      expect([...found.nodes].map((other, place) => [other, [...found.edges(place)]])).toEqual(order);
    }
  });
  fc.assert(property, { numRuns: 300 });
});
