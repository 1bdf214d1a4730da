/**
 * Many jobs, a fixed number at a time, results as they come.
 *
 * Jobs are pulled only when there is room: at most `parallelism` run, and at most as many more have
 * finished without having been read. So a source of millions of jobs and a slow reader cost bounded memory.
 * Whoever stops reading early stops everything: what runs is cancelled and waited for, the source is told.
 *
 * What a program did is an outcome; what the world did to one job is that job's error, and the others go on.
 * A failure of ours, or of the source itself, ends the batch.
 */
import { WinnowError } from '../base/mod.ts';
import type { Job, Outcome } from './types.ts';

/** `index` is the job's place in the source, from 0. */
export type BatchEntry =
  | { readonly index: number; readonly outcome: Outcome }
  | { readonly index: number; readonly error: WinnowError };

export interface BatchOptions {
  /** Jobs that run at once, ≥ 1. */
  readonly parallelism: number;
  /** Give entries in the order of the jobs. Default: in the order in which they finish. */
  readonly ordered?: boolean;
  readonly signal?: AbortSignal;
}

/**
 * @throws WinnowError `cancelled` when the signal asks for the end; what the source throws
 */
export async function* runAll(
  jobs: Iterable<Job> | AsyncIterable<Job>,
  run: (job: Job, signal: AbortSignal) => Promise<Outcome>,
  { parallelism, ordered = false, signal }: BatchOptions,
): AsyncGenerator<BatchEntry, void, undefined> {
  if (!Number.isSafeInteger(parallelism) || parallelism < 1)
    throw new WinnowError('bad-usage', `parallelism must be a whole number from 1; it was ${parallelism}.`);
  const source = Symbol.asyncIterator in jobs ? jobs[Symbol.asyncIterator]() : jobs[Symbol.iterator]();
  const stop = new AbortController();
  const stopSignal = signal === undefined ? stop.signal : AbortSignal.any([signal, stop.signal]);
  const running = new Set<Promise<void>>();
  const finished = new Map<number, BatchEntry>();
  const failures: unknown[] = [];
  let pulled = 0;
  let given = 0;
  let pulling = false;
  let exhausted = false;
  let wake = Promise.withResolvers<void>();

  const pull = async (): Promise<void> => {
    pulling = true;
    try {
      const next = await source.next();
      if (next.done === true) exhausted = true;
      else if (!stopSignal.aborted) start(next.value, pulled++);
    } catch (error) {
      exhausted = true;
      failures.push(error);
    }
    pulling = false;
    advance();
  };
  const start = (job: Job, index: number): void => {
    const work = runOne(job, index).finally(() => {
      running.delete(work);
      advance();
    });
    running.add(work);
  };
  const runOne = async (job: Job, index: number): Promise<void> => {
    try {
      finished.set(index, { index, outcome: await run(job, stopSignal) });
    } catch (error) {
      if (error instanceof WinnowError) finished.set(index, { index, error });
      else failures.push(error);
    }
  };
  const advance = (): void => {
    const room = running.size < parallelism && pulled - given < 2 * parallelism;
    if (!exhausted && !pulling && room && failures.length === 0 && !stopSignal.aborted) void pull();
    wake.resolve();
  };
  const take = (): BatchEntry | undefined => {
    const index = ordered ? given : finished.keys().next().value;
    const entry = index === undefined ? undefined : finished.get(index);
    if (entry !== undefined) finished.delete(entry.index);
    return entry;
  };

  stopSignal.addEventListener('abort', advance);
  try {
    advance();
    for (;;) {
      if (signal?.aborted === true) throw cancelled(signal);
      if (failures.length > 0) throw failures[0];
      const entry = take();
      if (entry !== undefined) {
        given++;
        advance();
        yield entry;
      } else if (exhausted && running.size === 0) return;
      else {
        await wake.promise;
        wake = Promise.withResolvers();
      }
    }
  } finally {
    stop.abort(new WinnowError('cancelled', 'The batch was ended early.'));
    stopSignal.removeEventListener('abort', advance);
    await Promise.allSettled(running);
    const closing = exhausted ? undefined : source.return?.();
    // A source that is still looking for its next job would keep its reader waiting for nothing.
    if (!pulling) await closing;
  }
}

function cancelled(signal: AbortSignal): unknown {
  return signal.reason instanceof WinnowError
    ? signal.reason
    : new WinnowError('cancelled', 'The batch was cancelled.', { cause: signal.reason });
}
