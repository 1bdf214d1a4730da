/** What `winnow fix` takes and gives. */
import { z } from 'zod';
import { testRunners } from '../../run/mod.ts';
import { fixVerdicts } from '../../solve/mod.ts';
import { durationPattern, sizePattern } from '../units.ts';
import { appliedSchema } from './changes-schemas.ts';
import { listed } from './fix-list.ts';
import { modelFlags } from './model-flags.ts';

const duration = z.string().regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected');
const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');

/** How the suite is run: as `winnow test` has it. */
export const suiteFlags = {
  runner: z.enum(testRunners).optional().describe('Who runs the tests; by the project’s files when not given'),
  only: z.array(z.string().min(1)).default([]).describe('Only tests whose name has this in it'),
  tests: z.array(z.string().min(1)).default([]).describe('Only tests of a file or directory of the project'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('Virtual environment or interpreter that has what the tests need; else .venv or venv, else by PATH'),
  read: z
    .array(z.string().min(1))
    .default([])
    .describe('Let the tests read a directory of this machine, at the same path'),
  exclude: z.array(z.string().min(1)).default([]).describe('A file or directory of the project that is not copied'),
  testWall: duration.optional().describe('Elapsed time that one test may take; as the runner has it when not given'),
  wall: duration.default('10m').describe('Elapsed time of one run of the suite'),
  memory: size.default('2GiB').describe('Memory of one run of the suite'),
};

export const input = z.strictObject({
  issue: z.string().min(1).optional().describe('The issue: a file, or - for standard input'),
  directory: z.string().min(1).default('.').describe('The project; its files are never written, but by --keep'),
  text: z.string().min(1).optional().describe('The issue itself, in the place of a file'),
  strategy: z.string().default('agentless').describe('How: agentless, or autocoderover; docs/fixing.md tells of each'),
  list: z.boolean().default(false).describe('The strategies: paper, and numbers with their ranges and source'),
  set: z
    .array(z.string().regex(/^[A-Za-z]+=-?\d+(\.\d+)?$/, 'a number by name, such as patches=3, was expected'))
    .default([])
    .describe('A number of the strategy: patches=3; --list has all'),
  seed: z.int().min(0).default(1).describe('Seed of all that is drawn, and of the model where it takes seeds'),
  ...suiteFlags,
  budgetRuns: z.int().min(0).optional().describe('Most runs of tests that may be started'),
  resume: z.string().min(1).optional().describe('Go on with a run: what it has asked and run is not done again'),
  out: z.string().min(1).optional().describe('Write the patch into a file'),
  keep: z.boolean().default(false).describe('Put the patch into the directory; `winnow undo` takes it back'),
  ...modelFlags,
});
export type FixGiven = z.output<typeof input>;

const named = z.array(z.strictObject({ name: z.string(), message: z.string() }));

const evidence = {
  files: z.array(z.string()),
  why: z.string().describe('What speaks for it, in a few words'),
  drawn: z.int().describe('Samples that say the same, comments and layout aside'),
  sample: z.int(),
  mended: z.array(z.string()).describe('Tests that did not pass before and pass now'),
  regressions: named.nullable().describe('Tests that passed before and do not now; null: not run'),
  reproduction: z.enum(['passes', 'fails']).nullable(),
  problem: z.string().nullable().describe('How the suite ended, where it did not come to its end'),
  flaky: z.array(z.string()).describe('Tests that ended in two ways with it, and count for nothing'),
  review: z.enum(['yes', 'no']).nullable().describe('What a model that reviewed it said; null: none was asked'),
};

const fixed = z.strictObject({
  schema: z.literal('winnow.fix/1'),
  root: z.string(),
  strategy: z.string(),
  model: z.string(),
  verdict: z
    .enum(fixVerdicts)
    .describe(
      'fixed: breaks no test, and a failing or reproduction test passes; unsure: breaks none, nothing shows that it mends; rejected: no patch survived; none: no patch came out',
    ),
  ending: z.enum(['done', 'over-budget']),
  limit: z.string().nullable().describe('The budget that ended it'),
  patch: z.string().nullable().describe('In git’s form; null: none survived'),
  best: z.strictObject(evidence).nullable(),
  others: z
    .array(z.strictObject({ ...evidence, patch: z.string(), rejected: z.string().nullable() }))
    .describe('Other patches, best first; "rejected" says why one did not survive'),
  refused: z.array(z.strictObject({ reason: z.string(), times: z.int() })).describe('Replies that made no patch'),
  base: z
    .strictObject({ ending: z.string(), passed: z.int(), failed: named, broken: named })
    .nullable()
    .describe('The suite as it is; null: the project has no tests that are known'),
  flaky: z.array(z.string()).describe('Tests that ended in two ways while nothing was changed; no evidence'),
  suspects: z
    .array(
      z.strictObject({
        path: z.string(),
        name: z.string(),
        first: z.int(),
        last: z.int(),
        suspicion: z.number().describe('By Ochiai’s formula, of its most suspicious line'),
      }),
    )
    .describe('Functions that failing tests run and passing ones do not; empty where none fails'),
  reproduction: z
    .strictObject({ source: z.string(), drawn: z.int(), of: z.int() })
    .nullable()
    .describe('The test of the majority that shows the fault; null: there is none'),
  localized: z.array(z.string()).describe('Files that were looked into'),
  spent: z.strictObject({
    calls: z.int(),
    replies: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number().nullable().describe('null: a call had no price'),
    executions: z.int(),
    taken: z.int().describe('Asks and executions that were taken from the run that was resumed'),
  }),
  steps: z.int(),
  run: z.string().describe('Folder of the run, for explain and --resume'),
  out: z.string().nullable(),
  kept: z
    .strictObject({ id: z.string().nullable(), ...appliedSchema.shape })
    .nullable()
    .describe('With --keep: what became of it, and its id in the history'),
  elapsedMs: z.number(),
});
export type FixOutput = z.output<typeof fixed>;

export const output = z.discriminatedUnion('schema', [fixed, listed]);
