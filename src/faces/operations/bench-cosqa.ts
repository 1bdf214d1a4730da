/** `winnow bench convert-cosqa SOURCE OUT`: CoSQA's files in the layout that `bench retrieval` reads. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { convertCosqa } from '../../bench/mod.ts';
import { count } from '../paint.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  source: z.string().describe('Folder with codebase.jsonl (or .gz) and queries_SPLIT.jsonl'),
  out: z.string().describe('Folder to write; made when missing'),
  stripDocstrings: z.boolean().default(false).describe('Take the docstrings out of the corpus'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.convert-cosqa/1'),
  documents: z.int(),
  stripped: z.int().describe('Documents that lost a docstring'),
  queries: z.record(z.string(), z.int()).describe('Queries by split'),
  out: z.string(),
});

export const benchCosqaOperation: Operation<typeof input, typeof output> = {
  name: 'bench convert-cosqa',
  summary: 'CoSQA in the layout that `bench retrieval` reads',
  description:
    'Writes corpus.jsonl, queries.jsonl and qrels/SPLIT.tsv. With --strip-docstrings the docstrings that the parser finds are taken out of the functions, so that queries have to be answered from code alone.',
  examples: [
    { command: 'winnow bench convert-cosqa data/cosqa cosqa', does: 'as it is' },
    { command: 'winnow bench convert-cosqa data/cosqa cosqa-code --strip-docstrings', does: 'without docstrings' },
  ],
  input,
  output,
  positional: [
    { property: 'source', label: 'SOURCE' },
    { property: 'out', label: 'OUT' },
  ],
  run: async ({ source, out, stripDocstrings }, context) => {
    const report = await convertCosqa({
      source: resolve(context.cwd, source),
      out: resolve(context.cwd, out),
      stripDocstrings,
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.convert-cosqa/1' as const, ...report, out };
  },
  render: ({ documents, stripped, queries, out }) => {
    const splits = Object.entries(queries).map(([split, number]) => `${number} ${split}`);
    const without = stripped > 0 ? ` (${stripped} lost a docstring)` : '';
    return `${count(documents, 'document')}${without}, queries: ${splits.join(', ')}, in ${out}\n`;
  },
  exit: () => 0,
};
