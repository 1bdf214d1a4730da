/** `winnow bench selection --problems F --solutions F --tests F`: how often each method of choosing puts a right program first. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { benchSelection, selectionKs } from '../../bench/mod.ts';
import { selectionBenchView } from '../views/bench-selection.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  problems: z.string().describe('JSON Lines: {"task_id", "prompt", "entry_point", "test"}; gzip is read'),
  solutions: z.string().describe('JSON Lines: {"prompt", "samples"}, programs by a model'),
  tests: z.string().describe('JSON Lines: {"prompt", "samples"}, tests by a model'),
  limit: z.int().min(1).optional().describe('Problems, from the first'),
  'per-sample': z.int().min(1).default(5).describe('Tests of each sample, from the first'),
  call: z.int().min(1).default(100).describe('CPU time of one call, ms'),
  key: z.int().min(1).default(3000).describe('CPU time of a program over its hidden tests, ms'),
  against: z.string().default('codet').describe('Method that differences are to'),
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const figure = z.strictObject({ mean: z.number(), interval: z.tuple([z.number(), z.number()]) });

const output = z.strictObject({
  schema: z.literal('winnow.bench.selection/1'),
  problems: z.int(),
  programs: z.int().describe('Programs that differ'),
  pairs: z.int().describe('(program, test) pairs that were run'),
  pairsPerSecond: z.number(),
  seed: z.int(),
  against: z.string(),
  unjudged: z.int().describe('Programs that hidden tests could not judge; they count as wrong'),
  methods: z.array(
    z.strictObject({
      method: z.string(),
      title: z.string(),
      source: z.string(),
      'pass@1': figure.describe('Percent of problems'),
      'pass@2': figure,
      'pass@10': figure,
      difference: figure.nullable().describe('pass@1 less that of `against`, paired'),
    }),
  ),
});

export type BenchSelectionOutput = z.output<typeof output>;

const figureOf = ({ value, low, high }: { value: number; low: number; high: number }): z.output<typeof figure> => ({
  mean: value,
  interval: [low, high],
});

export const benchSelectionOperation: Operation<typeof input, typeof output> = {
  name: 'bench selection',
  summary: 'how often each method of choosing among programs puts a right one first',
  description: `Runs sampled programs on sampled tests, once, judges them by hidden tests, and ranks them by every method over the same outcomes. Files are those of CodeT's released data; samples are cut and tests taken apart as its code does.

Programs run in the sandbox, each in a process that knows no expectation; hidden tests run in another, and only literals pass between them. Ties count as the mean of all ways to break them. Needs Python and the native backend.`,
  examples: [
    {
      command: 'winnow bench selection --problems problems.jsonl --solutions solutions.jsonl.gz --tests tests.jsonl.gz',
      does: 'the table, with intervals and paired differences to CodeT',
    },
  ],
  input,
  output,
  positional: [],
  labels: { problems: 'FILE', solutions: 'FILE', tests: 'FILE', out: 'DIR', call: 'MS', key: 'MS', against: 'METHOD' },
  run: async (given, context) => {
    const path = (file: string): string => resolve(context.cwd, file);
    const report = await benchSelection({
      files: { problems: path(given.problems), solutions: path(given.solutions), tests: path(given.tests) },
      testsPerSample: given['per-sample'],
      callMs: given.call,
      keyMs: given.key,
      against: given.against,
      limit: given.limit ?? null,
      seed: given.seed,
      out: given.out === undefined ? null : path(given.out),
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    const { rows, wallMs, ...counts } = report;
    return {
      schema: 'winnow.bench.selection/1' as const,
      ...counts,
      pairsPerSecond: (1000 * report.pairs) / wallMs,
      methods: rows.map(({ method, title, source, pass, difference }) => {
        const [one, two, ten] = selectionKs.map((_, index) => figureOf(pass[index] ?? { value: 0, low: 0, high: 0 }));
        const none = { mean: 0, interval: [0, 0] as [number, number] };
        return {
          method,
          title,
          source,
          'pass@1': one ?? none,
          'pass@2': two ?? none,
          'pass@10': ten ?? none,
          difference: difference === null ? null : figureOf(difference),
        };
      }),
    };
  },
  render: selectionBenchView,
  exit: () => 0,
};
