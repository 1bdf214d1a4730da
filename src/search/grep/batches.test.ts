import { expect, it } from 'vitest';
import { mostBytesHere } from './batches.ts';
import { type GrepOptions, usualGrep } from './options.ts';

const usual: GrepOptions = { ...usualGrep, patterns: ['name_of_it'], word: true };

it('leaves a large file to another thread where a pattern may be slow, and not for a text', () => {
  const mebibyte = 1024 * 1024;
  expect(mostBytesHere(usual)).toBe(128 * mebibyte);
  expect(mostBytesHere({ ...usual, patterns: ['(a|b)*c'], fixedStrings: true })).toBe(128 * mebibyte);
  expect(mostBytesHere({ ...usual, patterns: ['(?:one|two)'] })).toBe(128 * mebibyte);
  expect(mostBytesHere({ ...usual, patterns: ['plain', '(a|b)*c'] })).toBe(4 * mebibyte);
  expect(mostBytesHere({ ...usual, case: 'ignore' })).toBe(4 * mebibyte);
  expect(mostBytesHere({ ...usual, invert: true })).toBe(4 * mebibyte);
});
