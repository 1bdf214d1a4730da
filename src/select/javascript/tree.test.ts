/** Canonical texts of values of JavaScript, and values that go through a tree and come back; `values.cjs` itself runs here as it does in the sandbox. */
import { createRequire } from 'node:module';
import { expect, test } from 'vitest';
import { canonicalText } from './tree.ts';

interface Values {
  tell(value: unknown): unknown;
  make(tree: unknown): unknown;
  isWhole(tree: unknown): boolean;
}
const { tell, make, isWhole } = createRequire(import.meta.url)('./values.cjs') as Values;
const textOf = (value: unknown): string => canonicalText(tell(value));

class Point {
  x = 1;
  #hidden = 2;
  get sum(): number {
    return this.x + this.#hidden;
  }
}
function* counting(): Generator<number> {
  for (let at = 0; ; at++) yield at;
}
function* failing(): Generator<number> {
  yield 1;
  throw new TypeError('no');
}

test('equal values have equal texts, others have others', () => {
  const cyclic: unknown[] = [1];
  cyclic.push(cyclic);
  const cases: readonly (readonly [unknown, string])[] = [
    [[1, -0, Number.NaN, 1e21, 10n, 'a"\n'], '[1, -0, NaN, 1e+21, 10n, "a\\"\\n"]'],
    [{ b: 1, a: [undefined, null] }, '{"a": [undefined, null], "b": 1}'],
    // biome-ignore lint/suspicious/noSparseArray: a hole is not undefined
    [[1, , 2], '[1, hole, 2]'],
    [new Map([[{ k: 1 }, 2]]), 'new Map([[{"k": 1}, 2]])'],
    [new Set([2, 1]), 'new Set([1, 2])'],
    [new Date(5), 'new Date(5)'],
    [new Date(Number.NaN), 'new Date(NaN)'],
    [/a+/gi, 'new RegExp("a+", "gi")'],
    [new Uint8Array([1, 2]), 'new Uint8Array([1, 2])'],
    [new RangeError('far'), 'error("RangeError", "far")'],
    [new Point(), 'object("Point", {"x": 1})'],
    [failing(), 'iterator([1], error("TypeError"))'],
    [[1, 2].values(), 'iterator([1, 2])'],
    [cyclic, '[1, cycle(1)]'],
    [() => 1, '?function'],
    [[() => 1], '[opaque("function")]'],
    [Object.create(null), '{}'],
  ];
  for (const [value, text] of cases) expect(textOf(value)).toBe(text);
  expect(textOf({ a: 1, b: 2 })).toBe(textOf({ b: 2, a: 1 }));
  expect(textOf(counting())).toMatch(/^iterator\(\[0, 1, .*999\], \.\.\.\)$/);
});

test('what a value says of itself has no part in it', () => {
  const hostile = {
    toString: () => '1',
    valueOf: () => 1,
    toJSON: () => 1,
    [Symbol.toPrimitive]: () => 1,
    [Symbol.toStringTag]: 'Date',
    get boom(): never {
      throw new Error('looked at');
    },
  };
  expect(textOf(hostile)).toBe('?object');
  expect(
    textOf(
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('no');
          },
        },
      ),
    ),
  ).toBe('?object');
  expect(textOf({ constructor: Map, [Symbol.toStringTag]: 'Map' })).toMatch(/^\{"constructor": opaque/);
});

test('large values are told apart by a digest, and those beyond all bounds are not compared', () => {
  const [one, same, other] = [
    textOf(Array(30_000).fill(1)),
    textOf(Array(30_000).fill(1)),
    textOf(Array(30_000).fill(2)),
  ];
  expect(one).toMatch(/^\?large:90000:[0-9a-f]{32}:[0-9a-f]{32}$/);
  expect(one).toBe(same);
  expect(one).not.toBe(other);
  expect(textOf('a'.repeat(9_000_000))).toBe('?large');
  let deep: unknown = 0;
  for (let at = 0; at < 500; at++) deep = [deep];
  expect(textOf(deep)).toBe('?large');
});

test('a tree gives the value back, or says that it does not know', () => {
  for (const value of [
    [1, { a: [null, undefined, -0] }],
    new Map([[1, new Set(['x'])]]),
    new Date(7),
    12n,
    new Float64Array([0.5]),
  ])
    expect(make(tell(value))).toEqual(value);
  expect(isWhole(tell([1, { a: 'b' }]))).toBe(true);
  for (const value of [() => 1, [new Point()], { a: counting() }]) expect(isWhole(tell(value))).toBe(false);
  const point = make(tell(new Point())) as Point;
  expect(point.x).toBe(1);
  expect(() => point.sum).toThrow();
  expect([...(make(tell([3, 4].values())) as Iterable<number>)]).toEqual([3, 4]);
});

test('what is no tree is nothing that could be compared', () => {
  for (const told of [
    {},
    ['zz'],
    ['a', 1],
    ['o', [['k']]],
    ['o', [[1, 2]]],
    ['b', '1; alert(1)'],
    ['y', 'Function', []],
    ['n', 'x'],
    ['l'],
  ])
    expect(canonicalText(told), JSON.stringify(told)).toBe('?large');
});
