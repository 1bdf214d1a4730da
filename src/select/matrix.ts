/**
 * Candidates × probes, run in the sandbox.
 *
 * A batch is one job: a process that takes tests apart and never runs a candidate, and one that forks for each candidate and never sees an expectation (`python/`). Forking
 * costs a millisecond where a job costs ten, so a batch holds many. A candidate that takes its neighbours down with it costs them nothing: whoever has no row is run again,
 * alone, and what has none then ended its own sandbox.
 *
 * Python only. What comes out of a batch was written where candidates ran, so it is read as a stranger's words.
 */
import { readFileSync } from 'node:fs';
import { type Job, type Outcome, pythonLiterals, type Runner } from '../run/mod.ts';
import {
  type Candidate,
  cellStates,
  type Matrix,
  type MatrixRow,
  type Probe,
  type ProbeWay,
  probeWays,
  type RowEnding,
  rowEndings,
} from './types.ts';

export interface MatrixTask {
  readonly id: string;
  /** Name of the function that probes call. */
  readonly entryPoint: string;
  /** What questions may use besides built-ins: the imports that stand above a candidate. Run where no candidate is. */
  readonly context: string;
  /** Each source once. */
  readonly candidates: readonly Candidate[];
  readonly probes: readonly Probe[];
}

export interface MatrixOptions {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of one call, ms; after three in a row that pass it, a tenth. Default 100: CodeT's released code. */
  readonly callMs?: number;
  /** Memory of one candidate, bytes. */
  readonly memoryBytes?: number;
  /** Candidates of one job. */
  readonly batch?: number;
}

const defaultCallMs = 100;
const defaultMemoryBytes = 512 * 2 ** 20;
/** A job starts in some 40 ms with its two interpreters, a candidate forks in 1 to 2: of forty, half is candidates. More lose more when one takes them down. */
const defaultBatch = 50;

const files = [
  ...['winnow_matrix.py', 'winnow_rows.py', 'winnow_split.py'].map((path) => ({
    path,
    bytes: readFileSync(new URL(`python/${path}`, import.meta.url)),
  })),
  pythonLiterals(),
];

/**
 * @throws WinnowError `unsupported-job` where Python does not run natively, `cancelled`, and as `Runner.run` does
 */
export async function fillMatrix(task: MatrixTask, options: MatrixOptions): Promise<Matrix> {
  const { candidates, probes } = task;
  const matrix = new Filling(task);
  const size = options.batch ?? defaultBatch;
  const batches: number[][] = [];
  for (let first = 0; first < candidates.length; first += size)
    batches.push(candidates.slice(first, first + size).map((_, index) => first + index));
  if (probes.length > 0)
    for (const rows of batches) {
      const missing = matrix.take(rows, await runBatch(task, rows, options));
      for (const row of missing) {
        const outcome = await runBatch(task, [row], options);
        if (matrix.take([row], outcome).length > 0) matrix.ended(row, outcome);
      }
    }
  return matrix.whole();
}

async function runBatch(task: MatrixTask, rows: readonly number[], options: MatrixOptions): Promise<Outcome> {
  const callMs = options.callMs ?? defaultCallMs;
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes;
  // As CodeT's harness: its own time for each call, and a little for the whole.
  const wallMs = Math.max(2_000, callMs * task.probes.length + 100);
  const batch = {
    entryPoint: task.entryPoint,
    context: task.context,
    probes: task.probes.map(({ source }) => source),
    candidates: rows.map((row) => task.candidates[row]?.source),
    callMs,
    loadMs: Math.max(callMs, 1_000),
    wallMs,
    memoryBytes,
  };
  const all = wallMs * rows.length + 10_000;
  const job: Job = {
    language: 'python',
    entry: 'winnow_matrix.py',
    files: [...files, { path: 'batch.json', bytes: new TextEncoder().encode(JSON.stringify(batch)) }],
    limits: {
      wallMs: Math.min(all, 3_600_000),
      cpuMs: Math.min(all, 3_600_000),
      memoryBytes: memoryBytes + 256 * 2 ** 20,
      fileBytes: 256 * 2 ** 20,
      processes: 64,
    },
  };
  const outcome = await options.runner.run(job, { backend: 'native', signal: options.signal });
  const { ending } = outcome;
  if (ending.kind === 'exited' && ending.code !== 0 && rows.length > 1) {
    const told = new TextDecoder().decode(outcome.stderr.tail.length > 0 ? outcome.stderr.tail : outcome.stderr.head);
    if (told.includes('winnow_matrix.py')) throw new Error(`the matrix’s own program failed: ${told.slice(-2_000)}`);
  }
  return outcome;
}

interface Told {
  readonly ending: RowEnding;
  readonly reason: string | null;
  readonly cpuMs: number;
  readonly states: string;
  readonly outputs: readonly number[];
  readonly texts: readonly string[];
}

class Filling {
  readonly #task: MatrixTask;
  readonly #rows: (MatrixRow | undefined)[];
  readonly #states: Uint8Array;
  readonly #outputs: Int32Array;
  readonly #texts: string[] = [];
  readonly #numbers = new Map<string, number>();
  #ways: readonly ProbeWay[] = [];

  constructor(task: MatrixTask) {
    this.#task = task;
    const cells = task.candidates.length * task.probes.length;
    this.#rows = new Array(task.candidates.length).fill(undefined);
    this.#states = new Uint8Array(cells).fill(cellStates.indexOf('not-run'));
    this.#outputs = new Int32Array(cells).fill(-1);
  }

  /** @returns rows that have none */
  take(rows: readonly number[], outcome: Outcome): readonly number[] {
    const file = outcome.files.find(({ path }) => path === 'rows.jsonl');
    const text = file !== undefined && 'bytes' in file ? new TextDecoder().decode(file.bytes) : '';
    const [head, ...lines] = text.split('\n').filter((line) => line !== '');
    const ways = (readJson(head)?.ways ?? []) as unknown;
    if (isWays(ways, this.#task.probes.length)) this.#ways = ways;
    // Texts are numbered over all rows of a batch, in the order in which they come.
    const texts: number[] = [];
    const missing: number[] = [];
    for (const [at, row] of rows.entries()) {
      const told = readTold(readJson(lines[at]), this.#task.probes.length);
      if (told === null) {
        missing.push(...rows.slice(at));
        break;
      }
      for (const one of told.texts) texts.push(this.#number(one));
      this.#fill(row, told, texts);
    }
    return missing;
  }

  /** A candidate whose sandbox gave nothing back, alone in it. */
  ended(row: number, { ending }: Outcome): void {
    const reason = ending.kind === 'crashed' ? ending.reason : ending.kind;
    const kind: RowEnding = ending.kind === 'timed-out' ? 'timed-out' : 'died';
    this.#rows[row] = this.#rowOf(row, kind, reason, 0);
  }

  #rowOf(row: number, ending: RowEnding, reason: string | null, cpuMs: number): MatrixRow {
    const { id, drawn } = this.#task.candidates[row] as Candidate;
    return { id, drawn, ending, reason, cpuMs };
  }

  #fill(row: number, told: Told, texts: readonly number[]): void {
    this.#rows[row] = this.#rowOf(row, told.ending, told.reason, told.cpuMs);
    const width = this.#task.probes.length;
    for (let column = 0; column < width; column++) {
      this.#states[row * width + column] = told.states.charCodeAt(column) - 48;
      const number = told.outputs[column] as number;
      if (number >= 0) this.#outputs[row * width + column] = texts[number] ?? -1;
    }
  }

  #number(text: string): number {
    const known = this.#numbers.get(text);
    if (known !== undefined) return known;
    this.#numbers.set(text, this.#texts.length);
    return this.#texts.push(text) - 1;
  }

  whole(): Matrix {
    const { id, probes, candidates } = this.#task;
    return {
      task: id,
      rows: candidates.map((_, row) => this.#rows[row] ?? this.#rowOf(row, 'whole', null, 0)),
      columns: probes.map((probe, column) => ({ ...probe, way: this.#ways[column] ?? 'invalid' })),
      states: this.#states,
      outputs: this.#outputs,
      texts: this.#texts,
    };
  }
}

function readJson(line: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = line === undefined ? null : JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

const isWays = (ways: unknown, width: number): ways is readonly ProbeWay[] =>
  Array.isArray(ways) && ways.length === width && ways.every((way) => probeWays.includes(way));

function readTold(row: Record<string, unknown> | null, width: number): Told | null {
  if (row === null) return null;
  const { ending, reason, cpuMs, states, outputs, texts } = row;
  const isSound =
    rowEndings.includes(ending as RowEnding) &&
    (reason === null || typeof reason === 'string') &&
    typeof cpuMs === 'number' &&
    typeof states === 'string' &&
    states.length === width &&
    /^[0-5]*$/.test(states) &&
    Array.isArray(outputs) &&
    outputs.length === width &&
    outputs.every(Number.isInteger) &&
    Array.isArray(texts) &&
    texts.every((text) => typeof text === 'string');
  return isSound ? (row as unknown as Told) : null;
}
