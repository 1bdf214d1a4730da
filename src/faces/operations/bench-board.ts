/** `winnow bench board BOARD --repos DIR`: judged queries over real repositories. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { benchBoard, boardKinds, boardSplits } from '../../bench/mod.ts';
import { boardView } from '../views/bench.ts';
import { boardScoresSchema, estimateSchema } from './bench-schemas.ts';
import { meaningFlags, openEncoder } from './encoder.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  board: z.string().describe('File of the board, for example test/boards/repositories.jsonl'),
  repos: z.string().describe('Folder that holds the repositories, each checked out at its commit'),
  held: z.boolean().default(false).describe('Ask the held queries too; only to report, never to tune'),
  only: z.string().optional().describe('Only queries whose id starts with this: pytest, vue-03'),
  clarify: z
    .boolean()
    .default(false)
    .describe('Answer the questions that vague queries get (`search --clarify`), and print what that is worth'),
  ...meaningFlags,
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder to write the run to: command, raw rows, summary'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.board/1'),
  queries: z.int(),
  depth: z.int().describe('Hits asked for'),
  seed: z.int(),
  p50Ms: z.number(),
  p95Ms: z.number(),
  groups: z.array(
    z.strictObject({
      split: z.enum(boardSplits),
      kind: z.enum(boardKinds).nullable().describe('null: all kinds together'),
      scores: boardScoresSchema,
    }),
  ),
  clarified: z
    .array(
      z.strictObject({
        split: z.enum(boardSplits),
        report: z.strictObject({
          queries: z.int(),
          asked: z.int().describe('Queries that got a question'),
          answerable: z.int().describe('Of these, with a choice that holds an answer of grade 2'),
          before: estimateSchema.describe('MRR of the first answer, all queries'),
          told: estimateSchema.describe('MRR where the choice that holds the answer is taken'),
          gain: estimateSchema,
          guessed: estimateSchema.describe('MRR where every choice is as likely to be taken'),
          loss: estimateSchema,
          amongAsked: z
            .strictObject({ before: estimateSchema, told: estimateSchema, guessed: estimateSchema })
            .nullable()
            .describe('MRR of the queries that got a question'),
        }),
      }),
    )
    .describe('With --clarify'),
  unknownAnswers: z.int().describe('Answers that the index does not hold under their name'),
  misses: z
    .array(
      z.strictObject({
        id: z.string(),
        query: z.string(),
        mode: z.string(),
        answers: z.array(z.string()),
        unknown: z.array(z.string()).describe('Answers that the index does not hold under their name'),
        top: z.array(z.string()),
        problem: z.string().nullable(),
      }),
    )
    .describe('Dev queries without an answer in the first ten hits'),
  out: z.string().nullable().describe('Where the run was written'),
});

export type BenchBoardOutput = z.output<typeof output>;

export const benchBoardOperation: Operation<typeof input, typeof output> = {
  name: 'bench board',
  summary: 'ranking quality on judged queries over real repositories',
  description: `Indexes each repository of the board, asks its queries as a user would, and prints how well the answers rank: by split and kind, with 95% bootstrap intervals, and the dev queries that were missed.

A repository must stand at the commit that the board's answers were read at; where it does not, the message says what to run. Held queries are not asked without --held, so that nothing is tuned on them by accident.`,
  examples: [
    { command: 'winnow bench board test/boards/repositories.jsonl --repos ../corpora', does: 'the dev queries' },
    {
      command: 'winnow bench board test/boards/repositories.jsonl --repos ../corpora --held --out runs/2',
      does: 'all queries, for a report',
    },
  ],
  input,
  output,
  positional: [{ property: 'board', label: 'BOARD' }],
  run: async ({ board, repos, out, meaning: by, encoder, ...given }, context) => {
    const { rows, misses, ...report } = await benchBoard({
      ...given,
      meaning: by === 'off' ? undefined : { encoder: await openEncoder(encoder, context), by },
      board: resolve(context.cwd, board),
      repos: resolve(context.cwd, repos),
      home: context.settings.home,
      out: out === undefined ? undefined : resolve(context.cwd, out),
      signal: context.signal,
      onProgress: context.progress,
    });
    return {
      schema: 'winnow.bench.board/1',
      ...report,
      misses: misses.map(({ split, kind, scores, elapsedMs, clarified, ...miss }) => miss),
      out: out ?? null,
    } as BenchBoardOutput;
  },
  render: boardView,
  exit: () => 0,
};
