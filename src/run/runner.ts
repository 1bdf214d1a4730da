/**
 * The way in: jobs are checked, sent to a backend that can run them, and come back as outcomes.
 *
 * A runner owns what its backends keep warm, so one is opened for many jobs and closed at the end.
 * A backend is loaded and asked when the first job needs it. Nothing is tried twice here: a job that a
 * backend could not run is an error, because a second try might run a program twice.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../base/mod.ts';
import { checkJob } from './checkjob.ts';
import { type BackendChoice, chooseBackend, type Offer } from './choose.ts';
import { type Checkup, type DoctorOptions, examine } from './doctor.ts';
import { runLanguages } from './languagetable.ts';
import { type BatchEntry, runAll } from './runall.ts';
import type { Availability, Backend, BackendName, Job, Outcome, RunSettings, Runtime } from './types.ts';

export interface RunnerSettings extends RunSettings {
  /** Which backend gets a job that does not say. Default `auto`: native, else embedded; embedded first for fuel and counts. */
  readonly backend?: BackendChoice;
}

export interface RunOptions {
  readonly backend?: BackendChoice;
  readonly signal?: AbortSignal;
}

export interface RunAllOptions extends RunOptions {
  /** Jobs at once; default one per core. */
  readonly parallelism?: number;
  /** Give entries in the order of the jobs. */
  readonly ordered?: boolean;
}

export interface Runner {
  /**
   * @throws WinnowError `bad-job`, `unknown-language`, `unsupported-job`, `toolchain-missing`, `backend-unavailable`,
   *   `sandbox-failed`, `cancelled`, which is also what a closed runner says
   */
  run(job: Job, options?: RunOptions): Promise<Outcome>;
  /** Many jobs, lazily; see `runall.ts`. Leaving the loop early cancels what runs. */
  runAll(jobs: Iterable<Job> | AsyncIterable<Job>, options?: RunAllOptions): AsyncIterableIterator<BatchEntry>;
  /** What each backend can run on this machine, native first. */
  offers(): Promise<readonly Offer[]>;
  /** Runs the known program of each language that is ready. @param choice one backend, or `auto` for both */
  doctor(options?: DoctorOptions & { readonly backend?: BackendChoice }): Promise<readonly Checkup[]>;
  /** Ends all workers. Jobs still running are rejected with `cancelled`. */
  close(): Promise<void>;
}

const openers: Readonly<Record<BackendName, (settings: RunSettings) => Promise<Backend>>> = {
  native: async (settings) => (await import('./native/backend.ts')).openNativeBackend(settings),
  embedded: async (settings) => (await import('./embedded/backend.ts')).openEmbeddedBackend(settings),
};

export function openRunner(settings: RunnerSettings): Runner {
  const cores = settings.parallelism ?? availableParallelism();
  const opened = new Map<BackendName, Promise<Backend>>();
  const asked = new Map<BackendName, Promise<Offer>>();
  let closed = false;

  const backendNamed = (name: BackendName): Promise<Backend> => remember(opened, name, () => openers[name](settings));
  const offerOf = (name: BackendName): Promise<Offer> =>
    remember(asked, name, async (): Promise<Offer> => {
      const backend = await backendNamed(name);
      const availability = await backend.availability();
      return {
        backend: name,
        availability,
        runtimes: availability.state === 'ready' ? inTableOrder(await backend.runtimes()) : [],
      };
    }).catch((cause: unknown) => ({ backend: name, availability: unavailableFor(cause), runtimes: [] }));
  const offers = (choice: BackendChoice = 'auto'): Promise<Offer[]> =>
    Promise.all((choice === 'auto' ? (['native', 'embedded'] as const) : [choice]).map(offerOf));

  const run: Runner['run'] = async (job, options = {}) => {
    if (closed) throw new WinnowError('cancelled', 'This runner is closed and runs nothing more; open another one.');
    const { backend: choice = settings.backend ?? 'auto', signal } = options;
    if (choice !== 'auto' && !Object.hasOwn(openers, choice))
      throw new WinnowError('bad-job', `A backend must be auto, native or embedded; it was ${JSON.stringify(choice)}.`);
    const checked = checkJob(job);
    refuseAborted(signal);
    if (checked.over !== undefined && choice !== 'embedded') (await backendNamed('native')).expect?.(checked);
    const { backend: name, insteadOf } = await chooseBackend(checked, choice, offerOf);
    const backend = await backendNamed(name);
    refuseAborted(signal);
    const outcome = await backend.run(checked, signal);
    // Elsewhere native is nothing that anybody misses.
    const told = insteadOf === null || process.platform !== 'linux' ? [] : [insteadOf];
    return told.length === 0 ? outcome : { ...outcome, notices: [...outcome.notices, ...told] };
  };

  return {
    run,
    runAll: (jobs, { backend, ...options } = {}) =>
      runAll(jobs, (job, signal) => run(job, { ...(backend === undefined ? {} : { backend }), signal }), {
        parallelism: cores,
        ...options,
      }),
    offers,
    doctor: async ({ backend, ...options } = {}) =>
      examine(await offers(backend), (job, name, signal) => run(job, { backend: name, signal }), {
        parallelism: cores,
        ...options,
      }),
    close: async () => {
      closed = true;
      // One that could not be opened has told its caller, and has nothing to close.
      const backends = (await Promise.allSettled(opened.values())).filter((result) => result.status === 'fulfilled');
      await Promise.all(backends.map(({ value }) => value.close()));
    },
  };
}

/**
 * A backend that cannot even say what it has is none, and the other one may do.
 *
 * @throws whatever is not the world's doing: a bug is not to be hidden behind the other backend
 */
function unavailableFor(cause: unknown): Availability {
  if (!(cause instanceof Error)) throw cause;
  const isWorld = cause instanceof WinnowError ? cause.code !== 'cancelled' : 'errno' in cause;
  if (!isWorld) throw cause;
  return { state: 'unavailable', reason: cause.message, install: null };
}

function inTableOrder(runtimes: readonly Runtime[]): Runtime[] {
  const place = ({ language }: Runtime): number => runLanguages.findIndex(({ name }) => name === language);
  return [...runtimes].sort((a, b) => place(a) - place(b));
}

/** Makes a value once; a failure is not remembered. */
function remember<Key, Value>(values: Map<Key, Promise<Value>>, key: Key, make: () => Promise<Value>): Promise<Value> {
  const known = values.get(key);
  if (known !== undefined) return known;
  const made = make();
  values.set(key, made);
  made.catch(() => values.delete(key));
  return made;
}

function refuseAborted(signal: AbortSignal | undefined): void {
  if (signal?.aborted !== true) return;
  throw signal.reason instanceof WinnowError ? signal.reason : new WinnowError('cancelled', 'The run was cancelled.');
}
