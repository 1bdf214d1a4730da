/** Stop sequences, applied here whatever the provider did: a reply ends before the first of them. */
import type { Reply } from './types.ts';

/** Where the text ends; its length where no sequence occurs. */
export function stopAt(text: string, stop: readonly string[]): number {
  return stop.reduce((least, one) => {
    const at = text.indexOf(one);
    return at === -1 ? least : Math.min(least, at);
  }, text.length);
}

/** The reply up to its first stop sequence, and the log-probabilities of the tokens that are wholly in it. */
export function stopped(reply: Reply, stop: readonly string[]): Reply {
  const end = stopAt(reply.text, stop);
  if (end === reply.text.length) return reply;
  let length = 0;
  const logProbabilities = reply.logProbabilities?.filter(({ token }) => {
    length += token.length;
    return length <= end;
  });
  return { ...reply, text: reply.text.slice(0, end), ending: 'stop', logProbabilities: logProbabilities ?? null };
}

/** Lets text through as it comes, but nothing that may yet turn out to be a stop sequence. */
export function stopFilter(
  stop: readonly string[],
  onText: (text: string) => void,
): { add(text: string): boolean; end(): void } {
  const longest = stop.reduce((most, { length }) => Math.max(most, length), 0);
  let all = '';
  let given = 0;
  const give = (end: number): void => {
    if (end > given) onText(all.slice(given, end));
    given = Math.max(given, end);
  };
  return {
    /** @returns whether a sequence occurred, so that nothing more is wanted */
    add: (text) => {
      all += text;
      // Sequences that began in what was there before are looked for again.
      const from = Math.max(0, all.length - text.length - longest);
      const found = from + stopAt(all.slice(from), stop);
      if (found < all.length) {
        give(found);
        return true;
      }
      give(all.length - Math.max(0, longest - 1));
      return false;
    },
    end: () => give(all.length),
  };
}
