/**
 * A matrix while it grows: rows come in any order, from a run or from a file, and are all there is to know.
 *
 * Outputs are numbered over the whole task in the order in which rows are added, and a row brings the texts that none before it had; so a file that is
 * read from its beginning gives the numbers that were written. A task may be given more candidates and more probes: those that were there keep their places and cells, and
 * a candidate's record then tells of the new probes alone.
 */
import {
  type Candidate,
  cellStates,
  type Matrix,
  type MatrixRow,
  type MatrixTask,
  type Probe,
  type ProbeWay,
  type RowEnding,
} from './types.ts';

/** One candidate's cells, as a file keeps them. */
export interface RowRecord {
  /** Of `MatrixTask.candidates`. */
  readonly row: number;
  /** The first probe that it tells of: those before are in earlier records of the row. Absent: 0. */
  readonly from?: number;
  readonly ending: RowEnding;
  readonly reason: string | null;
  readonly cpuMs: number;
  /** A digit for each probe from `from`: its number in `cellStates`. */
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

const notRun = cellStates.indexOf('not-run');

/** What a task is given besides what it has. */
export interface TaskGrowth {
  readonly candidates: readonly Candidate[];
  readonly probes: readonly Probe[];
  /** Programs that are written as a candidate that is there, by its id. */
  readonly alike: readonly { readonly candidate: string; readonly id: string; readonly drawn: number }[];
}

export class MatrixBuilding {
  ways: readonly ProbeWay[] = [];
  #task: MatrixTask;
  #rows: (Omit<MatrixRow, 'id' | 'drawn'> | undefined)[];
  /** Probes of each row that are known. */
  #known: number[];
  #states: Uint8Array;
  #outputs: Int32Array;
  #times: Int32Array;
  #fuel: Float64Array | null = null;
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();

  constructor(task: MatrixTask) {
    this.#task = task;
    const cells = task.candidates.length * task.probes.length;
    this.#rows = new Array(task.candidates.length).fill(undefined);
    this.#known = new Array(task.candidates.length).fill(0);
    this.#states = new Uint8Array(cells).fill(notRun);
    this.#outputs = new Int32Array(cells).fill(-1);
    this.#times = new Int32Array(cells).fill(-1);
  }

  get task(): MatrixTask {
    return this.#task;
  }

  /** Adds candidates and probes behind those that are there. */
  grow({ candidates, probes, alike }: TaskGrowth): void {
    const before = this.#task;
    const joined = before.candidates.map((one) => {
      const more = alike.filter(({ candidate }) => candidate === one.id);
      return more.length === 0
        ? one
        : {
            ...one,
            drawn: more.reduce((sum, { drawn }) => sum + drawn, one.drawn),
            alike: [...(one.alike ?? []), ...more.map(({ id }) => id)],
          };
    });
    this.#task = { ...before, candidates: [...joined, ...candidates], probes: [...before.probes, ...probes] };
    const [rows, width, old] = [this.#task.candidates.length, this.#task.probes.length, before.probes.length];
    const widened = <Cells extends Uint8Array | Int32Array | Float64Array>(from: Cells, to: Cells): Cells => {
      for (const row of before.candidates.keys()) to.set(from.subarray(row * old, (row + 1) * old), row * width);
      return to;
    };
    this.#states = widened(this.#states, new Uint8Array(rows * width).fill(notRun));
    this.#outputs = widened(this.#outputs, new Int32Array(rows * width).fill(-1));
    this.#times = widened(this.#times, new Int32Array(rows * width).fill(-1));
    if (this.#fuel !== null) this.#fuel = widened(this.#fuel, new Float64Array(rows * width).fill(-1));
    this.#rows = [...this.#rows, ...candidates.map(() => undefined)];
    this.#known = [...this.#known, ...candidates.map(() => 0)];
  }

  /** Rows of which some probe is not known yet. */
  missing(): readonly number[] {
    const { length } = this.#task.probes;
    return [...this.#rows.keys()].filter(
      (row) => this.#rows[row] === undefined || (this.#known[row] as number) < length,
    );
  }

  /** Probes that are known of a row, from the first. */
  known(row: number): number {
    return this.#known[row] as number;
  }

  /** How a row ended on the probes that are known; null: it has run on none. */
  ended(row: number): { readonly ending: RowEnding; readonly reason: string | null } | null {
    return this.#rows[row] ?? null;
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
    const width = this.#task.probes.length;
    const { row, from = 0 } = record;
    const before = this.#rows[row];
    // Whoever did not get to the end of some calls has not got to the end.
    const last = before === undefined || before.ending === 'whole' ? record : before;
    const cpuMs = before === undefined ? record.cpuMs : Math.round(1000 * (before.cpuMs + record.cpuMs)) / 1000;
    this.#rows[row] = { ending: last.ending, reason: last.reason, cpuMs };
    this.#known[row] = from + record.states.length;
    if (record.fuel !== undefined) this.#fuel ??= new Float64Array(this.#states.length).fill(-1);
    for (let column = 0; column < record.states.length; column++) {
      const cell = row * width + from + column;
      this.#states[cell] = record.states.charCodeAt(column) - 48;
      this.#outputs[cell] = record.outputs[column] ?? -1;
      this.#times[cell] = record.times[column] ?? -1;
      if (record.fuel !== undefined && this.#fuel !== null) this.#fuel[cell] = record.fuel[column] ?? -1;
    }
  }

  /** What is there; a row that is missing has run nothing. */
  matrix(): Matrix {
    const { id, probes, candidates } = this.#task;
    return {
      task: id,
      rows: candidates.map((candidate, row) => ({
        id: candidate.id,
        drawn: candidate.drawn,
        ...(this.#rows[row] ?? { ending: 'whole', reason: null, cpuMs: 0 }),
      })),
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

/** A row of a candidate that gave nothing for any probe from `from` on. */
export function emptyRow(
  row: number,
  { from, width }: { readonly from: number; readonly width: number },
  ending: RowEnding,
  reason: string | null,
): RowRecord {
  const none = new Array<number>(width - from).fill(-1);
  const states = String(notRun).repeat(width - from);
  return { row, ...fromOf(from), ending, reason, cpuMs: 0, states, outputs: none, times: none, texts: [] };
}

/** A record from the first probe does not say so. */
export const fromOf = (from: number): { from?: number } => (from === 0 ? {} : { from });

/** Whether a row has cells that a run would fill. */
export function isOpen(building: MatrixBuilding, row: number): boolean {
  const before = building.ended(row);
  const isShort = building.known(row) < building.task.probes.length;
  return before === null || (isShort && (before.ending === 'whole' || before.ending === 'left'));
}

/**
 * Rows that have to be run, by the probe that each goes on from. Whoever did not get to the end of earlier probes is not run on later ones, as it would not have been if they had been there at first:
 * it is given an empty record.
 */
export function openRows(building: MatrixBuilding, keep: (record: RowRecord) => void): ReadonlyMap<number, number[]> {
  const width = building.task.probes.length;
  const open = new Map<number, number[]>();
  for (const row of building.missing()) {
    const from = building.known(row);
    const before = building.ended(row);
    if (before === null || isOpen(building, row)) open.set(from, [...(open.get(from) ?? []), row]);
    else keep(emptyRow(row, { from, width }, before.ending, before.reason));
  }
  return open;
}
