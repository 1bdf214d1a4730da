/**
 * Trying again what may get better by waiting: a busy provider, a connection that was cut, silence.
 *
 * The wait doubles and is drawn from its upper half, so that many who were refused together do not come back together ("equal jitter": Brooker, "Exponential backoff
 * and jitter", AWS Architecture Blog, 2015). A provider that says how long to wait is taken by its word.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../base/mod.ts';
import { CallFailure, type FailureKind } from './failure.ts';

export interface RetryOptions {
  /** Times a call is made at most, ≥ 1. */
  readonly attempts: number;
  /** First wait; doubles. */
  readonly waitMs: number;
  readonly random: Random;
}

/** What is asked for is waited, up to this. Longer waits mean a quota that is used up, which is better told. */
export const longestWaitMs = 60_000;
const longestOwnWaitMs = 30_000;
/** Attempts that a kind of failure is worth: who was silent for a whole call or writes no protocol may have been unlucky once. */
const most: Readonly<Record<FailureKind, number>> = {
  refused: 1,
  unreachable: 1,
  invalid: 2,
  silent: 2,
  cut: Number.POSITIVE_INFINITY,
  busy: Number.POSITIVE_INFINITY,
};

/** The failure that ended it, with how often was tried. */
export class GivenUp extends Error {
  readonly failure: CallFailure;
  readonly attempts: number;
  constructor(failure: CallFailure, attempts: number) {
    super(failure.message);
    this.failure = failure;
    this.attempts = attempts;
  }
}

/**
 * @param call throws a `CallFailure` where another attempt may be made, and anything else where not
 * @throws GivenUp
 */
export async function retrying<T>(
  call: () => Promise<T>,
  options: RetryOptions,
  signal: AbortSignal,
  onRetry: () => void,
): Promise<T> {
  const seen = new Map<FailureKind, number>();
  for (let attempt = 1; ; attempt++) {
    try {
      return await call();
    } catch (cause) {
      if (!(cause instanceof CallFailure)) throw cause;
      const times = (seen.get(cause.kind) ?? 0) + 1;
      seen.set(cause.kind, times);
      const asked = cause.retryAfterMs;
      if (attempt >= options.attempts || times >= most[cause.kind] || (asked !== null && asked > longestWaitMs))
        throw new GivenUp(cause, attempt);
      const own = Math.min(options.waitMs * 2 ** (attempt - 1), longestOwnWaitMs);
      const wait = (asked ?? own / 2) + (own / 2) * options.random.next();
      onRetry();
      // Aborted: the next attempt says so.
      await sleep(wait, undefined, { signal }).catch(() => {});
    }
  }
}
