/**
 * Differential performance score: where a program stands among reference solutions that were grouped by speed.
 *
 * Liu et al. 2024 (EvalPerf), arXiv:2408.06450, §3.3; its code, github.com/evalplus/evalplus (`evalplus/evalperf.py`).
 */
import { WinnowError } from '../../base/mod.ts';

/** Reference solutions of about the same speed. */
export interface SpeedCluster {
  /** What its representative takes, in any unit, > 0. */
  readonly work: number;
  /** Reference solutions that are this fast or slower, as a share of all: (0, 1], 1 for the fastest cluster. */
  readonly share: number;
}

/**
 * DPS of one right program, in percent: from the fastest cluster down, the first that it is not slower than gives its share of all references; slower than all is 0.
 *
 * @param work of the program, in the clusters' unit, > 0
 * @param clusters slowest first, not empty
 * @returns `dps` by references, `normalised` by clusters: 100 · (j + 1) / clusters; both in [0, 100]
 * @throws WinnowError `bad-usage` when clusters are not in order
 */
export function performanceScore(
  work: number,
  clusters: readonly SpeedCluster[],
): { readonly dps: number; readonly normalised: number } {
  const isOrdered = clusters.every(
    ({ work: one, share }, at) =>
      one > 0 &&
      share > 0 &&
      share <= 1 &&
      (at === 0 ||
        (one <= (clusters[at - 1] as SpeedCluster).work && share >= (clusters[at - 1] as SpeedCluster).share)),
  );
  if (clusters.length === 0 || !isOrdered || !(work > 0))
    throw new WinnowError(
      'bad-usage',
      'DPS takes work above 0 and clusters, slowest first, whose shares grow up to 1; they were not.',
    );
  for (let at = clusters.length - 1; at >= 0; at--) {
    const { work: its, share } = clusters[at] as SpeedCluster;
    if (work <= its) return { dps: 100 * share, normalised: (100 * (at + 1)) / clusters.length };
  }
  return { dps: 0, normalised: 0 };
}

/** EvalPerf scores a problem only with as many right samples of the 100 that are drawn, and times as many at the most. */
export const fewestRight = 10;
export const mostTimed = 20;
