/** What a run folder's head and result hold: written when a run begins and ends, read when it goes on. */
import { WinnowError } from '../../base/mod.ts';
import { strategies } from '../strategies/table.ts';
import type { Task } from '../types.ts';
import type { SavedRun } from './journal.ts';
import type { Solved } from './solve.ts';
import type { Strategy } from './strategy.ts';

export interface RunHead {
  readonly task: Task;
  readonly strategy: string;
  readonly parameters: Readonly<Record<string, number>>;
  /** `provider/name`. */
  readonly model: string;
  readonly seed: number;
}

/** @throws WinnowError `bad-usage` with the nearest names */
export function strategyNamed(name: string): Strategy {
  const found = strategies.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  throw new WinnowError(
    'bad-usage',
    `Expected a strategy; ${JSON.stringify(name)} is none. There are: ${strategies.map((one) => one.name).join(', ')}.`,
  );
}

/** @throws WinnowError `bad-data` when the head is not what a run began with */
export function headOfRun({ folder, head }: SavedRun): RunHead {
  const { task, strategy, parameters, model, seed } = head;
  const isTask = typeof task === 'object' && task !== null && 'visible' in task && Array.isArray(task.visible);
  if (
    !isTask ||
    typeof strategy !== 'string' ||
    typeof model !== 'string' ||
    typeof seed !== 'number' ||
    typeof parameters !== 'object' ||
    parameters === null
  )
    throw new WinnowError(
      'bad-data',
      `Expected ${folder}/run.json to have a task, strategy, model, parameters and seed.`,
    );
  return head as unknown as RunHead;
}

/** A result as it lies in the folder. */
export const resultOf = ({ verdict, ending, limit, candidates, spent, wallMs, steps }: Solved): object => ({
  schema: 'winnow.solve.result/1',
  verdict,
  ending,
  limit,
  candidates,
  spent,
  wallMs,
  steps,
});
