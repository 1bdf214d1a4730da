import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/mod.ts';
import { estimate, estimateAll, median, pairedDifference, quantile } from './interval.ts';

test('quantiles interpolate between neighbours', () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([0, 10], 0.025)).toBeCloseTo(0.25, 12);
  expect(quantile([7], 0.9)).toBe(7);
  expect(median([9, 1, 4])).toBe(4);
});

describe('bootstrap intervals', () => {
  test('agree with the normal approximation where that holds', () => {
    // 400 values 0/1 with mean 0.5: standard error 0.5 / 20 = 0.025, so ±1.96 × 0.025 = ±0.049
    const values = Array.from({ length: 400 }, (_, i) => i % 2);
    const found = estimate(values);
    expect(found.value).toBe(0.5);
    expect(found.n).toBe(400);
    expect(found.low).toBeCloseTo(0.451, 2);
    expect(found.high).toBeCloseTo(0.549, 2);
  });

  test('hold the true mean about 95 times in 100', () => {
    const random = seededRandom(5);
    let held = 0;
    for (let trial = 0; trial < 200; trial++) {
      const values = Array.from({ length: 60 }, () => random.next());
      const { low, high } = estimate(values, undefined, { resamples: 300, seed: trial });
      if (low <= 0.5 && 0.5 <= high) held++;
    }
    expect(held).toBeGreaterThan(178);
    expect(held).toBeLessThan(200);
  });

  test('same seed, same digits; another seed, nearly', () => {
    const values = Array.from({ length: 50 }, (_, i) => Math.sin(i));
    expect(estimate(values)).toEqual(estimate(values, undefined, { seed: 1, resamples: 2000 }));
    const other = estimate(values, undefined, { seed: 2 });
    expect(other.low).not.toBe(estimate(values).low);
    expect(other.low).toBeCloseTo(estimate(values).low, 1);
  });

  test('of equal values is a point', () => {
    expect(estimate([0.25, 0.25])).toEqual({ value: 0.25, low: 0.25, high: 0.25, n: 2 });
  });

  test('need a value', () => {
    expect(() => estimate([])).toThrow(/at least one value/);
  });

  test('per measure', () => {
    const out = estimateAll(
      [
        { a: 0, b: 1 },
        { a: 1, b: 1 },
      ],
      ['a', 'b'],
    );
    expect(out.a.value).toBe(0.5);
    expect(out.b).toEqual({ value: 1, low: 1, high: 1, n: 2 });
  });
});

describe('paired difference', () => {
  test('is sharp where the two intervals overlap', () => {
    const before = Array.from({ length: 100 }, (_, i) => (i % 10) / 10);
    const after = before.map((value, i) => value + 0.05 + (i % 3) * 0.001);
    const difference = pairedDifference(before, after);
    expect(difference.value).toBeCloseTo(0.051, 3);
    expect(difference.low).toBeGreaterThan(0.0507);
    expect(difference.high).toBeLessThan(0.0513);
    expect(estimate(before).high).toBeGreaterThan(estimate(after).low);
  });

  test('refuses runs that do not pair up', () => {
    expect(() => pairedDifference([1], [1, 2])).toThrow(/one has 1, the other 2/);
  });
});

describe('an interval is a function of values and seed alone', () => {
  /** The same by whole numbers of any size: sfc32 with every step reduced to 32 bits by hand, and draws as floors of exact fractions. */
  function slowly(values: readonly number[], seed: number): { low: number; high: number } {
    const word = (x: bigint): bigint => BigInt.asUintN(32, x);
    let [a, b, c, counter] = [word(BigInt(seed)), 0x9e3779b9n, 0x243f6a88n, 1n];
    const draw = (): bigint => {
      const sum = word(a + b + counter);
      [a, b, c, counter] = [
        b ^ (b >> 9n),
        word(c + (c << 3n)),
        word(word((c << 21n) | (c >> 11n)) + sum),
        word(counter + 1n),
      ];
      return sum;
    };
    for (let i = 0; i < 12; i++) draw();
    const means = Array.from({ length: 2000 }, () => {
      let sum = 0;
      for (let i = 0; i < values.length; i++) sum += values[Number((draw() * BigInt(values.length)) >> 32n)] as number;
      return sum / values.length;
    }).sort((one, other) => one - other);
    return { low: quantile(means, 0.025), high: quantile(means, 0.975) };
  }

  test('to the last bit, however often it is asked and whatever was asked between', () => {
    const random = seededRandom(5);
    const sets = Array.from({ length: 6 }, () =>
      Array.from({ length: 41 }, () => (100 * random.int(7)) / (1 + random.int(6))),
    );
    for (const [seed, values] of sets.entries()) {
      const expected = slowly(values, seed);
      for (let again = 0; again < 3; again++) {
        const { low, high } = estimate(values, undefined, { seed });
        expect({ low, high }).toEqual(expected);
        estimate(sets[again] as number[]);
      }
    }
  });
});
