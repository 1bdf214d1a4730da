/** Inputs as data: read, written, changed, drawn by kinds and made smaller; nothing runs here. */
import { expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { drawnArguments, filled, kindsOf, type Parameter } from './generate.ts';
import { mutated, poolOf } from './mutate.ts';
import { smaller } from './shrink.ts';
import { type Arguments, readArguments, sizeOfAll, writeCall } from './value.ts';

const read = (...told: unknown[]): Arguments => readArguments(told) as Arguments;
const python = (args: Arguments): string => writeCall('f', args, 'python');
const script = (args: Arguments): string => writeCall('f', args, 'javascript');

const args = read(
  [
    'a',
    [
      ['i', '1'],
      ['i', '-2'],
    ],
  ],
  ['m', [['k', ['p', [['f', '0.5']]]]]],
  "it's",
  null,
  true,
  ['t', []],
  ['y', [0, 255]],
  ['f', 'NaN'],
);

test('a call is written in either language, so that it says the same', () => {
  expect(python(args)).toBe(`f([1, -2], {'k': (0.5,)}, "it's", None, True, set(), b'\\x00\\xff', float('nan'))`);
  expect(script(args)).toBe(`f([1, -2], {'k': [0.5]}, "it's", null, true, new Set([]), new Uint8Array([0, 255]), NaN)`);
  expect(python(read(['f', '2']))).toBe('f(2.0)');
  expect(python(read(['n', '-0']))).toBe('f(-0.0)');
});

test('what is no value is refused, whoever says it', () => {
  for (const told of [
    ['f', 1],
    ['i', '1e9'],
    ['a', 3],
    ['m', [['k']]],
    ['e', 'Error', ''],
    ['y', [256]],
    {},
    ['i', '9'.repeat(5000)],
  ])
    expect(readArguments([told]), JSON.stringify(told).slice(0, 40)).toBeNull();
  expect(readArguments('x')).toBeNull();
});

test('the same seed gives the same inputs, another others', () => {
  const pool = poolOf([]);
  const some = (seed: number): string[] => {
    const dice = seededRandom(seed);
    return Array.from({ length: 20 }, () => python(mutated(args, pool, dice)));
  };
  expect(some(7)).toEqual(some(7));
  expect(some(7)).not.toEqual(some(8));
  expect(new Set(some(7)).size).toBeGreaterThan(10);
});

test('a changed input keeps its types, and its tuples their length', () => {
  const pair = read(['p', [['i', '1'], 'ab']], ['a', [['i', '5']]]);
  const dice = seededRandom(1);
  for (let turn = 0; turn < 200; turn++) {
    const [one, list] = mutated(pair, poolOf([]), dice);
    expect(one?.kind === 'tuple' && one.items.length).toBe(2);
    expect(list?.kind).toBe('list');
  }
});

test('inputs are drawn by kind, small ones first, and reach what is awkward', () => {
  const parameters: readonly Parameter[] = [
    { name: 'xs', from: 'hint', kinds: [{ kind: 'list', of: [{ kind: 'integer' }] }] },
    {
      name: 'by',
      from: 'hint',
      kinds: [{ kind: 'mapping', keys: [{ kind: 'text' }], of: [{ kind: 'boolean' }] }, { kind: 'none' }],
    },
    { name: 'way', from: 'hint', kinds: [{ kind: 'text', values: read('up', 'down') }] },
  ];
  const dice = seededRandom(3);
  const drawn = Array.from({ length: 300 }, (_, turn) =>
    drawnArguments(parameters, poolOf(read(['i', '1234'])), turn / 30, dice),
  );
  const lists = drawn.map(([xs]) => (xs?.kind === 'list' ? xs.items : []));
  expect(lists.some((items) => items.length === 0) && lists.some((items) => items.length > 4)).toBe(true);
  expect(lists.some((items) => new Set(items.map((one) => `${'value' in one && one.value}`)).size < items.length)).toBe(
    true,
  );
  expect(lists.flat().some((one) => one.kind === 'integer' && one.value >= 1233n)).toBe(true);
  expect(drawn.some(([, by]) => by?.kind === 'none') && drawn.some(([, by]) => by?.kind === 'mapping')).toBe(true);
  expect(new Set(drawn.map(([, , way]) => (way?.kind === 'text' ? way.value : ''))).size).toBe(2);
});

test('kinds are those of known inputs, taken together', () => {
  expect(kindsOf(read(['a', [['i', '1']]], ['a', ['x']], null))).toEqual([
    { kind: 'list', of: [{ kind: 'integer' }, { kind: 'text' }] },
    { kind: 'none' },
  ]);
  expect(kindsOf(read(['p', ['a', ['i', '1']]]))).toEqual([
    { kind: 'tuple', parts: [[{ kind: 'text' }], [{ kind: 'integer' }]] },
  ]);
});

test('what a hint leaves open is taken from known inputs; a record keeps its keys', () => {
  const people = kindsOf(
    read([
      'a',
      [
        [
          'o',
          [
            ['name', 'x'],
            ['age', ['i', '3']],
          ],
        ],
      ],
    ]),
  );
  const record = { kind: 'mapping', fields: { name: [{ kind: 'text' }], age: [{ kind: 'integer' }] } };
  expect(people).toEqual([{ kind: 'list', of: [record] }]);
  expect(filled([{ kind: 'list', of: [] }, { kind: 'none' }], people)).toEqual([
    { kind: 'list', of: [record] },
    { kind: 'none' },
  ]);
  expect(filled([{ kind: 'list', of: [{ kind: 'text' }] }], people)).toEqual([
    { kind: 'list', of: [{ kind: 'text' }] },
  ]);
  const [drawn] = drawnArguments([{ name: 'p', from: 'hint', kinds: [record] }], poolOf([]), 3, seededRandom(1));
  expect(drawn?.kind === 'mapping' && drawn.pairs.map(([key]) => key.kind === 'text' && key.value)).toEqual([
    'name',
    'age',
  ]);
});

/** The smallest input on which something still holds, as `inputs.ts` goes about it. */
function least(from: Arguments, holds: (args: Arguments) => boolean): Arguments {
  for (let now = from; ; ) {
    const next = smaller(now, 1_000).find(holds);
    if (next === undefined) return now;
    now = next;
  }
}
const numbers = ([xs]: Arguments): number[] =>
  xs !== undefined && 'items' in xs ? xs.items.map((one) => Number('value' in one ? one.value : 0)) : [];

test('what remains of an input is what counts', () => {
  const long = read(['a', Array.from({ length: 40 }, (_, at) => ['i', `${(at * 37) % 101}`])], 'some words');
  const above = least(long, (one) => numbers(one).some((it) => it > 50));
  expect(python(above)).toBe("f([51], '')");
  const twice = least(
    read(['a', [7, 3, 9, 7, 12, 9].map((it) => ['i', `${it}`])]),
    (one) => new Set(numbers(one)).size < numbers(one).length,
  );
  expect(python(twice)).toBe('f([0, 0])');
  const mapped = least(
    read([
      'm',
      [
        ['aXc', ['i', '5']],
        ['b', ['i', '77']],
      ],
    ]),
    ([one]) => one?.kind === 'mapping' && one.pairs.some(([, it]) => it.kind === 'integer' && it.value > 9n),
  );
  expect(python(mapped)).toBe("f({'b': 10})");
  const person = [
    'o',
    [
      ['name', 'x'],
      ['age', ['i', '7']],
    ],
  ];
  const kept = least(read(['a', [person, person, person]]), ([one]) => one?.kind === 'list' && one.items.length > 1);
  expect(python(kept)).toBe("f([{'name': '', 'age': 0}, {'name': '', 'age': 0}])");
});

test('every smaller input is smaller, and none comes twice', () => {
  const all = smaller(args, 10_000);
  expect(all.length).toBeGreaterThan(10);
  expect(new Set(all.map(python)).size).toBe(all.length);
  for (const one of all) expect(sizeOfAll(one)).toBeLessThan(sizeOfAll(args));
  expect(smaller(read(['i', '0'], ['a', []], '', null), 10)).toEqual([]);
});

test('lists and texts reach the lengths at which a program turns', () => {
  const parameters: readonly Parameter[] = [
    { name: 'xs', from: 'hint', kinds: [{ kind: 'list', of: [{ kind: 'integer' }] }] },
    { name: 'text', from: 'hint', kinds: [{ kind: 'text' }] },
  ];
  const lengths = (literals: Arguments): Set<string> => {
    const dice = seededRandom(5);
    const drawn = Array.from({ length: 200 }, () => drawnArguments(parameters, poolOf(literals), 3, dice));
    return new Set(
      drawn.flatMap(([xs, words]) => [
        `list ${xs?.kind === 'list' && xs.items.length}`,
        `text ${words?.kind === 'text' && words.value.length}`,
      ]),
    );
  };
  const near = lengths(read(['i', '20'], ['i', '5000'], ['i', '-7']));
  for (const length of [19, 20, 21]) {
    expect(near).toContain(`list ${length}`);
    expect(near).toContain(`text ${length}`);
  }
  expect(lengths([])).not.toContain('list 20');
});
