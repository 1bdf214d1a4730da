import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { performanceScore } from './dps.ts';
import { isEfficient } from './effk.ts';
import { expectedRank, ratingOf } from './elo.ts';
import { editSimilarity, exactMatch } from './textmatch.ts';

describe('DPS', () => {
  // 60% of the references are slow, 30% faster, 10% the fastest.
  const clusters = [
    { work: 100, share: 0.6 },
    { work: 50, share: 0.9 },
    { work: 10, share: 1 },
  ];
  test('is the share of references that are as fast or slower', () => {
    const scores = [5, 10, 11, 50, 99, 100, 101].map((work) => performanceScore(work, clusters).dps);
    expect(scores).toEqual([100, 100, 90, 90, 60, 60, 0]);
    expect(performanceScore(20, clusters).normalised).toBeCloseTo(200 / 3, 12);
  });
  test('refuses clusters that are not in order', () => {
    expect(() => performanceScore(1, [])).toThrow('clusters');
    expect(() => performanceScore(1, [...clusters].reverse())).toThrow('slowest first');
  });
});

describe('Elo', () => {
  test('against one opponent of 1500: half of a place is its rating, by hand', () => {
    expect(ratingOf({ ratings: [1500], rank: 1.5 })).toBeCloseTo(1500, 6);
    // 10 to 1 is 400 points: 1 / (1 + 10^(400/400)) = 1/11.
    expect(ratingOf({ ratings: [1500], rank: 1 + 1 / 11 })).toBeCloseTo(1900, 6);
  });
  test('is the rating whose expected rank is the one reached', () => {
    const ratings = fc.array(fc.integer({ min: 800, max: 3500 }), { minLength: 1, maxLength: 30 });
    fc.assert(
      fc.property(ratings, fc.integer({ min: 900, max: 3400 }), (all, rating) => {
        expect(ratingOf({ ratings: all, rank: expectedRank(rating, all) })).toBeCloseTo(rating, 2);
      }),
      { numRuns: 30 },
    );
  });
  test('refuses what is no rank', () => {
    expect(() => ratingOf({ ratings: [], rank: 1 })).toThrow('rank');
    expect(() => ratingOf({ ratings: [1500], rank: 2.5 })).toThrow('rank');
  });
});

describe('text', () => {
  test('exact match leaves out the ends alone', () => {
    expect([exactMatch(' a b\n', 'a b'), exactMatch('a  b', 'a b')]).toEqual([true, false]);
  });
  test('edit similarity, by hand', () => {
    expect(editSimilarity('kitten', 'sitting')).toBeCloseTo(1 - 3 / 7, 12);
    expect([editSimilarity('', ''), editSimilarity('a', ''), editSimilarity('é', 'é')]).toEqual([1, 0, 1]);
  });
  test('edit similarity is that of the plain recursion', () => {
    const plain = (a: string, b: string): number =>
      a === '' || b === ''
        ? a.length + b.length
        : Math.min(
            plain(a.slice(1), b) + 1,
            plain(a, b.slice(1)) + 1,
            plain(a.slice(1), b.slice(1)) + (a[0] === b[0] ? 0 : 1),
          );
    const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), minLength: 1, maxLength: 5 });
    fc.assert(
      fc.property(word, word, (a, b) => {
        expect(editSimilarity(a, b)).toBeCloseTo(1 - plain(a, b) / Math.max(a.length, b.length), 12);
      }),
      { numRuns: 50 },
    );
  });
});

test('efficient is less than the best, not as much', () => {
  expect([isEfficient(9, 10), isEfficient(10, 10)]).toEqual([true, false]);
});
