/**
 * Drawing as many replies as are wanted: at once where the provider can, else by calls side by side.
 *
 * A provider that gives fewer than it was asked for is asked for the rest one by one; what it gives too much is dropped, in the order it came. Calls side by side have seeds of their
 * own, counted up from the one given, since the same seed would draw the same reply.
 */
import type { Given } from './call.ts';
import type { CompleteRequest } from './request.ts';
import { stopped } from './stops.ts';
import type { Reply, Usage } from './types.ts';

export interface Draw {
  readonly count: number;
  readonly seed: number | undefined;
  readonly onText?: (text: string) => void;
}

/** OpenAI's reference: `n` is at most 128. */
const mostAtOnce = 128;

/**
 * @param many whether one call can give several replies
 * @param call is not called again once one has failed, and the others are stopped by `stop`
 */
export async function drawReplies(
  request: CompleteRequest,
  many: boolean,
  onText: ((text: string) => void) | undefined,
  call: (draw: Draw) => Promise<Given>,
): Promise<{ readonly replies: Reply[]; readonly usage: Usage }> {
  const { count, seed, stop = [] } = request.sampling;
  const replies: Reply[] = [];
  const usages: Usage[] = [];
  const take = ({ replies: came, usage }: Given, wanted: number): void => {
    replies.push(...came.slice(0, wanted).map((reply) => stopped(reply, stop)));
    usages.push(usage);
  };
  const seedAt = (at: number): number | undefined => (seed === undefined ? undefined : seed + at);
  // A stream holds one reply.
  if (many && onText === undefined)
    while (replies.length < count) {
      const wanted = Math.min(count - replies.length, mostAtOnce);
      const given = await call({ count: wanted, seed: seedAt(replies.length) });
      take(given, wanted);
      if (given.replies.length < wanted) break;
    }
  const first = replies.length;
  const rest = await Promise.all(
    Array.from({ length: count - first }, (_, at) =>
      call({
        count: 1,
        seed: seedAt(first + at),
        ...(first + at === 0 && onText !== undefined ? { onText } : {}),
      }),
    ),
  );
  for (const given of rest) take(given, 1);
  return { replies, usage: sumOf(usages) };
}

export function sumOf(usages: readonly Usage[]): Usage {
  const sum = (pick: (usage: Usage) => number | null): number | null =>
    usages.reduce<number | null>((all, usage) => {
      const one = pick(usage);
      return all === null || one === null ? null : all + one;
    }, 0);
  return { inputTokens: sum((usage) => usage.inputTokens), outputTokens: sum((usage) => usage.outputTokens) };
}
