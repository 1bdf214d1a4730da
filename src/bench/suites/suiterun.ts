/**
 * A suite, run: problems are read, references must pass here, samples are judged, and figures are computed from the rows.
 *
 * The reference goes first, in a job of its own, since a problem that is wrong here says nothing of a sample. With a folder, rows are written as they come, so that the same command goes on
 * after a kill.
 */
import { WinnowError } from '../../base/mod.ts';
import type { Verdict } from '../../judge/mod.ts';
import { openRunner, type Runner, type RunnerSettings } from '../../run/mod.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { beginRunFolder, writeRunFolder } from '../runfolder.ts';
import { readData } from './datarows.ts';
import { type Measured, measureWork, type WorkUnit } from './effort.ts';
import { judgePrograms } from './judging.ts';
import { mutantsOf } from './mutants.ts';
import type { GoldRow, ProgramRow, SuiteRow } from './rows.ts';
import { type Sampled, type SamplesByProblem, samplesOfRows, samplesOfSet } from './samples.ts';
import { type SuiteSummary, summarise } from './summary.ts';
import { suiteNamed } from './table.ts';
import type { DataRow, Program, SuiteProblem } from './types.ts';
import { visibleShare } from './warnings.ts';

export interface SuiteOptions {
  readonly suite: string;
  /** Files of the suite's data. */
  readonly data: readonly string[];
  /** A file, or the name of a set that the suite has. */
  readonly samples: string;
  readonly isSet: boolean;
  readonly ks: readonly number[];
  /** Problems, from the first; null: all. */
  readonly limit: number | null;
  /** CPU time of a program over a problem's tests, ms; null: the suite's. */
  readonly cpuMs: number | null;
  /** A problem whose reference does not pass ends the run. */
  readonly strict: boolean;
  /** Further runs of each program, to see whether its verdict stays. */
  readonly again: number;
  /** Changed references, for each problem. */
  readonly mutants: number;
  /** What a right program's effort is counted in; null: not measured. */
  readonly work: WorkUnit | null;
  /** What another run here found of references, which are then not run again. */
  readonly references?: readonly GoldRow[];
  readonly seed: number;
  readonly out: string | null;
  readonly settings: RunnerSettings;
  readonly signal: AbortSignal;
  readonly onProgress: (step: BenchProgress) => void;
  readonly onNotice: (text: string) => void;
}

/** Problems at once: one waits for its compiler or its next sandbox while the other computes. */
const sideBySide = 2;

/** @throws WinnowError `bad-usage`, `bad-data`, `path-not-found`, `path-unreadable`, and as `Runner.run` does */
export async function benchSuite(options: SuiteOptions): Promise<SuiteSummary> {
  const suite = suiteNamed(options.suite);
  const all = suite.read(await rowsOf(options.data));
  checkNames(all);
  const samples = options.isSet
    ? samplesOfSet(all, options.samples)
    : samplesOfRows(suite, all, await rowsOf([options.samples]));
  const problems = all.slice(0, options.limit ?? undefined);
  const { data, ks, limit, cpuMs, strict, again, mutants, work, seed, out } = options;
  const record = {
    suite: suite.name,
    settings: { data, samples: options.samples, ks, limit, cpuMs, strict, again, mutants, work },
    seed,
  };
  const begun = out === null ? null : beginRunFolder(out, record);
  const known = (begun?.rows ?? []) as readonly SuiteRow[];
  if (known.length > 0) options.onNotice(`goes on with ${out}, which has ${known.length} rows`);
  const runner = openRunner(options.settings);
  try {
    const rows = await allRows(problems, samples, known, (row) => begun?.add(row), runner, options);
    const efficiency = work === null ? null : (suite.efficiency ?? null);
    const summary = summarise(rows, { ks, seed, efficiency });
    if (out !== null) writeRunFolder(out, { ...record, rows, summary });
    return summary;
  } finally {
    await runner.close();
  }
}

async function rowsOf(paths: readonly string[]): Promise<readonly DataRow[]> {
  const rows: DataRow[] = [];
  for (const path of paths) for await (const row of readData(path)) rows.push(row);
  if (rows.length === 0) throw new WinnowError('bad-data', `Expected rows in ${paths.join(', ')}; there are none.`);
  return rows;
}

function checkNames(problems: readonly SuiteProblem[]): void {
  const seen = new Set<string>();
  for (const { id } of problems) {
    if (seen.has(id))
      throw new WinnowError('bad-data', `Expected problems with names of their own; ${id} comes twice.`);
    seen.add(id);
  }
}

async function allRows(
  problems: readonly SuiteProblem[],
  samples: SamplesByProblem,
  known: readonly SuiteRow[],
  add: (row: SuiteRow) => void,
  runner: Runner,
  options: SuiteOptions,
): Promise<readonly SuiteRow[]> {
  const byProblem = new Map(problems.map(({ id }) => [id, known.filter(({ problem }) => problem === id)]));
  const queue = problems.values();
  let done = 0;
  const work = async (): Promise<void> => {
    for (const problem of queue) {
      stopIfCancelled(options.signal);
      const mine = byProblem.get(problem.id) as SuiteRow[];
      for await (const row of problemRows(problem, samples.get(problem.id) ?? [], mine, runner, options)) {
        mine.push(row);
        add(row);
      }
      options.onProgress({ label: 'judged', done: ++done, total: problems.length });
    }
  };
  // The other worker's problem is waited for as well, so that nothing runs on behind a failure.
  const ended = await Promise.allSettled(Array.from({ length: sideBySide }, work));
  const failed = ended.find((one) => one.status === 'rejected');
  if (failed !== undefined) throw failed.reason;
  return [...byProblem.values()].flat();
}

/** Rows that are not there yet: the reference's, then the programs'. */
async function* problemRows(
  problem: SuiteProblem,
  sampled: readonly Sampled[],
  known: readonly SuiteRow[],
  runner: Runner,
  options: SuiteOptions,
): AsyncGenerator<SuiteRow, void, undefined> {
  const { cpuMs, signal } = options;
  const judging = { runner, signal, cpuMs };
  let gold = known.find((row) => row.row === 'gold');
  if (gold === undefined) {
    const before = options.references?.find((row) => row.problem === problem.id);
    gold = before ?? (await goldRow(problem, runner, options));
    yield gold;
  }
  if (gold.verdict !== 'right' && gold.verdict !== 'none') {
    if (options.strict)
      throw new WinnowError(
        'bad-data',
        `The reference of ${problem.id} does not pass here: ${gold.reason ?? gold.verdict}. Without --strict it is left out and named.`,
        { details: { problem: problem.id } },
      );
    return;
  }
  const done = new Set(known.filter((row) => row.row === 'program').map(({ samples }) => samples[0]));
  const left = sampled.filter(({ samples }) => !done.has(samples[0]));
  if (left.length === 0) return;
  const programs = left.map(({ program }) => program);
  const isReference = (program: Program): boolean => options.again === 0 && same(program, problem.programs.canonical);
  // A reference that passed a moment ago passed.
  const open = programs.filter((program) => !isReference(program));
  const verdicts = await judgePrograms(problem, open, judging);
  const again: (readonly Verdict[])[] = [];
  for (let run = 0; run < options.again; run++) again.push(await judgePrograms(problem, open, judging));
  for (const { program, samples } of left) {
    const at = open.indexOf(program);
    const verdict: Verdict = at < 0 ? { kind: 'right' } : (verdicts[at] as Verdict);
    const measured: Measured =
      options.work === null || problem.effort === undefined || verdict.kind !== 'right'
        ? { efficiency: null, work: null }
        : await measureWork(problem.effort, program, { runner, signal, unit: options.work });
    const row: ProgramRow = {
      row: 'program',
      problem: problem.id,
      samples,
      verdict: verdict.kind,
      reason: verdict.kind === 'right' ? null : verdict.reason,
      again: at < 0 ? [] : again.map((one) => (one[at] as Verdict).kind),
      ...measured,
    };
    yield row;
  }
}

const same = (one: Program, other: Program | undefined): boolean =>
  one.source === other?.source && one.language === other.language;

async function goldRow(problem: SuiteProblem, runner: Runner, options: SuiteOptions): Promise<GoldRow> {
  const { cpuMs, signal } = options;
  const { canonical } = problem.programs;
  const shared = { row: 'gold', problem: problem.id, visible: visibleShare(problem.prompt, problem.hidden) } as const;
  if (problem.unfit !== undefined) return { ...shared, verdict: 'unjudged', reason: problem.unfit, mutants: null };
  if (canonical === undefined) return { ...shared, verdict: 'none', reason: null, mutants: null };
  let verdict: Verdict;
  try {
    verdict = (await judgePrograms(problem, [canonical], { runner, signal, cpuMs, isReference: true }))[0] as Verdict;
  } catch (error) {
    // A language that does not run here says nothing of the rest.
    if (!(error instanceof WinnowError) || (error.code !== 'toolchain-missing' && error.code !== 'unsupported-job'))
      throw error;
    verdict = { kind: 'unjudged', reason: error.message };
  }
  const isRight = verdict.kind === 'right';
  return {
    ...shared,
    verdict: verdict.kind,
    reason: verdict.kind === 'right' ? null : verdict.reason,
    mutants: isRight && options.mutants > 0 ? await mutantsRow(problem, canonical, runner, options) : null,
  };
}

async function mutantsRow(
  problem: SuiteProblem,
  canonical: Program,
  runner: Runner,
  { cpuMs, signal, mutants, seed }: SuiteOptions,
): Promise<GoldRow['mutants']> {
  const from = canonical.source.startsWith(problem.prompt) ? problem.prompt.length : 0;
  const made = mutantsOf(canonical, from, mutants, seed);
  if (made.length === 0) return { made: 0, survived: 0 };
  const verdicts = await judgePrograms(problem, made, { runner, signal, cpuMs, isReference: true });
  return { made: made.length, survived: verdicts.filter(({ kind }) => kind === 'right').length };
}
