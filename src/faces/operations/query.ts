/** `winnow query CYPHER [PATH]`: questions to the graph in openCypher. Parsing, matching and bounds are `search`'s; this translates. */
import { z } from 'zod';
import { systemClock } from '../../base/mod.ts';
import { queryGraph } from '../../search/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import { queryView } from '../views/query.ts';
import { withGraph } from './graphs.ts';
import { completenessSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  query: z.string().min(1).max(100_000).describe('openCypher that reads: MATCH, WHERE, WITH, UNWIND, RETURN, UNION'),
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  limit: z.int().min(1).max(100_000).default(100).describe('Rows wanted, 1 to 100,000'),
  time: z
    .string()
    .regex(durationPattern, 'must be a time such as 500ms or 10s')
    .refine((text) => milliseconds(text) > 0, 'must be at least 1ms')
    .default('5s')
    .describe('Time after which what was found until then is the answer'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const nodeCell = z.strictObject({
  id: z.string(),
  label: z.string(),
  name: z.string(),
  path: z.string(),
  line: z.int().nullable(),
});
const edgeCell = z.strictObject({ type: z.string(), from: z.string(), to: z.string(), state: z.string() });

type CellSchema =
  | null
  | boolean
  | number
  | string
  | CellSchema[]
  | z.output<typeof nodeCell>
  | z.output<typeof edgeCell>
  | { nodes: z.output<typeof nodeCell>[]; relationships: z.output<typeof edgeCell>[] };

const cell: z.ZodType<CellSchema> = z
  .lazy(() =>
    z.union([
      z.null(),
      z.boolean(),
      z.number(),
      z.string(),
      nodeCell,
      edgeCell,
      z.strictObject({ nodes: z.array(nodeCell), relationships: z.array(edgeCell) }),
      z.array(cell),
    ]),
  )
  .meta({ id: 'Cell' });

const output = z.strictObject({
  schema: z.literal('winnow.query/1'),
  root: z.string(),
  columns: z.array(z.string()),
  rows: z
    .array(z.array(cell))
    .describe('Nodes as id, label, name, path and line; relationships as type, ends and state'),
  cut: z
    .enum(['time', 'steps', 'held', 'rows', 'size'])
    .nullable()
    .describe('Why there may be more rows, and why counts may be too low; null when the answer is whole'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ open: z.number(), query: z.number() }),
});

export type QueryOutput = z.output<typeof output>;

export const query: Operation<typeof input, typeof output> = {
  name: 'query',
  summary: 'the graph in openCypher',
  description: `Answers a question to the graph of a repository, in the reading part of openCypher.

Labels are Directory, File, Class, Function, Method, Field and Global, with Callable for functions and methods and Symbol for all that are defined. Relationships are CONTAINS, IMPORTS, CALLS, INHERITS, IMPLEMENTS, OVERRIDES, USES and TESTS; each has state, partial, rule, rank, line and sites. The names of CodexGraph's schema (MODULE, CLASS, HAS_METHOD, file_path and so on) are understood. docs/graph.md lists properties, functions and what the subset lacks.

A query ends when it has its rows, or after --time; then it gives what was found until then and says so. Nothing can be written.`,
  examples: [
    {
      command: `winnow query "MATCH (f)-[:CALLS]->(m:Method {name: 'send'}) RETURN f, m"`,
      does: 'who calls a method of that name',
    },
    {
      command: `winnow query "MATCH (c)-[:INHERITS*]->(:Class {name: 'Base'}) RETURN c.path, c.name" ~/code/project`,
      does: 'all classes below one',
    },
    {
      command: `winnow query "MATCH (f)<-[:CALLS]-(g) RETURN f, count(g) AS n ORDER BY n DESC" --limit 10 --json`,
      does: 'what is called from most places, for a program',
    },
  ],
  input,
  output,
  positional: [
    { property: 'query', label: 'CYPHER' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  run: (given, context) => {
    const startedMs = systemClock.elapsedMs();
    return withGraph(given.directory, context, given, ({ snapshot, view, notices }) => {
      const openedMs = systemClock.elapsedMs();
      const answer = queryGraph(view, given.query, {
        timeMs: milliseconds(given.time),
        rows: given.limit,
        signal: context.signal,
      });
      const told = [...new Set([...notices, ...answer.notices])];
      for (const text of told) context.notice(text);
      return {
        schema: 'winnow.query/1',
        root: snapshot.root,
        ...answer,
        completeness: view.graph.completeness,
        notices: told,
        elapsedMs: {
          open: Math.round(openedMs - startedMs),
          query: Math.round((systemClock.elapsedMs() - openedMs) * 10) / 10,
        },
      } as QueryOutput;
    });
  },
  render: queryView,
  exit: ({ rows }) => (rows.length > 0 ? 0 : 1),
};
