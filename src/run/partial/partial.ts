/**
 * Partial execution: rounds of one program, each with what the ones before it taught, until all of it ran or the budget is spent.
 *
 * Levels go in the order of honesty, and the next is only tried while statements are left that did not run. Within a level a round is the best one so far with a
 * change: first what contradicted its guesses is corrected, then conditions of which it saw one way are asked to go the other. A change that lets
 * more run stays. So a program that is whole costs one round, and one that nothing can be done for costs the budget.
 *
 * A round is a job of its own in the sandbox; that the best of them is told, and not their sum, keeps a report true to one run. What all of them ran is told apart.
 */
import { WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import { defaultLimits } from '../joblimits.ts';
import { runLanguage } from '../languages.ts';
import { keepClear, withoutOwn, writtenBytes } from '../owndirectory.ts';
import type { Runner, RunOptions } from '../runner.ts';
import type { Job, Outcome } from '../types.ts';
import { coverageOf, readRows, unionOf } from './rows.ts';
import { partialTools } from './tools.ts';
import { traceRound } from './traceround.ts';
import {
  type Fix,
  type LevelResult,
  type PartialBudget,
  type PartialFailure,
  type PartialLevel,
  type PartialOptions,
  type PartialPlace,
  type PartialReport,
  type PartialTool,
  partialDirectory,
  partialLevels,
  type RoundFile,
  type RoundPlan,
  type RoundRows,
  rowsFile,
} from './types.ts';

/** Some 20 ms a round where Python is warm, so that a person waits less than a second; the time is for programs that hang in every round. */
export const defaultPartialBudget: PartialBudget = { rounds: 24, wallMs: 10_000 };
/** Of a round; the runtime stops itself at half of it, and this is for what does not come back to it. */
const roundWallMs = 3_000;
/** After so long the runtime stops the round that is traced: a traced line takes several times as long, and what hangs is still waited for by a person. */
const tracedMs = 5_000;
/** What a round gets though less is left of the budget: longer than the runtime needs to stop itself and tell. */
const leastRoundMs = 2_000;
/** Share of the rounds and of the time left that a level may take, so that the next ones have some. */
const shares: Readonly<Record<PartialLevel, number>> = { 1: 0, 2: 0.5, 3: 0.5, 4: 1 };

interface Change {
  readonly fixes: readonly Fix[];
  readonly forced: RoundPlan['forced'];
  readonly truth: RoundPlan['truth'];
}

interface Round {
  readonly level: PartialLevel;
  readonly change: Change;
  readonly rows: RoundRows;
  readonly outcome: Outcome;
  readonly covered: number;
}

/**
 * Runs a program of which parts are missing.
 *
 * @param job its limits hold for each round; a round has at most 3 s of elapsed time
 * @throws WinnowError `unsupported-job` when the language has no tool for it, `bad-job` when a file of the job stands in the way, and as `Runner.run` does
 */
export async function runPartial(
  job: Job,
  options: PartialOptions,
  runner: Runner,
  how: RunOptions = {},
): Promise<PartialReport> {
  const { name } = runLanguage(job.language);
  const tool = await toolOf(name, job, options.load ?? noGrammars);
  const search = new Search(job, options, tool, runner, how);
  const levels: LevelResult[] = [];
  const highest = options.level ?? 4;
  for (const level of partialLevels.filter((one) => one <= highest)) {
    if (level > 1) search.aloneIfLate();
    await search.level(level);
    const best = search.best;
    if (best === null) continue;
    levels.push({
      level,
      rounds: search.rounds,
      coverage: coverageOf(best.rows.files),
      union: coverageOf(search.union),
    });
    if (search.isWhole()) break;
  }
  const traced = options.trace === undefined ? null : await search.traced(options.trace);
  return { ...report(name, search, levels), traced };
}

const sources = /\.(?:py|[cm]?[jt]sx?)$/;

const noGrammars: LoadFile = async () => {
  throw new Error('grammars are wanted, and PartialOptions.load is not given');
};

async function toolOf(name: string, job: Job, load: LoadFile): Promise<PartialTool> {
  const tool = await partialTools[name]?.(load);
  const all = Object.keys(partialTools).join(', ');
  if (tool === undefined)
    throw new WinnowError(
      'unsupported-job',
      `Programs in ${all} can be run partially; this one is ${runLanguage(name).label}.`,
      { details: { language: name } },
    );
  keepClear(job.files, partialDirectory, 'rounds are recorded');
  return tool;
}

class Search {
  best: Round | null = null;
  union: readonly RoundFile[] = [];
  rounds = 0;
  last: Outcome | null = null;
  readonly gaps = new Set<string>();
  /** Errors that are genuine, of all rounds. */
  readonly genuine: PartialFailure[] = [];
  #job: Job;
  readonly #options: PartialOptions;
  readonly #tool: PartialTool;
  readonly #runner: Runner;
  readonly #how: RunOptions;
  readonly #budget: PartialBudget;
  readonly #tried = new Set<string>();
  readonly #corrections = new Map<string, number>();
  /** Corrections that rounds of this level asked for. */
  readonly #wanted = new Set<string>();
  readonly #run: (job: Job) => Promise<Outcome>;
  #wallMs = 0;

  constructor(job: Job, options: PartialOptions, tool: PartialTool, runner: Runner, how: RunOptions) {
    this.#job = job;
    this.#options = options;
    this.#tool = tool;
    this.#runner = runner;
    this.#how = how;
    this.#run = runOnce(runner, how);
    this.#budget = { ...defaultPartialBudget, ...options.budget };
  }

  isWhole(): boolean {
    const { best } = this;
    return best !== null && best.covered === coverageOf(best.rows.files).statements;
  }

  /**
   * Where loading what the program imports took a round's whole time, so that nothing of it ran, the sources around it are let go and filled in like all that is
   * missing: a large package on a slow runtime is no reason to tell nothing of one function.
   */
  aloneIfLate(): void {
    const isLate = this.best === null ? this.last?.ending.kind === 'timed-out' : !this.best.rows.ended;
    if (!isLate || (this.best?.covered ?? 0) > 0) return;
    const told = this.#options.files ?? [this.#job.entry];
    const files = this.#job.files.filter(({ path }) => told.includes(path) || !sources.test(path));
    if (files.length === this.#job.files.length) return;
    this.#job = { ...this.#job, files };
    this.gaps.add(
      "loading what it imports took a round's whole time, so the sources around it were left out and filled in",
    );
  }

  /** All rounds of one level. The best of all levels before is where it begins. */
  async level(level: PartialLevel): Promise<void> {
    const plain: Change = { fixes: this.#options.fixes ?? [], forced: [], truth: 'true' };
    const last = this.rounds + Math.max(1, Math.ceil((this.#budget.rounds - this.rounds) * shares[level]));
    const untilMs = this.#wallMs + (this.#budget.wallMs - this.#wallMs) * shares[level];
    let base = await this.#round(level, this.best?.change ?? plain);
    if (level === 1) return;
    this.#wanted.clear();
    for (const fix of base?.rows.wanted ?? []) this.#wanted.add(wishOf(fix));
    // Rounds that ran what none before did: what they leave open may lead on, though they are not the best.
    const news: Round[] = [];
    while (base !== null && this.rounds < last && this.#wallMs < untilMs && base.covered < statementsOf(base)) {
      const next = this.#next(level, [base, ...news]);
      if (next === null) break;
      const before = coverageOf(this.union).covered;
      const round = await this.#round(level, next);
      if (round === null) break;
      if (round.covered > base.covered) base = round;
      else if (coverageOf(this.union).covered > before) news.unshift(round);
      // A corrected statement may fail again for another guess before it completes.
      else if (round.covered === base.covered && round.rows.wanted.some((fix) => this.#isNew(fix))) news.push(round);
      for (const fix of round.rows.wanted) this.#wanted.add(wishOf(fix));
    }
  }

  #isNew(fix: Fix): boolean {
    return !this.#wanted.has(wishOf(fix));
  }

  /** The next thing to try from rounds, in their order; null when all has been. */
  #next(level: PartialLevel, rounds: readonly Round[]): Change | null {
    for (const { rows, change } of rounds)
      for (const next of this.#changes(rows, change)) if (!this.#tried.has(JSON.stringify([level, next]))) return next;
    return null;
  }

  *#changes(rows: RoundRows, change: Change): Generator<Change> {
    const wanted = rows.wanted.filter((fix) => !change.fixes.some((one) => isSame(one, fix)));
    if (wanted.length > 0) yield { ...change, fixes: withFixes(change.fixes, wanted) };
    for (const fix of wanted.slice(0, 4)) yield { ...change, fixes: withFixes(change.fixes, [fix]) };
    for (const open of rows.open)
      yield { ...change, forced: [...change.forced.filter((one) => !isAt(one, open)), open] };
    if (rows.open.length > 1)
      yield {
        ...change,
        forced: [...change.forced.filter((one) => !rows.open.some((open) => isAt(one, open))), ...rows.open],
      };
    for (const truth of ['false', 'alternate'] as const) yield { ...change, truth };
  }

  async #round(level: PartialLevel, change: Change): Promise<Round | null> {
    const left = this.#budget.wallMs - this.#wallMs;
    if (this.rounds >= this.#budget.rounds || left <= 0) {
      this.gaps.add(left <= 0 ? 'the time for all rounds was spent' : 'all rounds were spent');
      return null;
    }
    this.#tried.add(JSON.stringify([level, change]));
    const prepared = await this.#tool.prepare(this.#job, this.#plan(level, change), this.#run);
    for (const gap of prepared.gaps) this.gaps.add(gap);
    const outcome = await this.#runner.run(limited(prepared.job, left), this.#how);
    this.rounds++;
    this.#wallMs += outcome.usage.wallMs;
    const { rows: written, rest } = taken(outcome);
    const rows = written ?? prepared.untold?.(outcome) ?? null;
    this.last = rest;
    if (rows === null) return null;
    for (const gap of rows.gaps) this.gaps.add(gap);
    for (const fix of rows.wanted) this.#count(fix);
    for (const failure of rows.failures)
      if (failure.certainty === 'genuine' && !this.genuine.some((one) => isAlike(one, failure)))
        this.genuine.push(failure);
    this.union = unionOf(this.union, rows.files);
    const covered = rows.files.reduce((sum, { ran }) => sum + ran.size, 0);
    const round = { level, change, rows, outcome: rest, covered };
    // Where nothing ran at all, the last level's error says more than that of running as it is.
    const isNewer = covered === 0 && this.best?.covered === 0 && level > this.best.level;
    if (this.best === null || covered > this.best.covered || isNewer) this.best = round;
    return round;
  }

  #plan(level: PartialLevel, change: Change): RoundPlan {
    const { entry } = this.#job;
    return {
      level,
      seed: this.#job.determinism?.seed ?? 0,
      entry,
      files: this.#options.files ?? [entry],
      function: this.#options.function ?? null,
      packages: this.#options.packages ?? [],
      calls: this.#options.calls ?? false,
      ...change,
    };
  }

  /** The best round once more, with its steps: the same plan and seed make the same run of it. Null where no round told anything. */
  async traced(trace: NonNullable<PartialOptions['trace']>): Promise<PartialReport['traced']> {
    if (this.best === null) return null;
    const { level, change } = this.best;
    const plan = { ...this.#plan(level, change), calls: false, wallMs: tracedMs };
    const { job, paths } = await this.#tool.prepare(this.#job, plan, this.#run);
    const wallMs = this.#job.limits?.wallMs ?? defaultLimits.wallMs;
    return traceRound(
      this.#runner,
      { ...job, rescue: true, limits: { ...job.limits, wallMs } },
      {
        ...{ files: plan.files, originals: this.#job.files, trace, how: this.#how, paths: paths ?? new Map() },
        load: this.#options.load ?? noGrammars,
      },
    );
  }

  #count(fix: Fix): void {
    const key = keyOf(fix);
    this.#corrections.set(key, (this.#corrections.get(key) ?? 0) + 1);
  }

  correctionsOf(place: PartialPlace & { readonly what: string }): number {
    return this.#corrections.get(keyOf(place)) ?? 0;
  }
}

/** One function for a runner and where it runs, so that a tool can know what it prepared for it. */
function runOnce(runner: Runner, how: RunOptions): (job: Job) => Promise<Outcome> {
  const known = runs.get(runner) ?? new Map<string, (job: Job) => Promise<Outcome>>();
  runs.set(runner, known);
  const where = how.backend ?? 'auto';
  const run =
    known.get(where) ?? ((job: Job) => runner.run(job, how.backend === undefined ? {} : { backend: how.backend }));
  known.set(where, run);
  return run;
}

const runs = new WeakMap<Runner, Map<string, (job: Job) => Promise<Outcome>>>();

const keyOf = ({ path, line, column, what }: PartialPlace & { readonly what: string }): string =>
  JSON.stringify([path, line, column, what]);

const wishOf = (fix: Fix): string => JSON.stringify([keyOf(fix), fix.type, fix.value]);

const statementsOf = ({ rows }: Round): number =>
  rows.files.reduce((sum, { statements }) => sum + statements.length, 0);

const isAt = (one: PartialPlace, other: PartialPlace): boolean =>
  one.path === other.path && one.line === other.line && one.column === other.column;

const isAlike = (one: PartialFailure, other: PartialFailure): boolean =>
  one.path === other.path && one.line === other.line && one.type === other.type;

const isSame = (one: Fix, other: Fix): boolean =>
  keyOf(one) === keyOf(other) && one.type === other.type && one.value === other.value;

/** A later correction of a place takes the earlier one's. */
const withFixes = (fixes: readonly Fix[], more: readonly Fix[]): readonly Fix[] => [
  ...fixes.filter((fix) => !more.some((one) => keyOf(one) === keyOf(fix))),
  ...more,
];

/** @param leftMs of the budget */
function limited(job: Job, leftMs: number): Job {
  const { wallMs = defaultLimits.wallMs, cpuMs = defaultLimits.cpuMs } = job.limits ?? {};
  const most = Math.min(roundWallMs, Math.max(Math.ceil(leftMs), leastRoundMs));
  return {
    ...job,
    rescue: true,
    limits: { ...job.limits, wallMs: Math.min(wallMs, most), cpuMs: Math.min(cpuMs, most) },
  };
}

/** How a round was stopped, in words; null: it ended by itself. */
function stoppedBy({ ending }: Outcome): string | null {
  switch (ending.kind) {
    case 'exited':
    case 'compile-failed':
      return null;
    case 'timed-out':
      return ending.clock === 'wall' ? 'its time was up' : 'its CPU time was up';
    case 'out-of-memory':
      return 'it passed its memory';
    case 'out-of-fuel':
      return 'its fuel was spent';
    case 'output-limit':
      return `it wrote more than the allowed bytes to ${ending.stream}`;
    case 'crashed':
      return ending.reason;
  }
}

/** Of a round that was ended by nothing else. */
const brokenOff = 'the program ended its process without its end, or took away what tells of it';

/** The rows out of an outcome, and the outcome without what was recorded. */
function taken(outcome: Outcome): { readonly rows: RoundRows | null; readonly rest: Outcome } {
  return { rows: readRows(writtenBytes(outcome, rowsFile)), rest: withoutOwn(outcome, partialDirectory) };
}

/**
 * Of the round that is told, and behind them the genuine ones of all others: no guess of theirs had a part in these. What is only possible in the told round, because
 * a forced branch led there, is genuine where another round came there without.
 */
function failuresOf({ best, genuine }: Search): readonly PartialFailure[] {
  const own = (best?.rows.failures ?? []).map((one) => genuine.find((failure) => isAlike(one, failure)) ?? one);
  return [...own, ...genuine.filter((failure) => !own.some((one) => isAlike(one, failure)))];
}

function report(language: string, search: Search, levels: readonly LevelResult[]): Omit<PartialReport, 'traced'> {
  const { best, last } = search;
  if (last === null) throw new Error('a search without a round');
  const gaps = new Set(search.gaps);
  const stopped = stoppedBy(best?.outcome ?? last);
  if (best === null) gaps.add(`no round told what it did: ${stopped ?? brokenOff}`);
  else if (!best.rows.ended)
    gaps.add(
      stopped === null
        ? `the round that is told did not tell its end: ${brokenOff}`
        : `the round that is told was stopped from outside: ${stopped}`,
    );
  return {
    language,
    level: best?.level ?? 1,
    levels,
    coverage: coverageOf(best?.rows.files ?? []),
    injections: (best?.rows.injections ?? []).map((one) => ({
      ...one,
      corrected: Math.max(one.corrected, search.correctionsOf(one)),
    })),
    moreInjections: best?.rows.moreInjections ?? 0,
    failures: failuresOf(search),
    called: best?.rows.called ?? [],
    calls: best?.rows.calls ?? [],
    beside: best?.rows.beside ?? [],
    gaps: [...gaps],
    outcome: best?.outcome ?? last,
  };
}
