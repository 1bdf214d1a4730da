/**
 * Measures `locate` on instances of issue localization.
 *
 * Each instance's base commit is put into a worktree (one per repository, so that the index pays only for what differs), the
 * index is brought up to date, and the issue is asked as a user would. History is what led to the base commit. Strict accuracy:
 * an instance counts at k when all its gold is among the first k. Ranks, not scores, are kept in the rows, so that any
 * k can be computed again.
 */
import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { WinnowError } from '../../base/mod.ts';
import { gitDirOf, openRepository, parseCommit, type Repository, readHistory } from '../../index/mod.ts';
import { askIssue, type Encoder, type LocateAnswer, locate, openMeaning, type SignalGroup } from '../../search/mod.ts';
import { type Estimate, estimateAll, quantile } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { goldOf } from './gold.ts';
import { type Instance, readInstances } from './instances.ts';
import { Worktree } from './worktree.ts';

export const fileMeasures = ['file1', 'file3', 'file5', 'file10'] as const;
export const functionMeasures = ['function1', 'function5', 'function10'] as const;
export type FileMeasure = (typeof fileMeasures)[number];
export type FunctionMeasure = (typeof functionMeasures)[number];

export interface LocalizationOptions {
  /** File of instances. */
  readonly instances: string;
  /** Folder with the clones: `owner+name/repo`, `owner+name`, `owner__name`, `owner/name` or `name`, bare or not. */
  readonly repos: string;
  /** Folder for worktrees; kept, so that the next run is quicker. */
  readonly work: string;
  readonly limit?: number | undefined;
  /** Only instances whose id starts with this. */
  readonly only?: string | undefined;
  readonly without?: readonly SignalGroup[] | undefined;
  /** Takes likeness of meaning as evidence; default: none. */
  readonly encoder?: Encoder | undefined;
  readonly home?: string | undefined;
  readonly seed?: number | undefined;
  readonly out?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((step: BenchProgress) => void) | undefined;
}

export interface LocalizationRow {
  readonly id: string;
  readonly repo: string;
  readonly goldFiles: readonly string[];
  readonly goldFunctions: readonly string[];
  /** Place of the worst-placed gold file, from 1; `null` beyond the list. */
  readonly fileRank: number | null;
  /** The same for functions; `null` too when there is no gold function. */
  readonly functionRank: number | null;
  readonly topFiles: readonly string[];
  readonly topFunctions: readonly string[];
  readonly elapsedMs: {
    readonly checkout: number;
    readonly refresh: number;
    /** Making vectors of what is new; about 0 without an encoder. */
    readonly encode: number;
    readonly history: number;
    readonly locate: number;
  };
  /** Why the issue was refused. */
  readonly problem: string | null;
}

export interface LocalizationGroup {
  /** `null`: all. */
  readonly repo: string | null;
  readonly files: Readonly<Record<FileMeasure, Estimate>>;
  /** Over instances with a gold function; `null` when there is none. */
  readonly functions: Readonly<Record<FunctionMeasure, Estimate>> | null;
}

export interface LocalizationReport {
  readonly instances: number;
  readonly withFunctions: number;
  readonly seed: number;
  readonly groups: readonly LocalizationGroup[];
  /** Middle and 95th percentile of locating alone, on an up-to-date index. */
  readonly p50Ms: number;
  readonly p95Ms: number;
  readonly meanMs: LocalizationRow['elapsedMs'];
  readonly rows: readonly LocalizationRow[];
}

/** Entries asked for; twice the largest k, because overloads of one name count once. */
const asked = 20;
const largestK = 10;

/** @throws WinnowError `bad-data`, `bad-usage` (a clone is missing; the message says what to run), `cancelled` */
export async function benchLocalization(options: LocalizationOptions): Promise<LocalizationReport> {
  const { seed = 1, only = '' } = options;
  if (options.out !== undefined) checkRunFolder(options.out);
  const wanted = readInstances(options.instances).filter((instance) => instance.id.startsWith(only));
  const instances = wanted.slice(0, options.limit ?? wanted.length);
  if (instances.length === 0)
    throw new WinnowError('bad-usage', `Expected instances to run; none in ${options.instances} begins with ${only}.`);
  const byRepo = new Map<string, Instance[]>();
  for (const instance of instances) byRepo.set(instance.repo, [...(byRepo.get(instance.repo) ?? []), instance]);
  const clones = new Map([...byRepo.keys()].map((repo) => [repo, findClone(options.repos, repo)]));
  const rows: LocalizationRow[] = [];
  for (const [repo, own] of byRepo)
    rows.push(...(await runRepository(repo, clones.get(repo) as string, own, options, rows.length, instances.length)));
  const summary = summarize(rows, seed);
  if (options.out !== undefined) {
    const { signal, onProgress, encoder, ...given } = options;
    const settings = { ...given, encoder: encoder?.id ?? null };
    writeRunFolder(options.out, { suite: 'localization', settings, seed, rows, summary });
  }
  return { ...summary, rows };
}

/** Git directory of a repository's clone. @throws WinnowError `bad-usage` when there is none */
export function findClone(repos: string, repo: string): string {
  const [owner = '', name = ''] = repo.split('/');
  const places = [`${owner}+${name}/repo`, `${owner}+${name}`, `${owner}__${name}`, repo, name].map((place) =>
    join(repos, place),
  );
  for (const place of places) {
    const gitDir = existsSync(place) ? gitDirOf(place) : null;
    if (gitDir !== null) return gitDir;
  }
  const place = places[1] as string;
  throw new WinnowError(
    'bad-usage',
    `Expected a clone of ${repo} below ${repos}; there is none. Run: git clone --bare https://github.com/${repo} ${place}`,
    { details: { repo, places } },
  );
}

async function runRepository(
  repo: string,
  gitDir: string,
  instances: readonly Instance[],
  options: LocalizationOptions,
  before: number,
  total: number,
): Promise<LocalizationRow[]> {
  const directory = join(options.work, repo.replace('/', '+'));
  mkdirSync(directory, { recursive: true });
  const worktree = new Worktree(gitDir, directory, repo);
  const repository = openRepository(directory, options.home === undefined ? {} : { home: options.home });
  try {
    const timeOf = ({ baseCommit }: Instance): number => {
      const bytes = worktree.objects.readKind(baseCommit, 'commit');
      return (bytes === null ? null : parseCommit(bytes))?.timeS ?? 0;
    };
    const rows: LocalizationRow[] = [];
    // Neighbours in time differ least.
    for (const instance of [...instances].sort((a, b) => timeOf(a) - timeOf(b))) {
      stopIfCancelled(options.signal);
      options.onProgress?.({ label: `locating in ${repo}`, done: before + rows.length, total });
      rows.push(await runInstance(instance, worktree, repository, options));
    }
    return rows;
  } finally {
    repository.close();
    worktree.close();
  }
}

async function runInstance(
  instance: Instance,
  worktree: Worktree,
  repository: Repository,
  options: LocalizationOptions,
): Promise<LocalizationRow> {
  const clock = stopwatch();
  worktree.place(instance.baseCommit);
  const checkout = clock();
  await repository.refresh({ waitMs: 60_000, ...(options.signal === undefined ? {} : { signal: options.signal }) });
  const refresh = clock();
  const history = readHistory(worktree.directory, repository.storeDir, { signal: options.signal });
  const historyMs = clock();
  const snapshot = repository.snapshot();
  try {
    const { encoder } = options;
    const meaning = encoder === undefined ? null : await openMeaning(snapshot, encoder);
    const encode = clock();
    const near = meaning === null ? null : await askIssue(meaning, instance.problemStatement);
    const { answer, problem } = ask(() =>
      locate(snapshot, instance.problemStatement, history, {
        limit: asked,
        without: options.without ?? [],
        ...(near === null ? {} : { meaning: near }),
      }),
    );
    const locateMs = clock();
    const gold = goldOf(snapshot, instance.patch);
    const topFiles = (answer?.files ?? []).map(({ path }) => path).slice(0, largestK);
    const named = (answer?.functions ?? []).map(({ path, name }) => `${path}:${name}`);
    const topFunctions = [...new Set(named)].slice(0, largestK);
    return {
      id: instance.id,
      repo: instance.repo,
      goldFiles: gold.files,
      goldFunctions: gold.functions,
      fileRank: worstRank(topFiles, gold.files),
      functionRank: worstRank(topFunctions, gold.functions),
      topFiles,
      topFunctions,
      elapsedMs: { checkout, refresh, encode, history: historyMs, locate: locateMs },
      problem,
    };
  } finally {
    snapshot.close();
  }
}

function ask(work: () => LocateAnswer): { answer: LocateAnswer | null; problem: string | null } {
  try {
    return { answer: work(), problem: null };
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'bad-query') throw error;
    return { answer: null, problem: error.message };
  }
}

/** Milliseconds since the last call. */
function stopwatch(): () => number {
  let last = performance.now();
  return () => {
    const now = performance.now();
    const elapsed = Math.round((now - last) * 10) / 10;
    last = now;
    return elapsed;
  };
}

/** Place of the worst-placed gold, from 1; `null` when one is missing or there is none. */
export function worstRank(ranked: readonly string[], gold: readonly string[]): number | null {
  if (gold.length === 0) return null;
  const places = gold.map((wanted) => ranked.indexOf(wanted));
  return places.includes(-1) ? null : Math.max(...places) + 1;
}

const within = (rank: number | null, k: number): number => (rank !== null && rank <= k ? 1 : 0);

/** Figures computed from rows, nothing else. */
export function summarize(rows: readonly LocalizationRow[], seed: number): Omit<LocalizationReport, 'rows'> {
  const repos = [...new Set(rows.map(({ repo }) => repo))].sort();
  const groups = (repos.length > 1 ? [null, ...repos] : [null]).map((repo): LocalizationGroup => {
    const own = rows.filter((row) => repo === null || row.repo === repo);
    const withFunctions = own.filter(({ goldFunctions }) => goldFunctions.length > 0);
    return {
      repo,
      files: estimateAll(
        own.map(({ fileRank }) => ({
          file1: within(fileRank, 1),
          file3: within(fileRank, 3),
          file5: within(fileRank, 5),
          file10: within(fileRank, 10),
        })),
        fileMeasures,
        { seed },
      ),
      functions:
        withFunctions.length === 0
          ? null
          : estimateAll(
              withFunctions.map(({ functionRank }) => ({
                function1: within(functionRank, 1),
                function5: within(functionRank, 5),
                function10: within(functionRank, 10),
              })),
              functionMeasures,
              { seed },
            ),
    };
  });
  const times = Float64Array.from(rows, ({ elapsedMs }) => elapsedMs.locate).sort();
  const mean = (of: (row: LocalizationRow) => number): number =>
    Math.round((rows.reduce((sum, row) => sum + of(row), 0) / rows.length) * 10) / 10;
  return {
    instances: rows.length,
    withFunctions: rows.filter(({ goldFunctions }) => goldFunctions.length > 0).length,
    seed,
    groups,
    p50Ms: quantile(times, 0.5),
    p95Ms: quantile(times, 0.95),
    meanMs: {
      checkout: mean((row) => row.elapsedMs.checkout),
      refresh: mean((row) => row.elapsedMs.refresh),
      encode: mean((row) => row.elapsedMs.encode),
      history: mean((row) => row.elapsedMs.history),
      locate: mean((row) => row.elapsedMs.locate),
    },
  };
}
