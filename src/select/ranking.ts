/**
 * Rankings: scores become groups of equals, and what a ranking is worth is reckoned over its groups.
 *
 * Ties are never broken here: one of a group is as good as the other, so a figure is the mean over all ways to break them.
 */
import type { Random } from '../base/mod.ts';
import type { Matrix, Ranking } from './types.ts';

/** Groups by falling score; sets of equal score become one. */
export function rankingOf(sets: readonly { readonly rows: readonly number[]; readonly score: number }[]): Ranking {
  const groups: { score: number; rows: number[] }[] = [];
  for (const { rows, score } of [...sets].sort((a, b) => b.score - a.score)) {
    const last = groups.at(-1);
    if (last !== undefined && last.score === score) last.rows.push(...rows);
    else groups.push({ score, rows: [...rows] });
  }
  return { groups };
}

/** Each row by a score of its own. */
export const rankingByRow = (matrix: Matrix, score: (row: number) => number): Ranking =>
  rankingOf(matrix.rows.map((_, row) => ({ rows: [row], score: score(row) })));

export interface Choice {
  readonly row: number;
  readonly score: number;
  /** Candidates of the same score, itself among them: chance has chosen between them. */
  readonly tied: number;
}

/**
 * k candidates: one of each of the first k groups, and again of the first ones where there are fewer; chance decides within a group, by how often each was drawn.
 *
 * @returns at most k, none twice
 */
export function choose(matrix: Matrix, { groups }: Ranking, k: number, random: Random): readonly Choice[] {
  const left = groups.map(({ rows }) => [...rows]);
  const chosen: Choice[] = [];
  for (let turn = 0; chosen.length < k && left.some((rows) => rows.length > 0); turn++) {
    const at = turn % groups.length;
    const rows = left[at] as number[];
    if (rows.length === 0) continue;
    let ticket = random.int(rows.reduce((sum, row) => sum + (matrix.rows[row]?.drawn ?? 1), 0));
    let place = 0;
    while (ticket >= (matrix.rows[rows[place] as number]?.drawn ?? 1)) {
      ticket -= matrix.rows[rows[place] as number]?.drawn ?? 1;
      place++;
    }
    const [row] = rows.splice(place, 1) as [number];
    chosen.push({ row, score: groups[at]?.score ?? 0, tied: groups[at]?.rows.length ?? 1 });
  }
  return chosen;
}

/**
 * The chance that one of k programs is right, of which one is drawn from each of the first k groups, and again from the first ones where there are fewer.
 *
 * Within a group each drawing of a program is as likely. CodeT's released code, evaluation.py. Without any group, k of all are drawn at random: 1 − C(n−c, k) / C(n, k).
 *
 * @param isRight by row
 * @param k integer ≥ 1
 * @returns [0, 1]
 */
export function passAt(matrix: Matrix, ranking: Ranking, isRight: readonly boolean[], k: number): number {
  const drawn = (rows: readonly number[]): { all: number; right: number } => {
    let [all, right] = [0, 0];
    for (const row of rows) {
      const times = matrix.rows[row]?.drawn ?? 0;
      all += times;
      if (isRight[row]) right += times;
    }
    return { all, right };
  };
  const { groups } = ranking;
  if (groups.length === 0) {
    const { all, right } = drawn(matrix.rows.map((_, row) => row));
    return passAtRandom(all, right, k);
  }
  let allWrong = 1;
  for (let turn = 0; turn < k; turn++) {
    const { all, right } = drawn(groups[turn % groups.length]?.rows ?? []);
    allWrong *= all === 0 ? 1 : 1 - right / all;
  }
  return 1 - allWrong;
}

/**
 * Unbiased estimate of pass@k from n programs of which c are right. Chen et al. 2021, arXiv:2107.03374, §2.1, eq. 1, as a product.
 *
 * @returns [0, 1]; where fewer than k are there, the chance that all of them hold one
 */
export function passAtRandom(n: number, c: number, k: number): number {
  if (n - c < k) return c > 0 ? 1 : 0;
  let wrong = 1;
  for (let i = n - c + 1; i <= n; i++) wrong *= 1 - k / i;
  return 1 - wrong;
}
