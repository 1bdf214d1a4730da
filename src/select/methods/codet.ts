/**
 * CodeT: programs that pass the same tests agree, and so do the tests.
 *
 * A set is all programs with the same passed tests; its score is √programs · tests, both counted as often as they were drawn. Chen et al. 2022, arXiv:2207.10397, §2.2; the root is in the released code
 * (agreement.py) and not in the paper's equation. Programs that pass nothing are not ranked.
 */
import { agreements } from '../agreement.ts';
import { rankingOf } from '../ranking.ts';
import type { Method } from './method.ts';

export const codet: Method = {
  name: 'codet',
  title: 'CodeT',
  source: 'Chen et al. 2022, arXiv:2207.10397',
  rank: (matrix) =>
    rankingOf(agreements(matrix).map(({ rows, programs, tests }) => ({ rows, score: Math.sqrt(programs) * tests }))),
};
