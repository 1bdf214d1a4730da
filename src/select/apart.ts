/** What tells two candidates apart: of all probes on which they do not the same, the one with least to read. Inputs that were made are small already (`inputs/`). */
import { isComparable } from './agreement.ts';
import { cellStates, type Matrix } from './types.ts';

export interface Apart {
  readonly column: number;
  /** What each did there: an output, `!error`, or a state without an output. */
  readonly did: readonly [string, string];
}

/** @returns null where no probe tells them apart */
export function tellsApart(matrix: Matrix, row: number, other: number): Apart | null {
  let best: Apart | null = null;
  for (const [column, { source }] of matrix.columns.entries()) {
    const did = [didOf(matrix, row, column), didOf(matrix, other, column)] as const;
    if (did[0] === did[1] || (did[0] === '?large' && did[1] === '?large')) continue;
    // That one did not run, or that nobody could look, says little.
    const isTold = did.every((one) => one.startsWith('!') || isComparable(one)) && !did.includes('not-run');
    const known = best === null ? null : matrix.columns[best.column]?.source.length;
    if (isTold && (known === null || known === undefined || source.length < known)) best = { column, did };
  }
  return best;
}

function didOf(matrix: Matrix, row: number, column: number): string {
  const cell = row * matrix.columns.length + column;
  const text = matrix.texts[matrix.outputs[cell] ?? -1];
  // Inside of a candidate's interpreter all that is known of a test is how it ended.
  const state = cellStates[matrix.states[cell] ?? 0] ?? 'not-run';
  return matrix.columns[column]?.way === 'inside' ? state : (text ?? state);
}
