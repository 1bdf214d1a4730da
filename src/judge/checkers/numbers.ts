/**
 * Whether a word is a number, and whether two numbers are near enough.
 *
 * Each word is judged by itself: that one was close enough never loosens how another is compared. What is no number by this grammar
 * (hexadecimal, digits with separators) is a word like any other.
 */
import type { Tolerance } from '../types.ts';

/** `1`, `-1.5`, `+.5`, `1.`, `1e-9`, and the words that C, Python and Java print for what is not finite. */
const grammar = /^[+-]?(?:(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?|inf(?:inity)?|nan)$/i;

/** Past this many characters a word is compared as text: no program prints a number of use that is longer. */
const longestNumber = 4096;

/** @returns null when the word is no number */
export function numberOf(word: Uint8Array): number | null {
  const first = word[0];
  if (first === undefined || word.length > longestNumber || !startsNumber(first)) return null;
  const text = Buffer.from(word.buffer, word.byteOffset, word.length).toString('latin1');
  if (!grammar.test(text)) return null;
  const plain = text.toLowerCase().replace(/^[+-]/, '');
  const sign = text.startsWith('-') ? -1 : 1;
  if (plain === 'nan') return Number.NaN;
  if (plain.startsWith('inf')) return sign * Number.POSITIVE_INFINITY;
  return sign * Number(plain);
}

/** A digit, a sign, a point, or the first letter of `inf` and `nan`. */
const startsNumber = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || '+-.iInN'.includes(String.fromCharCode(byte));

/**
 * What is not finite is near only to itself: NaN to NaN, an infinity to that of its sign. So is a number too large for a double, which is
 * why the caller compares the words' bytes first.
 */
export function isNear(expected: number, actual: number, { absolute, relative }: Tolerance): boolean {
  if (Number.isNaN(expected)) return Number.isNaN(actual);
  if (!Number.isFinite(expected) || !Number.isFinite(actual)) return expected === actual;
  const away = Math.abs(expected - actual);
  return (absolute !== null && away <= absolute) || (relative !== null && away <= relative * Math.abs(expected));
}
