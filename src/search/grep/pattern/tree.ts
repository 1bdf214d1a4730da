/**
 * A pattern as a tree, after everything that is only a way of writing is gone: flags are applied, classes are
 * sets, groups are their content, counted repetitions keep their counts.
 *
 * Nothing here captures: a line matches or not, and of a match only its span is shown.
 */
import type { Ranges } from './ranges.ts';

/** What holds between two bytes. Bits, so that a set of them is a number. */
export const look = {
  textStart: 1,
  textEnd: 2,
  lineStart: 4,
  lineEnd: 8,
  /** Of ASCII words, then of Unicode ones at `<< unicodeShift`. */
  word: 16,
  notWord: 32,
  wordStart: 64,
  wordEnd: 128,
  wordStartHalf: 256,
  wordEndHalf: 512,
} as const;

export const unicodeShift = 6;
export const asciiWordLooks = 0b1111110000;
export const unicodeWordLooks = asciiWordLooks << unicodeShift;

export type Tree =
  | { readonly kind: 'empty' }
  /** One code point in UTF-8, or one byte. Never matches when `ranges` is empty. */
  | { readonly kind: 'class'; readonly ranges: Ranges; readonly bytes: boolean }
  | { readonly kind: 'look'; readonly look: number }
  | { readonly kind: 'concat'; readonly parts: readonly Tree[] }
  /** Earlier parts are preferred. */
  | { readonly kind: 'either'; readonly parts: readonly Tree[] }
  | {
      readonly kind: 'repeat';
      readonly part: Tree;
      readonly min: number;
      /** `Infinity` for no end. */
      readonly max: number;
      readonly greedy: boolean;
    };

export const empty: Tree = { kind: 'empty' };

export function concat(parts: readonly Tree[]): Tree {
  const flat = parts.flatMap((part) => (part.kind === 'concat' ? part.parts : part.kind === 'empty' ? [] : [part]));
  return flat.length === 0 ? empty : flat.length === 1 ? (flat[0] as Tree) : { kind: 'concat', parts: flat };
}

export function either(parts: readonly Tree[]): Tree {
  return parts.length === 1 ? (parts[0] as Tree) : { kind: 'either', parts };
}

/** Looks that occur anywhere in it. */
export function looksIn(tree: Tree): number {
  switch (tree.kind) {
    case 'look':
      return tree.look;
    case 'concat':
    case 'either':
      return tree.parts.reduce((all, part) => all | looksIn(part), 0);
    case 'repeat':
      return looksIn(tree.part);
    default:
      return 0;
  }
}
