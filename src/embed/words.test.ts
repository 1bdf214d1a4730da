import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createWordReader, stemsOf } from './words.ts';

const vocabulary = ['read', 'page', 'marshal', 'index', 'ing', 'café'];

function read(text: string, room = 64): string[] {
  const out = new Int32Array(room);
  const count = createWordReader(vocabulary).read(text, out);
  return [...out.subarray(0, count)].map((number) => vocabulary[number] as string);
}

describe('words become numbers of the vocabulary', () => {
  test.each<[string, string[]]>([
    ['readPage', ['read', 'page']],
    ['read_pages(READING)', ['read', 'page', 'read']],
    ['the page', ['page']],
    ['unmarshalling', ['marshal']], // stem `unmarshal`: two letters are left over
    ['indexread', ['index', 'read']],
    ['xyzzy', []],
    ['', []],
    ['... ()', []],
  ])('%j', (text, expected) => expect(read(text)).toEqual(expected));

  test('reading stops where there is no room', () => {
    expect(read('page page page', 2)).toEqual(['page', 'page']);
  });

  test('words beyond ASCII are folded as everywhere', () => {
    expect(stemsOf('Café')).toEqual(['cafe']);
    expect(read('数据 page')).toEqual(['page']);
  });

  test('what a word gives does not depend on what was read before', () => {
    const reader = createWordReader(vocabulary);
    fc.assert(
      fc.property(fc.array(fc.stringMatching(/^[a-zA-Z_0-9 .é]{0,20}$/)), (texts) => {
        for (const text of texts) {
          const [kept, fresh] = [new Int32Array(99), new Int32Array(99)];
          const count = reader.read(text, kept);
          expect(createWordReader(vocabulary).read(text, fresh)).toBe(count);
          expect(kept).toEqual(fresh);
        }
      }),
      { numRuns: 20 },
    );
  });

  test('more distinct words than are kept are read right too', () => {
    const reader = createWordReader(vocabulary);
    const out = new Int32Array(4);
    for (let i = 0; i < 70_000; i++) reader.read(`word${i}`, out);
    expect(reader.read('readPage', out)).toBe(2);
    expect([...out.subarray(0, 2)]).toEqual([0, 1]);
  });
});
