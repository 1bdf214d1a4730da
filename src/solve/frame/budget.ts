/**
 * What one run of a strategy may spend, held before each ask and each execution.
 *
 * A model has budgets of its own, which hold for all who share it; these are of one task. Tokens and money of a call are only known when it is over, so these two are passed by one call at most.
 */
import { WinnowError } from '../../base/mod.ts';

export interface SolveLimits {
  /** Asks, each of which may draw several replies. */
  readonly calls: number;
  /** Tokens in and out together, as the provider counts them. */
  readonly tokens: number;
  /** US dollars. */
  readonly costUsd: number;
  /** Programs that are started. */
  readonly executions: number;
  /** Elapsed time of the run, of all processes that worked on it, ms. */
  readonly wallMs: number;
}

export const noLimits: SolveLimits = {
  calls: Number.POSITIVE_INFINITY,
  tokens: Number.POSITIVE_INFINITY,
  costUsd: Number.POSITIVE_INFINITY,
  executions: Number.POSITIVE_INFINITY,
  wallMs: Number.POSITIVE_INFINITY,
};

/** What was spent; what a saved run had spent counts. */
export interface Spending {
  calls: number;
  replies: number;
  inputTokens: number;
  outputTokens: number;
  costUsd: number;
  /** Calls without a price, or whose tokens were not counted. */
  unpriced: number;
  uncounted: number;
  executions: number;
  /** Asks and executions that were taken from a saved run. */
  taken: number;
}

export class Budget {
  readonly spent: Spending = {
    calls: 0,
    replies: 0,
    inputTokens: 0,
    outputTokens: 0,
    costUsd: 0,
    unpriced: 0,
    uncounted: 0,
    executions: 0,
    taken: 0,
  };
  readonly #limits: SolveLimits;
  readonly #now: () => number;

  /** @param now elapsed time of the run, ms */
  constructor(limits: SolveLimits, now: () => number) {
    this.#limits = limits;
    this.#now = now;
  }

  /** @throws WinnowError `over-budget` before a call that would pass a limit */
  beforeCall(): void {
    const { calls, inputTokens, outputTokens, costUsd } = this.spent;
    this.#clock();
    if (calls + 1 > this.#limits.calls) refuse('calls', `${this.#limits.calls} calls of the model`);
    if (inputTokens + outputTokens >= this.#limits.tokens) refuse('tokens', `${this.#limits.tokens} tokens`);
    if (costUsd >= this.#limits.costUsd) refuse('costUsd', `${this.#limits.costUsd} US dollars`);
    // Counted at once, so that calls that run side by side do not pass the limit together.
    this.spent.calls++;
  }

  /** Takes back a call that the model's own budget refused before it was made. */
  callNotMade(): void {
    this.spent.calls--;
  }

  afterCall(replies: number, input: number | null, output: number | null, cost: number | null): void {
    this.spent.replies += replies;
    this.spent.inputTokens += input ?? 0;
    this.spent.outputTokens += output ?? 0;
    this.spent.costUsd += cost ?? 0;
    if (cost === null) this.spent.unpriced++;
    if (input === null && output === null) this.spent.uncounted++;
  }

  /** @throws WinnowError `over-budget` before programs are started that would pass the limit */
  beforeExecution(programs: number): void {
    this.#clock();
    if (this.spent.executions + programs > this.#limits.executions)
      refuse('executions', `${this.#limits.executions} executions`);
    this.spent.executions += programs;
  }

  #clock(): void {
    if (this.#now() > this.#limits.wallMs) refuse('wallMs', `${this.#limits.wallMs} ms`);
  }
}

function refuse(limit: keyof SolveLimits, what: string): never {
  throw new WinnowError(
    'over-budget',
    `The budget of ${what} for a task is spent; the best candidate so far is given. Give it a new one and go on with --resume.`,
    { details: { limit } },
  );
}
