/**
 * Proves what a machine can run: the known program of each language, on each backend that says it is ready.
 *
 * What is only missing is told with the command that installs it. What says that it is ready and then
 * fails is a fault of the machine or ours, and the reason one runs a doctor.
 */
import type { WinnowError } from '../base/mod.ts';
import type { Offer } from './choose.ts';
import { knownInput, knownOutput, runLanguage } from './languages.ts';
import { type BatchEntry, runAll } from './runall.ts';
import type { BackendName, Job, Outcome, Output, Runtime } from './types.ts';

export interface Checkup {
  readonly backend: BackendName;
  readonly language: string;
  readonly state: 'ok' | 'failed' | 'missing';
  readonly version: string | null;
  /** What is missing, or what came instead of the known output; null when all is well. */
  readonly detail: string | null;
  readonly install: string | null;
  /** Elapsed time of the known program, its compile step included; null when it did not run. */
  readonly wallMs: number | null;
}

export interface DoctorOptions {
  readonly signal?: AbortSignal;
  readonly progress?: (done: number, total: number, language: string) => void;
}

/** A compiler that starts cold on a busy machine (Kotlin, C#) takes most of a minute. */
const patienceMs = 180_000;

export async function examine(
  offers: readonly Offer[],
  run: (job: Job, backend: BackendName, signal: AbortSignal) => Promise<Outcome>,
  { parallelism, signal, progress }: DoctorOptions & { readonly parallelism: number },
): Promise<Checkup[]> {
  const runtimes = offers.flatMap((offer) => offer.runtimes);
  const ready = runtimes.filter(({ state }) => state === 'ready');
  const backends = new Map(ready.map(({ language, backend }) => [knownJob(language), backend]));
  const checkups = new Map<Runtime, Checkup>();
  const batch = runAll(backends.keys(), (job, stop) => run(job, backends.get(job) as BackendName, stop), {
    parallelism,
    ...(signal === undefined ? {} : { signal }),
  });
  for await (const entry of batch) {
    const runtime = ready[entry.index] as Runtime;
    checkups.set(runtime, checkupOf(runtime, entry));
    progress?.(checkups.size, ready.length, runtime.language);
  }
  return runtimes.map((runtime) => checkups.get(runtime) ?? missing(runtime));
}

function knownJob(language: string): Job {
  const { defaultEntry, known } = runLanguage(language);
  return {
    language,
    files: [{ path: defaultEntry, bytes: Buffer.from(known) }],
    entry: defaultEntry,
    stdin: Buffer.from(knownInput),
    limits: { wallMs: patienceMs, cpuMs: patienceMs },
    compileLimits: { wallMs: patienceMs, cpuMs: patienceMs },
  };
}

function missing({ backend, language, reason, install }: Runtime): Checkup {
  return { backend, language, state: 'missing', version: null, detail: reason, install, wallMs: null };
}

function checkupOf({ backend, language, version }: Runtime, entry: BatchEntry): Checkup {
  const row = { backend, language, version, install: null };
  if ('error' in entry) return { ...row, state: 'failed', detail: told(entry.error), wallMs: null };
  const { outcome } = entry;
  const wallMs = outcome.usage.wallMs + (outcome.compile?.usage.wallMs ?? 0);
  const detail = complaint(outcome);
  return { ...row, state: detail === null ? 'ok' : 'failed', detail, wallMs };
}

/** @returns null when the known program did what it must */
function complaint(outcome: Outcome): string | null {
  const { ending, compile } = outcome;
  if (ending.kind === 'compile-failed')
    return `the known program was not compiled: ${lineOf(compile?.stderr, compile?.stdout)}`;
  if (ending.kind !== 'exited') return `the known program ended as ${ending.kind}: ${lineOf(outcome.stderr)}`;
  if (ending.code !== 0) return `the known program ended with code ${ending.code}: ${lineOf(outcome.stderr)}`;
  const printed = Buffer.from(outcome.stdout.head).toString('utf8');
  if (printed === knownOutput) return null;
  return `the known program printed ${JSON.stringify(printed.slice(0, 80))} instead of ${JSON.stringify(knownOutput)}`;
}

/** The last line that says anything, which is where most tools put the reason. */
function lineOf(...outputs: (Output | undefined)[]): string {
  for (const output of outputs) {
    const text = Buffer.concat([output?.head ?? Buffer.of(), output?.tail ?? Buffer.of()]).toString('utf8');
    const line = text.trimEnd().split('\n').at(-1)?.trim();
    if (line) return line.slice(0, 200);
  }
  return 'it said nothing';
}

function told(error: WinnowError): string {
  return `${error.code}: ${error.message}`;
}
