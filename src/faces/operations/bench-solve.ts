/** `winnow bench solve --suite S --data FILE --strategy S… --model M…`: strategies × models, with what a solved task costs. */
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { benchSolving, solvedSuites } from '../../bench/mod.ts';
import { milliseconds } from '../units.ts';
import { solvingView } from '../views/bench-solve.ts';
import { estimateSchema } from './bench-schemas.ts';
import { modelFlags, modelLabels, openNamedModel } from './model-flags.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  suite: z.enum(solvedSuites).describe('Whose problems and hidden tests'),
  data: z.array(z.string()).min(1).describe('Problems: JSON Lines, packed or not, or Parquet'),
  strategy: z
    .array(z.string().min(1))
    .min(1)
    .describe('How; winnow solve --list has all. With numbers of its own: codet:samples=20,testSamples=20'),
  ...modelFlags,
  model: z
    .array(z.string().min(1))
    .default([])
    .describe('The models as provider/name; default: "model" in models.json'),
  limit: z.int().min(1).optional().describe('Problems, from the first'),
  budgetCalls: modelFlags.budgetCalls.describe('Most calls of the model for one task'),
  budgetTokens: modelFlags.budgetTokens.describe(
    'Most tokens read and written for one task; passed by one call at most',
  ),
  budgetUsd: modelFlags.budgetUsd.describe('Most US dollars for one task; passed by one call at most'),
  budgetTime: modelFlags.budgetTime.describe('Most elapsed time of one task'),
  budgetRuns: z.int().min(0).optional().describe('Most programs that may be started for one task'),
  cache: z
    .boolean()
    .default(false)
    .describe('Take answers that were kept earlier; they cost nothing, and the comparison says so'),
  jobs: z.int().min(1).max(64).default(2).describe('Tasks at once'),
  seed: z
    .int()
    .min(0)
    .default(1)
    .describe('Seed of all that is drawn, of the models where they take seeds, and of intervals'),
  out: z
    .string()
    .min(1)
    .optional()
    .describe('Folder for the run, which goes on after a kill; default: a new one in Winnow’s home'),
});

const reasons = z.array(z.strictObject({ reason: z.string(), tasks: z.int() }));
const named = z.array(z.strictObject({ problem: z.string(), reason: z.string() }));

const output = z.strictObject({
  schema: z.literal('winnow.bench.solve/1'),
  suite: z.string(),
  problems: z.int().describe('Problems that count'),
  excluded: named.describe('Problems whose reference does not pass here'),
  untold: named.describe('Problems whose row makes no task'),
  pairs: z.array(
    z.strictObject({
      name: z.string().describe('Strategy, model'),
      folder: z.string().describe('Its tasks, samples and judged run'),
      tasks: z.int(),
      solved: z.int().describe('Tasks whose first candidate passes the hidden tests'),
      share: estimateSchema.nullable().describe('Of the judged; null: none was'),
      difference: estimateSchema.nullable().describe('Share less that of the first pair, over the same problems'),
      misled: z.int().describe('Programs that pass all visible tests and fail the hidden ones'),
      withoutProgram: z.int().describe('Tasks that gave no program; they count as not solved'),
      unjudged: reasons.describe('In no share'),
      overBudget: z
        .array(z.strictObject({ limit: z.string(), tasks: z.int() }))
        .describe('Tasks that a budget ended; the best candidate was judged'),
      failed: reasons.describe('Tasks that the model or the strategy’s needs ended; in no share'),
      spent: z.strictObject({
        calls: z.int(),
        inputTokens: z.int(),
        outputTokens: z.int(),
        executions: z.int(),
        costUsd: z.number().nullable().describe('null: a call had no price'),
      }),
      perSolved: z
        .strictObject({
          calls: z.number(),
          tokens: z.number(),
          executions: z.number(),
          costUsd: z.number().nullable(),
        })
        .nullable()
        .describe('All that was spent, for each task solved; null: none was'),
    }),
  ),
  seed: z.int(),
  out: z.string(),
});

export type BenchSolveOutput = z.output<typeof output>;

export const benchSolveOperation: Operation<typeof input, typeof output> = {
  name: 'bench solve',
  summary: 'strategies × models on a suite, with intervals and what a solved task costs',
  description: `Each strategy with each model solves each problem from its prompt and the examples in it. The first candidate is then judged by the suite's hidden tests, which nothing that solves can see. For each pair: the share solved with its interval, the paired difference to the first pair, calls, tokens, executions, money, all of these for each solved task, and which tasks ended by a budget or failed, and why.

Budgets hold for each task, the same for all pairs. The run is a folder: the same command goes on after a kill and asks nothing twice. In it lie a folder of solve for each task (winnow explain), and for each pair a samples file and a run of the suite (winnow bench compare, report and show). See docs/solving.md.`,
  examples: [
    {
      command:
        'winnow bench solve --suite humaneval --data HumanEval.jsonl.gz --strategy direct --strategy ldb --out runs/1',
      does: 'two strategies with the model of models.json',
    },
    {
      command: 'winnow bench solve --suite humaneval --data F --strategy lpw --model ollama/a --model ollama/b',
      does: 'two models with one strategy',
    },
  ],
  input,
  output,
  positional: [],
  labels: { ...modelLabels, data: 'FILE', strategy: 'NAME', out: 'DIR' },
  run: async (given, context) => {
    const { suite, seed, jobs } = given;
    const out = given.out === undefined ? newFolder(context, suite) : resolve(context.cwd, given.out);
    const { folders, pairs, ...report } = await benchSolving({
      suite,
      data: given.data.map((file) => resolve(context.cwd, file)),
      strategies: given.strategy,
      openModels: (tasks) => modelsOf(given, context, tasks),
      limit: given.limit ?? null,
      limits: {
        ...(given.budgetCalls === undefined ? {} : { calls: given.budgetCalls }),
        ...(given.budgetTokens === undefined ? {} : { tokens: given.budgetTokens }),
        ...(given.budgetUsd === undefined ? {} : { costUsd: given.budgetUsd }),
        ...(given.budgetTime === undefined ? {} : { wallMs: milliseconds(given.budgetTime) }),
        ...(given.budgetRuns === undefined ? {} : { executions: given.budgetRuns }),
      },
      jobs,
      seed,
      out,
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
      onNotice: context.notice,
    });
    return {
      schema: 'winnow.bench.solve/1' as const,
      suite,
      ...(structuredClone(report) as Pick<BenchSolveOutput, 'problems' | 'excluded' | 'untold'>),
      pairs: pairs.map((pair, at) => ({
        ...(structuredClone(pair) as Omit<BenchSolveOutput['pairs'][0], 'folder'>),
        folder: folders[at] as string,
      })),
      seed,
      out,
    };
  },
  render: solvingView,
  // Nothing that counts: no figure can be given.
  exit: ({ pairs }) => (pairs.every(({ share }) => share === null) ? 1 : 0),
};

/** The models in the order in which they were named. Money is held for each task by `solve`; that a price is known, and the sum, by the model's own budget. */
async function modelsOf(given: z.output<typeof input>, context: Context, tasks: number) {
  const { budgetCalls: _, budgetTokens: __, budgetTime: ___, budgetUsd, ...flags } = given;
  const names = given.model.length === 0 ? [undefined] : [...new Set(given.model)];
  const models = [];
  for (const model of names)
    models.push(
      await openNamedModel(
        { ...flags, model, budgetUsd: budgetUsd === undefined ? undefined : budgetUsd * tasks },
        context,
      ),
    );
  return models;
}

/** A folder of comparisons in Winnow's home that is not there yet. */
function newFolder({ settings }: Context, suite: string): string {
  for (let number = 1; ; number++) {
    const folder = join(settings.cacheDir, 'bench-solve', `${suite}-${number}`);
    if (!existsSync(folder)) return folder;
  }
}
