/**
 * Compares line by line, or as a bag of lines.
 *
 * Blanks at the end of a line (space, tab, return) and empty lines at the end of the output do not count; those at the start of a line
 * and empty lines between others do.
 */

import type { Checker } from '../types.ts';
import { equalBytes, type Found, lower, shownWord } from './bytes.ts';

interface Line {
  readonly start: number;
  readonly end: number;
}

export function compareLines(
  expected: Uint8Array,
  actual: Uint8Array,
  { ignoreCase, unordered }: Omit<Extract<Checker, { kind: 'lines' }>, 'kind'>,
): Found | null {
  const [wanted, got] = [linesOf(expected), linesOf(actual)];
  if (unordered) return compareBags(expected, wanted, actual, got, ignoreCase);
  for (let index = 0; index < Math.max(wanted.length, got.length); index++) {
    const [one, other] = [wanted[index], got[index]];
    const e = one?.start ?? expected.length;
    const a = other?.start ?? actual.length;
    if (other === undefined) return { e, a, reason: 'The output ends too early.' };
    if (one === undefined) return { e, a, reason: 'There is more output than expected.' };
    const [x, y] = [expected.subarray(one.start, one.end), actual.subarray(other.start, other.end)];
    if (!equalBytes(x, y, ignoreCase)) return { e, a, reason: 'The line differs.' };
  }
  return null;
}

function compareBags(
  expected: Uint8Array,
  wanted: readonly Line[],
  actual: Uint8Array,
  got: readonly Line[],
  ignoreCase: boolean,
): Found | null {
  const left = new Map<string, number>();
  for (const line of wanted) {
    const key = keyOf(expected, line, ignoreCase);
    left.set(key, (left.get(key) ?? 0) + 1);
  }
  for (const line of got) {
    const key = keyOf(actual, line, ignoreCase);
    const times = left.get(key) ?? 0;
    if (times === 0)
      return { e: expected.length, a: line.start, reason: 'This line is not expected, or not as often.' };
    left.set(key, times - 1);
  }
  const missing = wanted.find((line) => (left.get(keyOf(expected, line, ignoreCase)) ?? 0) > 0);
  if (missing === undefined) return null;
  const line = shownWord(expected.subarray(missing.start, missing.end));
  return { e: missing.start, a: actual.length, reason: `A line is missing: ${line}.` };
}

/** Latin-1 has one character for each byte, so equal texts are equal bytes. */
function keyOf(bytes: Uint8Array, { start, end }: Line, ignoreCase: boolean): string {
  const line = bytes.subarray(start, end);
  return Buffer.from(ignoreCase ? line.map(lower) : line).toString('latin1');
}

function linesOf(bytes: Uint8Array): Line[] {
  const lines: Line[] = [];
  for (let start = 0; start < bytes.length; ) {
    const found = bytes.indexOf(0x0a, start);
    const next = found < 0 ? bytes.length : found;
    let end = next;
    while (end > start && isBlank(bytes[end - 1] as number)) end--;
    lines.push({ start, end });
    start = next + 1;
  }
  while (lines.length > 0 && lines[lines.length - 1]?.start === lines[lines.length - 1]?.end) lines.pop();
  return lines;
}

const isBlank = (byte: number): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;
