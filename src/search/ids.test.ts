import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { linesId, parseId, symbolId } from './ids.ts';

const awkward = fc.string({
  unit: fc.constantFrom('a', 'B', '.', ':', '#', '1', '2', '-', '%', '3', ' ', '\n', '/', 'é', '😀'),
  minLength: 1,
  maxLength: 12,
});

describe('ids', () => {
  test('ordinary names are written as typed', () => {
    expect(symbolId('src/a.ts', 'Class.method', 1)).toBe('src/a.ts:Class.method');
    expect(symbolId('src/a.ts', 'Class.method', 2)).toBe('src/a.ts:Class.method#2');
    expect(symbolId('a.js', 'Box.#count', 1)).toBe('a.js:Box.#count');
    expect(linesId('a b.md', { first: 12, last: 40 })).toBe('a b.md:12-40');
  });

  test('names that look like something else are escaped', () => {
    expect(symbolId('a.md', 'Note: this', 1)).toBe('a.md:Note%3A this');
    expect(symbolId('a.yml', '12-40', 1)).toBe('a.yml:%312-40');
    expect(symbolId('a.md', 'Issue #2', 1)).toBe('a.md:Issue %232');
  });

  test('every id parses back, whatever path and name hold', () => {
    fc.assert(
      fc.property(awkward, awkward, fc.integer({ min: 1, max: 12 }), (path, name, ordinal) => {
        expect(parseId(symbolId(path, name, ordinal))).toEqual({ kind: 'symbol', path, name, ordinal });
      }),
    );
    fc.assert(
      fc.property(awkward, fc.nat(9999), fc.nat(9999), (path, first, last) => {
        expect(parseId(linesId(path, { first, last }))).toEqual({ kind: 'lines', path, lines: { first, last } });
      }),
    );
  });

  test('text without a name is no id', () => {
    for (const text of ['', 'src/a.ts', ':x', 'x:']) expect(parseId(text)).toBeNull();
  });
});
