/**
 * A job becomes another job that writes what it does, and runs in the sandbox like any other.
 *
 * Each language has a tracer, which puts files of its own beside the program, and may rewrite the program. What comes out is one
 * format. So a trace needs nothing of a backend, and both have it.
 *
 * A program runs traced as it runs alone, but slower, with a few more frames on its stack, and with a directory beside it. It can find out.
 */
import { WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import { defaultLimits } from '../joblimits.ts';
import { runLanguage } from '../languages.ts';
import { keepClear, ownFile, withoutOwn } from '../owndirectory.ts';
import type { Runner, RunOptions } from '../runner.ts';
import type { Job, JobFile, Outcome } from '../types.ts';
import { readTrace } from './read.ts';
import { tracers } from './tracers.ts';
import type { Trace, TraceLevel, TraceLimits } from './types.ts';

/** Where a tracer and what it writes lie, below the work directory; no file of a job may be in it. */
export const traceDirectory = '.winnow-trace';

/**
 * Enough for a person to read and for every program of CRUXEval to be whole; of a loop that runs a million times its beginning is kept, and what it
 * came to.
 */
export const defaultTraceLimits: TraceLimits = {
  events: 100_000,
  bytes: 64 * 1024 * 1024,
  firstHits: 100,
  lastHits: 0,
  items: 100,
  text: 1_000,
  depth: 4,
};

export interface TraceOptions {
  /** Default: all that the language's tracer can tell. */
  readonly level?: TraceLevel;
  readonly limits?: Partial<TraceLimits>;
  /** Paths among the job's files; default all that the tracer knows. Others run and are not looked into. */
  readonly files?: readonly string[];
  /**
   * How often each line runs, from a run before, by file: for tracers that cannot know an execution to be among the last while it happens
   * (`Tracer.needsTotals`).
   */
  readonly totals?: ReadonlyMap<string, ReadonlyMap<number, number>>;
  /** Read what an object's own code says of it (`__repr__`, getters). Default false: user code never runs for the trace. */
  readonly askObjects?: boolean;
  /**
   * A file of the job, for tracers that cannot see by itself that a value was made up: a module that exports `madeUp`, which gives type and text of such a
   * value, and null of any other.
   */
  readonly madeUp?: string;
}

export interface TracingJob {
  readonly job: Job;
  /** Files of the language that could not be prepared, and why: what runs in them is not told. */
  readonly left: readonly { readonly path: string; readonly reason: string }[];
  /** What files of the job were made from, by the paths that the trace has for them; in the place of files of the job of the same path. */
  readonly sources?: readonly JobFile[];
}

export interface Traced {
  /** Without what was recorded. */
  readonly outcome: Outcome;
  /** Of the first process, then of others that it started; empty when nothing was recorded: the program did not get to begin. */
  readonly traces: readonly Trace[];
  /** The first as it was written; empty when nothing was. */
  readonly recording: Uint8Array;
}

/** What a tracer is given beside the job. It travels to the tracer's own part in `plan.json`. */
export interface TracePlan {
  readonly level: TraceLevel;
  readonly limits: TraceLimits;
  /** Files to look into. */
  readonly files: readonly string[];
  readonly askObjects: boolean;
  readonly madeUp: string | null;
  readonly entry: string;
  /** By file, pairs of line and how often it runs in all; null when not known. */
  readonly totals: Readonly<Record<string, readonly (readonly [line: number, count: number])[]>> | null;
}

export interface Tracer {
  /** It tells the last executions of a line only with `TraceOptions.totals`: `traceRun` runs the job twice. */
  readonly needsTotals?: boolean;
  /** What files it can look into. */
  readonly extensions: readonly string[];
  readonly levels: readonly TraceLevel[];
  /** The job with its own files beside, or with rewritten ones. Paths of its own begin with `traceDirectory`. */
  prepare(job: Job, plan: TracePlan, load: LoadFile): Promise<TracingJob>;
}

/**
 * @param load gives bytes of `web-tree-sitter.wasm` and of grammars by file name
 * @throws WinnowError `unsupported-job` when there is no tracer for the language, or none for the level; `bad-job` when a file of the job stands in the
 *   way or a limit is out of its range; `unknown-language`
 */
export async function traceJob(job: Job, options: TraceOptions, load: LoadFile): Promise<TracingJob> {
  const { name, label } = runLanguage(job.language);
  const tracer = await tracers[name]?.();
  const all = Object.keys(tracers).join(', ');
  if (tracer === undefined)
    throw new WinnowError('unsupported-job', `Runs of ${all} can be traced; this program is ${label}.`, {
      details: { language: name },
    });
  const level = options.level ?? tracer.levels.at(-1);
  if (level === undefined || !tracer.levels.includes(level))
    throw new WinnowError(
      'unsupported-job',
      `A run of ${label} can be traced at the levels ${tracer.levels.join(', ')}; not at ${level}.`,
      { details: { language: name, level } },
    );
  keepClear(job.files, traceDirectory, 'traces are written');
  const limits = checkedLimits(options.limits ?? {});
  const known = job.files.map(({ path }) => path).filter((path) => isOf(path, tracer) || path === job.entry);
  const files = options.files ?? known;
  const prepared = await tracer.prepare(
    job,
    {
      ...{ level, limits, files, askObjects: options.askObjects ?? false, madeUp: options.madeUp ?? null },
      ...{ entry: job.entry, totals: totalsOf(options) },
    },
    load,
  );
  return { ...prepared, job: withRoom(prepared.job, limits.bytes) };
}

const totalsOf = ({ totals }: TraceOptions): TracePlan['totals'] =>
  totals === undefined ? null : Object.fromEntries([...totals].map(([file, lines]) => [file, [...lines]]));

/**
 * Runs a job and takes its trace. Where a tracer cannot tell the last executions of lines that run often, a job that has run to its end runs a second time;
 * nothing of a job is outside of its sandbox, so that only time is lost. With the network granted it runs once.
 *
 * @throws as `traceJob` and `Runner.run` do
 */
export async function traceRun(
  runner: Runner,
  job: Job,
  options: TraceOptions,
  load: LoadFile,
  how: RunOptions = {},
): Promise<Traced & Omit<TracingJob, 'job'>> {
  const { job: first, ...told } = await traceJob(job, options, load);
  const once = { ...takeTrace(await runner.run(first, how)), ...told };
  const [trace] = once.traces;
  const needs = (await tracers[runLanguage(job.language).name]?.())?.needsTotals === true;
  if (!needs || trace === undefined || trace.gaps.skippedLines === 0 || trace.gaps.cut) return once;
  if (trace.limits.lastHits === 0 || job.grants?.network === true) return once;
  const totals = new Map(trace.counts.map(({ file, lines }) => [file, lines]));
  const second = await traceJob(job, { ...options, totals }, load);
  const twice = { ...takeTrace(await runner.run(second.job, how)), ...told };
  return sameCounts(trace, twice.traces[0]) ? twice : once;
}

/** Another course of the program has other last executions than were foretold. */
const sameCounts = (one: Trace, other: Trace | undefined): boolean =>
  JSON.stringify(one.counts.map(({ file, lines }) => [file, ...lines])) ===
  JSON.stringify(other?.counts.map(({ file, lines }) => [file, ...lines]));

/** Takes what was recorded out of an outcome. */
export function takeTrace(outcome: Outcome): Traced {
  const recordings = outcome.files
    .flatMap((file) =>
      'bytes' in file && /^\.winnow-trace\/trace(-\d+)?\.jsonl$/.test(file.path)
        ? [{ path: file.path, bytes: file.bytes }]
        : [],
    )
    .sort((a, b) => a.path.length - b.path.length || (a.path < b.path ? -1 : 1));
  const traces = recordings.map(({ bytes }) => readTrace(bytes)).filter((trace) => trace !== null);
  const recording = recordings[0]?.bytes ?? new Uint8Array(0);
  return { outcome: withoutOwn(outcome, traceDirectory), traces, recording };
}

/** A file of a tracer's, from beside its source. @param name relative to this directory */
export const tracerFile = (name: string): Promise<JobFile> => ownFile(new URL(name, import.meta.url), traceDirectory);

/** What travels with the program for its tracer to read. */
export const planFile = (plan: TracePlan): JobFile => ({
  path: `${traceDirectory}/plan.json`,
  bytes: new TextEncoder().encode(JSON.stringify(plan)),
});

const isOf = (path: string, { extensions }: Tracer): boolean => extensions.some((ending) => path.endsWith(ending));

/** What the trace takes is not to be taken from the program: its files, and the memory they lie in. */
function withRoom(job: Job, bytes: number): Job {
  const { fileBytes = defaultLimits.fileBytes, memoryBytes = defaultLimits.memoryBytes } = job.limits ?? {};
  const ownMemory = 128 * 1024 * 1024;
  return {
    ...job,
    rescue: true,
    limits: { ...job.limits, fileBytes: fileBytes + bytes, memoryBytes: memoryBytes + bytes + ownMemory },
  };
}

/** Least and most of each; whole numbers. */
export const traceLimitRanges: Readonly<Record<keyof TraceLimits, readonly [least: number, most: number]>> = {
  events: [1, 2_000_000],
  bytes: [10_000, 512 * 1024 * 1024],
  firstHits: [0, 2_000_000],
  lastHits: [0, 100_000],
  items: [0, 100_000],
  text: [0, 1_000_000],
  depth: [0, 32],
};

function checkedLimits(given: Partial<TraceLimits>): TraceLimits {
  for (const [name, value] of Object.entries(given)) {
    const range = traceLimitRanges[name as keyof TraceLimits];
    if (value === undefined) continue;
    if (range === undefined || !Number.isSafeInteger(value) || value < range[0] || value > range[1])
      throw new WinnowError(
        'bad-job',
        `The trace limit ${name} must be a whole number from ${range?.[0]} to ${range?.[1]}; it was ${JSON.stringify(value)}.`,
        { details: { limit: name } },
      );
  }
  const defined = Object.entries(given).filter(([, value]) => value !== undefined);
  return { ...defaultTraceLimits, ...Object.fromEntries(defined) };
}
