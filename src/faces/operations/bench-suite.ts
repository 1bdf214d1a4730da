/** `winnow bench SUITE --data FILE --samples FILE`: programs of a model on a published suite. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { benchSuite, suiteNamed } from '../../bench/mod.ts';
import { workUnits } from '../../judge/mod.ts';
import { suiteView } from '../views/bench-suite.ts';
import { estimateSchema } from './bench-schemas.ts';
import { type SuiteVerb, suiteSummaries } from './suite-rows.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  data: z.array(z.string()).min(1).describe('Problems: JSON Lines, packed or not, or Parquet; may be repeated'),
  samples: z
    .string()
    .min(1)
    .describe('JSON Lines of {task_id, completion | solution}, or a set of the data: canonical'),
  k: z
    .string()
    .regex(/^\d+(,\d+)*$/)
    .default('1,10,100')
    .describe('Budgets of pass@k; those above the samples are left out'),
  limit: z.int().min(1).optional().describe('Problems, from the first'),
  time: z.int().min(100).max(600_000).optional().describe('CPU time of a program over a problem’s tests, ms'),
  strict: z.boolean().default(false).describe('Refuse the run when a reference does not pass here'),
  again: z
    .int()
    .min(0)
    .max(20)
    .default(0)
    .describe('Judge each program so many times more, and name those that change'),
  mutants: z
    .int()
    .min(0)
    .max(200)
    .default(0)
    .describe('Changed references of a problem, to see how much its tests hold'),
  work: z
    .enum([...workUnits, 'none'])
    .default('fuel')
    .describe('Count effort in instructions (fuel) or time (cpu), where a suite asks'),
  seed: z.int().min(0).default(1).describe('Seed of the intervals and of what is drawn'),
  out: z.string().optional().describe('Folder for the run; the same command goes on after a kill'),
});

const counted = z.array(z.strictObject({ reason: z.string(), samples: z.int() }));

const output = (name: SuiteVerb) =>
  z.strictObject({
    schema: z.literal(`winnow.bench.${name}/1`),
    suite: z.string(),
    problems: z.int().describe('Problems that count'),
    excluded: z
      .array(z.strictObject({ problem: z.string(), reason: z.string() }))
      .describe('Problems whose reference does not pass here'),
    unsampled: z.array(z.string()).describe('Problems without a sample; they do not count'),
    samples: z.int(),
    programs: z.int().describe('Samples that differ'),
    right: z.int(),
    wrong: z.int(),
    unjudged: counted.describe('Samples that are neither right nor wrong, by reason'),
    reasons: counted.describe('Wrong samples by reason'),
    figures: z
      .array(z.strictObject({ name: z.string(), k: z.int(), estimate: estimateSchema }))
      .describe('Means over problems; fewer samples than k: not given'),
    warnings: z.array(z.string()),
    work: z.enum([...workUnits, 'none']).describe('What effort was counted in'),
    seed: z.int(),
    out: z.string().nullable(),
  });

export type SuiteOutput = z.output<ReturnType<typeof output>>;

export function suiteOperation(name: SuiteVerb): Operation<typeof input, ReturnType<typeof output>> {
  const suite = suiteNamed(name);
  return {
    name: `bench ${name}`,
    summary: suiteSummaries[name],
    description: `${suite.title}: ${suite.source}. Programs run in the sandbox and are judged outside of the process they run in. First the reference must pass here; a problem where it does not is excluded and named, or refuses the run with --strict. What could not be judged is neither right nor wrong.

A row of samples is {task_id, completion}, text behind the prompt, or {task_id, solution}, a whole program. In the place of a file: ${suite.sets.join(', ')}, programs of the data itself. See docs/benchmarks.md.`,
    examples: [
      {
        command: `winnow bench ${name} --data problems.jsonl --samples samples.jsonl --out run`,
        does: 'figures with intervals, and the run in a folder',
      },
      {
        command: `winnow bench ${name} --data problems.jsonl --samples canonical`,
        does: 'whether the references pass here',
      },
    ],
    input,
    output: output(name),
    positional: [],
    labels: { data: 'FILE', samples: 'FILE', k: 'LIST', time: 'MS', work: 'UNIT', out: 'DIR' },
    run: async (given, context) => {
      const path = (file: string): string => resolve(context.cwd, file);
      const isSet = suite.sets.includes(given.samples);
      const ks = [...new Set(given.k.split(',').map(Number))].sort((a, b) => a - b);
      if (ks.some((k) => k < 1)) throw new WinnowError('bad-usage', `Expected budgets from 1 in --k; came ${given.k}.`);
      const work = suite.efficiency === undefined || given.work === 'none' ? null : given.work;
      const summary = await benchSuite({
        suite: name,
        data: given.data.map(path),
        samples: isSet ? given.samples : path(given.samples),
        isSet,
        ks,
        limit: given.limit ?? null,
        cpuMs: given.time ?? null,
        strict: given.strict,
        again: given.again,
        mutants: given.mutants,
        work,
        seed: given.seed,
        out: given.out === undefined ? null : path(given.out),
        settings: { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path },
        signal: context.signal,
        onProgress: context.progress,
        onNotice: context.notice,
      });
      return {
        schema: `winnow.bench.${name}/1` as const,
        suite: suite.title,
        ...(structuredClone(summary) as Omit<SuiteOutput, 'schema' | 'suite' | 'work' | 'seed' | 'out'>),
        work: work ?? 'none',
        seed: given.seed,
        out: given.out ?? null,
      };
    },
    render: suiteView,
    // Nothing that counts: no figure can be given.
    exit: ({ problems }) => (problems === 0 ? 1 : 0),
  };
}
