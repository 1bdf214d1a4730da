/** `winnow bench selection --problems F --solutions F --tests F`: how often each method of choosing puts a right program first. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { benchSelection, type SelectionReport, selectionKs } from '../../bench/mod.ts';
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
  against: z.array(z.string()).default(['codet']).describe('Method that differences are to; may be repeated'),
  literal: z
    .boolean()
    .default(false)
    .describe('Run tests as CodeT’s released code does; methods that need outputs are left out'),
  patient: z
    .boolean()
    .default(false)
    .describe('Give every call its full time at once, also after calls that were late'),
  inputs: z
    .int()
    .min(0)
    .default(0)
    .describe('Inputs to make for each problem besides those of tests; methods that go by outputs use them'),
  matrices: z
    .string()
    .optional()
    .describe('Keep matrices in this file, and take from it what it has (winnow.matrix/1)'),
  plus: z
    .string()
    .optional()
    .describe('Rows of HumanEval+, for its stricter key in the place of the problems’ tests; gzip is read'),
  seed: z.int().default(1).describe('Seed of the bootstrap intervals, and of made inputs'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const figure = z.strictObject({ mean: z.number(), interval: z.tuple([z.number(), z.number()]) });

const output = z.strictObject({
  schema: z.literal('winnow.bench.selection/1'),
  problems: z.int(),
  programs: z.int().describe('Programs that differ'),
  pairs: z.int().describe('(program, test) pairs'),
  ran: z.int().describe('Of these, those that were run now; others were in --matrices'),
  pairsPerSecond: z.number().nullable().describe('Of those run now; null: none was'),
  seed: z.int(),
  against: z.array(z.string()),
  literal: z.boolean(),
  unjudged: z.int().describe('Programs that hidden tests could not judge; they count as wrong'),
  excluded: z
    .array(z.strictObject({ task: z.string(), reason: z.string() }))
    .describe('Problems whose own program does not pass their hidden tests here; they are in no figure'),
  methods: z.array(
    z.strictObject({
      method: z.string(),
      title: z.string(),
      source: z.string(),
      'pass@1': figure.describe('Percent of problems'),
      'pass@2': figure,
      'pass@10': figure,
      differences: z.record(z.string(), figure).describe('pass@1 less that of each of `against`, paired'),
    }),
  ),
  own: z
    .strictObject({
      folds: z.int().describe('Each problem is ranked by weights learned on those of the other folds'),
      weights: z
        .strictObject({
          cluster: z.array(z.number()),
          any: z.array(z.number()),
          first: z
            .strictObject({ shift: z.number(), slope: z.number() })
            .describe('Of the log-odds of a first choice, what they are worth'),
        })
        .describe('Learned on all problems'),
      brier: z.number().describe('Mean squared error of the chance of first choices'),
      brierBase: z.number().describe('The same of always saying their mean'),
      calibration: z
        .array(z.strictObject({ problems: z.int(), chance: z.number(), right: z.number() }))
        .describe('Problems in fifths by the chance of their first choice'),
      coverage: z
        .array(z.strictObject({ coverage: z.number(), chance: z.number(), right: z.number() }))
        .describe('Share answered from the surest, least chance among them, share of them right'),
      questions: z
        .array(z.strictObject({ most: z.int(), asked: z.number(), pass: z.number(), solvable: z.number() }))
        .nullable()
        .describe('ConAIR with a simulated person: pass@1, percent, after at most so many questions'),
    })
    .nullable()
    .describe('The calibrated posterior; null in the literal mode'),
});

export type BenchSelectionOutput = z.output<typeof output>;
type Own = NonNullable<SelectionReport['own']>;

const figureOf = ({ value, low, high }: { value: number; low: number; high: number }): z.output<typeof figure> => ({
  mean: value,
  interval: [low, high],
});

const ownOf = ({ weights, calibration, coverage, questions, ...rest }: Own): z.output<typeof output>['own'] => ({
  ...rest,
  weights: { ...weights, cluster: [...weights.cluster], any: [...weights.any] },
  calibration: [...calibration],
  coverage: [...coverage],
  questions: questions === null ? null : [...questions],
});

export const benchSelectionOperation: Operation<typeof input, typeof output> = {
  name: 'bench selection',
  summary: 'how often each method of choosing among programs puts a right one first',
  description: `Runs sampled programs on sampled tests, once, judges them by hidden tests, and ranks them by every method over the same outcomes. Files are those of CodeT's released data; samples are cut and tests taken apart as its code does.

Programs run in the sandbox, each in a process that knows no expectation; hidden tests run in another, and only literals pass between them. A problem whose own program ("canonical_solution") fails its hidden tests here is left out, and named. Ties count as the mean of all ways to break them. The calibrated posterior learns from problems, so each is ranked by weights learned on the others, in ten folds; with it come its calibration, what it gains by abstaining, and how many questions ConAIR needs. Needs Python and the native backend.`,
  examples: [
    {
      command: 'winnow bench selection --problems problems.jsonl --solutions solutions.jsonl.gz --tests tests.jsonl.gz',
      does: 'the table, with intervals and paired differences to CodeT',
    },
  ],
  input,
  output,
  positional: [],
  labels: {
    matrices: 'FILE',
    plus: 'FILE',
    problems: 'FILE',
    solutions: 'FILE',
    tests: 'FILE',
    out: 'DIR',
    call: 'MS',
    key: 'MS',
    against: 'METHOD',
  },
  run: async (given, context) => {
    const path = (file: string): string => resolve(context.cwd, file);
    const report = await benchSelection({
      files: { problems: path(given.problems), solutions: path(given.solutions), tests: path(given.tests) },
      testsPerSample: given['per-sample'],
      callMs: given.call,
      keyMs: given.key,
      against: given.against,
      literal: given.literal,
      patient: given.patient,
      inputs: given.inputs,
      matrices: given.matrices === undefined ? null : path(given.matrices),
      plus: given.plus === undefined ? null : path(given.plus),
      limit: given.limit ?? null,
      seed: given.seed,
      out: given.out === undefined ? null : path(given.out),
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    const { rows, wallMs, own, ...counts } = report;
    return {
      schema: 'winnow.bench.selection/1' as const,
      ...counts,
      against: [...report.against],
      excluded: [...report.excluded],
      own: own === null ? null : ownOf(own),
      pairsPerSecond: report.ran === 0 ? null : (1000 * report.ran) / wallMs,
      methods: rows.map(({ method, title, source, pass, differences }) => {
        const [one, two, ten] = selectionKs.map((_, index) => figureOf(pass[index] ?? { value: 0, low: 0, high: 0 }));
        const none = { mean: 0, interval: [0, 0] as [number, number] };
        return {
          method,
          title,
          source,
          'pass@1': one ?? none,
          'pass@2': two ?? none,
          'pass@10': ten ?? none,
          differences: Object.fromEntries(Object.entries(differences).map(([name, one]) => [name, figureOf(one)])),
        };
      }),
    };
  },
  render: selectionBenchView,
  exit: () => 0,
};
