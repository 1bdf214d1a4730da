import { Console } from 'node:console';
import { Writable } from 'node:stream';
import * as util from 'node:util';
import { expect, test } from 'vitest';
import { format } from './format.ts';
import { type InspectOptions, inspect } from './inspect.ts';
import { table } from './table.ts';

// The truth is Node's own `util.inspect`; this file runs in Node, the code under test runs in another engine as well.

class A {
  x = 1;
}
class B extends A {
  z = [1];
  get y() {
    return 1;
  }
}
class Boom extends Error {}
class MyMap extends Map<unknown, unknown> {}
class Shown {
  [Symbol.for('nodejs.util.inspect.custom')]() {
    return 'SHOWN\nTWICE';
  }
}

const circular: Record<string, unknown> = { a: 1 };
circular.self = circular;
circular.list = [circular, { circular }];
const nothing = Object.assign(Object.create(null), { a: 1 });

const values: readonly unknown[] = [
  1,
  -0,
  Number.NaN,
  10n,
  'a',
  "it's",
  'a"b\'c',
  '\n\t\0\x7f',
  true,
  null,
  undefined,
  Symbol('x'),
  [],
  {},
  [1, 2, 3],
  // biome-ignore lint/suspicious/noSparseArray: holes are what is shown
  [1, , 3, , ,],
  [undefined, null],
  { a: { b: { c: { d: 1 } } } },
  [[[[1]]]],
  new A(),
  new B(),
  A,
  B,
  class {},
  () => 1,
  function named() {},
  async () => 1,
  function* generator() {},
  Object.assign(() => 1, { a: 1 }),
  new Map<unknown, unknown>([
    [1, { a: 2 }],
    ['k', [1]],
  ]),
  new Set([1, 'a', [2]]),
  new Map(),
  new Set(),
  new MyMap([[1, 2]]),
  new Date(0),
  new Date(Number.NaN),
  /a+/gi,
  circular,
  nothing,
  Object.create({ a: 1 }),
  Array.from({ length: 200 }, (_, i) => i),
  new Array<unknown>(5),
  Array.from({ length: 30 }, (_, i) => `item${i}`),
  Array.from({ length: 120 }, (_, i) => 'x'.repeat(i % 7)),
  new Uint8Array(3),
  new Float64Array([1.5, -0]),
  new ArrayBuffer(4),
  new DataView(new ArrayBuffer(2)),
  new WeakMap(),
  Object(3),
  Object('abc'),
  Object(Symbol('q')),
  {
    get a() {
      return 1;
    },
    set a(_value: number) {},
    get b() {
      return 1;
    },
    set c(_value: number) {},
  },
  { [Symbol('k')]: 1, 'a-b': 2, 3: 4, '': 5 },
  { long: 'x'.repeat(100), short: 'y'.repeat(20) },
  ['line\nbreak'.repeat(10)],
  Math,
  Array.from({ length: 10 }, (_, i) => ({ id: i, name: `n${i}` })),
  { user: { name: 'Bob', tags: ['a', 'b'], address: { city: 'X', at: { lat: 1, lng: 2 } } } },
  [1n, 2n, 3n, 4n, 5n, 6n, 7n, 8n],
  ['日本', '語', '한국', 'a', 'b', 'c', 'd', 'e', '🎉'],
  [-1, -2, -3, 10, 200, 3000, 4, 5, 6, 7],
  new Shown(),
  { nested: new Shown() },
  '\ud800',
  Object.assign([1, 2], { k: 1, [-1]: 2 }),
  new Map([['a', new Map([['b', new Map([['c', new Map()]])]])]]),
  { a: { b: { c: new A(), d: new Date(0), e: [], f: () => 1 } } },
  { [Symbol.toStringTag]: 'own' },
];

const options: readonly (InspectOptions | undefined)[] = [
  undefined,
  { depth: 0 },
  { depth: null },
  { compact: false },
  { compact: true },
  { breakLength: 40 },
  { breakLength: Number.POSITIVE_INFINITY },
  { sorted: true },
  { getters: true },
];

test.each(options)('values are shown as Node shows them, with %j', (given) => {
  for (const value of values) expect(inspect(value, given)).toBe(util.inspect(value, given));
});

test('errors are shown as Node shows them', () => {
  const plain = Object.assign(new Error('boom'), { code: 3 });
  const noStack = new Error('none');
  delete (noStack as { stack?: string }).stack;
  const errors = [
    plain,
    new Boom('q'),
    new TypeError('x', { cause: plain }),
    Object.assign(new Error(''), { name: 'Foo' }),
    new AggregateError([plain], 'many'),
    { error: plain },
    [plain],
    noStack,
  ];
  for (const error of errors) expect(inspect(error)).toBe(util.inspect(error));
});

test.each([
  [['%s %d', 1, 2]],
  [['%s', { a: 1 }]],
  [['%s', new A()]],
  [['%j', { a: 1 }]],
  [['%i|%f', 3.7, '1.5x']],
  [['%%', 1]],
  [['100%']],
  [['a', 'b', { c: 1 }]],
  [['%O', { a: { b: { c: { d: 1 } } } }]],
  [['%c x', 'css']],
  [['%x', 1]],
  [['%s', Symbol('a')]],
  [['%d', '0x10']],
  [[1, '%s', 'x']],
  [['%s', [1, [2, [3]]]]],
  [['%s%s', 'a']],
  [['%s', { toString: () => 'own' }]],
])('format(%j) is what Node makes of it', (args) => {
  expect(format(...args)).toBe(util.format(...args));
});

test('tables are drawn as Node draws them', () => {
  const tables = [
    [
      [1, 2],
      [3, 4],
    ],
    [
      { a: 1, b: 'x' },
      { a: 2, c: 3 },
    ],
    new Map([['a', 1]]),
    new Set([1]),
    [1, 'a'],
    { r1: { a: 1 }, r2: { b: 2 } },
    [],
    ['日本'],
  ];
  for (const data of tables) {
    let drawn = '';
    const stdout = new Writable({
      write(chunk, _encoding, done) {
        drawn += chunk;
        done();
      },
    });
    new Console({ stdout }).table(data);
    expect(`${table(data)}\n`).toBe(drawn);
  }
});
