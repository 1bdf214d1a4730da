/** Where an output leaves its key, for a person: the lines around two places, each cut to a bound. */
import type { Difference } from '../types.ts';

/** Characters of a line that are shown: some before the place, so that it is seen what led there. */
const shownBefore = 60;
const shownAfter = 100;

const newline = 0x0a;

/**
 * @param expectedAt offset in `expected`, at most its length
 * @param actualAt offset in `actual`, at most its length
 */
export function differenceAt(
  expected: Uint8Array,
  expectedAt: number,
  actual: Uint8Array,
  actualAt: number,
): Difference {
  return {
    line: 1 + count(actual, newline, actualAt),
    expected: lineAround(expected, expectedAt),
    actual: lineAround(actual, actualAt),
  };
}

/** @returns null past the last line */
function lineAround(bytes: Uint8Array, at: number): string | null {
  const before = at === 0 ? -1 : bytes.lastIndexOf(newline, at - 1);
  const after = bytes.indexOf(newline, at);
  const [start, end] = [before + 1, after < 0 ? bytes.length : after];
  if (start >= bytes.length) return null;
  const [from, to] = [Math.max(start, at - shownBefore), Math.min(end, at + shownAfter)];
  // A character that the cut halves shows as a replacement, as does what is no UTF-8.
  const text = new TextDecoder().decode(bytes.subarray(from, to));
  return `${from > start ? '…' : ''}${text}${to < end ? '…' : ''}`;
}

function count(bytes: Uint8Array, byte: number, end: number): number {
  let found = 0;
  for (let at = bytes.indexOf(byte); at >= 0 && at < end; at = bytes.indexOf(byte, at + 1)) found++;
  return found;
}
