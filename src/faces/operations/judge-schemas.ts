/** What `winnow judge` takes and gives. */
import { z } from 'zod';
import { judgedKinds } from '../../judge/mod.ts';
import { jobLimits, runLanguages } from '../../run/mod.ts';
import { durationPattern, sizePattern } from '../units.ts';
import { backends } from './run-schemas.ts';

const duration = z.string().regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected');
const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');
const { ranges } = jobLimits;

export const input = z.strictObject({
  directory: z.string().min(1).describe('A problem, or a directory of problems'),
  submissions: z.array(z.string().min(1)).min(1).describe('A program: a file, or a directory of the files of one'),
  problem: z.string().min(1).optional().describe('The one of several problems that is meant'),
  each: z.boolean().default(false).describe('What lies in a directory that is given is a submission each'),
  lang: z
    .string()
    .min(1)
    .meta({ examples: runLanguages.map(({ name }) => name) })
    .optional()
    .describe('The language of all submissions; told by their files when not given'),
  entry: z.string().min(1).optional().describe('The file that starts a program of several'),
  all: z.boolean().default(false).describe('Run all tests, also after one that is not accepted'),
  list: z.boolean().default(false).describe('List every test with its verdict, time, memory and fuel'),
  showSecret: z
    .boolean()
    .default(false)
    .describe('Show where outputs leave the keys of hidden tests, and what checkers said of them'),
  time: duration.optional().describe('CPU time of a test, before the factor of its language, instead of the problem’s'),
  memory: size.optional().describe('Memory of a test, instead of the problem’s'),
  output: size.optional().describe('Bytes that a test may write, instead of the problem’s; 256MiB at most'),
  fuel: z
    .int()
    .min(ranges.fuel[0])
    .max(ranges.fuel[1])
    .optional()
    .describe('WebAssembly instructions that a test may take; implies the embedded backend'),
  backend: z
    .enum(['auto', ...backends])
    .default('auto')
    .describe('Where programs run; auto is native where that is possible, else embedded'),
  jobs: z.int().min(1).max(256).optional().describe('Programs at once; one per core when not given'),
});

export type Given = z.output<typeof input>;

const kind = z.enum(judgedKinds);
const amount = z.number().min(0).nullable();

const testSchema = z.strictObject({
  test: z.string(),
  kind,
  reason: z.string().nullable(),
  share: z.number().min(0).max(1).describe('Of the points of the test'),
  cpuMs: amount,
  wallMs: amount,
  memoryBytes: amount,
  instructions: amount.describe('Fuel; null where it is not counted'),
  runs: z.int().min(0).describe('More than one: the time was near the limit, or the harness failed'),
  isFlaky: z.boolean().describe('Of several runs near the limit some were within it and some past it'),
  difference: z
    .strictObject({
      line: z.int().min(1).describe('Of the output'),
      expected: z.string().nullable(),
      actual: z.string().nullable(),
    })
    .nullable()
    .describe('Where the output first leaves the key; null for hidden tests unless showSecret'),
});

const resultSchema = z.strictObject({
  problem: z.string(),
  submission: z.string(),
  language: z.string().describe('Empty when the submission could not be read'),
  kind: kind.describe('That of the first test, in the problem’s order, that is not accepted'),
  reason: z.string().nullable(),
  compilerOutput: z.string().nullable(),
  points: amount,
  maxPoints: amount,
  cpuMs: amount.describe('Of the slowest test'),
  memoryBytes: amount.describe('Of the test that took most'),
  tests: z.array(testSchema),
});

export const output = z.strictObject({
  schema: z.literal('winnow.judge/1'),
  problems: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string().nullable(),
      format: z.enum(['winnow', 'kattis', 'plain']),
      tests: z.int(),
      hidden: z.int().describe('Tests whose keys are not shown'),
      timeMs: z.number().describe('CPU time of a test before the factor of a language'),
      memoryBytes: z.number(),
      outputBytes: z.number(),
      notices: z.array(z.string()).describe('What was found and is not used'),
    }),
  ),
  results: z.array(resultSchema).describe('In the order of the submissions'),
  counts: z.record(kind, z.int()),
  caveats: z.array(z.string()).describe('Limits that this machine keeps less strictly than asked'),
  elapsedMs: z.number(),
});

export type JudgeOutput = z.output<typeof output>;
export type JudgeResult = z.output<typeof resultSchema>;
export type JudgeTestResult = z.output<typeof testSchema>;
