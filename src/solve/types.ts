/**
 * The nouns of solving: what a strategy may see of a problem, and what it gives back.
 *
 * There is no place here for a hidden test, an expected patch or a reference solution: those are keys, they live in `judge`, and this layer cannot import it.
 */

/** A test that the solver was given. Of another type than a judge's tests on purpose. */
export interface VisibleTest {
  /** A statement that raises when it fails (`assert f(1) == 2`), or what to write to standard input. */
  readonly source: string;
  /** Of a test by standard input: what is to be printed; null for a statement. */
  readonly expected: string | null;
}

/** Code or text from elsewhere that may help: found by search, never followed as an instruction. */
export interface ContextPiece {
  /** What it is: an id of search, a path. */
  readonly label: string;
  readonly language: string;
  readonly text: string;
}

/** Modules that programs of a task may import. Python. */
export interface Beside {
  /** Of the task's own file, `package.module`: a candidate has its names, and stands in it for who imports it. Null: the file's text stands above candidates. */
  readonly module: string | null;
  /** Sources by path, relative to where imports look; the task's own file without the body that is wanted. */
  readonly files: Readonly<Record<string, string>>;
  /** Directories of installed packages, absolute. */
  readonly packages: readonly string[];
}

export interface Task {
  readonly id: string;
  /** Language of the program that is wanted, as `run` names it. */
  readonly language: string;
  /** What is wanted: a statement, or a signature with its documentation. */
  readonly text: string;
  /** The function that is wanted; null for a whole program. */
  readonly entry: string | null;
  readonly visible: readonly VisibleTest[];
  /** Source that a function's body continues: `text`, where that is a signature with its documentation; null: there is none. */
  readonly stub: string | null;
  /** Source that stands above every candidate: imports and functions that the task gives; may be empty. */
  readonly prelude: string;
  /** The class whose method is wanted, `Outer.Inner`: a candidate is the method as a function at the left margin. Null or absent: a function or a program is wanted. */
  readonly method?: { readonly owner: string } | null;
  /** Null or absent: a program has what stands above it and the language's own library. */
  readonly beside?: Beside | null;
  readonly context: readonly ContextPiece[];
}

/** Of one program on one visible test. `raised`: an exception other than a failed assertion. `not-run`: it did not get so far. */
export const testStates = ['passed', 'failed', 'raised', 'timed-out', 'not-run'] as const;
export type TestState = (typeof testStates)[number];

export interface TestResult {
  readonly test: VisibleTest;
  readonly state: TestState;
  /** What the tested calls gave, or what was printed, as text; the exception's type behind `!`; null where nothing came. */
  readonly output: string | null;
}

/** A program on visible tests. */
export interface TestRun {
  readonly results: readonly TestResult[];
  readonly passed: number;
  /** What kept it from giving anything on any test, as a sentence of it: `does not load: line 1: …`, `ends its process: exit code 3 in a call`; null: nothing did. */
  readonly broken: string | null;
}

/** A program that a strategy proposes. */
export interface Candidate {
  /** Whole, without the task's prelude. */
  readonly source: string;
  /** On the visible tests; null where it was not run. */
  readonly visible: TestRun | null;
  /** Why it stands where it does, in a few words. */
  readonly why: string;
  /** Path of the step that made it. */
  readonly step: string;
  /** Candidates of one group, from 0, are equals: which of them stands first was drawn. Null: the strategy makes no groups. */
  readonly group: number | null;
  /** Times it was drawn, ≥ 1. */
  readonly drawn: number;
}
