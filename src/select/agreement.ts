/** Sets of programs that pass the same tests, and what both are counted as. */
import { cellStates, type Matrix } from './types.ts';

export interface Agreement {
  readonly rows: readonly number[];
  /** Columns that all of them pass. */
  readonly columns: readonly number[];
  /** Counted as often as they were drawn. */
  readonly programs: number;
  readonly tests: number;
}

/** Whether equal texts are equal outputs: what was too large to be looked at whole, and what has no text, is equal to nothing that is known. */
export const isComparable = (text: string): boolean =>
  !text.startsWith('!') && (!text.startsWith('?') || text.startsWith('?large:'));

const passedState = cellStates.indexOf('passed');

/** Whether a row passes a column. A program that left by `sys.exit` in one test passes none: there was no end to its tests. */
export function passes(matrix: Matrix, row: number, column: number): boolean {
  return matrix.rows[row]?.ending === 'whole' && matrix.states[row * matrix.columns.length + column] === passedState;
}

/** @returns sets of rows by the columns they pass; rows that pass none are in no set */
export function agreements(matrix: Matrix): readonly Agreement[] {
  const sets = new Map<string, { rows: number[]; columns: number[] }>();
  for (const row of matrix.rows.keys()) {
    const columns = [...matrix.columns.keys()].filter((column) => passes(matrix, row, column));
    if (columns.length === 0) continue;
    const key = columns.join();
    const known = sets.get(key);
    if (known === undefined) sets.set(key, { rows: [row], columns });
    else known.rows.push(row);
  }
  return [...sets.values()].map(({ rows, columns }) => ({
    rows,
    columns,
    programs: rows.reduce((sum, row) => sum + (matrix.rows[row]?.drawn ?? 0), 0),
    tests: columns.reduce((sum, column) => sum + (matrix.columns[column]?.drawn ?? 0), 0),
  }));
}

/** Rows that did the same in every cell: outputs, errors, ends. In the order of their first rows. */
export function behaviours(matrix: Matrix): readonly (readonly number[])[] {
  const width = matrix.columns.length;
  const sets = new Map<string, number[]>();
  for (const [row, { ending }] of matrix.rows.entries()) {
    const states = matrix.states.subarray(row * width, (row + 1) * width);
    const outputs = matrix.outputs.subarray(row * width, (row + 1) * width);
    const told = [...outputs].map((output) => (matrix.texts[output] === '?large' ? `${output} of ${row}` : output));
    const key = `${ending} ${states.join('')} ${told.join()}`;
    const known = sets.get(key);
    if (known === undefined) sets.set(key, [row]);
    else known.push(row);
  }
  return [...sets.values()];
}
