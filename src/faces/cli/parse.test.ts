import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import type { Operation } from '../operations/types.ts';
import { parseWords } from './parse.ts';
import { shapeOf } from './shape.ts';

const input = z.strictObject({
  what: z.string().describe('What to find'),
  place: z.string().default('.').describe('Where'),
  limit: z.number().int().min(1).max(1000).default(10).describe('How many'),
  budgetTokens: z.number().int().optional().describe('Room'),
  mode: z.enum(['words', 'identifier']).optional().describe('How'),
  lang: z.array(z.string()).default([]).describe('Language'),
  body: z.boolean().default(false).describe('Bodies'),
  fold: z.boolean().default(true).describe('Do not fold'),
});

const sample: Operation<typeof input, z.ZodNull> = {
  name: 'sample',
  summary: '',
  description: '',
  examples: [],
  input,
  output: z.null(),
  positional: [
    { property: 'what', label: 'QUERY' },
    { property: 'place', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  lacks: { '-r': 'nothing is replaced. Use sed.', '--replace': 'nothing is replaced. Use sed.' },
  run: async () => null,
  render: () => '',
  exit: () => 0,
};

const shape = shapeOf(sample);
const parse = (...words: string[]) => parseWords(sample, shape, words);
const defaults = { what: 'x', place: '.', limit: 10, lang: [], body: false, fold: true };

describe('words become input', () => {
  const check = (words: string[], expected: object): void =>
    expect(parse(...words).input).toEqual({ ...defaults, ...expected });
  test('defaults come from the schema', () => check(['x'], {}));
  test('arguments in order', () => check(['x', 'src'], { place: 'src' }));
  test('numbers', () => check(['x', '--limit', '5'], { limit: 5 }));
  test('a short flag, glued and apart', () => {
    check(['x', '-n5'], { limit: 5 });
    check(['x', '-n', '5'], { limit: 5 });
  });
  test('kebab case and the equals sign', () => check(['--budget-tokens=300', 'x'], { budgetTokens: 300 }));
  test('repeated flags', () => check(['x', '--lang', 'go', '--lang', 'rust'], { lang: ['go', 'rust'] }));
  test('switches', () => check(['x', '--body'], { body: true }));
  test('a switch that is on by default is turned off', () => check(['x', '--no-fold'], { fold: false }));
  test('after "--" nothing is a flag', () => check(['--', '-x', '--body'], { what: '-x', place: '--body' }));
  test('flags of every verb are not input', () => {
    expect(parse('x', '--json', '--debug')).toMatchObject({ json: true, debug: true, input: defaults });
    expect(parse('x')).toMatchObject({ json: false, debug: false });
  });
});

describe('bad use is told in the words that were typed', () => {
  const check = (words: string[], message: RegExp): void => expect(() => parse(...words)).toThrow(message);
  test('missing argument', () => check([], /Missing required argument 'QUERY'\. See `winnow sample --help`/));
  test('too many arguments', () => check(['a', 'b', 'c'], /Too many arguments.*need quotes/));
  test('nearest flag', () => check(['x', '--limt', '5'], /Unknown option '--limt'\. Did you mean --limit\?/));
  test('a flag of other tools', () => {
    for (const words of [['-r', 'y'], ['-ry'], ['--replace', 'y'], ['--replace=y']])
      check(['x', ...words], /There is no (-r|--replace): nothing is replaced\. Use sed\. See `winnow sample --help`/);
    check(['x', '-q'], /Unknown option '-q'/);
  });
  test('a query that looks like a flag', () => check(['-zx'], /goes after "--"/));
  test('missing value', () => check(['x', '--limit'], /argument missing/));
  test('not a number', () => check(['x', '--limit', 'many'], /^--limit must be a number; it was "many"\./));
  test('out of range', () => check(['x', '--limit', '5000'], /^--limit must be at most 1000; it was 5000\./));
  test('not a choice', () => check(['x', '--mode', 'regex'], /^--mode must be words or identifier; it was "regex"\./));
  test('the code', () => expect(() => parse()).toThrow(expect.objectContaining({ code: 'bad-usage', exit: 2 })));
});

test('the shape tells help and completions all there is to know', () => {
  expect(shape.arguments.map(({ label, required, fallback }) => [label, required, fallback])).toEqual([
    ['QUERY', true, null],
    ['PATH', false, '.'],
  ]);
  expect(shape.flags.map(({ name, short, value }) => [name, short, value])).toEqual([
    ['--limit', '-n', 'N'],
    ['--budget-tokens', null, 'N'],
    ['--mode', null, 'MODE'],
    ['--lang', null, 'LANG'],
    ['--body', null, null],
    ['--no-fold', null, null],
    ['--json', null, null],
    ['--help', '-h', null],
    ['--debug', null, null],
  ]);
});
