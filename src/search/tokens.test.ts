import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens } from './tokens.ts';

/** Letters, signs, spaces, and characters of two, three and four bytes. */
const text = fc.string({ unit: fc.constantFrom('a', 'B', '1', ' ', '.', '{', '\n', 'é', '数', '😀', '\ud83d') });

test('joining texts costs no more than the texts', () => {
  fc.assert(
    fc.property(text, text, (a, b) => {
      expect(estimateTokens(a + b)).toBeLessThanOrEqual(estimateTokens(a) + estimateTokens(b));
    }),
  );
});

test('errs upward', () => {
  // Ten tokens in the GPT vocabularies, the usual worked example.
  expect(estimateTokens('The quick brown fox jumps over the lazy dog.')).toBeGreaterThanOrEqual(10);
  expect(estimateTokens('a b c d e f')).toBeGreaterThanOrEqual(6);
  expect(estimateTokens('数据库')).toBeGreaterThanOrEqual(3);
  expect(estimateTokens('')).toBe(0);
});
