/**
 * Compares word by word: what stands between white space, in the order in which it stands.
 *
 * White space is what C calls so; every other byte belongs to a word, NUL and what is no UTF-8 included. Letters without case are those of
 * ASCII. As Kattis's default validator does it: with a tolerance, a word of the key that is a number asks for a number, however it is
 * written; other words are compared by their bytes. Here NaN and infinities are numbers too.
 */

import type { Checker, Tolerance } from '../types.ts';
import { equalBytes, type Found, isSpace, shownWord } from './bytes.ts';
import { isNear, numberOf } from './numbers.ts';

export function compareTokens(
  expected: Uint8Array,
  actual: Uint8Array,
  { ignoreCase, spaces, tolerance }: Omit<Extract<Checker, { kind: 'tokens' }>, 'kind'>,
): Found | null {
  let [e, a] = [0, 0];
  for (;;) {
    if (spaces) {
      while (e < expected.length && isSpace(expected[e] as number) && expected[e] === actual[a])
        [e, a] = [e + 1, a + 1];
      if (isSpace(expected[e] ?? 0) || isSpace(actual[a] ?? 0)) return { e, a, reason: 'The white space differs.' };
    } else {
      while (e < expected.length && isSpace(expected[e] as number)) e++;
      while (a < actual.length && isSpace(actual[a] as number)) a++;
    }
    const [endE, endA] = [wordEnd(expected, e), wordEnd(actual, a)];
    if (endE === e && endA === a) return null;
    if (endA === a) return { e, a, reason: 'The output ends too early.' };
    if (endE === e) return { e, a, reason: 'There is more output than expected.' };
    const [wanted, got] = [expected.subarray(e, endE), actual.subarray(a, endA)];
    const reason = differs(wanted, got, ignoreCase, tolerance);
    if (reason !== null) return { e, a, reason };
    [e, a] = [endE, endA];
  }
}

function differs(wanted: Uint8Array, got: Uint8Array, ignoreCase: boolean, tolerance: Tolerance | null): string | null {
  if (equalBytes(wanted, got, ignoreCase)) return null;
  const words = (): string => `${shownWord(wanted)} was expected, ${shownWord(got)} came.`;
  const number = tolerance === null ? null : numberOf(wanted);
  if (tolerance === null || number === null) return words();
  const came = numberOf(got);
  if (came === null) return `A number was expected: ${words()}`;
  return isNear(number, came, tolerance) ? null : `Not near enough: ${words()}`;
}

function wordEnd(bytes: Uint8Array, start: number): number {
  let end = start;
  while (end < bytes.length && !isSpace(bytes[end] as number)) end++;
  return end;
}
