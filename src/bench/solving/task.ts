/** One strategy with one model on one problem, in a folder of its own that is gone on with where it is there. */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import {
  beginFolder,
  endFolder,
  explainRun,
  parametersOf,
  readFolder,
  resultOf,
  resumeFolder,
  type SolveLimits,
  type Strategy,
  type Surroundings,
  solve,
  type Task,
} from '../../solve/mod.ts';
import type { TaskRow, TaskSpending } from './rows.ts';

export interface Around extends Surroundings {
  readonly limits: Partial<SolveLimits>;
  readonly seed: number;
}

/** What ends one task and not the run: the model's side, and what a strategy lacks for this problem. */
const ofOneTask: readonly string[] = ['strategy-needs', 'model-unable', 'model-unavailable', 'model-reply-invalid'];

/** @throws WinnowError where no task could go on: `cancelled`, a sandbox or a replay that fails, a disk that is full */
export async function solveOne(
  task: Task,
  {
    name,
    strategy,
    parameters: given,
  }: {
    readonly name: string;
    readonly strategy: Strategy;
    readonly parameters: Readonly<Record<string, number>>;
  },
  folder: string,
  { limits, seed, ...around }: Around,
): Promise<{ readonly row: TaskRow; readonly failure: WinnowError | null }> {
  const parameters = parametersOf(strategy, given);
  const head = { task, strategy: strategy.name, parameters, seed, model: around.model.id };
  const isBegun = existsSync(join(folder, 'run.json'));
  const journal = () => (isBegun ? resumeFolder(readFolder(folder)) : beginFolder(folder, head));
  const shared = { pair: name, problem: task.id };
  try {
    const solved = await solve({ task, strategy, parameters, seed, limits, journal }, around);
    endFolder(folder, resultOf(solved));
    const [best] = solved.candidates;
    const { taken: _, uncounted: __, ...spent } = solved.spent;
    const row: TaskRow = {
      ...shared,
      ending: solved.ending,
      limit: solved.limit,
      reason: null,
      visible: solved.verdict,
      program: best === undefined ? null : task.prelude + best.source,
      spent,
      wallMs: Math.round(solved.wallMs),
    };
    return { row, failure: null };
  } catch (error) {
    if (!(error instanceof WinnowError) || !ofOneTask.includes(error.code)) throw error;
    const row: TaskRow = {
      ...shared,
      ending: 'failed',
      limit: null,
      reason: `${error.code}: ${error.message}`,
      visible: null,
      program: null,
      spent: spentIn(folder),
      wallMs: 0,
    };
    return { row, failure: error };
  }
}

/** What a task that failed had spent, by its folder; where it could not begin, there is none. */
function spentIn(folder: string): TaskSpending {
  const asked = existsSync(join(folder, 'run.json')) ? explainRun(readFolder(folder)) : null;
  const asks = asked?.steps.flatMap(({ ask }) => ask ?? []) ?? [];
  const { calls = 0, inputTokens = 0, outputTokens = 0, costUsd = 0, executions = 0 } = asked?.total ?? {};
  return {
    ...{ calls, inputTokens, outputTokens, costUsd, executions },
    replies: asks.reduce((sum, { replies }) => sum + replies.length, 0),
    unpriced: asks.filter(({ cost }) => cost === null).length,
  };
}
