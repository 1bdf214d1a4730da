/**
 * How efficient the best of k programs is, as ENAMEL measures it (Qiu et al. 2024, arXiv:2406.06647; its code, github.com/q-rz/enamel).
 *
 * Whether times are seconds or instructions does not matter to any of it: all are shares of the reference's. With instructions the figure
 * is the same on every run and every machine.
 */
import { WinnowError } from '../../base/mod.ts';

/** Tests of one level: how hard they are, and what they took. */
export interface LevelTimes {
  /** Its part in the whole, ≥ 0 (ENAMEL: 0, 3, 3, 4, the first level being for correctness alone). */
  readonly weight: number;
  /** What the reference took on each test, > 0. */
  readonly reference: readonly number[];
  /** What the program took on each test; null: it was stopped at the limit, so all that is known is that it took more. */
  readonly program: readonly (number | null)[];
}

/**
 * Efficiency of one program that is right, 0 where it is not: e = Σ h_l · f_l / Σ h_l.
 *
 * f_l = max(0, T_l − max t_l) / (T_l − max t*_l), where T_l = α · max t*_l is the limit: 1 for a program as fast as the reference, more for
 * a faster one, 0 at the limit. A test that was stopped is right-censored: its level counts 0, and so do all after it, which are at
 * least as hard and need not be run. As the paper defines e of one sample, with its code's weights.
 *
 * @param levels easiest first
 * @param alpha the limit as a multiple of the reference's time, > 1 (ENAMEL: 2)
 * @throws WinnowError `bad-usage`
 */
export function efficiency(levels: readonly LevelTimes[], isRight: boolean, alpha = 2): number {
  const whole = levels.reduce((sum, { weight }) => sum + weight, 0);
  if (!(alpha > 1) || !(whole > 0) || levels.some(isUnsound))
    throw new WinnowError(
      'bad-usage',
      'Efficiency takes α > 1, weights of which one is above 0, and for each level as many times of the program as of the reference, which are above 0.',
    );
  if (!isRight) return 0;
  let sum = 0;
  for (const { weight, reference, program } of levels) {
    const best = Math.max(...reference);
    const limit = alpha * best;
    if (program.some((time) => time === null || time >= limit)) break;
    sum += (weight * (limit - Math.max(...(program as readonly number[])))) / (limit - best);
  }
  return sum / whole;
}

const isUnsound = ({ weight, reference, program }: LevelTimes): boolean =>
  !(weight >= 0) ||
  reference.length === 0 ||
  reference.length !== program.length ||
  !reference.every((time) => time > 0) ||
  !program.every((time) => time === null || time >= 0);

/**
 * Estimate of eff@k: the expected efficiency of the best of k programs.
 *
 * Σ_{r=k..n} C(r−1, k−1) / C(n, k) · e_(r), e_(1) ≤ … ≤ e_(n): the mean of the maximum over all k of the n samples. Unbiased, and by
 * Rao and Blackwell never of more variance than the maximum of one draw of k. The weights come from the largest down, λ_n = k/n and
 * λ_{r−1} = λ_r · (1 − (k−1)/(r−1)), so that no binomial overflows, as in the code of the paper. Where every e is 0 or 1 it is pass@k.
 *
 * @param efficiencies one for each sample, not NaN
 * @throws WinnowError `too-little` with fewer than k; `bad-usage`
 */
export function effAtK(efficiencies: readonly number[], k: number): number {
  const n = efficiencies.length;
  if (!Number.isSafeInteger(k) || k < 1 || efficiencies.some(Number.isNaN))
    throw new WinnowError('bad-usage', `eff@k takes numbers and a whole k from 1; k was ${k}.`);
  if (n < k)
    throw new WinnowError(
      'too-little',
      `eff@${k} needs ${k} samples at least; there are ${n}. Draw more, or ask for a smaller k.`,
    );
  const sorted = Float64Array.from(efficiencies).sort();
  let weight = k / n;
  let sum = 0;
  for (let r = n; r >= k; r--) {
    sum += weight * (sorted[r - 1] as number);
    if (r > 1) weight *= 1 - (k - 1) / (r - 1);
  }
  return sum;
}

/**
 * Whether a right program counts for efficient@k: it takes less over all stress tests together than the best reference. Peng et al. 2025 (COFFE), arXiv:2502.02827, §4; efficient@k is then
 * pass@k of these (`passAtK`).
 *
 * @param work of the program, in any unit, > 0
 * @param best of the references, in the same
 */
export const isEfficient = (work: number, best: number): boolean => work < best;
