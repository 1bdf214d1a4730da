/**
 * The nouns of judging: a problem has tests, a test has a key, and a program gets a verdict on each.
 *
 * A key is what a program must not see: expected outputs, hidden inputs, checkers. It lives in this layer alone, never goes into a
 * sandbox together with a program that is judged, and no layer that chooses or makes programs may import this one.
 *
 * A verdict says what the program did. Where we, the machine or a problem's own checker failed, there is no verdict: `unjudged`, with
 * the reason. It is neither right nor wrong, and no summary counts it as either.
 */
import type { JobFile, Limits } from '../run/mod.ts';

/** Of one output beside its key. */
export type Verdict =
  | { readonly kind: 'right' }
  /** `reason` may quote the key: it is for those who may see it. */
  | { readonly kind: 'wrong'; readonly reason: string }
  | { readonly kind: 'unjudged'; readonly reason: string };

/**
 * How a program of an online judge fared on a test, or on all of them. There is no verdict of its own for presentation: whether
 * white space counts is the checker's affair, so an output is right or it is a wrong answer.
 */
export const judgedKinds = [
  'accepted',
  'wrong-answer',
  'time-limit',
  'memory-limit',
  'output-limit',
  'runtime-error',
  'compile-error',
  'unjudged',
  'skipped',
] as const;

/** `skipped`: not run, because an earlier test had settled the verdict. `unjudged`: the harness or a checker failed, twice. */
export type JudgedKind = (typeof judgedKinds)[number];

/** Bytes that are read when they are needed: tests of real problems together are larger than memory. */
export type Held = { readonly bytes: Uint8Array } | { readonly file: string };

/** What a program is held against in one test. */
export interface Key {
  /** Null: the problem has none, and its checker needs none. */
  readonly answer: Held | null;
}

export interface JudgeTest {
  /** Unique in its problem: `secret/02-large`. Groups are its directories. */
  readonly name: string;
  /** What the program reads; it sees nothing else of a test. */
  readonly input: Held;
  readonly args: readonly string[];
  readonly key: Key;
  /** Input and key may not be shown to whoever sent the program. */
  readonly isHidden: boolean;
  /** Name of a `TestGroup`; null: of none. */
  readonly group: string | null;
  /** Instead of the problem's; null: that one. */
  readonly checker: Checker | null;
}

/** Tests that give points together. */
export interface TestGroup {
  readonly name: string;
  /** Points of a group of which all is accepted, ≥ 0. */
  readonly points: number;
  /**
   * `all`: no points unless every test is accepted. `share`: the mean of its tests' shares. `least`: the least of them.
   */
  readonly score: 'all' | 'share' | 'least';
  /** Groups that must be accepted whole before this one is run. */
  readonly after: readonly string[];
}

/** How close numbers must be. A number passes when one of the two that are given holds. */
export interface Tolerance {
  /** |a − e|, ≥ 0; null: not asked. */
  readonly absolute: number | null;
  /** |a − e| / |e|, ≥ 0; null: not asked. */
  readonly relative: number | null;
}

/** A program of the problem's author, which is run in a sandbox of its own. */
export interface CheckerProgram {
  readonly language: string;
  readonly files: readonly JobFile[];
  readonly entry: string;
  /** Arguments after those of the protocol. */
  readonly args: readonly string[];
  readonly limits: Partial<Limits>;
  /** What it calls the whole of a test's points, > 0: 1 where it gives shares. */
  readonly fullPoints: number;
}

export type Checker =
  /** Byte for byte. */
  | { readonly kind: 'exact' }
  /** Words between white space; a word that is a number by `tolerance`, where that is given. `spaces`: white space must be equal too. */
  | {
      readonly kind: 'tokens';
      readonly ignoreCase: boolean;
      readonly spaces: boolean;
      readonly tolerance: Tolerance | null;
    }
  /** Lines without the blanks at their ends, and without empty lines at the end; `unordered`: as a bag. */
  | { readonly kind: 'lines'; readonly ignoreCase: boolean; readonly unordered: boolean }
  /** `testlib`: `checker input output answer`, exit code 0, 1, 2, 3, 7. `kattis`: `checker input answer feedback-directory < output`, 42 or 43. */
  | { readonly kind: 'program'; readonly protocol: 'testlib' | 'kattis'; readonly program: CheckerProgram };

export interface ProblemLimits {
  /** CPU time of a test, ms, before a language's factor. */
  readonly timeMs: number;
  readonly memoryBytes: number;
  readonly outputBytes: number;
  /** CPU time of the compiler, ms. */
  readonly compileMs: number;
}

/** A problem, read from a directory. */
export interface Problem {
  /** Name of its directory, or what it calls itself. */
  readonly name: string;
  readonly title: string | null;
  readonly format: 'winnow' | 'kattis' | 'plain';
  readonly directory: string;
  readonly limits: ProblemLimits;
  /** Its author names a limit of time; else it is one that is usual. */
  readonly namesTime: boolean;
  /** What the limit of time is multiplied by, by language; those that are not named have 1. */
  readonly timeFactors: Readonly<Record<string, number>>;
  readonly checker: Checker;
  /** In the order in which they are run: samples first. */
  readonly tests: readonly JudgeTest[];
  readonly groups: readonly TestGroup[];
  /** What was found in the directory and is not used, in words. */
  readonly notices: readonly string[];
}

/** One program that is judged. */
export interface Submission {
  readonly name: string;
  readonly language: string;
  readonly files: readonly JobFile[];
  readonly entry: string;
}

/** One test of one submission. */
export interface TestVerdict {
  readonly test: string;
  readonly kind: JudgedKind;
  /** One sentence; never holds input or key of a hidden test. Null: nothing to add. */
  readonly reason: string | null;
  /** Share of the points, [0, 1]: 1 when accepted, what a checker gave, else 0. */
  readonly share: number;
  readonly cpuMs: number | null;
  readonly wallMs: number | null;
  readonly memoryBytes: number | null;
  readonly instructions: number | null;
  /** Runs that the verdict rests on: more than one where the time was near the limit, or the harness failed. */
  readonly runs: number;
  /** Of several runs near the limit, some were within it and some past it. */
  readonly isFlaky: boolean;
  /** Where the output first leaves the key; only of tests that may be shown. */
  readonly difference: Difference | null;
}

/** The first line that differs, each side cut to a bound. */
export interface Difference {
  /** From 1. */
  readonly line: number;
  /** Null: there is no such line. */
  readonly expected: string | null;
  readonly actual: string | null;
}

/** One submission on one problem. */
export interface Judged {
  readonly problem: string;
  readonly submission: string;
  readonly language: string;
  /** `accepted` when all tests are; else that of the first test that is not, in the order of the tests. */
  readonly kind: JudgedKind;
  readonly reason: string | null;
  /** What the compiler said, cut to a bound; null where it said nothing or there is none. */
  readonly compilerOutput: string | null;
  /** Sum over groups, [0, maxPoints]; null: the problem has no points. */
  readonly points: number | null;
  readonly maxPoints: number | null;
  /** Of the slowest test that was run, ms. */
  readonly cpuMs: number | null;
  readonly memoryBytes: number | null;
  readonly tests: readonly TestVerdict[];
}
