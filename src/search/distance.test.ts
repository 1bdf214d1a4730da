import fc from 'fast-check';
import { expect, test } from 'vitest';
import { distanceWithin } from './distance.ts';

/** The definition, without cut-offs. */
function plain(a: string, b: string): number {
  const cost = Array.from({ length: a.length + 1 }, (_, i) =>
    Array.from({ length: b.length + 1 }, (_, j) => (i === 0 ? j : j === 0 ? i : 0)),
  );
  const at = (i: number, j: number): number => cost[i]?.[j] as number;
  for (let i = 1; i <= a.length; i++) {
    for (let j = 1; j <= b.length; j++) {
      let best = Math.min(at(i - 1, j) + 1, at(i, j - 1) + 1, at(i - 1, j - 1) + (a[i - 1] === b[j - 1] ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) best = Math.min(best, at(i - 2, j - 2) + 1);
      (cost[i] as number[])[j] = best;
    }
  }
  return at(a.length, b.length);
}

test('equals the plain definition up to the limit', () => {
  const word = fc.string({ unit: fc.constantFrom('a', 'b', 'c'), maxLength: 7 });
  fc.assert(
    fc.property(word, word, fc.nat(4), (a, b, limit) => {
      const distance = plain(a, b);
      expect(distanceWithin(a, b, limit)).toBe(distance <= limit ? distance : null);
    }),
  );
});

test('a swap of neighbours is one edit', () => {
  expect(distanceWithin('recieve', 'receive', 1)).toBe(1);
  expect(distanceWithin('x'.repeat(200), 'x'.repeat(201), 2)).toBeNull();
});
