import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Tolerance } from '../types.ts';
import { compare, type PlainChecker } from './compare.ts';
import { isNear, numberOf } from './numbers.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const tokens = (more: Partial<Extract<PlainChecker, { kind: 'tokens' }>> = {}): PlainChecker => ({
  kind: 'tokens',
  ignoreCase: false,
  spaces: false,
  tolerance: null,
  ...more,
});
const lines = (more: Partial<Extract<PlainChecker, { kind: 'lines' }>> = {}): PlainChecker => ({
  kind: 'lines',
  ignoreCase: false,
  unordered: false,
  ...more,
});
const near = (absolute: number | null, relative: number | null): PlainChecker =>
  tokens({ tolerance: { absolute, relative } });

function check(checker: PlainChecker, expected: string, actual: string, kind: 'right' | 'wrong'): void {
  const name = `${JSON.stringify(expected)} ${kind === 'right' ? '=' : '≠'} ${JSON.stringify(actual)}`;
  test(name, () => expect(compare(checker, bytes(expected), bytes(actual)).kind).toBe(kind));
}

describe('words', () => {
  check(tokens(), 'YES\n', 'YES', 'right');
  check(tokens(), '1 2\n3\n', '1\n2 \t3\r\n\n', 'right');
  check(tokens(), '', '\n', 'right');
  check(tokens(), '12', '1 2', 'wrong');
  check(tokens(), '1 2', '1', 'wrong');
  check(tokens(), '1', '1 2', 'wrong');
  check(tokens(), '1', '', 'wrong');
  check(tokens(), '1', '1\0', 'wrong');
  check(tokens(), 'YES', 'yes', 'wrong');
  check(tokens({ ignoreCase: true }), 'YES', 'yEs', 'right');
  check(tokens({ ignoreCase: true }), '[', '{', 'wrong');
  check(tokens(), '0.5', '0.50', 'wrong');
});

describe('words whose white space counts', () => {
  check(tokens({ spaces: true }), '1 2\n', '1 2\n', 'right');
  check(tokens({ spaces: true }), '1 2\n', '1  2\n', 'wrong');
  check(tokens({ spaces: true }), '1 2\n', '1 2', 'wrong');
  check(tokens({ spaces: true }), '1 2', '1 2\n', 'wrong');
  check(tokens({ spaces: true }), '1 2', '1\n2', 'wrong');
});

describe('numbers', () => {
  check(near(1e-6, null), '0.5', '0.5000001', 'right');
  check(near(1e-6, null), '0.5', '5e-1', 'right');
  check(near(1e-6, null), '1', '1.', 'right');
  check(near(1e-6, null), '.5', '+0.5', 'right');
  check(near(1e-6, null), '0', '-0', 'right');
  check(near(1e-6, null), '1000000', '1000001', 'wrong');
  check(near(null, 1e-6), '1000000', '1000001', 'right');
  check(near(null, 1e-6), '0', '0.0000001', 'wrong');
  check(near(1e-6, 1e-6), '0', '0.0000001', 'right');
  check(near(1e-6, 1e-6), 'NaN', 'nan', 'right');
  check(near(1e-6, 1e-6), 'nan', '0', 'wrong');
  check(near(1e-6, 1e-6), '0', 'nan', 'wrong');
  check(near(1e-6, 1e-6), 'inf', 'Infinity', 'right');
  check(near(1e-6, 1e-6), 'inf', '-inf', 'wrong');
  check(near(1e-6, 1e-6), 'inf', '1e400', 'right');
  check(near(1e-6, 1e-6), '1e308', 'inf', 'wrong');
  check(near(1e-6, 1e-6), '1', 'one', 'wrong');
  check(near(1e-6, 1e-6), '1', '0x1', 'wrong');
  check(near(1e-6, 1e-6), '1', '1e', 'wrong');
  check(near(1e-6, 1e-6), 'x 1', 'x 1.0', 'right');
  check(near(1e-6, 1e-6), 'x', 'y', 'wrong');
  // One that is near enough loosens no other.
  check(near(0.1, null), '1.05 2', '1 2.5', 'wrong');
});

describe('lines', () => {
  check(lines(), 'a b\nc\n', 'a b  \r\nc', 'right');
  check(lines(), 'a\n', 'a\n\n\n', 'right');
  check(lines(), 'a\n\nb', 'a\nb', 'wrong');
  check(lines(), 'a b', 'a  b', 'wrong');
  check(lines(), 'a', ' a', 'wrong');
  check(lines({ ignoreCase: true }), 'A', 'a', 'right');
  check(lines({ unordered: true }), 'a\nb\nb\n', 'b\na\nb', 'right');
  check(lines({ unordered: true }), 'a\nb\nb\n', 'b\na\na', 'wrong');
  check(lines({ unordered: true }), 'a\nb', 'a', 'wrong');
  check(lines({ unordered: true, ignoreCase: true }), 'a\nB', 'b\nA', 'right');
});

describe('bytes', () => {
  check({ kind: 'exact' }, 'a\n', 'a\n', 'right');
  check({ kind: 'exact' }, 'a\n', 'a', 'wrong');
  check({ kind: 'exact' }, 'a', 'a\n', 'wrong');
});

const anyChecker = fc.constantFrom<PlainChecker>(
  { kind: 'exact' },
  tokens(),
  tokens({ spaces: true }),
  tokens({ ignoreCase: true, tolerance: { absolute: 1e-9, relative: null } }),
  lines(),
  lines({ unordered: true, ignoreCase: true }),
);

describe('whatever comes', () => {
  test('an output is equal to itself, by every checker', () => {
    fc.assert(
      fc.property(anyChecker, fc.uint8Array({ maxLength: 60 }), (checker, one) => {
        expect(compare(checker, one, one.slice())).toEqual({ kind: 'right' });
      }),
    );
  });

  test('what is right byte for byte is right by every checker, and what words or lines take to be wrong is so byte for byte', () => {
    const short = fc.stringMatching(/^[ab1. \n]{0,12}$/).map(bytes);
    fc.assert(
      fc.property(anyChecker, short, short, (checker, one, other) => {
        const isSame = Buffer.compare(one, other) === 0;
        const { kind } = compare(checker, one, other);
        if (isSame) expect(kind).toBe('right');
        if (kind === 'wrong') expect(isSame).toBe(false);
        expect(compare(checker, other, one).kind).toBe(kind);
      }),
    );
  });

  test('words are those that a split at white space gives', () => {
    const words = (text: string): string[] => text.split(/[\t-\r ]+/).filter((word) => word !== '');
    const text = fc.stringMatching(/^[ab\t\n\v\f\r ]{0,14}$/);
    fc.assert(
      fc.property(text, text, (one, other) => {
        const isRight = words(one).join(' ') === words(other).join(' ');
        expect(compare(tokens(), bytes(one), bytes(other)).kind).toBe(isRight ? 'right' : 'wrong');
      }),
    );
  });

  test('a place is told within both, cut to a bound', () => {
    fc.assert(
      fc.property(anyChecker, fc.uint8Array({ maxLength: 400 }), fc.uint8Array({ maxLength: 400 }), (checker, e, a) => {
        const result = compare(checker, e, a);
        if (result.kind === 'right') return;
        const { line, expected, actual } = result.difference;
        expect(line).toBeGreaterThan(0);
        for (const side of [expected, actual]) if (side !== null) expect(side.length).toBeLessThanOrEqual(162);
      }),
    );
  });

  test('the first line that differs is told, in the output', () => {
    expect(compare(tokens(), bytes('1\n2\n3\n'), bytes('1\n2\n4\n'))).toEqual({
      kind: 'wrong',
      reason: '"3" was expected, "4" came.',
      difference: { line: 3, expected: '3', actual: '4' },
    });
    const long = compare(tokens(), bytes(`${'x'.repeat(300)} 1`), bytes(`${'x'.repeat(300)} 2`));
    expect(long.kind === 'wrong' && long.difference.actual).toBe(`…${'x'.repeat(59)} 2`);
  });
});

describe('what is a number', () => {
  test('as JavaScript reads it, where both know it', () => {
    fc.assert(
      fc.property(fc.double({ noNaN: true }), (number) => {
        expect(numberOf(bytes(String(number))) === number).toBe(true);
      }),
    );
  });
  test('signs, and what is not finite', () => {
    expect(numberOf(bytes('-nan'))).toBeNaN();
    expect(numberOf(bytes('-Inf'))).toBe(Number.NEGATIVE_INFINITY);
    expect(numberOf(bytes('+1.'))).toBe(1);
    for (const text of ['', '.', '+', '1,5', '1_000', 'infx', '0b1', '1e+', '--1', '١'])
      expect(numberOf(bytes(text)), text).toBe(null);
  });
  test('near is within one of the two, and never loosens with the other', () => {
    const tolerance: Tolerance = { absolute: 1e-3, relative: 1e-6 };
    expect(isNear(1e6, 1e6 + 0.9, tolerance)).toBe(true);
    expect(isNear(1e6, 1e6 + 1.1, tolerance)).toBe(false);
    expect(isNear(0, 9e-4, tolerance)).toBe(true);
  });
});
