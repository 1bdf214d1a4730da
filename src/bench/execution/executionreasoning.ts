/** Questions about execution, from programs to a file of questions and to scores; see `questions.ts` for what is asked. */
import { writeFileSync } from 'node:fs';
import { WinnowError } from '../../base/mod.ts';
import { type BackendChoice, openRunner } from '../../run/mod.ts';
import type { BenchProgress } from '../progress.ts';
import { makeQuestions } from './makequestions.ts';
import { readPredictions, type Scored, scorePredictions } from './predictions.ts';
import { readPrograms } from './programs.ts';
import type { Question, QuestionKind } from './questions.ts';

export interface ExecutionOptions {
  readonly programs: readonly string[];
  readonly kinds: readonly QuestionKind[];
  readonly perProgram: number;
  readonly seed: number;
  /** Only the first so many programs. */
  readonly limit: number | undefined;
  readonly predictions: string | undefined;
  /** File to write the questions to. */
  readonly out: string | undefined;
  readonly wallMs: number;
  readonly backend: BackendChoice;
  readonly parallelism: number;
  readonly cacheDir: string;
  readonly path: readonly string[];
  readonly signal: AbortSignal | undefined;
  readonly onProgress: ((step: BenchProgress) => void) | undefined;
}

export interface ExecutionReport {
  readonly programs: number;
  readonly questions: readonly Question[];
  readonly leftOut: readonly { readonly program: string; readonly run: number; readonly reason: string }[];
  readonly notWhole: number;
  readonly said: number;
  readonly differ: readonly {
    readonly program: string;
    readonly run: number;
    readonly said: string;
    readonly came: string;
  }[];
  readonly scores: Scored | null;
}

/** @throws WinnowError `bad-data`, `path-not-found`, `path-unreadable`, `cancelled`, and what running throws */
export async function benchExecution(options: ExecutionOptions): Promise<ExecutionReport> {
  const { seed, parallelism, onProgress, signal, wallMs, backend } = options;
  const predictions = options.predictions === undefined ? null : await readPredictions(options.predictions);
  const programs = (await readPrograms(options.programs)).slice(0, options.limit);
  const runner = openRunner({ cacheDir: options.cacheDir, path: options.path });
  try {
    const how = { runner, backend, signal, wallMs };
    const made = await makeQuestions(programs, options, how);
    if (options.out !== undefined) write(options.out, made.questions);
    const scores =
      predictions === null
        ? null
        : await scorePredictions(made.questions, programs, predictions, { how, seed, parallelism, onProgress });
    return { programs: programs.length, ...made, scores };
  } finally {
    await runner.close();
  }
}

function write(path: string, questions: readonly Question[]): void {
  try {
    writeFileSync(path, questions.map((question) => `${JSON.stringify(question)}\n`).join(''));
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `${path} cannot be written (${code}).`, { details: { path }, cause });
  }
}
