import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compilePatterns, type PatternOptions, usualPattern } from './compile.ts';
import { gramQueryOf } from './gramquery.ts';
import { Matcher } from './matcher.ts';
import { buildNfa } from './nfa.ts';
import { parsePattern } from './parse.ts';
import { simulate } from './simulate.ts';

const matcherOf = (pattern: string, more: Partial<PatternOptions> = {}): Matcher =>
  new Matcher(compilePatterns({ ...usualPattern, patterns: [pattern], ...more }));

function matches(pattern: string, text: string, more: Partial<PatternOptions> = {}): boolean {
  const bytes = Buffer.from(text);
  return matcherOf(pattern, more).matches(bytes, 0, bytes.length);
}

/** Pieces of syntax that JavaScript and we read alike, over few letters so that much matches. */
const atoms = fc.constantFrom(
  'a',
  'b',
  'c',
  '.',
  '[ab]',
  '[^a]',
  '\\b',
  '\\B',
  '^',
  '$',
  '(?:ab|a)',
  '(?:(?:a|ab)(?:c|bcd)?)',
  'bc',
  'ä',
);
const signs = fc.constantFrom('', '', '', '*', '+', '?', '*?', '+?', '??', '{2}', '{1,2}', '{0,2}?');
const sequences = fc
  .array(fc.tuple(atoms, signs), { minLength: 1, maxLength: 5 })
  .map((parts) => parts.map(([atom, sign]) => (/^[\\^$]/.test(atom) ? atom : atom + sign)).join(''));
const patterns = fc.array(sequences, { minLength: 1, maxLength: 3 }).map((parts) => parts.join('|'));
const texts = fc
  .array(fc.constantFrom('a', 'b', 'c', ' ', 'd', 'ä', 'ab', 'abc'), { maxLength: 12 })
  .map((parts) => parts.join(''));

describe('matching', () => {
  it('finds the spans that a backtracking engine finds', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        // Word boundaries of JavaScript know no word beyond ASCII; ours do.
        fc.pre(!(pattern.includes('\\') && text.includes('ä')));
        const found = new RegExp(pattern, 'mu').exec(text);
        const bytes = Buffer.from(text);
        const span = matcherOf(pattern).find(bytes, 0, bytes.length, 0);
        const shown = span === null ? null : bytes.toString('utf8', span.start, span.end);
        expect([shown, span === null ? -1 : bytes.toString('utf8', 0, span.start).length]).toEqual([
          found?.[0] ?? null,
          found?.index ?? -1,
        ]);
      }),
      { seed: 20, numRuns: 3_000 },
    );
  });

  it('finds the same spans thread by thread as by tables', () => {
    fc.assert(
      fc.property(patterns, texts, (pattern, text) => {
        const bytes = Buffer.from(text);
        const tree = compilePatterns({ ...usualPattern, patterns: [pattern] });
        const slow = simulate(buildNfa(tree, false), bytes, 0, bytes.length, 0);
        expect(new Matcher(tree).find(bytes, 0, bytes.length, 0)).toEqual(slow);
      }),
      { seed: 21, numRuns: 2_000 },
    );
  });

  it('takes letters out of a negated class in both cases, with -i', () => {
    const found = (pattern: string): string => [...'aBſ\u212a1-'].filter((letter) => matches(pattern, letter)).join('');
    for (const pattern of ['[[:^alpha:]]', '[[:^lower:]]', '[^[:alpha:]]', '\\P{L}', '[\\P{L}]', '\\P{Lu}'])
      expect([pattern, found(`(?i)${pattern}`)]).toEqual([pattern, '1-']);
    expect(found('(?i)[[:^word:]]')).toBe('-');
    expect(found('(?i)[^\\P{Lu}]')).toBe('aBſ\u212a');
    expect(found('[[:^alpha:]]')).toBe('ſ\u212a1-');
  });

  it('finds an empty match behind a last character beyond ASCII', () => {
    const bytes = Buffer.from('é');
    expect(matcherOf('\\b{start}|').find(bytes, 2, 2, 0)).toEqual({ start: 2, end: 2 });
  });

  it('finds the lines that each line by itself says', () => {
    fc.assert(
      fc.property(patterns, fc.array(texts, { maxLength: 6 }), (pattern, lines) => {
        const bytes = Buffer.from(lines.map((line) => `${line}\n`).join(''));
        const matcher = matcherOf(pattern);
        const found: string[] = [];
        for (let at = 0; matcher.nextLine(bytes, at, bytes.length); at = matcher.lineEnd + 1)
          found.push(bytes.toString('utf8', matcher.lineStart, matcher.lineEnd));
        expect(found).toEqual(lines.filter((line) => matches(pattern, line)));
      }),
      { seed: 22, numRuns: 2_000 },
    );
  });

  it.each([
    ['straße', '(?i)STRASSE', false],
    ['STRAẞE', '(?i)straße', true],
    ['Kelvin: \u212a', '(?i) k$', true],
    ['ſo', '(?i)so', true],
    ['İ', '(?i)i', false],
    ['Ωmega', '(?i)ω', true],
    ['日本語', '^\\w+$', true],
    ['x日', 'x\\b', false],
    ['x 日', '\\b日\\b', true],
    ['ab', '[a-c&&[^b]]$', false],
    ['é', '(?-u:é)', true],
    ['é', '^(?-u:.)$', false],
    ['a1_', '^[\\w--\\d]+$', false],
    ['a_', '^[\\w--\\d]+$', true],
    ['Ж', '\\p{Cyrillic}', true],
    ['Ж', '\\p{sc=greek}', false],
    ['Ж', '\\P{Lu}', false],
    ['+', '\\p{math symbol}', true],
    ['ab', '(?x) a # first\n b', true],
    ['aXb', 'a\\x{58}b', true],
    ['foo.', '\\bfoo\\b', true],
    ['foo_', '\\bfoo\\b', false],
    ['foo', '\\b{start}foo\\b{end}', true],
  ])('%s, %s: %s', (text, pattern, expected) => {
    expect(matches(pattern, text)).toBe(expected);
  });

  it('takes smart case from what stands in the pattern, not from its escapes', () => {
    expect(matches('foo\\W', 'FOO!', { case: 'smart' })).toBe(true);
    expect(matches('Foo', 'FOO', { case: 'smart' })).toBe(false);
    expect(matches('\\d', 'x', { case: 'smart' })).toBe(false);
  });

  it('joins words and whole lines with what they surround', () => {
    expect(matches('a|b', 'xa b', { word: true })).toBe(true);
    expect(matches('a|ab', 'ab', { wholeLine: true })).toBe(true);
    expect(matches('a|b', 'ab', { wholeLine: true })).toBe(false);
    expect(matches('-2', 'x -2 y', { word: true })).toBe(true);
  });
});

describe('patterns that take others long', () => {
  const text = 'a'.repeat(200_000);
  it.each(['(a*)*b', '(a|a)*b', '(a+)+$b', '(.*)(.*)(.*)(.*)b', '(a|aa)+$c', '(?:a?){40}a{40}c', 'a{1,200}b'])(
    '%s over 200,000 letters takes no longer than its length',
    (pattern) => {
      const startedMs = performance.now();
      expect(matches(pattern, text)).toBe(false);
      expect(performance.now() - startedMs).toBeLessThan(20_000);
    },
  );

  it('forgets states when they become too many', () => {
    const bytes = Buffer.from(
      Array.from({ length: 60_000 }, (_, at) => (((at * 2_654_435_761) >>> 13) & 1 ? 'a' : 'b')).join(''),
    );
    expect(matcherOf('(?:a|b)*a(?:a|b){14}c').matches(bytes, 0, bytes.length)).toBe(false);
    expect(matcherOf('(?:a|b)*a(?:a|b){14}$').matches(bytes, 0, bytes.length)).toBe(
      /a[ab]{14}$/.test(bytes.toString()),
    );
  });

  it('runs thread by thread where nearly every byte makes a new state', () => {
    const letters = Array.from({ length: 150_000 }, (_, at) =>
      (Math.imul(at ^ (at >>> 7), 2_654_435_761) >>> 17) & 1 ? 'a' : 'b',
    ).join('');
    const lines = Buffer.from(`${letters}\nb${letters.slice(0, 50_000)}a${letters.slice(0, 60)}c\nx\n`);
    const matcher = matcherOf('a(?:a|b){60}c');
    const startedMs = performance.now();
    expect(matcher.nextLine(lines, 0, lines.length)).toBe(true);
    expect(lines.toString('latin1', matcher.lineEnd - 1, matcher.lineEnd)).toBe('c');
    expect(matcher.nextLine(lines, matcher.lineEnd + 1, lines.length)).toBe(false);
    expect(matcher.find(lines, letters.length + 1, lines.length, 0)?.end).toBe(
      letters.length + 1 + 1 + 50_000 + 1 + 60 + 1,
    );
    expect(performance.now() - startedMs).toBeLessThan(30_000);
  });

  it('refuses those that would fill the memory', () => {
    expect(() => matcherOf('((\\w{100}){100}){100}')).toThrow(/too large: it needs more than 250000 states/);
  });
});

describe('what cannot be read', () => {
  it.each([
    ['(a', 1, 'no closing ")"'],
    ['a)', 2, 'closes no group'],
    ['a(?=b)', 2, 'look-ahead'],
    ['(?<!a)b', 1, 'look-behind'],
    ['(a)\\1', 4, 'back references'],
    ['[a', 1, 'no closing "]"'],
    ['[z-a]', 2, 'goes upwards'],
    ['*a', 1, 'nothing before it'],
    ['a{2,1}', 2, 'larger than the most'],
    ['a{', 2, 'expected a count'],
    ['\\y', 1, 'no meaning'],
    ['\\p{Nope}', 1, 'no property'],
    ['ü(?q)', 4, 'is no flag'],
    ['a\\', 2, 'stands at the end'],
    ['(?P<a>x)(?P<a>y)', 9, 'two groups'],
    ['(?i)*', 5, 'nothing before it'],
  ])('%s at character %i: %s', (pattern, place, why) => {
    let error: unknown;
    try {
      parsePattern(pattern, { ignoreCase: false, dotAll: false });
    } catch (thrown) {
      error = thrown;
    }
    expect(error).toMatchObject({ code: 'bad-query', details: { character: place } });
    expect((error as Error).message).toContain(why);
  });

  it('never throws anything else', () => {
    const pieces = fc.constantFrom(
      '(',
      ')',
      '[',
      ']',
      '{',
      '}',
      '*',
      '\\',
      '?',
      '^',
      '-',
      '&&',
      ':',
      'p',
      'x',
      '1',
      'ü',
      ',',
      '|',
      '#',
      '<',
      '=',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 14 }), (parts) => {
        try {
          matches(parts.join(''), 'x1p\\ü');
        } catch (error) {
          expect((error as { code?: string }).code).toBe('bad-query');
        }
      }),
      { seed: 23, numRuns: 5_000 },
    );
  });

  it('says why a line end cannot stand in a pattern of lines', () => {
    expect(() => matcherOf('a\\nb')).toThrow(/`winnow grep -U`/);
    expect(matches('a\\sb', 'a b')).toBe(true);
    expect(() => matcherOf('a\\x00')).toThrow(/binary/);
  });
});

describe('grams of a pattern', () => {
  it('are asked for as far as they are known', () => {
    const kind = (pattern: string, more: Partial<PatternOptions> = {}) =>
      gramQueryOf(compilePatterns({ ...usualPattern, patterns: [pattern], ...more })).kind;
    expect(kind('abc')).toBe('gram');
    expect(kind('abcd')).toBe('gram');
    expect(kind('abcde')).toBe('and');
    expect(kind('ABC', { case: 'ignore' })).toBe('gram');
    expect(kind('abc|xyz')).toBe('or');
    expect(kind('ab')).toBe('any');
    expect(kind('a.*b')).toBe('any');
    expect(kind('abc|.')).toBe('any');
    expect(kind('(?:abc)?')).toBe('any');
    expect(kind('(?:abc)+')).toBe('gram');
  });
});
