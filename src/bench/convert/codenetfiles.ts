/**
 * CodeNet's files (Puri et al. 2021, arXiv:2105.12655), as its own description lays them out.
 *
 *     metadata/problem_list.csv                      id, name, time_limit (ms), memory_limit (KB), …
 *     metadata/p00001.csv                            submission_id, user_id, language, filename_ext, status, …
 *     data/p00001/JavaScript/s300682070.js           one submission
 *     derived/input_output/data/p00001/input.txt     a sample of a problem, with output.txt beside it, where there is one
 *
 * Columns are found by their names. Fields that the description says may be empty or negative are `null` then; anything else
 * that does not fit is an error with file and line. Nothing is judged here: statuses are those of the sites that the programs come from.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { readLines } from '../lines.ts';

export interface CodeNetProblem {
  readonly id: string;
  readonly name: string;
  readonly timeLimitMs: number | null;
  readonly memoryLimitBytes: number | null;
}

export interface CodeNetSubmission {
  readonly id: string;
  readonly problem: string;
  readonly user: string;
  /** As CodeNet's folders are named: `Python`, `C++`. */
  readonly language: string;
  /** `Accepted`, `Wrong Answer`, `Runtime Error`, and so on. */
  readonly status: string;
  /** Where its source is, whether or not that part of the data was unpacked. */
  readonly path: string;
}

/** @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data` */
export async function* readProblems(source: string): AsyncGenerator<CodeNetProblem> {
  const path = join(source, 'metadata', 'problem_list.csv');
  for await (const field of readTable(path, ['id', 'name', 'time_limit', 'memory_limit'])) {
    const memory = limitOf(field('memory_limit'));
    yield {
      id: matching(/^p\d{5}$/, 'a problem such as p00001', field('id')),
      name: field('name').text,
      timeLimitMs: limitOf(field('time_limit')),
      memoryLimitBytes: memory === null ? null : memory * 1024,
    };
  }
}

/** Submissions to a problem in the order of its table; none where the problem has no table. @throws as `readProblems` */
export async function* readSubmissions(source: string, problem: string): AsyncGenerator<CodeNetSubmission> {
  const path = join(source, 'metadata', `${problem}.csv`);
  if (!existsSync(path)) return;
  for await (const field of readTable(path, ['submission_id', 'user_id', 'language', 'filename_ext', 'status'])) {
    const id = matching(/^s\d{9}$/, 'a submission such as s300682070', field('submission_id'));
    // Both become part of a path.
    const language = matching(/^[^/\\]*[^/\\.][^/\\]*$/, 'the name of a language', field('language'));
    const ending = matching(/^\w+$/, 'an ending of file names', field('filename_ext'));
    yield {
      id,
      problem,
      user: field('user_id').text,
      language,
      status: field('status').text,
      path: join(source, 'data', problem, language, `${id}.${ending}`),
    };
  }
}

/** What a problem's sample feeds a program and expects of it; `null` where the data has none. */
export function sampleOf(
  source: string,
  problem: string,
): { readonly stdin: string; readonly expected: string } | null {
  const dir = join(source, 'derived', 'input_output', 'data', problem);
  const [input, output] = [join(dir, 'input.txt'), join(dir, 'output.txt')];
  if (!existsSync(input) || !existsSync(output)) return null;
  return { stdin: readFileSync(input, 'utf8'), expected: readFileSync(output, 'utf8') };
}

interface Field {
  readonly path: string;
  readonly line: number;
  readonly name: string;
  readonly text: string;
}

/** Rows of a table with a header, as functions from a column's name to what stands there. */
async function* readTable(path: string, columns: readonly string[]): AsyncGenerator<(name: string) => Field> {
  let places: ReadonlyMap<string, number> | null = null;
  let held = '';
  for await (const { number: line, text } of readLines(path)) {
    const whole = held === '' ? text : `${held}\n${text}`;
    const row = fieldsOf(whole);
    // Within quotation marks a line may end.
    held = row === null ? whole : '';
    if (row === null || whole === '') continue;
    if (places === null) {
      places = new Map(row.map((name, at) => [name, at]));
      const missing = columns.filter((name) => !places?.has(name));
      if (missing.length > 0)
        throw new WinnowError('bad-data', `${path}:${line}: expected a column ${missing[0]}; came ${row.join(', ')}.`);
      continue;
    }
    if (row.length !== places.size)
      throw new WinnowError('bad-data', `${path}:${line}: expected ${places.size} fields; came ${row.length}.`);
    const at = places;
    yield (name) => ({ path, line, name, text: row[at.get(name) ?? -1] ?? '' });
  }
  if (held !== '')
    throw new WinnowError(
      'bad-data',
      `${path}: expected the quotation mark that ends a field; the file ends before it.`,
    );
}

/** Fields of a line of comma-separated values (RFC 4180); `null` when a quoted one goes on in the next line. */
function fieldsOf(line: string): string[] | null {
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    if (line[at] !== '"') {
      const end = line.indexOf(',', at);
      fields.push(line.slice(at, end < 0 ? line.length : end));
      if (end < 0) return fields;
      at = end;
      continue;
    }
    let text = '';
    for (at++; line[at] !== '"' || line[at + 1] === '"'; at++) {
      if (at >= line.length) return null;
      if (line[at] === '"') at++;
      text += line[at];
    }
    fields.push(text);
    if (at + 1 >= line.length) return fields;
    at++;
  }
}

function matching(pattern: RegExp, expected: string, { path, line, name, text }: Field): string {
  if (pattern.test(text)) return text;
  throw new WinnowError(
    'bad-data',
    `${path}:${line}: expected ${expected} under ${name}; came ${JSON.stringify(text)}.`,
  );
}

/** A limit above 0; `null` for what is empty or, as some are, negative. */
function limitOf({ path, line, name, text }: Field): number | null {
  const value = text === '' ? 0 : Number(text);
  if (!Number.isFinite(value))
    throw new WinnowError(
      'bad-data',
      `${path}:${line}: expected a number under ${name}; came ${JSON.stringify(text)}.`,
    );
  return value > 0 ? value : null;
}
