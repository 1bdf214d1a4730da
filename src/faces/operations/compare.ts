/**
 * `winnow compare`: one matrix, seen by every method of choosing at once, with the next question that would tell most. Nothing is decided here.
 *
 * It is what a page needs to show a matrix and to ask ConAIR's questions one by one: each answer comes back as an option, and the questions are
 * gone through anew. Programs and probes may be given in the place of a matrix; they run once, and the matrix comes with the answer.
 */
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { availableParallelism, tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { openRunner } from '../../run/mod.ts';
import {
  ask,
  beliefOf,
  check,
  type FiledMatrix,
  filedMatrices,
  methods,
  readMatrixFile,
  readTasks,
} from '../../select/mod.ts';
import { compareView } from '../views/compare.ts';
import { alikeForms } from './alikeform.ts';
import { output as checkOutput, taskOf } from './check.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  matrix: z.string().optional().describe('A matrix that `winnow check --out` wrote'),
  candidates: z
    .string()
    .optional()
    .describe('In the place of a matrix, programs to run now, as `winnow check` takes them'),
  probes: z.string().optional().describe('What the candidates are run on'),
  entry: z.string().optional().describe('The function that probes call; found if not given'),
  lang: z.string().default('python').describe('Language of candidates that do not say'),
  task: z.string().optional().describe('Only this task; default: the first, and the names of all'),
  right: z.array(z.string()).default([]).describe('Probes of the task whose expectation is true, as ConAIR asks'),
  wrong: z.array(z.string()).default([]).describe('Probes of the task whose expectation is false'),
  unsure: z.array(z.string()).default([]).describe('Probes of the task of which that cannot be said'),
});

const whole = z.int().min(0);
const share = z.number().min(0).max(1);
const group = z.strictObject({ score: z.number(), candidates: z.array(z.string()) });

const output = z.strictObject({
  schema: z.literal('winnow.compare/1'),
  matrix: z.string().nullable().describe('Text of the matrix file, where candidates ran now; null where one was given'),
  tasks: z.array(z.string()).describe('All tasks of the matrix'),
  task: checkOutput.shape.tasks.element,
  sources: z.record(z.string(), z.string()).describe('Programs by the ids of candidates'),
  missing: whole.describe('Candidates that have not run: the check was interrupted'),
  rankings: z
    .array(
      z.strictObject({
        method: z.string(),
        title: z.string(),
        source: z.string(),
        groups: z.array(group).describe('Best first; those of a group have one score, and none is better than another'),
      }),
    )
    .describe('By every method that asks nobody'),
  conair: z.strictObject({
    none: share.describe('Chance that no candidate is right'),
    groups: z.array(group).describe('Scores are chances of being right'),
    asked: z.array(z.strictObject({ probe: z.string(), bits: z.number(), answer: z.boolean().nullable() })),
    next: z
      .strictObject({ probe: z.string(), source: z.string(), bits: z.number(), chance: share })
      .nullable()
      .describe('The question that would tell most; null: none tells enough'),
  }),
  torn: whole.describe('Lines of the file without an end, which were left out'),
});

export type CompareOutput = z.output<typeof output>;
type Given = z.output<typeof input>;

export const compare: Operation<typeof input, typeof output> = {
  name: 'compare',
  summary: 'one matrix seen by every method of choosing, and the question that would tell most',
  description: `Ranks the candidates of one task by every method that \`winnow select\` knows, side by side, and says which test ConAIR would ask a person about next. Answers are given with --right, --wrong and --unsure, and change what is believed of candidates.

The page "Compare" of \`winnow serve\` shows it as a picture. With --candidates and --probes in the place of --matrix they run first, as \`winnow check\` runs them.

Exit code 0: some candidate ran to its end. 1: none did.`,
  examples: [
    { command: 'winnow compare --matrix m.jsonl', does: 'the first task, by every method' },
    { command: 'winnow compare --matrix m.jsonl --task t7 --right p3 --wrong p9', does: 'with two answers' },
  ],
  input,
  output,
  positional: [],
  labels: {
    matrix: 'FILE',
    candidates: 'FILE',
    probes: 'FILE',
    entry: 'NAME',
    lang: 'LANGUAGE',
    task: 'TASK',
    right: 'PROBE',
    wrong: 'PROBE',
    unsure: 'PROBE',
  },
  run: async (given, context) => {
    const { file, text } = await matrixOf(given, context);
    if (file.torn > 0) context.notice('The last line of the matrix has no end, and is left out.');
    const all = filedMatrices(file);
    const one = given.task === undefined ? all[0] : all.find(({ task }) => task.id === given.task);
    if (one === undefined)
      throw new WinnowError(
        all.length === 0 ? 'bad-data' : 'bad-usage',
        all.length === 0
          ? 'The matrix has no task: the check that wrote it ended before the first.'
          : `The matrix has no task ${JSON.stringify(given.task)}. There are: ${all
              .slice(0, 8)
              .map(({ task }) => task.id)
              .join(', ')}.`,
      );
    return { ...(await compared(one, given)), matrix: text, tasks: all.map(({ task }) => task.id), torn: file.torn };
  },
  render: compareView,
  exit: ({ task }) => (task.candidates.some(({ ending }) => ending === 'whole') ? 0 : 1),
};

async function matrixOf(
  { matrix, candidates, probes, entry, lang }: Given,
  context: Context,
): Promise<{ file: ReturnType<typeof readMatrixFile>; text: string | null }> {
  if ((matrix === undefined) === (candidates === undefined) || (candidates === undefined) !== (probes === undefined))
    throw new WinnowError('bad-usage', 'Expected --matrix, or --candidates and --probes.');
  if (matrix !== undefined) return { file: readMatrixFile(resolve(context.cwd, matrix)), text: null };
  const path = (given: string | undefined): string => resolve(context.cwd, given ?? '');
  const tasks = readTasks(
    { candidates: path(candidates), probes: path(probes) },
    { entryPoint: entry ?? null, context: '', language: lang },
  );
  const folder = await mkdtemp(join(tmpdir(), 'winnow-compare-'));
  const jobs = availableParallelism();
  const { cacheDir, path: searched } = context.settings;
  const runner = openRunner({ cacheDir: resolve(cacheDir, 'run'), path: searched, parallelism: jobs });
  try {
    const out = join(folder, 'matrix.jsonl');
    await check(tasks, {
      runner,
      signal: context.signal,
      callMs: null,
      memoryBytes: null,
      patient: false,
      jobs,
      alikeForm: alikeForms(),
      out,
      onRow: (done, total) => context.progress({ label: 'candidates', done, total }),
    });
    return { file: readMatrixFile(out), text: await readFile(out, 'utf8') };
  } finally {
    await runner.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function compared(
  filed: FiledMatrix,
  { right, wrong, unsure }: Given,
): Promise<Omit<CompareOutput, 'matrix' | 'tasks' | 'torn'>> {
  const { task, matrix, missing } = filed;
  const idOf = (row: number): string => matrix.rows[row]?.id ?? '';
  const groupsOf = (groups: readonly { score: number; rows: readonly number[] }[]) =>
    groups.map(({ score, rows }) => ({ score, candidates: rows.map(idOf) }));
  const said = [...new Set(right), ...new Set(wrong), ...new Set(unsure)];
  const twice = said.find((probe, at) => said.indexOf(probe) !== at);
  if (twice !== undefined)
    throw new WinnowError(
      'bad-usage',
      `Probe ${JSON.stringify(twice)} has two answers of --right, --wrong and --unsure.`,
    );
  const known = new Map<string, boolean | null>([
    ...unsure.map((probe) => [probe, null] as const),
    ...wrong.map((probe) => [probe, false] as const),
    ...right.map((probe) => [probe, true] as const),
  ]);
  const strange = [...known.keys()].find((probe) => !matrix.columns.some(({ id }) => id === probe));
  if (strange !== undefined)
    throw new WinnowError('bad-usage', `Task ${task.id} has no probe ${JSON.stringify(strange)}.`);
  const mute = matrix.columns.find(({ id, way }) => known.has(id) && (way === 'input' || way === 'invalid'));
  if (mute !== undefined)
    throw new WinnowError(
      'bad-usage',
      `Probe ${JSON.stringify(mute.id)} is ${mute.way === 'input' ? 'an input' : 'invalid'}: it expects nothing that could be true.`,
    );
  const probeOf = (column: number): string => matrix.columns[column]?.id ?? '';
  let next: CompareOutput['conair']['next'] = null;
  // What is known is put first; the first question without an answer is the last, as what follows depends on it.
  const asked = await ask(matrix, {
    most: known.size + 1,
    sure: 1,
    first: [...known.keys()].map((probe) => matrix.columns.findIndex(({ id }) => id === probe)),
    answer: async ({ column, source, bits, chance }) => {
      const probe = probeOf(column);
      const answer = known.get(probe);
      if (answer === undefined) next ??= { probe, source, bits, chance };
      return answer ?? null;
    },
  });
  return {
    schema: 'winnow.compare/1',
    task: taskOf(filed),
    sources: Object.fromEntries(task.candidates.map(({ id, source }) => [id, source])),
    missing,
    rankings: methods.map(({ name, title, source, rank }) => ({
      method: name,
      title,
      source,
      groups: groupsOf(rank(matrix).groups),
    })),
    conair: {
      none: known.size === 0 ? beliefOf(matrix).none : asked.none,
      groups: groupsOf(asked.ranking.groups),
      asked: asked.questions
        .filter(({ column }) => known.has(probeOf(column)))
        .map(({ column, bits, answer }) => ({ probe: probeOf(column), bits, answer })),
      next,
    },
  };
}
