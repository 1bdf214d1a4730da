import fc from 'fast-check';
import { expect, test } from 'vitest';
import { estimateTokens } from '../../search/mod.ts';
import { endsOf, firstLines, fitted } from './budget.ts';
import { cursorAt, offsetOf } from './cursor.ts';
import { Outputs } from './outputs.ts';

const text = fc.string({ unit: fc.constantFrom('a', ' ', '\n', 'word ', '"', 'é', '😀', '\\'), maxLength: 400 });

test('what is kept of a text is within its budget and is of it', () => {
  fc.assert(
    fc.property(text, fc.integer({ min: 5, max: 200 }), (whole, budget) => {
      const first = firstLines(whole, budget);
      expect(estimateTokens(first)).toBeLessThanOrEqual(budget);
      expect(whole.startsWith(first)).toBe(true);
      const { text: ends, omitted } = endsOf(whole, budget);
      expect(omitted).toBe(estimateTokens(whole) > budget);
      if (!omitted) expect(ends).toBe(whole);
      else expect(estimateTokens(ends)).toBeLessThanOrEqual(budget + 4);
    }),
  );
});

test('heads come first, then details while there is room, in both forms', () => {
  const piece = (name: string) => ({
    head: { text: `${name}\n`, structured: { name } },
    whole: { text: `${name}\n  detail of ${name}\n`, structured: { name, detail: `detail of ${name}` } },
  });
  const pieces = ['one', 'two', 'three'].map(piece);
  const frame = { text: '', structured: [] };
  const texts = (budget: number) => fitted(pieces, frame, budget).map((one) => one.text);
  expect(texts(3)).toEqual([]);
  expect(texts(26)).toEqual(['one\n', 'two\n', 'three\n']);
  expect(texts(40)[0]).toContain('detail of one');
  expect(texts(40)[2]).toBe('three\n');
  expect(texts(200).every((one) => one.includes('detail'))).toBe(true);
});

test('a cursor belongs to what was asked, whatever the order of its words and its budget', () => {
  const cursor = cursorAt(20, { query: 'x', lang: ['go'], budget: 100 });
  expect(offsetOf(cursor, { lang: ['go'], query: 'x', budget: 900, cursor })).toBe(20);
  expect(offsetOf(undefined, { query: 'x' })).toBe(0);
  for (const wrong of [cursor, '20', '', '-1.00000000', `${cursor}0`])
    expect(() => offsetOf(wrong, { query: 'y' })).toThrow(/cursor/);
});

test('outputs come whole in pages, and the oldest go', () => {
  const outputs = new Outputs();
  const whole = Array.from({ length: 500 }, (_, n) => `line "${n}"\n`).join('');
  const id = outputs.keep(whole);
  let all = '';
  for (let next: string | null = id; next !== null; ) {
    const page = outputs.page(next, 100);
    expect(estimateTokens(JSON.stringify(page?.text))).toBeLessThanOrEqual(100);
    all += page?.text ?? '';
    next = page?.next ?? null;
  }
  expect(all).toBe(whole);
  expect(outputs.page('src/a.py', 100)).toBeNull();
  for (let n = 0; n < 16; n++) outputs.keep('later');
  expect(() => outputs.page(id, 100)).toThrow(/not kept any more/);
});
