/**
 * A matrix while it grows: rows come in any order, from a run or from a file, and are all there is to know.
 *
 * Outputs are numbered over the whole task in the order in which rows are added, and a row brings the texts that none before it had; so a file that is
 * read from its beginning gives the numbers that were written.
 */
import {
  type Candidate,
  cellStates,
  type Matrix,
  type MatrixRow,
  type MatrixTask,
  type ProbeWay,
  type RowEnding,
} from './types.ts';

/** One candidate's cells, as a file keeps them. */
export interface RowRecord {
  /** Of `MatrixTask.candidates`. */
  readonly row: number;
  readonly ending: RowEnding;
  readonly reason: string | null;
  readonly cpuMs: number;
  /** A digit for each probe: its number in `cellStates`. */
  readonly states: string;
  /** For each probe the number of a text; −1: none. */
  readonly outputs: readonly number[];
  /** CPU time of each cell, µs; −1: not run. */
  readonly times: readonly number[];
  /** Instructions of each cell; absent: not counted. */
  readonly fuel?: readonly number[];
  /** Texts that no row before it had. */
  readonly texts: readonly string[];
}

export class MatrixBuilding {
  readonly task: MatrixTask;
  ways: readonly ProbeWay[] = [];
  readonly #rows: (MatrixRow | undefined)[];
  readonly #states: Uint8Array;
  readonly #outputs: Int32Array;
  readonly #times: Int32Array;
  #fuel: Float64Array | null = null;
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(task: MatrixTask) {
    this.task = task;
    const cells = task.candidates.length * task.probes.length;
    this.#rows = new Array(task.candidates.length).fill(undefined);
    this.#states = new Uint8Array(cells).fill(cellStates.indexOf('not-run'));
    this.#outputs = new Int32Array(cells).fill(-1);
    this.#times = new Int32Array(cells).fill(-1);
  }

  /** Rows that are not there yet. */
  missing(): readonly number[] {
    return [...this.#rows.keys()].filter((row) => this.#rows[row] === undefined);
  }

  get texts(): number {
    return this.#texts.length;
  }

  /** The numbers of texts, as a row that is added next would have them, and those of them that are new. */
  number(texts: readonly string[]): { readonly numbers: readonly number[]; readonly fresh: readonly string[] } {
    const fresh = new Map<string, number>();
    const numbers = texts.map((text) => {
      const known = this.#numbers.get(text) ?? fresh.get(text);
      if (known !== undefined) return known;
      const number = this.#texts.length + fresh.size;
      fresh.set(text, number);
      return number;
    });
    return { numbers, fresh: [...fresh.keys()] };
  }

  add(record: RowRecord): void {
    for (const text of record.texts) {
      this.#numbers.set(text, this.#texts.length);
      this.#texts.push(text);
    }
    const width = this.task.probes.length;
    const { id, drawn } = this.task.candidates[record.row] as Candidate;
    const { ending, reason, cpuMs } = record;
    this.#rows[record.row] = { id, drawn, ending, reason, cpuMs };
    if (record.fuel !== undefined) this.#fuel ??= new Float64Array(this.#states.length).fill(-1);
    for (let column = 0; column < width; column++) {
      const cell = record.row * width + column;
      this.#states[cell] = record.states.charCodeAt(column) - 48;
      this.#outputs[cell] = record.outputs[column] ?? -1;
      this.#times[cell] = record.times[column] ?? -1;
      if (record.fuel !== undefined && this.#fuel !== null) this.#fuel[cell] = record.fuel[column] ?? -1;
    }
  }

  /** What is there; a row that is missing has run nothing. */
  matrix(): Matrix {
    const { id, probes, candidates } = this.task;
    return {
      task: id,
      rows: candidates.map(
        (candidate, row) =>
          this.#rows[row] ?? { id: candidate.id, drawn: candidate.drawn, ending: 'whole', reason: null, cpuMs: 0 },
      ),
      columns: probes.map((probe, column) => ({
        id: probe.id,
        source: probe.source,
        drawn: probe.drawn,
        way: this.ways[column] ?? 'invalid',
        ...(probe.role === undefined ? {} : { role: probe.role }),
      })),
      states: this.#states,
      outputs: this.#outputs,
      times: this.#times,
      fuel: this.#fuel,
      texts: this.#texts,
    };
  }
}

/** A row of a candidate that gave nothing for any probe. */
export function emptyRow(row: number, width: number, ending: RowEnding, reason: string | null): RowRecord {
  const none = new Array<number>(width).fill(-1);
  const states = String(cellStates.indexOf('not-run')).repeat(width);
  return { row, ending, reason, cpuMs: 0, states, outputs: none, times: none, texts: [] };
}
