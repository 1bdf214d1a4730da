/**
 * Methods that ask what programs gave, and not whether tests approve: agreement on inputs alone.
 *
 * Two programs agree on a probe when its calls gave the same text. What raised or was stopped agrees with nothing, and neither does a value without a literal.
 */
import { isComparable } from '../agreement.ts';
import { rankingByRow, rankingOf } from '../ranking.ts';
import type { Matrix } from '../types.ts';
import type { Method } from './method.ts';

/** The output of a cell; −1: none that could agree. */
function outputOf(matrix: Matrix, row: number, column: number): number {
  const output = matrix.outputs[row * matrix.columns.length + column] ?? -1;
  const text = matrix.texts[output];
  return text === undefined || !isComparable(text) ? -1 : output;
}

/** Columns whose outputs are there to be compared: the same calls are one question, however many expectations there are. */
function questions(matrix: Matrix): readonly number[] {
  return [...matrix.columns.keys()].filter((column) => {
    const { way } = matrix.columns[column] as Matrix['columns'][number];
    return way === 'outside' || way === 'input';
  });
}

/** For each row, the programs (as often as drawn) that agree with it, summed over questions. */
function agreed(matrix: Matrix, missing: number): number[] {
  const scores = matrix.rows.map(() => 0);
  for (const column of questions(matrix)) {
    const counts = new Map<number, number>();
    for (const [row, { drawn }] of matrix.rows.entries()) {
      const output = outputOf(matrix, row, column);
      if (output >= 0) counts.set(output, (counts.get(output) ?? 0) + drawn);
    }
    for (const row of matrix.rows.keys()) {
      const output = outputOf(matrix, row, column);
      scores[row] = (scores[row] ?? 0) + (output >= 0 ? (counts.get(output) ?? 0) : missing);
    }
  }
  return scores;
}

/** Rows with the same outputs on all questions are one cluster; the largest comes first. Those that gave nothing anywhere are no cluster. */
export const alphaCode: Method = {
  name: 'alphacode',
  title: 'AlphaCode, clusters of equal outputs',
  source: 'Li et al. 2022, arXiv:2203.07814; inputs of tests, as AlphaCode-C in arXiv:2207.10397',
  rank: (matrix) => {
    const columns = questions(matrix);
    const clusters = new Map<string, number[]>();
    for (const row of matrix.rows.keys()) {
      const outputs = columns.map((column) => outputOf(matrix, row, column));
      if (outputs.every((output) => output < 0)) continue;
      const key = outputs.join();
      clusters.set(key, [...(clusters.get(key) ?? []), row]);
    }
    return rankingOf(
      [...clusters.values()].map((rows) => ({
        rows,
        score: rows.reduce((sum, row) => sum + (matrix.rows[row]?.drawn ?? 0), 0),
      })),
    );
  },
};

/** The least expected loss, where a loss is a difference on any question. Shi et al. 2022, arXiv:2204.11454, §2: equal to the largest cluster, ties included. */
export const minimumRisk: Method = {
  name: 'minimum-risk',
  title: 'minimum Bayes risk, hard',
  source: 'Shi et al. 2022, arXiv:2204.11454',
  rank: (matrix) => alphaCode.rank(matrix),
};

/** The same with a loss for each question apart. */
export const softRisk: Method = {
  name: 'soft-risk',
  title: 'minimum Bayes risk, soft',
  source: 'Shi et al. 2022, arXiv:2204.11454, with a loss for each input',
  rank: (matrix) => {
    const scores = agreed(matrix, 0);
    return rankingByRow(matrix, (row) => scores[row] ?? 0);
  },
};

/** What FunCoder's released code adds for an input on which a program gives nothing. */
const missing = -100;

/** Agreement on each input, and a penalty where there is no output. Chen et al. 2024, arXiv:2405.20092, §2.3 and the released code. */
export const functionalConsensus: Method = {
  name: 'functional-consensus',
  title: 'FunCoder, functional consensus',
  source: 'Chen et al. 2024, arXiv:2405.20092',
  rank: (matrix) => {
    const scores = agreed(matrix, missing);
    return rankingByRow(matrix, (row) => scores[row] ?? 0);
  },
};
