/** What `winnow test` takes and gives. */
import { z } from 'zod';
import { jobLimits, testRunners, testStates } from '../../run/mod.ts';
import { durationPattern, sizePattern } from '../units.ts';

const duration = z.string().regex(durationPattern, 'a time such as 500ms, 10s or 2m was expected');
const size = z.string().regex(sizePattern, 'a size such as 64KiB, 512MB or 1GiB was expected');
const { ranges } = jobLimits;

export const input = z.strictObject({
  path: z.string().min(1).default('.').describe('The project, or a file or directory of tests in it'),
  args: z.array(z.string()).default([]).describe('Further arguments of the runner, after --'),
  runner: z.enum(testRunners).optional().describe('Who runs the tests; by the project’s files when not given'),
  only: z.array(z.string().min(1)).default([]).describe('Only tests whose name has this in it'),
  failing: z.boolean().default(false).describe('Tell only of tests that did not pass; counts are of all'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('Virtual environment or interpreter that has what the tests need; else .venv or venv, else by PATH'),
  jars: z
    .array(z.string().min(1))
    .default([])
    .describe('A folder of jars, or a repository of Maven or Gradle, for tests of JUnit and for JaCoCo'),
  read: z
    .array(z.string().min(1))
    .default([])
    .describe('Let the tests read a directory of this machine, at the same path'),
  exclude: z.array(z.string().min(1)).default([]).describe('A file or directory of the project that is not copied'),
  coverage: z.boolean().default(false).describe('Tell which lines ran, and for each test which it ran'),
  saveCoverage: z
    .string()
    .min(1)
    .optional()
    .describe('Write the lines of each test into a file that `locate` reads; implies --coverage'),
  recordCalls: z
    .string()
    .min(1)
    .optional()
    .describe('Write which function called which into a file; Python, JavaScript and TypeScript'),
  observe: z
    .boolean()
    .default(false)
    .describe('Add the calls that the tests made to the graph of the repository, as observed'),
  testWall: duration.optional().describe('Elapsed time that one test may take; as the runner has it when not given'),
  wall: duration.default('10m').describe('Elapsed time of all'),
  cpu: duration.default('20m').describe('CPU time of all its processes'),
  memory: size.default('2GiB').describe('Memory of all its processes'),
  output: size.default('64MiB').describe('Bytes it may write to standard output, and as many to standard error'),
  processes: z
    .int()
    .min(ranges.processes[0])
    .max(ranges.processes[1])
    .default(512)
    .describe('Processes and threads at once'),
  fileBytes: size.default('1GiB').describe('Bytes of all files it may write'),
  env: z
    .array(z.string().regex(/^[^=]+=/, 'NAME=VALUE was expected'))
    .default([])
    .describe('A variable for the tests, which get nothing of this environment'),
});

export type Given = z.output<typeof input>;

const whole = z.int().min(0);
const place = z.strictObject({ path: z.string(), line: whole.describe('From 1; 0: not known') }).nullable();

const summary = z.strictObject({
  path: z.string(),
  able: whole.describe('Lines that can run'),
  ran: whole,
  missed: z.string().describe('Lines that did not: 3,7-9'),
});

export const output = z.strictObject({
  schema: z.literal('winnow.test/1'),
  root: z.string().describe('The project'),
  runner: z.enum(testRunners),
  version: z.string().nullable().describe('Of runner and language; null: it did not get to say'),
  because: z.string().describe('Why this runner'),
  interpreter: z.strictObject({
    version: z.string().nullable().describe('Null: it did not get to say'),
    chosen: z.string().describe('Of several that there may be, why this one'),
  }),
  passed: z.boolean().describe('All tests were found, ran, and passed or were skipped'),
  ending: z
    .discriminatedUnion('kind', [
      z.strictObject({ kind: z.literal('finished') }),
      z.strictObject({ kind: z.literal('no-tests') }),
      z.strictObject({ kind: z.literal('stopped'), limit: z.string() }),
      z.strictObject({ kind: z.literal('crashed'), reason: z.string() }),
      z.strictObject({ kind: z.literal('runner-failed'), reason: z.string() }),
    ])
    .describe('How the suite ended; only "finished" says that every test has its own result'),
  code: z.int().nullable().describe('The runner’s own exit code; null: it did not come to its end'),
  counts: z.record(z.enum(testStates), whole).describe('Tests by state'),
  tests: z.array(
    z.strictObject({
      name: z.string(),
      state: z.enum(testStates),
      ms: z.number(),
      place: place.describe('Where it is defined'),
      message: z.string(),
      failedAt: place.describe('Where it failed, in a file of the project'),
      details: z.string(),
    }),
  ),
  broken: z
    .array(z.strictObject({ name: z.string(), message: z.string(), failedAt: place, details: z.string() }))
    .describe('Files of tests that could not be loaded'),
  coverage: z
    .strictObject({
      files: z
        .array(summary)
        .describe('Files that were loaded; statements by their first line where the language has them'),
      able: whole,
      ran: whole,
      saved: z.string().nullable().describe('Where the lines of each test were written'),
    })
    .nullable(),
  calls: z
    .strictObject({
      file: z.string().nullable().describe('Where they were written'),
      rows: whole,
      dropped: whole,
      notRecorded: z.array(z.string()),
      observed: z
        .strictObject({ kept: whole, unknown: whole })
        .nullable()
        .describe('Calls added to the graph, and those of which one end is no definition of it'),
    })
    .nullable(),
  unsealed: whole.describe('Rows of the report that are missing, or that the runner did not write'),
  notes: z.array(z.string()),
  stdout: z.string().describe('The end of what the runner printed; the whole is not kept'),
  stderr: z.string(),
  usage: z.strictObject({ wallMs: z.number(), cpuMs: z.number().nullable(), peakMemoryBytes: z.number().nullable() }),
});

export type TestOutput = z.output<typeof output>;
