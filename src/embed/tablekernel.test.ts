import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createTableKernel } from './tablekernel.ts';

test('products are those of a plain loop', () => {
  const shapes = fc.record({
    dimension: fc.integer({ min: 1, max: 6 }).map((lanes) => lanes * 8),
    words: fc.integer({ min: 1, max: 9 }),
    seed: fc.integer(),
  });
  fc.assert(
    fc.property(shapes, fc.array(fc.nat(), { maxLength: 5 }), ({ dimension, words, seed }, picks) => {
      let state = seed;
      const rows = Int8Array.from({ length: words * dimension }, () => {
        state = (Math.imul(state, 1_664_525) + 1_013_904_223) | 0;
        return state >> 24;
      });
      const kernel = createTableKernel(rows, dimension, 4, 5);
      const asked = picks.map((pick) => pick % words);
      kernel.ask(asked);
      for (let word = 0; word < words; word++) {
        const plain = asked.map((other) => {
          let sum = 0;
          for (let i = 0; i < dimension; i++)
            sum += (rows[word * dimension + i] as number) * (rows[other * dimension + i] as number);
          return sum;
        });
        expect([...kernel.products(word)]).toEqual(plain);
      }
    }),
  );
});
