/**
 * The nouns of suites: a suite reads rows of its data into problems, and everything after that is the same for all (`suiterun.ts`).
 *
 * A problem's key is opened by `judge` alone; here it is carried and never looked into.
 */
import type { FunctionKey, HarnessKey, Problem } from '../../judge/mod.ts';
import type { NumberedRow, Row } from '../tablerows.ts';
import type { Effort } from './effort.ts';

export type SuiteKey =
  /** A Python function whose test runs in another process. */
  | { readonly kind: 'function'; readonly key: FunctionKey }
  /** A program that its test is compiled into. */
  | { readonly kind: 'harness'; readonly key: HarnessKey }
  /** A program that reads standard input. */
  | { readonly kind: 'stdin'; readonly problem: Problem };

/** A program's whole text, in a language of the runner's. */
export interface Program {
  readonly source: string;
  readonly language: string;
}

export interface SuiteProblem {
  readonly id: string;
  readonly key: SuiteKey;
  /** What is asked, as a model reads it: for warnings alone. */
  readonly prompt: string;
  /** Calls or inputs of the hidden tests, as they stand in the data: for warnings alone. */
  readonly hidden: readonly string[];
  /** Why no program can be judged on it, whatever it does: it is excluded and named. */
  readonly unfit?: string;
  /** CPU time of a program over the whole test, ms. */
  readonly cpuMs: number;
  /** Memory of a Python function's process; absent: 512 MiB. */
  readonly memoryBytes?: number;
  /** Programs that come with the data, by what `--samples` calls them: `canonical` first, which must pass. */
  readonly programs: Readonly<Record<string, Program>>;
  /** The program that a row of samples stands for. @param isWhole it is not to be put behind the prompt */
  program(text: string, isWhole: boolean, language: string | null): Program;
  /** How much work a right program is; absent: only right and wrong count. */
  readonly effort?: Effort;
}

export interface DataRow extends NumberedRow {
  readonly path: string;
}

export interface Suite {
  readonly name: string;
  readonly title: string;
  /** Paper, and where its data is. */
  readonly source: string;
  /** @throws WinnowError `bad-data` naming file and line */
  read(rows: readonly DataRow[]): readonly SuiteProblem[];
  /** Names of sets that `--samples` takes in the place of a file. */
  readonly sets: readonly string[];
  /** Fields of a sample's row that hold its text besides `completion` and `solution`; the problem is then `task_id/field`. */
  readonly answers?: readonly string[];
  /** What a right program's effort is called: `eff` (ENAMEL), `efficient` (COFFE). Absent: pass@k alone. */
  readonly efficiency?: 'eff' | 'efficient';
}

export type { Row };
