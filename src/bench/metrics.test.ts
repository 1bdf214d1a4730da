import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { discountedGain, firstRelevantRank, normalisedGain, scoreRanking } from './metrics.ts';

const grades = (entries: Record<string, number>) => new Map(Object.entries(entries));

describe('scoreRanking, against values worked out by hand', () => {
  test('one relevant document at rank 3', () => {
    const scores = scoreRanking(['x', 'y', 'a'], grades({ a: 1 }), 100);
    expect(scores.mrr).toBeCloseTo(1 / 3, 12);
    expect(scores.ndcg10).toBeCloseTo(0.5, 12); // 1 / log2(4)
    expect([scores.recall1, scores.recall5, scores.recall10]).toEqual([0, 1, 1]);
  });

  test('graded: linear gain', () => {
    // DCG 1/log2 2 + 0 + 3/log2 4 = 2.5; best order 3, 2, 1: 3 + 2/log2 3 + 1/2 = 4.761859507142915
    const scores = scoreRanking(['b', 'x', 'a'], grades({ a: 3, b: 1, c: 2 }), 100);
    expect(scores.ndcg10).toBeCloseTo(2.5 / 4.761859507142915, 12);
    expect(scores.mrr).toBe(1);
    expect(scores.recall1).toBeCloseTo(1 / 3, 12);
    expect(scores.recall5).toBeCloseTo(2 / 3, 12);
  });

  test('a longer list, computed separately with Python from the formulas', () => {
    const scores = scoreRanking([...'hbdafgecij', 'k', 'l'], grades({ a: 2, c: 1, l: 1, e: 3, z: 1 }), 100);
    expect(scores.mrr).toBe(0.25);
    expect(scores.ndcg10).toBeCloseTo(0.3901534814468502, 12);
    expect([scores.recall1, scores.recall5, scores.recall10]).toEqual([0, 0.2, 0.6]);
  });

  test('past the depth counts as not found, and nothing found is 0', () => {
    expect(scoreRanking(['x', 'y', 'a'], grades({ a: 1 }), 2).mrr).toBe(0);
    expect(scoreRanking([], grades({ a: 1 }), 10)).toEqual({ mrr: 0, ndcg10: 0, recall1: 0, recall5: 0, recall10: 0 });
  });

  test('a document that comes again counts once and takes no rank', () => {
    expect(scoreRanking(['x', 'x', 'a', 'a'], grades({ a: 1 }), 10).mrr).toBe(0.5);
    expect(scoreRanking(['a', 'a'], grades({ a: 1, b: 1 }), 10).recall10).toBe(0.5);
  });

  test('grades of 0 and below are not relevant', () => {
    expect(firstRelevantRank(['n', 'z', 'a'], grades({ n: -1, z: 0, a: 1 }))).toBe(3);
    expect(scoreRanking(['n', 'z', 'a'], grades({ n: -1, z: 0, a: 1 }), 10).ndcg10).toBeCloseTo(0.5, 12);
  });

  test('a query without a relevant document is an error, not a number', () => {
    expect(() => scoreRanking(['x'], grades({ x: 0 }), 10)).toThrow(/above 0/);
  });
});

test('discounted gain stops at k', () => {
  expect(discountedGain([1, 1, 1], 2)).toBeCloseTo(1 + 1 / Math.log2(3), 12);
  expect(normalisedGain([0, 0, 1], [1], 2)).toBe(0);
});

test('every measure stays in [0, 1], and the best order has NDCG 1', () => {
  const judged = fc.uniqueArray(fc.tuple(fc.string({ maxLength: 3 }), fc.integer({ min: 0, max: 3 })), {
    minLength: 1,
    maxLength: 30,
    selector: ([id]) => id,
  });
  fc.assert(
    fc.property(judged, fc.array(fc.string({ maxLength: 3 }), { maxLength: 30 }), (rows, noise) => {
      fc.pre(rows.some(([, grade]) => grade > 0));
      const known = new Map(rows);
      for (const value of Object.values(scoreRanking([...noise, ...known.keys()], known, 100))) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }
      const best = [...rows].sort((a, b) => b[1] - a[1]).map(([id]) => id);
      expect(scoreRanking(best, known, 100).ndcg10).toBeCloseTo(1, 12);
    }),
  );
});
