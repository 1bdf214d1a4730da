/**
 * One program on one test: run, held against the key, and run again where one run is not enough.
 *
 * - Within a tenth of the limit of time, on either side, the test is run up to twice more and the least CPU time decides: what a
 *   machine adds to a program's time (cold caches, a busy neighbour) it never takes away again. The verdict says that it was near.
 * - A program that was stopped by elapsed time although it did use the processor may have been starved: it is run once more with
 *   four times as long, so that CPU time decides.
 * - Where the harness or a checker failed, once more; then the test is unjudged, with the reason.
 *
 * The program gets the test's input as its standard input, the test's arguments, and nothing else of the problem.
 */
import { WinnowError } from '../base/mod.ts';
import type { Job, Outcome } from '../run/mod.ts';
import { compare } from './checkers/compare.ts';
import { type Checked, checkByProgram, type RunJob } from './checkers/program.ts';
import { readHeld } from './held.ts';
import type { Checker, JudgeTest, Problem, Submission, TestVerdict } from './types.ts';
import { judgementOf, seconds, timeOf } from './verdict.ts';

export interface JudgeTestOptions {
  readonly run: RunJob;
  /** Instructions that a program may take; null: not limited. */
  readonly fuel: number | null;
  /** Tell what the keys of hidden tests hold. */
  readonly showSecret: boolean;
}

/** A limit is near where a run's time is within this share of it. Runs of one program differ by less on a machine that is not swapping. */
const nearShare = 0.1;
/** Runs of a test at the most, for its time. */
const mostRuns = 3;
/** Less CPU time than this share of the elapsed limit means that a program waited, and was not starved. */
const starvedShare = 0.1;

/** Bytes of standard error that are looked at for its last line. */
const mostLastWords = 300;

/** A test's verdict, and the outcome that it rests on; null where there is none. */
export interface TestRun {
  readonly verdict: TestVerdict;
  readonly outcome: Outcome | null;
}

export const timeLimitOf = ({ limits, timeFactors }: Problem, { language }: Submission): number =>
  limits.timeMs * (timeFactors[language] ?? 1);

/** @throws WinnowError `cancelled`, `path-unreadable`; any other failure is a verdict */
export async function judgeTest(
  problem: Problem,
  submission: Submission,
  test: JudgeTest,
  options: JudgeTestOptions,
): Promise<TestRun> {
  const timeMs = timeLimitOf(problem, submission);
  const job = jobOf(problem, submission, test, await readHeld(test.input), timeMs, options.fuel);
  const runs: Outcome[] = [];
  const tries = { left: 1, count: 0 };
  const runOnce = async (wallFactor: number): Promise<string | null> => {
    for (;;) {
      tries.count++;
      try {
        runs.push(await options.run(wallFactor === 1 ? job : longer(job, wallFactor)));
        return null;
      } catch (error) {
        if (!(error instanceof WinnowError) || error.code === 'cancelled') throw error;
        // What is not there will not be there a moment later.
        if (error.code !== 'sandbox-failed' || tries.left-- <= 0) return error.message;
      }
    }
  };
  const failed = await runOnce(1);
  if (failed !== null) return { verdict: unjudged(test, failed, tries.count), outcome: null };
  // What it did in a time that was not its own says nothing, once there is another run.
  if (isStarved(runs[0] as Outcome) && (await runOnce(4)) === null) runs.shift();
  while (runs.length < mostRuns && runs.some((outcome) => isNear(outcome, timeMs)))
    if ((await runOnce(1)) !== null) break;
  const outcome = runs.reduce((least, one) => (timeOf(one) <= timeOf(least) ? one : least));
  const isPast = (one: Outcome): boolean => judgementOf(one, timeMs).kind === 'time-limit';
  const isFlaky = runs.some(isPast) && !runs.every(isPast);
  const judged = judgementOf(outcome, timeMs);
  const found: Found =
    judged.kind === 'accepted'
      ? await check(problem, test, outcome, options)
      : {
          kind: judged.kind,
          reason: joined(judged.reason, lastWords(test, outcome, options)),
          share: 0,
          difference: null,
        };
  const verdict = {
    test: test.name,
    ...found,
    reason: joined(found.reason, nearness(runs, timeMs, isFlaky)),
    ...usageOf(outcome),
    runs: tries.count,
    isFlaky,
  };
  return { verdict, outcome };
}

/** What a program that failed said last. It may be the test's input, so of hidden tests it is not shown. */
function lastWords(test: JudgeTest, { ending, stderr }: Outcome, { showSecret }: JudgeTestOptions): string | null {
  if ((test.isHidden && !showSecret) || ending.kind === 'compile-failed') return null;
  const text = new TextDecoder().decode((stderr.tail.length > 0 ? stderr.tail : stderr.head).subarray(-mostLastWords));
  const last = text.trimEnd().split('\n').at(-1)?.trim() ?? '';
  return last === '' ? null : `It said last: ${last}`;
}

type Found = Pick<TestVerdict, 'kind' | 'reason' | 'share' | 'difference'>;

/** Holds the output of a program that ended well and in time against the key. */
async function check(
  problem: Problem,
  test: JudgeTest,
  { stdout }: Outcome,
  { run, showSecret }: JudgeTestOptions,
): Promise<Found> {
  const mayShow = showSecret || !test.isHidden;
  const checker: Checker = test.checker ?? problem.checker;
  const output = stdout.tail.length === 0 ? stdout.head : Buffer.concat([stdout.head, stdout.tail]);
  const answer = test.key.answer === null ? new Uint8Array(0) : await readHeld(test.key.answer);
  if (checker.kind !== 'program') {
    const result = compare(checker, answer, output);
    if (result.kind === 'right') return { kind: 'accepted', reason: null, share: 1, difference: null };
    return mayShow
      ? { kind: 'wrong-answer', reason: result.reason, share: 0, difference: result.difference }
      : { kind: 'wrong-answer', reason: null, share: 0, difference: null };
  }
  const files = { input: await readHeld(test.input), answer, output };
  const ask = (): Promise<Checked> => checkByProgram(checker.protocol, checker.program, files, run);
  let checked = await ask();
  if (checked.kind === 'unjudged') checked = await ask();
  const { kind, reason, said, share } = checked;
  return { kind: kindOf[kind], reason: joined(reason, mayShow ? said : null), share, difference: null };
}

const kindOf = { right: 'accepted', wrong: 'wrong-answer', unjudged: 'unjudged' } as const;

function jobOf(
  { limits }: Problem,
  { language, files, entry }: Submission,
  test: JudgeTest,
  stdin: Uint8Array,
  timeMs: number,
  fuel: number | null,
): Job {
  return {
    language,
    files,
    entry,
    args: test.args,
    stdin,
    limits: {
      // Some more than is allowed, so that it is seen by how little a program missed the limit.
      cpuMs: Math.ceil(timeMs * (1 + nearShare)),
      // Twice the limit and a second: problemtools gives twice the limit of elapsed time to a program that talks with a checker, and
      // every program a second beyond its limit (`judge/execute.py`).
      wallMs: Math.ceil(2 * timeMs + 1000),
      memoryBytes: limits.memoryBytes,
      outputBytes: limits.outputBytes,
      // All of it, because all of it is compared.
      keepBytes: limits.outputBytes,
      ...(fuel === null ? {} : { fuel }),
    },
    // CPU time is judged; elapsed time is long enough for a machine on which ten others compile.
    compileLimits: { cpuMs: Math.ceil(limits.compileMs), wallMs: Math.ceil(10 * limits.compileMs + 60_000) },
    // Programs that search until their time is up look at the clock; one that stands still would keep them for ever. Where instructions
    // are limited, that ends them, and counts are the same everywhere.
    ...(fuel === null ? { determinism: { clockMs: null } } : {}),
  };
}

const longer = (job: Job, factor: number): Job => ({
  ...job,
  limits: { ...job.limits, wallMs: (job.limits?.wallMs as number) * factor },
});

function isNear(outcome: Outcome, timeMs: number): boolean {
  const { kind } = outcome.ending;
  if (kind === 'compile-failed' || kind === 'out-of-memory' || kind === 'output-limit' || kind === 'out-of-fuel')
    return false;
  return Math.abs(timeOf(outcome) - timeMs) < nearShare * timeMs;
}

function isStarved({ ending, usage }: Outcome): boolean {
  const byWall = ending.kind === 'timed-out' && ending.clock === 'wall';
  return byWall && usage.cpuMs !== null && usage.cpuMs > starvedShare * usage.wallMs;
}

function nearness(runs: readonly Outcome[], timeMs: number, isFlaky: boolean): string | null {
  if (runs.length < 2 || !runs.some((outcome) => isNear(outcome, timeMs))) return null;
  const times = runs.map((outcome) => seconds(timeOf(outcome))).join(', ');
  const flaky = isFlaky ? ' and on both sides of it' : '';
  return `Near the limit of ${seconds(timeMs)}${flaky}: ${times} in ${runs.length} runs, of which the least counts.`;
}

const joined = (one: string | null, other: string | null): string | null =>
  one === null || other === null ? (one ?? other) : `${one} ${other}`;

function usageOf({ usage }: Outcome): Pick<TestVerdict, 'cpuMs' | 'wallMs' | 'memoryBytes' | 'instructions'> {
  return {
    cpuMs: usage.cpuMs,
    wallMs: usage.wallMs,
    memoryBytes: usage.peakMemoryBytes,
    instructions: usage.instructions,
  };
}

function unjudged(test: JudgeTest, reason: string, runs: number): TestVerdict {
  const nothing = { share: 0, cpuMs: null, wallMs: null, memoryBytes: null, instructions: null, difference: null };
  return { test: test.name, kind: 'unjudged', reason, ...nothing, runs, isFlaky: false };
}
