/**
 * Reads a task: documents, queries and judgements, in BEIR's layout and in CoIR's (`taskfiles.ts` tells where they lie).
 *
 * ```
 * corpus      {"_id": "d1", "title": "", "text": "def f(): …", "metadata": {"language": "python"}}
 * queries     {"_id": "q1", "text": "how to …"}
 * judgements  query-id <tab> corpus-id <tab> score      header optional; or rows {"query-id": …, "corpus-id": …, "score": 1}
 * ```
 *
 * The corpus is streamed; queries and judgements fit in memory. Tolerant where files in
 * the wild differ without meaning (byte-order marks, CRLF, blank lines, extra keys,
 * numbers as ids, no header, `query_id`), strict elsewhere: a wrong line is an error that names file
 * and line, because a benchmark that skips what it cannot read measures something else.
 */
import { basename, join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { readLines } from './lines.ts';
import { type Row, readRows, shown, wrongRow } from './tablerows.ts';
import { taskFiles } from './taskfiles.ts';

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

/** Text of a key. @throws WinnowError `bad-data` naming file and line when it is missing or no string */
export function textOf(row: Row, key: string, path: string, line: number): string {
  const value = row[key];
  if (typeof value !== 'string') throw wrongRow(path, line, `a string under "${key}"`, shown(value));
  return value;
}

function idOf(row: Row, key: string, path: string, line: number): string {
  const value = row[key];
  if (typeof value === 'number' && Number.isFinite(value)) return String(value);
  if (typeof value !== 'string' || value === '')
    throw wrongRow(path, line, `an id (string or number) under "${key}"`, shown(value));
  return value;
}

function languageOf(row: Row): string | null {
  const metadata = row.metadata;
  const inner = typeof metadata === 'object' && metadata !== null ? (metadata as Row).language : undefined;
  const value = inner ?? row.language;
  return typeof value === 'string' && value !== '' ? value.toLowerCase() : null;
}

/** Parts of a table of the task. @throws WinnowError `path-not-found` when there is none */
function partsOf(dir: string, table: 'corpus' | 'queries'): readonly string[] {
  const parts = taskFiles(dir)[table];
  if (parts.length > 0) return parts;
  throw new WinnowError('path-not-found', `Expected ${table}.jsonl, or ${table}/*.parquet, in ${dir}; there is none.`);
}

/**
 * Documents of the task in `dir`, in order.
 *
 * @throws WinnowError `bad-data` (file:line) for a line that is no document or an id that comes twice; `path-not-found`
 */
export async function* readCorpus(dir: string): AsyncGenerator<CorpusDocument> {
  const seen = new Set<string>();
  for (const path of partsOf(dir, 'corpus'))
    for await (const { row, line } of readRows(path)) {
      const id = idOf(row, '_id', path, line);
      if (seen.has(id)) throw wrongRow(path, line, 'an id that no line before it has', shown(id));
      seen.add(id);
      const title = row.title ?? '';
      if (typeof title !== 'string') throw wrongRow(path, line, 'a string under "title" or none', shown(title));
      yield { id, title, text: textOf(row, 'text', path, line), language: languageOf(row) };
    }
}

/** Queries of the task in `dir`, in order. @throws as `readCorpus` */
export async function readQueries(dir: string): Promise<BenchQuery[]> {
  const out = new Map<string, BenchQuery>();
  for (const path of partsOf(dir, 'queries'))
    for await (const { row, line } of readRows(path)) {
      const id = idOf(row, '_id', path, line);
      if (out.has(id)) throw wrongRow(path, line, 'an id that no line before it has', shown(id));
      out.set(id, { id, text: textOf(row, 'text', path, line) });
    }
  return [...out.values()];
}

/** Names of the splits that have judgements, sorted. @throws as `taskFiles` */
export const splitsOf = (dir: string): string[] => [...taskFiles(dir).judgements.keys()].sort();

/**
 * Judgements of a split; TREC's four columns (`query 0 document grade`) are read too.
 *
 * A first line whose last column is no number is taken for a header.
 *
 * @throws WinnowError `bad-data` (file:line), `path-not-found`
 */
export async function readJudgements(dir: string, split: string): Promise<Judgements> {
  const paths = taskFiles(dir).judgements.get(split);
  if (paths === undefined)
    throw new WinnowError('path-not-found', `Expected judgements in ${join(dir, 'qrels', split)}.tsv; there are none.`);
  const out = new Map<string, Map<string, number>>();
  for (const path of paths)
    for await (const { query, document, grade, line } of path.endsWith('.tsv') ? judgedLines(path) : judgedRows(path)) {
      const grades = out.get(query) ?? new Map<string, number>();
      out.set(query, grades);
      const before = grades.get(document);
      if (before !== undefined && before !== grade)
        throw wrongRow(path, line, `the grade ${before} given before`, shown(grade));
      if (grade > 0) grades.set(document, grade);
    }
  return out;
}

interface Judged {
  readonly query: string;
  readonly document: string;
  readonly grade: number;
  readonly line: number;
}

async function* judgedLines(path: string): AsyncGenerator<Judged> {
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
      throw wrongRow(path, line, 'three cells between tabs: query id, document id, grade', shown(text));
    if (!Number.isFinite(grade)) throw wrongRow(path, line, 'a number as grade', shown(score));
    yield { query, document, grade, line };
  }
}

async function* judgedRows(path: string): AsyncGenerator<Judged> {
  for await (const { row, line } of readRows(path)) {
    const key = (dashed: string): string => (dashed in row ? dashed : dashed.replace('-', '_'));
    const query = idOf(row, key('query-id'), path, line);
    const document = idOf(row, key('corpus-id'), path, line);
    const { score } = row;
    if (typeof score !== 'number' || !Number.isFinite(score))
      throw wrongRow(path, line, `a number under "score" in ${basename(path)}`, shown(score));
    yield { query, document, grade: score, line };
  }
}
