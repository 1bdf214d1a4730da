/** Small matrices for tests, written as marks. */
import { cellStates, type Matrix } from './types.ts';

/** Rows of marks: `p` passed, `f` failed, `e` raised; the output of a cell is `outputs[row][column]`, by default its mark. */
export function matrixOf(
  marks: readonly string[],
  drawn: readonly number[] = [],
  outputs: readonly string[] = marks,
): Matrix {
  const width = marks[0]?.length ?? 0;
  const texts = [...new Set(outputs.join(''))];
  const state = { p: 'passed', f: 'failed', e: 'raised' } as const;
  return {
    task: 't',
    rows: marks.map((_, row) => ({ id: `${row}`, drawn: drawn[row] ?? 1, ending: 'whole', reason: null, cpuMs: 0 })),
    columns: Array.from({ length: width }, (_, column) => ({ id: `${column}`, source: '', drawn: 1, way: 'outside' })),
    states: Uint8Array.from(marks.join(''), (mark) => cellStates.indexOf(state[mark as 'p'])),
    outputs: Int32Array.from(
      marks.flatMap((row, at) =>
        [...row].map((mark, column) => (mark === 'e' ? -1 : texts.indexOf(outputs[at]?.[column] ?? ''))),
      ),
    ),
    texts,
  };
}
