/** `winnow select --matrix FILE --method M`: the best candidates of each task, and why. Choosing is `select`'s; this reads inputs, asks and prints. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { nearest, seededRandom, WinnowError } from '../../base/mod.ts';
import {
  ask,
  beliefOf,
  choose,
  type FiledMatrix,
  featureNames,
  filedMatrices,
  methods,
  passes,
  preferencePairs,
  type Question,
  readMatrixFile,
} from '../../select/mod.ts';
import { harmless, harmlessLines } from '../paint.ts';
import { selectView } from '../views/select.ts';
import { apartOf, type ToldApart } from './apart.ts';
import type { Context, Operation } from './types.ts';

/** Asks a person, so it is no ranking of a matrix alone. */
const asking = 'conair';
const names = [...methods.map(({ name }) => name), asking];

const input = z.strictObject({
  matrix: z.string().describe('A matrix that `winnow check --out` wrote'),
  method: z
    .string()
    .default('posterior')
    .describe(`One of ${names.slice(0, 6).join(', ')}, … (--help)`),
  top: z.int().min(1).max(1000).default(1).describe('Candidates of each task'),
  task: z.array(z.string()).default([]).describe('Only this task; may be repeated'),
  seed: z.int().min(0).default(1).describe('Breaks ties'),
  explain: z.boolean().default(false).describe('Say what stands behind each choice'),
  abstain: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('Choose none where the chance of being right is lower; posterior and conair'),
  questions: z.int().min(0).max(100).default(5).describe('Questions of conair to a person, at the most, for each task'),
  sure: z.number().min(0).max(1).default(0.95).describe('Nothing more is asked once a choice is this likely'),
  answers: z.string().optional().describe('Answers for conair, JSON Lines: {"task", "probe", "right"}'),
  pairs: z.string().optional().describe('Write preference pairs for training to this file (CodeDPO)'),
});

const whole = z.int().min(0);
const share = z.number().min(0).max(1);

const output = z.strictObject({
  schema: z.literal('winnow.select/1'),
  method: z.string(),
  title: z.string(),
  source: z.string(),
  seed: z.int(),
  tasks: z.array(
    z.strictObject({
      task: z.string(),
      candidates: whole.describe('Programs, as often as they were drawn'),
      missing: whole.describe('Candidates that have not run: the check was interrupted'),
      abstained: z.boolean(),
      none: share.nullable().describe('Chance that no candidate is right; where the method knows'),
      chosen: z.array(
        z.strictObject({
          id: z.string(),
          alike: z.array(z.string()),
          score: z.number(),
          chance: share.nullable().describe('That it is right; where the method knows'),
          tied: whole.describe('Candidates of this score: the seed chose between them'),
          source: z.string(),
          evidence: z
            .strictObject({
              passed: whole.describe('Tests that it passes, as often as they were drawn'),
              tests: whole,
              agreeing: whole.describe('Programs that pass the same tests, as often as drawn'),
              apart: z
                .strictObject({
                  other: z.string().describe('The likeliest candidate that does something else'),
                  probe: z.string(),
                  source: z.string(),
                  did: z.string(),
                  others: z.string(),
                })
                .nullable()
                .describe('The shortest probe that tells it from the best of the others; null: none does'),
              features: z.record(z.string(), z.number()).nullable().describe('Of the posterior'),
            })
            .nullable()
            .describe('With --explain'),
        }),
      ),
      questions: z.array(
        z.strictObject({
          probe: z.string(),
          source: z.string(),
          bits: z.number().describe('Expected reduction of entropy'),
          answer: z.boolean().nullable().describe('null: nobody could say'),
        }),
      ),
    }),
  ),
  pairs: z.strictObject({ file: z.string(), correctness: whole, efficiency: whole }).nullable(),
});

export type SelectOutput = z.output<typeof output>;
type Given = z.output<typeof input>;

export const selectOperation: Operation<typeof input, typeof output> = {
  name: 'select',
  summary: 'the best of many candidate programs, by a named method over a matrix',
  description: `Ranks the candidates of a matrix by what they did; nothing is run. Methods: ${names.join(', ')}. docs/selecting.md says what each looks at.

\`posterior\` is our own: a probability for each candidate, and for none being right; with --abstain it chooses nothing rather than too little. \`conair\` asks a person which tests are true, the most telling first: at the terminal, or from --answers. Candidates of equal score are tied: the seed decides, and the answer says how many there were.

Exit code 0: something was chosen for every task. 1: for some nothing was.`,
  examples: [
    { command: 'winnow select --matrix m.jsonl', does: 'the likeliest candidate of each task' },
    {
      command: 'winnow select --matrix m.jsonl --method codet --top 3 --explain',
      does: 'three by CodeT, with evidence',
    },
    { command: 'winnow select --matrix m.jsonl --method conair', does: 'asks you about the tests that tell most' },
  ],
  input,
  output,
  positional: [],
  labels: { matrix: 'FILE', method: 'METHOD', task: 'TASK', abstain: 'P', sure: 'P', answers: 'FILE', pairs: 'FILE' },
  run: async (given, context) => {
    const method = methodOf(given);
    const file = readMatrixFile(resolve(context.cwd, given.matrix));
    if (file.torn > 0) context.notice(`The last line of ${given.matrix} has no end, and is left out.`);
    const tasks = wanted(filedMatrices(file), given);
    const answers = given.answers === undefined ? null : readAnswers(resolve(context.cwd, given.answers));
    if (answers !== null) noticeStrange(answers, filedMatrices(file), context);
    const chosen: SelectOutput['tasks'] = [];
    for (const one of tasks) chosen.push(await choiceOf(one, given, context, answers));
    return {
      schema: 'winnow.select/1' as const,
      method: given.method,
      title: method?.title ?? 'ConAIR, questions to a person',
      source: method?.source ?? 'Dong et al. 2024, arXiv:2411.15587',
      seed: given.seed,
      tasks: chosen,
      pairs: given.pairs === undefined ? null : writePairs(resolve(context.cwd, given.pairs), tasks),
    };
  },
  render: selectView,
  exit: ({ tasks }) => (tasks.every(({ chosen }) => chosen.length > 0) ? 0 : 1),
};

function methodOf({ method: name, abstain, answers }: Given): (typeof methods)[number] | null {
  if (!names.includes(name)) {
    const near = nearest(name, names).slice(0, 3);
    throw new WinnowError(
      'bad-usage',
      `Expected --method to be one of ${(near.length > 0 ? near : names).join(', ')}; it was ${name}.`,
    );
  }
  if (abstain !== undefined && name !== 'posterior' && name !== asking)
    throw new WinnowError(
      'bad-usage',
      `--abstain needs a method that knows its chances, posterior or conair; ${name} does not.`,
    );
  if (answers !== undefined && name !== asking)
    throw new WinnowError('bad-usage', `--answers are for --method ${asking}; it was ${name}.`);
  return methods.find((one) => one.name === name) ?? null;
}

function wanted(all: readonly FiledMatrix[], { task: named, matrix }: Given): readonly FiledMatrix[] {
  const known = all.map(({ task }) => task.id);
  const strange = named.find((id) => !known.includes(id));
  if (strange !== undefined)
    throw new WinnowError(
      'bad-usage',
      `${matrix} has no task ${JSON.stringify(strange)}. There are: ${known.slice(0, 8).join(', ')}.`,
    );
  if (all.length === 0)
    throw new WinnowError('bad-data', `${matrix} has no task: the check that wrote it ended before the first.`);
  return named.length === 0 ? all : all.filter(({ task }) => named.includes(task.id));
}

async function choiceOf(
  { task, matrix, missing }: FiledMatrix,
  given: Given,
  context: Context,
  answers: Answers | null,
): Promise<SelectOutput['tasks'][number]> {
  if (missing > 0)
    context.notice(`${task.id}: ${missing} candidates have not run; \`winnow check\` with the same --out goes on.`);
  const method = methods.find(({ name }) => name === given.method);
  const asked = method === undefined ? await ask(matrix, askingOf(task.id, matrix, given, context, answers)) : null;
  const belief = beliefOf(matrix);
  const ranking = asked?.ranking ?? (method as (typeof methods)[number]).rank(matrix);
  const knows = given.method === asking || given.method === 'posterior';
  const first = ranking.groups[0];
  const abstained = knows && given.abstain !== undefined && (first?.score ?? 0) < given.abstain;
  const picks = abstained ? [] : choose(matrix, ranking, given.top, seededRandom(given.seed));
  const passedBy = (row: number): number[] =>
    [...matrix.columns.keys()].filter((column) => passes(matrix, row, column));
  const keys = given.explain ? matrix.rows.map((_, row) => passedBy(row).join()) : [];
  const drawnOf = (columns: readonly number[]): number =>
    columns.reduce((sum, column) => sum + (matrix.columns[column]?.drawn ?? 0), 0);
  return {
    task: task.id,
    candidates: matrix.rows.reduce((sum, { drawn }) => sum + drawn, 0),
    missing,
    abstained,
    none: knows ? (asked?.none ?? belief.none) : null,
    chosen: picks.map(({ row, score, tied }) => ({
      id: matrix.rows[row]?.id ?? '',
      alike: [...(task.candidates[row]?.alike ?? [])],
      score,
      chance: knows ? score : null,
      tied,
      source: task.candidates[row]?.source ?? '',
      evidence: given.explain
        ? {
            passed: drawnOf(passedBy(row)),
            tests: drawnOf(
              [...matrix.columns.keys()].filter((column) =>
                ['inside', 'outside'].includes(matrix.columns[column]?.way ?? ''),
              ),
            ),
            agreeing: matrix.rows.reduce((sum, one, other) => sum + (keys[other] === keys[row] ? one.drawn : 0), 0),
            apart: rivalOf(matrix, ranking, row),
            features: knows ? featuresOf(belief, row) : null,
          }
        : null,
    })),
    questions: (asked?.questions ?? []).map(({ column, source, bits, answer }) => ({
      probe: matrix.columns[column]?.id ?? '',
      source,
      bits,
      answer,
    })),
  };
}

/** The candidate that comes next of those that do something else, and on what. */
function rivalOf(
  matrix: FiledMatrix['matrix'],
  { groups }: ReturnType<(typeof methods)[number]['rank']>,
  row: number,
): (ToldApart & { other: string }) | null {
  for (const { rows } of groups)
    for (const other of rows) {
      if (other === row || matrix.rows[other]?.ending !== 'whole') continue;
      const apart = apartOf(matrix, row, other);
      if (apart !== null) return { other: matrix.rows[other].id, ...apart };
    }
  return null;
}

function featuresOf(belief: ReturnType<typeof beliefOf>, row: number): Record<string, number> | null {
  const cluster = belief.clusters.find(({ rows }) => rows.includes(row));
  return cluster === undefined
    ? null
    : Object.fromEntries(featureNames.map((name, index) => [name, cluster.features[index] ?? 0]));
}

/** By task and probe. */
type Answers = ReadonlyMap<string, boolean>;
const keyOf = (task: string, probe: string): string => JSON.stringify([task, probe]);

function askingOf(
  task: string,
  matrix: FiledMatrix['matrix'],
  given: Given,
  context: Context,
  answers: Answers | null,
): Parameters<typeof ask>[1] {
  const probeOf = ({ column }: Question): string => matrix.columns[column]?.id ?? '';
  if (answers === null && !context.canAsk)
    throw new WinnowError(
      'bad-usage',
      `--method ${asking} asks somebody: start it at a terminal, without --json, or give --answers.`,
    );
  return {
    most: given.questions,
    sure: given.sure,
    answer: async (question) =>
      answers === null ? askPerson(task, question, context) : (answers.get(keyOf(task, probeOf(question))) ?? null),
  };
}

/** Asks until the answer is one. @throws WinnowError `cancelled` when the input ends or Ctrl-C is pressed: nobody answers any more */
export async function askPerson(
  task: string,
  { source }: Question,
  { ask: put }: Pick<Context, 'ask'>,
): Promise<boolean | null> {
  const about = `${harmless(task)}: is this true?\n  ${harmlessLines(source.trim())}\n`;
  for (let isAgain = false; ; isAgain = true) {
    const said = await put(`${isAgain ? '' : about}[y]es, [n]o, or enter for "I cannot say": `);
    if (said === null)
      throw new WinnowError('cancelled', 'The questions were ended before the last; nothing is chosen.');
    const word = said.trim().toLowerCase();
    if (word === '') return null;
    if ('yes'.startsWith(word)) return true;
    if ('no'.startsWith(word)) return false;
  }
}

function readAnswers(file: string): Answers {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new WinnowError('path-not-found', `Expected answers at ${file}; the file cannot be read.`, { cause });
  }
  const answers = new Map<string, boolean>();
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue;
    let row: { task?: unknown; probe?: unknown; right?: unknown } | null = null;
    try {
      row = JSON.parse(line) as typeof row;
    } catch {}
    const { task = 'task', probe: named, right } = row ?? { probe: null, right: null };
    // An "id" may be a number in the files of `check`, too.
    const probe = typeof named === 'number' ? `${named}` : named;
    if (typeof task !== 'string' || typeof probe !== 'string' || typeof right !== 'boolean')
      throw new WinnowError(
        'bad-data',
        `${file}, line ${index + 1}: expected {"task"?: text, "probe": text, "right": true or false}; found ${line.slice(0, 60)}.`,
      );
    answers.set(keyOf(task, probe), right);
  }
  return answers;
}

/** An answer to nothing that could be asked is most often a slip of the pen. */
function noticeStrange(answers: Answers, all: readonly FiledMatrix[], context: Context): void {
  const known = new Set(all.flatMap(({ task, matrix }) => matrix.columns.map(({ id }) => keyOf(task.id, id))));
  const strange = [...answers.keys()].filter((key) => !known.has(key));
  if (strange.length > 0)
    context.notice(
      `--answers: ${strange.length} of ${answers.size} are for tasks or probes that the matrix does not have, as ${strange
        .slice(0, 3)
        .join(', ')}.`,
    );
}

function writePairs(file: string, tasks: readonly FiledMatrix[]): SelectOutput['pairs'] {
  const pairs = tasks.flatMap(preferencePairs);
  try {
    writeFileSync(file, pairs.map((pair) => `${JSON.stringify(pair)}\n`).join(''));
  } catch (cause) {
    throw new WinnowError('path-unreadable', `Pairs cannot be written to ${file}.`, { cause });
  }
  const count = (kind: string): number => pairs.filter((pair) => pair.kind === kind).length;
  return { file, correctness: count('correctness'), efficiency: count('efficiency') };
}
