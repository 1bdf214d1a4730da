/**
 * `check`: candidates of one or many tasks on their probes, into a file that later steps read.
 *
 * Candidates that are written alike (equal trees without comments and docstrings in Python, equal text elsewhere) run once and count as often as they were drawn. What a file already holds is not run
 * again, so an interrupted check goes on where it ended.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Runner, runLanguage } from '../run/mod.ts';
import { MatrixBuilding } from './building.ts';
import { type FiledMatrix, type MatrixHeader, type MatrixWriter, matrixSchema, openMatrixWriter } from './file.ts';
import { distinguishingInputs } from './inputs.ts';
import { defaultCallMs, defaultMemoryBytes, fillMatrix } from './matrix.ts';
import { defaultProgramMs } from './programs.ts';
import type { Candidate, MatrixTask, Probe } from './types.ts';
import { normalForms } from './wellformed.ts';

export interface CheckOptions {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of a call, ms; null: 100 for a call, 2,000 for a whole program. */
  readonly callMs: number | null;
  readonly memoryBytes: number | null;
  readonly patient: boolean;
  /** Add so many inputs, at the most, on which candidates of functions differ. Default 0. */
  readonly inputs?: { readonly count: number; readonly seed: number };
  /** Run candidates that are written alike once. Default true. */
  readonly merge?: boolean;
  /** Jobs at once, ≥ 1. */
  readonly jobs: number;
  /** Candidates of one job: what an interruption loses at the most, for each lane. Default: `MatrixOptions.batch`. */
  readonly batch?: number;
  /** File to write or go on with; null: kept in memory alone. */
  readonly out: string | null;
  readonly onRow: (done: number, total: number) => void;
  /** Told why the context of a task failed. */
  readonly onFault?: (task: string, reason: string) => void;
}

export interface Checked {
  readonly matrices: readonly FiledMatrix[];
  /** Candidates that were not run because another is the same program. */
  readonly alike: number;
  /** Rows that the file held already. */
  readonly resumed: number;
  /** Lines of the file that had no end and were dropped. */
  readonly torn: number;
  readonly header: MatrixHeader;
  /** Pairs of a candidate and a probe that were run now. */
  readonly pairs: number;
  /** Probes that were made. */
  readonly added: number;
}

/** @throws WinnowError as `openMatrixWriter` and `fillMatrix` do */
export async function check(tasks: readonly MatrixTask[], options: CheckOptions): Promise<Checked> {
  const { runner, signal } = options;
  const merged: MatrixTask[] = [];
  for (const task of tasks) merged.push(options.merge === false ? task : await withoutCopies(task, runner, signal));
  const header = await headerOf(merged, options);
  const writer = options.out === null ? null : openMatrixWriter(options.out, header);
  try {
    return await fillAll(tasks, merged, header, writer, options);
  } finally {
    writer?.close();
  }
}

async function fillAll(
  tasks: readonly MatrixTask[],
  merged: MatrixTask[],
  header: MatrixHeader,
  writer: MatrixWriter | null,
  options: CheckOptions,
): Promise<Checked> {
  const { runner, signal } = options;
  let added = 0;
  for (const [index, task] of merged.entries()) {
    const more = await moreProbes(task, writer?.task(task.id) ?? null, header, options);
    added += more.length;
    merged[index] = { ...task, probes: [...task.probes, ...more] };
  }
  const buildings = merged.map((task) => writer?.begin(task) ?? new MatrixBuilding(task));
  const total = merged.reduce((sum, { candidates }) => sum + candidates.length, 0);
  const resumed = total - buildings.reduce((sum, building) => sum + building.missing().length, 0);
  const pairs = buildings.reduce((sum, building) => sum + building.missing().length * building.task.probes.length, 0);
  let done = resumed;
  const matrices: FiledMatrix[] = [];
  const fill = async (task: MatrixTask, index: number): Promise<void> => {
    const matrix = await fillMatrix(task, {
      runner,
      signal,
      callMs: callMsOf(task, options),
      patient: options.patient,
      memoryBytes: header.settings.memoryBytes,
      lanes: Math.ceil(options.jobs / merged.length),
      ...(options.batch === undefined ? {} : { batch: options.batch }),
      building: buildings[index] as MatrixBuilding,
      onFault: (reason) => options.onFault?.(task.id, reason),
      onWays: (ways) => writer?.ways(task, ways),
      onRow: (record) => {
        writer?.row(task, record);
        options.onRow(++done, total);
      },
    });
    matrices[index] = { task, matrix, missing: 0 };
  };
  const queue = merged.entries();
  const lane = async (): Promise<void> => {
    for (const [index, task] of queue) await fill(task, index);
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, merged.length) }, lane));
  const given = tasks.reduce((sum, { candidates }) => sum + candidates.length, 0);
  return { matrices, alike: given - total, resumed, torn: writer?.torn ?? 0, header, pairs, added };
}

/** Inputs that were made earlier are in the file, and are not made anew: others might tell candidates apart today. */
async function moreProbes(
  task: MatrixTask,
  known: MatrixTask | null,
  header: MatrixHeader,
  options: CheckOptions,
): Promise<readonly Probe[]> {
  const { inputs, runner, signal, jobs } = options;
  if (inputs === undefined || inputs.count === 0 || task.entryPoint === '') return [];
  if (known !== null) return known.probes.slice(task.probes.length);
  return distinguishingInputs(task, inputs.count, inputs.seed, {
    runner,
    signal,
    callMs: callMsOf(task, options),
    memoryBytes: header.settings.memoryBytes,
    lanes: jobs,
  });
}

const callMsOf = (task: MatrixTask, { callMs }: CheckOptions): number =>
  callMs ?? (task.entryPoint === '' ? defaultProgramMs : defaultCallMs);

async function withoutCopies(task: MatrixTask, runner: Runner, signal: AbortSignal): Promise<MatrixTask> {
  const sources = task.candidates.map(({ source }) => source);
  const isPython = runLanguage(task.language ?? 'python').name === 'python';
  const forms = isPython ? await normalForms(sources, runner, signal) : sources.map((source) => source.trim());
  const kept = new Map<string, Candidate & { alike: string[] }>();
  for (const [index, candidate] of task.candidates.entries()) {
    const form = forms[index] as string;
    const same = kept.get(form);
    if (same === undefined) kept.set(form, { ...candidate, alike: [] });
    else {
      same.alike.push(candidate.id);
      kept.set(form, { ...same, drawn: same.drawn + candidate.drawn });
    }
  }
  return { ...task, language: runLanguage(task.language ?? 'python').name, candidates: [...kept.values()] };
}

async function headerOf(tasks: readonly MatrixTask[], options: CheckOptions): Promise<MatrixHeader> {
  const languages = new Set(tasks.map(({ language }) => language ?? 'python'));
  const offered = (await options.runner.offers()).flatMap(({ runtimes }) => runtimes);
  const runtimes: Record<string, string> = {};
  for (const language of [...languages].sort()) {
    const runtime = offered.find((one) => one.language === language && one.state === 'ready');
    if (runtime !== undefined) runtimes[language] = runtime.version ?? 'unknown';
  }
  const text = readFileSync(join(import.meta.dirname, '..', '..', 'package.json'), 'utf8');
  return {
    schema: matrixSchema,
    winnow: (JSON.parse(text) as { version: string }).version,
    settings: {
      callMs: tasks[0] === undefined ? defaultCallMs : callMsOf(tasks[0], options),
      memoryBytes: options.memoryBytes ?? defaultMemoryBytes,
      patient: options.patient,
    },
    runtimes,
  };
}
