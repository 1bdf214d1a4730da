/**
 * Runs a board: judged queries over real repositories at fixed commits.
 *
 * Queries are asked as a user would, mode inferred. Held queries are not even asked
 * unless `held` is set, so that nobody tunes on them by accident; where they are, only
 * their totals are given, never a list of misses.
 */
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../base/mod.ts';
import { type BoardKind, type BoardRow, type BoardSplit, boardKinds, readBoard } from './boardfile.ts';
import { type BoardScores, boardMeasures, divideId, scoreBoardHits } from './boardjudge.ts';
import { checkedOutCommit } from './checkout.ts';
import { type ClarifiedRow, type ClarifyReport, clarifyReport, clarifyRow } from './clarifyboard.ts';
import { type Engine, type EngineOptions, openEngine } from './engine.ts';
import { type Estimate, estimateAll, quantile } from './interval.ts';
import { type BenchProgress, stopIfCancelled } from './progress.ts';
import { checkRunFolder, writeRunFolder } from './runfolder.ts';

/** Hits asked for: what a person or an agent still reads. */
const depth = 20;

export interface BoardOptions {
  /** The board's file. */
  readonly board: string;
  /** Folder that holds the checked-out repositories. */
  readonly repos: string;
  /** Asks the held queries too. */
  readonly held?: boolean | undefined;
  /** Only queries whose id starts with this. */
  readonly only?: string | undefined;
  readonly home?: string | undefined;
  /** Ranks by meaning too; default: words alone. */
  readonly meaning?: EngineOptions['meaning'];
  /** Answers the questions that vague queries get, and tells what that is worth. */
  readonly clarify?: boolean | undefined;
  /** Seed of the bootstrap, default 1. */
  readonly seed?: number | undefined;
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface BoardQueryReport {
  readonly id: string;
  readonly split: BoardSplit;
  readonly kind: BoardKind;
  readonly query: string;
  /** Mode the engine inferred. */
  readonly mode: string;
  readonly scores: BoardScores;
  /** Ids of the first ten hits. */
  readonly top: readonly string[];
  readonly answers: readonly string[];
  /** Answers that the index does not hold under their name: no hit can reach them exactly. */
  readonly unknown: readonly string[];
  readonly elapsedMs: number;
  /** With `clarify`. */
  readonly clarified: ClarifiedRow | null;
  /** Why the engine refused the query. */
  readonly problem: string | null;
}

export interface BoardGroup {
  readonly split: BoardSplit;
  /** `null`: all kinds. */
  readonly kind: BoardKind | null;
  readonly scores: Readonly<Record<keyof BoardScores, Estimate>>;
}

export interface BoardReport {
  readonly queries: number;
  readonly depth: number;
  readonly seed: number;
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly groups: readonly BoardGroup[];
  /** With `clarify`, by split. */
  readonly clarified: readonly { readonly split: BoardSplit; readonly report: ClarifyReport }[];
  /** How many answers the index does not hold under their name. */
  readonly unknownAnswers: number;
  /** Dev queries without an answer in the first ten hits. */
  readonly misses: readonly BoardQueryReport[];
  readonly rows: readonly BoardQueryReport[];
}

/** Where a repository may lie: under the short name of the query ids, or its own. */
function findCheckout(repos: string, row: BoardRow): string {
  const names = [row.id.replace(/-\d+$/, ''), row.repo.split('/').at(-1) as string];
  const found = names.map((name) => join(repos, name)).find((dir) => existsSync(dir));
  const place = found ?? join(repos, names[0] as string);
  const commit = found === undefined ? null : checkedOutCommit(found);
  if (commit === row.commit) return place;
  const get =
    found === undefined
      ? `git clone https://github.com/${row.repo} ${place} && git -C ${place} checkout ${row.commit}`
      : `git -C ${place} fetch origin ${row.commit} && git -C ${place} checkout ${row.commit}`;
  const came =
    found === undefined ? 'there is no such folder' : `it stands on ${commit ?? 'no commit that can be told'}`;
  throw new WinnowError('bad-usage', `Expected ${row.repo} at commit ${row.commit} in ${place}; ${came}. Run: ${get}`, {
    details: { repo: row.repo, commit: row.commit, place },
  });
}

async function askRepository(rows: readonly BoardRow[], root: string, options: BoardOptions) {
  const name = rows[0]?.repo ?? '';
  const engine = await openEngine(root, `indexing ${name}`, options);
  try {
    const reports: BoardQueryReport[] = [];
    for (const row of rows) {
      stopIfCancelled(options.signal);
      options.onProgress?.({ label: `asking ${name}`, done: reports.length, total: rows.length });
      reports.push(await askRow(engine, row, options.clarify === true));
    }
    return reports;
  } finally {
    engine.close();
  }
}

async function askRow(engine: Engine, row: BoardRow, clarify: boolean): Promise<BoardQueryReport> {
  const { id, split, kind, query } = row;
  const answers = row.answers.map((answer) => answer.at);
  const unknown = answers.filter((at) => {
    const { path, name } = divideId(at);
    return !engine.holds(path, name);
  });
  const known = { id, split, kind, query, answers, unknown };
  const started = performance.now();
  try {
    const answer = await engine.ask(query, { limit: depth, clarify });
    const elapsedMs = performance.now() - started;
    const scores = scoreBoardHits(answer.hits, row.answers);
    const top = answer.hits.slice(0, 10).map((hit) => hit.id);
    const clarified = clarify ? await clarifyRow(engine, row, answer, depth) : null;
    return { ...known, mode: answer.query.mode, scores, top, elapsedMs, clarified, problem: null };
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'bad-query') throw error;
    const scores = scoreBoardHits([], row.answers);
    const elapsedMs = performance.now() - started;
    return { ...known, mode: 'none', scores, top: [], elapsedMs, clarified: null, problem: error.message };
  }
}

function groupsOf(rows: readonly BoardQueryReport[], seed: number): BoardGroup[] {
  const splits: readonly BoardSplit[] = ['dev', 'held'];
  return splits.flatMap((split) =>
    [null, ...boardKinds].flatMap((kind) => {
      const members = rows.filter((row) => row.split === split && (kind === null || row.kind === kind));
      if (members.length === 0) return [];
      const scores = estimateAll(
        members.map((row) => row.scores),
        boardMeasures,
        { seed },
      );
      return [{ split, kind, scores }];
    }),
  );
}

function clarifiedOf(rows: readonly BoardQueryReport[], seed: number): BoardReport['clarified'] {
  const splits: readonly BoardSplit[] = ['dev', 'held'];
  return splits.flatMap((split) => {
    const some = rows.flatMap((row) => (row.split === split && row.clarified !== null ? [row.clarified] : []));
    return some.length === 0 ? [] : [{ split, report: clarifyReport(some, { seed }) }];
  });
}

/**
 * Runs the board's dev queries, and the held ones on demand.
 *
 * @throws WinnowError `bad-usage` when a repository is not there at the row's commit (the message says
 * what to run), `bad-data` (file:line), `cancelled`
 */
export async function benchBoard(options: BoardOptions): Promise<BoardReport> {
  const { seed = 1, held = false, only = '' } = options;
  if (options.out !== undefined) checkRunFolder(options.out);
  if (!statSync(options.repos, { throwIfNoEntry: false })?.isDirectory())
    throw new WinnowError('not-a-directory', `Expected a folder with the repositories; ${options.repos} is none.`);
  const board = (await readBoard(options.board)).filter(
    (row) => (held || row.split === 'dev') && row.id.startsWith(only),
  );
  if (board.length === 0)
    throw new WinnowError(
      'bad-usage',
      `Expected queries to ask; ${options.board} has none that fit. Held ones need --held.`,
    );
  const byRoot = new Map<string, BoardRow[]>();
  for (const row of board) {
    const root = findCheckout(options.repos, row);
    const rows = byRoot.get(root) ?? [];
    byRoot.set(root, rows);
    rows.push(row);
  }
  const rows: BoardQueryReport[] = [];
  for (const [root, asked] of byRoot) rows.push(...(await askRepository(asked, root, options)));
  const times = Float64Array.from(rows, (row) => row.elapsedMs).sort();
  const summary = {
    queries: rows.length,
    depth,
    seed,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    groups: groupsOf(rows, seed),
    clarified: clarifiedOf(rows, seed),
    unknownAnswers: rows.reduce((sum, row) => sum + row.unknown.length, 0),
    misses: rows.filter((row) => row.split === 'dev' && row.scores.success10 === 0),
  };
  if (options.out !== undefined) {
    const { signal, onProgress, meaning, ...given } = options;
    const settings = { ...given, encoder: meaning?.encoder.id ?? null, by: meaning?.by ?? null };
    writeRunFolder(options.out, { suite: 'board', settings, seed, rows, summary });
  }
  return { ...summary, rows };
}
