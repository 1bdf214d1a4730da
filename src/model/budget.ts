/**
 * What a run may spend on models, held before each call.
 *
 * A call first reserves what it can take at most: one call, the bound of its input's tokens, the tokens its replies may have, and their price. Only when that fits is it made, and then what
 * it really took replaces the reservation. Where a reservation does not fit because of other calls that are still under way, it waits for them: they seldom take what they could. So concurrent calls never exceed a limit together, and none is refused for what
 * another only might spend. Time is checked before a call and ends one that is under way.
 */
import { type Clock, systemClock, WinnowError } from '../base/mod.ts';
import { type Price, priceOf } from './prices.ts';

/** What is absent is unlimited. */
export interface BudgetLimits {
  /** Calls that a provider answered. */
  readonly calls?: number;
  /** Tokens read and written, together. */
  readonly tokens?: number;
  /** US dollars by the price table. */
  readonly costUsd?: number;
  /** From the opening of the budget, milliseconds. */
  readonly wallMs?: number;
}

/** What counts as spent when a budget is opened: by an earlier process of the same run. */
export interface SpentBefore {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  readonly wallMs: number;
}

export interface Spent {
  readonly calls: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Null: a call was made of a model without a price. */
  readonly costUsd: number | null;
  /** Attempts that were made again. */
  readonly retries: number;
  /** Answers that came from the cache, and from a recording. */
  readonly cached: number;
  readonly replayed: number;
  readonly wallMs: number;
}

/** Tokens of one call: what it can take, or what it took. */
export interface Amount {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

export interface Reservation {
  /** @param took null: nothing was spent, as when the provider was busy */
  settle(took: Amount | null): void;
}

export interface Budget {
  readonly limits: BudgetLimits;
  /** @throws WinnowError `over-budget`; what the signal was aborted with */
  reserve(most: Amount, price: Price | null, signal: AbortSignal): Promise<Reservation>;
  /** Aborts when the time is over; null without a limit of time. */
  readonly deadline: AbortSignal | null;
  /** Of an answer that cost nothing here. */
  count(what: 'retries' | 'cached' | 'replayed'): void;
  spent(): Spent;
  /** @param made whether the call was under way when the time was over */
  timeOver(made: boolean): WinnowError;
  /** Lets go of its clock. */
  close(): void;
}

interface Sum {
  calls: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
}

const nothing: SpentBefore = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0, wallMs: 0 };

/** Models may share one. */
export function openBudget(
  limits: BudgetLimits = {},
  clock: Clock = systemClock,
  before: SpentBefore = nothing,
): Budget {
  const { wallMs: beforeMs, ...took } = before;
  const start = clock.elapsedMs() - beforeMs;
  const done: Sum = { ...took };
  const held: Sum = { calls: 0, inputTokens: 0, outputTokens: 0, costUsd: 0 };
  const counts = { retries: 0, cached: 0, replayed: 0 };
  let priced = true;
  let waiting: (() => void)[] = [];
  const ending = new AbortController();
  const timer =
    limits.wallMs === undefined ? null : setTimeout(() => ending.abort(), Math.max(0, limits.wallMs - beforeMs));
  timer?.unref();

  const spent = (): Spent => ({
    ...done,
    costUsd: priced ? done.costUsd : null,
    ...counts,
    wallMs: clock.elapsedMs() - start,
  });
  const over = (limit: string, expected: string, made = false): WinnowError =>
    new WinnowError('over-budget', `${expected} The call was ${made ? 'broken off' : 'not made'}.`, {
      details: { limit, limits, spent: spent(), made },
    });
  /** Which limit the sums and what is wanted would exceed. */
  const exceeded = (sums: readonly Sum[], wanted: Sum): WinnowError | null => {
    const total = (pick: (sum: Sum) => number): number => sums.reduce((all, sum) => all + pick(sum), 0);
    const calls = total((sum) => sum.calls);
    const tokens = total((sum) => sum.inputTokens + sum.outputTokens);
    const cost = total((sum) => sum.costUsd);
    const wants = wanted.inputTokens + wanted.outputTokens;
    if (limits.calls !== undefined && calls + 1 > limits.calls)
      return over('calls', `All ${limits.calls} calls of the budget are made.`);
    if (limits.tokens !== undefined && tokens + wants > limits.tokens)
      return over(
        'tokens',
        `The budget is ${limits.tokens} tokens, ${tokens} are spent, and the next call can take up to ${wants}: ${wanted.inputTokens} of input, one for each byte, and ${wanted.outputTokens} of replies.`,
      );
    if (limits.costUsd !== undefined && cost + wanted.costUsd > limits.costUsd)
      return over(
        'costUsd',
        `The budget is $${limits.costUsd}, $${shown(cost)} are spent, and the next call can cost up to $${shown(wanted.costUsd)}.`,
      );
    return null;
  };
  const timeOver = (made: boolean): WinnowError => over('wallMs', `The budget's ${limits.wallMs} ms are over.`, made);

  return {
    limits,
    deadline: limits.wallMs === undefined ? null : ending.signal,
    spent,
    timeOver,
    count: (what) => {
      counts[what]++;
    },
    close: () => {
      if (timer !== null) clearTimeout(timer);
    },
    async reserve(most, price, signal) {
      const wanted: Sum = { calls: 1, ...most, costUsd: price === null ? 0 : priceOf(most, price) };
      for (;;) {
        signal.throwIfAborted();
        if (limits.wallMs !== undefined && clock.elapsedMs() - start >= limits.wallMs) throw timeOver(false);
        const never = exceeded([done], wanted);
        if (never !== null) throw never;
        if (exceeded([done, held], wanted) === null) break;
        await new Promise<void>((resolve) => {
          const wake = (): void => {
            signal.removeEventListener('abort', wake);
            resolve();
          };
          waiting.push(wake);
          signal.addEventListener('abort', wake, { once: true });
        });
      }
      add(held, wanted, 1);
      let open = true;
      return {
        settle: (took) => {
          if (!open) return;
          open = false;
          add(held, wanted, -1);
          if (took !== null) {
            add(done, { calls: 1, ...took, costUsd: price === null ? 0 : priceOf(took, price) }, 1);
            priced &&= price !== null;
          }
          const woken = waiting;
          waiting = [];
          for (const wake of woken) wake();
        },
      };
    },
  };
}

function add(sum: Sum, other: Sum, sign: 1 | -1): void {
  sum.calls += sign * other.calls;
  sum.inputTokens += sign * other.inputTokens;
  sum.outputTokens += sign * other.outputTokens;
  sum.costUsd += sign * other.costUsd;
}

const shown = (usd: number): string => (usd < 0.01 ? usd.toPrecision(2) : usd.toFixed(2));
