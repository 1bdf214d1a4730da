/**
 * How sure a mean is: percentile bootstrap intervals (Efron 1979).
 *
 * Queries are drawn with replacement and the mean is taken again, 2,000 times; the
 * middle 95% of those means is the interval. To compare two runs over the same
 * queries, the *differences per query* are resampled: the queries' own difficulty,
 * most of the spread, drops out. Seeded, so that a report can be computed again to
 * the digit.
 */
import { seededRandom, WinnowError } from '../base/mod.ts';

/** A figure with the middle 95% of its bootstrap distribution. */
export interface Estimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
  /** Values the figure is computed from. */
  readonly n: number;
}

export interface BootstrapOptions {
  /** Default 1. */
  readonly seed?: number;
  /** Default 2,000: the ends of a 95% interval then move by about a hundredth of its width between seeds. */
  readonly resamples?: number;
}

const mean = (values: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < values.length; i++) sum += values[i] as number;
  return sum / values.length;
};

/** Value below which the share `q` of `sorted` lies, interpolated between neighbours. @param sorted ascending, not empty */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  const at = q * (sorted.length - 1);
  const below = Math.floor(at);
  const low = sorted[below] as number;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] as number;
  return low + (high - low) * (at - below);
}

export const median = (values: ArrayLike<number>): number => quantile(Float64Array.from(values).sort(), 0.5);

/**
 * Estimate of any statistic of the values, with its interval.
 *
 * @param values not empty
 * @param statistic order must not matter to it; called once on the values and once per resample
 * @throws WinnowError `bad-data` when there is no value
 */
export function estimate(
  values: ArrayLike<number>,
  statistic: (values: Float64Array) => number = mean,
  options: BootstrapOptions = {},
): Estimate {
  const n = values.length;
  if (n === 0) throw new WinnowError('bad-data', 'Expected at least one value to estimate from; there is none.');
  const random = seededRandom(options.seed ?? 1);
  const drawn = new Float64Array(n);
  const found = new Float64Array(options.resamples ?? 2000);
  for (let r = 0; r < found.length; r++) {
    for (let i = 0; i < n; i++) drawn[i] = values[random.int(n)] as number;
    found[r] = statistic(drawn);
  }
  found.sort();
  return { value: statistic(Float64Array.from(values)), low: quantile(found, 0.025), high: quantile(found, 0.975), n };
}

/** Every measure of the rows: its mean and interval. Rows must all have the same measures. */
export function estimateAll<Measure extends string>(
  rows: readonly Readonly<Record<Measure, number>>[],
  measures: readonly Measure[],
  options: BootstrapOptions = {},
): Record<Measure, Estimate> {
  const out = {} as Record<Measure, Estimate>;
  for (const measure of measures) {
    const values = rows.map((row) => row[measure]);
    out[measure] = estimate(values, mean, options);
  }
  return out;
}

/**
 * Mean of `after − before` over the same queries, with its interval: above 0 for sure
 * when `low > 0`.
 *
 * @throws WinnowError `bad-data` when the two do not pair up
 */
export function pairedDifference(before: ArrayLike<number>, after: ArrayLike<number>, options: BootstrapOptions = {}) {
  if (before.length !== after.length)
    throw new WinnowError(
      'bad-data',
      `Expected two runs over the same queries; one has ${before.length}, the other ${after.length}.`,
    );
  const differences = Float64Array.from(before, (value, i) => (after[i] as number) - value);
  return estimate(differences, mean, options);
}
