import { describe, expect, test } from 'vitest';
import { shapeOf } from '../cli/shape.ts';
import { freeTextsOf } from '../served/call.ts';
import { offers } from '../served/offers.ts';
import { operationTable } from './table.ts';

describe.each(operationTable.map((row) => [row.name, row] as const))('%s', (_, row) => {
  test('the row says what the operation says', async () => {
    const operation = await row.load();
    expect(operation.name).toBe(row.name);
    expect(operation.summary).toBe(row.summary);
  });

  test('everything is described', async () => {
    const operation = await row.load();
    const shape = shapeOf(operation);
    for (const part of [...shape.arguments, ...shape.flags]) expect(part.help).not.toBe('');
    expect(operation.description).not.toBe('');
    expect(operation.examples.length).toBeGreaterThan(0);
    for (const { command } of operation.examples) expect(command).toContain(`winnow ${row.name}`);
  });

  test.runIf(Object.hasOwn(offers, row.name))(
    'what is offered over HTTP says of every text whether it is a path',
    async () => {
      const { paths = [], texts = [], guarded = [] } = offers[row.name] ?? {};
      const known = new Set<string>([...paths, ...texts, ...guarded]);
      expect([...freeTextsOf(await row.load())].filter((property) => !known.has(property))).toEqual([]);
    },
  );

  test('flags do not clash', async () => {
    const { flags } = shapeOf(await row.load());
    const names = flags.flatMap((flag) => [flag.name, ...(flag.short === null ? [] : [flag.short])]);
    expect(new Set(names).size).toBe(names.length);
  });

  test('the answer names its schema and version', async () => {
    const operation = await row.load();
    type Shape = { properties: { schema: { const: string } } };
    const shape = (await import('zod')).z.toJSONSchema(operation.output) as unknown as Shape & {
      anyOf?: Shape[];
      oneOf?: Shape[];
    };
    const forms = shape.anyOf ?? shape.oneOf;
    const name = row.name.replace(' ', '\\.');
    const expected = new RegExp(`^winnow\\.${name}${forms === undefined ? '' : '(\\.[a-z]+)?'}/[1-9]$`);
    for (const { properties } of forms ?? [shape]) expect(properties.schema.const).toMatch(expected);
  });
});
