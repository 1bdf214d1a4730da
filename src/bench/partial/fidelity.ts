/**
 * Fidelity of partial execution: how often an injected value is of the type, truth and size that a real run had at the same place.
 *
 * Recorded functions are drawn by a seed, cut out of their files and run partially, once for each level asked for, either as a body alone, where all that it
 * uses is missing, or in their repository, where only arguments are. What was injected is brought together with what the project's own suite had there.
 *
 * Projects are split by a hash of their names, so that whoever improves the guesses may look at one half. A place that the suite never reached
 * cannot be judged; such values are counted.
 */
import { createHash } from 'node:crypto';
import { dirname, join } from 'node:path/posix';
import { seededRandom, WinnowError } from '../../base/mod.ts';
import {
  type Job,
  openRunner,
  type PartialLevel,
  type PartialReport,
  type Runner,
  type RunnerSettings,
  runPartial,
  type ValueFunction,
  type ValueSite,
} from '../../run/mod.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { checkRunFolder, writeRunFolder } from '../runfolder.ts';
import { Baselines, baselineKinds } from './fidelitybaselines.ts';
import { cutBody } from './fidelitycut.ts';
import { drawSnippets, judgeErrors, readErrorSnippets, type Snippet, type TypeErrorReport } from './fidelityerrors.ts';
import { type Recording, readRecording } from './fidelityfile.ts';
import { siteOf, wordsOf } from './fidelitymatch.ts';
import { type Comparison, confusionOf, type FidelityScores, hitsOf, scoresOf } from './fidelityscore.ts';

export const fidelityWays = ['body', 'repository'] as const;
/** `body`: the function's statements alone. `repository`: the function in its file, among the project's sources. */
export type FidelityWay = (typeof fidelityWays)[number];

export const fidelityHalves = ['dev', 'held', 'all'] as const;
export type FidelityHalf = (typeof fidelityHalves)[number];

export interface FidelityOptions {
  /** Files of `bench record-values`. */
  readonly recordings: readonly string[];
  readonly levels: readonly PartialLevel[];
  readonly ways: readonly FidelityWay[];
  readonly half: FidelityHalf;
  /** Functions drawn of each project. */
  readonly functions: number;
  readonly seed: number;
  /** Snippets with a known type error (`fidelityerrors.ts`); null: type errors are not measured. */
  readonly typeErrors: string | null;
  /** Bodies without an error beside them. */
  readonly withoutError: number;
  /** Directories of installed packages that functions in their repository may use, absolute. */
  readonly packages: readonly string[];
  /** A folder for the run: command, rows, summary; null: none. */
  readonly out: string | null;
  readonly settings: Pick<RunnerSettings, 'cacheDir' | 'path'>;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
}

/** One way at one level. */
export interface FidelityPart {
  readonly way: FidelityWay;
  readonly level: PartialLevel;
  readonly functions: number;
  /** Functions that could not be run partially, by reason. */
  readonly failed: Readonly<Record<string, number>>;
  /** Injected values, by kind, at places that the suite never reached or that are no site. They are not compared. */
  readonly notRecorded: Readonly<Record<string, number>>;
  /** null: nothing was compared. */
  readonly scores: FidelityScores | null;
  readonly confusion: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, number>>>>>>;
}

export interface FidelityReport {
  readonly seed: number;
  readonly half: FidelityHalf;
  readonly projects: readonly {
    readonly project: string;
    readonly commit: string | null;
    readonly half: 'dev' | 'held';
    readonly functions: number;
    readonly sites: number;
    readonly drawn: number;
  }[];
  readonly parts: readonly FidelityPart[];
  /** null: not measured. */
  readonly typeErrors: TypeErrorReport | null;
}

/** Half by the first bit of a hash, so that it stays where it is whatever other projects there are. */
export const halfOf = (project: string): 'dev' | 'held' =>
  ((createHash('sha256').update(project).digest()[0] ?? 0) & 1) === 0 ? 'dev' : 'held';

/** A function to be run, and the sites that its injected values are looked for at. */
interface Drawn {
  readonly project: string;
  readonly one: ValueFunction;
  readonly job: Job;
  readonly function: string | null;
  /** By path in the job. */
  readonly sites: ReadonlyMap<string, readonly ValueSite[]>;
}

/** @throws WinnowError `bad-usage` when nothing is drawn, `bad-data`, `path-not-found`, `cancelled`, and what running partially throws */
export async function benchFidelity(options: FidelityOptions): Promise<FidelityReport> {
  if (options.out !== null) checkRunFolder(options.out);
  const recordings: Recording[] = [];
  for (const path of options.recordings) recordings.push(await readRecording(path));
  const wanted = recordings.filter(({ project }) => options.half === 'all' || options.half === halfOf(project));
  const drawn = new Map(wanted.map((one) => [one, drawFrom(one, options)]));
  if ([...drawn.values()].every((some) => some.length === 0))
    throw new WinnowError(
      'bad-usage',
      `Expected functions whose body can stand alone in the ${options.half} half; there are none.`,
    );
  const runner = openRunner(options.settings);
  const parts: FidelityPart[] = [];
  const rows: object[] = [];
  let typeErrors: TypeErrorReport | null = null;
  try {
    for (const way of options.ways)
      for (const level of options.levels) {
        const label = `${way}, level ${level}`;
        const { part, compared } = await measure(wanted, recordings, drawn, way, level, label, runner, options);
        parts.push(part);
        rows.push(...compared.map((row) => ({ way, level, half: halfOf(row.project), ...row })));
      }
    if (options.typeErrors !== null)
      typeErrors = await judgeErrors(
        [...(await readErrorSnippets(options.typeErrors)), ...withoutErrors(wanted, options)],
        4,
        options.seed,
        runner,
        {
          signal: options.signal,
          onSnippet: (done, total) => options.onProgress({ label: 'type errors', done, total }),
        },
      );
  } finally {
    await runner.close();
  }
  const report = {
    seed: options.seed,
    half: options.half,
    projects: wanted.map((one) => ({
      project: one.project,
      commit: one.commit,
      half: halfOf(one.project),
      functions: one.functions.length,
      sites: one.functions.reduce((sum, { sites }) => sum + sites.length, 0),
      drawn: drawn.get(one)?.length ?? 0,
    })),
    parts,
    typeErrors,
  };
  if (options.out !== null) {
    const { recordings: paths, levels, ways, half, functions, seed, typeErrors: snippets, withoutError } = options;
    writeRunFolder(options.out, {
      suite: 'fidelity',
      settings: { recordings: paths, levels, ways, half, functions, typeErrors: snippets, withoutError },
      seed,
      rows,
      summary: report,
    });
  }
  return report;
}

/** Functions whose body can stand alone, by the seed; the same ones for all ways and levels. */
export function drawFrom(
  { functions, sources, project }: Recording,
  { seed, functions: count }: Pick<FidelityOptions, 'seed' | 'functions'>,
): ValueFunction[] {
  const able = functions.filter((one) => one.sites.length > 0 && cutBody(one, sources.get(one.path) ?? '') !== null);
  const salt = createHash('sha256').update(project).digest().readUInt32LE(0);
  return seededRandom(seed ^ salt)
    .shuffle(able)
    .slice(0, count);
}

/** Bodies of functions of which every call came to its end. */
function withoutErrors(recordings: readonly Recording[], { withoutError, seed }: FidelityOptions): Snippet[] {
  const able = recordings.flatMap(({ project, functions, sources }) =>
    functions
      .filter(({ calls, returned }) => calls === returned)
      .flatMap((one) => {
        const cut = cutBody(one, sources.get(one.path) ?? '');
        return cut === null ? [] : [{ id: `${project}/${one.path}:${one.name}`, code: cut.code, hasError: false }];
      }),
  );
  return drawSnippets(able, withoutError, seed);
}

async function measure(
  wanted: readonly Recording[],
  recordings: readonly Recording[],
  drawn: ReadonlyMap<Recording, readonly ValueFunction[]>,
  way: FidelityWay,
  level: PartialLevel,
  label: string,
  runner: Runner,
  options: FidelityOptions,
): Promise<{ part: FidelityPart; compared: Comparison[] }> {
  const compared: Comparison[] = [];
  const failed: Record<string, number> = {};
  const notRecorded: Record<string, number> = {};
  const total = [...drawn.values()].reduce((sum, some) => sum + some.length, 0);
  let done = 0;
  for (const recording of wanted) {
    const baselines = new Baselines(recordings.filter(({ project }) => project !== recording.project));
    for (const one of drawn.get(recording) ?? []) {
      stopIfCancelled(options.signal);
      options.onProgress({ label, done: done++, total });
      const given = way === 'body' ? asBody(recording, one) : inRepository(recording, one, options.packages);
      let report: PartialReport;
      try {
        report = await runPartial(
          given.job,
          { level, packages: options.packages, ...(given.function === null ? {} : { function: given.function }) },
          runner,
          { signal: options.signal },
        );
      } catch (error) {
        if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
        failed[error.message] = (failed[error.message] ?? 0) + 1;
        continue;
      }
      for (const injection of report.injections) {
        const site = siteOf(injection, given.sites.get(injection.path) ?? []);
        if (site === null) {
          notRecorded[injection.kind] = (notRecorded[injection.kind] ?? 0) + 1;
          continue;
        }
        const injected = wordsOf(injection);
        compared.push({
          project: recording.project,
          function: `${one.path}:${one.name}`,
          kind: site.kind,
          what: injection.what,
          line: injection.line,
          injected,
          source: injection.source,
          why: injection.why,
          recorded: site.values,
          hits: hitsOf([{ words: injected, share: 1 }], site.values),
          baselines: Object.fromEntries(
            baselineKinds.map((kind) => [kind, hitsOf(baselines.guesses(kind, site), site.values)]),
          ) as Comparison['baselines'],
        });
      }
    }
  }
  const scores = compared.length === 0 ? null : scoresOf(compared, options.seed);
  const part = { way, level, functions: total, failed, notRecorded, scores, confusion: confusionOf(compared) };
  return { part, compared };
}

const encoder = new TextEncoder();

export function asBody(recording: Recording, one: ValueFunction): Drawn {
  const cut = cutBody(one, recording.sources.get(one.path) ?? '');
  if (cut === null) throw new Error(`${one.path}:${one.name} was drawn, and cannot stand alone`);
  const entry = 'snippet.py';
  const job: Job = { language: 'python', files: [{ path: entry, bytes: encoder.encode(cut.code) }], entry };
  return { project: recording.project, one, job, function: null, sites: new Map([[entry, cut.sites]]) };
}

/** As `winnow run --partial FILE:FUNCTION` has it: the file in its outermost package, whose other files go along. */
function inRepository(recording: Recording, one: ValueFunction, packages: readonly string[]): Drawn {
  const { sources, functions, project } = recording;
  let root = dirname(one.path);
  while (root !== '.' && sources.has(join(root, '__init__.py'))) root = dirname(root);
  const inJob = (path: string): string => (root === '.' ? path : path.slice(root.length + 1));
  const entry = inJob(one.path);
  const [top = ''] = entry.split('/');
  const beside = [...sources].filter(
    ([path]) => (root === '.' || path.startsWith(`${root}/`)) && inJob(path).split('/')[0] === top,
  );
  const sites = new Map<string, ValueSite[]>();
  for (const each of functions) {
    const path = inJob(each.path);
    const known = sites.get(path) ?? [];
    sites.set(path, known);
    known.push(...each.sites);
  }
  const files = beside.map(([path, text]) => ({ path: inJob(path), bytes: encoder.encode(text) }));
  const job: Job = { language: 'python', files, entry, grants: { read: packages } };
  return { project, one, job, function: one.name, sites };
}
