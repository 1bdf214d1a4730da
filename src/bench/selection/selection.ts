/**
 * The selection table: many programs and tests by a model, and how often each method of choosing puts a right one first.
 *
 * Programs are run once on all tests (`select`), and judged once by hidden tests (`judge`); methods then read the same matrices. A figure is the mean over problems, with ties broken in
 * all ways at once; beside it stand paired differences to some methods, since problems differ by more than methods do. Our own method learns from problems, so each is ranked by what was learned on others
 * (`own.ts`). In the literal mode tests run as CodeT's released harness runs them (`packed.ts`), and methods that need outputs are left out.
 */
import { availableParallelism } from 'node:os';
import { WinnowError } from '../../base/mod.ts';
import { judgeFunctions, type Verdict } from '../../judge/mod.ts';
import { openRunner, type RunnerSettings } from '../../run/mod.ts';
import { check, fillMatrix, type Matrix, methods, passAt, passAtRandom, type Ranking } from '../../select/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { readRows, readSelection, type SelectionFiles, type SelectionTask } from './codetdata.ts';
import { crossFitted, type OwnReport } from './own.ts';
import { packedMatrix } from './packed.ts';
import { strictTests } from './plus.ts';

/** What the published table has. */
export const selectionKs = [1, 2, 10] as const;

export interface SelectionOptions {
  readonly files: SelectionFiles;
  /** Tests of each sample. */
  readonly testsPerSample: number;
  /** CPU time of one call, ms. */
  readonly callMs: number;
  /** CPU time of a program over all hidden tests, ms. */
  readonly keyMs: number;
  /** Differences are to these methods. */
  readonly against: readonly string[];
  /** Run tests as CodeT's released harness does. */
  readonly literal: boolean;
  /** Give every call its full time at once. */
  readonly patient: boolean;
  /** Inputs that are made for each problem, besides the tests' own: for methods that go by outputs. */
  readonly inputs: number;
  /** Keep the matrices in this file, and take from it what it has; null: in memory. */
  readonly matrices: string | null;
  /** Rows of HumanEval+, whose stricter key is used in the place of the problems' tests; null: theirs. */
  readonly plus: string | null;
  /** Problems, from the first; null: all. */
  readonly limit: number | null;
  readonly seed: number;
  readonly out: string | null;
  readonly settings: RunnerSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
}

export interface SelectionRow {
  readonly method: string;
  readonly title: string;
  readonly source: string;
  /** In the order of `selectionKs`; percent. */
  readonly pass: readonly Estimate[];
  /** pass@1 less that of each of `against`, percent points; not of a method to itself. */
  readonly differences: Readonly<Record<string, Estimate>>;
}

export interface SelectionReport {
  readonly problems: number;
  readonly programs: number;
  readonly pairs: number;
  /** Of these, those that were run now; the others a file held already. */
  readonly ran: number;
  readonly against: readonly string[];
  readonly literal: boolean;
  readonly seed: number;
  /** Elapsed time of all matrices, ms. */
  readonly wallMs: number;
  readonly unjudged: number;
  /** Problems whose own program does not pass their hidden tests here, and why; they are in no figure. */
  readonly excluded: readonly Excluded[];
  readonly rows: readonly SelectionRow[];
  /** Of our own method; null in the literal mode. */
  readonly own: OwnReport | null;
}

export interface Excluded {
  readonly task: string;
  readonly reason: string;
}

/** Problems at once. One more than there are cores: a core is free while a batch starts, and while its last rows are read. */
const lanes = availableParallelism() + 1;

/** They ask what programs gave, which a packed run does not tell, or are for patches. */
const needOutputs = ['alphacode', 'minimum-risk', 'soft-risk', 'functional-consensus', 's-star', 'posterior'];

interface Solved {
  /** Of each test, whether the reference passes it. */
  readonly isTrue: readonly boolean[] | null;
  readonly matrix: Matrix;
  readonly isRight: readonly boolean[];
  readonly unjudged: number;
  /** Why the reference is not right here; null: it is, or there is none. */
  readonly fault: string | null;
}

/** @throws WinnowError `bad-usage`, `bad-data`, `path-not-found`, and as `fillMatrix` does */
export async function benchSelection(options: SelectionOptions): Promise<SelectionReport> {
  if (options.out !== null) checkRunFolder(options.out);
  const used = methods.filter(({ name }) => !options.literal || !needOutputs.includes(name));
  for (const against of options.against)
    if (!used.some(({ name }) => name === against))
      throw new WinnowError(
        'bad-usage',
        `Expected one of ${used.map(({ name }) => name).join(', ')} to compare with; ${against} is none of them.`,
      );
  if (options.literal && options.matrices !== null)
    throw new WinnowError('bad-usage', 'Matrices are kept of runs that are not literal; leave out one of both.');
  if (options.literal && options.inputs > 0)
    throw new WinnowError('bad-usage', 'Inputs are made for runs that are not literal; leave out one of both.');
  const runner = openRunner(options.settings);
  try {
    const { signal } = options;
    const plusRows =
      options.plus === null ? null : readRows(options.plus, ['task_id', 'prompt', 'entry_point', 'canonical_solution']);
    const strict = plusRows === null ? null : strictTests(plusRows, options.plus ?? '');
    const golds = new Map(plusRows?.map((row) => [row.task_id, `${row.prompt}${row.canonical_solution}`]));
    const all = await readSelection(options.files, options.testsPerSample, runner, signal);
    const tasks = all.slice(0, options.limit ?? undefined).map((task) => keyed(task, strict, golds, options.plus));
    const started = performance.now();
    const { matrices, ran } = options.literal
      ? {
          matrices: await side(tasks, options, 'ran', ({ matrix }) =>
            packedMatrix(matrix, { runner, signal, callMs: options.callMs }),
          ),
          ran: null,
        }
      : await filled(tasks, runner, options);
    const wallMs = performance.now() - started;
    const judged = await side(tasks, options, 'judged', async (task, index): Promise<Solved> => {
      const sources = task.matrix.candidates.map(({ source }) => source);
      const reference = task.gold ?? task.reference;
      const gold = reference === null ? [] : [reference];
      const all = await judgeFunctions({ ...task.matrix, test: task.test }, [...gold, ...sources], {
        runner,
        signal,
        cpuMs: options.keyMs,
      });
      const verdicts = all.slice(gold.length);
      return {
        matrix: matrices[index] as Matrix,
        fault: gold.length === 0 ? null : faultOf(all[0]),
        isRight: verdicts.map(({ kind }) => kind === 'right'),
        isTrue: options.literal ? null : await truthOf(task, runner, options),
        unjudged: verdicts.filter(({ kind }) => kind === 'unjudged').length,
      };
    });
    const excluded = judged.flatMap(({ matrix, fault }) =>
      fault === null ? [] : [{ task: matrix.task, reason: fault }],
    );
    const solved = judged.filter(({ fault }) => fault === null);
    if (solved.length === 0)
      throw new WinnowError(
        'bad-data',
        `Expected problems whose own programs pass their hidden tests; none of ${judged.length} does. ${excluded[0]?.task}: ${excluded[0]?.reason}.`,
      );
    const own = options.literal ? null : await crossFitted(solved);
    const ranked = used.map((method) => ({
      method,
      rankings:
        method.name === 'posterior' && own !== null ? own.rankings : solved.map(({ matrix }) => method.rank(matrix)),
    }));
    return summary(solved, ranked, own?.report ?? null, { wallMs, ran, excluded }, options);
  } finally {
    await runner.close();
  }
}

function keyed(
  task: SelectionTask,
  strict: ReadonlyMap<string, string> | null,
  golds: ReadonlyMap<unknown, string>,
  file: string | null,
): SelectionTask {
  if (strict === null) return task;
  const { id } = task.matrix;
  const [test, gold] = [strict.get(id), golds.get(id)];
  if (test === undefined || gold === undefined)
    throw new WinnowError('bad-data', `Expected a row of problem ${id} in ${file}; there is none.`);
  return { ...task, test, gold };
}

const faultOf = (verdict: Verdict | undefined): string | null =>
  verdict?.kind === 'right'
    ? null
    : `its own program is ${verdict?.kind ?? 'unjudged'}: ${verdict?.reason ?? 'no reason'}`;

/** Programs that differ in a word are two candidates, as in CodeT's code. */
async function filled(
  tasks: readonly SelectionTask[],
  runner: ReturnType<typeof openRunner>,
  { signal, callMs, patient, inputs, seed, matrices, onProgress }: SelectionOptions,
): Promise<{ matrices: readonly Matrix[]; ran: number }> {
  const checked = await check(
    tasks.map(({ matrix }) => matrix),
    {
      runner,
      signal,
      callMs,
      memoryBytes: null,
      patient,
      jobs: lanes,
      merge: false,
      inputs: { count: inputs, seed },
      out: matrices,
      onRow: (done, total) => onProgress({ label: 'ran', done, total }),
    },
  );
  return { matrices: checked.matrices.map(({ matrix }) => matrix), ran: checked.pairs };
}

async function truthOf(
  { matrix, reference }: SelectionTask,
  runner: ReturnType<typeof openRunner>,
  { signal }: SelectionOptions,
): Promise<readonly boolean[] | null> {
  if (reference === null) return null;
  const { states } = await fillMatrix(
    { ...matrix, candidates: [{ id: 'reference', source: reference, drawn: 1 }] },
    { runner, signal, callMs: 1_000 },
  );
  return [...states].map((state) => state === 0);
}

async function side<Made>(
  tasks: readonly SelectionTask[],
  { signal, onProgress }: SelectionOptions,
  label: string,
  make: (task: SelectionTask, index: number) => Promise<Made>,
): Promise<readonly Made[]> {
  const made: Made[] = [];
  const queue = tasks.entries();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const [index, task] of queue) {
      stopIfCancelled(signal);
      made[index] = await make(task, index);
      onProgress({ label, done: ++done, total: tasks.length });
    }
  };
  await Promise.all(Array.from({ length: lanes }, work));
  return made;
}

function summary(
  solved: readonly Solved[],
  ranked: readonly { method: (typeof methods)[number]; rankings: readonly Ranking[] }[],
  own: OwnReport | null,
  { wallMs, ran, excluded }: { wallMs: number; ran: number | null; excluded: readonly Excluded[] },
  options: SelectionOptions,
): SelectionReport {
  const figures = ranked.map(({ method, rankings }) => ({
    method,
    byProblem: selectionKs.map((k) =>
      solved.map((one, index) => 100 * share(one, rankings[index] as Ranking, k, method.name)),
    ),
  }));
  const { seed } = options;
  const rows = figures.map(({ method, byProblem }): SelectionRow => {
    const others = options.against.filter((name) => name !== method.name);
    return {
      method: method.name,
      title: method.title,
      source: method.source,
      pass: byProblem.map((values) => estimate(values, undefined, { seed })),
      differences: Object.fromEntries(
        others.map((name) => {
          const base = figures.find((figure) => figure.method.name === name)?.byProblem[0] ?? [];
          const values = (byProblem[0] ?? []).map((value, index) => value - (base[index] ?? 0));
          return [name, estimate(values, undefined, { seed })];
        }),
      ),
    };
  });
  const sum = (of: (one: Solved) => number): number => solved.reduce((total, one) => total + of(one), 0);
  const pairs = sum(({ matrix }) => matrix.rows.length * matrix.columns.length);
  const report: SelectionReport = {
    problems: solved.length,
    programs: sum(({ matrix }) => matrix.rows.length),
    pairs,
    ran: ran ?? pairs,
    against: options.against,
    literal: options.literal,
    seed,
    wallMs,
    unjudged: sum(({ unjudged }) => unjudged),
    excluded,
    rows,
    own,
  };
  if (options.out !== null)
    writeRunFolder(options.out, {
      suite: 'selection',
      settings: {
        files: options.files,
        testsPerSample: options.testsPerSample,
        callMs: options.callMs,
        keyMs: options.keyMs,
        literal: options.literal,
        patient: options.patient,
        inputs: options.inputs,
        plus: options.plus,
      },
      seed,
      rows: solved.map(({ matrix, isRight }, index) => ({
        task: matrix.task,
        programs: matrix.rows.length,
        tests: matrix.columns.length,
        right: isRight.filter(Boolean).length,
        pass: Object.fromEntries(
          figures.map(({ method, byProblem }) => [method.name, byProblem.map((values) => values[index])]),
        ),
      })),
      summary: report,
    });
  return report;
}

/** Drawing at random is reckoned without putting back. */
function share({ matrix, isRight }: Solved, ranking: Ranking, k: number, method: string): number {
  if (method !== 'random') return passAt(matrix, ranking, isRight, k);
  let [all, right] = [0, 0];
  for (const [row, { drawn }] of matrix.rows.entries()) {
    all += drawn;
    if (isRight[row]) right += drawn;
  }
  return passAtRandom(all, right, k);
}
