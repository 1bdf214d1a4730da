import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { effAtK, efficiency, type LevelTimes } from './effk.ts';
import { passAtK, passAtKByRank } from './passk.ts';

/** All choices of k of the items. */
function* choices<Item>(items: readonly Item[], k: number, start = 0): Generator<Item[]> {
  if (k === 0) yield [];
  else
    for (let first = start; first <= items.length - k; first++)
      for (const rest of choices(items, k - 1, first + 1)) yield [items[first] as Item, ...rest];
}
const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;

/** All orders of the items. */
function orders<Item>(items: readonly Item[]): Item[][] {
  if (items.length <= 1) return [[...items]];
  return items.flatMap((item, at) => orders(items.filter((_, index) => index !== at)).map((rest) => [item, ...rest]));
}

const few = fc.integer({ min: 1, max: 7 });

describe('pass@k', () => {
  test('is the share of all choices of k that hold a right one', () => {
    fc.assert(
      fc.property(fc.array(fc.boolean(), { minLength: 1, maxLength: 8 }), few, (right, asked) => {
        const k = Math.min(asked, right.length);
        const counted = mean([...choices(right, k)].map((chosen) => Number(chosen.includes(true))));
        expect(passAtK(right.length, right.filter(Boolean).length, k)).toBeCloseTo(counted, 12);
      }),
    );
  });
  test('grows with k and with c, and is right at both ends', () => {
    for (let k = 1; k < 200; k++) expect(passAtK(200, 7, k + 1)).toBeGreaterThanOrEqual(passAtK(200, 7, k));
    expect([passAtK(5, 0, 5), passAtK(5, 1, 5), passAtK(1_000_000, 1, 1)]).toEqual([0, 1, expect.closeTo(1e-6, 12)]);
  });
  test('refuses what has no answer', () => {
    expect(() => passAtK(3, 1, 4)).toThrow('needs 4 samples');
    for (const [n, c, k] of [
      [3, 4, 1],
      [3, -1, 1],
      [3, 1, 0],
      [3.5, 1, 1],
      [Number.NaN, 1, 1],
    ] as const)
      expect(() => passAtK(n, c, k)).toThrow('whole numbers');
  });
});

describe('pass@k by rank', () => {
  const sample = fc.record({ score: fc.integer({ min: 0, max: 2 }), isRight: fc.boolean() });
  test('is the mean over all orders of the ties', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 6 }), few, (samples, asked) => {
        const k = Math.min(asked, samples.length);
        const all = orders(samples).filter((order) =>
          order.every((one, at) => at === 0 || (order[at - 1]?.score ?? 0) >= one.score),
        );
        const counted = mean(all.map((order) => Number(order.slice(0, k).some(({ isRight }) => isRight))));
        expect(passAtKByRank(samples, k)).toBeCloseTo(counted, 12);
      }),
    );
  });
  test('does not hang on the order of the samples, and with one score for all is pass@k', () => {
    fc.assert(
      fc.property(fc.array(sample, { minLength: 1, maxLength: 12 }), few, (samples, asked) => {
        const k = Math.min(asked, samples.length);
        expect(passAtKByRank([...samples].reverse(), k)).toBe(passAtKByRank(samples, k));
        const tied = samples.map(({ isRight }) => ({ score: 1, isRight }));
        const right = tied.filter(({ isRight }) => isRight).length;
        expect(passAtKByRank(tied, k)).toBe(passAtK(tied.length, right, k));
      }),
    );
  });
  test('refuses too few, and scores that are none', () => {
    expect(() => passAtKByRank([], 1)).toThrow('needs 1 samples');
    expect(() => passAtKByRank([{ score: Number.NaN, isRight: true }], 1)).toThrow('NaN');
  });
});

describe('eff@k', () => {
  const shares = fc.array(fc.double({ min: 0, max: 2, noNaN: true }), { minLength: 1, maxLength: 8 });
  test('is the mean of the best over all choices of k', () => {
    fc.assert(
      fc.property(shares, few, (all, asked) => {
        const k = Math.min(asked, all.length);
        const counted = mean([...choices(all, k)].map((chosen) => Math.max(...chosen)));
        expect(effAtK(all, k)).toBeCloseTo(counted, 10);
      }),
    );
  });
  test('of zeros and ones is pass@k, also where binomials overflow', () => {
    const many = Array.from({ length: 3000 }, (_, index) => Number(index < 40));
    for (const k of [1, 10, 1500, 2990]) expect(effAtK(many, k)).toBeCloseTo(passAtK(3000, 40, k), 9);
  });
  test('refuses what has no answer', () => {
    expect(() => effAtK([1], 2)).toThrow('needs 2 samples');
    expect(() => effAtK([Number.NaN], 1)).toThrow('numbers');
    expect(() => effAtK([1], 0)).toThrow('numbers');
  });
});

describe('efficiency of one program', () => {
  const level = (weight: number, program: readonly (number | null)[]): LevelTimes => ({
    weight,
    reference: program.map(() => 10),
    program,
  });
  test('is 1 for the reference itself, 0 at the limit and for a wrong program', () => {
    expect(efficiency([level(3, [10, 4]), level(4, [10])], true)).toBe(1);
    expect(efficiency([level(3, [20])], true)).toBe(0);
    expect(efficiency([level(3, [15])], true)).toBe(0.5);
    expect(efficiency([level(3, [5])], true)).toBe(1.5);
    expect(efficiency([level(3, [1])], false)).toBe(0);
  });
  test('a level that was stopped counts nothing, nor does any after it', () => {
    const fast = level(3, [10]);
    expect(efficiency([fast, level(3, [10, null]), level(4, [10])], true)).toBeCloseTo(0.3, 12);
    expect(efficiency([level(0, [null]), fast], true)).toBe(0);
  });
  test('does not depend on the unit of time', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ min: 0.1, max: 40, noNaN: true }), { minLength: 1, maxLength: 5 }), (times) => {
        const scaled = { weight: 1, reference: times.map(() => 10_000), program: times.map((time) => 1000 * time) };
        expect(efficiency([scaled], true)).toBeCloseTo(efficiency([level(1, times)], true), 9);
      }),
    );
  });
  test('refuses times that do not belong together', () => {
    expect(() => efficiency([{ weight: 1, reference: [1], program: [] }], true)).toThrow('as many times');
    expect(() => efficiency([], true)).toThrow('weights');
    expect(() => efficiency([level(1, [1])], true, 1)).toThrow('α > 1');
  });
});
