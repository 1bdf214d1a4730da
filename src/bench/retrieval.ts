/**
 * Measures the engine on a corpus with judged queries (BEIR layout).
 *
 * The corpus becomes a directory of files under opaque names, the engine indexes it as
 * it would any repository, and each judged query is asked for 100 hits. Hits become
 * documents, best hit first; a hit's folded duplicates follow it. Baselines rank the
 * same documents for the same queries in the same run, so that a difference is not one
 * of preparation.
 *
 * A query that the engine refuses counts as not found and is reported: leaving it out
 * would flatter. Queries without a relevant document are left out, as in trec_eval.
 */
import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { Baseline, type BaselineName } from './baseline.ts';
import { type BenchQuery, type Judgements, readJudgements, readQueries, splitsOf } from './beir.ts';
import { fullText, writeCorpus } from './corpusfiles.ts';
import { type Engine, type EngineOptions, openEngine } from './engine.ts';
import { type Estimate, estimateAll, pairedDifference, quantile } from './interval.ts';
import { firstRelevantRank, type RetrievalScores, scoreRanking } from './metrics.ts';
import { type BenchProgress, stopIfCancelled } from './progress.ts';
import { checkRunFolder, writeRunFolder } from './runfolder.ts';

/** Hits asked for, and the depth of MRR. */
const depth = 100;

export const retrievalMeasures = ['mrr', 'ndcg10', 'recall1', 'recall5', 'recall10'] as const;

export interface RetrievalOptions {
  /** Folder with `corpus.jsonl`, `queries.jsonl`, `qrels/`. */
  readonly dir: string;
  /** Which judgements; default: `test` when there is one, else the only one. */
  readonly split?: string | undefined;
  /** Language of every document; default: what its metadata says, else text. */
  readonly language?: string | undefined;
  /** Only the first so many judged queries. */
  readonly limit?: number | undefined;
  /** `words` (default) forces ranked words; `auto` lets the engine infer, as for a user. */
  readonly mode?: 'words' | 'auto' | undefined;
  readonly baselines?: readonly BaselineName[] | undefined;
  /** Ranks by meaning too; default: words alone. */
  readonly meaning?: EngineOptions['meaning'];
  /** Seed of the bootstrap, default 1. */
  readonly seed?: number | undefined;
  /** Folder to write the run to. */
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

/** One query as one system answered it. */
export interface RetrievalRow {
  readonly system: string;
  readonly query: string;
  /** Rank of the first relevant document, or `null` within the first 100. */
  readonly rank: number | null;
  readonly scores: RetrievalScores;
  /** Ids of the first ten documents. */
  readonly top: readonly string[];
  readonly elapsedMs: number;
  /** Why the engine refused the query. */
  readonly problem: string | null;
}

export interface SystemReport {
  readonly system: string;
  readonly scores: Readonly<Record<keyof RetrievalScores, Estimate>>;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly refused: number;
}

export interface RetrievalReport {
  readonly split: string;
  readonly mode: 'words' | 'auto';
  readonly documents: number;
  readonly queries: number;
  /** Judged queries without a relevant document or without a text; not counted. */
  readonly leftOut: number;
  readonly depth: number;
  readonly seed: number;
  readonly indexing: {
    readonly elapsedMs: number;
    /** Making vectors; `null` without meaning. */
    readonly encodingMs: number | null;
    readonly files: number;
    readonly leftOut: Record<string, number>;
  };
  /** The engine first, then the baselines. */
  readonly systems: readonly SystemReport[];
  /** Engine minus baseline, paired by query. */
  readonly differences: readonly {
    readonly baseline: string;
    readonly scores: Readonly<Record<keyof RetrievalScores, Estimate>>;
  }[];
  readonly rows: readonly RetrievalRow[];
}

/**
 * A benchmark's query as plain words: it was not written in our query language, so what
 * would be syntax there (`-word`, quotes, `lang:`) is made text.
 */
export const plainWords = (text: string): string =>
  text
    .replaceAll('"', ' ')
    .replace(/(?<=^|\s)-(?=[\p{L}_])/gu, ' ')
    .replace(/(?<=^|\s)(lang|path|kind|name):(?!:)/giu, '$1 : ');

/** @throws WinnowError `bad-usage` when the split is not there or not plain */
function chooseSplit(dir: string, asked: string | undefined): string {
  const splits = splitsOf(dir);
  if (splits.length === 0)
    throw new WinnowError('bad-data', `Expected judgements in ${join(dir, 'qrels')}/<split>.tsv; there are none.`);
  if (asked !== undefined && splits.includes(asked)) return asked;
  if (asked === undefined && splits.includes('test')) return 'test';
  if (asked === undefined && splits.length === 1) return splits[0] as string;
  const came = asked === undefined ? 'no --split' : `--split ${asked}`;
  throw new WinnowError('bad-usage', `Expected one of the splits ${splits.join(', ')}; came ${came}.`);
}

/** Documents in the order of the hits, duplicates after the hit they are folded into, each once. */
function documentsOf(answer: Awaited<ReturnType<Engine['ask']>>, idOfPath: ReadonlyMap<string, string>): string[] {
  const found = new Set<string>();
  for (const hit of answer.hits) {
    for (const path of [hit.path, ...hit.duplicates.map((id) => id.split(':', 1)[0] as string)]) {
      const id = idOfPath.get(path); // our paths hold no colon
      if (id === undefined) throw new Error(`the engine returned ${path}, which is no document`);
      found.add(id);
    }
  }
  return [...found].slice(0, depth);
}

interface Asked {
  readonly query: BenchQuery;
  readonly grades: ReadonlyMap<string, number>;
}

function judgedQueries(queries: readonly BenchQuery[], judged: Judgements, limit: number | undefined) {
  const texts = new Map(queries.map((query) => [query.id, query]));
  const asked: Asked[] = [];
  for (const [id, grades] of judged) {
    const query = texts.get(id);
    if (query !== undefined && grades.size > 0) asked.push({ query, grades });
  }
  if (asked.length === 0)
    throw new WinnowError(
      'bad-data',
      'Expected a judged query with a relevant document; there is none. Do the ids agree?',
    );
  return { asked: asked.slice(0, limit), leftOut: judged.size - asked.length };
}

async function askAll(
  system: string,
  asked: readonly Asked[],
  options: RetrievalOptions,
  rank: (text: string) => Promise<string[]> | string[],
): Promise<RetrievalRow[]> {
  const rows: RetrievalRow[] = [];
  for (const { query, grades } of asked) {
    stopIfCancelled(options.signal);
    if (rows.length % 20 === 0)
      options.onProgress?.({ label: `asking ${system}`, done: rows.length, total: asked.length });
    const started = performance.now();
    let ranking: string[] = [];
    let problem: string | null = null;
    try {
      ranking = await rank(query.text);
    } catch (error) {
      if (!(error instanceof WinnowError) || error.code !== 'bad-query') throw error;
      problem = error.message;
    }
    const elapsedMs = performance.now() - started;
    const scores = scoreRanking(ranking, grades, depth);
    const top = ranking.slice(0, 10);
    rows.push({ system, query: query.id, rank: firstRelevantRank(ranking, grades), scores, top, elapsedMs, problem });
  }
  return rows;
}

function summarise(system: string, rows: readonly RetrievalRow[], seed: number): SystemReport {
  const times = Float64Array.from(rows, (row) => row.elapsedMs).sort();
  return {
    system,
    scores: estimateAll(
      rows.map((row) => row.scores),
      retrievalMeasures,
      { seed },
    ),
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    refused: rows.filter((row) => row.problem !== null).length,
  };
}

function difference(baseline: string, under: readonly RetrievalRow[], over: readonly RetrievalRow[], seed: number) {
  const scores = {} as Record<keyof RetrievalScores, Estimate>;
  for (const measure of retrievalMeasures)
    scores[measure] = pairedDifference(
      under.map((row) => row.scores[measure]),
      over.map((row) => row.scores[measure]),
      { seed },
    );
  return { baseline, scores };
}

/**
 * Runs the benchmark. Everything it writes besides `out` is in a temporary directory,
 * removed at the end, the index included.
 *
 * @throws WinnowError `bad-data` (file:line), `bad-usage`, `path-not-found`, `cancelled`
 */
export async function benchRetrieval(options: RetrievalOptions): Promise<RetrievalReport> {
  const { dir, seed = 1, mode = 'words' } = options;
  if (options.out !== undefined) checkRunFolder(options.out);
  const split = chooseSplit(dir, options.split);
  const { asked, leftOut } = judgedQueries(await readQueries(dir), await readJudgements(dir, split), options.limit);
  const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-bench-')));
  let engine: Engine | null = null;
  try {
    const baselines = (options.baselines ?? []).map((name) => ({ name: `bm25-${name}`, index: new Baseline(name) }));
    const corpus = join(scratch, 'corpus');
    const idOfPath = await writeCorpus(dir, corpus, options.language ?? null, (document) => {
      stopIfCancelled(options.signal);
      for (const { index } of baselines) index.add(document.id, fullText(document));
    });
    const opened = await openEngine(corpus, 'indexing the corpus', { ...options, home: join(scratch, 'home') });
    engine = opened;
    if (opened.root !== corpus)
      throw new WinnowError(
        'bad-usage',
        `Expected a temporary directory outside any repository; ${corpus} lies in ${opened.root}. Set TMPDIR elsewhere.`,
      );
    const settings = { limit: depth, ...(mode === 'words' ? { mode } : {}) };
    const ask = async (text: string) => documentsOf(await opened.ask(plainWords(text), settings), idOfPath);
    const own = await askAll('winnow', asked, options, ask);
    const others: RetrievalRow[][] = [];
    for (const { name, index } of baselines)
      others.push(await askAll(name, asked, options, (text) => index.search(text, depth)));
    const runs = [own, ...others];
    const { elapsedMs, added } = opened.indexing;
    const report: Omit<RetrievalReport, 'rows'> = {
      split,
      mode,
      documents: idOfPath.size,
      queries: asked.length,
      leftOut,
      depth,
      seed,
      indexing: { elapsedMs, encodingMs: opened.encodingMs, files: added, leftOut: { ...opened.indexing.leftOut } },
      systems: runs.map((rows) => summarise(rows[0]?.system ?? '', rows, seed)),
      differences: others.map((rows) => difference(rows[0]?.system ?? '', rows, own, seed)),
    };
    const rows = runs.flat();
    if (options.out !== undefined) {
      const { signal, onProgress, meaning, ...given } = options;
      writeRunFolder(options.out, {
        suite: 'retrieval',
        settings: { ...given, split, mode, encoder: meaning?.encoder.id ?? null, by: meaning?.by ?? null },
        seed,
        rows,
        summary: report,
      });
    }
    return { ...report, rows };
  } finally {
    engine?.close();
    rmSync(scratch, { recursive: true, force: true });
  }
}
