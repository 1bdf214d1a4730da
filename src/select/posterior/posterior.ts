/**
 * Our own method: for each cluster of programs that behave alike, the probability that it is right, and for the rest that none is.
 *
 * Agreement of outputs, what tests say of programs and programs of tests (B4's joint score), and how much a cluster's outputs vary become one number by weights that were learned on problems whose
 * right programs are known (`fit.ts`). Since it is a probability it can be held against what came true (docs/measurements/selection.md), and below a threshold the answer is to abstain.
 */
import type { Method } from '../methods/method.ts';
import { rankingOf } from '../ranking.ts';
import type { Matrix } from '../types.ts';
import { doubt } from './doubt.ts';
import { amountOf, type Cluster, clustersOf, featureNames, questionsFailedByAll } from './features.ts';
import { type FirstMap, withFirst } from './firstchance.ts';
import { shippedWeights } from './weights.ts';

export interface PosteriorWeights {
  /** In the order of `featureNames`. */
  readonly cluster: readonly number[];
  /** Of there being a right program at all: the base, then in the order of `evidenceOf`. */
  readonly any: readonly number[];
  /** What the chance of a first choice is worth. */
  readonly first: FirstMap;
}

export interface Belief {
  /** By falling chance. */
  readonly clusters: readonly (Cluster & {
    /** That its programs are right, [0, 1]. */
    readonly chance: number;
  })[];
  /** That no program is right, [0, 1]. */
  readonly none: number;
}

/** What tells whether any program is right, in the order of `PosteriorWeights.any`: how large the largest cluster is, how much is shared, and how many ways there are to behave; logarithms. */
export function evidenceOf(clusters: readonly Cluster[]): readonly number[] {
  const most = (name: (typeof featureNames)[number]): number =>
    Math.max(...clusters.map(({ features }) => features[featureNames.indexOf(name)] as number));
  return [most('size'), most('shared'), Math.log(clusters.length)];
}

/** @returns chances that add up to 1 with `none`, by cluster */
export function believe(clusters: readonly Cluster[], weights: PosteriorWeights = shippedWeights): Belief {
  if (clusters.length === 0) return { clusters: [], none: 1 };
  const [base = 0, ...slopes] = weights.any;
  const evidence = evidenceOf(clusters);
  const any = 1 / (1 + Math.exp(-slopes.reduce((sum, slope, i) => sum + slope * (evidence[i] ?? 0), base)));
  const scores = clusters.map(({ features }) =>
    weights.cluster.reduce((sum, weight, i) => sum + weight * (features[i] ?? 0), 0),
  );
  const most = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - most));
  const sum = parts.reduce((total, part) => total + part, 0);
  const sorted = clusters
    .map((cluster, i) => ({ cluster, chance: (any * (parts[i] as number)) / sum }))
    .sort((a, b) => b.chance - a.chance);
  const { chances, none } = withFirst(
    sorted.map(({ chance }) => chance),
    1 - any,
    weights.first,
  );
  return { clusters: sorted.map(({ cluster }, i) => ({ ...cluster, chance: chances[i] as number })), none };
}

/** As `believe`, less what tests that all fail speak against any program being right, and as far as there is something to go by (`doubt.ts`). */
export function beliefOf(matrix: Matrix, weights: PosteriorWeights = shippedWeights): Belief {
  const belief = afterFailures(believe(clustersOf(matrix), weights), questionsFailedByAll(matrix));
  const kept = doubt(belief.clusters[0]?.chance ?? 0, amountOf(matrix));
  const clusters = belief.clusters.map((cluster) => ({ ...cluster, chance: cluster.chance * kept }));
  return { clusters, none: kept === 1 ? belief.none : 1 - clusters.reduce((sum, { chance }) => sum + chance, 0) };
}

/**
 * Where no program passes any test: if one is right, all these tests are wrong, and a test is taken to be so as often as not. So each question that all fail halves the odds that any program is right; what
 * weights were learned on has no such problem.
 */
export function afterFailures(belief: Belief, questions: number): Belief {
  const kept = 0.5 ** questions;
  const any = (1 - belief.none) * kept;
  const all = any + belief.none;
  if (kept === 1 || all === 0) return belief;
  return {
    clusters: belief.clusters.map((cluster) => ({ ...cluster, chance: (cluster.chance * kept) / all })),
    none: belief.none / all,
  };
}

export const posterior: Method = {
  name: 'posterior',
  title: 'ours, calibrated posterior',
  source: 'Winnow; docs/selecting.md',
  rank: (matrix) => rankingOf(beliefOf(matrix).clusters.map(({ rows, chance }) => ({ rows, score: chance }))),
};
