/**
 * `check`: candidates of one or many tasks on their probes, into a file that later steps read.
 *
 * Candidates that are written alike (equal trees without comments and docstrings in Python, equal trees in JavaScript and TypeScript, equal text elsewhere) run once and count as often as they were drawn. What a file already holds is not run
 * again: an interrupted check goes on where it ended, and of a task that has grown only the new cells run.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Runner, runLanguage } from '../run/mod.ts';
import { isOpen, MatrixBuilding, type TaskGrowth } from './building.ts';
import { type FiledMatrix, type MatrixHeader, type MatrixWriter, matrixSchema, openMatrixWriter } from './file.ts';
import { growthOf, joined } from './growth.ts';
import { makeInputs } from './inputs/inputs.ts';
import type { LoadGrammar } from './inputs/seeds.ts';
import { defaultCallMs, defaultMemoryBytes, fillMatrix } from './matrix.ts';
import { defaultProgramMs } from './programs.ts';
import type { MatrixTask, Probe } from './types.ts';
import { normalForms } from './wellformed.ts';

export interface CheckOptions {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of a call, ms; null: 100 for a call, 2,000 for a whole program. */
  readonly callMs: number | null;
  readonly memoryBytes: number | null;
  /** Where candidates run; null: natively where that can be, and functions of Python always. */
  readonly backend?: 'native' | 'embedded' | null;
  /** As `MatrixOptions.count`. Default false. */
  readonly count?: boolean;
  readonly patient: boolean;
  /** Add so many inputs for candidates of functions, those on which they differ first. `load` gives grammars, for kinds of parameters in JavaScript and TypeScript. Default 0. */
  readonly inputs?: { readonly count: number; readonly seed: number; readonly load?: LoadGrammar };
  /** What a program of another language than Python has in common with those that are written alike; null where that is not known. Default: its text. */
  readonly alikeForm?: (source: string, language: string) => Promise<string | null>;
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
  /** Candidates of which the file held all cells already. */
  readonly resumed: number;
  /** Candidates and probes that were added to tasks that the file held. */
  readonly grown: { readonly candidates: number; readonly probes: number };
  /** Candidates and probes that the file holds and that were not given now; they stay. */
  readonly kept: { readonly candidates: number; readonly probes: number };
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
  const named = tasks.map((task) => ({ ...task, language: runLanguage(task.language ?? 'python').name }));
  const header = await headerOf(named, options);
  const writer = options.out === null ? null : openMatrixWriter(options.out, header);
  try {
    return await fillAll(named, header, writer, options);
  } finally {
    writer?.close();
  }
}

/** Tasks as they are run: copies joined, and with what a file holds besides. */
interface Begun {
  readonly building: MatrixBuilding;
  readonly grown: TaskGrowth;
  /** Probes that were made, now or earlier. */
  readonly made: number;
}

/** Adds what is new to what the file holds, or begins. */
async function begin(
  task: MatrixTask,
  header: MatrixHeader,
  writer: MatrixWriter | null,
  options: CheckOptions,
): Promise<Begun> {
  const known = writer?.task(task.id) ?? null;
  const formOf = await formsOf([...(known?.candidates ?? []), ...task.candidates], task, options);
  const first = known ?? {
    ...task,
    candidates: options.merge === false ? task.candidates : joined(task.candidates, formOf),
  };
  const growth: TaskGrowth =
    known === null ? { candidates: [], probes: [], alike: [] } : growthOf(known, task, formOf, options.out ?? '');
  const probes = [...first.probes, ...growth.probes];
  const given = new Set(task.probes.map(({ id }) => id));
  const before = probes.filter(({ id }) => isMade(id) && !given.has(id)).length;
  const made =
    before > 0
      ? []
      : await moreProbes(
          { ...first, candidates: [...first.candidates, ...growth.candidates], probes },
          header,
          options,
        );
  const grown = { ...growth, probes: [...growth.probes, ...made] };
  if (known === null) {
    const whole = { ...first, probes: [...probes, ...made] };
    return { building: writer?.begin(whole) ?? new MatrixBuilding(whole), grown: growth, made: made.length };
  }
  writer?.grow(task.id, grown);
  return {
    building: (writer as MatrixWriter).begin((writer as MatrixWriter).task(task.id) as MatrixTask),
    grown,
    made: before + made.length,
  };
}

async function fillAll(
  tasks: readonly MatrixTask[],
  header: MatrixHeader,
  writer: MatrixWriter | null,
  options: CheckOptions,
): Promise<Checked> {
  const { runner, signal } = options;
  const begun: Begun[] = [];
  for (const task of tasks) begun.push(await begin(task, header, writer, options));
  const sum = (of: (one: Begun) => number): number => begun.reduce((all, one) => all + of(one), 0);
  const total = sum(({ building }) => building.task.candidates.length);
  const resumed = total - sum(({ building }) => building.missing().length);
  const pairs = sum(({ building }) =>
    building
      .missing()
      .filter((row) => isOpen(building, row))
      .reduce((all, row) => all + building.task.probes.length - building.known(row), 0),
  );
  let done = resumed;
  const matrices: FiledMatrix[] = [];
  const fill = async ({ building }: Begun, index: number): Promise<void> => {
    const { task } = building;
    const matrix = await fillMatrix(task, {
      runner,
      signal,
      callMs: callMsOf(task, options),
      patient: options.patient,
      memoryBytes: header.settings.memoryBytes,
      ...backendOf(options),
      ...(options.count === true && task.language === 'python' && task.entryPoint !== '' ? { count: true } : {}),
      lanes: Math.ceil(options.jobs / begun.length),
      ...(options.batch === undefined ? {} : { batch: options.batch }),
      building,
      onFault: (reason) => options.onFault?.(task.id, reason),
      onWays: (ways, from) => writer?.ways(task, ways, from),
      onRow: (record) => {
        writer?.row(task, record);
        options.onRow(++done, total);
      },
    });
    matrices[index] = { task, matrix, missing: 0 };
  };
  const queue = begun.entries();
  const lane = async (): Promise<void> => {
    for (const [index, one] of queue) await fill(one, index);
  };
  await Promise.all(Array.from({ length: Math.min(options.jobs, begun.length) }, lane));
  const given = tasks.reduce((all, { candidates }) => all + candidates.length, 0);
  const ids = ({ building }: Begun): number =>
    building.task.candidates.reduce((all, { alike }) => all + 1 + (alike?.length ?? 0), 0);
  return {
    matrices,
    alike: sum(ids) - total,
    resumed,
    grown: {
      candidates: sum(({ grown }) => grown.candidates.length + grown.alike.length),
      probes: sum(({ grown }) => grown.probes.length),
    },
    kept: {
      candidates: sum(ids) - given,
      probes:
        sum(({ building, made }) => building.task.probes.length - made) -
        tasks.reduce((all, { probes }) => all + probes.length, 0),
    },
    torn: writer?.torn ?? 0,
    header,
    pairs,
    added: sum(({ made }) => made),
  };
}

const isMade = (id: string): boolean => /^made-\d+$/.test(id);

/** Inputs that were made earlier are in the file, and are not made anew: others might tell candidates apart today. */
async function moreProbes(task: MatrixTask, header: MatrixHeader, options: CheckOptions): Promise<readonly Probe[]> {
  const { inputs, runner, signal, jobs } = options;
  if (inputs === undefined || inputs.count === 0 || task.entryPoint === '') return [];
  const made = await makeInputs(
    task,
    inputs.count,
    inputs.seed,
    {
      runner,
      signal,
      callMs: callMsOf(task, options),
      memoryBytes: header.settings.memoryBytes,
      ...backendOf(options),
      lanes: jobs,
    },
    inputs.load ?? null,
  );
  return made.probes;
}

const backendOf = ({ backend }: CheckOptions): { backend?: 'native' | 'embedded' } =>
  backend === undefined || backend === null ? {} : { backend };

const callMsOf = (task: MatrixTask, { callMs }: CheckOptions): number =>
  callMs ?? (task.entryPoint === '' ? defaultProgramMs : defaultCallMs);

/** What two programs have in common that are written alike. */
async function formsOf(
  candidates: readonly { readonly source: string }[],
  { language }: MatrixTask,
  { runner, signal, merge, alikeForm }: CheckOptions,
): Promise<(source: string) => string> {
  if (merge === false) return (source) => source;
  const sources = [...new Set(candidates.map(({ source }) => source))];
  const formOf = new Map<string, string>();
  if (language === 'python') {
    const forms = await normalForms(sources, runner, signal);
    for (const [index, source] of sources.entries()) formOf.set(source, forms[index] as string);
  } else
    for (const source of sources) {
      const form = (await alikeForm?.(source, language ?? '')) ?? null;
      // The mark keeps a text from being taken for a tree.
      formOf.set(source, form === null ? `text ${source.trim()}` : `tree ${form}`);
    }
  return (source) => formOf.get(source) as string;
}

async function headerOf(tasks: readonly MatrixTask[], options: CheckOptions): Promise<MatrixHeader> {
  const languages = new Set(tasks.map(({ language }) => language ?? 'python'));
  const offered = (await options.runner.offers()).flatMap(({ runtimes }) => runtimes);
  const runtimes: Record<string, string> = {};
  for (const language of [...languages].sort()) {
    const runtime = offered.find(
      (one) => one.language === language && one.state === 'ready' && (options.backend ?? one.backend) === one.backend,
    );
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
