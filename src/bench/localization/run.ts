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
import {
  askIssue,
  type Encoder,
  type IssueRun,
  type LocateAnswer,
  locate,
  openMeaning,
  type SignalGroup,
} from '../../search/mod.ts';
import type { Estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { goldOf } from './gold.ts';
import { type Instance, readInstances } from './instances.ts';
import { type IssueRunning, type RunRow, type RunSummary, rowOf, runOf } from './issuerun.ts';
import { type fileMeasures, type functionMeasures, summarize } from './summary.ts';
import { Worktree } from './worktree.ts';

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
  /** Runs the code that issues carry, and ranks with and without what it ran. */
  readonly running?: IssueRunning | undefined;
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
  /** What the issue's own code did; null without `running`, and where there is none. */
  readonly run: RunRow | null;
  readonly elapsedMs: {
    readonly checkout: number;
    readonly refresh: number;
    /** Making vectors of what is new; about 0 without an encoder. */
    readonly encode: number;
    readonly history: number;
    /** Running the issue's own code. */
    readonly run: number;
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
  readonly runs: RunSummary | null;
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
    const { signal, onProgress, encoder, running, ...given } = options;
    const settings = { ...given, encoder: encoder?.id ?? null, run: running !== undefined };
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
    const ran =
      options.running === undefined
        ? null
        : await runOf(snapshot, instance.problemStatement, instance.repo, options.running, options.signal);
    const runMs = clock();
    const asking = (run: IssueRun | null) =>
      ask(() =>
        locate(snapshot, instance.problemStatement, history, {
          limit: asked,
          without: options.without ?? [],
          ...(near === null ? {} : { meaning: near }),
          ...(run === null ? {} : { run }),
        }),
      );
    const { answer, problem } = asking(ran);
    const locateMs = clock();
    const gold = goldOf(snapshot, instance.patch);
    const { topFiles, topFunctions } = topOf(answer);
    const plain = ran === null ? null : topOf(asking(null).answer);
    return {
      id: instance.id,
      repo: instance.repo,
      goldFiles: gold.files,
      goldFunctions: gold.functions,
      fileRank: worstRank(topFiles, gold.files),
      functionRank: worstRank(topFunctions, gold.functions),
      topFiles,
      topFunctions,
      run:
        ran === null || plain === null
          ? null
          : rowOf(ran, {
              fileRankWithout: worstRank(plain.topFiles, gold.files),
              functionRankWithout: worstRank(plain.topFunctions, gold.functions),
            }),
      elapsedMs: { checkout, refresh, encode, history: historyMs, run: runMs, locate: locateMs },
      problem,
    };
  } finally {
    snapshot.close();
  }
}

function topOf(answer: LocateAnswer | null): { readonly topFiles: string[]; readonly topFunctions: string[] } {
  const named = (answer?.functions ?? []).map(({ path, name }) => `${path}:${name}`);
  return {
    topFiles: (answer?.files ?? []).map(({ path }) => path).slice(0, largestK),
    topFunctions: [...new Set(named)].slice(0, largestK),
  };
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
