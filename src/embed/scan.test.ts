import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/mod.ts';
import {
  RowBlock,
  rowBytes,
  type ScanLoops,
  type SharedSigns,
  SignBlock,
  scanQuery,
  signBytes,
  writeRow,
} from './scan.ts';
import { BestScores, nearestRows } from './scanbest.ts';
import { scanKernel } from './scankernel.ts';

const component = fc.float({ min: -1, max: 1, noNaN: true });
const vectors = fc
  .record({ dimension: fc.integer({ min: 1, max: 70 }), count: fc.integer({ min: 0, max: 20 }) })
  .chain(({ dimension, count }) => {
    const one = fc
      .array(component, { minLength: dimension, maxLength: dimension })
      .map((list) => Float32Array.from(list));
    return fc.record({ query: one, rows: fc.array(one, { minLength: count, maxLength: count }) });
  });

function blocksOf(rows: readonly Float32Array[], dimension: number, loops: ScanLoops) {
  const block = new RowBlock(dimension, rows.length, loops);
  const signs = new SignBlock(dimension, rows.length, loops);
  for (const [at, row] of rows.entries())
    writeRow(row, at, { bytes: block.bytes, scales: block.scales, signs: signs.bytes });
  return { block, signs };
}

const placesWithin = (distances: Uint16Array, reach: number): Uint32Array =>
  Uint32Array.from([...distances.keys()].filter((at) => (distances[at] as number) <= reach));

const dot = (a: Float32Array, b: Float32Array): number =>
  a.reduce((sum, value, at) => sum + value * (b[at] as number), 0);
const length = (a: Float32Array): number => Math.sqrt(dot(a, a));

describe('scanning', () => {
  test('WebAssembly with SIMD is here', () => {
    expect(scanKernel(new WebAssembly.Memory({ initial: 1 }))).not.toBeNull();
  });

  test('both loops give the same bits', () => {
    fc.assert(
      fc.property(vectors, ({ query, rows }) => {
        const asked = scanQuery(query);
        const fast = blocksOf(rows, query.length, 'fastest');
        const plain = blocksOf(rows, query.length, 'plain');
        expect(fast.block.scores(asked)).toEqual(plain.block.scores(asked));
        expect(fast.signs.distances(asked)).toEqual(plain.signs.distances(asked));
      }),
    );
  });

  test('scores are dot products, to a hundredth of the lengths', () => {
    fc.assert(
      fc.property(vectors, ({ query, rows }) => {
        const scores = blocksOf(rows, query.length, 'fastest').block.scores(scanQuery(query));
        for (const [at, row] of rows.entries()) {
          // A component is off by half a step at most, a step is a 127th of the largest.
          const slack = (Math.sqrt(query.length) / 254) * length(query) * length(row) + 1e-6;
          expect(Math.abs((scores[at] as number) - dot(query, row))).toBeLessThanOrEqual(slack * 1.1);
        }
      }),
    );
  });

  test('rows within a reach are those that looking at each finds, in every range', () => {
    fc.assert(
      fc.property(
        vectors,
        fc.integer({ min: -1, max: 70 }),
        fc.nat(20),
        fc.nat(20),
        ({ query, rows }, reach, one, other) => {
          const [from, to] = [Math.min(one, other, rows.length), Math.min(Math.max(one, other), rows.length)];
          for (const loops of ['fastest', 'plain'] as const) {
            const { signs } = blocksOf(rows, query.length, loops);
            const distances = signs.distances(scanQuery(query), from, to);
            const found: [number, number][] = [];
            signs.forEachWithin(reach, from, to, (at, distance) => found.push([at, distance]));
            expect(found).toEqual([...placesWithin(distances, reach)].map((at) => [at, distances[at]]));
          }
        },
      ),
    );
  });

  test('rows of 256 signs, which are compared eight at a time, give the same bits in any range', () => {
    const random = seededRandom(1);
    const rows: Float32Array[] = Array.from({ length: 61 }, () =>
      Float32Array.from({ length: 256 }, () => random.next() - 0.5),
    );
    // Signs that all differ, and none.
    rows.push(
      (rows[0] as Float32Array).map((value) => -value),
      rows[0] as Float32Array,
    );
    const asked = scanQuery(rows[0] as Float32Array);
    const [fast, plain] = [blocksOf(rows, 256, 'fastest').signs, blocksOf(rows, 256, 'plain').signs];
    const ofOther = SignBlock.of(fast.shared as SharedSigns);
    for (const [from, to] of [
      [0, 63],
      [0, 8],
      [5, 60],
      [7, 14],
      [9, 9],
    ] as const) {
      const expected = plain.distances(asked, from, to);
      expect(fast.distances(asked, from, to)).toEqual(expected);
      expect(ofOther.distances(asked, from, to)).toEqual(expected);
    }
    expect([...plain.distances(asked, 61)]).toEqual([256, 0]);
  });

  test('two threads do not disturb each other’s distances', () => {
    const rows = [Float32Array.of(1, -1, 0.5), Float32Array.of(-1, 1, -0.5)];
    const { signs } = blocksOf(rows, 3, 'fastest');
    const other = SignBlock.of(signs.shared as SharedSigns);
    const here = signs.distances(scanQuery(Float32Array.of(1, -1, 1)));
    expect([...other.distances(scanQuery(Float32Array.of(-1, -1, -1)))]).toEqual([2, 1]);
    expect([...here]).toEqual([0, 3]);
  });

  test('distances count the signs that differ', () => {
    const { signs } = blocksOf([Float32Array.of(1, -1, 0.5), Float32Array.of(-1, 1, -0.5)], 3, 'fastest');
    expect([...signs.distances(scanQuery(Float32Array.of(1, -1, 1)))]).toEqual([0, 3]);
  });

  test('likeness adds up what the query has, with the signs of the row', () => {
    fc.assert(
      fc.property(vectors, ({ query, rows }) => {
        const asked = scanQuery(query);
        const { block, signs } = blocksOf(rows, query.length, 'fastest');
        for (const at of rows.keys()) {
          const own = block.bytes.subarray(at * rowBytes(query.length), at * rowBytes(query.length) + query.length);
          const expected = own.reduce((sum, value, i) => sum + (value > 0 ? 1 : -1) * (asked.shorts[i] as number), 0);
          expect(signs.likeness(asked, at)).toBe(expected + 0);
        }
      }),
    );
  });

  test('a range is a part of the whole', () => {
    const rows = Array.from({ length: 9 }, (_, at) =>
      Float32Array.from({ length: 20 }, (_, i) => Math.sin(at * 7 + i)),
    );
    const { block, signs } = blocksOf(rows, 20, 'fastest');
    const asked = scanQuery(rows[4] as Float32Array);
    const scores = block.scores(asked).slice();
    const distances = signs.distances(asked).slice();
    expect(block.scores(asked, 3, 7)).toEqual(scores.slice(3, 7));
    expect(signs.distances(asked, 3, 7)).toEqual(distances.slice(3, 7));
    expect(block.scores(asked, 5, 5)).toHaveLength(0);
  });

  test('the largest dot product of 4,096 numbers does not overflow', () => {
    const ones = new Float32Array(4_096).fill(1);
    for (const loops of ['fastest', 'plain'] as const) {
      const { block } = blocksOf([ones, ones.map((one) => -one)], ones.length, loops);
      const [same, opposite] = block.scores(scanQuery(ones));
      expect(same).toBeCloseTo(4_096, 0);
      expect(opposite).toBeCloseTo(-4_096, 0);
    }
  });

  test('zero is like nothing, and never NaN', () => {
    const { block } = blocksOf([new Float32Array(8), Float32Array.of(1, 2, 3, 4, 5, 6, 7, 8)], 8, 'fastest');
    expect([...block.scores(scanQuery(new Float32Array(8)))]).toEqual([0, 0]);
    expect(block.scores(scanQuery(new Float32Array(8).fill(1)))[0]).toBe(0);
  });

  test('a row of 256 numbers takes less than 300 bytes in all', () => {
    expect(rowBytes(256) + signBytes(256) + 4).toBe(292);
  });

  test('a query of another dimension is our mistake', () => {
    expect(() => new RowBlock(8, 1).scores(scanQuery(new Float32Array(9)))).toThrow('9 numbers');
  });
});

describe('the best', () => {
  test('as sorting all, equal ones in the order they came', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: 9 })), fc.integer({ min: 1, max: 12 }), (scores, k) => {
        const best = new BestScores(k);
        for (const [id, score] of scores.entries()) best.offer(score, id);
        const expected = scores.map((score, id) => ({ id, score })).sort((a, b) => b.score - a.score || a.id - b.id);
        expect(best.sorted()).toEqual(expected.slice(0, k));
      }),
    );
  });

  test('the nearest as sorting all; of those as far as the last all, or none, or where they are most the first; in one run or several', () => {
    const list = fc.oneof(
      fc.array(fc.integer({ min: 0, max: 9 })),
      // Enough for guessing from a part, which must not show.
      fc
        .integer({ min: 1, max: 99 })
        .map((seed) => Array.from({ length: 900 }, (_, i) => (i * i * seed + (i >> 3)) % 41)),
    );
    fc.assert(
      fc.property(list, fc.integer({ min: 0, max: 30 }), fc.nat(900), (distances, wanted, cut) => {
        const all = Uint16Array.from(distances);
        const at = Math.min(cut, all.length);
        const runs = [
          { first: 0, distances: all.subarray(0, at) },
          { first: at, distances: all.subarray(at) },
        ].map((run) => ({
          ...run,
          within: (reach: number, use: (at: number, distance: number) => void) =>
            placesWithin(run.distances, reach).forEach((at) => {
              use(at, run.distances[at] as number);
            }),
        }));
        const last = distances.toSorted((a, b) => a - b)[wanted - 1];
        const rows = [...distances.keys()];
        const nearer = rows.filter((row) => last !== undefined && (distances[row] as number) < last);
        const asFar = rows.filter((row) => distances[row] === last);
        const few = nearer.length + asFar.length <= 2 * wanted;
        const taken = few ? asFar.length : 2 * nearer.length >= wanted ? 0 : wanted - nearer.length;
        const chosen = [...nearer, ...asFar.slice(0, taken)].sort((a, b) => a - b);
        const expected = wanted === 0 ? [] : last === undefined ? rows : chosen;
        expect(nearestRows(runs, wanted, 41)).toEqual(expected);
      }),
    );
  });
});
