/** Cutting, matching, baselines and figures, on the smallest inputs that can go wrong. */
import { describe, expect, test } from 'vitest';
import type { Injection, SeenValue, ValueFunction, ValueSite } from '../../run/mod.ts';
import { Baselines, nameOf } from './fidelitybaselines.ts';
import { cutBody } from './fidelitycut.ts';
import { siteOf, withoutArguments, wordsOf } from './fidelitymatch.ts';
import { type Comparison, confusionOf, hitsOf, scoresOf } from './fidelityscore.ts';

const seen = (
  type: SeenValue['type'],
  truth: boolean | null = true,
  size: SeenValue['size'] = null,
  count = 1,
): SeenValue => ({
  type,
  own: '',
  truth,
  size,
  count,
});
const site = (
  kind: ValueSite['kind'],
  what: string,
  line: number,
  column: number,
  values: SeenValue[] = [],
): ValueSite => ({
  kind,
  what,
  at: { line, column, endLine: line, endColumn: column + what.length },
  count: 1,
  values,
});
const recorded = (change: Partial<ValueFunction>): ValueFunction => ({
  path: 'a.py',
  name: 'f',
  line: 1,
  end: 1,
  body: null,
  parameters: [],
  returns: [],
  plain: true,
  calls: 1,
  returned: 1,
  sites: [],
  ...change,
});

describe('a body that is cut out', () => {
  const source = `class Box:
    def area(self, scale):
        """Doc."""
        if scale:
            return self.side ** scale
        for one in (self.rows,
                    scale): return
        return (self.side,
                scale)
`;
  const given = recorded({
    line: 2,
    end: 9,
    body: [4, 9],
    returns: [
      { line: 5, column: 13, endLine: 5, endColumn: 38 },
      { line: 7, column: 29, endLine: 7, endColumn: 35 },
      { line: 8, column: 9, endLine: 9, endColumn: 23 },
    ],
    sites: [site('argument', 'scale', 2, 20), site('name', 'self', 5, 20), site('name', 'scale', 9, 17)],
  });

  test('moves to the left, and leaves by exit with the columns as they were', () => {
    expect(cutBody(given, source)?.code).toBe(`if scale:
    exit(( self.side ** scale))
for one in (self.rows,
            scale): exit()
exit(( (self.side,
        scale)))
`);
  });
  test('takes its sites along', () => {
    const cut = cutBody(given, source);
    const lines = cut?.code.split('\n') ?? [];
    const said = cut?.sites.map(({ at, what }) =>
      lines[at.line - 1]?.slice(at.column - 1, at.column - 1 + what.length),
    );
    expect(said).toEqual(['self', 'scale']);
  });
  test('may stand behind its head', () => {
    const one = recorded({ body: [1, 10], returns: [{ line: 1, column: 10, endLine: 1, endColumn: 18 }] });
    expect(cutBody(one, 'def f(): return 1\n')?.code).toBe('exit(( 1))\n');
  });
  test.each([
    ['a generator', { plain: false }, 'def f():\n    pass\n'],
    ['nothing but a doc', { body: null }, 'def f():\n    pass\n'],
    ['what means nothing outside of a class', {}, 'def f():\n    super().f()\n'],
    ['another source', { returns: [{ line: 2, column: 5, endLine: 2, endColumn: 9 }] }, 'def f():\n    pass\n'],
  ])('is not %s', (_, change, text) => {
    expect(cutBody(recorded({ end: 2, body: [2, 5], ...change }), text)).toBe(null);
  });
});

describe('an injected value finds its site', () => {
  const sites = [
    site('name', 'request', 3, 5),
    site('attribute', 'request.args', 3, 5),
    site('attribute', 'request.args.get', 3, 5),
    site('call', 'request.args.get("a", 1)', 3, 5),
    site('name', 'request', 4, 5),
    site('argument', 'path', 1, 7),
  ];
  const find = (kind: Injection['kind'], what: string, line: number, column: number) =>
    siteOf({ kind, what, line, column } as Injection, sites);

  test.each([
    ['name', 'request', 3, 5, 0],
    ['name', 'request', 4, 5, 4],
    ['attribute', 'request.args', 3, 5, 1],
    ['attribute', 'request.args.get', 3, 18, 2],
    ['call', 'request.args.get()', 3, 5, 3],
    ['argument', 'path', 1, 7, 5],
  ] as const)('%s %s at %i:%i', (kind, what, line, column, index) => {
    expect(find(kind, what, line, column)).toBe(sites[index]);
  });
  test('or none, of another kind or line', () => {
    expect(find('item', 'request', 3, 5)).toBe(null);
    expect(find('name', 'request', 7, 5)).toBe(null);
    expect(find('name', 'other', 3, 9)).toBe(null);
    expect(find('argument', 'path', 9, 9)).toBe(null);
  });
});

test.each([
  ['f(a, g(b)).c', 'f().c'],
  ['a . b', 'a.b'],
  ['f(', 'f('],
])('%s without arguments', (what, expected) => {
  expect(withoutArguments(what)).toBe(expected);
});

test.each([
  ['none', 'None', false, null],
  ['boolean', 'False', false, null],
  ['integer', '-3', true, 'negative'],
  ['integer', '0', false, 'zero'],
  ['float', '0.5', true, 'one'],
  ['integer', '20', true, 'more'],
  ['text', "''", false, 'empty'],
  ['text', "'a'", true, 'one'],
  ['text', '"it\'s"', true, 'many'],
  ['bytes', "b'\\x00'", true, 'one'],
  ['list', '[]', false, 'empty'],
  ['list', "['a, b']", true, 'one'],
  ['list', "[(1, 2), 'c'", true, 'many'],
  ['tuple', '(1,)', true, 'one'],
  ['set', 'set()', false, 'empty'],
  ['set', '{1, 2}', true, 'many'],
  ['mapping', "{'a': [1, 2]}", true, 'one'],
  ['instance', '<instance of request>', true, null],
  ['callable', '<function>', true, null],
] as const)('%s %s is in words', (type, value, truth, size) => {
  expect(wordsOf({ type, value })).toEqual({ type, truth, size });
});

describe('hits', () => {
  const hits = (type: SeenValue['type'], truth: boolean, size: SeenValue['size'], values: SeenValue[]) =>
    hitsOf([{ words: { type, truth, size }, share: 1 }], values);
  test('any type that was seen is right, the usual one is told apart', () => {
    const values = [seen('none', false, null, 9), seen('text', true, 'many', 2)];
    expect(hits('text', true, 'one', values)).toEqual({ type: 1, strict: 1, usual: 0, truth: 1, size: 0 });
    expect(hits('none', false, null, values)).toEqual({ type: 1, strict: 1, usual: 1, truth: 1, size: 1 });
    expect(hits('list', false, 'empty', values)).toEqual({ type: 0, strict: 0, usual: 0, truth: 1, size: 0 });
  });
  test("an object of somebody's own class that extends a container is an instance as well", () => {
    const own = (name: string) => hits('instance', true, null, [{ ...seen('mapping'), own: name }]);
    expect([own('shop.Basket').type, own('shop.Basket').strict]).toEqual([1, 0]);
    expect([own('dict').type, own('collections.OrderedDict').type]).toEqual([0, 0]);
  });
  test('a truth that was not told is not judged', () => {
    expect(hits('instance', true, null, [seen('instance', null)]).truth).toBe(null);
  });
});

test('a call is named apart from what is called', () => {
  expect([nameOf('a.load(x)'), nameOf('a.load'), nameOf('f(x)()'), nameOf('rows[1]')]).toEqual([
    'load()',
    'load',
    'f()()',
    'rows[1]',
  ]);
});

test('baselines know what other projects have', () => {
  const sites = [
    site('name', 'path', 1, 1, [seen('text', true, 'many')]),
    site('name', 'path', 2, 1, [seen('text', true, 'many')]),
    site('name', 'rows', 3, 1, [seen('list', true, 'many')]),
  ];
  const baselines = new Baselines([
    { project: 'p', commit: null, runner: null, tests: {}, sources: new Map(), functions: [recorded({ sites })] },
  ]);
  const types = (kind: 'instance' | 'frequent' | 'chance' | 'names', what: string) =>
    baselines.guesses(kind, { kind: 'name', what }).map(({ words, share }) => `${words.type} ${share.toFixed(2)}`);
  expect(types('instance', 'rows')).toEqual(['instance 1.00']);
  expect(types('frequent', 'rows')).toEqual(['text 1.00']);
  expect(types('chance', 'rows')).toEqual(['text 0.67', 'list 0.33']);
  expect(types('names', 'rows')).toEqual(['list 1.00']);
  expect(types('names', 'old_rows')).toEqual(['list 1.00']);
  expect(types('names', 'other')).toEqual(['text 1.00']);
});

describe('figures', () => {
  const row = (project: string, type: SeenValue['type'], values: SeenValue[]): Comparison => {
    const hits = hitsOf([{ words: { type, truth: true, size: null }, share: 1 }], values);
    const baselines = { instance: hits, frequent: hits, chance: hits, names: hits };
    const injected = { type, truth: true, size: null };
    return {
      project,
      function: 'f',
      kind: 'name',
      what: 'x',
      line: 1,
      injected,
      source: 'use',
      why: [],
      recorded: values,
      hits,
      baselines,
    };
  };
  const rows = [
    ...Array.from({ length: 8 }, () => row('a', 'text', [seen('text')])),
    ...Array.from({ length: 2 }, () => row('b', 'text', [seen('list')])),
  ];
  test('a share is of all values, its interval goes by projects', () => {
    const { measures, projects } = scoresOf(rows, 1);
    // Two projects, one all right and one all wrong: whole draws of either are among the 95%.
    expect(measures.type).toEqual({ value: 0.8, low: 0, high: 1, n: 10 });
    expect(projects).toEqual({ a: { values: 8, type: 1 }, b: { values: 2, type: 0 } });
  });
  test('what was taken for what, and because of what', () => {
    expect(confusionOf(rows)).toEqual({ text: { text: { use: 8 } }, list: { text: { use: 2 } } });
  });
});
