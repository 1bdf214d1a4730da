/**
 * The selection table: many programs and tests by a model, and how often each method of choosing puts a right one first.
 *
 * Programs are run once on all tests (`select`), and judged once by hidden tests (`judge`); methods then read the same matrices. A figure is the mean over problems, with ties broken in
 * all ways at once; beside it stands the paired difference to one method, since problems differ by more than methods do.
 */
import { WinnowError } from '../../base/mod.ts';
import { judgeFunctions } from '../../judge/mod.ts';
import { openRunner, type RunnerSettings } from '../../run/mod.ts';
import { fillMatrix, type Matrix, methods, passAt, passAtRandom, type Ranking } from '../../select/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { readSelection, type SelectionFiles, type SelectionTask } from './codetdata.ts';

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
  /** Differences are to this method. */
  readonly against: string;
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
  /** pass@1 less that of `against`, percent points; null for that method itself. */
  readonly difference: Estimate | null;
}

export interface SelectionReport {
  readonly problems: number;
  readonly programs: number;
  readonly pairs: number;
  readonly against: string;
  readonly seed: number;
  /** Elapsed time of all matrices, ms. */
  readonly wallMs: number;
  readonly unjudged: number;
  readonly rows: readonly SelectionRow[];
}

interface Solved {
  readonly matrix: Matrix;
  readonly isRight: readonly boolean[];
  readonly unjudged: number;
}

/** @throws WinnowError `bad-usage`, `bad-data`, `path-not-found`, and as `fillMatrix` does */
export async function benchSelection(options: SelectionOptions): Promise<SelectionReport> {
  if (options.out !== null) checkRunFolder(options.out);
  if (!methods.some(({ name }) => name === options.against))
    throw new WinnowError(
      'bad-usage',
      `Expected one of ${methods.map(({ name }) => name).join(', ')} to compare with; ${options.against} is none of them.`,
    );
  const runner = openRunner(options.settings);
  try {
    const { signal } = options;
    const tasks = (await readSelection(options.files, options.testsPerSample, runner, signal)).slice(
      0,
      options.limit ?? undefined,
    );
    const started = performance.now();
    const matrices = await side(tasks, options, 'ran', ({ matrix }) =>
      fillMatrix(matrix, { runner, signal, callMs: options.callMs }),
    );
    const wallMs = performance.now() - started;
    const solved = await side(tasks, options, 'judged', async (task, index): Promise<Solved> => {
      const sources = task.matrix.candidates.map(({ source }) => source);
      const verdicts = await judgeFunctions({ ...task.matrix, test: task.test }, sources, {
        runner,
        signal,
        cpuMs: options.keyMs,
      });
      return {
        matrix: matrices[index] as Matrix,
        isRight: verdicts.map(({ kind }) => kind === 'right'),
        unjudged: verdicts.filter(({ kind }) => kind === 'unjudged').length,
      };
    });
    return summary(solved, wallMs, options);
  } finally {
    await runner.close();
  }
}

/** Two problems at once: one core is a candidate's, the other's next batch starts meanwhile. */
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
  await Promise.all([work(), work()]);
  return made;
}

function summary(solved: readonly Solved[], wallMs: number, options: SelectionOptions): SelectionReport {
  const figures = methods.map((method) => {
    const rankings = solved.map(({ matrix }) => method.rank(matrix));
    return {
      method,
      byProblem: selectionKs.map((k) =>
        solved.map((one, index) => 100 * share(one, rankings[index] as Ranking, k, method.name)),
      ),
    };
  });
  const base = figures.find(({ method }) => method.name === options.against)?.byProblem[0] ?? [];
  const { seed } = options;
  const rows = figures.map(({ method, byProblem }): SelectionRow => {
    const differences = (byProblem[0] ?? []).map((value, index) => value - (base[index] ?? 0));
    return {
      method: method.name,
      title: method.title,
      source: method.source,
      pass: byProblem.map((values) => estimate(values, undefined, { seed })),
      difference: method.name === options.against ? null : estimate(differences, undefined, { seed }),
    };
  });
  const sum = (of: (one: Solved) => number): number => solved.reduce((total, one) => total + of(one), 0);
  const report: SelectionReport = {
    problems: solved.length,
    programs: sum(({ matrix }) => matrix.rows.length),
    pairs: sum(({ matrix }) => matrix.rows.length * matrix.columns.length),
    against: options.against,
    seed,
    wallMs,
    unjudged: sum(({ unjudged }) => unjudged),
    rows,
  };
  if (options.out !== null)
    writeRunFolder(options.out, {
      suite: 'selection',
      settings: {
        files: options.files,
        testsPerSample: options.testsPerSample,
        callMs: options.callMs,
        keyMs: options.keyMs,
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
