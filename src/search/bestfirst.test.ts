import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bestFirst } from './bestfirst.ts';

test('places come as a stable sort would have them, all or the first few', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -3, max: 3 }), { maxLength: 40 }), fc.nat(40), (values, wanted) => {
      const sorted = [...values.keys()].sort((a, b) => (values[b] as number) - (values[a] as number));
      expect([...bestFirst(Float64Array.from(values))]).toEqual(sorted);
      const few: number[] = [];
      for (const at of bestFirst(Float64Array.from(values))) if (few.push(at) > wanted) break;
      expect(few).toEqual(sorted.slice(0, wanted + 1));
    }),
  );
});
