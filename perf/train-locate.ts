/**
 * Trains the ranker of `locate` and writes `src/search/locate/weights.json`.
 *
 *     winnow bench convert-commits CLONES/scrapy scrapy.jsonl --name scrapy/scrapy --limit 150 --windows 10 --examples
 *     …                                              # one file of instances per repository
 *     node perf/train-locate.ts --repos CLONES --work DIR --encoder usual --issues swebench_lite.jsonl.gz scrapy.jsonl celery.jsonl …
 *
 *     node perf/train-locate.ts … --encoder none --from src/search/locate/weights.json aiohttp.jsonl glance.jsonl …
 *
 * Every instance's base commit is placed, indexed and asked, and the features of its candidates are kept. Files are
 * fitted first; the ranker of symbols then sees how files stand. Before the weights of all repositories are
 * written, each repository is ranked by weights that never saw it. That is the figure to compare changes by, and
 * the only one to report on repositories that the written weights were trained on.
 */
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { goldOf } from '../src/bench/localization/gold.ts';
import { type Instance, readInstances } from '../src/bench/localization/instances.ts';
import { findClone } from '../src/bench/localization/run.ts';
import { Worktree } from '../src/bench/localization/worktree.ts';
import { openTable, shippedTable } from '../src/embed/mod.ts';
import { openRepository, readHistory } from '../src/index/mod.ts';
import { symbolCandidates } from '../src/search/locate/candidates.ts';
import { collect } from '../src/search/locate/collect.ts';
import { corpusOf } from '../src/search/locate/corpus.ts';
import { fileOfKey, symbolOfKey } from '../src/search/locate/evidence.ts';
import {
  fileColumns,
  fileStandings,
  fileTable,
  fillStandings,
  symbolColumns,
  symbolTable,
} from '../src/search/locate/features.ts';
import { parseIssue } from '../src/search/locate/issue.ts';
import { askIssue } from '../src/search/locate/nearness.ts';
import { linearScores } from '../src/search/locate/ranker.ts';
import { openMeaning } from '../src/search/mod.ts';
import { fitListwise, type List } from './fit.ts';

/**
 * Penalties, chosen on leave-one-repository-out accuracy; a factor of three either way changes it by about a point,
 * which is less than its error.
 */
const filePenalty = 4;
const symbolPenalty = 3;
/** The same where training goes on from weights: these have seen commits already, and twice the pull gained the most evenly. */
const onwardPenalty = 6;
/** A repository of many instances counts more, but not in proportion: weight n^−0.35 for each of its n. */
const crowding = 0.35;
/** An issue counts as three commits: it is what the ranker is for, but there are few. Reasoned, not tuned. */
const issueWeight = 3;

/**
 * A ranker before training: what a signal is worth by what is known of single signals. Training moves from here as far as
 * commits give reason to, because messages of commits lack what issues hold: frames, paths, code, a title that differs
 * from the text. Where they say nothing the prior stays. (On issues, a file of a trace is right at 1 in 61.5%
 * of those with one, a path in 54.8%, so a full share of these outweighs the usual lead by words.)
 */
const filePriors: Readonly<Record<string, number>> = {
  'textTop share': 1,
  'textMax share': 1,
  'textFile share': 1,
  'titleTop share': 0.5,
  'namesProse share': 1,
  'namesCode share': 1,
  'historyProfile share': 0.7,
  'historySum share': 0.5,
  'testName share': 0.5,
  'testCalls share': 0.5,
  'path share': 0.5,
  'bases share': 0.5,
  'convention share': 0.5,
  'frame share': 2,
  'pathMention share': 2,
  'moduleMention share': 1,
  // Of runs of the issue’s code, which training sees none of: as measured (docs/measurements/localization.md).
  ran: 0,
  ranLast: 0.47,
  ranRare: 0.47,
  ranFrame: 0,
};
const symbolPriors: Readonly<Record<string, number>> = {
  'text share': 1,
  'text within': 0.5,
  'prose share': 0.5,
  'title share': 0.5,
  'name share': 0.5,
  'namesProse share': 1,
  'namesCode share': 0.5,
  'inClass share': 0.5,
  'convention share': 0.5,
  'frame share': 1.5,
  'line share': 1,
  'literal share': 0.3,
  'phrases share': 0.5,
  'pastLines share': 0.5,
  'recentLines share': 0.3,
  'file log': 1,
  'file rank': 0.5,
  ran: 0,
  ranLast: 0.63,
  ranRare: 0.7,
  ranFrame: 0.01,
};
const priorOf = (columns: readonly string[], priors: Readonly<Record<string, number>>): Float64Array =>
  Float64Array.from(columns, (column) => priors[column] ?? 0);

/** What is kept of an instance. */
interface Row {
  readonly repo: string;
  readonly issue: boolean;
  readonly candidates: readonly number[];
  readonly files: Float32Array;
  /** Rows of `files` that are right; -1: not among the candidates. */
  readonly rightFiles: readonly number[];
  readonly symbolFiles: readonly number[];
  readonly callable: readonly boolean[];
  readonly symbols: Float32Array;
  readonly rightSymbols: readonly number[];
}

async function rowsOf(path: string, repos: string, work: string, issue: boolean): Promise<Row[]> {
  const byRepo = Map.groupBy(readInstances(path), ({ repo }) => repo);
  const rows: Row[] = [];
  for (const [repo, instances] of byRepo) rows.push(...(await rowsOfRepository(repo, instances, repos, work, issue)));
  return rows;
}

async function rowsOfRepository(
  repo: string,
  instances: readonly Instance[],
  repos: string,
  work: string,
  issue: boolean,
): Promise<Row[]> {
  const rows: Row[] = [];
  const directory = join(work, repo.replace('/', '+'));
  const worktree = new Worktree(findClone(repos, repo), directory, repo);
  const repository = openRepository(directory, { home: join(work, 'index') });
  for (const instance of instances) {
    worktree.place(instance.baseCommit);
    await repository.refresh();
    const snapshot = repository.snapshot();
    const corpus = corpusOf(snapshot, '');
    const collected = collect(
      corpus,
      parseIssue(instance.problemStatement),
      readHistory(directory, repository.storeDir),
      [],
      encoder === null ? undefined : await askIssue(await openMeaning(snapshot, encoder), instance.problemStatement),
    );
    const gold = goldOf(snapshot, instance.patch);
    const keys = symbolCandidates(collected);
    const symbolAt = (key: number) => corpus.facts(fileOfKey(key)).symbols[symbolOfKey(key)];
    const names = keys.map((key) => `${corpus.files[fileOfKey(key)]?.path}:${symbolAt(key)?.qualifiedName}`);
    rows.push({
      repo,
      issue,
      candidates: collected.candidates,
      files: Float32Array.from(fileTable(collected).values),
      rightFiles: gold.files.map((file) => collected.candidates.indexOf(corpus.byPath.get(file) ?? -1)),
      symbolFiles: keys.map(fileOfKey),
      callable: keys.map((key) => ['function', 'method', 'constructor'].includes(symbolAt(key)?.kind ?? '')),
      symbols: Float32Array.from(symbolTable(collected, keys, null).values),
      rightSymbols: gold.functions.map((name) => names.indexOf(name)),
    });
    snapshot.close();
    if (rows.length % 25 === 0) process.stderr.write(`${repo} ${rows.length} of ${instances.length}\n`);
  }
  repository.close();
  worktree.close();
  return rows;
}

function listsOf(
  rows: readonly Row[],
  values: (row: Row) => Float32Array,
  right: (row: Row) => readonly number[],
): List[] {
  const counts = new Map<string, number>();
  for (const { repo } of rows) counts.set(repo, (counts.get(repo) ?? 0) + 1);
  return rows.flatMap((row) => {
    const found = right(row).filter((at) => at >= 0);
    return found.length === 0
      ? []
      : [
          {
            values: values(row),
            right: found,
            weight: (row.issue ? issueWeight : 1) * (counts.get(row.repo) ?? 1) ** -crowding,
          },
        ];
  });
}

const named = (columns: readonly string[], weights: Float64Array): Record<string, number> =>
  Object.fromEntries(columns.map((column, at) => [column, Number((weights[at] as number).toFixed(4))]));

interface Fitted {
  readonly files: Record<string, number>;
  readonly symbols: Record<string, number>;
}

/** Ranker of files as given; that of symbols moves on from its weights, and from the prior where a signal is new. */
function trainOn(rows: readonly Row[], { files, symbols }: Fitted): Fitted {
  const from = Float64Array.from(symbolColumns, (column) => symbols[column] ?? symbolPriors[column] ?? 0);
  return { files, symbols: named(symbolColumns, fitListwise(symbolLists(rows, files), from, onwardPenalty)) };
}

function train(rows: readonly Row[]): Fitted {
  if (given !== null) return trainOn(rows, given);
  const files = named(
    fileColumns,
    fitListwise(
      listsOf(
        rows,
        (row) => row.files,
        (row) => row.rightFiles,
      ),
      priorOf(fileColumns, filePriors),
      filePenalty,
    ),
  );
  return {
    files,
    symbols: named(
      symbolColumns,
      fitListwise(symbolLists(rows, files), priorOf(symbolColumns, symbolPriors), symbolPenalty),
    ),
  };
}

/** Rows of symbols that know how their files stand. */
function symbolLists(rows: readonly Row[], files: Record<string, number>): List[] {
  const standing = new Map(rows.map((row) => [row, symbolsWithStandings(row, files)]));
  return listsOf(
    rows,
    (row) => standing.get(row) as Float32Array,
    (row) => row.rightSymbols,
  );
}

function fileScores(row: Row, weights: Record<string, number>): Float64Array {
  return linearScores({ columns: fileColumns, values: Float64Array.from(row.files) }, weights);
}

function symbolsWithStandings(row: Row, weights: Record<string, number>): Float32Array {
  const values = Float64Array.from(row.symbols);
  fillStandings(values, row.symbolFiles, fileStandings(row.candidates, fileScores(row, weights)));
  return Float32Array.from(values);
}

/** Place of the worst-placed right one, from 0. */
function worst(scores: Float64Array, right: readonly number[]): number {
  let place = 0;
  for (const at of right) {
    if (at < 0) return Number.POSITIVE_INFINITY;
    place = Math.max(place, scores.filter((score, other) => other !== at && score >= (scores[at] as number)).length);
  }
  return place;
}

interface Ranks {
  readonly files: readonly number[];
  readonly functions: readonly number[];
}

function ranksOf(rows: readonly Row[], { files, symbols }: Fitted): Ranks {
  const fileRanks = rows.map((row) => worst(fileScores(row, files), row.rightFiles));
  const withSymbols = rows.filter((row) => row.rightSymbols.length > 0);
  const symbolRanks = withSymbols.map((row) => {
    const values = Float64Array.from(symbolsWithStandings(row, files));
    const scores = linearScores({ columns: symbolColumns, values }, symbols);
    return worst(
      scores.map((score, at) => (row.callable[at] ? score : Number.NEGATIVE_INFINITY)),
      row.rightSymbols,
    );
  });
  return { files: fileRanks, functions: symbolRanks };
}

function accuracy({ files, functions }: Ranks): string {
  const share = (ranks: readonly number[], k: number): string =>
    ((100 * ranks.filter((rank) => rank < k).length) / Math.max(1, ranks.length)).toFixed(1);
  const shares = (ranks: readonly number[]): string =>
    `${[1, 5, 10].map((k) => share(ranks, k)).join(' / ')} of ${ranks.length}`;
  return `files ${shares(files)}, functions ${shares(functions)}`;
}

const { values: flags, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    repos: { type: 'string' },
    work: { type: 'string' },
    issues: { type: 'string' },
    encoder: { type: 'string', default: 'usual' },
    from: { type: 'string' },
    out: { type: 'string', default: join(import.meta.dirname, '..', 'src', 'search', 'locate', 'weights.json') },
  },
});
if (flags.repos === undefined || flags.work === undefined || positionals.length === 0)
  throw new Error(
    'usage: node perf/train-locate.ts --repos DIR --work DIR [--issues FILE] [--encoder FILE|usual|none] [--from WEIGHTS] [--out FILE] INSTANCES…',
  );
/** `none`: without likeness of meaning. */
const encoder = flags.encoder === 'none' ? null : flags.encoder === 'usual' ? shippedTable() : openTable(flags.encoder);
/** Weights to go on from, those of files unchanged; without them training begins at the prior. */
const given =
  flags.from === undefined ? null : (JSON.parse(readFileSync(flags.from, 'utf8')) as Fitted & { trained: object });
const rows: Row[] = [];
for (const path of positionals) rows.push(...(await rowsOf(path, flags.repos, flags.work, false)));
if (flags.issues !== undefined) rows.push(...(await rowsOf(flags.issues, flags.repos, flags.work, true)));
const repos = [...new Set(rows.map(({ repo }) => repo))];
const ofIssues: { files: number[]; functions: number[] } = { files: [], functions: [] };
for (const held of repos.length > 1 ? repos : []) {
  const own = rows.filter(({ repo }) => repo === held);
  const ranks = ranksOf(own, train(rows.filter(({ repo }) => repo !== held)));
  console.log(`${held}: ${accuracy(ranks)}`);
  if (own[0]?.issue !== true) continue;
  ofIssues.files.push(...ranks.files);
  ofIssues.functions.push(...ranks.functions);
}
if (flags.issues !== undefined) console.log(`all issues: ${accuracy(ofIssues)}`);
const digest = createHash('sha256');
for (const path of flags.issues === undefined ? positionals : [...positionals, flags.issues])
  digest.update(readFileSync(path));
const trained = {
  command: 'perf/train-locate.ts',
  repositories: repos,
  instances: rows.length,
  sha256: digest.digest('hex'),
  ...(given === null ? {} : { from: given.trained }),
};
writeFileSync(flags.out, `${JSON.stringify({ trained, ...train(rows) }, null, 1)}\n`);
console.log(`weights of ${rows.length} instances written to ${flags.out}`);
