/**
 * The nouns of choosing: candidates are run on probes, and what came out of it is a matrix.
 *
 * A matrix holds what programs did and no key: whether a test's expectation is true is not known here. Every method of choosing reads a
 * matrix and nothing else, so that methods are compared without running anything again.
 */

/** One program for a task. Programs that are alike are one candidate that was drawn several times. */
export interface Candidate {
  readonly id: string;
  readonly source: string;
  /** Ids of other candidates that are the same program; it was run once for all of them. */
  readonly alike?: readonly string[];
  /** Times it was drawn, ≥ 1. */
  readonly drawn: number;
}

/** A test (`assert f(1) == 2`), or an input alone (`f(1)`). Of whole programs: what they read. */
export interface Probe {
  readonly id: string;
  readonly source: string;
  /** Of whole programs: what they should write; null or absent: not known. */
  readonly expected?: string | null;
  /** Of tests of patches: that what worked still does, or that the issue is gone. */
  readonly role?: ProbeRole;
  /** Times it was drawn, ≥ 1. */
  readonly drawn: number;
  /** Of inputs that were made: where from. */
  readonly made?: MadeBy;
}

/** An example in a candidate's comments; a known input with changes; drawn by annotations of parameters, or by how candidates use them. Of calls in tests: these. */
export const makings = ['test', 'example', 'mutation', 'hint', 'use'] as const;

export interface MadeBy {
  readonly by: (typeof makings)[number];
  /** The probe or candidate that it comes from. */
  readonly of?: string;
  /** It was made smaller, and tells the same candidates apart. */
  readonly smaller?: true;
}

export const probeRoles = ['regression', 'reproduction'] as const;
export type ProbeRole = (typeof probeRoles)[number];

/**
 * Where a test's expectation is compared: `outside` of the interpreter that the candidate runs in, from captured outputs; `inside`, because its form does not allow that;
 * `input`: there is none. `invalid`: it does not parse or, in JavaScript, needs a name or module that is not there, and was not run.
 */
export const probeWays = ['outside', 'inside', 'input', 'invalid'] as const;
export type ProbeWay = (typeof probeWays)[number];

/** Of one candidate on one probe. `returned`: an input without expectation gave a value. `not-run`: the candidate ended before. `unjudged`: what a call gave is not told
 * as far as the expectation asks. */
export const cellStates = ['passed', 'failed', 'raised', 'timed-out', 'returned', 'not-run', 'unjudged'] as const;
export type CellState = (typeof cellStates)[number];

/** How a candidate's row ended. `left`: it raised what no `except Exception` catches, as `sys.exit` does, in one of its cells. */
export const rowEndings = ['whole', 'left', 'invalid', 'failed-to-load', 'timed-out', 'died'] as const;
export type RowEnding = (typeof rowEndings)[number];

export interface MatrixRow {
  readonly id: string;
  readonly drawn: number;
  readonly ending: RowEnding;
  /** Of an ending that is not `whole`, in a few words. */
  readonly reason: string | null;
  /** CPU time of all its cells, ms. */
  readonly cpuMs: number;
}

export interface MatrixColumn {
  readonly id: string;
  readonly source: string;
  readonly drawn: number;
  readonly way: ProbeWay;
  readonly role?: ProbeRole;
}

/** A task for which programs were drawn, with what they are run on. */
export interface MatrixTask {
  readonly id: string;
  /** Of the candidates; default `python`. */
  readonly language?: string;
  /** Name of the function that probes call; empty where candidates are whole programs, which read a probe and write what they make of it. */
  readonly entryPoint: string;
  /** What questions may use besides built-ins: the imports that stand above a candidate. Run where no candidate is. */
  readonly context: string;
  /** Each source once. */
  readonly candidates: readonly Candidate[];
  readonly probes: readonly Probe[];
}

/** Rows are candidates, columns are probes; a cell lies at `row * columns.length + column`. */
export interface Matrix {
  readonly task: string;
  readonly rows: readonly MatrixRow[];
  readonly columns: readonly MatrixColumn[];
  /** Index into `cellStates`, for each cell. */
  readonly states: Uint8Array;
  /** Index into `texts` of what the probe's calls gave, for each cell; −1 where they gave nothing. */
  readonly outputs: Int32Array;
  /** CPU time, µs, for each cell; −1 where it was not run. Absent: not measured. */
  readonly times?: Int32Array;
  /** Instructions of WebAssembly, for each cell, −1 where they were not counted. Absent: counted nowhere. */
  readonly fuel?: Float64Array | null;
  /** What calls gave, each once: canonical texts (docs/formats.md), `?` and a type for what has none, `!` and an error's name. */
  readonly texts: readonly string[];
}

/** Candidates in the order of a method, best first. Those of equal score are one group: none of them is better than another. */
export interface Ranking {
  readonly groups: readonly { readonly score: number; readonly rows: readonly number[] }[];
}
