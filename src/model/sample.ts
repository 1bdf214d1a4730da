/**
 * Drawing as many replies as are wanted: at once where the provider can, else by calls side by side.
 *
 * A provider that gives fewer than it was asked for is asked for the rest one by one; what it gives too much is dropped, in the order it came. Calls side by side have seeds of their
 * own, counted up from the one given, since the same seed would draw the same reply.
 *
 * Where one of several calls fails, the replies of the others were paid for and are kept; no further call is begun.
 */
import type { Given } from './call.ts';
import type { CompleteRequest } from './request.ts';
import { stopped } from './stops.ts';
import type { Reply, Usage } from './types.ts';

export interface Draw {
  readonly count: number;
  readonly seed: number | undefined;
  readonly onText?: (text: string) => void;
  /** What it shares with the calls beside it: once one of them has failed, none is begun. */
  readonly batch?: { hasFailed: boolean };
}

/** What a call that is not wanted any more ends with; nobody sees it. */
export class Moot extends Error {}

export interface Drawn {
  /** At least one. */
  readonly replies: Reply[];
  readonly usage: Usage;
  /** That were answered, ≥ 1. */
  readonly calls: number;
  /** What the first call failed with whose reply is missing; null: none is. */
  readonly failure: unknown;
}

/** OpenAI's reference: `n` is at most 128. */
const mostAtOnce = 128;

/**
 * @param many whether one call can give several replies
 * @throws what the first call failed with, when none gave a reply
 */
export async function drawReplies(
  request: CompleteRequest,
  many: boolean,
  onText: ((text: string) => void) | undefined,
  call: (draw: Draw) => Promise<Given>,
): Promise<Drawn> {
  const { count, seed, stop = [] } = request.sampling;
  const replies: Reply[] = [];
  const usages: Usage[] = [];
  const take = ({ replies: came, usage }: Given, wanted: number): void => {
    replies.push(...came.slice(0, wanted).map((reply) => stopped(reply, stop)));
    usages.push(usage);
  };
  const seedAt = (at: number): number | undefined => (seed === undefined ? undefined : seed + at);
  const batch = { hasFailed: false };
  let failure: unknown = null;
  const made = async (draw: Draw): Promise<Given | null> => {
    try {
      return await call({ ...draw, batch });
    } catch (cause) {
      batch.hasFailed = true;
      if (!(cause instanceof Moot)) failure ??= cause;
      return null;
    }
  };
  // A stream holds one reply.
  if (many && onText === undefined)
    while (replies.length < count && !batch.hasFailed) {
      const wanted = Math.min(count - replies.length, mostAtOnce);
      const given = await made({ count: wanted, seed: seedAt(replies.length) });
      if (given === null) break;
      take(given, wanted);
      if (given.replies.length < wanted) break;
    }
  const first = replies.length;
  const rest = await Promise.all(
    Array.from({ length: batch.hasFailed ? 0 : count - first }, (_, at) =>
      made({
        count: 1,
        seed: seedAt(first + at),
        ...(first + at === 0 && onText !== undefined ? { onText } : {}),
      }),
    ),
  );
  for (const given of rest) if (given !== null) take(given, 1);
  if (replies.length === 0 && batch.hasFailed) throw failure;
  return { replies, usage: sumOf(usages), calls: usages.length, failure };
}

export function sumOf(usages: readonly Usage[]): Usage {
  const sum = (pick: (usage: Usage) => number | null): number | null =>
    usages.reduce<number | null>((all, usage) => {
      const one = pick(usage);
      return all === null || one === null ? null : all + one;
    }, 0);
  return { inputTokens: sum((usage) => usage.inputTokens), outputTokens: sum((usage) => usage.outputTokens) };
}
