import fc from 'fast-check';
import { expect, test } from 'vitest';
import { count, cut, grouped, harmless, harmlessLines, harmlessPainted, painter, wrap } from './paint.ts';

test('colours only when asked for', () => {
  expect(painter({ color: true }).red('x')).toBe('\x1b[31mx\x1b[39m');
  expect(painter({ color: false }).red('x')).toBe('x');
  expect(painter({ color: true }).bold('')).toBe('');
});

test('control characters cannot reach the terminal, whatever the text', () => {
  expect(harmless('a\x1b[31mb\nc\x7f')).toBe('a␛[31mb␊c␡');
  // By name: a property over all of Unicode seldom meets them.
  const turning = '\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\x80\x9b\x9f';
  expect(harmless(turning)).toBe('\ufffd'.repeat(turning.length));
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(harmless(text)).not.toMatch(/[\p{Cc}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
      expect(harmless(text)).toHaveLength(text.length);
    }),
  );
});

test('what nobody sees is marked, and what joins letters and emoji stays', () => {
  const unseen = [
    '\u200b',
    '\u2060',
    '\ufeff',
    '\xad',
    '\u3164',
    '\u180e',
    '\u200c',
    '\u200d',
    '\ufe0f',
    '\u{e0041}',
    '\u{e0101}',
  ];
  for (const one of unseen) expect(harmless(`pass${one}word`)).toBe(`pass${'\ufffd'.repeat(one.length)}word`);
  for (const text of [
    '\u{1f469}\u200d\u{1f4bb}',
    '\u2764\ufe0f\u200d\u{1f525}',
    '1\ufe0f\u20e3',
    'می\u200cخواهم',
    'naïve 日本語',
  ])
    expect(harmless(text)).toBe(text);
});

test('several lines keep their ends and tabs, and nothing else that controls', () => {
  expect(harmlessLines('a\tb\r\nc\rd\x1b[2J\n')).toBe('a\tb\r\nc␍d␛[2J\n');
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      expect(harmlessLines(text).replace(/\r?\n|\t/g, '')).not.toMatch(/\p{Cc}/u);
      expect(harmlessLines(text)).toHaveLength(text.length);
    }),
  );
});

test('painted text keeps its own colours, and no other sequence', () => {
  const { bold, green } = painter({ color: true });
  const text = `${bold('+')} a\x1b[2J\x1b[30mb\n${green('c')}\n`;
  expect(harmlessPainted(text)).toBe(`${bold('+')} a␛[2J␛[30mb\n${green('c')}\n`);
});

test('cut keeps to the width and says that it cut', () => {
  expect(cut('abcdef', 6)).toBe('abcdef');
  expect(cut('abcdef', 4)).toBe('abc…');
});

test('wrapped prose keeps every word and the width', () => {
  const word = fc.stringMatching(/^[a-z]{1,9}$/);
  fc.assert(
    fc.property(fc.array(word, { minLength: 1 }), fc.integer({ min: 20, max: 60 }), (words, columns) => {
      const lines = wrap(words.join(' '), columns, 4).split('\n');
      expect(lines.flatMap((line) => line.trim().split(' '))).toEqual(words);
      for (const line of lines) expect(line.length).toBeLessThanOrEqual(columns);
    }),
  );
});

test('numbers with their noun', () => {
  expect(count(1, 'file')).toBe('1 file');
  expect(count(2000, 'file')).toBe('2,000 files');
});

test('thousands are set apart as the platform would', () => {
  expect(grouped(1234.5678)).toBe('1,234.5678');
  fc.assert(
    fc.property(fc.integer(), (number) => {
      expect(grouped(number)).toBe(number.toLocaleString('en'));
    }),
  );
});
