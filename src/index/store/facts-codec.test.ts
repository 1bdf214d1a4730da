import fc from 'fast-check';
import { expect, test } from 'vitest';
import { chunkKinds, type FileFacts, problemKinds, referenceKinds, symbolKinds } from '../../code/mod.ts';
import { decodeFacts, encodeFacts } from './facts-codec.ts';
import { CutShort } from './packing.ts';

const text = fc.string({ unit: 'binary', maxLength: 12 });
const offset = fc.nat({ max: 20_000_000 });
const span = fc.record({ start: offset, end: offset });
const facts: fc.Arbitrary<FileFacts> = fc.record({
  language: text,
  lines: offset,
  traits: fc.record({
    test: fc.boolean(),
    vendored: fc.boolean(),
    generated: fc.boolean(),
    example: fc.boolean(),
    documentation: fc.boolean(),
  }),
  symbols: fc.array(
    fc.record({
      kind: fc.constantFrom(...symbolKinds),
      name: text,
      qualifiedName: text,
      span,
      nameSpan: span,
      signature: span,
      doc: fc.option(span),
      parent: fc.integer({ min: -1, max: 5 }),
      exported: fc.boolean(),
      decorators: fc.array(text, { maxLength: 3 }),
    }),
    { maxLength: 8 },
  ),
  references: fc.array(
    fc.record({
      kind: fc.constantFrom(...referenceKinds),
      name: text,
      receiver: fc.option(text),
      span,
      from: fc.integer({ min: -1, max: 9 }),
    }),
    { maxLength: 12 },
  ),
  imports: fc.array(fc.record({ module: text, name: text, alias: fc.option(text), span }), { maxLength: 4 }),
  chunks: fc.array(
    fc.record({
      kind: fc.constantFrom(...chunkKinds),
      symbol: fc.integer({ min: -1, max: 9 }),
      parts: fc.array(span, { minLength: 1, maxLength: 3 }),
      piece: fc.nat({ max: 5 }),
    }),
    { maxLength: 5 },
  ),
  problems: fc.array(fc.record({ kind: fc.constantFrom(...problemKinds), span, message: text }), { maxLength: 3 }),
});

/** Parents come before children and qualified names follow them, as parsers make them. */
const nested = (value: FileFacts): FileFacts => {
  const symbols: FileFacts['symbols'][number][] = [];
  for (const [index, symbol] of value.symbols.entries()) {
    const parent = Math.min(symbol.parent, index - 1);
    const above = symbols[parent];
    symbols.push({ ...symbol, parent, qualifiedName: above ? `${above.qualifiedName}.${symbol.name}` : symbol.name });
  }
  return { ...value, symbols };
};

test('facts come back equal, whatever they are', () => {
  fc.assert(
    fc.property(facts, (value) => {
      expect({ ...decodeFacts(encodeFacts(value)) }).toEqual(value);
    }),
  );
});

test('derived qualified names and parents come back equal', () => {
  fc.assert(
    fc.property(facts.map(nested), (value) => {
      expect({ ...decodeFacts(encodeFacts(value)) }).toEqual(value);
    }),
  );
});

test('a record that was cut or changed in one bit is refused', () => {
  fc.assert(
    fc.property(facts, fc.nat(), fc.nat({ max: 7 }), (value, at, bit) => {
      const record = encodeFacts(value);
      expect(() => decodeFacts(record.subarray(0, at % record.length))).toThrow(CutShort);
      record[at % record.length] = (record[at % record.length] as number) ^ (1 << bit);
      expect(() => decodeFacts(record)).toThrow(CutShort);
    }),
  );
});

test('a reference takes about five bytes', () => {
  const references = Array.from({ length: 1000 }, (_, i) => ({
    kind: 'call' as const,
    name: `name${i % 50}`,
    receiver: null,
    span: { start: i * 40, end: i * 40 + `name${i % 50}`.length },
    from: Math.floor(i / 20),
  }));
  const traits = { test: false, vendored: false, generated: false, example: false, documentation: false };
  const empty = {
    language: 'text',
    lines: 1,
    traits,
    symbols: [],
    references: [],
    imports: [],
    chunks: [],
    problems: [],
  };
  expect(encodeFacts({ ...empty, references }).length / 1000).toBeLessThan(5);
});
