/**
 * Reads the BEIR layout: `corpus.jsonl`, `queries.jsonl`, `qrels/<split>.tsv`.
 *
 * ```
 * corpus.jsonl      {"_id": "d1", "title": "", "text": "def f(): …", "metadata": {"language": "python"}}
 * queries.jsonl     {"_id": "q1", "text": "how to …"}
 * qrels/dev.tsv     query-id <tab> corpus-id <tab> score      header optional
 * ```
 *
 * The corpus is streamed; queries and judgements fit in memory. Tolerant where files in
 * the wild differ without meaning (byte-order marks, CRLF, blank lines, extra keys,
 * numbers as ids, no header), strict elsewhere: a wrong line is an error that names file
 * and line, because a benchmark that skips what it cannot read measures something else.
 */
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { readLines } from './lines.ts';

export interface CorpusDocument {
  readonly id: string;
  readonly title: string;
  readonly text: string;
  /** `metadata.language` (or `language`), lower case, when the corpus says. */
  readonly language: string | null;
}

export interface BenchQuery {
  readonly id: string;
  readonly text: string;
}

/** Query id → document id → grade, only grades above 0. */
export type Judgements = ReadonlyMap<string, ReadonlyMap<string, number>>;

const wrong = (path: string, line: number, expected: string, came: string): WinnowError =>
  new WinnowError('bad-data', `${path}:${line}: expected ${expected}; came ${came}.`, { details: { path, line } });

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 80 ? `${text.slice(0, 77)}…` : text;
};

type Row = Readonly<Record<string, unknown>>;

/** Objects of a JSON-lines file with the line they stand on; blank lines are passed over. */
export async function* readObjects(path: string): AsyncGenerator<{ row: Row; line: number }> {
  for await (const { number: line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    let row: unknown;
    try {
      row = JSON.parse(text);
    } catch (cause) {
      throw wrong(path, line, 'a JSON object', `${shown(text)} (${(cause as Error).message})`);
    }
    if (typeof row !== 'object' || row === null || Array.isArray(row))
      throw wrong(path, line, 'a JSON object', shown(row));
    yield { row: row as Row, line };
  }
}

/** Text of a key. @throws WinnowError `bad-data` naming file and line when it is missing or no string */
export function textOf(row: Row, key: string, path: string, line: number): string {
  const value = row[key];
  if (typeof value !== 'string') throw wrong(path, line, `a string under "${key}"`, shown(value));
  return value;
}

function idOf(row: Row, key: string, path: string, line: number): string {
  const value = row[key];
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value === '')
    throw wrong(path, line, `an id (string or number) under "${key}"`, shown(value));
  return value;
}

function languageOf(row: Row): string | null {
  const metadata = row.metadata;
  const inner = typeof metadata === 'object' && metadata !== null ? (metadata as Row).language : undefined;
  const value = inner ?? row.language;
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : null;
}

/**
 * Documents of `dir/corpus.jsonl` in order.
 *
 * @throws WinnowError `bad-data` (file:line) for a line that is no document or an id that comes twice; `path-not-found`
 */
export async function* readCorpus(dir: string): AsyncGenerator<CorpusDocument> {
  const path = join(dir, 'corpus.jsonl');
  const seen = new Set<string>();
  for await (const { row, line } of readObjects(path)) {
    const id = idOf(row, '_id', path, line);
    if (seen.has(id)) throw wrong(path, line, 'an id that no line before it has', shown(id));
    seen.add(id);
    const title = row.title ?? '';
    if (typeof title !== 'string') throw wrong(path, line, 'a string under "title" or none', shown(title));
    yield { id, title, text: textOf(row, 'text', path, line), language: languageOf(row) };
  }
}

/** Queries of `dir/queries.jsonl` in order. @throws as `readCorpus` */
export async function readQueries(dir: string): Promise<BenchQuery[]> {
  const path = join(dir, 'queries.jsonl');
  const out = new Map<string, BenchQuery>();
  for await (const { row, line } of readObjects(path)) {
    const id = idOf(row, '_id', path, line);
    if (out.has(id)) throw wrong(path, line, 'an id that no line before it has', shown(id));
    out.set(id, { id, text: textOf(row, 'text', path, line) });
  }
  return [...out.values()];
}

/** Names of the splits under `dir/qrels`, sorted; empty when there is no such folder. */
export function splitsOf(dir: string): string[] {
  let names: string[];
  try {
    names = readdirSync(join(dir, 'qrels'));
  } catch (cause) {
    const code = (cause as NodeJS.ErrnoException).code;
    if (code === 'ENOENT' || code === 'ENOTDIR') return [];
    throw new WinnowError('path-unreadable', `Cannot read ${join(dir, 'qrels')} (${code}).`, { cause });
  }
  return names.flatMap((name) => (name.endsWith('.tsv') ? [name.slice(0, -4)] : [])).sort();
}

/**
 * Judgements of `dir/qrels/<split>.tsv`; TREC's four columns (`query 0 document grade`) are read too.
 *
 * A first line whose last column is no number is taken for a header.
 *
 * @throws WinnowError `bad-data` (file:line), `path-not-found`
 */
export async function readJudgements(dir: string, split: string): Promise<Judgements> {
  const path = join(dir, 'qrels', `${split}.tsv`);
  const out = new Map<string, Map<string, number>>();
  let first = true;
  for await (const { number: line, text } of readLines(path)) {
    if (text.trim() === '') continue;
    const cells = text.split('\t').map((cell) => cell.trim());
    const [query, document, score] = cells.length === 4 ? [cells[0], cells[2], cells[3]] : cells;
    const grade = Number(score === '' ? Number.NaN : score);
    const header = first && cells.length >= 3 && Number.isNaN(grade);
    first = false;
    if (header) continue;
    if ((cells.length !== 3 && cells.length !== 4) || !query || !document)
      throw wrong(path, line, 'three cells between tabs: query id, document id, grade', shown(text));
    if (!Number.isFinite(grade)) throw wrong(path, line, 'a number as grade', shown(score));
    const grades = out.get(query) ?? new Map<string, number>();
    out.set(query, grades);
    const before = grades.get(document);
    if (before !== undefined && before !== grade)
      throw wrong(path, line, `the grade ${before} given before`, shown(grade));
    if (grade > 0) grades.set(document, grade);
  }
  return out;
}
