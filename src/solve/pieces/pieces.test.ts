import { expect, test } from 'vitest';
import { literalIn } from '../strategies/chainofcode.ts';
import { subsetsOf } from '../strategies/plansearch.ts';
import { signatureOf } from '../tasks/stub.ts';
import { readVerdicts } from './blocks.ts';
import { functionsOf, isStub, postOrder, withFunction } from './functions.ts';
import { assertsOf, callsOf } from './gentests.ts';
import { jsonOf } from './json.ts';
import { itemsOf, scoreOf } from './lists.ts';
import { chooseByPriorUcb, chooseByUcb } from './treesearch.ts';

const source = `import math


@cache
def low(x):
    """Low."""
    return x


def high(x):
    return low(x) + low(math.pi)


def f(
    x,
):
    return high(x)
`;

test('functions are taken out, put back and ordered by who calls whom', () => {
  expect(functionsOf(source).map(({ name, from, to }) => [name, from, to])).toEqual([
    ['low', 3, 7],
    ['high', 9, 11],
    ['f', 13, 17],
  ]);
  expect(postOrder(source, 'f')).toEqual(['low', 'high', 'f']);
  expect(postOrder('def a():\n    b()\n\ndef b():\n    a()\n', 'a')).toEqual(['b', 'a']);
  const changed = withFunction(source, 'low', 'def low(x):\n    return 0\n');
  expect(functionsOf(changed).find(({ name }) => name === 'low')?.text).toBe('def low(x):\n    return 0\n');
  expect(withFunction(source, 'none', 'x')).toBe(source);
});

test('texts of several lines end no function', () => {
  const text = 'def f():\n    return """a\nb # \'\n"""\n\n\ndef g():\n    return 1\n';
  expect(functionsOf(text).map(({ name, to }) => [name, to])).toEqual([
    ['f', 4],
    ['g', 8],
  ]);
});

test.each([
  ['def f(x):\n    """Does."""\n    pass\n', true],
  ['def f(x):\n    ...\n', true],
  ['def f(x: dict[str, int]) -> int:\n    """Does.\n\n    More."""\n', true],
  ['def f(x):\n    raise NotImplementedError("later")\n', true],
  ['def f(x):\n    """Does."""\n    return 1\n', false],
  ['def f(x):\n    pass\n    return 1\n', false],
])('left open: %j', (text, expected) => {
  expect(isStub({ name: 'f', text, from: 0, to: 0 })).toBe(expected);
});

test('signatures are parted from bodies', () => {
  expect(signatureOf('def f(a, b="x:"):\n    """Doc\n    more."""\n    return 1\n')).toBe(
    'def f(a, b="x:"):\n    """Doc\n    more."""\n',
  );
  expect(signatureOf('def f(\n    a,\n) -> int:\n    return a\n')).toBe('def f(\n    a,\n) -> int:\n');
  expect(signatureOf('def f(a): return a\n')).toBe('def f(a):\n');
});

test('assertions and calls come out of replies of any form', () => {
  expect(assertsOf('```python\nassert f(1) == 2\nassert g(1) == 2\n# x\nassert f(2) == 4, "no"\n```', 'f')).toEqual([
    'assert f(1) == 2',
    'assert f(2) == 4, "no"',
  ]);
  expect(assertsOf('f(3) == 6\nassert f(4) == 8\n', 'f')).toEqual(['assert f(3) == 6', 'assert f(4) == 8']);
  expect(callsOf('- `f(1)`\n2. f("a, b")\nf(1)\nas f(2) shows', 'f')).toEqual(['f(1)', 'f("a, b")']);
});

test('JSON, lists and scores come out of prose', () => {
  expect(jsonOf('Here: {"a": "}"} and {broken {"b": {"c": 1}}')).toEqual([{ a: '}' }, { b: { c: 1 } }]);
  expect(
    readVerdicts(
      '[{"block": "BLOCK-0", "correct": "True"}, {"block": 1, "correct": false, "explanation": "off"}, {"x": 1}]',
    ),
  ).toEqual([
    { block: 'BLOCK-0', correct: true, explanation: '' },
    { block: 'BLOCK-1', correct: false, explanation: 'off' },
  ]);
  expect(itemsOf('Ideas:\n1. sort\n   first\n2) count\n\n- hash', 9)).toEqual(['sort first', 'count', 'hash']);
  expect(itemsOf('sort\ncount', 1)).toEqual(['sort']);
  expect([scoreOf('Score: 7/10', 0, 10), scoreOf('99 or 3.5', 0, 10), scoreOf('none', 0, 10)]).toEqual([7, 3.5, null]);
});

test('bounds choose what is untried, then what is best or little known', () => {
  expect(
    chooseByUcb(
      [
        { visits: 3, value: 1 },
        { visits: 0, value: 0 },
      ],
      1,
    ),
  ).toBe(1);
  expect(
    chooseByUcb(
      [
        { visits: 50, value: 0.6 },
        { visits: 2, value: 0.5 },
      ],
      Math.SQRT2,
    ),
  ).toBe(1);
  expect(
    chooseByUcb(
      [
        { visits: 50, value: 0.9 },
        { visits: 50, value: 0.5 },
      ],
      Math.SQRT2,
    ),
  ).toBe(0);
  // By hand, N = 5: 0.5 + (ln 1.6 + 4)·0.2·√ln5/(1+2) = 0.878; 0.1 + …·0.9·…/(1+3) = 1.375.
  expect(
    chooseByPriorUcb(
      [
        { visits: 2, value: 0.5, prior: 0.2 },
        { visits: 3, value: 0.1, prior: 0.9 },
      ],
      5,
      10,
      4,
    ),
  ).toBe(1);
});

test('subsets, and literals that may come into a program', () => {
  expect(subsetsOf([1, 2, 3], 2)).toHaveLength(7);
  expect(literalIn('I think it is\n`True`')).toBe('True');
  expect(literalIn('"a \\"b\\""')).toBe('"a \\"b\\""');
  expect(literalIn('__import__("os")')).toBeNull();
});
