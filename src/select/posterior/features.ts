/**
 * What is known of a cluster, a set of programs that behave alike, before anything is learned: four numbers.
 *
 * - `joint`: how far B4's score of its set lies behind the best one, as −log(1 + gap/10): programs and tests as one joint hypothesis;
 * - `shared`: the share of programs that give its output, as a mean over questions, logarithm: agreement also with those that differ elsewhere;
 * - `size`: the share of programs in it, logarithm;
 * - `varied`: how many of its outputs differ, as a share of questions, logarithm: whoever gives the same for every input has shown little, however many agree and whatever tests say.
 *
 * A question is a call, with however many expectations; columns are one question where all programs gave the same for them.
 */
import { isComparable, passes } from '../agreement.ts';
import { b4 } from '../methods/b4.ts';
import { cellStates, type Matrix } from '../types.ts';

/** Rows that gave the same on all questions. */
export interface Cluster {
  readonly rows: readonly number[];
  /** Times that its programs were drawn. */
  readonly drawn: number;
  /** In the order of `featureNames`. */
  readonly features: readonly number[];
}

export const featureNames = ['joint', 'shared', 'size', 'varied'] as const;

const joint = b4(1e4);
/** So that a share of nothing has a logarithm. */
const least = 0.01;

/** @returns clusters in the order of their first rows; rows that gave nothing anywhere, or did not get to their end, are in none */
export function clustersOf(matrix: Matrix): readonly Cluster[] {
  const whole = [...matrix.rows.keys()].filter((row) => matrix.rows[row]?.ending === 'whole');
  const drawnOf = (row: number): number => matrix.rows[row]?.drawn ?? 0;
  const questions = questionsOf(matrix, whole);
  const sets = new Map<string, number[]>();
  for (const row of whole) {
    const given = questions.map((column) => outputAt(matrix, row, column));
    if (given.every((output) => output < 0)) continue;
    const key = given.join();
    const known = sets.get(key);
    if (known === undefined) sets.set(key, [row]);
    else known.push(row);
  }
  const programs = whole.reduce((sum, row) => sum + drawnOf(row), 0);
  const same = questions.map((column) => {
    const counts = new Map<number, number>();
    for (const row of whole) {
      const output = outputAt(matrix, row, column);
      counts.set(output, (counts.get(output) ?? 0) + drawnOf(row));
    }
    return counts;
  });
  const behind = gapsOf(matrix);
  return [...sets.values()].map((rows) => {
    const first = rows[0] as number;
    const drawn = rows.reduce((sum, row) => sum + drawnOf(row), 0);
    const outputs = questions.map((column) => outputAt(matrix, first, column));
    const shared = outputs.reduce(
      (sum, output, index) => sum + (output < 0 ? 0 : (same[index]?.get(output) ?? 0) / programs),
      0,
    );
    return {
      rows,
      drawn,
      features: [
        -Math.log1p(behind(first) / 10),
        Math.log(shared / questions.length + least),
        Math.log(drawn / programs),
        Math.log(new Set(outputs).size / questions.length + least),
      ],
    };
  });
}

/** One column of each question. What is asked inside a candidate has no outputs but that it passed, and is a question of its own. */
function questionsOf(
  matrix: Matrix,
  rows: readonly number[],
  among: { has(column: number): boolean } = { has: () => true },
): readonly number[] {
  const questions = new Map<string, number>();
  for (const [column, { way }] of matrix.columns.entries()) {
    if (way === 'invalid' || !among.has(column)) continue;
    const key = way === 'inside' ? `${column}` : rows.map((row) => outputAt(matrix, row, column)).join();
    if (!questions.has(key)) questions.set(key, column);
  }
  return [...questions.values()];
}

/** How much there is to go by: programs as often as drawn, and questions that some program answered. */
export function amountOf(matrix: Matrix): { readonly programs: number; readonly questions: number } {
  const whole = [...matrix.rows.keys()].filter((row) => matrix.rows[row]?.ending === 'whole');
  const answered = questionsOf(matrix, whole).filter((column) =>
    whole.some((row) => outputAt(matrix, row, column) >= 0),
  );
  return {
    programs: whole.reduce((sum, row) => sum + (matrix.rows[row]?.drawn ?? 0), 0),
    questions: answered.length,
  };
}

/** Questions with a test that some program was held to, where no program passes any test; 0 where one does. */
export function questionsFailedByAll(matrix: Matrix): number {
  const rows = [...matrix.rows.keys()].filter((row) => matrix.rows[row]?.ending === 'whole');
  const width = matrix.columns.length;
  const isFailed = (row: number, column: number): boolean => missed.has(matrix.states[row * width + column] ?? -1);
  const tests = [...matrix.columns.keys()].filter((column) =>
    ['outside', 'inside'].includes(matrix.columns[column]?.way ?? ''),
  );
  if (rows.some((row) => tests.some((column) => passes(matrix, row, column)))) return 0;
  const failed = new Set(tests.filter((column) => rows.some((row) => isFailed(row, column))));
  return questionsOf(matrix, rows, failed).length;
}

const missed = new Set((['failed', 'raised', 'timed-out'] as const).map((state) => cellStates.indexOf(state)));

/** The output of a cell; −1: none that another could equal. */
export function outputAt(matrix: Matrix, row: number, column: number): number {
  const output = matrix.outputs[row * matrix.columns.length + column] ?? -1;
  const text = matrix.texts[output];
  return text === undefined || !isComparable(text) ? -1 : output;
}

/** How far the set of a row lies behind the best by B4, in nats; of rows that pass nothing, half as far again as the last. */
function gapsOf(matrix: Matrix): (row: number) => number {
  const { groups } = joint.rank(matrix);
  const best = groups[0]?.score ?? 0;
  const gaps = new Map(groups.flatMap(({ rows, score }) => rows.map((row) => [row, best - score] as const)));
  const last = 1.5 * (best - (groups.at(-1)?.score ?? 0)) + 10;
  return (row) => gaps.get(row) ?? last;
}
