import { readFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { loadGrammarFile } from '../../../test/grammarfiles.ts';
import {
  bindingKinds,
  createParser,
  type Expression,
  elementKinds,
  type FileLinks,
  scopeKinds,
  useKinds,
} from '../../code/mod.ts';
import { decodeLinks, encodeLinks } from './links-codec.ts';
import { CutShort } from './packing.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const offset = fc.nat({ max: 20_000_000 });
const span = fc.record({ start: offset, end: offset });
const index = fc.integer({ min: -1, max: 200_000 });
const some = fc.nat({ max: 200_000 });
const few = fc.array(some, { maxLength: 8 });

const expression: fc.Arbitrary<Expression> = fc.oneof(
  fc.record({ kind: fc.constant('name' as const), name: text, scope: some }),
  fc.record({ kind: fc.constant('member' as const), object: index, name: text }),
  fc.record({ kind: fc.constantFrom('call' as const, 'new' as const), callee: some }),
  fc.record({ kind: fc.constant('instance' as const), type: some }),
  fc.record({ kind: fc.constantFrom('self' as const, 'self-type' as const, 'super' as const), scope: some }),
  fc.record({ kind: fc.constant('applied' as const), base: some, args: few }),
  fc.record({
    kind: fc.constant('element' as const),
    object: some,
    how: fc.constantFrom(...elementKinds),
    index: fc.integer({ min: -1, max: 63 }),
  }),
  fc.record({ kind: fc.constant('collection' as const), type: text, elements: fc.array(index, { maxLength: 8 }) }),
  fc.record({ kind: fc.constantFrom('either' as const, 'first' as const), options: few }),
  fc.record({ kind: fc.constant('literal' as const), type: text }),
);

/** Operands come before what uses them: each is brought below the number of its expression. */
function ordered(expressions: readonly Expression[]): Expression[] {
  return expressions.map((one, at): Expression => {
    if (at === 0) return { kind: 'literal', type: 'str' };
    const before = (operand: number): number => (operand < 0 ? -1 : operand % at);
    switch (one.kind) {
      case 'member':
      case 'element':
        return { ...one, object: before(one.object) };
      case 'call':
      case 'new':
        return { ...one, callee: before(one.callee) };
      case 'instance':
        return { ...one, type: before(one.type) };
      case 'applied':
        return { ...one, base: before(one.base), args: one.args.map(before) };
      case 'collection':
        return { ...one, elements: one.elements.map(before) };
      case 'either':
      case 'first':
        return { ...one, options: one.options.map(before) };
      default:
        return one;
    }
  });
}

const links: fc.Arbitrary<FileLinks> = fc.record({
  classScopesAreSeen: fc.boolean(),
  package: fc.option(text),
  scopes: fc.array(fc.record({ kind: fc.constantFrom(...scopeKinds), parent: index, symbol: index, span }), {
    maxLength: 6,
  }),
  bindings: fc.array(
    fc.record({
      kind: fc.constantFrom(...bindingKinds),
      name: text,
      scope: some,
      symbol: index,
      import: index,
      value: index,
      type: index,
    }),
    { maxLength: 8 },
  ),
  expressions: fc.array(expression, { maxLength: 12 }).map(ordered),
  uses: fc.array(
    fc.record({ kind: fc.constantFrom(...useKinds), expression: fc.nat({ max: 14 }), from: index, span }),
    {
      maxLength: 12,
    },
  ),
  symbols: fc.array(
    fc.record({
      symbol: some,
      scope: index,
      bases: few,
      results: few,
      static: fc.boolean(),
      accessor: fc.boolean(),
      receiver: index,
      takes: index,
    }),
    { maxLength: 6 },
  ),
  exports: fc.array(fc.record({ name: text, local: text }), { maxLength: 4 }),
  passedOn: fc.array(some, { maxLength: 4 }),
  cut: fc.boolean(),
});

test('links come back equal, whatever they are', () => {
  fc.assert(
    fc.property(links, (value) => {
      expect({ ...decodeLinks(encodeLinks(value)) }).toEqual(value);
    }),
  );
});

test('a record that was cut or changed in one bit is refused', () => {
  fc.assert(
    fc.property(links, fc.nat(), fc.nat({ max: 7 }), (value, at, bit) => {
      const record = encodeLinks(value);
      expect(() => decodeLinks(record.subarray(0, at % record.length))).toThrow(CutShort);
      record[at % record.length] = (record[at % record.length] as number) ^ (1 << bit);
      expect(() => decodeLinks(record)).toThrow(CutShort);
    }),
  );
});

test('bindings can be read without the uses', () => {
  const decoded = decodeLinks(encodeLinks({ ...noUses, uses: [use] }));
  expect(decoded.bindings).toEqual(noUses.bindings);
  expect(Object.getOwnPropertyDescriptor(decoded, 'uses')?.get).toBeTypeOf('function');
  expect(decoded.uses).toEqual([use]);
  expect(Object.getOwnPropertyDescriptor(decoded, 'uses')?.get).toBeUndefined();
});

const use = { kind: 'call', expression: 0, from: -1, span: { start: 3, end: 7 } } as const;
const noUses: FileLinks = {
  classScopesAreSeen: true,
  package: null,
  scopes: [],
  bindings: [{ kind: 'variable', name: 'save', scope: 0, symbol: -1, import: -1, value: 0, type: -1 }],
  expressions: [{ kind: 'name', name: 'save', scope: 0 }],
  uses: [],
  symbols: [],
  exports: [],
  passedOn: [],
  cut: false,
};

test('links of a file come back equal, and a use takes about four bytes', async () => {
  const file = path.resolve(import.meta.dirname, '../../../test/fixtures/languages/python.py');
  const bytes = new Uint8Array(readFileSync(file));
  const result = await (await createParser(loadGrammarFile)).link('sample.py', bytes);
  if (result.kind !== 'facts') throw new Error(result.reason);
  const record = encodeLinks(result.links);
  expect({ ...decodeLinks(record) }).toEqual(result.links);
  const withoutUses = encodeLinks({ ...result.links, uses: [] });
  expect((record.length - withoutUses.length) / result.links.uses.length).toBeLessThan(5);
});
