/**
 * Agentless's ranking of patches: fewest regression tests broken, then the reproduction result that most patches have, then the patch that was drawn most often, then the first.
 *
 * Patches that are the same after normalising are one candidate that was drawn several times (`check` merges them). Tests say by "role" which of the two they are; without any, all are regression tests.
 * Xia et al. 2024, arXiv:2407.01489, §3.3, and the released code (rerank.py): of the reproduction tests, all that the patches pass most together; where none passes any, all stay.
 */
import { passes } from '../agreement.ts';
import { rankingOf } from '../ranking.ts';
import type { Matrix } from '../types.ts';
import type { Method } from './method.ts';

export const agentless: Method = {
  name: 'agentless',
  title: 'Agentless, patches by tests and votes',
  source: 'Xia et al. 2024, arXiv:2407.01489',
  rank: (matrix) => {
    const rows = [...matrix.rows.keys()];
    const broken = rows.map((row) => count(matrix, row, 'regression', false));
    const fewest = Math.min(...broken);
    const kept = rows.filter((row) => broken[row] === fewest);
    const results = new Map<number, number>();
    for (const row of kept) {
      const passed = count(matrix, row, 'reproduction', true);
      if (passed > 0) results.set(passed, (results.get(passed) ?? 0) + (matrix.rows[row]?.drawn ?? 0));
    }
    const [majority] = [...results].sort((a, b) => b[1] - a[1] || b[0] - a[0]);
    const order = [...rows].sort(
      (a, b) =>
        (broken[a] as number) - (broken[b] as number) ||
        Number(count(matrix, b, 'reproduction', true) === majority?.[0]) -
          Number(count(matrix, a, 'reproduction', true) === majority?.[0]) ||
        (matrix.rows[b]?.drawn ?? 0) - (matrix.rows[a]?.drawn ?? 0) ||
        a - b,
    );
    return rankingOf(order.map((row, place) => ({ rows: [row], score: order.length - place })));
  },
};

/** Tests of a role that a row passes, or does not. */
function count(matrix: Matrix, row: number, role: 'regression' | 'reproduction', passing: boolean): number {
  const isNamed = matrix.columns.some((column) => column.role !== undefined);
  return matrix.columns.filter(
    ({ role: own, way }, column) =>
      (way === 'outside' || way === 'inside') &&
      (isNamed ? own : 'regression') === role &&
      passes(matrix, row, column) === passing,
  ).length;
}
