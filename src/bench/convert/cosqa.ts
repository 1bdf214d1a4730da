/**
 * CoSQA's files as a BEIR folder.
 *
 * ```
 * codebase.jsonl[.gz]     {"idx": 0, "code": "def f(): …"}
 * queries_<split>.jsonl   {"idx": "cosqa-train-8333", "query": "…", "gold": 1640}
 * ```
 *
 * Web queries over Python functions (Huang et al. 2021, arXiv:2105.13239). With
 * `stripDocstrings` the docstrings are taken out of the corpus, where the parser finds
 * them: queries then have to be answered from code alone. Other comments stay.
 */
import { existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { createParser, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { textOf } from '../beir.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { readObjects } from '../tablerows.ts';

export interface ConvertOptions {
  /** Folder with CoSQA's files. */
  readonly source: string;
  /** Folder to write; made when missing. */
  readonly out: string;
  readonly stripDocstrings?: boolean | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface ConvertReport {
  readonly documents: number;
  /** Documents that lost a docstring. */
  readonly stripped: number;
  /** Queries per split. */
  readonly queries: Readonly<Record<string, number>>;
}

/**
 * Removes the docstrings of a Python source, and the line each leaves empty.
 *
 * @returns the source itself when it has none
 */
export async function withoutDocstrings(code: string, parser: Parser): Promise<string> {
  const bytes = new TextEncoder().encode(code);
  const parsed = await parser.parse('x.py', bytes);
  if (parsed.kind === 'skipped') return code;
  const docs = parsed.facts.symbols.flatMap(({ doc }) => (doc === null ? [] : [doc])).sort((a, b) => a.start - b.start);
  const decode = (from: number, to: number): string => new TextDecoder().decode(bytes.subarray(from, to));
  let out = '';
  let from = 0;
  for (const { start, end } of docs) {
    if (start < from || !/^[a-z]{0,2}["']/i.test(decode(start, start + 3))) continue; // a comment above, not a docstring
    const before = out + decode(from, start);
    const rest = decode(end, bytes.length);
    const emptied = /(^|\n)[ \t]*$/.test(before) && /^[ \t]*(\r?\n|$)/.test(rest);
    out = emptied ? before.replace(/[ \t]*$/, '') : before;
    from = end + (emptied ? new TextEncoder().encode(/^[ \t]*(\r?\n|$)/.exec(rest)?.[0] ?? '').length : 0);
  }
  return out + decode(from, bytes.length);
}

const wrongNumber = (path: string, line: number, key: string, came: unknown): WinnowError =>
  new WinnowError('bad-data', `${path}:${line}: expected a whole number under "${key}"; came ${JSON.stringify(came)}.`);

function numberOf(row: Readonly<Record<string, unknown>>, key: string, path: string, line: number): number {
  const value = row[key];
  if (!Number.isInteger(value)) throw wrongNumber(path, line, key, value);
  return value as number;
}

async function convertCodebase(options: ConvertOptions, parser: Parser | null) {
  const path = ['codebase.jsonl', 'codebase.jsonl.gz'].map((name) => join(options.source, name)).find(existsSync);
  if (path === undefined)
    throw new WinnowError('path-not-found', `Expected codebase.jsonl or codebase.jsonl.gz in ${options.source}.`);
  const known = new Set<number>();
  const lines: string[] = [];
  let stripped = 0;
  for await (const { row, line } of readObjects(path)) {
    stopIfCancelled(options.signal);
    if (line % 500 === 0) options.onProgress?.({ label: 'converting functions', done: line, total: null });
    const id = numberOf(row, 'idx', path, line);
    const code = textOf(row, 'code', path, line);
    const text = parser === null ? code : await withoutDocstrings(code, parser);
    if (text !== code) stripped++;
    known.add(id);
    lines.push(`${JSON.stringify({ _id: String(id), title: '', text, metadata: { language: 'python' } })}\n`);
  }
  return { known, lines, stripped };
}

/** @throws WinnowError `bad-data` (file:line), `path-not-found`, `cancelled` */
export async function convertCosqa(options: ConvertOptions): Promise<ConvertReport> {
  const parser = options.stripDocstrings ? await createParser(loadGrammarFile) : null;
  const { known, lines, stripped } = await convertCodebase(options, parser);
  const queries: string[] = [];
  const judged = new Map<string, string[]>();
  for (const name of readdirSync(options.source).sort()) {
    const split = /^queries_(\w+)\.jsonl$/.exec(name)?.[1];
    if (split === undefined) continue;
    const path = join(options.source, name);
    const rows = ['query-id\tcorpus-id\tscore\n'];
    for await (const { row, line } of readObjects(path)) {
      const id = textOf(row, 'idx', path, line);
      const gold = numberOf(row, 'gold', path, line);
      if (!known.has(gold))
        throw new WinnowError(
          'bad-data',
          `${path}:${line}: expected "gold" to be the idx of a function; came ${gold}.`,
        );
      queries.push(`${JSON.stringify({ _id: id, text: textOf(row, 'query', path, line) })}\n`);
      rows.push(`${id}\t${gold}\t1\n`);
    }
    judged.set(split, rows);
  }
  if (queries.length === 0)
    throw new WinnowError(
      'path-not-found',
      `Expected queries_<split>.jsonl with queries in ${options.source}; there are none.`,
    );
  mkdirSync(join(options.out, 'qrels'), { recursive: true });
  writeFileSync(join(options.out, 'corpus.jsonl'), lines.join(''));
  writeFileSync(join(options.out, 'queries.jsonl'), queries.join(''));
  for (const [split, rows] of judged) writeFileSync(join(options.out, 'qrels', `${split}.tsv`), rows.join(''));
  return {
    documents: lines.length,
    stripped,
    queries: Object.fromEntries([...judged].map(([split, rows]) => [split, rows.length - 1])),
  };
}
