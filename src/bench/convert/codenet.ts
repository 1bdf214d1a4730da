/**
 * CodeNet as a task of retrieval, code to code, and as programs to run.
 *
 * Accepted submissions to one problem do the same in different ways, which is what a search for similar code is to find: of
 * each problem one submission is a query, others are what it should find, and all other problems' are what it should not. One
 * user gives one program to a problem, since people submit what they wrote again and again. The layout is BEIR's, which
 * `bench retrieval` reads; `runs.jsonl` beside it has the same programs with their problem's sample and limits.
 *
 * Clusters of identical problems and near copies across users, which CodeNet lists, are left in: who needs them out takes
 * the problems of its benchmarks.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Random, seededRandom, WinnowError } from '../../base/mod.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import {
  type CodeNetProblem,
  type CodeNetSubmission,
  readProblems,
  readSubmissions,
  sampleOf,
} from './codenetfiles.ts';

export interface CodeNetOptions {
  /** Folder with CodeNet's `data` and `metadata`. */
  readonly source: string;
  /** Folder to write; made when missing. */
  readonly out: string;
  /** Languages to be found, as CodeNet names them; empty: all. */
  readonly languages: readonly string[];
  /** Language of the queries; `null`: any of `languages`. Another one makes the task one across languages. */
  readonly queryLanguage: string | null;
  /** Programs of a problem to be found, at most; at least 1. */
  readonly perProblem: number;
  readonly seed: number;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface CodeNetReport {
  /** Problems that gave a query and something to find. */
  readonly problems: number;
  /** … of them with a sample input and output. */
  readonly samples: number;
  readonly documents: number;
  readonly queries: number;
  /** Submissions that the metadata names and the data does not have. */
  readonly missing: number;
}

/** What CodeNet calls a language in the words of corpora, where they differ by more than capitals. */
const corpusNames: Readonly<Record<string, string>> = { 'C++': 'cpp', 'C#': 'csharp' };

/** @throws WinnowError `path-not-found`, `path-unreadable`, `bad-data` (file:line), `cancelled` */
export async function convertCodeNet(options: CodeNetOptions): Promise<CodeNetReport> {
  const { source, out, signal } = options;
  const random = seededRandom(options.seed);
  const [documents, queries, runs]: [string[], string[], string[]] = [[], [], []];
  const judged = ['query-id\tcorpus-id\tscore\n'];
  const found = { problems: 0, samples: 0, missing: 0 };
  for await (const problem of readProblems(source)) {
    stopIfCancelled(signal);
    options.onProgress?.({ label: 'reading problems', done: found.problems, total: null });
    const picked = await pick(problem, options, random);
    found.missing += picked.missing;
    if (picked.query === null || picked.found.length === 0) continue;
    found.problems++;
    const sample = sampleOf(source, problem.id);
    if (sample !== null) found.samples++;
    const query = picked.query;
    queries.push(`${JSON.stringify({ _id: query.id, text: readFileSync(query.path, 'utf8') })}\n`);
    for (const one of [query, ...picked.found]) {
      const { timeLimitMs, memoryLimitBytes } = problem;
      const { id, language, status, path } = one;
      runs.push(
        `${JSON.stringify({ id, problem: problem.id, language, status, path, ...sample, timeLimitMs, memoryLimitBytes })}\n`,
      );
      if (one === query) continue;
      const metadata = { language: corpusNames[language] ?? language.toLowerCase(), problem: problem.id };
      documents.push(`${JSON.stringify({ _id: id, title: '', text: readFileSync(path, 'utf8'), metadata })}\n`);
      judged.push(`${query.id}\t${id}\t1\n`);
    }
  }
  if (queries.length === 0)
    throw new WinnowError(
      'bad-data',
      `Expected accepted submissions of two users to one problem below ${join(source, 'data')}; there are none` +
        `${found.missing > 0 ? ` (${found.missing} that the metadata names are not there)` : ''}.`,
    );
  mkdirSync(join(out, 'qrels'), { recursive: true });
  writeFileSync(join(out, 'corpus.jsonl'), documents.join(''));
  writeFileSync(join(out, 'queries.jsonl'), queries.join(''));
  writeFileSync(join(out, 'qrels', 'test.tsv'), judged.join(''));
  writeFileSync(join(out, 'runs.jsonl'), runs.join(''));
  return { ...found, documents: documents.length, queries: queries.length };
}

interface Picked {
  readonly query: CodeNetSubmission | null;
  readonly found: readonly CodeNetSubmission[];
  readonly missing: number;
}

async function pick(problem: CodeNetProblem, options: CodeNetOptions, random: Random): Promise<Picked> {
  const { source, languages, queryLanguage, perProblem } = options;
  const accepted: CodeNetSubmission[] = [];
  for await (const one of readSubmissions(source, problem.id)) if (one.status === 'Accepted') accepted.push(one);
  const wanted = (language: string): boolean => languages.length === 0 || languages.includes(language);
  const asking = (language: string): boolean =>
    queryLanguage === null ? wanted(language) : language === queryLanguage;
  const users = new Set<string>();
  const found: CodeNetSubmission[] = [];
  let query: CodeNetSubmission | null = null;
  let missing = 0;
  for (const one of random.shuffle(accepted)) {
    const asks = query === null && asking(one.language);
    if (users.has(one.user) || !(asks || (wanted(one.language) && found.length < perProblem))) continue;
    if (!existsSync(one.path)) {
      missing++;
      continue;
    }
    users.add(one.user);
    if (asks) query = one;
    else found.push(one);
    if (query !== null && found.length === perProblem) break;
  }
  return { query, found, missing };
}
