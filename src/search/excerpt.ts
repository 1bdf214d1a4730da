/**
 * Lines of a file within a budget: whole when they fit, else without their middle.
 *
 * The beginning says what something is and the end what it gives back, so the middle
 * goes first; twice as many lines stay before the cut as after it.
 */
import type { LineRange } from '../base/mod.ts';
import { decodeUtf8 } from '../code/mod.ts';
import type { Text } from './reader.ts';
import { estimateTokens } from './tokens.ts';
import type { Excerpt } from './types.ts';

/** Lines `first` to `last` of the file, without the last line break. */
export function linesText({ bytes, starts }: Text, { first, last }: LineRange): string {
  const end = last < starts.length ? (starts[last] as number) : bytes.length;
  return decodeUtf8(bytes, starts[first - 1] ?? bytes.length, end).replace(/\r?\n$/, '');
}

/** An excerpt as it is printed: each line after its number, a line in place of those left out. */
export function excerptText({ text, lines, omitted }: Excerpt): string {
  const rows = text.split('\n');
  let line = lines.first;
  const out: string[] = [];
  for (const row of rows) {
    if (omitted !== null && line === omitted.first) {
      out.push(omittedText(omitted));
      line = omitted.last + 1;
    }
    out.push(`${line++}: ${row}`);
  }
  if (omitted !== null && line === omitted.first) out.push(omittedText(omitted));
  return `${out.join('\n')}\n`;
}

const omittedText = ({ first, last }: LineRange): string => `… lines ${first}-${last} left out`;

/** Share of the kept lines that stand before the cut. */
const headShare = 2 / 3;

/**
 * @param budgetTokens room for the printed excerpt, or `null` for no limit
 * @param say how lines of the file are shown; keeps their count
 * @returns `null` when not even one line fits
 */
export function excerptOf(
  text: Text,
  lines: LineRange,
  budgetTokens: number | null,
  say: (lines: string) => string = asWritten,
): Excerpt | null {
  const whole: Excerpt = { text: say(linesText(text, lines)), lines, omitted: null };
  if (budgetTokens === null || estimateTokens(excerptText(whole)) <= budgetTokens) return whole;
  let low = 0;
  let high = lines.last - lines.first;
  let best: Excerpt | null = null;
  while (low < high) {
    const kept = (low + high + 1) >>> 1;
    const bare = without(text, lines, kept);
    const cut = { ...bare, text: say(bare.text) };
    if (estimateTokens(excerptText(cut)) <= budgetTokens) {
      best = cut;
      low = kept;
    } else high = kept - 1;
  }
  return best;
}

const asWritten = (lines: string): string => lines;

/** @param kept lines to keep, from 1 to one less than there are */
function without(text: Text, lines: LineRange, kept: number): Excerpt {
  const head = Math.max(1, Math.ceil(kept * headShare));
  const tail = kept - head;
  const omitted = { first: lines.first + head, last: lines.last - tail };
  const before = linesText(text, { first: lines.first, last: omitted.first - 1 });
  const after = tail === 0 ? '' : `\n${linesText(text, { first: omitted.last + 1, last: lines.last })}`;
  return { text: before + after, lines, omitted };
}
