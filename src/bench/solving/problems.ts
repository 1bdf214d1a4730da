/**
 * Problems of a suite as tasks: the side that is solved, made of a row's prompt alone, beside the side that is judged.
 *
 * `rowTask` takes fields by name, and a hidden test is none of them: whoever solves gets a `Task`, which has no place for a key. MBPP's statements name no function, so the first of its tests is
 * shown, and graded with the others.
 */
import { WinnowError } from '../../base/mod.ts';
import { rowTask, type Task } from '../../solve/mod.ts';
import { readData } from '../suites/datarows.ts';
import { suiteNamed } from '../suites/table.ts';
import type { DataRow } from '../suites/types.ts';

/** Suites whose rows say what is wanted, and show a test or the function's name. */
export const solvedSuites = ['humaneval', 'mbpp', 'evalplus'] as const;
export type SolvedSuite = (typeof solvedSuites)[number];

export interface TaskList {
  readonly tasks: readonly Task[];
  /** Problems whose row makes no task. */
  readonly untold: readonly { readonly problem: string; readonly reason: string }[];
}

/**
 * The first `limit` problems of the data, each with what may be seen of it.
 *
 * The suite reads all rows as well, so that data which could not be judged is refused before anything is asked.
 *
 * @throws WinnowError `bad-data`, `path-not-found`, `path-unreadable`
 */
export async function readTasks(suite: SolvedSuite, paths: readonly string[], limit: number | null): Promise<TaskList> {
  const rows: DataRow[] = [];
  for (const path of paths) for await (const row of readData(path)) rows.push(row);
  const problems = suiteNamed(suite).read(rows);
  const tasks: Task[] = [];
  const untold: { problem: string; reason: string }[] = [];
  const seen = new Set<string>();
  for (const [at, { id }] of problems.slice(0, limit ?? undefined).entries()) {
    if (seen.has(id))
      throw new WinnowError('bad-data', `Expected problems with names of their own; ${id} comes twice.`);
    seen.add(id);
    const task = rowTask((rows[at] as DataRow).row);
    if (typeof task === 'string') untold.push({ problem: id, reason: task });
    else tasks.push(task);
  }
  if (tasks.length === 0)
    throw new WinnowError(
      'bad-data',
      `Expected problems in ${paths.join(', ')} that can be solved; ${untold[0] === undefined ? 'there are none' : `of ${untold[0].problem}: ${untold[0].reason}`}.`,
    );
  return { tasks, untold };
}
