/**
 * Keeping an answer within its budget: signatures first, what stands beside them while there is room, never a token more than was asked
 * for. Text and structure are counted apart, because a client shows its model one of them.
 */
import { estimateTokens } from '../../search/mod.ts';

/** A piece of an answer: its first line, and what may be left out. */
export interface Piece {
  readonly head: Rendered;
  readonly whole: Rendered;
}

interface Rendered {
  readonly text: string;
  readonly structured: unknown;
}

interface Tokens {
  text: number;
  structure: number;
}

const tokensOf = ({ text, structured }: Rendered): Tokens => ({
  text: estimateTokens(text),
  // One for the comma.
  structure: estimateTokens(JSON.stringify(structured)) + 1,
});

/**
 * The first pieces that fit, as many as do, those before others with all that stands beside them.
 *
 * @param frame what stands around the pieces in any case
 * @param budget tokens
 */
export function fitted(pieces: readonly Piece[], frame: Rendered, budget: number): readonly Rendered[] {
  const used = tokensOf(frame);
  const fits = (more: Tokens): boolean => used.text + more.text <= budget && used.structure + more.structure <= budget;
  const spend = (more: Tokens): void => {
    used.text += more.text;
    used.structure += more.structure;
  };
  const kept: { rendered: Rendered; piece: Piece; tokens: Tokens }[] = [];
  for (const piece of pieces) {
    const tokens = tokensOf(piece.head);
    if (!fits(tokens)) break;
    spend(tokens);
    kept.push({ rendered: piece.head, piece, tokens });
  }
  for (const one of kept) {
    const whole = tokensOf(one.piece.whole);
    const more = { text: whole.text - one.tokens.text, structure: whole.structure - one.tokens.structure };
    if (!fits(more)) continue;
    spend(more);
    one.rendered = one.piece.whole;
  }
  return kept.map(({ rendered }) => rendered);
}

/** Whether an answer keeps within its budget, in both of its forms. */
export function isWithin({ text, structured }: Rendered, budget: number): boolean {
  return estimateTokens(text) <= budget && estimateTokens(JSON.stringify(structured)) <= budget;
}

/** Whole lines of a text from its beginning, at most so many tokens of them; one line that is too long is cut. */
export function firstLines(text: string, budget: number): string {
  const lines = text.split(/(?<=\n)/);
  let used = 0;
  let kept = '';
  for (const line of lines) {
    used += estimateTokens(line);
    if (used > budget) return kept === '' ? cutLine(line, budget) : kept;
    kept += line;
  }
  return kept;
}

/** Begin and end of a text with its middle left out, at most so many tokens. */
export function endsOf(text: string, budget: number): { readonly text: string; readonly omitted: boolean } {
  if (estimateTokens(text) <= budget) return { text, omitted: false };
  const mark = '\n[…]\n';
  const half = Math.max(1, Math.floor((budget - estimateTokens(mark)) / 2));
  const head = firstLines(text, half);
  const rest = text.slice(head.length);
  const lines = rest.split(/(?<=\n)/);
  let used = 0;
  let at = lines.length;
  while (at > 0 && used + estimateTokens(lines[at - 1] as string) <= half)
    used += estimateTokens(lines[--at] as string);
  const tail =
    at === lines.length
      ? [...cutLine([...rest].reverse().join(''), half)].reverse().join('')
      : lines.slice(at).join('');
  return { text: `${head}${mark}${tail}`, omitted: true };
}

function cutLine(line: string, budget: number): string {
  let length = Math.min(line.length, budget * 3);
  while (length > 0 && estimateTokens(line.slice(0, length)) > budget) length = Math.floor(length * 0.8);
  // A character of two units is not cut in two.
  return /[\ud800-\udbff]$/.test(line.slice(0, length)) ? line.slice(0, length - 1) : line.slice(0, length);
}
