/**
 * Measures of one ranked list against judged answers, the way BEIR and trec_eval
 * compute them, so that numbers can be laid beside published ones.
 *
 * - *MRR@k*: 1 / rank of the first relevant document, 0 when it is past rank k.
 * - *NDCG@10*: linear gain, `Σ grade / log2(rank + 1)` over the first ten, divided by the
 *   same sum for the best possible order. trec_eval's `ndcg_cut` (and so BEIR) takes the
 *   grade itself as gain, not `2^grade − 1`; with 0/1 grades both agree.
 * - *Recall@k*: relevant documents among the first k, divided by all relevant ones.
 *
 * Relevant means grade > 0. Means over queries, and how sure they are, are in
 * `interval.ts`. This file does not decide which queries count: callers leave out
 * those without a relevant document, as trec_eval does.
 */
import { WinnowError } from '../base/mod.ts';

/** Grades of documents for one query; absent means 0. */
export type Grades = ReadonlyMap<string, number>;

/** Measures of one query, by name. All lie in [0, 1], larger is better. */
export interface RetrievalScores {
  readonly mrr: number;
  readonly ndcg10: number;
  readonly recall1: number;
  readonly recall5: number;
  readonly recall10: number;
}

const relevant = (grades: Grades): number => {
  let count = 0;
  for (const grade of grades.values()) if (grade > 0) count++;
  return count;
};

/** One-based rank of the first document with grade > 0, or `null`. */
export function firstRelevantRank(ranking: readonly string[], grades: Grades): number | null {
  const at = ranking.findIndex((id) => (grades.get(id) ?? 0) > 0);
  return at < 0 ? null : at + 1;
}

/** Discounted cumulative gain of the first `k` gains, linear: `Σ gain / log2(rank + 1)`. */
export function discountedGain(gains: readonly number[], k: number): number {
  let sum = 0;
  for (let i = 0; i < Math.min(k, gains.length); i++) sum += (gains[i] as number) / Math.log2(i + 2);
  return sum;
}

/**
 * NDCG@k of gains in ranked order against the grades that could have been had.
 *
 * @returns in [0, 1] as long as `gains` never exceed the grades available
 */
export function normalisedGain(gains: readonly number[], available: readonly number[], k: number): number {
  const best = discountedGain(
    [...available].sort((a, b) => b - a),
    k,
  );
  return best > 0 ? discountedGain(gains, k) / best : 0;
}

/** Relevant documents among the first `k` of `ranking`, divided by all relevant ones. */
function recallAt(ranking: readonly string[], grades: Grades, k: number): number {
  let found = 0;
  for (const id of ranking.slice(0, k)) if ((grades.get(id) ?? 0) > 0) found++;
  return found / relevant(grades);
}

/**
 * All measures of one ranked list.
 *
 * @param ranking document ids, best first; a document that comes again is dropped
 * @param grades at least one grade > 0
 * @param depth ranks past it count as not found for MRR
 * @throws WinnowError `bad-data` when nothing is relevant: no measure is defined then
 */
export function scoreRanking(ranking: readonly string[], grades: Grades, depth: number): RetrievalScores {
  if (relevant(grades) === 0)
    throw new WinnowError(
      'bad-data',
      'Expected at least one document with a grade above 0 for the query; there is none.',
    );
  const distinct = [...new Set(ranking)];
  const rank = firstRelevantRank(distinct, grades);
  return {
    mrr: rank === null || rank > depth ? 0 : 1 / rank,
    ndcg10: normalisedGain(
      distinct.map((id) => Math.max(0, grades.get(id) ?? 0)),
      [...grades.values()].filter((grade) => grade > 0),
      10,
    ),
    recall1: recallAt(distinct, grades, 1),
    recall5: recallAt(distinct, grades, 5),
    recall10: recallAt(distinct, grades, 10),
  };
}
