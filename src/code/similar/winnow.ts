/**
 * Winnowing: few fingerprints of a sequence of tokens, chosen so that whatever two sequences have in common is seen.
 *
 * Schleimer, Wilkerson and Aiken 2003 ("Winnowing: Local Algorithms for Document Fingerprinting", SIGMOD), section 3. Every run of `gramTokens`
 * tokens is hashed, and of every `windowGrams` neighbours the one with the least hash is kept, the last of equals. Hence
 *
 *   noise threshold   runs shorter than `gramTokens` are never found,
 *   guarantee         a run of `guaranteeTokens` or more that two sequences share has a fingerprint in both at the same place,
 *   density           2 / (windowGrams + 1) of the grams are kept, 22%.
 *
 * Grams are chosen by tokens with names and literals replaced, and carry both hashes: an exact copy is a renamed one too, so one
 * choice serves both strengths and the guarantee holds for both. A gram is no shorter than a window, so that grams kept one after another leave no token
 * between them uncovered: fingerprints that agree in a row, at equal distances, say that all tokens agree.
 */
import { mixed } from './hash.ts';
import type { TokenColumns } from './tokens.ts';

/** Tokens of a gram. Eight are about a statement: fewer are everywhere, more make copies vanish at each change. */
export const gramTokens = 8;
/** Grams of a window; at most `gramTokens`. */
export const windowGrams = 8;
/** Tokens of a shared run that is never missed. */
export const guaranteeTokens = gramTokens + windowGrams - 1;

/** Odd: no power of it is lost modulo 2^32. */
const base = 0x2c1b3c6d;

/** Hash of every gram, by the token that it begins with. */
export function gramHashes(tokens: Uint32Array): Uint32Array {
  const count = Math.max(0, tokens.length - gramTokens + 1);
  const hashes = new Uint32Array(count);
  let power = 1;
  for (let i = 1; i < gramTokens; i++) power = Math.imul(power, base);
  let rolling = 0;
  for (let i = 0; i < tokens.length; i++) {
    if (i >= gramTokens) rolling = (rolling - Math.imul(tokens[i - gramTokens] as number, power)) | 0;
    rolling = (Math.imul(rolling, base) + (tokens[i] as number)) | 0;
    if (i >= gramTokens - 1) hashes[i - gramTokens + 1] = mixed(rolling);
  }
  return hashes;
}

/** Tokens that the kept grams begin with, ascending; none of a sequence shorter than a gram, one at least of any other. */
export function winnow(blindGrams: Uint32Array): Uint32Array {
  const kept: number[] = [];
  const windows = Math.max(1, blindGrams.length - windowGrams + 1);
  let least = -1;
  for (let from = 0; from < windows && blindGrams.length > 0; from++) {
    const end = Math.min(blindGrams.length, from + windowGrams);
    if (least < from) {
      least = from;
      for (let at = from + 1; at < end; at++)
        if ((blindGrams[at] as number) <= (blindGrams[least] as number)) least = at;
    } else if ((blindGrams[end - 1] as number) <= (blindGrams[least] as number)) least = end - 1;
    if (kept.at(-1) !== least) kept.push(least);
  }
  return Uint32Array.from(kept);
}

/** Fingerprints of a sequence, in order. */
export interface Prints {
  readonly count: number;
  readonly blind: Uint32Array;
  readonly exact: Uint32Array;
  /** Index of each gram's first token. */
  readonly tokens: Uint32Array;
}

export function printsOf({ blind, exact }: TokenColumns): Prints {
  const blindGrams = gramHashes(blind);
  const exactGrams = gramHashes(exact);
  const tokens = winnow(blindGrams);
  return {
    count: tokens.length,
    blind: tokens.map((at) => blindGrams[at] as number),
    exact: tokens.map((at) => exactGrams[at] as number),
    tokens,
  };
}
