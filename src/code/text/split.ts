/**
 * Cuts text without a grammar into pieces of bounded size.
 *
 * Cuts at the best place in the last part of each window: a blank line, else a line end,
 * else punctuation or white space, else anywhere but inside a character. Each step
 * looks at one window, so a line of 100 MB costs no more than any other text.
 */
import { limits } from '../../base/mod.ts';
import type { TextChunk } from '../languages/language.ts';

export interface Extent {
  readonly start: number;
  readonly end: number;
}

/** Longest piece, in UTF-16 units, which are bytes in nearly all text that has no grammar. */
export const pieceUnits = limits.chunkBytes;

/** A blank line is taken when it leaves a piece of at least this share; a line end, the other. */
const blankLineShare = 0.4;
const lineShare = 0.1;

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13) || code === 0xfeff || code === 0xa0;

/** `[start, end)` without white space at its ends; empty at `start` when there is nothing else. */
export function trimmed(text: string, start: number, end: number): Extent {
  let from = start;
  let to = end;
  while (from < to && isSpace(text.charCodeAt(from))) from++;
  while (to > from && isSpace(text.charCodeAt(to - 1))) to--;
  return { start: from, end: to };
}

/** Pieces of `[start, end)`, ascending, together all of it but white space. */
export function splitText(text: string, start: number, end: number): Extent[] {
  const pieces: Extent[] = [];
  let { start: at, end: last } = trimmed(text, start, end);
  while (last - at > pieceUnits) {
    const cut = at + cutIn(text.slice(at, at + pieceUnits));
    const piece = trimmed(text, at, cut);
    if (piece.end > piece.start) pieces.push(piece);
    at = cut;
    while (at < last && isSpace(text.charCodeAt(at))) at++;
  }
  if (last > at) pieces.push({ start: at, end: last });
  return pieces;
}

function cutIn(window: string): number {
  const length = window.length;
  const blank = Math.max(window.lastIndexOf('\n\n'), window.lastIndexOf('\n\r\n'));
  if (blank >= length * blankLineShare) return blank + 1;
  const newline = window.lastIndexOf('\n');
  if (newline >= length * lineShare) return newline + 1;
  for (let at = length - 1; at > length >>> 1; at--) {
    const code = window.charCodeAt(at);
    const isWord =
      code === 95 || (code >= 48 && code <= 57) || (code >= 65 && code <= 90) || (code >= 97 && code <= 122);
    if (!isWord && code < 0x80) return at + 1;
  }
  const lastUnit = window.charCodeAt(length - 1);
  return lastUnit >= 0xd800 && lastUnit < 0xdc00 ? length - 1 : length;
}

/** Collects chunks of kind `text` and numbers the pieces of each symbol. */
export class TextChunks {
  readonly list: TextChunk[] = [];
  readonly #pieces = new Map<number, number>();
  readonly #text: string;

  constructor(text: string) {
    this.#text = text;
  }

  /** Adds `[start, end)`, cut where too long. */
  add(symbol: number, start: number, end: number): void {
    for (const part of splitText(this.#text, start, end)) {
      const piece = symbol < 0 ? 0 : (this.#pieces.get(symbol) ?? 0);
      if (symbol >= 0) this.#pieces.set(symbol, piece + 1);
      this.list.push({ kind: 'text', symbol, parts: [part], piece });
    }
  }
}
