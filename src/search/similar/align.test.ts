import fc from 'fast-check';
import { expect, test } from 'vitest';
import { commonTokens, mostCells, occurrences } from './align.ts';

const sequence = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 25 });

function longest(one: readonly number[], other: readonly number[]): number {
  if (one.length === 0 || other.length === 0) return 0;
  const table = Array.from({ length: one.length + 1 }, () => new Array<number>(other.length + 1).fill(0));
  for (const [i, a] of one.entries())
    for (const [j, b] of other.entries())
      (table[i + 1] as number[])[j + 1] =
        a === b
          ? ((table[i] as number[])[j] as number) + 1
          : Math.max((table[i] as number[])[j + 1] as number, (table[i + 1] as number[])[j] as number);
  return (table[one.length] as number[])[other.length] as number;
}

test('the longest common sequence is that of the whole table', () => {
  fc.assert(
    fc.property(sequence, sequence, (one, other) => {
      expect(commonTokens(Uint32Array.from(one), Uint32Array.from(other))).toBe(longest(one, other));
    }),
  );
});

test('a table that would be too large is not filled, but for equal ends', () => {
  const size = Math.ceil(Math.sqrt(mostCells)) + 1;
  const one = Uint32Array.from({ length: size }, (_, i) => i);
  expect(commonTokens(one, one)).toBe(size);
  expect(
    commonTokens(
      one,
      one.map((value) => value + size),
    ),
  ).toBeNull();
});

test('a piece is found at every place that does not overlap the one before', () => {
  fc.assert(
    fc.property(
      sequence,
      fc.array(fc.integer({ min: 0, max: 1 }), { minLength: 1, maxLength: 4 }),
      (tokens, wanted) => {
        const expected: number[] = [];
        for (let at = 0; at + wanted.length <= tokens.length; ) {
          const fits = wanted.every((token, i) => tokens[at + i] === token);
          if (fits) expected.push(at);
          at += fits ? wanted.length : 1;
        }
        expect(occurrences(Uint32Array.from(tokens), Uint32Array.from(wanted), 100)).toEqual(expected);
      },
    ),
  );
});
