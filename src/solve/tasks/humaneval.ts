/**
 * Tasks in HumanEval's rows: `{"task_id", "prompt", "entry_point"}`, and visible tests where a row has them (`given_tests`, as in LDB's data).
 *
 * A row's hidden test and reference solution are never read into a task: fields are taken by name, and these are not among them. Examples of the prompt's documentation are visible tests where no others are given.
 */
import type { Task } from '../types.ts';
import { examplesOf, partedAt } from './python.ts';

/** @returns a task, or why the row makes none */
export function humanEvalTask(row: Readonly<Record<string, unknown>>): Task | string {
  const { task_id: id, prompt, entry_point: entry, given_tests: given } = row;
  const missing = Object.entries({ task_id: id, prompt, entry_point: entry }).find(
    ([, value]) => typeof value !== 'string',
  );
  if (typeof id !== 'string' || typeof prompt !== 'string' || typeof entry !== 'string')
    return `expected "task_id", "prompt" and "entry_point", three texts; "${missing?.[0]}" is ${missing?.[1] === undefined ? 'missing' : 'none'}`;
  if (given !== undefined && !(Array.isArray(given) && given.every((one) => typeof one === 'string')))
    return 'expected "given_tests" to be a list of texts';
  const parted = partedAt(prompt, entry);
  if (parted === null) return `expected "prompt" to define ${entry}`;
  const visible = (given as readonly string[] | undefined)?.map((source) => ({ source, expected: null }));
  return {
    id,
    language: 'python',
    text: prompt,
    entry,
    visible: visible ?? examplesOf(parted.definition, entry).tests,
    stub: prompt,
    prelude: parted.above === '' ? '' : `${parted.above}\n`,
    context: [],
  };
}
