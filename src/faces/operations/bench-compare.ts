/** `winnow bench compare A B`: whether one run of a suite is better than another. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { compareRuns, readSuiteRun } from '../../bench/mod.ts';
import { compareView } from '../views/bench-suite.ts';
import { estimateSchema } from './bench-schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  before: z.string().min(1).describe('Folder of a run of a suite'),
  after: z.string().min(1).describe('Folder of another run of the same suite'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.compare/1'),
  suite: z.string(),
  problems: z.int().describe('Problems that both judged'),
  unpaired: z.int().describe('Problems that one of the two judged'),
  better: z.int().describe('Problems with more right in the second'),
  worse: z.int(),
  same: z.int(),
  figures: z.array(
    z.strictObject({
      name: z.string(),
      before: z.number(),
      after: z.number(),
      difference: estimateSchema.describe('After less before, over the same problems'),
    }),
  ),
});

export type CompareOutput = z.output<typeof output>;

export const benchCompareOperation: Operation<typeof input, typeof output> = {
  name: 'bench compare',
  summary: 'two runs of a suite, with paired differences and their intervals',
  description:
    'Over the problems that both runs judged, the mean difference of each figure with its paired bootstrap interval: where the interval is on one side of 0, the runs differ. Runs are the folders of --out.',
  examples: [{ command: 'winnow bench compare runs/base runs/tuned', does: 'differences with intervals' }],
  input,
  output,
  positional: [
    { property: 'before', label: 'A' },
    { property: 'after', label: 'B' },
  ],
  run: async ({ before, after }, { cwd }) => {
    const compared = compareRuns(await readSuiteRun(resolve(cwd, before)), await readSuiteRun(resolve(cwd, after)));
    return {
      schema: 'winnow.bench.compare/1' as const,
      ...compared,
      figures: compared.figures.map((one) => ({ ...one, difference: { ...one.difference } })),
    };
  },
  render: compareView,
  exit: () => 0,
};
