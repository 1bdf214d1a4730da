/** The most tests passed, each counted as often as it was drawn. What everybody tries first; where most tests are wrong it is worth little. */
import { passes } from '../agreement.ts';
import { rankingByRow } from '../ranking.ts';
import type { Method } from './method.ts';

export const mostPassed: Method = {
  name: 'most-passed',
  title: 'most tests passed',
  source: 'baseline',
  rank: (matrix) =>
    rankingByRow(matrix, (row) =>
      matrix.columns.reduce((sum, { drawn }, column) => sum + (passes(matrix, row, column) ? drawn : 0), 0),
    ),
};
