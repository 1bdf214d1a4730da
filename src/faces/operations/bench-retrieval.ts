/** `winnow bench retrieval --dir DIR`: the engine on a corpus with judged queries. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { baselineNames, benchRetrieval } from '../../bench/mod.ts';
import { retrievalView } from '../views/bench.ts';
import { retrievalScoresSchema } from './bench-schemas.ts';
import { meaningFlags, openEncoder } from './encoder.ts';
import { leftOutSchema } from './schemas.ts';
import type { Operation } from './types.ts';

const modes = ['words', 'auto'] as const;

const input = z.strictObject({
  dir: z
    .string()
    .describe(
      'Folder of a task, as BEIR has it (corpus.jsonl, queries.jsonl, qrels/SPLIT.tsv) or CoIR (corpus, queries and judgements as Parquet)',
    ),
  split: z.string().optional().describe('Which judgements; `test` when there are some, else the only ones there are'),
  lang: z
    .string()
    .optional()
    .describe('Language of every document; else what its metadata.language says, else plain text'),
  limit: z.int().min(1).optional().describe('Only the first so many judged queries'),
  mode: z.enum(modes).default('words').describe('Rank words always, or infer the mode from each query as search does'),
  baseline: z
    .boolean()
    .default(false)
    .describe('Rank the same documents by plain BM25 too, on whole words and on sub-tokens'),
  ...meaningFlags,
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder to write the run to: command, raw rows, summary'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.retrieval/1'),
  split: z.string(),
  mode: z.enum(modes),
  documents: z.int(),
  queries: z.int(),
  leftOut: z.int().describe('Judged queries without a relevant document or without a text; not counted'),
  depth: z.int().describe('Ranks past it count as not found'),
  seed: z.int(),
  indexing: z.strictObject({
    elapsedMs: z.number(),
    encodingMs: z.number().nullable().describe('Making vectors; null without meaning'),
    files: z.int(),
    leftOut: leftOutSchema,
  }),
  systems: z.array(
    z.strictObject({
      system: z.string(),
      scores: retrievalScoresSchema,
      p50Ms: z.number(),
      p95Ms: z.number(),
      refused: z.int().describe('Queries that were refused; they count as not found'),
    }),
  ),
  differences: z
    .array(z.strictObject({ baseline: z.string(), scores: retrievalScoresSchema }))
    .describe('Engine minus baseline, paired by query'),
  out: z.string().nullable().describe('Where the run was written'),
});

export type BenchRetrievalOutput = z.output<typeof output>;

export const benchRetrievalOperation: Operation<typeof input, typeof output> = {
  name: 'bench retrieval',
  summary: 'ranking quality on a corpus with judged queries',
  description: `Writes the corpus as files with opaque names into a temporary directory, indexes it like any repository, asks every judged query for 100 hits and prints MRR, NDCG@10 and Recall@1/5/10 with 95% bootstrap intervals. Nothing is left behind but --out.

Queries are taken as plain words: what would be a filter, a phrase or an exclusion in a query of ours is made text. With --baseline plain BM25 ranks the same documents in the same run, and the paired difference is printed.`,
  examples: [
    { command: 'winnow bench retrieval --dir cosqa --split dev --baseline', does: 'compare with plain BM25' },
    { command: 'winnow bench retrieval --dir coir/apps --lang python', does: 'a task of CoIR, as it is given away' },
    { command: 'winnow bench retrieval --dir cosqa --out runs/1 --json', does: 'keep the raw rows, print the summary' },
  ],
  input,
  output,
  positional: [],
  shortFlags: { limit: 'n' },
  run: async ({ dir, lang, out, baseline, meaning: by, encoder, ...given }, context) => {
    const { rows, ...report } = await benchRetrieval({
      ...given,
      meaning: by === 'off' ? undefined : { encoder: await openEncoder(encoder, context), by },
      dir: resolve(context.cwd, dir),
      language: lang,
      baselines: baseline ? baselineNames : [],
      out: out === undefined ? undefined : resolve(context.cwd, out),
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.retrieval/1', ...report, out: out ?? null } as BenchRetrievalOutput;
  },
  render: retrievalView,
  exit: () => 0,
};
