import { expect, test } from 'vitest';
import { z } from 'zod';
import { typeText } from './typetext.ts';

const node = z.strictObject({
  label: z.string(),
  get children() {
    return z.array(node);
  },
});

const check = (schema: z.ZodType, expected: string): void => expect(typeText(z.toJSONSchema(schema))).toBe(expected);

test('plain values', () => {
  check(
    z.strictObject({ a: z.int(), b: z.string().nullable(), c: z.boolean().optional() }),
    '{ a: number; b: string | null; c?: boolean }',
  );
  check(z.strictObject({ a: z.enum(['x', 'y']), b: z.literal('z') }), '{ a: "x" | "y"; b: "z" }');
  check(
    z.strictObject({ a: z.array(z.string()), b: z.record(z.string(), z.int()) }),
    '{ a: string[]; b: { [name: string]: number } }',
  );
});

test('descriptions become comments', () => {
  check(z.strictObject({ a: z.int().describe('How many') }), '{\n  a: number; // How many\n}');
});

test('what holds itself gets a name', () => {
  check(
    z.strictObject({ tree: node.nullable() }),
    '{ tree: Node | null }\n\ntype Node = { label: string; children: Node[] }',
  );
});

test('a choice told apart by a property has all its forms', () => {
  const one = z.strictObject({ kind: z.literal('a') });
  const other = z.strictObject({ kind: z.literal('b'), n: z.int() });
  check(z.discriminatedUnion('kind', [one, other]), '{ kind: "a" } | { kind: "b"; n: number }');
});
