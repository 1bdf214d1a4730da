/** `winnow map [PATH]`: the most important definitions of a repository, within a budget. Ranking and fitting are `search`'s; this translates. */
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { mapOf, nearestPaths, pathTest } from '../../search/mod.ts';
import { mapView } from '../views/map.ts';
import { nodeSchema } from './graph-schemas.ts';
import { withGraph } from './graphs.ts';
import { completenessSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  directory: z
    .string()
    .default('.')
    .describe('The repository, or a directory in it whose definitions alone are printed'),
  focus: z
    .array(z.string())
    .default([])
    .describe('A file or folder to map from, or a pattern of paths: what it refers to comes first'),
  words: z.array(z.string()).default([]).describe('A name, or words of one, that is asked for: raises what bears it'),
  budgetTokens: z.int().min(50).max(1_000_000).default(1_000).describe('Most tokens of the printed text'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const output = z.strictObject({
  schema: z.literal('winnow.map/1'),
  root: z.string(),
  files: z.array(
    z.strictObject({
      path: z.string(),
      rank: z.number().describe('Share of all rank; those of all files sum to 1'),
      symbols: z
        .array(
          z.strictObject({
            node: nodeSchema,
            rank: z.number(),
            depth: z.int().min(0).describe('How many definitions it is within'),
            around: z.boolean().describe('Printed for what is in it, not by its own rank'),
          }),
        )
        .describe('In the order of the source; empty where only the file has room'),
    }),
  ),
  ranked: z.int().describe('Definitions that were ranked, printed or not'),
  tokens: z.int().describe('Estimated tokens of the printed text, at most the budget'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ open: z.number(), map: z.number() }),
});

export type MapOutput = z.output<typeof output>;

export const map: Operation<typeof input, typeof output> = {
  name: 'map',
  summary: 'the most important definitions of a repository, within a token budget',
  description: `Prints the signatures that a reader of this repository most needs, as many as fit into the budget, by file and in the order of the source.

Files are ranked by personalised PageRank from those that refer to those that define, definitions by the share of rank that flows to them. References are those of the graph; in languages whose names are not resolved, names alone count. --focus starts the walk at files at hand, --words raises names that are asked for.`,
  examples: [
    { command: 'winnow map', does: 'the repository around here in 1,000 tokens' },
    { command: 'winnow map src/ --budget-tokens 4000', does: 'a folder, with more room' },
    {
      command: 'winnow map --focus src/cli.ts --words session --words cookie',
      does: 'what matters from a file and for a question',
    },
  ],
  input,
  output,
  positional: [{ property: 'directory', label: 'PATH' }],
  labels: { words: 'WORD' },
  run: (given, context) => {
    const startedMs = systemClock.elapsedMs();
    return withGraph(given.directory, context, given, ({ snapshot, view, under, notices }) => {
      const openedMs = systemClock.elapsedMs();
      const tests = given.focus.map((path) =>
        focusTest(
          path.startsWith(`${snapshot.root}/`) ? path.slice(snapshot.root.length + 1) : path,
          view.graph.files.map((file) => file.path),
        ),
      );
      const answer = mapOf(view, {
        words: given.words,
        budgetTokens: given.budgetTokens,
        ...(tests.length === 0 ? {} : { focus: (path: string) => tests.some((test) => test(path)) }),
        ...(under === '' ? {} : { admit: (path: string) => path === under || path.startsWith(`${under}/`) }),
        signal: context.signal,
      });
      const told = [...new Set([...notices, ...answer.notices])];
      for (const text of told) context.notice(text);
      return {
        schema: 'winnow.map/1',
        root: snapshot.root,
        ...answer,
        notices: told,
        elapsedMs: {
          open: Math.round(openedMs - startedMs),
          map: Math.round((systemClock.elapsedMs() - openedMs) * 10) / 10,
        },
      } as MapOutput;
    });
  },
  render: mapView,
  exit: ({ files }) => (files.length > 0 ? 0 : 1),
};

/** @throws WinnowError `path-not-found` when no file of the index fits */
function focusTest(given: string, paths: readonly string[]): (path: string) => boolean {
  const clean = given.replace(/^\.\//, '').replace(/\/+$/, '');
  const within = (path: string): boolean => path === clean || path.startsWith(`${clean}/`);
  const test = paths.some(within) ? within : pathTest(clean);
  if (paths.some(test)) return test;
  const near = nearestPaths(paths, clean);
  const hint = near.length > 0 ? ` Nearest: ${near.join(', ')}.` : '';
  throw new WinnowError(
    'path-not-found',
    `No file of the index fits --focus ${given}. Give a path relative to the repository's root.${hint}`,
    { details: { path: given, near } },
  );
}
