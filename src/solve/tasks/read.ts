/**
 * Tasks out of files: a statement in words, a task in JSON, a row of HumanEval's layout, or a stub in a source file.
 *
 *     FILE.md, FILE.txt      words; language and function by flags
 *     FILE.json              {"text", "language"?, "entry"?, "stub"?, "tests"?: ["assert …"], "examples"?: [{"input", "output"}]}
 *     FILE.jsonl:ID          a row {"task_id", "prompt", "entry_point", "given_tests"?}, or of MBPP {"task_id", "text", "test_list"}
 *     FILE.py:FUNCTION       a function with its documentation, or Class.method; what stands in its body is not read
 *
 * Whatever else a row holds (hidden tests, reference solutions) stays in the file.
 */
import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { nearest, WinnowError } from '../../base/mod.ts';
import { runLanguage } from '../../run/mod.ts';
import { checkStatements } from '../pieces/statements.ts';
import type { Task, VisibleTest } from '../types.ts';
import { rowTask } from './rows.ts';
import { stubTask } from './stub.ts';

export interface TaskRequest {
  /** Absolute. */
  readonly path: string;
  /** A row's id, or a function's name; null: the file is the task, or has one row. */
  readonly part: string | null;
  /** In the place of what the file says. */
  readonly language: string | null;
  readonly entry: string | null;
  /** Statements that raise when they fail; beside those of the file. */
  readonly tests: readonly string[];
  /** Of a stub: directories of installed packages that programs may import. */
  readonly packages?: readonly string[];
  /** Told what was passed over in the file. */
  readonly onNotice?: (text: string) => void;
}

/** Tasks are prompts; what is larger is another file by mistake. */
const mostBytes = 64 * 2 ** 20;

/** @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data`, `unknown-id` with the nearest, `unknown-language`, `bad-usage` */
export function readTask(request: TaskRequest): Task {
  const { path } = request;
  const text = textOf(path);
  const task = /\.jsonl$/i.test(path)
    ? ofRows(text, request)
    : /\.json$/i.test(path)
      ? ofJson(text, request)
      : request.part !== null
        ? stubTask({ ...request, part: request.part }, text)
        : ofWords(text, request);
  const language = request.language === null ? task.language : runLanguage(request.language).name;
  const given = request.tests.map((source): VisibleTest => ({ source, expected: null }));
  const visible = [...task.visible, ...given];
  if (visible.some(({ expected }) => expected === null)) checkStatements(language);
  return { ...task, language, entry: request.entry ?? task.entry, visible };
}

function textOf(path: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(path);
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError(
      code === 'ENOENT' ? 'path-not-found' : 'path-unreadable',
      code === 'ENOENT'
        ? `Expected a task in a file; there is none at ${path}. A task is FILE, FILE.jsonl:ID or FILE.py:FUNCTION.`
        : `Cannot read ${path} (${code}).`,
      { details: { path }, cause },
    );
  }
  if (bytes.length > mostBytes)
    throw new WinnowError('bad-data', `Expected a task of at most ${mostBytes} bytes; ${path} has ${bytes.length}.`);
  const text = new TextDecoder().decode(bytes);
  if (text.trim() === '') throw new WinnowError('bad-data', `Expected a task in ${path}; it is empty.`);
  return text;
}

/** Rows that are none are passed over and told, but for the one that is wanted: a damaged line says nothing against its neighbours. */
function ofRows(text: string, { path, part, onNotice }: TaskRequest): Task {
  const wrong: string[] = [];
  const rows = text.split('\n').flatMap((line, index) => {
    if (line.trim() === '') return [];
    const row = parsed(line);
    const problem =
      row === null
        ? 'expected an object in JSON; it is none'
        : ['string', 'number'].includes(typeof row.task_id)
          ? null
          : `expected "task_id" to be a text or a number; it is ${shown(row.task_id)}`;
    if (problem !== null) wrong.push(`line ${index + 1}: ${problem}`);
    return row === null || problem !== null ? [] : [{ row, id: String(row.task_id), line: index + 1 }];
  });
  if (rows.length === 0) throw new WinnowError('bad-data', `${path}, ${wrong[0]}. There is no row that is a task.`);
  const ids = rows.map(({ id }) => id);
  if (part === null && rows.length > 1)
    throw new WinnowError(
      'bad-usage',
      `${path} has ${rows.length} tasks; name one, as ${basename(path)}:${ids[0]} or by --id.`,
    );
  const at = part === null ? 0 : ids.findIndex((id) => id === part || id.split('/').at(-1) === part);
  const found = rows[at];
  const others = wrong.length === 0 ? '' : ` ${wrong.length} lines are no task: ${wrong.slice(0, 3).join('; ')}.`;
  if (found === undefined) {
    const near = nearest(part ?? '', ids);
    throw new WinnowError(
      'unknown-id',
      `${path} has no task called ${part}. ${near.length > 0 ? `Did you mean ${near.join(' or ')}?` : `The first is ${ids[0]}.`}${others}`,
      { details: { id: part, nearest: near } },
    );
  }
  const task = rowTask(found.row);
  if (typeof task === 'string') throw new WinnowError('bad-data', `${path}, line ${found.line}: ${task}.`);
  if (others !== '') onNotice?.(`${path}:${others} They are passed over.`);
  return task;
}

const shown = (value: unknown): string =>
  value === undefined ? 'missing' : `${JSON.stringify(value)}`.replace(/^(.{60}).+$/s, '$1…');

function ofJson(text: string, { path }: TaskRequest): Task {
  const row = parsed(text);
  const wrong = (what: string): WinnowError => new WinnowError('bad-data', `${path}: ${what}.`);
  if (row === null) throw wrong('expected a task, an object in JSON');
  const known = ['text', 'language', 'entry', 'stub', 'tests', 'examples'];
  const unknown = Object.keys(row).find((key) => !known.includes(key));
  if (unknown !== undefined) throw wrong(`a task has no "${unknown}"; it has ${known.join(', ')}`);
  const { language = 'python', entry = null, stub = null, tests = [], examples = [] } = row;
  if (typeof row.text !== 'string' || row.text.trim() === '') throw wrong('expected "text", what is wanted, in words');
  if (typeof language !== 'string') throw wrong('expected "language" to be a name');
  if (entry !== null && typeof entry !== 'string') throw wrong('expected "entry" to be the name of a function');
  if (stub !== null && typeof stub !== 'string') throw wrong('expected "stub" to be a source');
  if (!Array.isArray(tests) || !tests.every((one) => typeof one === 'string'))
    throw wrong('expected "tests" to be a list of statements');
  if (!Array.isArray(examples) || !examples.every(isExample))
    throw wrong('expected "examples" to be a list of {"input", "output"}, texts');
  return {
    id: basename(path),
    language: runLanguage(language).name,
    text: row.text,
    entry,
    visible: [
      ...tests.map((source: string) => ({ source, expected: null })),
      ...examples.map(({ input, output }: { input: string; output: string }) => ({ source: input, expected: output })),
    ],
    stub,
    prelude: '',
    context: [],
  };
}

const isExample = (one: unknown): boolean => {
  const { input, output } = (one ?? {}) as { input?: unknown; output?: unknown };
  return typeof input === 'string' && typeof output === 'string';
};

const ofWords = (text: string, { path }: TaskRequest): Task => ({
  id: basename(path),
  language: 'python',
  text,
  entry: null,
  visible: [],
  stub: null,
  prelude: '',
  context: [],
});

function parsed(text: string): Readonly<Record<string, unknown>> | null {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'object' && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}
