/**
 * How well changes of behaviour are told from changes that preserve it: real commits, each of one function, labelled by reading before any tool ran on them.
 *
 * Precision and recall of `changed`, as ChangeGuard counts them: what is undecided is not told as changed, and what changes and is undecided is missed. A commit that
 * could not be read, because its repository is not there, is left out and counted.
 *
 * A label says: within what a function's text, annotations and callers let it be given there is an input, or a state, on which result, exception type or visible effect
 * differs. Texts of exceptions and log lines are none, with whatever level; warnings are by their category; names of parameters that can be passed by name are part of
 * behaviour, and so is how much is drawn from an iterator.
 */
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { loadGrammarFile, openRevisions, type RevisionFiles } from '../../index/mod.ts';
import {
  type BehaviourReport,
  callersOf,
  defaultEcmascriptInputs,
  diffBehaviour,
  isEcmascript,
  openRunner,
  type PathsAndFiles,
  type Runner,
  type RunnerSettings,
  versionAround,
} from '../../run/mod.ts';
import { type Estimate, estimate } from '../interval.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';

export const behaviourHalves = ['dev', 'held', 'all'] as const;
export type BehaviourHalf = (typeof behaviourHalves)[number];

/** ChangeGuard's own figures on its own 224 commits, and what the projects' regression tests find of the same (Gröninger, Souza and Pradel, FSE 2025). */
export const publishedBehaviour = [
  { name: 'ChangeGuard', precision: 77.1, recall: 69.5 },
  { name: 'regression tests of the projects', precision: null, recall: 7.6 },
] as const;

const labelSchema = z.strictObject({
  repository: z.string(),
  commit: z.string(),
  path: z.string(),
  function: z.string(),
  label: z.enum(['changing', 'preserving']),
  drawn: z.string().describe('Whether its message spoke of tidying or of something else'),
  reason: z.string(),
  half: z.enum(['dev', 'held']),
});
export type BehaviourLabel = z.output<typeof labelSchema>;

export interface BehaviourBenchOptions {
  /** Directory with the repositories, each as `owner+name`, `owner/name` or `name`, bare or with a worktree. */
  readonly repositories: string;
  /** JSON Lines; null: those that come along. */
  readonly labels: string | null;
  readonly half: BehaviourHalf;
  readonly limit: number | null;
  /** Of Python; JavaScript has its own default. */
  readonly inputs: number;
  /** Elapsed time for a pair, ms. */
  readonly wallMs: number;
  readonly seed: number;
  readonly out: string | null;
  readonly settings: Pick<RunnerSettings, 'cacheDir' | 'path'>;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
}

export interface BehaviourRow extends BehaviourLabel {
  readonly behaviour: BehaviourReport['behaviour'];
  readonly why: string;
  readonly inputs: number;
  readonly sure: 'strong' | 'weak' | null;
  readonly wallMs: number;
}

export interface BehaviourScores {
  readonly pairs: number;
  readonly changing: number;
  /** Told as changed, and rightly so. */
  readonly told: number;
  readonly right: number;
  readonly undecided: number;
  /** Shares in percent; null where there is nothing to take a share of. */
  readonly precision: Estimate | null;
  readonly recall: Estimate | null;
}

export interface BehaviourBenchReport {
  readonly seed: number;
  readonly half: BehaviourHalf;
  /** Commits that could not be read. */
  readonly missing: number;
  readonly all: BehaviourScores;
  readonly repositories: readonly (BehaviourScores & { readonly repository: string })[];
  /** Elapsed time of a pair, ms: median and 90th percentile. */
  readonly wallMs: { readonly median: number; readonly p90: number };
}

/** @throws WinnowError `bad-data` when a line is no label or no commit could be read, `not-a-directory`, and as `diffBehaviour` does */
export async function benchBehaviour(options: BehaviourBenchOptions): Promise<BehaviourBenchReport> {
  if (options.out !== null) checkRunFolder(options.out);
  if (statSync(options.repositories, { throwIfNoEntry: false })?.isDirectory() !== true)
    throw new WinnowError('not-a-directory', `${options.repositories} is no directory of repositories.`);
  const labels = readLabels(options.labels)
    .filter(({ half }) => options.half === 'all' || half === options.half)
    .slice(0, options.limit ?? undefined);
  const runner = openRunner(options.settings);
  const open = new Map<string, RevisionFiles | null>();
  const rows: BehaviourRow[] = [];
  let missing = 0;
  try {
    for (const [done, label] of labels.entries()) {
      stopIfCancelled(options.signal);
      options.onProgress({ label: 'compared', done, total: labels.length });
      const revisions = open.get(label.repository) ?? repositoryOf(options.repositories, label.repository);
      open.set(label.repository, revisions);
      const row = revisions === null ? null : await rowOf(label, revisions, runner, options);
      if (row === null) missing += 1;
      else rows.push(row);
    }
  } finally {
    for (const one of open.values()) one?.close();
    await runner.close();
  }
  if (rows.length === 0)
    throw new WinnowError(
      'bad-data',
      `None of ${labels.length} commits is in a repository below ${options.repositories}.`,
    );
  const times = rows.map(({ wallMs }) => wallMs).sort((a, b) => a - b);
  const report: BehaviourBenchReport = {
    seed: options.seed,
    half: options.half,
    missing,
    all: scoresOf(rows, options.seed),
    repositories: [...new Set(rows.map(({ repository }) => repository))].sort().map((repository) => ({
      repository,
      ...scoresOf(
        rows.filter((row) => row.repository === repository),
        options.seed,
      ),
    })),
    wallMs: { median: times[times.length >> 1] as number, p90: times[Math.floor(times.length * 0.9)] as number },
  };
  if (options.out !== null)
    writeRunFolder(options.out, {
      suite: 'diff-behaviour',
      settings: { half: options.half, inputs: options.inputs, wallMs: options.wallMs, labels: options.labels },
      seed: options.seed,
      rows,
      summary: report,
    });
  return report;
}

function readLabels(path: string | null): BehaviourLabel[] {
  const file = path ?? fileURLToPath(new URL('behaviour-labels.jsonl', import.meta.url));
  const lines = readFileSync(file, 'utf8')
    .split('\n')
    .filter((line) => line.trim() !== '');
  return lines.map((line, index) => {
    const read = labelSchema.safeParse(parsed(line));
    if (read.success) return read.data;
    throw new WinnowError('bad-data', `${file}, line ${index + 1}: ${z.prettifyError(read.error)}`);
  });
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return null;
  }
}

function repositoryOf(directory: string, name: string): RevisionFiles | null {
  const last = name.split('/').at(-1) as string;
  for (const one of [name.replace('/', '+'), name, last].map((part) => join(directory, part))) {
    if (!existsSync(one)) continue;
    const inside = readdirSync(one, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const at of [one, ...inside.map((entry) => join(one, entry.name))]) {
      if (!existsSync(join(at, 'HEAD')) && !existsSync(join(at, '.git'))) continue;
      const revisions = openRevisions(at);
      if (revisions !== null) return revisions;
    }
  }
  return null;
}

async function rowOf(
  label: BehaviourLabel,
  revisions: RevisionFiles,
  runner: Runner,
  { inputs: given, wallMs, seed, signal }: BehaviourBenchOptions,
): Promise<BehaviourRow | null> {
  const before = revisions.resolve(`${label.commit}^`);
  if (before === null) return null;
  const [old, late] = [filesAt(revisions, before), filesAt(revisions, label.commit)];
  const versions = [
    versionAround(label.path, label.function, old),
    versionAround(label.path, label.function, late),
  ] as const;
  if (versions[0] === null || versions[1] === null) return null;
  const started = performance.now();
  const callers = callersOf(label.function, late, label.path);
  const inputs = isEcmascript(label.path) ? defaultEcmascriptInputs : given;
  const options = { inputs, wallMs, seed, callers, load: loadGrammarFile };
  const report = await diffBehaviour([versions[0], versions[1]], options, runner, { signal });
  return {
    ...label,
    behaviour: report.behaviour,
    why: report.why,
    inputs: report.inputs,
    sure: report.difference?.sure ?? null,
    wallMs: Math.round(performance.now() - started),
  };
}

function filesAt(revisions: RevisionFiles, commit: string): PathsAndFiles {
  const files = revisions.files(commit);
  return {
    paths: [...files.keys()],
    read: (path) => {
      const id = files.get(path);
      return id === undefined ? null : revisions.read(id);
    },
  };
}

function scoresOf(rows: readonly BehaviourRow[], seed: number): BehaviourScores {
  const changing = rows.filter(({ label }) => label === 'changing');
  const told = rows.filter(({ behaviour }) => behaviour === 'changed');
  const share = (of: readonly BehaviourRow[], is: (row: BehaviourRow) => boolean): Estimate | null =>
    of.length === 0
      ? null
      : estimate(
          of.map((row) => (is(row) ? 100 : 0)),
          undefined,
          { seed },
        );
  return {
    pairs: rows.length,
    changing: changing.length,
    told: told.length,
    right: told.filter(({ label }) => label === 'changing').length,
    undecided: rows.filter(({ behaviour }) => behaviour === 'undecided').length,
    precision: share(told, ({ label }) => label === 'changing'),
    recall: share(changing, ({ behaviour }) => behaviour === 'changed'),
  };
}
