/**
 * A model, opened: what is between a question and a provider, from the outside in.
 *
 * A request is completed and checked (`request.ts`); a replay answers it from its recording, or the cache has its answer; else replies are
 * drawn (`sample.ts`), each call through the gate, the budget and retries (`call.ts` makes it), and held against the schema (`schema.ts`). What came is kept and recorded, whatever it was.
 */
import { seededRandom, WinnowError } from '../base/mod.ts';
import { type Amount, type Budget, type BudgetLimits, openBudget, type Reservation, type Spent } from './budget.ts';
import { type CacheOptions, openCache } from './cache.ts';
import { callProvider, type Given } from './call.ts';
import type { ModelConfig } from './config.ts';
import { CallFailure, cancelled, told } from './failure.ts';
import { openGate } from './gate.ts';
import { findPrice, type Price, priceOf } from './prices.ts';
import { openRecorder, openReplayer } from './recording.ts';
import { type CompleteRequest, completeRequest, inputTokenBound } from './request.ts';
import { requireKey, resolveModel } from './resolve.ts';
import { GivenUp, retrying } from './retry.ts';
import { type Draw, type Drawn, drawReplies, Moot, sumOf } from './sample.ts';
import { askedAgain, type Check, openSchema, toldInWords, valueOf } from './schema.ts';
import type { Fetch } from './transport.ts';
import type { Answer, Capability, Model, Reply, Request, Usage } from './types.ts';

export interface ModelOptions {
  /** `provider/name`. */
  readonly id: string;
  /** Of the provider's server, up to the version, in the place of its own. */
  readonly url?: string | undefined;
  readonly config?: ModelConfig | undefined;
  /** A variable of the environment, for the key; without it there are no keys. */
  readonly variable?: (name: string) => string | undefined;
  /** What this model can do, where it is not what its provider's models can in general. */
  readonly capabilities?: readonly Capability[] | undefined;
  /** Limits of this model alone, or a budget that several share. */
  readonly budget?: BudgetLimits | Budget | undefined;
  /** Before those of the configuration and the table. */
  readonly prices?: Readonly<Record<string, Price>> | undefined;
  /** Null or absent: nothing is kept. */
  readonly cache?: CacheOptions | null | undefined;
  /** File that every answer is written to. */
  readonly record?: string | undefined;
  /** File that answers are taken from; no provider is asked. */
  readonly replay?: string | undefined;
  /** Calls under way at once; by default the provider's. */
  readonly concurrency?: number | undefined;
  /** Of one call, milliseconds; default 300,000: a long reply of a slow server. */
  readonly timeoutMs?: number | undefined;
  /** Times a call is made at most; default 5. */
  readonly attempts?: number | undefined;
  /** First wait before another attempt, milliseconds; default 1,000. */
  readonly waitMs?: number | undefined;
  /** In the place of the runtime's own. */
  readonly fetch?: Fetch | undefined;
  /** Told once each: what the provider leaves out of a request. */
  readonly onNotice?: ((text: string) => void) | undefined;
}

export interface OpenedModel extends Model {
  /** Of the budget: of all models that share it. */
  spent(): Spent;
}

const usualTimeoutMs = 300_000;
const usualAttempts = 5;
const usualWaitMs = 1_000;

/**
 * Nothing is asked yet, and the SDK is not loaded before something is.
 *
 * @throws WinnowError `unknown-model`, `no-model-key`, `bad-usage` (an address that is none, a budget of money without a price, both `record` and `replay`),
 *   and for a replay `path-not-found`, `path-unreadable`, `bad-data`
 */
export async function openModel(options: ModelOptions): Promise<OpenedModel> {
  const { id, config = {}, variable = () => undefined } = options;
  if (options.record !== undefined && options.replay !== undefined)
    throw new WinnowError('bad-usage', 'Either record or replay a run; both were asked for.');
  const isReplay = options.replay !== undefined;
  // A replay needs neither address nor key.
  const resolved = resolveModel({
    id,
    url: options.url ?? (isReplay ? replayAddress : undefined),
    config,
    variable,
    capabilities: options.capabilities,
  });
  if (!isReplay) requireKey(resolved);
  const endpoint = options.fetch === undefined ? resolved : { ...resolved, fetch: options.fetch };
  const price = findPrice(id, { ...config.prices, ...options.prices });
  const budget = isBudget(options.budget) ? options.budget : openBudget(options.budget);
  if (budget.limits.costUsd !== undefined && price === null)
    throw new WinnowError(
      'bad-usage',
      `A budget of money needs a price, and ${id} has none. Write it into models.json, as "prices": { "${id}": { "input": 1, "output": 2 } } in US dollars for a million tokens.`,
    );
  const replayer = options.replay === undefined ? null : openReplayer(options.replay, id);
  // What a run does may depend on what its model could.
  const capabilities = replayer?.capabilities ?? resolved.capabilities;
  const recorder = options.record === undefined ? null : openRecorder(options.record, id, capabilities);
  const cache =
    options.cache && !isReplay
      ? openCache(options.cache, id, resolved.ownAddress ? '' : resolved.url, capabilities)
      : null;
  const gate = openGate(options.concurrency ?? resolved.concurrency);
  const retries = {
    attempts: options.attempts ?? usualAttempts,
    waitMs: options.waitMs ?? usualWaitMs,
    // Of waits only: nothing that is drawn depends on it.
    random: seededRandom(Math.floor(Math.random() * 2 ** 32)),
  };
  const noticed = new Set<string>();
  const notice = (text: string): void => {
    if (noticed.has(text)) return;
    noticed.add(text);
    options.onNotice?.(text);
  };

  /** One call, with retries: within the gate, each attempt within the budget and the time of a call. */
  async function call(request: CompleteRequest, draw: Draw, signal: AbortSignal): Promise<Given> {
    const most: Amount = {
      inputTokens: inputTokenBound(request),
      outputTokens: draw.count * request.sampling.maxTokens,
    };
    let streamed = false;
    const onText =
      draw.onText &&
      ((text: string): void => {
        streamed = true;
        draw.onText?.(text);
      });
    const attempt = async (): Promise<Given> => {
      // Text of an attempt that broke off is already out.
      if (streamed) draw.onText?.('\n');
      const reservation = await budget.reserve(most, price, signal);
      try {
        const given = await withinTime(
          (stop) =>
            callProvider(endpoint, request, {
              count: draw.count,
              seed: draw.seed,
              signal: stop,
              ...(onText ? { onText } : {}),
            }),
          signal,
        );
        reservation.settle(amountOf(given.usage, most));
        for (const warning of given.warnings) notice(`${id}: ${warning}`);
        return given;
      } catch (cause) {
        settleFailed(reservation, cause, most);
        throw cause;
      }
    };
    try {
      return await gate.pass(async () => {
        if (draw.batch?.hasFailed === true) throw new Moot();
        try {
          return await retrying(attempt, retries, signal, () => budget.count('retries'));
        } catch (cause) {
          // Said before the place is handed on, so that who waits for it knows.
          if (draw.batch !== undefined) draw.batch.hasFailed = true;
          throw cause;
        }
      }, signal);
    } catch (cause) {
      if (cause instanceof GivenUp) throw told(id, resolved.url, cause.failure, cause.attempts);
      throw cause;
    }
  }

  /** @throws CallFailure `silent` when the time of a call is over */
  async function withinTime<T>(work: (stop: AbortSignal) => Promise<T>, signal: AbortSignal): Promise<T> {
    const timeoutMs = options.timeoutMs ?? usualTimeoutMs;
    const timeout = new AbortController();
    const timer = setTimeout(() => timeout.abort(), timeoutMs);
    try {
      return await work(AbortSignal.any([signal, timeout.signal]));
    } catch (cause) {
      if (timeout.signal.aborted && !signal.aborted)
        throw new CallFailure('silent', `It had not answered after ${timeoutMs} ms.`);
      throw cause;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Replies that fit the schema, where there is one. */
  async function drawn(
    request: CompleteRequest,
    check: Check | null,
    onText: Draw['onText'],
    signal: AbortSignal,
  ): Promise<Drawn> {
    const draw = (one: CompleteRequest, text?: Draw['onText']) =>
      drawReplies(one, capabilities.has('many'), text, (wanted) => call(one, wanted, signal));
    if (check === null) return draw(request, onText);
    const asked = capabilities.has('schema') ? request : toldInWords(request);
    const first = await draw(asked, onText);
    const usages = [first.usage];
    let { calls } = first;
    const repaired = await Promise.allSettled(
      first.replies.map(async (reply): Promise<Reply> => {
        if (reply.ending === 'refused') return reply;
        const read = valueOf(reply, check);
        if ('value' in read) return { ...reply, value: read.value };
        const second = await draw(askedAgain(asked, reply, read.problems));
        usages.push(second.usage);
        calls += second.calls;
        const again = second.replies[0] as Reply;
        const reread = valueOf(again, check);
        if ('value' in reread) return { ...again, value: reread.value };
        if (again.ending === 'refused') return again;
        throw new WinnowError(
          'model-reply-invalid',
          `Expected JSON of the schema that was asked for from ${id}; it was asked again, and still ${reread.problems.join('; ')}.`,
          { details: { model: id, problems: reread.problems, reply: again.text.slice(0, 2_000) } },
        );
      }),
    );
    const replies = repaired.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const failed = repaired.find((one) => one.status === 'rejected');
    if (failed !== undefined && replies.length === 0) throw failed.reason;
    return { replies, usage: sumOf(usages), calls, failure: first.failure ?? failed?.reason ?? null };
  }

  /** What is told of replies that did not come. @throws a failure that is no failure of the world */
  function missingOf(failure: unknown, count: number): Pick<Answer, 'missing'> {
    if (failure === null) return {};
    const error = budget.deadline?.aborted && !(failure instanceof WinnowError) ? budget.timeOver(true) : failure;
    if (!(error instanceof WinnowError)) throw error;
    return { missing: { count, reason: `${error.code}: ${error.message}` } };
  }

  async function asked(request: CompleteRequest, onText: Draw['onText'], signal: AbortSignal): Promise<Answer> {
    const check = request.schema === undefined ? null : openSchema(request.schema);
    if (replayer !== null) {
      const answer = replayer.next(request);
      // What the run had spent is spent again, so that it stops where it stopped.
      const took = amountOf(answer.usage, { inputTokens: 0, outputTokens: 0 });
      (await budget.reserve(took, price, signal)).settle(took);
      budget.count('replayed');
      return answer;
    }
    const found = cache?.find(request) ?? null;
    if (found !== null) {
      budget.count('cached');
      return found;
    }
    const { replies, usage, calls, failure } = await drawn(request, check, onText, signal);
    const missing = missingOf(failure, request.sampling.count - replies.length);
    const answer: Answer = { replies, usage, cost: costOf(usage, price), from: 'provider', calls, ...missing };
    if (answer.missing === undefined) cache?.keep(request, answer);
    return answer;
  }

  return {
    id,
    capabilities,
    spent: () => budget.spent(),
    async ask(request: Request, { signal, onText } = {}) {
      const complete = completeRequest(request, id, capabilities);
      if (signal?.aborted) throw cancelled();
      const signals = [signal, budget.deadline].filter((one) => one !== undefined && one !== null);
      const wasOver = budget.deadline?.aborted ?? false;
      const recorded = recorder?.begin(complete);
      try {
        const answer = await asked(complete, onText, AbortSignal.any(signals));
        if (answer.missing !== undefined) {
          if (signal?.aborted) throw cancelled();
          const { count, reason } = answer.missing;
          notice(`${id}: ${count} of ${complete.sampling.count} replies did not come, the others are kept. ${reason}`);
        }
        if (answer.from !== 'provider') onText?.(answer.replies[0]?.text ?? '');
        recorded?.(answer);
        return answer;
      } catch (cause) {
        if (signal?.aborted) throw cancelled();
        const error = budget.deadline?.aborted && !(cause instanceof WinnowError) ? budget.timeOver(!wasOver) : cause;
        if (error instanceof WinnowError) recorded?.(error);
        throw error;
      }
    },
  };
}

/** Never connected to. */
const replayAddress = 'http://127.0.0.1:9/v1';

const isBudget = (given: BudgetLimits | Budget | undefined): given is Budget =>
  given !== undefined && 'reserve' in given;

/** What nobody counted is taken to be the most it could be. */
const amountOf = ({ inputTokens, outputTokens }: Usage, most: Amount): Amount => ({
  inputTokens: inputTokens ?? most.inputTokens,
  outputTokens: outputTokens ?? most.outputTokens,
});

const costOf = ({ inputTokens, outputTokens }: Usage, price: Price | null): number | null =>
  price === null || inputTokens === null || outputTokens === null
    ? null
    : priceOf({ inputTokens, outputTokens }, price);

/** An attempt that the provider had begun to answer, or that was broken off by us, may have cost as much as a whole one. */
function settleFailed(reservation: Reservation, cause: unknown, most: Amount): void {
  reservation.settle(cause instanceof CallFailure && !cause.mayCost ? null : most);
}
