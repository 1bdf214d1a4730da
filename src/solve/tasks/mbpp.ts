/**
 * Tasks in rows of MBPP, `{"task_id", "text" | "query", "test_list" | "tests"}`, and of MBPP+ as EvalPlus writes them, `{"task_id", "prompt", "entry_point"}` with a statement in words.
 *
 * MBPP's statements name no function, so one test has to be shown: the first of the row, or the assertions that stand in MBPP+'s prompt. All others, and the reference solution, are never read into a task.
 */
import type { Task } from '../types.ts';

type Row = Readonly<Record<string, unknown>>;

/** @returns a task, or why the row makes none */
export function mbppTask(row: Row): Task | string {
  const { task_id: id, test_setup_code: setup = '' } = row;
  const text = [row.text, row.query].find((one) => typeof one === 'string');
  const tests = [row.test_list, row.tests].find((one) => Array.isArray(one));
  const [shown] = (tests ?? []) as unknown[];
  if (typeof id !== 'string' && typeof id !== 'number') return 'expected "task_id", a text or a number';
  if (typeof text !== 'string') return 'expected "text" or "query", what is wanted in words';
  if (typeof shown !== 'string') return 'expected "test_list" or "tests", assertions of which the first is shown';
  const entry = calledIn(shown);
  if (entry === null) return `expected the first test to call the function that is wanted; it is ${shown.slice(0, 80)}`;
  const above = typeof setup === 'string' ? setup.replaceAll('\r', '').trim() : '';
  return taskOf(`${id}`, text, entry, [shown.trim()], above === '' ? '' : `${above}\n`);
}

/** @returns a task, or why the row makes none */
export function mbppPlusTask({ task_id: id, prompt, entry_point: entry }: Row): Task | string {
  if (typeof id !== 'string' || typeof prompt !== 'string' || typeof entry !== 'string')
    return 'expected "task_id", "prompt" and "entry_point", three texts';
  const lines = prompt.replace(/^\s*("""|''')|("""|''')\s*$/g, '').split('\n');
  const shown = lines.map((line) => line.trim()).filter((line) => line.startsWith('assert ') && line.includes(entry));
  const words = lines.filter((line) => !line.trim().startsWith('assert '));
  return taskOf(id, words.join('\n').trim(), entry, shown, '');
}

const taskOf = (id: string, text: string, entry: string, shown: readonly string[], prelude: string): Task => ({
  id,
  language: 'python',
  text: `${text}\nThe function is called ${entry}.\n`,
  entry,
  visible: shown.map((source) => ({ source, expected: null })),
  stub: null,
  prelude,
  context: [],
});

/** What tests of MBPP wrap a call into. */
const wrappers = new Set(
  'abs all any bool dict float frozenset int isclose len list max min not round set sorted str sum tuple type'.split(
    ' ',
  ),
);

/** The first function that a test calls by its bare name and that is no built-in one. */
function calledIn(test: string): string | null {
  const names = [...test.matchAll(/(?<![.\w])([A-Za-z_]\w*)\s*\(/g)].map(([, name]) => name as string);
  return names.find((name) => !wrappers.has(name) && name !== 'assert') ?? null;
}
