/** Choosing among branches: by upper confidence bounds, alone or with what a model thought of them beforehand. */

/** A branch that was tried `visits` times. */
export interface Arm {
  readonly visits: number;
  /** Mean or greatest reward so far, whatever the strategy holds. */
  readonly value: number;
}

/**
 * UCB1: value + c·√(ln N / n). What was never tried comes first. Auer et al. 2002, Machine Learning 47.
 *
 * @param c weight of what is unknown; √2 for rewards in [0, 1]
 * @returns index of the arm; ties go to the first
 */
export function chooseByUcb(arms: readonly Arm[], c: number): number {
  const total = arms.reduce((sum, { visits }) => sum + visits, 0);
  return indexOfMost(
    arms.map(({ visits, value }) =>
      visits === 0 ? Number.POSITIVE_INFINITY : value + c * Math.sqrt(Math.log(Math.max(1, total)) / visits),
    ),
  );
}

/** A branch with the share that a model gave it beforehand, in [0, 1]. */
export interface PriorArm extends Arm {
  readonly prior: number;
}

/**
 * P-UCB with a weight that grows: Q + β(N)·p·√(ln N)/(1+n), β(N) = ln((N + base + 1)/base) + c. Zhang et al. 2023 (PG-TD), arXiv:2303.05510, §3; RethinkMCTS's released code takes base 10 and c 4.
 *
 * @param visits of the node that the arms belong to
 */
export function chooseByPriorUcb(arms: readonly PriorArm[], visits: number, base: number, c: number): number {
  const weight = Math.log((visits + base + 1) / base) + c;
  const spread = Math.sqrt(Math.log(Math.max(1, visits)));
  return indexOfMost(arms.map(({ value, prior, visits: own }) => value + (weight * prior * spread) / (1 + own)));
}

/** Index of the greatest number; the first of equals. */
export const indexOfMost = (values: readonly number[]): number =>
  values.reduce((best, value, at) => (value > (values[best] ?? Number.NEGATIVE_INFINITY) ? at : best), 0);
