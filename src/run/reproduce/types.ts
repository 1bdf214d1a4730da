/**
 * The nouns of reproducing: pieces of code that an issue carries run against the repository at hand, and rows say which of its functions each statement ran.
 *
 * Rows are written in the sandbox, by a process that the pieces share, and are believed no more than what a program prints: they are read line by line, checked and bounded. What a piece can forge
 * is what it "ran"; it can reach nothing outside.
 */
import type { Limits, Outcome } from '../types.ts';

/** A piece of code, in the order of the text. */
export type Snippet =
  /** As typed at a prompt: one text for each. */
  | { readonly kind: 'session'; readonly statements: readonly string[] }
  | { readonly kind: 'source'; readonly text: string }
  /** A file that the text names, and what is in it. */
  | { readonly kind: 'file'; readonly path: string; readonly text: string }
  /** Words of a command line. Only Python and the project's own commands are carried out. */
  | { readonly kind: 'command'; readonly words: readonly string[] };

export interface ReproductionRequest {
  readonly snippets: readonly Snippet[];
  /** The repository: absolute. It is shown to the sandbox where it lies, and cannot be written to. */
  readonly root: string;
  /** Directories below the root that modules are imported from; '' is the root itself. */
  readonly roots: readonly string[];
  /** Packages and modules of the repository, without dots; they are imported before anything runs, and that is not watched. */
  readonly packages: readonly string[];
  /** Files of tests; some tests of each are run as well, in a time of their own, to tell what everything runs from what the snippets do. */
  readonly background: readonly string[];
  /** An environment or interpreter that has what the repository needs; null: the repository's own `.venv`, or the first on `path`. */
  readonly python: string | null;
  readonly path: readonly string[];
  /** Most time of one statement, ms. */
  readonly stepMs?: number;
  readonly limits?: Partial<Limits>;
}

/** A function of the repository. */
export interface RanFunction {
  /** Below the root, with `/`. */
  readonly path: string;
  /** First line, from 1; decorators count. */
  readonly line: number;
  /** Unqualified; `<lambda>`, `<listcomp>` for what has no name. */
  readonly name: string;
}

export interface ReproducedStep {
  /** Index of the snippet. */
  readonly snippet: number;
  /** As it ran, cut to 300 characters. */
  readonly text: string;
  /** Functions that began, indices of `functions`: how often, and how many functions of the repository were around at the first time. */
  readonly ran: readonly { readonly function: number; readonly calls: number; readonly depth: number }[];
  readonly ended: 'done' | 'raised' | 'exited' | 'timed-out';
  /** Type and message of what it raised; empty when it did not. */
  readonly error: { readonly type: string; readonly message: string } | null;
  /** Frames of the repository on the way to what went wrong first, outermost first. */
  readonly frames: readonly { readonly function: number; readonly line: number }[];
}

/** What was not there, and what took its place. `by` null: nothing did. */
export interface Filled {
  readonly what: string;
  /** `module`: a stand for one that is not installed, as partial execution makes it; `a guess: integer`: a value by its type; `library`, `version`: what a later Python took out, or a package never installed cannot tell; else where it was found. */
  readonly by: string | null;
}

export interface Reproduction {
  readonly functions: readonly RanFunction[];
  readonly steps: readonly ReproducedStep[];
  /** For each test of the background: functions that it ran, indices of `functions`. */
  readonly background: readonly (readonly number[])[];
  readonly filled: readonly Filled[];
  /** Packages that could not be imported, and why. */
  readonly unimported: readonly { readonly package: string; readonly reason: string }[];
  /** `3.9.18`; empty when nothing began. */
  readonly runtime: string;
  /** All snippets were gone through; else the run was stopped before. */
  readonly whole: boolean;
  readonly outcome: Outcome;
}
