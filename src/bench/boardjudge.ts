/**
 * Whether a hit answers a board's query, and how good a list of hits is.
 *
 * A hit *reaches* an answer
 * - **exactly**: same id (the ordinal of a later definition of the name left out), or
 *   the answer is a whole file and the hit lies in it, or the hit is the constructor of
 *   the class that is the answer. It gains the answer's grade.
 * - **nearly**: the answer has grade 2 and the hit is the class around it or a member
 *   within it, in the same file. It gains 1: the reader is one step away.
 *
 * An answer gives its gain once: a later hit on it gains only what an earlier, near one
 * left over. So NDCG cannot pass 1, and ten members of one right class are not ten
 * answers. Hits folded into another as duplicates count as reaching by that hit's rank.
 */

import type { BoardAnswer } from './boardfile.ts';
import { normalisedGain } from './metrics.ts';

/** What is judged of a hit. */
export interface JudgedHit {
  /** `path:Qualified.name`, `path:12-40` or `path`. */
  readonly id: string;
  readonly path: string;
  readonly kind: string;
  readonly duplicates: readonly string[];
}

/** Measures of one query of a board, in [0, 1]. */
export interface BoardScores {
  /** 1 / rank of the first hit with any gain. */
  readonly mrr: number;
  /** 1 / rank of the first hit that reaches a grade 2 answer exactly. */
  readonly mrrExact: number;
  readonly ndcg10: number;
  /** 1 when a hit with any gain is within the first 1, 5, 10. */
  readonly success1: number;
  readonly success5: number;
  readonly success10: number;
  /** Share of the grade 2 answers reached exactly within the first 10. */
  readonly recall10: number;
}

export const boardMeasures = ['mrr', 'mrrExact', 'ndcg10', 'success1', 'success5', 'success10', 'recall10'] as const;

/** `path` and `name` of an id or answer, the ordinal left out; `name` is `null` for a file or a range of lines. */
export function divideId(id: string): { path: string; name: string | null } {
  const colon = id.lastIndexOf(':');
  if (colon < 0) return { path: id, name: null };
  const name = id.slice(colon + 1).replace(/#\d+$/, '');
  return { path: id.slice(0, colon), name: /^\d+-\d+$/.test(name) ? null : name };
}

/** Gain of one id for one answer, before what was gained earlier. */
function gainOf(id: string, constructs: boolean, answer: BoardAnswer): { gain: number; exact: boolean } {
  const wanted = divideId(answer.at);
  const came = divideId(id);
  const none = { gain: 0, exact: false };
  if (came.path !== wanted.path) return none;
  if (wanted.name === null) return { gain: answer.grade, exact: true };
  if (came.name === null) return none;
  const outer = constructs ? came.name.slice(0, Math.max(0, came.name.lastIndexOf('.'))) : '';
  if (came.name === wanted.name || outer === wanted.name) return { gain: answer.grade, exact: true };
  const near = came.name.startsWith(`${wanted.name}.`) || wanted.name.startsWith(`${came.name}.`);
  return near && answer.grade === 2 ? { gain: 1, exact: false } : none;
}

/** Gains of the hits in order, and which answers were reached exactly at which rank (one-based). */
export function judgeHits(hits: readonly JudgedHit[], answers: readonly BoardAnswer[]) {
  const taken = answers.map(() => 0);
  const exactAt = answers.map((): number | null => null);
  const gains = hits.map((hit, i) => {
    let best = { gain: 0, answer: -1, exact: false };
    for (const id of [hit.id, ...hit.duplicates]) {
      for (const [a, answer] of answers.entries()) {
        const { gain, exact } = gainOf(id, hit.kind === 'constructor', answer);
        if (exact) exactAt[a] ??= i + 1;
        const left = gain - (taken[a] as number);
        if (left > best.gain) best = { gain: left, answer: a, exact };
      }
    }
    if (best.answer >= 0) taken[best.answer] = (taken[best.answer] as number) + best.gain;
    return best.gain;
  });
  return { gains, exactAt };
}

/** All measures of one query. @param answers at least one of grade 2 */
export function scoreBoardHits(hits: readonly JudgedHit[], answers: readonly BoardAnswer[]): BoardScores {
  const { gains, exactAt } = judgeHits(hits, answers);
  const first = gains.findIndex((gain) => gain > 0) + 1;
  const main = answers.flatMap((answer, i) => (answer.grade === 2 ? [exactAt[i] ?? Number.POSITIVE_INFINITY] : []));
  const success = (k: number): number => (first > 0 && first <= k ? 1 : 0);
  return {
    mrr: first > 0 ? 1 / first : 0,
    mrrExact: 1 / Math.min(...main),
    ndcg10: normalisedGain(
      gains,
      answers.map((answer) => answer.grade),
      10,
    ),
    success1: success(1),
    success5: success(5),
    success10: success(10),
    recall10: main.filter((rank) => rank <= 10).length / main.length,
  };
}
