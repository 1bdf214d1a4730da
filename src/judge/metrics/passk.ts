/** How often a right program is among k: of samples drawn at random, and of those that a ranking puts first. */
import { WinnowError } from '../../base/mod.ts';

/**
 * Unbiased estimate of pass@k from `n` samples, `c` of them right.
 *
 * 1 − C(n−c, k) / C(n, k), as a product so that it cannot overflow: 1 − Π (1 − k / i) for i from n−c+1 to n.
 * Chen et al. 2021, arXiv:2107.03374, §2.1, eq. 1.
 *
 * @param n samples drawn, integer ≥ k
 * @param c samples right, integer in [0, n]
 * @param k budget, integer ≥ 1
 * @returns probability in [0, 1]
 * @throws WinnowError `too-little` when n < k; `bad-usage` when a number is out of its range
 */
export function passAtK(n: number, c: number, k: number): number {
  if (![n, c, k].every(Number.isSafeInteger) || k < 1 || c < 0 || c > n)
    throw new WinnowError(
      'bad-usage',
      `pass@k takes whole numbers, 0 ≤ c ≤ n and k ≥ 1; they were n ${n}, c ${c}, k ${k}.`,
    );
  if (n < k)
    throw new WinnowError(
      'too-little',
      `pass@${k} needs ${k} samples at least; there are ${n}. Draw more, or ask for a smaller k.`,
    );
  if (n - c < k) return 1;
  let none = 1;
  for (let i = n - c + 1; i <= n; i++) none *= 1 - k / i;
  return 1 - none;
}

/** One sample of a problem as a ranking sees it. */
export interface RankedSample {
  /** Higher is better; equal scores are a tie. Not NaN. */
  readonly score: number;
  readonly isRight: boolean;
}

/**
 * How likely a right program is among the k that are ranked first, with ties broken at random.
 *
 * Whoever breaks ties by the order in which samples lie there gets a figure that another order changes. Samples of a tie that fit whole are
 * in; of the tie at the edge, m samples with c right and j places left, one is right with the probability of pass@j over (m, c). That is the
 * mean over all orders of the ties, so nothing is drawn.
 *
 * @param samples at least k
 * @throws WinnowError `too-little`, `bad-usage`
 */
export function passAtKByRank(samples: readonly RankedSample[], k: number): number {
  if (samples.some(({ score }) => Number.isNaN(score)))
    throw new WinnowError('bad-usage', 'A score is NaN; samples with it have no rank.');
  if (samples.length < k || !Number.isSafeInteger(k) || k < 1) return passAtK(samples.length, 0, k);
  const sorted = [...samples].sort((a, b) => b.score - a.score);
  for (let start = 0, left = k; left > 0; ) {
    const { score } = sorted[start] as RankedSample;
    let end = start;
    let right = 0;
    for (; sorted[end]?.score === score; end++) if (sorted[end]?.isRight === true) right++;
    const size = end - start;
    if (size >= left) return passAtK(size, right, left);
    if (right > 0) return 1;
    left -= size;
    start = end;
  }
  return 0;
}
