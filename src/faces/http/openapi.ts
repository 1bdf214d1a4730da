/** What the server offers, for programs: a list with schemas, and the same as an OpenAPI 3.1 document, both drawn from the operations table. */
import { z } from 'zod';
import { errorTable } from '../../base/mod.ts';
import { operationTable } from '../operations/table.ts';
import type { Operation } from '../operations/types.ts';
import { beside, needsFlag } from '../served/call.ts';
import { type Offer, offers, whyAbsent } from '../served/offers.ts';
import type { Serving } from './app.ts';
import { pathOf } from './operations.ts';

interface Offered {
  readonly operation: Operation;
  readonly offer: Offer;
}

/** `GET /api/v1/operations`. */
export async function operationList({ surroundings, version }: Serving) {
  const offered = await offeredBy(surroundings.allowWrite);
  const names = new Set(offered.map(({ operation }) => operation.name));
  return {
    schema: 'winnow.operations/1',
    version,
    allowWrite: surroundings.allowWrite,
    roots: surroundings.roots.all(),
    operations: offered.map(({ operation, offer }) => ({
      name: operation.name,
      path: `/api/v1/${pathOf(operation.name)}`,
      summary: operation.summary,
      input: inputSchema(operation, offer, surroundings.allowWrite),
      output: outputSchema(operation),
    })),
    notOffered: operationTable
      .filter(({ name }) => !names.has(name))
      .map(({ name, summary }) => ({
        name,
        summary,
        reason: Object.hasOwn(offers, name) ? needsFlag : whyAbsent(name),
      })),
  };
}

/** `GET /openapi.json`. */
export async function openApi({ surroundings, version }: Serving) {
  const offered = await offeredBy(surroundings.allowWrite);
  return {
    openapi: '3.1.0',
    info: {
      title: 'Winnow',
      version,
      description:
        'Finds code, runs it in a sandbox, and keeps what works. Answers are data: text of repositories stands in them as it is.',
    },
    paths: {
      ...Object.fromEntries(
        offered.map(({ operation, offer }) => [
          `/api/v1/${pathOf(operation.name)}`,
          { post: described(operation, offer, surroundings.allowWrite) },
        ]),
      ),
      '/api/v1/operations': {
        get: plain('operations', 'What is offered, with schemas, and what is not, with reasons'),
      },
      '/openapi.json': { get: plain('openapi', 'This document') },
      '/health': { get: { ...plain('health', 'Whether the server lives'), security: [] } },
      '/metrics': {
        get: {
          operationId: 'metrics',
          summary: 'Counters for Prometheus',
          responses: {
            200: { description: 'Text format 0.0.4', content: { 'text/plain': { schema: { type: 'string' } } } },
          },
        },
      },
    },
    components: {
      securitySchemes: { token: { type: 'http', scheme: 'bearer' } },
      schemas: { Error: z.toJSONSchema(errorSchema) },
    },
    security: [{}, { token: [] }],
  };
}

const errorSchema = z.strictObject({
  error: z.strictObject({
    code: z.enum(['bug', ...Object.keys(errorTable)]),
    message: z.string().describe('What was expected, what came, what to do'),
    details: z.record(z.string(), z.unknown()).describe('Facts for programs'),
  }),
});

const failed = (description: string) => ({
  description,
  content: { 'application/json': { schema: { $ref: '#/components/schemas/Error' } } },
});

function described(operation: Operation, offer: Offer, allowWrite: boolean) {
  const result = { schema: outputSchema(operation) };
  return {
    operationId: pathOf(operation.name),
    summary: operation.summary,
    description: operation.description,
    requestBody: {
      required: true,
      content: { 'application/json': { schema: inputSchema(operation, offer, allowWrite) } },
    },
    responses: {
      200: {
        description: 'The answer, also a negative one. As an event stream: progress, notice, then result or error',
        content: { 'application/json': result, 'text/event-stream': { schema: { type: 'string' } } },
      },
      '4XX': failed('The request, or something that it names, is not as expected'),
      '5XX': failed('The world failed: see the code'),
    },
  };
}

const plain = (operationId: string, summary: string) => ({
  operationId,
  summary,
  responses: { 200: { description: 'JSON', content: { 'application/json': { schema: { type: 'object' } } } } },
});

async function offeredBy(allowWrite: boolean): Promise<readonly Offered[]> {
  const rows = operationTable.flatMap((row) => {
    const offer = Object.hasOwn(offers, row.name) ? offers[row.name] : undefined;
    return offer === undefined || (offer.writes === true && !allowWrite) ? [] : [{ row, offer }];
  });
  return Promise.all(rows.map(async ({ row, offer }) => ({ operation: await row.load(), offer })));
}

/** As the operation takes it, without what this server refuses, and with what may come beside it. */
function inputSchema({ input }: Operation, { guarded = [], harmless = {} }: Offer, allowWrite: boolean) {
  const schema = z.toJSONSchema(input, { io: 'input' }) as { properties?: Record<string, object> };
  const besides = z.toJSONSchema(z.strictObject(beside), { io: 'input' }).properties;
  const own = Object.entries(schema.properties ?? {}).flatMap(([name, property]) => {
    if (allowWrite || !guarded.includes(name)) return [[name, property]];
    const values = harmless[name];
    return values === undefined ? [] : [[name, { ...property, enum: values }]];
  });
  return { ...schema, properties: { ...Object.fromEntries(own), ...besides } };
}

const outputSchema = ({ output }: Operation) => z.toJSONSchema(output, { io: 'output' });
