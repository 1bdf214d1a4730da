/**
 * Mutual PageRank: programs are good that pass good tests, and tests are that good programs pass.
 *
 * s ← (1−d)·s + d·(links' scores), both sides at once, each side divided by its largest after a round. Zhang et al. 2024 (CodeDPO), arXiv:2410.05605, §3.2: d 0.85, ten rounds.
 */
import { passes } from '../agreement.ts';
import { rankingByRow } from '../ranking.ts';
import type { Method } from './method.ts';

const damping = 0.85;
const rounds = 10;

export const pageRank: Method = {
  name: 'pagerank',
  title: 'CodeDPO, mutual PageRank',
  source: 'Zhang et al. 2024, arXiv:2410.05605',
  rank: (matrix) => {
    const links = matrix.rows.map((_, row) =>
      [...matrix.columns.keys()].filter((column) => passes(matrix, row, column)),
    );
    let programs = matrix.rows.map(() => 1);
    let tests = matrix.columns.map(() => 1);
    for (let round = 0; round < rounds; round++) {
      const toTests = tests.map((score) => (1 - damping) * score);
      const toPrograms = programs.map((score, row) => {
        let given = 0;
        for (const column of links[row] ?? []) {
          given += (tests[column] ?? 0) * (matrix.columns[column]?.drawn ?? 0);
          toTests[column] = (toTests[column] ?? 0) + damping * score * (matrix.rows[row]?.drawn ?? 0);
        }
        return (1 - damping) * score + damping * given;
      });
      programs = normalised(toPrograms);
      tests = normalised(toTests);
    }
    // Sums that differ by rounding alone are equal.
    return rankingByRow(matrix, (row) => Number((programs[row] ?? 0).toPrecision(10)));
  },
};

function normalised(scores: readonly number[]): number[] {
  const most = Math.max(...scores, Number.MIN_VALUE);
  return scores.map((score) => score / most);
}
