import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { bytesPerText, CopyFilter, textTokens } from './copies.ts';

const randomText = (seed: number, length: number): number[] => {
  const random = seededRandom(seed);
  return Array.from({ length }, () => random.int(2 ** 32));
};

/** Share of shingles of five in common. */
function share(one: readonly number[], other: readonly number[]): number {
  const shingles = (tokens: readonly number[]): Set<string> =>
    new Set(Array.from({ length: Math.max(1, tokens.length - 4) }, (_, i) => tokens.slice(i, i + 5).join()));
  const [a, b] = [shingles(one), shingles(other)];
  const common = [...a].filter((shingle) => b.has(shingle)).length;
  return common / (a.size + b.size - common);
}

describe('near copies in a stream', () => {
  test('a text that comes again is a copy of the first', () => {
    fc.assert(
      fc.property(fc.array(fc.array(fc.nat(1000), { minLength: 1, maxLength: 30 }), { maxLength: 30 }), (texts) => {
        const filter = new CopyFilter({ capacity: 1000 });
        for (const tokens of texts) filter.add(tokens);
        for (const tokens of texts) expect(filter.add(tokens)).toMatchObject({ kind: 'copy', overlap: 1 });
      }),
    );
  });

  test('what is called a copy has about that much in common, and hardly any that has is missed', () => {
    const filter = new CopyFilter({ capacity: 10_000 });
    const random = seededRandom(7);
    let [missed, wrong, near, far] = [0, 0, 0, 0];
    for (let i = 0; i < 1_000; i++) {
      const text = randomText(i + 1, 120);
      filter.add(text);
      // Some tokens replaced: none to twenty.
      const edited = text.slice();
      for (let edits = random.int(20); edits > 0; edits--) edited[random.int(edited.length)] = random.int(2 ** 32);
      const { kind } = filter.add(edited);
      const common = share(text, edited);
      if (common >= 0.9) near++;
      if (common >= 0.9 && kind === 'new') missed++;
      if (common <= 0.6) far++;
      if (common <= 0.6 && kind === 'copy') wrong++;
    }
    expect(near).toBeGreaterThan(50);
    expect(far).toBeGreaterThan(200);
    expect(missed / near).toBeLessThan(0.03);
    expect(wrong / far).toBeLessThan(0.03);
  });

  test('memory does not grow: the oldest are forgotten', () => {
    const filter = new CopyFilter({ capacity: 100 });
    for (let i = 0; i < 5_000; i++) expect(filter.add(randomText(i, 50)).kind).toBe('new');
    expect(filter.add(randomText(4_999, 50)).kind).toBe('copy');
    expect(filter.add(randomText(0, 50)).kind).toBe('new');
    expect(bytesPerText).toBeLessThanOrEqual(200);
  });

  test('texts without tokens are new, and layout is nothing', () => {
    const filter = new CopyFilter({ capacity: 10 });
    expect(filter.add([])).toEqual({ kind: 'new', number: 0 });
    expect(filter.add([])).toEqual({ kind: 'new', number: 1 });
    expect(filter.add(textTokens('return decodePage(bytes, number);')).kind).toBe('new');
    expect(filter.add(textTokens('return decodePage(\n  bytes, number)\n'))).toMatchObject({ kind: 'copy', of: 2 });
  });
});
