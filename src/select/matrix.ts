/**
 * Candidates × probes, run in the sandbox.
 *
 * Functions in Python: a batch is one job, with a process that takes tests apart and never runs a candidate, and one that forks for each candidate and never sees an expectation (`python/`).
 * Forking costs a millisecond or two where a job costs forty, so a batch holds many. A candidate that takes its neighbours down with it costs them nothing: whoever has no row is run
 * again, alone, and what has none then ended its own sandbox. Whole programs, in any language, are a job for each cell (`programs.ts`).
 *
 * What comes out of a batch was written where candidates ran, so it is read as a stranger's words.
 */
import { readFileSync } from 'node:fs';
import { WinnowError } from '../base/mod.ts';
import { type Job, type JobFile, type Outcome, pythonTypedLiterals, type Runner } from '../run/mod.ts';
import { emptyRow, fromOf, MatrixBuilding, openRows, type RowRecord } from './building.ts';
import { type CellCalls, countFuel } from './fuel.ts';
import { fillPrograms } from './programs.ts';
import { fillScripts } from './scripts.ts';
import {
  cellStates,
  type Matrix,
  type MatrixTask,
  type ProbeWay,
  probeWays,
  type RowEnding,
  rowEndings,
} from './types.ts';

export interface MatrixOptions {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of one call, ms; of a whole program on one probe. Default 100, CodeT's released code; of programs 2,000. */
  readonly callMs?: number;
  /**
   * Every call gets its full time. By default a call gets a tenth at first, and calls that were late are called again with their full time until one is late again: whoever is endless on one
   * input is so on many.
   */
  readonly patient?: boolean;
  /** Memory of one candidate, bytes. */
  readonly memoryBytes?: number;
  /** Candidates of one job. */
  readonly batch?: number;
  /** Where candidates run; whichever can if not given. Functions in Python run natively alone. */
  readonly backend?: 'native' | 'embedded';
  /** Count instructions of each cell of functions in Python, in a job of its own (`fuel.ts`). Default false. */
  readonly count?: boolean;
  /** Jobs at once; default 1. */
  readonly lanes?: number;
  /** Modules that candidates may import (functions in Python): `winnow_beside.py` among the files is loaded before any candidate, and its `warm()` is called. `read`: directories with packages. */
  readonly beside?: { readonly files: readonly JobFile[]; readonly read: readonly string[] };
  /** Cells that are known: they are not run again. Of the same task. */
  readonly building?: MatrixBuilding;
  /** Told once it is known how tests are asked, from the first that was not known before, and then of each new row. */
  readonly onWays?: (ways: readonly ProbeWay[], from: number) => void;
  readonly onRow?: (row: RowRecord) => void;
  /** Told why the context failed: what it would have defined is not there, and tests that name it are asked inside. */
  readonly onFault?: (reason: string) => void;
}

export const defaultCallMs = 100;
export const defaultMemoryBytes = 512 * 2 ** 20;
/** A job starts in some 40 ms with its two interpreters, a candidate forks in 1 to 2. More lose more when one takes them down. */
const defaultBatch = 100;

const files = [
  ...['winnow_matrix.py', 'winnow_rows.py', 'winnow_split.py', 'winnow_unroll.py', 'winnow_alone.py'].map((path) => ({
    path,
    bytes: readFileSync(new URL(`python/${path}`, import.meta.url)),
  })),
  ...pythonTypedLiterals(),
];

/**
 * @throws WinnowError `unsupported-job` where functions are not Python, or Python does not run natively, `cancelled`, and as `Runner.run` does
 */
export async function fillMatrix(task: MatrixTask, options: MatrixOptions): Promise<Matrix> {
  const building = options.building ?? new MatrixBuilding(task);
  const language = task.language ?? 'python';
  if (task.entryPoint === '') await fillPrograms(task, building, options);
  else if (language === 'python' && options.backend === 'embedded')
    throw new WinnowError(
      'unsupported-job',
      `Functions in Python are called by forks of one process, which the embedded backend has none of. Leave --backend out, or make candidates whole programs.`,
    );
  else if (language === 'python') await fillFunctions(task, building, options);
  else if (language === 'javascript' || language === 'typescript') await fillScripts(task, building, options);
  else
    throw new WinnowError(
      'unsupported-job',
      `Functions are called in Python, JavaScript and TypeScript; those of task ${task.id} are ${language}. Candidates of any language can be whole programs, with probes of "stdin".`,
    );
  return building.matrix();
}

async function fillFunctions(task: MatrixTask, building: MatrixBuilding, options: MatrixOptions): Promise<void> {
  if (task.probes.length === 0) return;
  const size = options.batch ?? defaultBatch;
  const width = task.probes.length;
  const take = async (rows: readonly number[], from: number, outcome: Outcome): Promise<readonly number[]> => {
    const batch = readBatch(outcome, rows.length, width - from);
    if (building.ways.length < width && batch.ways.length > 0) {
      if (batch.fault !== null) options.onFault?.(batch.fault);
      const known = building.ways.length;
      building.ways = [...building.ways.slice(0, from), ...batch.ways];
      options.onWays?.(building.ways.slice(known), known);
    }
    for (const [at, told] of batch.rows.entries()) {
      const row = rows[at] as number;
      const fuel =
        options.count === true ? await fuelOf(task.candidates[row]?.source ?? '', batch, told, options) : null;
      keep({ ...recordOf(row, from, told, building), ...(fuel === null ? {} : { fuel }) });
    }
    return rows.slice(batch.rows.length);
  };
  const keep = (record: RowRecord): void => {
    building.add(record);
    options.onRow?.(record);
  };
  const lanes = options.lanes ?? 1;
  const batches: { from: number; rows: readonly number[]; part: MatrixTask }[] = [];
  for (const [from, open] of openRows(building, keep)) {
    const part = from === 0 ? task : { ...task, probes: task.probes.slice(from) };
    const each = Math.min(size, Math.ceil(open.length / lanes));
    for (let first = 0; first < open.length; first += each)
      batches.push({ from, part, rows: open.slice(first, first + each) });
  }
  const queue = batches.values();
  const lane = async (): Promise<void> => {
    for (const { from, part, rows } of queue)
      for (const row of await take(rows, from, await runBatch(part, rows, options))) {
        const outcome = await runBatch(part, [row], options);
        if ((await take([row], from, outcome)).length > 0) keep(ended(row, { from, width }, outcome));
      }
  };
  await Promise.all(Array.from({ length: Math.min(lanes, batches.length) }, lane));
}

/** Of cells that gave a value; what is asked inside of a candidate's interpreter is no call. */
function fuelOf(
  source: string,
  { ways, calls }: { readonly ways: readonly ProbeWay[]; readonly calls: readonly CellCalls[] },
  { states, outputs }: Told,
  options: MatrixOptions,
): Promise<readonly number[]> {
  const gave = [...states].map((state) =>
    ['passed', 'failed', 'returned', 'unjudged'].includes(cellStates[Number(state)] ?? ''),
  );
  const cells = calls.map((cell, at) => (gave[at] === true && ways[at] !== 'inside' ? cell : null));
  return countFuel(source, cells, outputs, options);
}

/** A candidate whose sandbox gave nothing back, alone in it. */
function ended(row: number, cells: { from: number; width: number }, { ending }: Outcome): RowRecord {
  const reason =
    ending.kind === 'crashed'
      ? ending.reason
      : ending.kind === 'exited'
        ? 'it ended the process that ran it'
        : ending.kind;
  return emptyRow(row, cells, ending.kind === 'timed-out' ? 'timed-out' : 'died', reason);
}

async function runBatch(task: MatrixTask, rows: readonly number[], options: MatrixOptions): Promise<Outcome> {
  const callMs = options.callMs ?? defaultCallMs;
  const memoryBytes = options.memoryBytes ?? defaultMemoryBytes;
  // As CodeT's harness: its own time for each call, and a little for the whole. One call more, for what is called again after it was late.
  const wallMs = Math.max(2_000, callMs * (task.probes.length + 1) + 100);
  const batch = {
    entryPoint: task.entryPoint,
    context: task.context,
    probes: task.probes.map(({ source }) => source),
    candidates: rows.map((row) => task.candidates[row]?.source),
    callMs,
    patient: options.patient ?? false,
    tellCalls: options.count ?? false,
    loadMs: Math.max(callMs, 1_000),
    wallMs,
    memoryBytes,
  };
  const all = wallMs * rows.length + 10_000;
  const job: Job = {
    language: 'python',
    entry: 'winnow_matrix.py',
    files: [
      ...files,
      ...(options.beside?.files ?? []),
      { path: 'batch.json', bytes: new TextEncoder().encode(JSON.stringify(batch)) },
    ],
    grants: { read: options.beside?.read ?? [] },
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
  /** Texts by their numbers in the batch. */
  readonly outputs: readonly (string | null)[];
  readonly times: readonly number[];
}

/** Rows from the first to the last that is sound; texts are numbered over all rows of a batch, in the order in which they come. */
function readBatch(
  outcome: Outcome,
  most: number,
  width: number,
): { ways: readonly ProbeWay[]; calls: readonly CellCalls[]; fault: string | null; rows: Told[] } {
  // Who did not end by itself has written nothing: what lies there is a candidate's.
  const isOurs = outcome.ending.kind === 'exited' && outcome.ending.code === 0;
  const file = isOurs ? outcome.files.find(({ path }) => path === 'rows.jsonl') : undefined;
  const text = file !== undefined && 'bytes' in file ? new TextDecoder().decode(file.bytes) : '';
  const [head, ...lines] = text.split('\n').filter((line) => line !== '');
  const { ways, calls, fault } = readJson(head) ?? {};
  const texts: string[] = [];
  const rows: Told[] = [];
  for (const line of lines.slice(0, most)) {
    const row = readJson(line);
    if (row === null || !isSound(row, width)) break;
    texts.push(...row.texts);
    const outputs = row.outputs.map((number) => texts[number] ?? null);
    rows.push({ ...row, outputs });
  }
  return {
    ways: isWays(ways, width) ? ways : [],
    calls: readCalls(calls),
    fault: typeof fault === 'string' ? fault : null,
    rows,
  };
}

/** Written by who takes tests apart, and told only when asked for. */
const readCalls = (told: unknown): readonly CellCalls[] =>
  Array.isArray(told) ? told.map(([before, calls]: [string | null, string[]]) => ({ before, calls })) : [];

function recordOf(row: number, from: number, told: Told, building: MatrixBuilding): RowRecord {
  const { ending, reason, cpuMs, states, times } = told;
  const given = told.outputs.filter((text) => text !== null);
  const { numbers, fresh } = building.number(given);
  let next = 0;
  const outputs = told.outputs.map((text) => (text === null ? -1 : (numbers[next++] as number)));
  return { row, ...fromOf(from), ending, reason, cpuMs, states, outputs, times, texts: fresh };
}

export function readJson(line: string | undefined): Record<string, unknown> | null {
  try {
    const value: unknown = line === undefined ? null : JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}

export const isWays = (ways: unknown, width: number): ways is readonly ProbeWay[] =>
  Array.isArray(ways) && ways.length === width && ways.every((way) => probeWays.includes(way));

/** Whether words that came from elsewhere have the form of a row. */
export function isSound(row: Record<string, unknown>, width: number): row is Record<string, unknown> & RowShape {
  const { ending, reason, cpuMs, states, outputs, times, texts } = row;
  const isNumbers = (list: unknown): boolean =>
    Array.isArray(list) && list.length === width && list.every(Number.isInteger);
  return (
    rowEndings.includes(ending as RowEnding) &&
    (reason === null || typeof reason === 'string') &&
    typeof cpuMs === 'number' &&
    typeof states === 'string' &&
    states.length === width &&
    /^[0-6]*$/.test(states) &&
    isNumbers(outputs) &&
    isNumbers(times) &&
    Array.isArray(texts) &&
    texts.every((text) => typeof text === 'string')
  );
}

type RowShape = Omit<RowRecord, 'row' | 'from'>;
