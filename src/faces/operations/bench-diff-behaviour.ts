/** `winnow bench diff-behaviour --repositories DIR`: how well changes of behaviour are told from those that preserve it. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { type BehaviourScores, behaviourHalves, benchBehaviour, publishedBehaviour } from '../../bench/mod.ts';
import { defaultInputs } from '../../run/mod.ts';
import { durationPattern, milliseconds } from '../units.ts';
import { benchDiffBehaviourView } from '../views/bench-diff-behaviour.ts';
import { estimateSchema } from './bench-schemas.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  repositories: z.string().min(1).describe('Directory of repositories with their history, as owner+name or owner/name'),
  labels: z.string().min(1).optional().describe('JSON Lines of labelled commits; those that come along when not given'),
  half: z
    .enum(behaviourHalves)
    .default('all')
    .describe('Commits of repositories that may be looked at, or of the others'),
  limit: z.int().min(1).optional().describe('Commits, from the first'),
  inputs: z.int().min(1).max(10_000).default(defaultInputs).describe('Inputs for a pair'),
  budget: z
    .string()
    .regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected')
    .default('20s')
    .describe('Elapsed time for a pair'),
  seed: z.int().min(0).default(1).describe('Seed of the inputs and of the bootstrap intervals'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const whole = z.int().min(0);
const scores = z.strictObject({
  pairs: whole,
  changing: whole.describe('Labelled as changing'),
  told: whole.describe('Told as changed'),
  right: whole.describe('Told as changed, and labelled so'),
  undecided: whole,
  precision: estimateSchema.nullable().describe('Percent'),
  recall: estimateSchema.nullable().describe('Percent; undecided counts as missed'),
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.diff-behaviour/1'),
  seed: z.int(),
  half: z.enum(behaviourHalves),
  missing: whole.describe('Commits that could not be read'),
  all: scores,
  repositories: z.array(scores.extend({ repository: z.string() })),
  wallMs: z.strictObject({ median: z.number(), p90: z.number() }),
  published: z.array(z.strictObject({ name: z.string(), precision: z.number().nullable(), recall: z.number() })),
});

export type BenchDiffBehaviourOutput = z.output<typeof output>;

export const benchDiffBehaviourOperation: Operation<typeof input, typeof output> = {
  name: 'bench diff-behaviour',
  summary: 'how well changes of behaviour are told from those that preserve it',
  description:
    'Compares both sides of real commits that change one function each and were labelled by reading beforehand, as diff-behaviour does: precision and recall of "changed", and the share that stays undecided.',
  examples: [
    { command: 'winnow bench diff-behaviour --repositories mirrors', does: 'all labelled commits' },
    {
      command: 'winnow bench diff-behaviour --repositories mirrors --half held --out run --json',
      does: 'one half, with its rows',
    },
  ],
  input,
  output,
  positional: [],
  labels: { repositories: 'DIR', labels: 'FILE', budget: 'TIME', out: 'DIR' },
  run: async ({ repositories, labels, limit, budget, out, ...given }, context) => {
    const report = await benchBehaviour({
      ...given,
      repositories: resolve(context.cwd, repositories),
      labels: labels === undefined ? null : resolve(context.cwd, labels),
      limit: limit ?? null,
      wallMs: milliseconds(budget),
      out: out === undefined ? null : resolve(context.cwd, out),
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    const plain = (one: BehaviourScores) => ({
      ...one,
      precision: one.precision === null ? null : { ...one.precision },
      recall: one.recall === null ? null : { ...one.recall },
    });
    return {
      schema: 'winnow.bench.diff-behaviour/1' as const,
      seed: report.seed,
      half: report.half,
      missing: report.missing,
      all: plain(report.all),
      repositories: report.repositories.map((one) => ({ ...plain(one), repository: one.repository })),
      wallMs: { ...report.wallMs },
      published: publishedBehaviour.map((one) => ({ ...one })),
    };
  },
  render: benchDiffBehaviourView,
  exit: () => 0,
};
