/** All are equal: what drawing without looking is worth. */
import { rankingByRow } from '../ranking.ts';
import type { Method } from './method.ts';

export const random: Method = {
  name: 'random',
  title: 'random',
  source: 'baseline',
  rank: (matrix) => rankingByRow(matrix, () => 0),
};
