/** What is wrong with a pattern, and where. */
import { WinnowError } from '../../../base/mod.ts';

/** Characters of a pattern that are shown around a fault at most. */
const shownCharacters = 120;

/**
 * @param at index of the character, in code points
 * @param why a sentence
 */
export function fault(pattern: readonly string[], at: number, why: string): WinnowError {
  const from = Math.max(0, at - shownCharacters / 2);
  const shown = pattern.slice(from, from + shownCharacters).join('');
  const mark = `${' '.repeat(at - from)}^`;
  return new WinnowError(
    'bad-query',
    `The pattern cannot be read at character ${at + 1}: ${why}\n    ${shown}\n    ${mark}`,
    {
      details: { pattern: pattern.join(''), character: at + 1 },
    },
  );
}
