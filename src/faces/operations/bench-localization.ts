/** `winnow bench localization --instances FILE --repos DIR`: how often `locate` finds the places that were changed. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { benchLocalization, fileMeasures, functionMeasures } from '../../bench/mod.ts';
import { signalGroupNames } from '../../search/mod.ts';
import { localizationView } from '../views/bench-localization.ts';
import { estimateSchema } from './bench-schemas.ts';
import { evidenceFlags, openEncoder } from './encoder.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  instances: z.string().describe('Instances in the layout of SWE-bench: JSON lines, plain or gzipped'),
  repos: z.string().describe('Folder with the clones: owner+name, owner__name, owner/name or name, bare or not'),
  work: z.string().optional().describe('Folder for worktrees, kept for the next run; default: beside the indexes'),
  limit: z.int().min(1).optional().describe('Only the first so many instances'),
  only: z.string().optional().describe('Only instances whose id starts with this'),
  without: z
    .array(z.enum(signalGroupNames as [string, ...string[]]))
    .default([])
    .describe('Leave out a group of signals, to see what it is worth'),
  ...evidenceFlags,
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder to write the run to: command, raw rows, summary'),
});

const times = z.strictObject({
  checkout: z.number(),
  refresh: z.number(),
  encode: z.number(),
  history: z.number(),
  locate: z.number(),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.localization/1'),
  instances: z.int(),
  withFunctions: z.int().describe('Instances whose patch changes a function that existed'),
  seed: z.int(),
  groups: z.array(
    z.strictObject({
      repo: z.string().nullable().describe('null: all repositories together'),
      files: z.record(z.enum(fileMeasures), estimateSchema),
      functions: z.record(z.enum(functionMeasures), estimateSchema).nullable(),
    }),
  ),
  p50Ms: z.number().describe('Locating alone, on an up-to-date index'),
  p95Ms: z.number(),
  meanMs: times,
  rows: z.array(
    z.strictObject({
      id: z.string(),
      repo: z.string(),
      goldFiles: z.array(z.string()),
      goldFunctions: z.array(z.string()),
      fileRank: z.int().nullable().describe('Place of the worst-placed gold file; null beyond the first ten'),
      functionRank: z.int().nullable(),
      topFiles: z.array(z.string()),
      topFunctions: z.array(z.string()),
      elapsedMs: times,
      problem: z.string().nullable().describe('Why the issue was refused'),
    }),
  ),
  out: z.string().nullable().describe('Where the run was written'),
});

export type BenchLocalizationOutput = z.output<typeof output>;

export const benchLocalizationOperation: Operation<typeof input, typeof output> = {
  name: 'bench localization',
  summary: 'how often `locate` finds the places that a fix changed',
  description: `Puts each instance's base commit into a worktree, brings the index up to date, asks \`locate\` for its issue, and compares with what the patch changed. An instance counts at k when all its gold is among the first k (strict accuracy), for files, and for functions where the patch changes one that existed. Figures come with 95% bootstrap intervals.

Nothing after the base commit can be seen: the worktree borrows the clone's objects, and its history ends at that commit. Clones are read, never changed, and git is not started.`,
  examples: [
    { command: 'winnow bench localization --instances lite.jsonl.gz --repos ../clones', does: 'all instances' },
    {
      command: 'winnow bench localization --instances lite.jsonl.gz --repos ../clones --without history --out runs/3',
      does: 'without the commits, for a report',
    },
  ],
  input,
  output,
  positional: [],
  run: async ({ instances, repos, work, out, without, meaning, encoder, ...given }, context) => {
    const report = await benchLocalization({
      ...given,
      encoder: meaning === 'off' ? undefined : await openEncoder(encoder, context),
      instances: resolve(context.cwd, instances),
      repos: resolve(context.cwd, repos),
      work: work === undefined ? join(context.settings.cacheDir, 'localization') : resolve(context.cwd, work),
      without: without as (typeof signalGroupNames)[number][],
      home: context.settings.home,
      out: out === undefined ? undefined : resolve(context.cwd, out),
      signal: context.signal,
      onProgress: context.progress,
    });
    return { schema: 'winnow.bench.localization/1', ...report, out: out ?? null } as unknown as BenchLocalizationOutput;
  },
  render: localizationView,
  exit: () => 0,
};
