/** `winnow check --candidates FILE --probes FILE`: candidates on probes, into a matrix. Running and comparing are `select`'s; this reads inputs and prints. */
import { readFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { resolve } from 'node:path';
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { jobLimits, openRunner } from '../../run/mod.ts';
import { behaviours, cellStates, check, type FiledMatrix, makings, passes, readTasks } from '../../select/mod.ts';
import { count } from '../paint.ts';
import { bytesIn, durationPattern, durationText, milliseconds, sizePattern, sizeText } from '../units.ts';
import { checkView } from '../views/check.ts';
import { alikeForms } from './alikeform.ts';
import { apartOf } from './apart.ts';
import type { Operation } from './types.ts';

const input = z.strictObject({
  candidates: z.string().describe('Programs, JSON Lines: {"source", "id"?, "task"?, "language"?, "drawn"?}'),
  probes: z
    .string()
    .describe('JSON Lines: {"test" | "input" | "stdin", "expected"?, "role"?, "id"?, "task"?, "drawn"?}'),
  out: z
    .string()
    .optional()
    .describe('Matrix to write, go on with or add to (winnow.matrix/1); what it holds is not run again'),
  entry: z.string().optional().describe('The function that probes call; found in candidates and probes if not given'),
  lang: z.string().default('python').describe('Language of candidates that do not say'),
  context: z.string().optional().describe('Python file of imports and helpers that expectations of tests may use'),
  call: z
    .string()
    .regex(durationPattern, 'expected a time as 100ms or 2s')
    .optional()
    .describe('CPU time of a call, by default 100ms; of a whole program on one input, 2s'),
  backend: z
    .enum(['auto', 'native', 'embedded'])
    .default('auto')
    .describe('Where candidates run; functions of Python natively'),
  count: z
    .boolean()
    .default(false)
    .describe('Count instructions of each call of functions in Python: a job each, in WebAssembly'),
  memory: z.string().regex(sizePattern, 'expected a size as 256MiB').optional().describe('Of a candidate [512MiB]'),
  patient: z
    .boolean()
    .default(false)
    .describe('Give every call its full time at once, also after calls that were late'),
  inputs: z
    .int()
    .min(0)
    .max(1000)
    .default(0)
    .describe('Add so many inputs, first those that tell candidates apart; from tests, examples and types'),
  seed: z.int().min(0).default(1).describe('Of the inputs that are made'),
  jobs: z.int().min(1).max(256).optional().describe('Jobs at once; one for each core if not given'),
});

/** Candidates of one job, whose rows are written together: a quarter of what is fastest, so that little is lost by an interruption. */
const rowsAtRisk = 25;

const whole = z.int().min(0);

const counts = z.strictObject({ candidates: whole, probes: whole });

export const output = z.strictObject({
  schema: z.literal('winnow.check/1'),
  out: z.string().nullable(),
  tasks: z.array(
    z.strictObject({
      task: z.string(),
      language: z.string(),
      entryPoint: z.string().describe('Empty: candidates are whole programs'),
      probes: z.array(
        z.strictObject({
          id: z.string(),
          source: z.string(),
          drawn: whole,
          way: z.string().describe('outside or inside the candidate’s interpreter; input: no expectation; invalid'),
          passed: whole.describe('Candidates that pass it, as often as they were drawn'),
          made: z
            .strictObject({
              by: z.enum(makings),
              of: z.string().optional().describe('The probe or candidate that it comes from'),
              smaller: z.literal(true).optional().describe('It was made smaller, and tells the same apart'),
            })
            .nullable()
            .describe('Where an input that was made comes from'),
        }),
      ),
      candidates: z.array(
        z.strictObject({
          id: z.string(),
          alike: z.array(z.string()).describe('Other candidates that are the same program'),
          drawn: whole,
          ending: z.string(),
          reason: z.string().nullable(),
          cpuMs: z.number(),
          passed: whole.describe('Tests that it passes'),
          behaviour: whole.describe('Of `behaviours`, from 0'),
          states: z.array(z.enum(cellStates)).describe('For each probe'),
          outputs: z.array(z.string().nullable()).describe('For each probe: a literal, ?type, !error; null: none'),
          times: z.array(z.int()).describe('For each probe: CPU time, µs; −1: not run'),
          fuel: z.array(z.int()).nullable().describe('For each probe: instructions of WebAssembly; −1: not counted'),
        }),
      ),
      behaviours: z.array(
        z.strictObject({
          candidates: z.array(z.string()),
          drawn: whole.describe('Programs that did the same in all cells'),
          apart: z
            .strictObject({ probe: z.string(), source: z.string(), did: z.string(), others: z.string() })
            .nullable()
            .describe('The shortest probe on which the most common behaviour, `others`, is another'),
        }),
      ),
    }),
  ),
  alike: whole.describe('Candidates that were not run, as another is the same program'),
  resumed: whole.describe('Candidates of which the file held all cells already'),
  grown: counts.describe('Added to tasks that the file held; of these only new cells ran'),
  kept: counts.describe('Held by the file and not given now'),
  torn: whole.describe('Lines of the file without an end, which were dropped'),
  runtimes: z.record(z.string(), z.string()),
  added: whole.describe('Inputs that were made'),
  pairs: whole.describe('(candidate, probe) pairs that were run now'),
  elapsedMs: whole,
});

export type CheckOutput = z.output<typeof output>;

export const checkOperation: Operation<typeof input, typeof output> = {
  name: 'check',
  summary: 'candidate programs on tests and inputs, in the sandbox: a matrix of what each did',
  description: `Runs every candidate on every probe and keeps what came out: value, verdict, time, and why it failed. A test, \`assert f(1) == 2\`, is taken apart into call and expectation where its form allows: the candidate sees the call alone, and the value is compared where no candidate runs. An "input" is a call without expectation. Candidates that are whole programs, in any language that runs, take "stdin" and may have "expected" output.

Candidates that are written alike run once and count as often as they were drawn. A call gets a tenth of its time at first; late calls are called again with all of it, until one is late again. --inputs adds calls, for select --method s-star and all methods that go by outputs: examples in comments, calls of tests with their literals changed, and values drawn by types. Those that tell candidates apart come first and are made as small as they can be; \`made\` says where each comes from. With --out the matrix is a file that \`winnow select\` reads; an interrupted check goes on where it ended, and candidates and probes with new ids are added to what it holds: only new cells run.

Exit code 0: some candidate ran to its end. 1: none did.`,
  examples: [
    {
      command: 'winnow check --candidates programs.jsonl --probes tests.jsonl',
      does: 'who passes what, and who behaves alike',
    },
    {
      command: 'winnow check --candidates c.jsonl --probes p.jsonl --out m.jsonl',
      does: 'a matrix for `winnow select`',
    },
  ],
  input,
  output,
  positional: [],
  shortFlags: { jobs: 'j' },
  labels: {
    candidates: 'FILE',
    probes: 'FILE',
    out: 'FILE',
    entry: 'NAME',
    lang: 'LANGUAGE',
    context: 'FILE',
    call: 'TIME',
    memory: 'SIZE',
  },
  run: async (given, context) => {
    const path = (file: string): string => resolve(context.cwd, file);
    const tasks = readTasks(
      { candidates: path(given.candidates), probes: path(given.probes) },
      {
        entryPoint: given.entry ?? null,
        context: given.context === undefined ? '' : textOf(path(given.context)),
        language: given.lang,
      },
    );
    const jobs = given.jobs ?? availableParallelism();
    const { cacheDir, path: searched } = context.settings;
    const runner = openRunner({ cacheDir: resolve(cacheDir, 'run'), path: searched, parallelism: jobs });
    const startedMs = systemClock.elapsedMs();
    try {
      const checked = await check(tasks, {
        runner,
        signal: context.signal,
        callMs: given.call === undefined ? null : callMsOf(given.call),
        memoryBytes: given.memory === undefined ? null : memoryOf(given.memory),
        patient: given.patient,
        count: given.count,
        backend: given.backend === 'auto' ? null : given.backend,
        jobs,
        batch: rowsAtRisk,
        alikeForm: alikeForms(),
        inputs: { count: given.inputs, seed: given.seed, load: (await import('../../index/mod.ts')).loadGrammarFile },
        out: given.out === undefined ? null : path(given.out),
        onFault: (task, reason) =>
          context.notice(`${task}: --context failed, and tests that need it are asked where candidates run. ${reason}`),
        onRow: (done, total) => context.progress({ label: 'candidates', done, total }),
      });
      const { alike, resumed, grown, kept, torn, header, pairs, added } = checked;
      if (kept.candidates + kept.probes > 0)
        context.notice(
          `${given.out} also holds candidates and probes that were not given (${kept.candidates} and ${kept.probes}); they stay.`,
        );
      if (given.inputs > 0 && added === 0)
        context.notice(
          'No input was added: no test or comment holds a call with literals and no parameter has a type, or most candidates gave nothing on all that were tried.',
        );
      for (const text of namesMissing(checked.matrices)) context.notice(text);
      if (given.count) for (const text of uncounted(checked.matrices)) context.notice(text);
      if (torn > 0) context.notice(`A line at the end of ${given.out} was cut off, and is dropped.`);
      return {
        schema: 'winnow.check/1' as const,
        out: given.out === undefined ? null : path(given.out),
        tasks: checked.matrices.map(taskOf),
        alike,
        resumed,
        grown,
        kept,
        torn,
        runtimes: header.runtimes,
        pairs,
        added,
        elapsedMs: Math.round(systemClock.elapsedMs() - startedMs),
      };
    } finally {
      await runner.close();
    }
  },
  render: checkView,
  exit: ({ tasks }) => (tasks.some(({ candidates }) => candidates.some(({ ending }) => ending === 'whole')) ? 0 : 1),
};

function callMsOf(text: string): number {
  const ms = milliseconds(text);
  const [, most] = jobLimits.ranges.cpuMs;
  if (ms >= 1 && ms <= most) return ms;
  throw new WinnowError('bad-usage', `Expected --call to be from 1ms to ${durationText(most)}; it was ${text}.`);
}

function memoryOf(text: string): number {
  const bytes = bytesIn(text);
  const [least, most] = jobLimits.ranges.memoryBytes;
  if (bytes >= least && bytes <= most) return bytes;
  throw new WinnowError(
    'bad-usage',
    `Expected --memory to be from ${sizeText(least)} to ${sizeText(most)}; it was ${text}.`,
  );
}

/** Tests in Python that end for every candidate by a name that is not there: more likely the test's lack than theirs. */
function namesMissing(matrices: readonly FiledMatrix[]): string[] {
  return matrices.flatMap(({ task, matrix: { rows, columns, outputs, texts } }) => {
    const whole = [...rows.keys()].filter((row) => rows[row]?.ending === 'whole');
    const lacking = columns.filter(
      ({ way }, column) =>
        way === 'inside' &&
        whole.length > 0 &&
        whole.every((row) => lacks.has(texts[outputs[row * columns.length + column] ?? -1] ?? '')),
    );
    if (lacking.length === 0) return [];
    const named = lacking.length === 1 ? `test ${lacking[0]?.id}` : `${lacking.length} tests, as ${lacking[0]?.id},`;
    return [
      `${task.id}: every candidate ends ${named} by a name or module that is not there. If the tests need it, --context gives imports and helpers.`,
    ];
  });
}

const lacks = new Set(['!NameError', '!ModuleNotFoundError', '!ImportError']);

/** What `--count` was asked for and did not count, in words. */
function uncounted(matrices: readonly FiledMatrix[]): string[] {
  const isCountable = ({ task }: FiledMatrix): boolean => task.language === 'python' && task.entryPoint !== '';
  const others = matrices.filter((one) => !isCountable(one)).length;
  const rows = matrices.filter(isCountable).reduce((sum, one) => sum + uncountedRows(one), 0);
  return [
    ...(others === 0
      ? []
      : [
          `--count counts functions in Python: ${count(others, 'task')} of something else ${others === 1 ? 'has' : 'have'} no counts.`,
        ]),
    ...(rows === 0
      ? []
      : [
          `${count(rows, 'candidate')} ${rows === 1 ? 'has' : 'have'} no counts: run before without --count, or with other values when counted. Another --out has all that can be had.`,
        ]),
  ];
}

/** Rows that gave something where no test was, and have no count. */
function uncountedRows({ matrix: { rows, columns, outputs, fuel } }: FiledMatrix): number {
  const width = columns.length;
  return rows.filter(
    (_, row) =>
      columns.some(({ way }, column) => way !== 'inside' && (outputs[row * width + column] ?? -1) >= 0) &&
      columns.every((_, column) => (fuel?.[row * width + column] ?? -1) < 0),
  ).length;
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WinnowError('path-not-found', `Expected a file at ${file}; it cannot be read.`, { cause });
  }
}

export function taskOf({ task, matrix }: FiledMatrix): CheckOutput['tasks'][number] {
  const { rows, columns } = matrix;
  const sets = behaviours(matrix);
  const cells = columns.map((_, column) => column);
  const drawnOf = (set: readonly number[]): number => set.reduce((sum, row) => sum + (rows[row]?.drawn ?? 0), 0);
  const [common] = sets.toSorted((one, other) => drawnOf(other) - drawnOf(one));
  return {
    task: task.id,
    language: task.language ?? 'python',
    entryPoint: task.entryPoint,
    probes: columns.map(({ id, source, drawn, way }, column) => ({
      id,
      source,
      drawn,
      way,
      passed: rows.reduce((sum, one, row) => sum + (passes(matrix, row, column) ? one.drawn : 0), 0),
      made: task.probes[column]?.made ?? null,
    })),
    candidates: rows.map(({ id, drawn, ending, reason, cpuMs }, row) => ({
      id,
      alike: [...(task.candidates[row]?.alike ?? [])],
      drawn,
      ending,
      reason,
      cpuMs,
      passed: cells.filter((column) => passes(matrix, row, column)).length,
      behaviour: sets.findIndex((set) => set.includes(row)),
      states: cells.map((column) => cellStates[matrix.states[row * cells.length + column] ?? 0] ?? 'not-run'),
      outputs: cells.map((column) => matrix.texts[matrix.outputs[row * cells.length + column] ?? -1] ?? null),
      fuel: matrix.fuel ? cells.map((column) => matrix.fuel?.[row * cells.length + column] ?? -1) : null,
      times: cells.map((column) => matrix.times?.[row * cells.length + column] ?? -1),
    })),
    behaviours: sets.map((set) => ({
      candidates: set.map((row) => rows[row]?.id ?? ''),
      drawn: drawnOf(set),
      apart: set === common || common === undefined ? null : apartOf(matrix, set[0] as number, common[0] as number),
    })),
  };
}
