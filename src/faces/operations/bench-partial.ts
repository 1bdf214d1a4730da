/** `winnow bench partial --data FILE…`: how much of programs with missing parts runs. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { benchPartial, coverageHalves, type PartialSet, publishedCoverage } from '../../bench/mod.ts';
import { partialBenchView } from '../views/bench-partial.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  data: z.array(z.string().min(1)).min(1).describe('JSON Lines of programs: {"id", "code"}; may be repeated'),
  half: z.enum(coverageHalves).default('all').describe('Half of the programs, by a hash of their ids'),
  limit: z.int().min(1).optional().describe('Programs of each file, from the first'),
  language: z
    .enum(['python', 'javascript', 'typescript'])
    .default('python')
    .describe('What the programs are written in'),
  rounds: z.int().min(1).max(200).default(24).describe('Rounds for a program, of all levels together'),
  backend: z.enum(['auto', 'native', 'embedded']).default('auto').describe('Where programs run'),
  seed: z.int().default(1).describe('Seed of the bootstrap intervals'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const figure = z.strictObject({ mean: z.number(), interval: z.tuple([z.number(), z.number()]) });
const levelSchema = figure.extend({
  oneRun: figure.describe('The best single run'),
  union: figure.describe('All rounds of this level and those before it together'),
});

const levelsSchema = z.strictObject({
  level1: levelSchema.describe('As it is; percent of statements, mean over programs'),
  level2: levelSchema.describe('What is missing is filled in; one run'),
  level3: levelSchema.describe('Branches forced, functions called; one run'),
  level4: levelSchema.describe('The union of the runs of all levels'),
});

const output = levelsSchema.extend({
  schema: z.literal('winnow.bench.partial/1'),
  seed: z.int(),
  half: z.enum(coverageHalves),
  sets: z.array(
    levelsSchema.extend({
      file: z.string(),
      programs: z.int(),
      statements: z.int(),
      rounds: z.int(),
      failures: z.strictObject({ genuine: z.int(), possible: z.int() }),
    }),
  ),
  published: z
    .array(
      z.strictObject({
        name: z.string(),
        functions: z.number().nullable(),
        stackOverflow: z.number().nullable(),
        source: z.string(),
      }),
    )
    .describe("Others' own figures, on the whole of the sets"),
});

export type BenchPartialOutput = z.output<typeof output>;

export const benchPartialOperation: Operation<typeof input, typeof output> = {
  name: 'bench partial',
  summary: 'how much of programs with missing parts runs, by level of partial execution',
  description: `Runs each program partially and tells the mean share of its statements that ran, by LExecutor's definition: a simple statement counts when it completes, a compound one when its block is entered; raise, break and continue never do. Levels 1 to 3 are one run, the best of its rounds; level 4 is the union of all rounds of all levels, and oneRun and union are there for every level.

Coverage alone proves little: values that accept everything reach it. bench fidelity tells whether values are true to life.`,
  examples: [
    {
      command: 'winnow bench partial --data functions.jsonl --data stackoverflow.jsonl',
      does: 'two sets, each with its figures',
    },
    {
      command: 'winnow bench partial --data functions.jsonl --half held --out run --json',
      does: 'one half, with its rows',
    },
  ],
  input,
  output,
  positional: [],
  labels: { data: 'FILE', out: 'DIR' },
  run: async ({ data, limit, out, ...given }, context) => {
    const report = await benchPartial({
      ...given,
      data: data.map((path) => resolve(context.cwd, path)),
      limit: limit ?? null,
      out: out === undefined ? null : resolve(context.cwd, out),
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    return {
      schema: 'winnow.bench.partial/1' as const,
      seed: report.seed,
      half: report.half,
      ...levelsOutput(report.levels),
      sets: report.sets.map(setOutput),
      published: publishedCoverage.map((one) => ({ ...one })),
    };
  },
  render: partialBenchView,
  exit: () => 0,
};

type Figure = z.output<typeof figure>;

const figureOf = ({ value, low, high }: { value: number; low: number; high: number }): Figure => ({
  mean: value,
  interval: [low, high],
});

const setOutput = ({ levels, failures, ...set }: PartialSet): BenchPartialOutput['sets'][number] => ({
  ...set,
  failures: { ...failures },
  ...levelsOutput(levels),
});

function levelsOutput(levels: PartialSet['levels']): z.output<typeof levelsSchema> {
  const level = (number: number): z.output<typeof levelSchema> => {
    const { oneRun, union } = levels[number - 1] as PartialSet['levels'][number];
    return { ...figureOf(number === 4 ? union : oneRun), oneRun: figureOf(oneRun), union: figureOf(union) };
  };
  return { level1: level(1), level2: level(2), level3: level(3), level4: level(4) };
}
