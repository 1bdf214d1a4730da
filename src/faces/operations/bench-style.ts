/** `winnow bench style LEFT RIGHT`: how alike code is written. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { benchStyle } from '../../bench/mod.ts';
import { styleView } from '../views/bench.ts';
import { estimateSchema } from './bench-schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  left: z
    .string()
    .describe(
      'A file, a directory, or alone a file of pairs: {"left": code, "right": code, "language": NAME} on each line',
    ),
  right: z
    .string()
    .optional()
    .describe('What it is compared with: a file, or a directory with files of the same names'),
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
});

const part = z.number().nullable();
const score = estimateSchema.nullable();

const output = z.strictObject({
  schema: z.literal('winnow.bench.style/1'),
  seed: z.int(),
  pairs: z.array(
    z.strictObject({
      id: z.string().describe('Path, or what the pair is called'),
      language: z.string(),
      names: part.describe('Of variables, 0 to 1; null where a side has none'),
      calls: part.describe('Of what is called, 0 to 1; null where a side calls nothing'),
      structure: part.describe('Of the syntax trees, 0 to 1; null where they are too large to compare'),
      similarity: part.describe('The mean of the parts there are'),
    }),
  ),
  leftOut: z.record(z.string(), z.int()).describe('Pairs that could not be compared, by reason'),
  tooLarge: z.int().describe('Pairs without structure, whose trees are too large to compare'),
  scores: z.strictObject({ names: score, calls: score, structure: score, similarity: score }),
});

export type BenchStyleOutput = z.output<typeof output>;

export const benchStyleOperation: Operation<typeof input, typeof output> = {
  name: 'bench style',
  summary: 'how alike code is written: names, calls, structure',
  description: `Code Style Similarity (ReCo, Li et al. 2024), for every language with a grammar: variables' names and names of what is called by edit distance, rare ones weighing more over all code that is given; structure by the edit distance of syntax trees. 1 is the same style, whatever the code does.

Two directories are compared file by file, where both have one at the same place.`,
  examples: [
    { command: 'winnow bench style mine.py theirs.py', does: 'two files' },
    { command: 'winnow bench style pairs.jsonl --json', does: 'many pairs, each with its parts' },
  ],
  input,
  output,
  positional: [
    { property: 'left', label: 'LEFT' },
    { property: 'right', label: 'RIGHT' },
  ],
  run: async ({ left, right, seed }, context) => {
    const report = await benchStyle({
      left: resolve(context.cwd, left),
      right: right === undefined ? null : resolve(context.cwd, right),
      seed,
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.style/1' as const, ...report, pairs: [...report.pairs] };
  },
  render: styleView,
  exit: () => 0,
};
