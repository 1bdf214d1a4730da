/** `winnow solve TASK --strategy S --model M`: programs for a task, by a strategy over model, sandbox and search. */
import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { openRunner, openSessions } from '../../run/mod.ts';
import {
  beginFolder,
  beginFreeFolder,
  contextFor,
  endFolder,
  headOfRun,
  type Journal,
  leftExamples,
  parametersOf,
  type RunHead,
  rangeOf,
  readFolder,
  readTask,
  resultOf,
  resumeFolder,
  type SavedRun,
  type Solved,
  type Strategy,
  solve as solveTask,
  solveVerdicts,
  strategies,
  strategyNamed,
  type Task,
} from '../../solve/mod.ts';
import { solveView } from '../views/solve.ts';
import { modelFlags, modelLabels, openNamedModel } from './model-flags.ts';
import { withRepository } from './repository.ts';
import { limitsNamed, openRunBudget } from './run-limits.ts';
import { packagesOf } from './run-partial.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  task: z
    .string()
    .min(1)
    .optional()
    .describe('What is wanted: FILE, FILE.jsonl:ID, or FILE.py:FUNCTION (FILE.py:Class.method) for a stub'),
  strategy: z.string().default('self-debug').describe('How; --list has all'),
  list: z.boolean().default(false).describe('The strategies: paper, what each needs, its numbers with their source'),
  id: z.string().min(1).optional().describe('Of a file with several tasks, or a source file: which'),
  language: z.string().min(1).optional().describe('Language of the program; default: what the task says, else Python'),
  entry: z.string().min(1).optional().describe('Name of the function that is wanted, where the task does not say'),
  test: z
    .array(z.string().min(1))
    .default([])
    .describe('A test that may be seen: a statement that raises when it fails, such as "assert f(1) == 2"'),
  set: z
    .array(z.string().regex(/^[A-Za-z]+=-?\d+(\.\d+)?$/, 'a number by name, such as rounds=3, was expected'))
    .default([])
    .describe('A number of the strategy: rounds=3; --list has all with their ranges'),
  seed: z.int().min(0).default(1).describe('Seed of all that is drawn, and of the model where it takes seeds'),
  context: z
    .boolean()
    .default(true)
    .describe('Of a stub in a repository: show the model code around it that search finds'),
  python: z
    .string()
    .min(1)
    .optional()
    .describe('Of a stub: a virtual environment or directory of packages that its imports find'),
  budgetRuns: z.int().min(0).optional().describe('Most programs that may be started; 0: none is'),
  resume: z.string().min(1).optional().describe('Go on with a run: what it has asked and run is not done again'),
  out: z.string().min(1).optional().describe('Folder for the run; default: a new one in Winnow’s home'),
  ...modelFlags,
});

const testRun = z.strictObject({
  passed: z.int(),
  of: z.int(),
  failing: z.array(z.strictObject({ test: z.string(), state: z.string(), output: z.string().nullable() })),
  broken: z
    .string()
    .nullable()
    .describe('What keeps the program from any test: it does not load, or it ends its process'),
});

const solved = z.strictObject({
  schema: z.literal('winnow.solve/1'),
  task: z.string(),
  strategy: z.string(),
  model: z.string(),
  verdict: z
    .enum(solveVerdicts)
    .describe(
      'solved: passes all visible tests; unsure: there are none; unsolved: it fails or was not tested; none: no program',
    ),
  ending: z.enum(['done', 'over-budget']),
  limit: z.string().nullable().describe('The budget that ended it'),
  language: z.string(),
  program: z.string().nullable().describe('The best candidate'),
  visible: testRun.nullable(),
  why: z.string().nullable().describe('Why this candidate was chosen; where there is none, what came of the replies'),
  candidates: z.int(),
  spent: z.strictObject({
    calls: z.int(),
    replies: z.int(),
    inputTokens: z.int(),
    outputTokens: z.int(),
    costUsd: z.number().nullable().describe('null: a call had no price'),
    executions: z.int(),
    taken: z.int().describe('Asks and executions that were taken from the run that was resumed'),
  }),
  run: z.string().describe('Folder of the run, for explain and --resume'),
  elapsedMs: z.number(),
});

const listed = z.strictObject({
  schema: z.literal('winnow.solve.list/1'),
  strategies: z.array(
    z.strictObject({
      name: z.string(),
      title: z.string(),
      paper: z.string(),
      summary: z.string(),
      needs: z.strictObject({ model: z.array(z.string()), task: z.array(z.string()), run: z.array(z.string()) }),
      defaults: z.array(
        z.strictObject({
          name: z.string(),
          value: z.number(),
          least: z.number(),
          most: z.number(),
          whole: z.boolean(),
          what: z.string(),
          source: z.string(),
        }),
      ),
    }),
  ),
});

const output = z.discriminatedUnion('schema', [solved, listed]);
export type SolveOutput = z.output<typeof output>;
type Given = z.output<typeof input>;

export const solve: Operation<typeof input, typeof output> = {
  name: 'solve',
  summary: 'a program for a task, by a published strategy over a model, tests and search',
  description: `Asks a model for a program, runs it on the tests that may be seen, and goes on as the strategy says until they pass or a budget is spent. Programs run in the sandbox. The program is printed; what was done lies in the folder of the run, which \`winnow explain\` shows.

A task is a file of words; a JSON file {"text", "language", "entry", "stub", "tests", "examples"}; a row of HumanEval's layout as FILE.jsonl:ID; or a function of a Python file as FILE.py:FUNCTION, or a method as FILE.py:Class.method, whose documentation is what is wanted and whose examples are tests. Hidden tests and reference solutions of a row are never read.

An interrupted run goes on with --resume and asks nothing twice. Exit code 1 when no program passes the visible tests. docs/solving.md has the strategies and formats.`,
  examples: [
    { command: 'winnow solve --list', does: 'strategies with papers, needs and numbers' },
    {
      command:
        "winnow solve task.md --entry parse --test \"assert parse('a=1') == {'a': '1'}\" --model ollama/qwen2.5-coder",
      does: 'a function, mended until the test passes',
    },
    {
      command: 'winnow solve HumanEval.jsonl:HumanEval/5 --strategy ldb --model openai/gpt-4o-mini --budget-usd 0.05',
      does: 'with the values of each block of a failing test',
    },
    {
      command: 'winnow solve src/text.py:wrap --strategy codet --set samples=20 --set testSamples=20',
      does: 'a stub of a repository; programs and tests choose each other',
    },
    { command: 'winnow solve --resume text.py-wrap-codet-1', does: 'what was interrupted, from where it was' },
  ],
  input,
  output,
  positional: [{ property: 'task', label: 'TASK' }],
  labels: {
    ...modelLabels,
    strategy: 'NAME',
    id: 'ID',
    language: 'NAME',
    entry: 'NAME',
    test: 'CODE',
    set: 'NAME=N',
    python: 'DIR',
    resume: 'RUN',
    out: 'DIR',
  },
  run: async (given, context) => {
    if (given.list) return listOf();
    const begun = given.resume === undefined ? await begin(given, context) : goOn(given.resume, given, context);
    return finish(given, context, begun);
  },
  render: solveView,
  exit: (answer) =>
    answer.schema === 'winnow.solve.list/1' || answer.verdict === 'solved' || answer.verdict === 'unsure' ? 0 : 1,
};

interface Begun {
  readonly head: Omit<RunHead, 'model'>;
  readonly strategy: Strategy;
  /** Opens its folder. Of a new run the model is not known yet. */
  open(model: string): Opened;
  readonly model: string | null;
  /** The run that goes on; null: a new one. */
  readonly saved: SavedRun | null;
}

interface Opened {
  readonly folder: string;
  readonly journal: Journal;
}

async function begin(given: Given, context: Context): Promise<Begun> {
  if (given.task === undefined)
    throw new WinnowError(
      'bad-usage',
      'Expected a task: winnow solve FILE, FILE.jsonl:ID or FILE.py:FUNCTION; none came.',
    );
  const strategy = strategyNamed(given.strategy);
  const parameters = parametersOf(strategy, numbersOf(given.set));
  const { path, part } = placeOf(given.task, given.id, context);
  const request = {
    path,
    part,
    language: given.language ?? null,
    entry: given.entry ?? null,
    tests: given.test,
    packages: given.python === undefined ? [] : await packagesOf(given.python, context),
    onNotice: context.notice,
  };
  const task = await withContext(readTask(request), request, given, context);
  const left = leftExamples(task);
  if (left > 0)
    context.notice(`${left} examples of the documentation make no test: nothing that they give can be compared.`);
  const head = { task, strategy: strategy.name, parameters, seed: given.seed, limits: limitsNamed(given) };
  const open = (model: string): Opened => {
    if (given.out === undefined) return openNew(context, `${task.id}-${strategy.name}`, { ...head, model });
    const folder = resolve(context.cwd, given.out);
    return { folder, journal: beginFolder(folder, { ...head, model }) };
  };
  return { head, strategy, model: null, saved: null, open };
}

/** A folder that another process took in between is left to it. */
function openNew(context: Context, wanted: string, head: RunHead): Opened {
  for (;;) {
    const folder = newFolder(context, wanted);
    const journal = beginFreeFolder(folder, { ...head });
    if (journal !== null) return { folder, journal };
  }
}

function goOn(name: string, given: Given, context: Context): Begun {
  if (given.task !== undefined)
    throw new WinnowError('bad-usage', `A run that is resumed has its task; leave ${given.task} out.`);
  const saved = readFolder(folderOfRun(name, context));
  const head = headOfRun(saved);
  const strategy = strategyNamed(head.strategy);
  if (saved.unreadable > 0) context.notice(`${saved.unreadable} lines of the run cannot be read; they are done again.`);
  return {
    head,
    strategy,
    model: head.model,
    saved,
    open: () => ({ folder: saved.folder, journal: resumeFolder(saved) }),
  };
}

async function finish(given: Given, context: Context, begun: Begun): Promise<z.output<typeof solved>> {
  const { head, strategy } = begun;
  const { model: budget, limits } = await openRunBudget(given, begun.saved);
  const model = await openNamedModel({ ...given, model: given.model ?? begun.model ?? undefined }, context, budget);
  const runSettings = { cacheDir: resolve(context.settings.cacheDir, 'run'), path: context.settings.path };
  const [runner, sessions] = [openRunner(runSettings), openSessions(runSettings)];
  let folder = '';
  try {
    const { task, seed, parameters } = head;
    let steps = 0;
    const notes = new Set<string>();
    const answer = await solveTask(
      {
        task,
        strategy,
        parameters,
        seed,
        limits,
        journal: () => {
          const opened = begun.open(model.id);
          folder = opened.folder;
          return opened.journal;
        },
        onStep: ({ kind, title, tookMs }) => {
          if (tookMs !== null) steps++;
          if (kind === 'note' && notes.size < 3) notes.add(title);
          context.progress({ label: kind === 'ask' ? 'asking' : kind, done: steps, total: null, detail: title });
        },
      },
      { model, runner, sessions, load: loadGrammarFile, signal: context.signal },
    );
    endFolder(folder, resultOf(answer));
    if (
      /No module named/.test(answer.candidates[0]?.visible?.broken ?? '') &&
      (task.beside?.packages ?? []).length === 0
    )
      context.notice('A module is missing: of a stub, --python ENVIRONMENT gives its programs installed packages.');
    return outputOf(answer, { task, strategy, model: model.id, run: folder, notes: [...notes] });
  } catch (error) {
    if (folder !== '' && existsSync(join(folder, 'steps.jsonl')))
      context.notice(`What was done lies in ${folder}; winnow solve --resume goes on with it.`);
    throw error;
  } finally {
    await Promise.all([runner.close(), sessions.close()]);
  }
}

function outputOf(
  { verdict, ending, limit, candidates, spent, wallMs }: Solved,
  about: { task: Task; strategy: Strategy; model: string; run: string; notes: readonly string[] },
): z.output<typeof solved> {
  const { task, strategy, model, run, notes } = about;
  const [best] = candidates;
  const { unpriced, uncounted: _, costUsd, ...counts } = spent;
  return {
    schema: 'winnow.solve/1',
    task: task.id,
    strategy: strategy.name,
    model,
    verdict,
    ending,
    limit,
    language: task.language,
    program: best?.source ?? null,
    visible: best?.visible ? visibleOf(best.visible) : null,
    why: best === undefined ? notes.join('; ') || null : (best.why ?? null),
    candidates: candidates.length,
    spent: { ...counts, costUsd: unpriced > 0 ? null : costUsd },
    run,
    elapsedMs: Math.round(wallMs),
  };
}

const visibleOf = ({ results, passed, broken }: NonNullable<Solved['candidates'][0]['visible']>) => ({
  passed,
  of: results.length,
  failing: results
    .filter(({ state }) => state !== 'passed')
    .map(({ test, state, output: came }) => ({ test: test.source, state, output: came })),
  broken,
});

const listOf = (): z.output<typeof listed> => ({
  schema: 'winnow.solve.list/1',
  strategies: strategies.map(({ name, title, paper, summary, needs, defaults }) => ({
    name,
    title,
    paper,
    summary,
    needs: { model: [...needs.model], task: [...needs.task], run: [...needs.run] },
    defaults: Object.entries(defaults).map(([key, parameter]) => ({ name: key, ...rangeOf(key), ...parameter })),
  })),
});

/** Numbers of a strategy as typed. */
export const numbersOf = (set: readonly string[]): Record<string, number> =>
  Object.fromEntries(
    set.map((one) => {
      const [name = '', value = ''] = one.split('=');
      return [name, Number(value)];
    }),
  );

/** A colon parts file and name, but where a file of the whole name is there. */
function placeOf(task: string, id: string | undefined, context: Context): { path: string; part: string | null } {
  const whole = resolve(context.cwd, task);
  const cut = task.search(/(?<=\.[A-Za-z]\w*):(?!.*\.[A-Za-z]\w*:)/);
  if (existsSync(whole) || cut < 0) return { path: whole, part: id ?? null };
  return { path: resolve(context.cwd, task.slice(0, cut)), part: id ?? task.slice(cut + 1) };
}

/** A stub in a repository is shown with what search finds for it. */
async function withContext(
  task: Task,
  { path, part }: { path: string; part: string | null },
  given: Given,
  context: Context,
): Promise<Task> {
  if (!given.context || part === null || !/\.pyi?$/.test(path) || !isInRepository(path)) return task;
  return withRepository(dirname(path), context, { refresh: true }, ({ snapshot, under }) => {
    const own = under === '' ? basename(path) : `${under}/${basename(path)}`;
    return { ...task, context: [...task.context, ...contextFor(snapshot, task, own, context.signal)] };
  });
}

/** A directory that is no repository would be indexed whole for one question. */
function isInRepository(path: string): boolean {
  for (let at = dirname(path); ; at = dirname(at)) {
    if (existsSync(join(at, '.git'))) return true;
    if (dirname(at) === at) return false;
  }
}

const runsOf = ({ settings }: Context): string => join(settings.cacheDir, 'solve');

/** A folder of runs in Winnow's home that is not there yet. */
export function newFolder(context: Context, wanted: string): string {
  const name = wanted.replace(/[^\w.-]+/g, '-').slice(0, 80);
  for (let number = 1; ; number++) {
    const folder = join(runsOf(context), `${name}-${number}`);
    if (!existsSync(folder)) return folder;
  }
}

/** A folder, or the name of one in Winnow's home. */
export function folderOfRun(run: string, context: Context): string {
  const path = resolve(context.cwd, run);
  const named = join(runsOf(context), run);
  return !existsSync(join(path, 'run.json')) && existsSync(join(named, 'run.json')) ? named : path;
}
