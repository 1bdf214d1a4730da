/**
 * From programs to questions: runs are drawn, each is traced once, and questions are drawn from its trace.
 *
 * Seeded by program, so that a program's questions are the same whatever other programs stand beside it. Runs go on side by side, and come back in the
 * order of the programs. A program of which nothing can be asked is told with the reason.
 */
import { createHash } from 'node:crypto';
import { seededRandom } from '../../base/mod.ts';
import { type BenchProgress, stopIfCancelled } from '../progress.ts';
import { keyOf, readLiteral } from './literal.ts';
import type { Program } from './programs.ts';
import { type Question, type QuestionKind, questionsOf, type Run } from './questions.ts';
import { type RunHow, traced } from './traced.ts';

export interface MakeOptions {
  readonly kinds: readonly QuestionKind[];
  /** Questions of each kind and program at most, from 1. */
  readonly perProgram: number;
  readonly seed: number;
  readonly parallelism: number;
  readonly onProgress: ((step: BenchProgress) => void) | undefined;
}

export interface LeftOut {
  readonly program: string;
  readonly run: number;
  readonly reason: string;
}

export interface Made {
  readonly questions: readonly Question[];
  readonly leftOut: readonly LeftOut[];
  /** Runs whose trace is not whole: only coverage and what came out is asked. */
  readonly notWhole: number;
  /** Of runs for which the data says what comes out: how many, and those where something else came out here. */
  readonly said: number;
  readonly differ: readonly {
    readonly program: string;
    readonly run: number;
    readonly said: string;
    readonly came: string;
  }[];
}

/** @throws WinnowError as `traceRun` does, and `cancelled` */
export async function makeQuestions(programs: readonly Program[], options: MakeOptions, how: RunHow): Promise<Made> {
  const made: (Made | undefined)[] = [];
  let next = 0;
  let done = 0;
  const worker = async (): Promise<void> => {
    for (let at = next++; at < programs.length; at = next++) {
      stopIfCancelled(how.signal);
      made[at] = await ofProgram(programs[at] as Program, options, how);
      options.onProgress?.({ label: 'tracing', done: ++done, total: programs.length });
    }
  };
  await Promise.all(Array.from({ length: Math.min(options.parallelism, programs.length) }, worker));
  const all = made.filter((one) => one !== undefined);
  return {
    questions: all.flatMap(({ questions }) => questions),
    leftOut: all.flatMap(({ leftOut }) => leftOut),
    notWhole: all.reduce((sum, one) => sum + one.notWhole, 0),
    said: all.reduce((sum, one) => sum + one.said, 0),
    differ: all.flatMap(({ differ }) => differ),
  };
}

async function ofProgram(program: Program, { kinds, perProgram, seed }: MakeOptions, how: RunHow): Promise<Made> {
  const random = seededRandom(createHash('sha256').update(`${seed} ${program.id}`).digest().readInt32LE());
  const drawn = random.shuffle(program.starts.map((start, run) => ({ ...start, run }))).slice(0, perProgram);
  const runs: Run[] = [];
  const leftOut: LeftOut[] = [];
  const differ: Made['differ'][number][] = [];
  let said = 0;
  for (const { start, run, output } of drawn) {
    const found = await traced(program, start, how);
    if ('reason' in found) {
      leftOut.push({ program: program.id, run, reason: found.reason });
      continue;
    }
    runs.push({ program, run, start, ...found });
    if (output === null || start.kind !== 'call') continue;
    said++;
    const { came } = found.ran;
    const text = came.kind === 'raised' ? `raises ${came.type}` : came.text;
    if (!isSame(text, output)) differ.push({ program: program.id, run, said: output, came: text });
  }
  const questions = runs.flatMap((run, at) => {
    const share = Math.floor(perProgram / runs.length) + (at < perProgram % runs.length ? 1 : 0);
    return questionsOf(run, kinds, share, random, runs.find((other) => other !== run) ?? null);
  });
  const notWhole = runs.filter(
    ({ trace: { gaps } }) => gaps.skippedLines + gaps.droppedEvents + gaps.unreadable > 0 || gaps.cut,
  ).length;
  return { questions, leftOut, differ, said, notWhole };
}

function isSame(came: string, said: string): boolean {
  const [one, other] = [readLiteral(came), readLiteral(said)];
  return one !== null && other !== null ? keyOf(one, 'equal') === keyOf(other, 'equal') : came.trim() === said.trim();
}
