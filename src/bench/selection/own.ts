/**
 * What the calibrated posterior is worth: each problem is predicted by weights that were learned on others, and its chances are held against what came true.
 *
 * Ten folds, by position in the file of problems modulo ten. Calibration: problems in fifths by the chance of their first choice. Coverage: how often the first choice is right if only the surest part
 * is answered. Questions: a simulated person, who knows from the reference which tests are true, answers ConAIR.
 */
import {
  ask,
  type Belief,
  beliefOf,
  clustersOf,
  fitPosterior,
  type LabelledProblem,
  type Matrix,
  type PosteriorWeights,
  passAt,
  type Ranking,
  rankingOf,
} from '../../select/mod.ts';

export const folds = 10;

export interface OwnProblem {
  readonly matrix: Matrix;
  readonly isRight: readonly boolean[];
  /** Of each column, whether the reference passes it; null: there is no reference. */
  readonly isTrue: readonly boolean[] | null;
}

export interface OwnReport {
  readonly folds: number;
  /** Learned on all problems: what ships. */
  readonly weights: PosteriorWeights;
  /** Mean squared difference of chance and truth of first choices. Of always saying the mean: `brierBase`. */
  readonly brier: number;
  readonly brierBase: number;
  readonly calibration: readonly { readonly problems: number; readonly chance: number; readonly right: number }[];
  /** From surest to all: share answered, least chance among them, share of them right. */
  readonly coverage: readonly { readonly coverage: number; readonly chance: number; readonly right: number }[];
  /** By the most questions of a problem: asked on average, and pass@1 after them, percent, of all problems and of those that have a right program. Null without references. */
  readonly questions:
    | readonly { readonly most: number; readonly asked: number; readonly pass: number; readonly solvable: number }[]
    | null;
}

/** Rankings and report, from rows in the order of the problems. */
export async function crossFitted(
  problems: readonly OwnProblem[],
): Promise<{ rankings: readonly Ranking[]; report: OwnReport }> {
  const labelled = problems.map(labelledOf);
  const weights = fitPosterior(labelled);
  const byFold = Array.from({ length: folds }, (_, fold) => {
    const others = labelled.filter((_, index) => index % folds !== fold);
    return others.some(({ right }) => right.some((share) => share > 0)) ? fitPosterior(others) : weights;
  });
  const weightsOf = (index: number): PosteriorWeights => byFold[index % folds] as PosteriorWeights;
  const beliefs = problems.map(({ matrix }, index) => beliefOf(matrix, weightsOf(index)));
  const rankings = beliefs.map(rankingOfBelief);
  const firsts = problems.map(({ matrix, isRight }, index) => ({
    chance: beliefs[index]?.clusters[0]?.chance ?? 0,
    right: passAt(matrix, rankings[index] as Ranking, isRight, 1),
  }));
  const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
  const base = mean(firsts.map(({ right }) => right));
  return {
    rankings,
    report: {
      folds,
      weights,
      brier: mean(firsts.map(({ chance, right }) => (chance - right) ** 2)),
      brierBase: mean(firsts.map(({ right }) => (base - right) ** 2)),
      ...curves(firsts),
      questions: problems.every(({ isTrue }) => isTrue !== null) ? await questionsOf(problems, weightsOf) : null,
    },
  };
}

function labelledOf({ matrix, isRight }: OwnProblem): LabelledProblem {
  const clusters = clustersOf(matrix);
  const drawn = (row: number): number => matrix.rows[row]?.drawn ?? 0;
  return {
    clusters,
    right: clusters.map(
      ({ rows, drawn: all }) => rows.reduce((sum, row) => sum + (isRight[row] ? drawn(row) : 0), 0) / all,
    ),
  };
}

const rankingOfBelief = ({ clusters }: Belief): Ranking =>
  rankingOf(clusters.map(({ rows, chance }) => ({ rows, score: chance })));

type First = { readonly chance: number; readonly right: number };

function curves(firsts: readonly First[]): Pick<OwnReport, 'calibration' | 'coverage'> {
  const sorted = [...firsts].sort((a, b) => b.chance - a.chance);
  const mean = (part: readonly First[], of: (one: First) => number): number =>
    part.reduce((sum, one) => sum + of(one), 0) / Math.max(1, part.length);
  const cut = (share: number): number => Math.round(share * sorted.length);
  const fifths = [0, 1, 2, 3, 4].map((fifth) => sorted.slice(cut(fifth / 5), cut((fifth + 1) / 5)));
  return {
    calibration: fifths.map((part) => ({
      problems: part.length,
      chance: mean(part, ({ chance }) => chance),
      right: mean(part, ({ right }) => right),
    })),
    coverage: [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1].map((coverage) => {
      const part = sorted.slice(0, Math.max(1, cut(coverage)));
      return { coverage, chance: part.at(-1)?.chance ?? 0, right: mean(part, ({ right }) => right) };
    }),
  };
}

async function questionsOf(
  problems: readonly OwnProblem[],
  weightsOf: (index: number) => PosteriorWeights,
): Promise<OwnReport['questions']> {
  const rows = [];
  for (const most of [0, 1, 2, 3, 4, 5, 10]) {
    let [asked, pass, solvable] = [0, 0, 0];
    for (const [index, { matrix, isRight, isTrue }] of problems.entries()) {
      const answered = await ask(matrix, {
        most,
        sure: 0.95,
        weights: weightsOf(index),
        answer: async ({ column }) => isTrue?.[column] ?? null,
      });
      asked += answered.questions.length;
      pass += (100 * passAt(matrix, answered.ranking, isRight, 1)) / problems.length;
      if (isRight.some(Boolean)) solvable += passAt(matrix, answered.ranking, isRight, 1);
    }
    const some = problems.filter(({ isRight }) => isRight.some(Boolean)).length;
    rows.push({ most, asked: asked / problems.length, pass, solvable: (100 * solvable) / Math.max(1, some) });
  }
  return rows;
}
