/**
 * The nouns of testing: a project's own suite is run by its own runner in the sandbox, and a report says how each test ended.
 *
 * Three things are never mixed. A test that failed is data. A suite that could not be loaded, or that ended before its end, is data as well,
 * but of another kind: `broken` and `ending`. What this machine lacks (a runner, an interpreter) is a `WinnowError`.
 */
import type { Job, JobFile, Limits, Outcome } from '../types.ts';

export const testRunners = ['pytest', 'unittest', 'node', 'mocha', 'jest', 'vitest', 'go', 'junit'] as const;
export type TestRunner = (typeof testRunners)[number];

/**
 * `failed`: the test itself. `error`: what is set up or taken down around it. `expected-failure`: it failed as it says that it does;
 * `unexpected-pass`: it says so and did not. `timed-out`: it took longer than one test may. `crashed`: the process ended in it. `not-run`: it was
 * found and not begun, because the suite was stopped.
 */
export const testStates = [
  'passed',
  'failed',
  'error',
  'skipped',
  'expected-failure',
  'unexpected-pass',
  'timed-out',
  'crashed',
  'not-run',
] as const;
export type TestState = (typeof testStates)[number];

/** States that make a suite one that did not pass. An unexpected pass is for the runner to judge, by its exit code. */
export const failingStates: readonly TestState[] = ['failed', 'error', 'timed-out', 'crashed', 'not-run'];

export interface TestPlace {
  /** Relative to the project. */
  readonly path: string;
  /** From 1; 0: not known. */
  readonly line: number;
}

export interface TestResult {
  /** As the runner names it, unique in most; at most 2,000 characters. */
  readonly name: string;
  readonly state: TestState;
  /** ms, by the runner's own clock; 0 when not begun. */
  readonly ms: number;
  /** Where it is defined; null when the runner does not say. */
  readonly place: TestPlace | null;
  /** Why it is in its state, at most 2,000 characters; empty when it passed. */
  readonly message: string;
  /** Where the failure came up, in a file of the project. */
  readonly failedAt: TestPlace | null;
  /** All that the runner says of the failure, at most 20,000 characters. */
  readonly details: string;
}

/** A file or module of tests that could not be loaded. */
export interface BrokenFile {
  readonly name: string;
  readonly message: string;
  readonly failedAt: TestPlace | null;
  readonly details: string;
}

/** How the suite as a whole ended. Only the first says that every test has its result. */
export type SuiteEnding =
  | { readonly kind: 'finished' }
  /** Of all files none had a test, or none was left by the selection. */
  | { readonly kind: 'no-tests' }
  /** A limit stopped it: `wall`, `cpu`, `memory`, `stdout`, `stderr`. */
  | { readonly kind: 'stopped'; readonly limit: string }
  /** The runner's process ended before it said that it was done. */
  | { readonly kind: 'crashed'; readonly reason: string }
  /** The runner failed: its settings, a plugin, itself. */
  | { readonly kind: 'runner-failed'; readonly reason: string };

/** Lines by path, rising, from 1. */
export type LinesByFile = ReadonlyMap<string, readonly number[]>;

export interface TestCoverage {
  /** What the lines of one entry of `tests` belong to. */
  readonly grain: 'test';
  /** Name of a test → what it ran. */
  readonly tests: ReadonlyMap<string, LinesByFile>;
  /** What ran while files were loaded, in no test. */
  readonly loading: LinesByFile;
  /** Lines that can run, of files that were loaded. */
  readonly able: LinesByFile;
}

/** What the tests were run by. */
export interface Interpreter {
  /** `CPython 3.13.0`; null: it did not get to say. */
  readonly version: string | null;
  /** Of several that there may be, why this one, in words without paths of the machine: `the first on the path`. */
  readonly chosen: string;
}

export interface TestReport {
  readonly runner: TestRunner;
  /** `pytest 9.0.1 on CPython 3.13.0`; null: it did not get to say. */
  readonly version: string | null;
  readonly interpreter: Interpreter;
  readonly ending: SuiteEnding;
  readonly tests: readonly TestResult[];
  readonly broken: readonly BrokenFile[];
  /** null: not asked for. */
  readonly coverage: TestCoverage | null;
  /** The runner's own exit code; null: it did not come to its end. */
  readonly code: number | null;
  /** Rows of the report that are missing or were not written by the runner: somebody touched it. */
  readonly unsealed: number;
  /** What a person should know beside. */
  readonly notes: readonly string[];
  /** How the process ended, and its output. */
  readonly outcome: Outcome;
}

export interface TestRequest {
  readonly runner: TestRunner;
  /** The project's files, paths relative to it. */
  readonly files: readonly JobFile[];
  /** Symbolic links to be made among them: path, and target relative to the link's directory. */
  readonly links: readonly { readonly path: string; readonly target: string }[];
  /** Absolute path of the project on this machine: what is not copied is shown from there. */
  readonly root: string;
  /** Directories in which interpreters are looked for, in order. */
  readonly path: readonly string[];
  /** A virtual environment or an interpreter, absolute; null: what the project or the path has. */
  readonly python: string | null;
  /** Folders of jars, or repositories of Maven or Gradle, absolute. */
  readonly jars: readonly string[];
  /** More directories that the tests may read, absolute. */
  readonly read: readonly string[];
  /** Files and directories of the project to look for tests in; empty: where the runner looks. */
  readonly paths: readonly string[];
  /** Only tests whose name has one of these in it. */
  readonly only: readonly string[];
  /** Further arguments of the runner. */
  readonly arguments: readonly string[];
  readonly env: Readonly<Record<string, string>>;
  readonly limits: Partial<Limits>;
  /** ms that one test may take; null: as the runner has it. */
  readonly testMs: number | null;
  readonly coverage: boolean;
}

/** A suite as a job, and what its report is read with. */
export interface TestJob {
  readonly job: Job;
  readonly request: TestRequest;
  /** What rows are sealed with. */
  readonly key: string;
  /** How the interpreter was chosen. */
  readonly chosen: string;
}
