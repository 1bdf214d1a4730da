/**
 * A round of partial execution with its steps: the round's job is traced like any other, and what partial execution put into the program is taken out of the trace.
 *
 * Both rewrite the program and keep its lines, so one is put upon the other. What the first put in shows up as variables of its own (`$yp`, `_winnow_1`) and as lines behind the end of a file;
 * of JavaScript its statements are passed over when they are rewritten again (`code/instrument/tracestatements.ts`).
 */
import type { LoadFile } from '../../code/mod.ts';
import { withoutOwn } from '../owndirectory.ts';
import type { Runner, RunOptions } from '../runner.ts';
import { traceRun } from '../trace/tracejob.ts';
import type { Trace, TraceCode, TraceEvent } from '../trace/types.ts';
import type { Job, JobFile } from '../types.ts';
import { type PartialOptions, type PartialTraced, partialDirectory } from './types.ts';

interface Round {
  /** Paths that are looked into. */
  readonly files: readonly string[];
  /** The program as it was given. */
  readonly originals: readonly JobFile[];
  readonly trace: NonNullable<PartialOptions['trace']>;
  readonly how: RunOptions;
  readonly load: LoadFile;
  /** Of files that run under another name than the program's, that name. */
  readonly paths: ReadonlyMap<string, string>;
}

/** Of JavaScript and TypeScript what knows the values that were made up: to a tracer they are functions like others. Python's tracer knows them by their type. */
const instancesFile = `${partialDirectory}/instances.cjs`;

/** @param job of one round, as a tool prepared it */
export async function traceRound(
  runner: Runner,
  job: Job,
  { files, originals, trace, how, load, paths }: Round,
): Promise<PartialTraced> {
  const run = files.map((path) => paths.get(path) ?? path);
  const madeUp = job.files.some(({ path }) => path === instancesFile) ? { madeUp: instancesFile } : {};
  const { outcome, traces, left } = await traceRun(runner, job, { ...trace, ...madeUp, files: run }, load, how);
  const given = new Map([...paths].map(([path, named]) => [named, path]));
  const lines = new Map(originals.map(({ path, bytes }) => [path, linesOf(bytes)]));
  return {
    outcome: withoutOwn(outcome, partialDirectory),
    traces: traces.map((one) => withoutPut(renamed(one, given), lines)),
    left,
  };
}

/** The program's own names of its files. */
function renamed(trace: Trace, given: ReadonlyMap<string, string>): Trace {
  if (given.size === 0) return trace;
  const of = <T extends { readonly file: string }>(one: T): T => ({ ...one, file: given.get(one.file) ?? one.file });
  return { ...trace, codes: trace.codes.map(of), counts: trace.counts.map(of) };
}

const linesOf = (bytes: Uint8Array): readonly string[] => new TextDecoder().decode(bytes).split(/\r\n|\r|\n/);

/** Names that the rewritings of JavaScript and Python put in. */
const isPut = (name: string): boolean => /^\$y[a-zA-Z]\d*$|^_winnow_/.test(name);

/** A function without a name, on a line that has none: what waits for a module, or for the type of an exception, was put there. */
const isPutCode = ({ name, line, file, kind }: TraceCode, lines: ReadonlyMap<string, readonly string[]>): boolean =>
  kind === 'function' &&
  /<(lambda|anonymous)>$/.test(name) &&
  !/lambda|=>|function/.test(lines.get(file)?.[line - 1] ?? 'lambda');

/** @param lines of each file */
function withoutPut(trace: Trace, lines: ReadonlyMap<string, readonly string[]>): Trace {
  const isLine = (file: string, line: number): boolean => line <= (lines.get(file)?.length ?? Number.POSITIVE_INFINITY);
  const codes = new Set(trace.codes.flatMap((code, at) => (isPutCode(code, lines) ? [at] : [])));
  const ours = new Set<number>();
  const fileOf = new Map<number, string>();
  const events = trace.events.flatMap((event): TraceEvent[] => {
    if ('code' in event && event.code >= 0) {
      fileOf.set(event.frame, trace.codes[event.code]?.file ?? '');
      if (codes.has(event.code)) ours.add(event.frame);
    }
    if (ours.has(event.frame)) return [];
    switch (event.kind) {
      case 'call':
        return [{ ...event, arguments: event.arguments.filter(({ name }) => !isPut(name)) }];
      case 'write':
        return isPut(event.name) ? [] : [event];
      case 'raise':
        // The runtime's own way to stop a program.
        return event.type === 'Spent' && event.message === '' ? [stopped(event)] : [event];
      case 'line':
      case 'block':
        return isLine(fileOf.get(event.frame) ?? '', event.line) ? [event] : [];
      default:
        return [event];
    }
  });
  const counts = trace.counts.map((one) => ({
    ...one,
    lines: new Map([...one.lines].filter(([line]) => isLine(one.file, line))),
  }));
  return { ...trace, events, counts };
}

const stopped = ({ frame, thread, skipped }: TraceEvent): TraceEvent => ({
  ...{ frame, thread, skipped, kind: 'note', about: 'tracer' },
  text: 'the program was stopped here: it ran long enough',
});
