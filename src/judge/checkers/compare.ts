/**
 * Holds an output against a key: the checkers that are ours, which need no program.
 *
 * They work on bytes, in time linear in both, and never throw: whatever a program writes, and whatever a key holds, there is an answer.
 */

import type { Checker, Difference, Verdict } from '../types.ts';
import type { Found } from './bytes.ts';
import { differenceAt } from './difference.ts';
import { compareLines } from './lines.ts';
import { compareTokens } from './tokens.ts';

export type PlainChecker = Exclude<Checker, { kind: 'program' }>;

/** A verdict with the place where a wrong output is wrong. Reason and place quote the key. */
export type Compared =
  | Extract<Verdict, { kind: 'right' }>
  | (Extract<Verdict, { kind: 'wrong' }> & { readonly difference: Difference });

export function compare(checker: PlainChecker, expected: Uint8Array, actual: Uint8Array): Compared {
  const found = firstDifference(checker, expected, actual);
  if (found === null) return { kind: 'right' };
  const { e, a, reason } = found;
  return { kind: 'wrong', reason, difference: differenceAt(expected, e, actual, a) };
}

function firstDifference(checker: PlainChecker, expected: Uint8Array, actual: Uint8Array): Found | null {
  switch (checker.kind) {
    case 'exact':
      return compareExactly(expected, actual);
    case 'tokens':
      return compareTokens(expected, actual, checker);
    case 'lines':
      return compareLines(expected, actual, checker);
  }
}

function compareExactly(expected: Uint8Array, actual: Uint8Array): Found | null {
  const shorter = Math.min(expected.length, actual.length);
  let at = 0;
  while (at < shorter && expected[at] === actual[at]) at++;
  if (at === expected.length && at === actual.length) return null;
  const reason =
    at === actual.length
      ? 'The output ends too early.'
      : at === expected.length
        ? 'There is more output than expected.'
        : 'A byte differs.';
  return { e: at, a: at, reason };
}
