/**
 * B4: the chance that a set of programs and the tests they pass are both right, by Bayes' rule with beta priors.
 *
 * For a set of nx programs that pass ny tests: log B(ny+α, M−ny+1) + log B(nx+α, N−nx+1) + log B(e1+1, n1−e1+1) + log B(e0+1, n0−e0+β), with e1 passes of the n1 cells of other programs on
 * these tests, and e0 of the n0 cells of other programs on other tests. Chen et al. 2024, arXiv:2409.08692, §4; the presets (α 1e3, β 1e4, 1e5, 1e6) are the released code's.
 */
import { agreements, passes } from '../agreement.ts';
import { rankingOf } from '../ranking.ts';
import type { Matrix, Ranking } from '../types.ts';
import type { Method } from './method.ts';

export const b4 = (beta: number, alpha = 1e3): Method => ({
  name: `b4-${beta.toExponential().replace('+', '')}`,
  title: `B4, β ${beta.toExponential().replace('+', '')}`,
  source: 'Chen et al. 2024, arXiv:2409.08692',
  rank: (matrix) => rank(matrix, alpha, beta),
});

function rank(matrix: Matrix, alpha: number, beta: number): Ranking {
  const sum = (values: Iterable<number>): number => [...values].reduce((total, value) => total + value, 0);
  const drawnRow = matrix.rows.map(({ drawn }) => drawn);
  const drawnColumn = matrix.columns.map(({ drawn }) => drawn);
  const [all, allTests] = [sum(drawnRow), sum(drawnColumn)];
  // Passes of each column by all programs, so that a set costs its own rows alone.
  const passesOf = matrix.columns.map((_, column) =>
    sum(drawnRow.map((drawn, row) => (passes(matrix, row, column) ? drawn : 0))),
  );
  return rankingOf(
    agreements(matrix).map(({ rows, columns, programs, tests }) => {
      const inside = new Set(columns);
      const others = all - programs;
      // Programs of the set pass all of its tests and none of the others.
      const e1 = sum(columns.map((column) => ((passesOf[column] ?? 0) - programs) * (drawnColumn[column] ?? 0)));
      const e0 = sum(passesOf.map((count, column) => (inside.has(column) ? 0 : count * (drawnColumn[column] ?? 0))));
      const [n1, n0] = [others * tests, others * (allTests - tests)];
      const score =
        logBeta(tests + alpha, allTests - tests + 1) +
        logBeta(programs + alpha, all - programs + 1) +
        logBeta(e1 + 1, n1 - e1 + 1) +
        logBeta(e0 + 1, n0 - e0 + beta);
      return { rows, score };
    }),
  );
}

const logBeta = (a: number, b: number): number => logGamma(a) + logGamma(b) - logGamma(a + b);

/** log Γ(x) for x > 0 by Lanczos' approximation with g = 7 and nine terms: 15 digits. */
export function logGamma(x: number): number {
  if (x < 0.5) return Math.log(Math.PI / Math.sin(Math.PI * x)) - logGamma(1 - x);
  const terms = [
    676.5203681218851, -1259.1392167224028, 771.3234287776531, -176.6150291621406, 12.507343278686905,
    -0.13857109526572012, 9.984369578019572e-6, 1.5056327351493116e-7,
  ];
  const shifted = x - 1;
  const sum = terms.reduce((total, term, index) => total + term / (shifted + index + 1), 0.9999999999998099);
  const t = shifted + 7.5;
  return 0.5 * Math.log(2 * Math.PI) + (shifted + 0.5) * Math.log(t) - t + Math.log(sum);
}
