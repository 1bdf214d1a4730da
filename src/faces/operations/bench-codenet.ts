/** `winnow bench convert-codenet SOURCE OUT`: CodeNet's problems in the layout that `bench retrieval` reads, code to code. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { convertCodeNet } from '../../bench/mod.ts';
import { count } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  source: z.string().describe('Folder with metadata/ and data/ of CodeNet, and derived/ for samples'),
  out: z.string().describe('Folder to write; made when missing'),
  language: z
    .array(z.string())
    .default([])
    .describe("Only this language's programs are to be found, as CodeNet names it"),
  queryLanguage: z.string().optional().describe('Queries are programs in this language: across languages'),
  perProblem: z.int().min(1).max(1000).default(10).describe('Programs of a problem to be found, at most'),
  seed: z.int().default(1).describe('Which programs are drawn'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.convert-codenet/1'),
  problems: z.int().describe('Problems that gave a query and something to find'),
  samples: z.int().describe('Of these, with a sample input and output'),
  documents: z.int(),
  queries: z.int(),
  missing: z.int().describe('Submissions that the metadata names and the data does not have'),
  out: z.string(),
});

export const benchCodeNetOperation: Operation<typeof input, typeof output> = {
  name: 'bench convert-codenet',
  summary: 'CodeNet in the layout that `bench retrieval` reads, code to code',
  description:
    'Writes corpus.jsonl, queries.jsonl and qrels/test.tsv: of each problem one accepted program is a query, and accepted programs of other users are what it should find. runs.jsonl has the same programs with the sample input and output and the limits of their problem, to be run.',
  examples: [
    { command: 'winnow bench convert-codenet Project_CodeNet pairs --language Python', does: 'Python for Python' },
    {
      command: 'winnow bench convert-codenet Project_CodeNet cross --language Java --query-language Python',
      does: 'Java for Python',
    },
  ],
  input,
  output,
  positional: [
    { property: 'source', label: 'SOURCE' },
    { property: 'out', label: 'OUT' },
  ],
  run: async ({ source, out, language, queryLanguage, perProblem, seed }, context) => {
    const report = await convertCodeNet({
      source: resolve(context.cwd, source),
      out: resolve(context.cwd, out),
      languages: language,
      queryLanguage: queryLanguage ?? null,
      perProblem,
      seed,
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.convert-codenet/1' as const, ...report, out };
  },
  render: ({ problems, samples, documents, queries, missing, out }) => {
    const gone = missing > 0 ? `; ${missing} more are named and not there` : '';
    return `${count(problems, 'problem')} (${samples} with a sample), ${count(documents, 'document')}, queries: ${queries}, in ${out}${gone}\n`;
  },
  exit: () => 0,
};
