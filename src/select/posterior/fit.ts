/**
 * Weights of the posterior, learned from problems whose right programs are known.
 *
 * Two models, whose likelihood is a product: a conditional logit says which cluster is right where one is (McFadden 1974), a logistic regression whether any is. Both with a small L2 penalty on
 * standardised features and by gradient ascent, as there are a dozen parameters and a hundred problems. A problem whose cluster is right in part (its programs differ where no probe looked) counts in part.
 */
import type { Cluster } from './features.ts';
import { featureNames } from './features.ts';
import { evidenceOf, type PosteriorWeights } from './posterior.ts';

export interface LabelledProblem {
  readonly clusters: readonly Cluster[];
  /** For each cluster the share of its programs that are right, [0, 1]. */
  readonly right: readonly number[];
}

const rounds = 400;
/** More than 0.005, which followed single problems: by cross-validation among the problems that features were chosen on (docs/measurements/selection.md). */
const clusterPenalty = 0.03;
const anyPenalty = 0.02;
const step = 2;

/** @param problems at least one with a right program */
export function fitPosterior(problems: readonly LabelledProblem[]): PosteriorWeights {
  const some = problems.filter(({ right }) => right.some((share) => share > 0));
  return {
    cluster: fitClusters(some),
    any: fitAny(problems.filter(({ clusters }) => clusters.length > 0)),
  };
}

function fitClusters(problems: readonly LabelledProblem[]): readonly number[] {
  const { spread } = standard(problems.flatMap(({ clusters }) => clusters.map(({ features }) => features)));
  const width = featureNames.length;
  // A shift of all clusters of a problem changes nothing, so only spreads matter.
  const rows = problems.map(({ clusters }) =>
    clusters.map(({ features }) => features.map((x, i) => x / (spread[i] ?? 1))),
  );
  let weights = new Array<number>(width).fill(0);
  for (let round = 0; round < rounds; round++) {
    const gradient = weights.map((weight) => -clusterPenalty * weight * problems.length);
    for (const [at, { right }] of problems.entries()) {
      const clusters = rows[at] as readonly (readonly number[])[];
      const chances = softmax(clusters.map((features) => dot(weights, features)));
      const good = chances.reduce((sum, chance, i) => sum + chance * (right[i] ?? 0), 1e-12);
      for (const [i, features] of clusters.entries()) {
        const chance = chances[i] as number;
        const pull = (chance * (right[i] ?? 0)) / good - chance;
        for (let k = 0; k < width; k++) gradient[k] = (gradient[k] as number) + pull * (features[k] as number);
      }
    }
    weights = weights.map((weight, k) => weight + (step * (gradient[k] as number)) / problems.length);
  }
  return weights.map((weight, k) => weight / (spread[k] ?? 1));
}

function fitAny(problems: readonly LabelledProblem[]): readonly number[] {
  const evidence = problems.map(({ clusters }) => evidenceOf(clusters));
  const { middle, spread } = standard(evidence);
  const rows = evidence.map((values) => [1, ...values.map((x, i) => (x - (middle[i] ?? 0)) / (spread[i] ?? 1))]);
  let weights = new Array<number>(rows[0]?.length ?? 1).fill(0);
  for (let round = 0; round < rounds; round++) {
    // The first weight is the base rate, which is not held back.
    const gradient = weights.map((weight, k) => (k === 0 ? 0 : -anyPenalty * weight * problems.length));
    for (const [at, { right }] of problems.entries()) {
      const row = rows[at] as readonly number[];
      const miss = (right.some((share) => share > 0) ? 1 : 0) - 1 / (1 + Math.exp(-dot(weights, row)));
      for (const [k, x] of row.entries()) gradient[k] = (gradient[k] as number) + miss * x;
    }
    weights = weights.map((weight, k) => weight + (step * (gradient[k] as number)) / problems.length);
  }
  const slopes = weights.slice(1).map((weight, k) => weight / (spread[k] ?? 1));
  return [(weights[0] ?? 0) - dot(slopes, middle), ...slopes];
}

function standard(rows: readonly (readonly number[])[]): { middle: readonly number[]; spread: readonly number[] } {
  const width = rows[0]?.length ?? 0;
  const middle = Array.from({ length: width }, (_, k) => mean(rows.map((row) => row[k] as number)));
  const spread = middle.map((m, k) => Math.sqrt(mean(rows.map((row) => ((row[k] as number) - m) ** 2))) || 1);
  return { middle, spread };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * (b[i] ?? 0), 0);

function softmax(scores: readonly number[]): readonly number[] {
  const most = Math.max(...scores);
  const parts = scores.map((score) => Math.exp(score - most));
  const sum = parts.reduce((total, part) => total + part, 0);
  return parts.map((part) => part / sum);
}
