/** `winnow graph SYMBOL [PATH]`: what is around a symbol. What relations mean and how they are walked is `search`'s; this translates. */
import { z } from 'zod';
import { systemClock } from '../../base/mod.ts';
import { edgeStates, nodeKinds } from '../../index/mod.ts';
import { askGraph, dotText, mermaidText, pathTest, pictureOf, relations, svgText } from '../../search/mod.ts';
import { graphView } from '../views/graph.ts';
import { nodeSchema, relationSchema, throughSchema, unresolvedSchema } from './graph-schemas.ts';
import { withGraph } from './graphs.ts';
import { partialRunsOf, partialRunsSchema } from './partial-evidence.ts';
import { completenessSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const formats = ['tree', 'list', 'dot', 'svg', 'mermaid'] as const;

const input = z.strictObject({
  symbol: z
    .string()
    .min(1)
    .describe('An id as search prints it, or an end of one: Class.method, app.py:run, a path, src/'),
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  relation: z
    .array(z.enum(relations))
    .default([])
    .describe(
      'Only this relation, and all that the limit lets through; default: those that tell most about the symbol',
    ),
  hops: z.int().min(1).max(20).default(1).describe('Steps along each relation, 1 to 20'),
  state: z.array(z.enum(edgeStates)).default([]).describe('Only edges in this state'),
  kind: z
    .array(z.enum(nodeKinds))
    .default([])
    .describe('Only neighbours of this kind; the way may lead through others'),
  path: z
    .array(z.string())
    .default([])
    .describe('Only neighbours in files whose path contains this or matches it as a pattern (src/**/*.ts)'),
  limit: z
    .int()
    .min(1)
    .max(10_000)
    .optional()
    .describe('Neighbours of each relation, 1 to 10,000; default 50, or 8 when no relation was asked for'),
  offset: z.int().min(0).default(0).describe('Neighbours of each relation to skip, for the next page'),
  format: z
    .enum(formats)
    .default('tree')
    .describe('Text, or a picture for Graphviz, for Mermaid or as SVG; redirect it into a file'),
  budgetTokens: z
    .int()
    .min(50)
    .max(1_000_000)
    .optional()
    .describe('Most tokens of the printed text: source lines go first, then the ends of the lists'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const output = z.strictObject({
  schema: z.literal('winnow.graph/1'),
  root: z.string(),
  symbol: nodeSchema.nullable().describe('null when the id fits several definitions'),
  candidates: z.array(nodeSchema).describe('The definitions that an ambiguous id fits'),
  relations: z.array(relationSchema),
  through: throughSchema,
  unresolved: unresolvedSchema.nullable(),
  partialRuns: partialRunsSchema,
  format: z.enum(formats),
  picture: z.string().nullable().describe('The picture, for the formats that are one'),
  tokens: z.int().nullable().describe('Estimated tokens of the printed text, when a budget was set'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ open: z.number(), walk: z.number() }),
});

export type GraphOutput = z.output<typeof output>;

const drawn = { dot: dotText, svg: svgText, mermaid: mermaidText } as const;

export const graph: Operation<typeof input, typeof output> = {
  name: 'graph',
  summary: 'callers, callees, bases, users and more of a symbol, with evidence',
  description: `Prints what is around a symbol, a file or a directory: who calls it and what it calls, its bases and what derives from it, overrides, imports, members, users and the tests that exercise it, each with the lines where it stands.

Every edge has a state. A plain one was resolved by the language's own rules to one definition. "ambiguous" leads to several, ranked, or was found by its name alone. "observed" was seen in a recorded run. Answers about callers always end with how many call sites of that name are ambiguous or could not be resolved, so that "no callers" is never mistaken for "not resolved". Callers of a method end with what it overrides or implements, where that is called: such a call may come to the method. docs/graph.md has the rules.

The first question about a repository resolves its names and keeps the result; later ones resolve what changed. An id that is not there is a negative answer, exit code 1, that names the nearest; so is one that fits several definitions, which are listed.`,
  examples: [
    { command: 'winnow graph Flask.dispatch_request', does: 'an overview of a method, in the repository around here' },
    { command: 'winnow graph src/app.py:Flask --relation derived --hops 5', does: 'all classes below a class' },
    {
      command: 'winnow graph send --relation callers --path src/ --limit 20 --offset 20',
      does: 'the second page of callers',
    },
    {
      command: 'winnow graph Flask.run -r callers -r callees --hops 2 --format svg > run.svg',
      does: 'a picture',
    },
    { command: 'winnow graph Client.send ~/code/project --budget-tokens 500', does: 'at most 500 tokens, for a model' },
  ],
  input,
  output,
  positional: [
    { property: 'symbol', label: 'SYMBOL' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n', relation: 'r' },
  run: (given, context) => {
    const startedMs = systemClock.elapsedMs();
    return withGraph(given.directory, context, given, ({ snapshot, view, notices }) => {
      const openedMs = systemClock.elapsedMs();
      const tests = given.path.map(pathTest);
      const answer = askGraph(view, given.symbol, {
        hops: given.hops,
        offset: given.offset,
        ...(given.relation.length === 0 ? {} : { relations: [...new Set(given.relation)] }),
        ...(given.limit === undefined ? {} : { limit: given.limit }),
        ...(given.state.length === 0 ? {} : { states: given.state }),
        ...(given.kind.length === 0 ? {} : { nodes: given.kind }),
        ...(tests.length === 0 ? {} : { admit: (path: string) => tests.some((test) => test(path)) }),
        ...(given.budgetTokens === undefined ? {} : { budgetTokens: given.budgetTokens }),
        signal: context.signal,
      });
      const told = [...new Set([...notices, ...answer.notices])];
      for (const text of told) context.notice(text);
      const draw = given.format in drawn ? drawn[given.format as keyof typeof drawn] : null;
      return {
        schema: 'winnow.graph/1',
        root: snapshot.root,
        ...answer,
        partialRuns: answer.symbol === null ? [] : partialRunsOf(snapshot, answer.symbol.path, answer.symbol.lines),
        format: given.format,
        picture: draw === null || answer.symbol === null ? null : draw(pictureOf(view, answer)),
        notices: told,
        elapsedMs: {
          open: Math.round(openedMs - startedMs),
          walk: Math.round((systemClock.elapsedMs() - openedMs) * 10) / 10,
        },
      } as GraphOutput;
    });
  },
  render: graphView,
  exit: ({ symbol, relations: asked }, { relation }) =>
    symbol === null || (relation.length > 0 && asked.every(({ reached }) => reached === 0)) ? 1 : 0,
};
