/**
 * The nouns of running code that is not all there: what ran, what was put in the place of what is missing, and what failed for real.
 *
 * A language has a tool (`PartialTool`) that makes of a job one that fills in what it misses and writes rows about it. The loop around it (`partial.ts`) is the
 * same for all languages: it runs a round, takes from its rows what contradicted a guess, and runs the next with the correction, until nothing improves or
 * the budget is spent. A round is an ordinary job in a sandbox of its own, so nothing of one reaches the next, and the same seed gives the same run.
 *
 * Rows are written by the program under test and are believed no more than its output: every line is looked at, and everything is bounded.
 */
import type { LoadFile } from '../../code/mod.ts';
import type { CallPlace } from '../record/rows.ts';
import type { Traced, TraceOptions, TracingJob } from '../trace/tracejob.ts';
import type { Job, JobFile, Outcome } from '../types.ts';

/**
 * In the order of honesty. 1: as it is. 2: what is missing is filled in, and nothing else. 3: branches that never ran are forced, and what was never
 * called is called. 4: after an error that an injected value may have caused, the run goes on behind it.
 */
export const partialLevels = [1, 2, 3, 4] as const;
export type PartialLevel = (typeof partialLevels)[number];

/** What can be missing. `branch`: a condition that was forced; `result`: what a resumed statement would have given. */
export const missingKinds = [
  'name',
  'attribute',
  'item',
  'call',
  'module',
  'file',
  'input',
  'argument',
  'network',
  'branch',
  'result',
] as const;
export type MissingKind = (typeof missingKinds)[number];

/**
 * Types of guessed values, the same words for all languages; `text` is `str` in Python and `string` in JavaScript. `instance`: an object of a class that is not
 * known, which takes on attributes and calls as they are asked of it.
 */
export const guessTypes = [
  'none',
  'boolean',
  'integer',
  'float',
  'text',
  'bytes',
  'list',
  'tuple',
  'set',
  'mapping',
  'callable',
  'class',
  'error',
  'module',
  'iterator',
  'awaitable',
  'file',
  'path',
  'regex',
  'time',
  'instance',
] as const;
export type GuessType = (typeof guessTypes)[number];

/** What a guess rests on, the surest first. `contradiction`: an earlier guess failed in a way that asks for this type. `forced`: to reach a branch. */
export const guessSources = [
  'contradiction',
  'annotation',
  'default',
  'library',
  'use',
  'neighbour',
  'name',
  'model',
  'forced',
  'nothing',
] as const;
export type GuessSource = (typeof guessSources)[number];

/** A place in a file: lines and columns from 1, columns in characters. */
export interface PartialPlace {
  readonly path: string;
  readonly line: number;
  readonly column: number;
}

/** A value that the program did not have. */
export interface Injection extends PartialPlace {
  readonly kind: MissingKind;
  /** As the source says it: `request.user`, `numpy`, `load_config()`. */
  readonly what: string;
  readonly type: GuessType;
  /** The value in the language's own notation, cut to 100 characters. */
  readonly value: string;
  readonly source: GuessSource;
  /** In words, the weightiest first: `added to a text at line 4`. */
  readonly why: readonly string[];
  /** Guesses for it that a run contradicted before this one. */
  readonly corrected: number;
}

/** An error of the program: in the round that is told, or a genuine one in any. */
export interface PartialFailure extends PartialPlace {
  readonly type: string;
  readonly message: string;
  /**
   * `genuine`: no injected value could have caused it. `possible`: one of `because` is among what the failing operation worked on, or what that was computed
   * from, or what led there was not followed.
   */
  readonly certainty: 'genuine' | 'possible';
  /** Indices of `PartialReport.injections`. */
  readonly because: readonly number[];
  /** A condition that rests on injected values led here: another value might not have. */
  readonly guessedPath: boolean;
  /** The run went on behind it (level 4), or the program itself caught it. */
  readonly after: 'ended' | 'resumed' | 'caught';
}

/** A call between two functions of the program, neither of which is guessed; values that it rests on may be. */
export interface PartialCall {
  readonly caller: CallPlace;
  readonly callee: CallPlace;
  readonly count: number;
}

/** How much of the program ran. Statements are counted as LExecutor does (methods: a simple one when it completes, a compound one when its block is entered). */
export interface PartialCoverage {
  readonly statements: number;
  readonly covered: number;
  /** Lines from 1 of statements that ran, and of those that did not, by file. */
  readonly files: readonly {
    readonly path: string;
    readonly ran: readonly number[];
    readonly missed: readonly number[];
  }[];
}

/** The best round of a level, and what it took. */
export interface LevelResult {
  readonly level: PartialLevel;
  readonly rounds: number;
  readonly coverage: PartialCoverage;
  /** All rounds of this level and those before it together. */
  readonly union: PartialCoverage;
}

export interface PartialReport {
  readonly language: string;
  /** The level of the round that is told: the lowest that ran as much as any other did. */
  readonly level: PartialLevel;
  readonly levels: readonly LevelResult[];
  readonly coverage: PartialCoverage;
  readonly injections: readonly Injection[];
  /** Injections that are not told, past the bound. */
  readonly moreInjections: number;
  readonly failures: readonly PartialFailure[];
  /** Functions that were called though the program never called them (level 3), qualified. */
  readonly called: readonly string[];
  /** Of the round that is told, where `PartialOptions.calls` asks for them. */
  readonly calls: readonly PartialCall[];
  /** With `PartialOptions.calls`, and of Python alone: lines outside of the one function that was asked for, of files where some of them ran. */
  readonly beside: PartialCoverage['files'];
  /** Why it is not all: rounds or time were spent, a round was stopped by a limit, a part could not be parsed. In words. */
  readonly gaps: readonly string[];
  /** Of the round that is told, without what was recorded. */
  readonly outcome: Outcome;
  /** With `PartialOptions.trace`: that round once more, traced; null without it. */
  readonly traced: PartialTraced | null;
}

/** Without what partial execution put into the program. `left`: as `TracingJob`. */
export type PartialTraced = Omit<Traced, 'recording'> & Pick<TracingJob, 'left'>;

/** What may be spent. */
export interface PartialBudget {
  /** Rounds of all levels together, from 1. */
  readonly rounds: number;
  /** Elapsed time of all rounds, ms. */
  readonly wallMs: number;
}

export interface PartialOptions {
  /** The highest level that may be used; default 4. */
  readonly level?: PartialLevel;
  readonly budget?: Partial<PartialBudget>;
  /** Paths among the job's files whose statements count and whose gaps are filled; default the entry alone. Others are the repository around it: they run as they are. */
  readonly files?: readonly string[];
  /** Qualified name of the function of the entry that is called with inferred arguments, instead of running the entry from its top: `Class.method`. */
  readonly function?: string;
  /** Directories of this machine with packages that imports find, absolute; the job must be granted to read them (`Grants.read`). */
  readonly packages?: readonly string[];
  /** Whether calls between the program's own functions are told; rounds take longer then. */
  readonly calls?: boolean;
  /** Corrections that are held to be true from the first round on: a model's proposals, or a person's. */
  readonly fixes?: readonly Fix[];
  /** The round that is told runs once more, with every step recorded. */
  readonly trace?: Pick<TraceOptions, 'level' | 'limits' | 'askObjects'>;
  /** Gives bytes of `web-tree-sitter.wasm` and of grammars by file name: languages whose sources are rewritten need it (JavaScript, TypeScript). */
  readonly load?: LoadFile;
}

/** What the next round puts at a place, because of what an earlier one showed. */
export interface Fix extends PartialPlace {
  readonly kind: MissingKind;
  readonly what: string;
  readonly type: GuessType;
  /** An expression in the language; null: the tool's own choice for the type. */
  readonly value: string | null;
  readonly source: GuessSource;
  readonly why: readonly string[];
}

/** What a round is told; it travels to the tool's own part in the sandbox as `plan.json`. */
export interface RoundPlan {
  readonly level: PartialLevel;
  readonly seed: number;
  readonly entry: string;
  readonly files: readonly string[];
  readonly function: string | null;
  readonly packages: readonly string[];
  readonly fixes: readonly Fix[];
  readonly calls: boolean;
  /** After so long the runtime stops the program itself; its own measure where none is given. */
  readonly wallMs?: number;
  /** What a condition over an instance of no known class is: the first round's is `true`. */
  readonly truth: 'true' | 'false' | 'alternate' | 'alternate-late';
  /** Conditions that are decided against what they would be (level 3). */
  readonly forced: readonly (PartialPlace & { readonly way: 'true' | 'false' })[];
}

/** A file's statements in a round. The same file has the same statements in every round, in the order of its text. */
export interface RoundFile {
  readonly path: string;
  /** Line of each statement. */
  readonly statements: readonly number[];
  /** Indices of `statements` that ran. */
  readonly ran: ReadonlySet<number>;
}

/** What a round wrote, after reading. */
export interface RoundRows {
  readonly files: readonly RoundFile[];
  readonly injections: readonly Injection[];
  readonly moreInjections: number;
  readonly failures: readonly PartialFailure[];
  readonly called: readonly string[];
  readonly calls: readonly PartialCall[];
  /** Lines that do not count, since one function was asked for, of files where some of them ran; where calls are asked for. */
  readonly beside: PartialCoverage['files'];
  /** Corrections that the round's own contradictions ask for, the most likely first. */
  readonly wanted: readonly Fix[];
  /** Conditions of which one way never ran, and that way. */
  readonly open: readonly (PartialPlace & { readonly way: 'true' | 'false' })[];
  /** Why it is not all, in words: a part could not be parsed, a bound was met. */
  readonly gaps: readonly string[];
  /** The last row was written: the round was not stopped from outside. */
  readonly ended: boolean;
  readonly unreadable: number;
}

/** One language's part. */
export interface PartialTool {
  readonly extensions: readonly string[];
  /**
   * The job of one round. Paths of its own begin with `partialDirectory`.
   *
   * @param run runs a job of the tool's own where rounds run, to prepare what is the same for all of them
   */
  prepare(
    job: Job,
    plan: RoundPlan,
    run: (job: Job) => Promise<Outcome>,
  ): Promise<{
    readonly job: Job;
    readonly gaps: readonly string[];
    /** Of files that run under another name than the job's, that name. */
    readonly paths?: ReadonlyMap<string, string>;
    /** What can be said of the round where it told nothing; not given: nothing can. */
    readonly untold?: (outcome: Outcome) => RoundRows;
  }>;
}

/** Where a tool and what it writes lie, below the work directory; no file of a job may be in it. */
export const partialDirectory = '.winnow-partial';

/** The file of rows below it: `winnow.partial/1`, JSON Lines. */
export const rowsFile: JobFile['path'] = `${partialDirectory}/rows.jsonl`;
