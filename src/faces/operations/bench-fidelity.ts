/** `winnow bench fidelity RECORDINGS…`: guessed values beside recorded ones, and what genuine errors are worth. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { baselineKinds, benchFidelity, fidelityHalves, fidelityMeasures, fidelityWays } from '../../bench/mod.ts';
import { partialLevels } from '../../run/mod.ts';
import { fidelityView } from '../views/bench-fidelity.ts';
import { estimateSchema } from './bench-schemas.ts';
import { packagesOf } from './run-partial.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  recordings: z.array(z.string()).min(1).describe('Files of `winnow bench record-values`'),
  levels: z
    .array(z.coerce.number().pipe(z.union(partialLevels.map((level) => z.literal(level)))))
    .min(1)
    .default([2, 3])
    .describe('Highest level of a partial run, 1 to 4; may be repeated'),
  ways: z
    .array(z.enum(fidelityWays))
    .min(1)
    .default([...fidelityWays])
    .describe("What is run: a function's statements alone, or the function in its repository"),
  half: z.enum(fidelityHalves).default('all').describe('Projects to measure; dev ones may be looked at'),
  functions: z.int().min(1).max(100_000).default(40).describe('Functions drawn of each project'),
  seed: z.int().default(1).describe('Seed of what is drawn, and of the bootstrap intervals'),
  python: z.string().optional().describe('Environment with the packages that functions in their repository may import'),
  typeErrors: z
    .string()
    .optional()
    .describe(
      'Also judge genuine errors on these: a directory of Python files with a known type error each, or JSON lines with "code"',
    ),
  withoutError: z.int().min(1).default(200).describe('Bodies without an error beside them'),
  out: z.string().optional().describe('Folder for the run: command, rows, summary'),
});

const whole = z.int().min(0);
const figure = estimateSchema.nullable();
const measures = z.record(z.enum(fidelityMeasures), figure);
const plain = z.record(z.string(), z.strictObject({ values: whole, type: z.number().nullable() }));
const errorScores = z.strictObject({
  reported: z.strictObject({ withError: whole, without: whole }),
  precision: figure.describe('null: nothing was reported'),
  recall: estimateSchema,
});

const output = z.strictObject({
  schema: z.literal('winnow.bench.fidelity/1'),
  seed: z.int(),
  half: z.enum(fidelityHalves),
  projects: z.array(
    z.strictObject({
      project: z.string(),
      commit: z.string().nullable(),
      half: z.enum(['dev', 'held']),
      functions: whole,
      sites: whole,
      drawn: whole,
    }),
  ),
  parts: z.array(
    z.strictObject({
      way: z.enum(fidelityWays),
      level: z.int(),
      functions: whole,
      failed: z.record(z.string(), whole).describe('Functions that could not be run partially, by reason'),
      notRecorded: z
        .record(z.string(), whole)
        .describe('Injected values at places that the suite never reached, by kind'),
      scores: z
        .strictObject({
          values: whole,
          measures: measures.describe(
            'Share of injected values of which a real run had the type, truth, size; strict: an own class that extends a container is the container alone; usual: the type seen most often',
          ),
          baselines: z.record(z.enum(baselineKinds), measures),
          kinds: z.record(
            z.string(),
            z.strictObject({
              values: whole,
              type: figure,
              baselines: z.record(z.enum(baselineKinds), z.number().nullable()),
            }),
          ),
          sources: plain,
          projects: plain,
        })
        .nullable(),
      confusion: z
        .record(z.string(), z.record(z.string(), z.record(z.string(), whole)))
        .describe('Recorded type → injected type → what the guess rests on → how often'),
    }),
  ),
  typeErrors: z
    .strictObject({
      level: z.int(),
      withError: whole,
      without: whole,
      failed: whole.describe('Snippets that could not be run partially'),
      genuine: errorScores.describe('Reported: a genuine error of any type'),
      genuineTypeError: errorScores.describe('Reported: a genuine TypeError'),
      anyTypeError: errorScores.describe('Reported: a TypeError, genuine or possible'),
      verdicts: z.array(
        z.strictObject({
          id: z.string(),
          hasError: z.boolean(),
          genuine: z.array(z.strictObject({ type: z.string(), message: z.string(), line: whole })),
          possible: z.array(z.strictObject({ type: z.string(), message: z.string(), line: whole })),
        }),
      ),
    })
    .nullable(),
});

export type BenchFidelityOutput = z.output<typeof output>;

export const benchFidelityOperation: Operation<typeof input, typeof output> = {
  name: 'bench fidelity',
  summary: 'how often a value that partial execution guessed is what real runs had',
  description: `Draws functions of recorded projects, cuts them out, runs them partially, and compares each injected value with what the project's own tests had at the same place: its type, its truth, its size. Beside it stand guesses that look at nothing: always an instance of an unknown class, the most frequent value, chance, and names alone, learned from the other projects.

Intervals come from drawing whole projects again. Projects are split into two halves by a hash of their names.

With --type-errors, snippets with a known type error and bodies that always ran without one are run at all levels: how many reports of a genuine error are right, and how many errors are reported.`,
  examples: [
    { command: 'winnow bench fidelity click.jsonl flask.jsonl --half dev', does: 'where guesses go wrong' },
    {
      command: 'winnow bench fidelity *.jsonl --type-errors ~/typeerror --out run',
      does: 'all figures, with their rows',
    },
  ],
  input,
  output,
  positional: [{ property: 'recordings', label: 'RECORDING', variadic: true }],
  labels: { python: 'DIR', typeErrors: 'PATH', out: 'DIR' },
  run: async (given, context) => {
    const report = await benchFidelity({
      recordings: given.recordings.map((path) => resolve(context.cwd, path)),
      levels: given.levels,
      ways: given.ways,
      half: given.half,
      functions: given.functions,
      seed: given.seed,
      packages: given.python === undefined ? [] : await packagesOf(given.python, context),
      typeErrors: given.typeErrors === undefined ? null : resolve(context.cwd, given.typeErrors),
      withoutError: given.withoutError,
      out: given.out === undefined ? null : resolve(context.cwd, given.out),
      settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
      signal: context.signal,
      onProgress: context.progress,
    });
    return structuredClone({ schema: 'winnow.bench.fidelity/1' as const, ...report }) as BenchFidelityOutput;
  },
  render: fidelityView,
  exit: () => 0,
};
