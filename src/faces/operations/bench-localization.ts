/** `winnow bench localization --instances FILE --repos DIR`: how often `locate` finds the places that were changed. */
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { benchLocalization, fileMeasures, functionMeasures } from '../../bench/mod.ts';
import { openRunner } from '../../run/mod.ts';
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
  run: z
    .boolean()
    .default(false)
    .describe('Run the code that issues carry, as `locate --run` does, and rank with and without what it ran'),
  python: z
    .array(z.string().regex(/^[\w.-]+\/[\w.-]+=.+$/))
    .default([])
    .describe('For --run: an environment for a repository, as OWNER/NAME=DIR; else the first Python on the path'),
  ...evidenceFlags,
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder to write the run to: command, raw rows, summary'),
});

const times = z.strictObject({
  checkout: z.number(),
  refresh: z.number(),
  encode: z.number(),
  history: z.number(),
  run: z.number(),
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
  runs: z
    .strictObject({
      carry: z.int().describe('Instances whose issue carries code'),
      ran: z.int().describe('Of these, in how many a function of the repository ran; all else is over these'),
      filled: z.int().describe('Of these, where something missing was filled in'),
      meanWallMs: z.int(),
      without: z.record(z.string(), estimateSchema),
      with: z.record(z.string(), estimateSchema),
      difference: z.record(z.string(), z.looseObject({ value: z.number(), low: z.number(), high: z.number() })),
    })
    .nullable(),
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
      run: z
        .strictObject({
          statements: z.int(),
          functions: z.int().describe('Functions of the repository that ran'),
          tests: z.int().describe('Tests run beside it'),
          raised: z.int().describe('Statements that raised an error'),
          filled: z.array(z.string()).describe('What was missing, and what took its place'),
          unimported: z.array(z.string()),
          whole: z.boolean(),
          wallMs: z.int(),
          cpuMs: z.int().nullable(),
          fileRankWithout: z.int().nullable(),
          functionRankWithout: z.int().nullable(),
        })
        .nullable()
        .describe('What the issue’s own code did; null without --run, and where there is none'),
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
  labels: { python: 'OWNER/NAME=DIR' },
  run: async ({ instances, repos, work, out, without, meaning, encoder, run, python, ...given }, context) => {
    if (python.length > 0 && !run) throw new WinnowError('bad-usage', '--python goes with --run; it is not there.');
    const environments = new Map(
      python.map((pair) => [pair.slice(0, pair.indexOf('=')), resolve(context.cwd, pair.slice(pair.indexOf('=') + 1))]),
    );
    const { path, cacheDir } = context.settings;
    const runner = run ? openRunner({ cacheDir: join(cacheDir, 'run'), path }) : undefined;
    const report = await benchLocalization({
      ...given,
      running: runner === undefined ? undefined : { runner, path, python: (repo) => environments.get(repo) ?? null },
      encoder: meaning === 'off' ? undefined : await openEncoder(encoder, context),
      instances: resolve(context.cwd, instances),
      repos: resolve(context.cwd, repos),
      work: work === undefined ? join(context.settings.cacheDir, 'localization') : resolve(context.cwd, work),
      without: without as (typeof signalGroupNames)[number][],
      home: context.settings.home,
      out: out === undefined ? undefined : resolve(context.cwd, out),
      signal: context.signal,
      onProgress: context.progress,
    }).finally(() => runner?.close());
    return { schema: 'winnow.bench.localization/1', ...report, out: out ?? null } as unknown as BenchLocalizationOutput;
  },
  render: localizationView,
  exit: () => 0,
};
