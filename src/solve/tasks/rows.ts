/** A row of a benchmark as a task, by what it has: HumanEval's layout, MBPP's, or MBPP+'s. */
import type { Task } from '../types.ts';
import { humanEvalTask } from './humaneval.ts';
import { mbppPlusTask, mbppTask } from './mbpp.ts';
import { partedAt } from './python.ts';

/** @returns a task, or why the row makes none */
export function rowTask(row: Readonly<Record<string, unknown>>): Task | string {
  const { prompt, entry_point: entry } = row;
  if (entry === undefined && ('test_list' in row || 'tests' in row)) return mbppTask(row);
  const isInWords = typeof prompt === 'string' && typeof entry === 'string' && partedAt(prompt, entry) === null;
  // A prompt that only talks of the function, and shows what it gives.
  return isInWords && /^\s*("""|''')/.test(prompt) && prompt.includes('assert ')
    ? mbppPlusTask(row)
    : humanEvalTask(row);
}
