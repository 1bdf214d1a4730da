/**
 * Weights of the posterior, learned from problems whose right programs are known.
 *
 * Two models, whose likelihood is a product: a conditional logit says which cluster is right where one is (McFadden 1974), a logistic regression whether any is. Both with a small L2 penalty on
 * standardised features and by gradient ascent, as there are a dozen parameters and a hundred problems. A problem whose cluster is right in part (its programs differ where no probe looked) counts in part.
 * What the chance of a first choice is worth is learned on problems that were left out in turn (`firstchance.ts`).
 */
import type { Cluster } from './features.ts';
import { featureNames } from './features.ts';
import { type Foretold, fitFirstMap, unchanged } from './firstchance.ts';
import { believe, evidenceOf, type PosteriorWeights } from './posterior.ts';

export interface LabelledProblem {
  readonly clusters: readonly Cluster[];
  /** For each cluster the share of its programs that are right, [0, 1]. */
  readonly right: readonly number[];
}

const rounds = 400;
const penalty = 0.005;
const step = 2;

/** Parts of the problems, of which each is foretold by weights learned on the others. */
const parts = 10;

/** @param problems at least one with a right program */
export function fitPosterior(problems: readonly LabelledProblem[]): PosteriorWeights {
  const foretold: Foretold[] = [];
  for (let part = 0; part < parts; part++) {
    const others = problems.filter((_, at) => at % parts !== part);
    if (!others.some(hasRight)) continue;
    const weights = fitOnce(others);
    for (const { clusters, right } of problems.filter((_, at) => at % parts === part)) {
      const [first] = believe(clusters, weights).clusters;
      // Those without a cluster are never chosen from.
      if (first === undefined) continue;
      const at = clusters.findIndex(({ rows }) => rows === first.rows);
      foretold.push({ chance: first.chance, right: right[at] ?? 0 });
    }
  }
  return { ...fitOnce(problems), first: fitFirstMap(foretold) };
}

const hasRight = ({ right }: LabelledProblem): boolean => right.some((share) => share > 0);

const fitOnce = (problems: readonly LabelledProblem[]): PosteriorWeights => ({
  cluster: fitClusters(problems.filter(hasRight)),
  any: fitAny(problems.filter(({ clusters }) => clusters.length > 0)),
  first: unchanged,
});

function fitClusters(problems: readonly LabelledProblem[]): readonly number[] {
  const { spread } = standard(problems.flatMap(({ clusters }) => clusters.map(({ features }) => features)));
  const width = featureNames.length;
  // A shift of all clusters of a problem changes nothing, so only spreads matter. Flat, since this is most of the time.
  const rows = problems.map(({ clusters }) =>
    Float64Array.from(clusters.flatMap(({ features }) => features.map((x, i) => x / (spread[i] ?? 1)))),
  );
  const weights = new Float64Array(width);
  const gradient = new Float64Array(width);
  for (let round = 0; round < rounds; round++) {
    for (let k = 0; k < width; k++) gradient[k] = -penalty * (weights[k] as number) * problems.length;
    for (const [at, { right }] of problems.entries()) pull(rows[at] as Float64Array, right, weights, gradient);
    for (let k = 0; k < width; k++)
      weights[k] = (weights[k] as number) + (step * (gradient[k] as number)) / problems.length;
  }
  return [...weights].map((weight, k) => weight / (spread[k] ?? 1));
}

/** Adds one problem's part of the gradient of its log likelihood. */
function pull(features: Float64Array, right: readonly number[], weights: Float64Array, gradient: Float64Array): void {
  const width = weights.length;
  const chances = new Float64Array(right.length);
  for (let i = 0; i < chances.length; i++)
    for (let k = 0; k < width; k++)
      chances[i] = (chances[i] as number) + (weights[k] as number) * (features[i * width + k] as number);
  const most = chances.reduce((a, b) => Math.max(a, b), -Infinity);
  let [sum, good] = [0, 0];
  for (let i = 0; i < chances.length; i++) {
    const part = Math.exp((chances[i] as number) - most);
    chances[i] = part;
    sum += part;
    good += part * (right[i] ?? 0);
  }
  good = good / sum + 1e-12;
  for (let i = 0; i < chances.length; i++) {
    const chance = (chances[i] as number) / sum;
    const by = (chance * (right[i] ?? 0)) / good - chance;
    for (let k = 0; k < width; k++) gradient[k] = (gradient[k] as number) + by * (features[i * width + k] as number);
  }
}

function fitAny(problems: readonly LabelledProblem[]): readonly number[] {
  const evidence = problems.map(({ clusters }) => evidenceOf(clusters));
  const { middle, spread } = standard(evidence);
  const rows = evidence.map((values) => [1, ...values.map((x, i) => (x - (middle[i] ?? 0)) / (spread[i] ?? 1))]);
  let weights = new Array<number>(rows[0]?.length ?? 1).fill(0);
  for (let round = 0; round < rounds; round++) {
    // The first weight is the base rate, which is not held back.
    const gradient = weights.map((weight, k) => (k === 0 ? 0 : -4 * penalty * weight * problems.length));
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
