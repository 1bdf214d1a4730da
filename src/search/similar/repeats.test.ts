import fc from 'fast-check';
import { expect, test } from 'vitest';
import { repeatsIn } from './repeats.ts';

/** Every run that occurs twice and cannot be made longer without losing a place, by trying all. */
function brute(symbols: readonly number[], least: number): string[] {
  const places = new Map<string, number[]>();
  for (let from = 0; from < symbols.length; from++)
    for (let to = from + least; to <= symbols.length; to++) {
      const key = symbols.slice(from, to).join();
      places.set(key, [...(places.get(key) ?? []), from]);
    }
  const found: string[] = [];
  for (const [key, at] of places) {
    if (at.length < 2) continue;
    const { length } = key.split(',');
    const all = (offset: number): boolean =>
      new Set(at.map((from) => symbols[from + offset] ?? `none ${from}`)).size === 1;
    if (!all(-1) && !all(length)) found.push(`${length}: ${at.join()}`);
  }
  return found.sort();
}

test('all repeats are found, and no others', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 3 }), { maxLength: 40 }),
      fc.integer({ min: 1, max: 4 }),
      (symbols, least) => {
        const { order, repeats } = repeatsIn(Int32Array.from(symbols), 4, least);
        const told = repeats.map(
          ({ from, to, length }) => `${length}: ${[...order.subarray(from, to + 1)].sort((a, b) => a - b).join()}`,
        );
        expect(told.sort()).toEqual(brute(symbols, least));
      },
    ),
    { numRuns: 300 },
  );
});

test('a sequence that repeats itself for long takes no longer than another', () => {
  const { repeats } = repeatsIn(new Int32Array(100_000), 1, 50_000);
  expect(repeats.length).toBeGreaterThan(0);
});
