import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { contains, fixedClock, lineAt, lineStarts, linesOf, overlaps, seededRandom, spanLength } from './mod.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('spans', () => {
  it.each([
    ['', [0]],
    ['a', [0]],
    ['a\n', [0]],
    ['a\nb', [0, 2]],
    ['a\r\nb\n\n', [0, 3, 5]],
  ])('lineStarts(%j)', (text, expected) => {
    expect([...lineStarts(bytes(text))]).toEqual(expected);
  });

  it('lineAt counts the newlines before an offset', () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom('a', '\n', 'é') }), fc.nat(), (text, at) => {
        const source = bytes(text);
        const offset = source.length === 0 ? 0 : at % source.length;
        const expected = source.subarray(0, offset).filter((byte) => byte === 10).length + 1;
        expect(lineAt(lineStarts(source), offset)).toBe(expected);
      }),
    );
  });

  it('linesOf takes the line of the last byte inside, not of the one after', () => {
    const starts = lineStarts(bytes('ab\ncd\n'));
    expect(linesOf(starts, { start: 0, end: 3 })).toEqual({ first: 1, last: 1 });
    expect(linesOf(starts, { start: 1, end: 4 })).toEqual({ first: 1, last: 2 });
    expect(linesOf(starts, { start: 3, end: 3 })).toEqual({ first: 2, last: 2 });
  });

  it('are half-open', () => {
    expect(spanLength({ start: 2, end: 5 })).toBe(3);
    expect(contains({ start: 0, end: 5 }, { start: 5, end: 5 })).toBe(true);
    expect(overlaps({ start: 0, end: 5 }, { start: 5, end: 6 })).toBe(false);
    expect(overlaps({ start: 0, end: 5 }, { start: 4, end: 6 })).toBe(true);
  });
});

describe('randomness', () => {
  it('is the same for the same seed, on every machine', () => {
    const random = seededRandom(42);
    expect([random.int(1000), random.int(1000), random.int(1000)]).toMatchInlineSnapshot(`
      [
        672,
        533,
        632,
      ]
    `);
  });

  it('stays in range and shuffles without losing anything', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 1, max: 1000 }), fc.array(fc.integer()), (seed, below, items) => {
        const random = seededRandom(seed);
        const drawn = random.int(below);
        expect(Number.isInteger(drawn) && drawn >= 0 && drawn < below).toBe(true);
        expect(random.shuffle(items).sort((a, b) => a - b)).toEqual([...items].sort((a, b) => a - b));
      }),
    );
  });

  it('is roughly uniform', () => {
    const random = seededRandom(1);
    const counts = new Array(10).fill(0);
    for (let i = 0; i < 10_000; i++) counts[random.int(10)]++;
    for (const count of counts) expect(Math.abs(count - 1000)).toBeLessThan(150);
  });
});

it('a fixed clock moves only when told', () => {
  const clock = fixedClock(5_000);
  expect([clock.nowMs(), clock.elapsedMs()]).toEqual([5_000, 0]);
  clock.advance(20);
  expect([clock.nowMs(), clock.elapsedMs()]).toEqual([5_020, 20]);
});
