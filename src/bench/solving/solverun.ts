/**
 * Strategies × models on a suite: each pair solves each problem from what may be seen of it, its first candidate is judged by the suite's hidden tests, and the pairs are compared.
 *
 *     DIR/rows.jsonl            a row for each task of each pair; with summary.json and command.json when whole
 *     DIR/1-ldb-model/tasks/…   folders of `solve`, for `winnow explain`
 *     DIR/1-ldb-model/….jsonl   the pair's programs as samples of the suite
 *     DIR/1-ldb-model/judged    a run of the suite on them, for `bench compare`, `bench report` and `bench show`
 *
 * The two sides meet in files alone: what solves never sees a problem's key (`problems.ts`), what judges is the suites' own driver. After a kill the same command goes on; what was asked is
 * taken from the folders.
 */
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import type { Model } from '../../model/mod.ts';
import { openRunner, openSessions, type RunnerSettings } from '../../run/mod.ts';
import { parametersOf, type SolveLimits, type Strategy, strategyNamed, type Task } from '../../solve/mod.ts';
import type { BenchProgress } from '../progress.ts';
import { stopIfCancelled } from '../progress.ts';
import { beginRunFolder, checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { type GoldRow, readSuiteRows } from '../suites/rows.ts';
import { benchSuite } from '../suites/suiterun.ts';
import { readTasks, type SolvedSuite, type TaskList } from './problems.ts';
import type { JudgedRow, TaskRow } from './rows.ts';
import { type SolvingSummary, summariseSolving } from './summary.ts';
import { type Around, solveOne } from './task.ts';

export interface SolvingOptions {
  readonly suite: SolvedSuite;
  /** Files of the suite's data. */
  readonly data: readonly string[];
  readonly strategies: readonly string[];
  /** Called once the number of tasks of each is known, before anything is asked. */
  readonly openModels: (tasks: number) => Promise<readonly Model[]>;
  /** Problems, from the first; null: all. */
  readonly limit: number | null;
  /** Of each task: all pairs have the same. */
  readonly limits: Partial<SolveLimits>;
  /** Tasks at once. */
  readonly jobs: number;
  readonly seed: number;
  readonly out: string;
  readonly settings: RunnerSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
  readonly onNotice: (text: string) => void;
}

export interface SolvingReport extends SolvingSummary {
  readonly untold: TaskList['untold'];
  /** Of each pair, in the order of `pairs`. */
  readonly folders: readonly string[];
}

interface Pair {
  readonly name: string;
  readonly strategy: Strategy;
  /** In the place of its defaults. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly model: Model;
  readonly folder: string;
}

/** Failures of one kind in a row after which the run stops: the server is away, and the rest would fail as well. */
const mostFailures = 3;

/** @throws WinnowError `bad-usage`, `bad-data`, `path-not-found`, `path-unreadable`, `model-unavailable` when tasks in a row fail, and as the model and `Runner.run` do */
export async function benchSolving(options: SolvingOptions): Promise<SolvingReport> {
  const { suite, data, limit, limits, seed, out, settings } = options;
  checkRunFolder(out);
  const strategies = [...new Set(options.strategies)].map(strategyWithNumbers);
  const { tasks, untold } = await readTasks(suite, data, limit);
  const models = await options.openModels(tasks.length * strategies.length);
  const pairs = strategies
    .flatMap((named) => models.map((model) => ({ ...named, model, name: `${named.text}, ${model.id}` })))
    .map((pair, at) => ({ ...pair, folder: join(out, `${at + 1}-${slug(pair.name)}`) }));
  const names = pairs.map(({ name }) => name);
  const record = { suite: 'solve', settings: { suite, data, pairs: names, limit, limits }, seed };
  const begun = beginRunFolder(out, record);
  const known = begun.rows as readonly TaskRow[];
  if (known.length > 0) options.onNotice(`goes on with ${out}, which has ${known.length} rows`);
  const runner = openRunner(settings);
  const sessions = openSessions(settings);
  try {
    const around = { runner, sessions, load: loadGrammarFile, seed, limits, signal: options.signal };
    const rows: JudgedRow[] = [];
    // References are the same for all pairs.
    let references: readonly GoldRow[] = [];
    for (const pair of pairs) {
      const own = known.filter((row) => row.pair === pair.name && (row.ending !== 'failed' || isJudgedPair(pair)));
      const solved = await solveAll(pair, tasks, own, begun.add, around, options);
      const judged = await judgePair(pair, solved, references, options);
      rows.push(...judged.rows);
      references = judged.references;
    }
    const summary = { ...summariseSolving(rows, names, seed), untold };
    writeRunFolder(out, { ...record, rows, summary });
    return { ...summary, folders: pairs.map(({ folder }) => folder) };
  } finally {
    await Promise.all([runner.close(), sessions.close()]);
  }
}

const slug = (name: string): string => name.replace(/[^\w.]+/g, '-').slice(0, 80);
const judgedAt = ({ folder }: Pair): string => join(folder, 'judged');
const isJudgedPair = (pair: Pair): boolean => existsSync(join(judgedAt(pair), 'command.json'));

/** Rows of all tasks, in their order; those that are there already are not solved again. */
async function solveAll(
  pair: Pair,
  tasks: readonly Task[],
  known: readonly TaskRow[],
  add: (row: TaskRow) => void,
  around: Omit<Around, 'model'>,
  { jobs, signal, onProgress }: SolvingOptions,
): Promise<readonly TaskRow[]> {
  const rows = new Map(known.map((row) => [row.problem, row]));
  const queue = tasks.filter(({ id }) => !rows.has(id)).values();
  const failures: string[] = [];
  let stopped = false;
  const work = async (): Promise<void> => {
    for (const task of queue) {
      if (stopped) return;
      stopIfCancelled(signal);
      try {
        const folder = join(pair.folder, 'tasks', slug(task.id));
        const { row, failure } = await solveOne(task, pair, folder, { ...around, model: pair.model });
        // What a strategy lacks for one problem says nothing of the model.
        if (failure === null) failures.length = 0;
        else if (failure.code !== 'strategy-needs') failures.push(failure.code);
        if (failures.length >= mostFailures && failures.every((code) => code === failures[0])) throw failure;
        rows.set(task.id, row);
        add(row);
      } catch (error) {
        stopped = true;
        throw error;
      }
      onProgress({ label: pair.name, done: rows.size, total: tasks.length });
    }
  };
  // The other workers' tasks are waited for, so that nothing runs on behind a failure.
  const ended = await Promise.allSettled(Array.from({ length: jobs }, work));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return tasks.map(({ id }) => rows.get(id) as TaskRow);
}

/** What hidden tests say of the pair's programs. A task without a program is judged as an empty one, so that runs of pairs have the same problems. */
async function judgePair(
  pair: Pair,
  rows: readonly TaskRow[],
  references: readonly GoldRow[],
  options: SolvingOptions,
): Promise<{ readonly rows: readonly JudgedRow[]; readonly references: readonly GoldRow[] }> {
  const finished = rows.filter(({ ending }) => ending !== 'failed');
  if (finished.length === 0) return { rows: rows.map((row) => ({ ...row, hidden: null, why: null })), references };
  const samples = join(pair.folder, `${slug(pair.name)}.jsonl`);
  const { suite, data, limit, seed, settings, signal, onProgress, onNotice } = options;
  if (!isJudgedPair(pair)) {
    const text = finished.map(
      ({ problem, program }) => `${JSON.stringify({ task_id: problem, solution: program ?? '' })}\n`,
    );
    try {
      writeFileSync(samples, text.join(''));
    } catch (cause) {
      const { code } = cause as NodeJS.ErrnoException;
      throw new WinnowError('path-unreadable', `Cannot write ${samples} (${code}).`, { cause });
    }
    await benchSuite({
      ...{ suite, data, limit, seed, settings, signal, onProgress, onNotice },
      ...{ samples, isSet: false, ks: [1], cpuMs: null, strict: false, again: 0, mutants: 0, work: null, references },
      out: judgedAt(pair),
    });
  }
  const judged = await readSuiteRows(join(judgedAt(pair), 'rows.jsonl'));
  const verdicts = new Map(judged.filter((row) => row.row === 'program').map((row) => [row.problem, row]));
  const gold = new Map(judged.filter((row) => row.row === 'gold').map((row) => [row.problem, row]));
  const judgedRows = rows.map((row): JudgedRow => {
    const reference = gold.get(row.problem);
    if (reference?.verdict === 'wrong' || reference?.verdict === 'unjudged')
      return { ...row, hidden: 'excluded', why: reference.reason };
    const verdict = row.ending === 'failed' ? undefined : verdicts.get(row.problem);
    return { ...row, hidden: verdict?.verdict ?? null, why: verdict?.reason ?? null };
  });
  return { rows: judgedRows, references: [...gold.values()] };
}

/**
 * @param text `NAME`, or `NAME:NUMBER=VALUE,…` with numbers in the place of the strategy's defaults
 * @throws WinnowError `bad-usage`
 */
function strategyWithNumbers(text: string): { text: string; strategy: Strategy; parameters: Record<string, number> } {
  const [name = '', ...rest] = text.split(':');
  const strategy = strategyNamed(name);
  const parameters: Record<string, number> = {};
  for (const part of rest.join(':').split(',').filter(Boolean)) {
    const [, key, value] = /^([A-Za-z]+)=(-?\d+(?:\.\d+)?)$/.exec(part) ?? [];
    if (key === undefined)
      throw new WinnowError(
        'bad-usage',
        `The strategy ${JSON.stringify(text)} could not be read at ${JSON.stringify(part)}. Expected NAME:NUMBER=VALUE,NUMBER=VALUE, such as codet:samples=20.`,
      );
    parameters[key] = Number(value);
  }
  parametersOf(strategy, parameters);
  return { text, strategy, parameters };
}
