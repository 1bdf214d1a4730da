/**
 * Reads tasks of environments as their publishers lay them out.
 *
 * One JSON array, or an object a line, packed by gzip or not. Known by their fields: `query` or `nl` with `gold` or `cmd` (InterCode's Bash,
 * NL2Bash), `db` with `gold` (InterCode's Spider), `tests` with `gold` (InterCode's MBPP). Fields that are not named here are ignored.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { WinnowError } from '../../base/mod.ts';
import type { EnvironmentKind, EnvironmentTask } from './types.ts';

/** Far above the sets that are published (1.2 MB), far below what presses on memory. */
const fileBytes = 256 * 2 ** 20;

/** @throws WinnowError `path-not-found`, `bad-data` with the line or number of what is no task */
export function readTasks(file: string, kind: EnvironmentKind): readonly EnvironmentTask[] {
  return recordsOf(textOf(file), file).map(({ value, where }, at) => taskOf(value, kind, at, `${file}, ${where}`));
}

function textOf(file: string): string {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (cause) {
    throw new WinnowError('path-not-found', `${file} cannot be read: ${(cause as Error).message}.`, { cause });
  }
  try {
    if (bytes[0] === 0x1f && bytes[1] === 0x8b) bytes = gunzipSync(bytes, { maxOutputLength: fileBytes });
  } catch (cause) {
    throw bad(file, `its gzip cannot be read: ${(cause as Error).message}`);
  }
  return Buffer.from(bytes)
    .toString('utf8')
    .replace(/^\ufeff/, '');
}

function recordsOf(text: string, file: string): readonly { readonly value: unknown; readonly where: string }[] {
  if (text.trimStart().startsWith('[')) {
    let values: unknown;
    try {
      values = JSON.parse(text);
    } catch (cause) {
      throw bad(file, `it begins as a JSON array and is none: ${(cause as Error).message}`);
    }
    return (values as unknown[]).map((value, at) => ({ value, where: `task ${at}` }));
  }
  return text.split('\n').flatMap((line, at) => {
    if (line.trim() === '') return [];
    try {
      return [{ value: JSON.parse(line) as unknown, where: `line ${at + 1}` }];
    } catch (cause) {
      throw bad(`${file}, line ${at + 1}`, (cause as Error).message);
    }
  });
}

function taskOf(value: unknown, kind: EnvironmentKind, at: number, where: string): EnvironmentTask {
  const record = (typeof value === 'object' && value !== null ? value : {}) as Record<string, unknown>;
  const textAt = (...names: readonly string[]): string | null => {
    const name = names.find((one) => record[one] !== undefined && record[one] !== null);
    if (name === undefined) return null;
    const found = record[name];
    if (Array.isArray(found) && found.every((part) => typeof part === 'string')) return found.join('\n');
    if (typeof found === 'string') return found;
    // Publishers number their tasks; a number in the place of code or of a question is a mistake in the file.
    if (typeof found === 'number' && /id$/.test(name)) return String(found);
    throw bad(where, `its ${name} must be a text, or a list of lines; it is ${JSON.stringify(found).slice(0, 60)}`);
  };
  const query = textAt('query', 'nl', 'question');
  const gold = textAt('gold', 'cmd');
  if (query === null || gold === null) throw bad(where, 'it needs a query (or nl) and a gold (or cmd)');
  const tests = record.tests ?? [];
  if (!Array.isArray(tests) || !tests.every((test) => typeof test === 'string'))
    throw bad(where, 'its tests are no list of texts');
  if (kind === 'python' && tests.length === 0) throw bad(where, 'a task of Python needs tests');
  return {
    id: textAt('id', 'task_id') ?? String(at),
    kind,
    query,
    gold,
    database: textAt('db', 'database'),
    tables: tablesOf(record.db_tables),
    tests,
    setup: textAt('test_setup_code', 'setup') ?? '',
    hardness: textAt('hardness'),
  };
}

function tablesOf(value: unknown): EnvironmentTask['tables'] {
  if (typeof value !== 'object' || value === null) return null;
  const tables = Object.entries(value).filter(
    (entry): entry is [string, string[]] =>
      Array.isArray(entry[1]) && entry[1].every((name) => typeof name === 'string'),
  );
  return Object.fromEntries(tables);
}

const bad = (where: string, why: string): WinnowError =>
  new WinnowError('bad-data', `Expected tasks of an environment. In ${where}: ${why}.`);
