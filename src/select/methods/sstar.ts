/**
 * S*'s selection without a model: of the programs that pass the most tests, each distinguishing input gives a point to those that agree with the most others on it.
 *
 * An input distinguishes where outputs differ; `check --inputs` makes such by mutation. In the paper a model is shown both outputs and says which is right; here the most common one is taken for right,
 * and inputs on which a program raises say nothing. Li et al. 2025, arXiv:2502.14382, §3.2.
 */
import { passes } from '../agreement.ts';
import { outputAt } from '../posterior/features.ts';
import { rankingOf } from '../ranking.ts';
import type { Method } from './method.ts';

export const sStar: Method = {
  name: 's-star',
  title: 'S*, distinguishing inputs',
  source: 'Li et al. 2025, arXiv:2502.14382; the majority in the place of a model',
  rank: (matrix) => {
    const rows = [...matrix.rows.keys()];
    const drawn = (row: number): number => matrix.rows[row]?.drawn ?? 0;
    const tests = rows.map((row) =>
      matrix.columns.reduce((sum, column, at) => sum + (passes(matrix, row, at) ? column.drawn : 0), 0),
    );
    const most = Math.max(0, ...tests);
    const kept = rows.filter((row) => tests[row] === most);
    const points = new Map(kept.map((row) => [row, 0]));
    for (const [column, { way }] of matrix.columns.entries()) {
      if (way !== 'input' && way !== 'outside') continue;
      const counts = new Map<number, number>();
      for (const row of kept) {
        const output = outputAt(matrix, row, column);
        if (output >= 0) counts.set(output, (counts.get(output) ?? 0) + drawn(row));
      }
      if (counts.size < 2) continue;
      const largest = Math.max(...counts.values());
      for (const row of kept)
        if ((counts.get(outputAt(matrix, row, column)) ?? 0) === largest) points.set(row, (points.get(row) ?? 0) + 1);
    }
    // Points matter among those that pass most alone; the others follow by their tests.
    return rankingOf(
      rows.map((row) => ({
        rows: [row],
        score: (tests[row] ?? 0) + (points.get(row) ?? 0) / (matrix.columns.length + 1),
      })),
    );
  },
};
