/** Python literals: what is read, what is not, and when two are alike. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { keyOf, type Literal, literalText, readArguments, readLiteral, type Strength } from './literal.ts';

const check = (text: string, expected: string | null): void => {
  const read = readLiteral(text);
  expect(read === null ? null : literalText(read), text).toBe(expected);
};

test('literals are read and written as repr writes them', () => {
  check('None', 'None');
  check(' -7 ', '-7');
  check('1_000', '1000');
  check('0x1F', '31');
  check('1e16', '1e+16');
  check('1e15', '1000000000000000.0');
  check('.00001', '1e-05');
  check('-0.0', '-0.0');
  check("float('-inf')", '-inf');
  check('[1,2 ,]', '[1, 2]');
  check('(1,)', '(1,)');
  check('(1)', '1');
  check('1, 2', '(1, 2)');
  check('()', '()');
  check('{}', '{}');
  check('set()', 'set()');
  check('{1, 1}', '{1, 1}');
  check("{'a': [1], 2: ()}", "{'a': [1], 2: ()}");
  check(`"it's"`, `"it's"`);
  check(`'say "it\\'s"'`, `'say "it\\'s"'`);
  check("'a' 'b'", "'ab'");
  check(`r'\\n'`, `'\\\\n'`);
  check(`'\\x41\\u00e9\\101'`, "'AéA'");
  check("b'\\xff'", "b'\\xff'");
  check("'''a\nb'''", "'a\\nb'");
  check("Counter({'a': 1})", "Counter({'a': 1})");
});

test('what is no literal is not read', () => {
  for (const text of [
    '',
    'x',
    '1 + 1',
    '[1',
    '1 2',
    "'a",
    "__import__('os').system('id')",
    '[x for x in y]',
    'lambda: 1',
    "f'{x}'",
    '1__0',
    '01',
    '{1: 2, 3}',
    '((',
    '-"a"',
    "'\\x4'",
    '1,,2',
    '{**{}}',
  ])
    check(text, null);
  check(`${'['.repeat(5000)}${']'.repeat(5000)}`, null);
  check('9'.repeat(5000), null);
});

test('arguments, with names and with the call around them', () => {
  const texts = (text: string): string[] | null =>
    readArguments(text, 'f')?.map(({ name, value }) => `${name ?? ''}:${literalText(value)}`) ?? null;
  expect(texts("1, [2], key='x'")).toEqual([':1', ':[2]', "key:'x'"]);
  expect(texts('f((1, 2), 3)')).toEqual([':(1, 2)', ':3']);
  expect(texts('')).toEqual([]);
  expect(texts('a=1, 2')).toBeNull();
  expect(texts('*[1]')).toBeNull();
  expect(texts('g(x)')).toBeNull();
});

const alike = (one: string, other: string): string =>
  (['exact', 'equal', 'lenient'] as const)
    .filter(
      (strength: Strength) =>
        keyOf(readLiteral(one) as Literal, strength) === keyOf(readLiteral(other) as Literal, strength),
    )
    .join(' ');

test('strengths of likeness', () => {
  expect(alike('[1, 2]', '[1,2]')).toBe('exact equal lenient');
  expect(alike('1', '1.0')).toBe('equal lenient');
  expect(alike('True', '1')).toBe('equal lenient');
  expect(alike('{1, 2}', '{2, 1, 1}')).toBe('exact equal lenient');
  expect(alike("{'a': 1, 'b': 2}", "{'b': 2, 'a': 1}")).toBe('exact equal lenient');
  expect(alike("Counter({'a': 1})", "{'a': 1}")).toBe('equal lenient');
  expect(alike('[1, 2]', '(1, 2)')).toBe('lenient');
  expect(alike("'Yes '", "'yes'")).toBe('lenient');
  expect(alike('0.3333333', '0.33333333')).toBe('lenient');
  expect(alike('nan', 'nan')).toBe('exact equal lenient');
  expect(alike('0.0', '-0.0')).toBe('equal lenient');
  expect(alike("'1'", '1')).toBe('');
  expect(alike("['a,b']", "['a', 'b']")).toBe('');
});

const literal = fc.letrec<{ literal: Literal }>((tie) => ({
  literal: fc.oneof(
    { maxDepth: 4 },
    fc.constant<Literal>({ kind: 'None' }),
    fc.record({ kind: fc.constant('bool' as const), value: fc.boolean() }),
    fc.record({ kind: fc.constant('int' as const), value: fc.bigInt({ min: -(10n ** 30n), max: 10n ** 30n }) }),
    fc.record({ kind: fc.constant('float' as const), value: fc.double() }),
    fc.record({ kind: fc.constant('str' as const), value: fc.string({ unit: 'binary' }) }),
    fc.record({
      kind: fc.constant('bytes' as const),
      value: fc.uint8Array().map((bytes) => String.fromCharCode(...bytes)),
    }),
    fc.record({
      kind: fc.constantFrom('list' as const, 'tuple' as const, 'set' as const, 'frozenset' as const),
      items: fc.array(tie('literal'), { maxLength: 4 }),
    }),
    fc.record({
      kind: fc.constant('dict' as const),
      entries: fc.array(fc.tuple(tie('literal'), tie('literal')), { maxLength: 4 }),
    }),
  ),
})).literal;

describe('any literal', () => {
  test('is read as what was written', () => {
    fc.assert(
      fc.property(literal, (one) => {
        const read = readLiteral(literalText(one));
        expect(read).not.toBeNull();
        expect(keyOf(read as Literal, 'exact')).toBe(keyOf(one, 'exact'));
      }),
      { numRuns: 500 },
    );
  });
  test('any text is read or refused, and nothing is thrown', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom(...`[](){}:,'"\\ab1.e-+_ xN#\n`) }),
        (text) => void readLiteral(text),
      ),
      { numRuns: 2000 },
    );
  });
});
