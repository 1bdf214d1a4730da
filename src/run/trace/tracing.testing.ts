/** For tests of tracers: programs traced through a real runner, and what came out in short words. */
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { LoadFile } from '../../code/mod.ts';
import { openRunner } from '../runner.ts';
import type { BackendName, Job, Outcome } from '../types.ts';
import { keyText, traceStates } from './states.ts';
import { type TraceOptions, takeTrace, traceJob } from './tracejob.ts';
import type { Trace, TraceEvent, Value } from './types.ts';

export interface TestTracing {
  /** Empty, or why tests of it are skipped, for their name. */
  missing(backend: BackendName): string;
  run(files: Record<string, string | Uint8Array>, options: TestOptions): Promise<TestTraced>;
  /** Standard output of the same without a trace. */
  plain(files: Record<string, string | Uint8Array>, options: Pick<TestOptions, 'backend' | 'job'>): Promise<string>;
}

export interface TestOptions extends Partial<TraceOptions> {
  readonly backend: BackendName;
  readonly job?: Partial<Job>;
}

export interface TestTraced {
  readonly outcome: Outcome;
  readonly stdout: string;
  readonly stderr: string;
  readonly traces: readonly Trace[];
  /** The first. */
  readonly trace: Trace;
}

/** That of `test/keptcache.ts`, which files that are no tests cannot import. */
const keptCache = join(import.meta.dirname, '../../../node_modules/.cache/winnow-conformance');

const text = (bytes: Uint8Array): string => Buffer.from(bytes).toString();

/** To be called once in a test file. The first file is the entry; the level `values` unless another is asked for. */
export async function openTestTracing(language: string, load: LoadFile): Promise<TestTracing> {
  const runner = openRunner({ cacheDir: keptCache, path: (process.env.PATH ?? '').split(':'), parallelism: 1 });
  afterAll(() => runner.close());
  const offers = await runner.offers();
  return {
    missing(backend) {
      const offer = offers.find((one) => one.backend === backend);
      if (offer?.availability.state !== 'ready') return ` (skipped: no ${backend} backend here)`;
      const found = offer.runtimes.find((one) => one.language === language);
      return found?.state === 'ready' ? '' : ` (skipped: no ${language} on the ${backend} backend here)`;
    },
    async plain(files, { backend, job = {} }) {
      return text((await runner.run(jobOf(language, files, job), { backend })).stdout.head);
    },
    async run(files, { backend, job = {}, ...options }) {
      const prepared = await traceJob(jobOf(language, files, job), { level: 'values', ...options }, load);
      const { outcome, traces } = takeTrace(await runner.run(prepared.job, { backend }));
      const trace = traces[0];
      const stderr = text(outcome.stderr.head);
      if (trace === undefined) throw new Error(`nothing was recorded: ${JSON.stringify(outcome.ending)} ${stderr}`);
      return { outcome, traces, trace, stderr, stdout: text(outcome.stdout.head) };
    },
  };
}

const jobOf = (language: string, files: Record<string, string | Uint8Array>, job: Partial<Job>): Job => ({
  language,
  files: Object.entries(files).map(([path, source]) => ({ path, bytes: Buffer.from(source) })),
  entry: Object.keys(files)[0] as string,
  ...job,
});

/** Lines of events in order, of the frames of one code where a name is given. */
export function linesOf(trace: Trace, name?: string): number[] {
  const code = new Map<number, number>();
  return trace.events.flatMap((event) => {
    if (event.kind === 'call') code.set(event.frame, event.code);
    if (event.kind !== 'line' && event.kind !== 'block') return [];
    const own = code.get(event.frame) ?? event.code;
    return name === undefined || trace.codes[own]?.name === name ? [event.line] : [];
  });
}

/** `fact(n=3) → 6`, `risky unwound`; in the order in which frames ended. */
export function endsOf(trace: Trace): string[] {
  const calls = new Map<number, string>();
  return trace.events.flatMap((event) => {
    if (event.kind === 'call') {
      const given = event.arguments.map(({ name, value }) => `${name}=${JSON.stringify(value)}`).join(', ');
      calls.set(event.frame, `${trace.codes[event.code]?.name}(${given})`);
    }
    if (event.kind === 'return') return [`${calls.get(event.frame)} → ${JSON.stringify(event.value)}`];
    return event.kind === 'unwind' ? [`${calls.get(event.frame)} unwound`] : [];
  });
}

/** What the variables of the frames of a code held when everything had been applied; of its last frame. */
export function finalVariables(trace: Trace, name: string): Record<string, unknown> {
  const states = traceStates();
  for (const event of trace.events) states.apply(event);
  const last = [...states.frames.values()].filter(({ code }) => trace.codes[code]?.name === name).at(-1);
  const plain = (value: Value, depth = 6): unknown => {
    if (value === null || typeof value !== 'object' || !('r' in value)) return value;
    const object = states.objects.get(value.r);
    if (object === undefined || depth === 0) return '…';
    const entries = [...object.entries.values()];
    if (object.form === 'sequence') return entries.map((entry) => plain(entry.value, depth - 1));
    if (object.form === 'set') return entries.map((entry) => plain(entry.value, depth - 1));
    return Object.fromEntries(
      entries.map(({ key, value: held }) => [keyText(object.form, key), plain(held, depth - 1)]),
    );
  };
  return Object.fromEntries([...(last?.variables ?? [])].map(([key, value]) => [key, plain(value)]));
}

export const eventsOf = <K extends TraceEvent['kind']>(trace: Trace, kind: K): Extract<TraceEvent, { kind: K }>[] =>
  trace.events.filter((event): event is Extract<TraceEvent, { kind: K }> => event.kind === kind);

/** `line:count` in order. */
export const countsOf = (trace: Trace, file: string): string =>
  [...(trace.counts.find((one) => one.file === file)?.lines ?? [])]
    .map(([line, count]) => `${line}:${count}`)
    .join(' ');
