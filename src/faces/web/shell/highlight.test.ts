/** Colours of code, by tokenisers over a stream of our own; whatever they do, no letter is lost. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { colouredLines } from './highlight.ts';
import { loadMode } from './modes.ts';

const textOf = (lines: ReturnType<typeof colouredLines>) =>
  lines.map((line) => line.map(({ text }) => text).join('')).join('\n');

test('a comment of several lines stays one, and a keyword within it is none', async () => {
  const lines = colouredLines('"""one\nif two\n"""\nif x: pass', await loadMode('python'));
  expect(lines[1]).toEqual([{ text: 'if two', look: 'tok-string' }]);
  expect(lines[3]?.[0]).toEqual({ text: 'if', look: 'tok-keyword' });
});

test.each(['python', 'javascript', 'c', 'php', 'ruby', 'sql', 'html', 'haskell', 'bash', 'yaml'])(
  '%s: any text comes out as it went in',
  async (language) => {
    const mode = await loadMode(language);
    expect(mode).not.toBeNull();
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 60 }), (text) => {
        expect(textOf(colouredLines(text, mode))).toBe(text);
      }),
      { numRuns: 60, seed: 1 },
    );
  },
);

test('a language without a tokeniser has no colours', async () => {
  expect(await loadMode('no such language')).toBeNull();
  expect(colouredLines('a b', null)).toEqual([[{ text: 'a b', look: '' }]]);
});
