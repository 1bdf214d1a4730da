/**
 * What a gram is: three or four symbols in a row within a line, where a symbol is a byte with what does not matter left out.
 *
 * 64 symbols: letters without case (so that one index serves both kinds of search), digits, the usual punctuation;
 * rare signs share one, and bytes beyond ASCII are folded in. Any mapping is sound, since a gram only says where a match cannot be;
 * 64³ grams of three fit tables of 262,144 entries, which keeps making and asking cheap. Grams of four
 * leave far fewer files (docs/measurements/grep.md) and share as many numbers.
 */

/** Grams of three symbols, and as many numbers for those of four. */
const shortGrams = 64 * 64 * 64;
export const gramCount = 2 * shortGrams;

/** Stands for a line end: no gram holds one. */
export const lineEnd = 64;

/** Signs beside letters, digits and white space; those of one group share a symbol. */
const signs = [
  '_',
  '(',
  ')',
  '.',
  ',',
  ';',
  ':',
  '=',
  '"',
  "'`",
  '-',
  '/',
  '*',
  '{',
  '}',
  '[',
  ']',
  '<',
  '>',
  '+',
  '#',
  '@$',
  '!?',
  '&|',
  '\\',
  '%^~',
];

/** Byte → symbol. */
export const symbolOf: Uint8Array = (() => {
  const table = new Uint8Array(256);
  // Control characters are as rare as what lies beyond ASCII; both are spread over all symbols.
  for (let byte = 0; byte < 256; byte++) table[byte] = byte & 63;
  let next = 0;
  for (let letter = 0; letter < 26; letter++, next++) {
    table[0x61 + letter] = next;
    table[0x41 + letter] = next;
  }
  for (let digit = 0; digit < 10; digit++) table[0x30 + digit] = next++;
  table[0x20] = next;
  table[0x09] = next++;
  for (const group of signs) {
    for (const sign of group) table[sign.charCodeAt(0)] = next;
    next++;
  }
  table[10] = lineEnd;
  return table;
})();

export const gramOf = (first: number, second: number, third: number): number => (first << 12) | (second << 6) | third;

/**
 * The number of a gram of four symbols: there are 64 times more of them than numbers, which they share by a
 * multiplicative hash (Knuth, "The Art of Computer Programming" 3, §6.4).
 *
 * @param packed the symbols, six bits each
 */
export const longGramOf = (packed: number): number => shortGrams + (Math.imul(packed, 0x9e3779b1) >>> 14);
