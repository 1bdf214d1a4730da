/**
 * One submission on one problem: its tests in their order, as many at once as there are lanes, and the verdict that follows from them.
 *
 * The verdict is that of the first test that is not accepted, in the problem's order and not in the order in which runs end; tests
 * behind it are skipped even where they had been run already. So the answer does not hang on how many lanes there are.
 * Each group of tests has its own first failure, since points are counted by group; tests of no group are one group here.
 */
import type { Outcome, Output } from '../run/mod.ts';
import { type JudgeTestOptions, judgeTest } from './judgetest.ts';
import type { Lanes } from './lanes.ts';
import { pointsOf } from './points.ts';
import type { Judged, JudgedKind, JudgeTest, Problem, Submission, TestVerdict } from './types.ts';

export interface JudgeOptions extends JudgeTestOptions {
  readonly lanes: Lanes;
  /** Run all tests, also behind one that is not accepted. */
  readonly all: boolean;
  /** Told of each test as it is decided, in the order in which runs end. */
  readonly onTest: (index: number, verdict: TestVerdict) => void;
}

/** Characters of a compiler's complaint that are kept: the first errors are there, and the rest follows from them. */
const mostCompilerOutput = 4000;

/** @throws WinnowError `cancelled`, `path-unreadable` */
export async function judgeSubmission(
  problem: Problem,
  submission: Submission,
  options: JudgeOptions,
): Promise<Judged> {
  const { tests, groups } = problem;
  const verdicts = tests.map(({ name }) => skipped(name));
  const settled = new Set<number>();
  const failedAt = new Map<string | null, number>();
  const _ended = new Set<string>();
  let uncompiled: Outcome | null = null;

  const mayRun = (index: number): boolean => {
    const { group } = tests[index] as JudgeTest;
    if (uncompiled !== null) return false;
    return options.all || index < (failedAt.get(group) ?? Number.POSITIVE_INFINITY);
  };
  const runOne = async (index: number): Promise<void> => {
    const test = tests[index] as JudgeTest;
    const { verdict, outcome } = await judgeTest(problem, submission, test, options);
    if (verdict.kind === 'compile-error') {
      uncompiled ??= outcome;
      // No test of it ran, whichever lane was told first.
      verdicts[0] = { ...skipped((tests[0] as JudgeTest).name), kind: 'compile-error', reason: verdict.reason };
      options.onTest(0, verdicts[0]);
      return;
    }
    verdicts[index] = verdict;
    settled.add(index);
    if (verdict.kind !== 'accepted')
      failedAt.set(test.group, Math.min(index, failedAt.get(test.group) ?? Number.POSITIVE_INFINITY));
    options.onTest(index, verdict);
  };
  const holdsBack = (index: number): boolean =>
    groups.find(({ name }) => name === tests[index]?.group)?.after.some((name) => failedAt.has(name)) === true;

  for (const wave of wavesOf(problem)) {
    const running: Promise<void>[] = [];
    const failures: unknown[] = [];
    for (const index of wave) {
      if (holdsBack(index)) continue;
      const leave = await options.lanes.enter();
      // What was learnt while waiting for a lane may have made this test needless.
      if (!mayRun(index) || failures.length > 0) {
        leave();
        continue;
      }
      running.push(
        runOne(index)
          .catch((error: unknown) => void failures.push(error))
          .finally(leave),
      );
    }
    await Promise.all(running);
    if (failures.length > 0) throw failures[0];
  }
  for (const index of settled) if (!mayStay(index)) verdicts[index] = skipped((tests[index] as JudgeTest).name);
  return summary(problem, submission, verdicts, uncompiled);

  function mayStay(index: number): boolean {
    return options.all || index <= (failedAt.get((tests[index] as JudgeTest).group) ?? Number.POSITIVE_INFINITY);
  }
}

/** Tests that may run beside each other: a group waits for those that it comes after. */
function wavesOf({ tests, groups }: Problem): number[][] {
  const depths = new Map<string, number>();
  for (const { name, after } of groups)
    depths.set(name, 1 + Math.max(-1, ...after.map((other) => depths.get(other) ?? 0)));
  const depthOf = ({ group }: JudgeTest): number => (group === null ? 0 : (depths.get(group) ?? 0));
  const waves: number[][] = [];
  for (const [index, test] of tests.entries()) {
    const depth = depthOf(test);
    while (waves.length <= depth) waves.push([]);
    waves[depth]?.push(index);
  }
  return waves;
}

function summary(
  problem: Problem,
  submission: Submission,
  verdicts: readonly TestVerdict[],
  uncompiled: Outcome | null,
): Judged {
  const first = verdicts.find(({ kind }) => kind !== 'accepted' && kind !== 'skipped');
  const kind: JudgedKind = first?.kind ?? (verdicts.some((one) => one.kind === 'skipped') ? 'skipped' : 'accepted');
  const scored = pointsOf(problem, verdicts);
  const most = (values: readonly (number | null)[]): number | null => {
    const known = values.filter((value) => value !== null);
    return known.length === 0 ? null : Math.max(...known);
  };
  return {
    problem: problem.name,
    submission: submission.name,
    language: submission.language,
    kind,
    reason: first?.reason ?? null,
    compilerOutput: uncompiled === null ? null : compilerOutput(uncompiled),
    points: scored?.points ?? null,
    maxPoints: scored?.maxPoints ?? null,
    cpuMs: most(verdicts.map(({ cpuMs }) => cpuMs)),
    memoryBytes: most(verdicts.map(({ memoryBytes }) => memoryBytes)),
    tests: verdicts,
  };
}

function compilerOutput({ compile }: Outcome): string | null {
  if (compile === null) return null;
  const text = [compile.stderr, compile.stdout].map(decoded).join('').trim();
  return text === '' ? null : text.length > mostCompilerOutput ? `${text.slice(0, mostCompilerOutput)}…` : text;
}

const decoded = ({ head }: Output): string => new TextDecoder().decode(head.subarray(0, 4 * mostCompilerOutput));

function skipped(test: string): TestVerdict {
  const nothing = { cpuMs: null, wallMs: null, memoryBytes: null, instructions: null, difference: null };
  return { test, kind: 'skipped', reason: null, share: 0, ...nothing, runs: 0, isFlaky: false };
}

/** A submission that could not be read: nothing was run, and nothing is known. */
export function unreadable(problem: Problem, submission: string, reason: string): Judged {
  return {
    problem: problem.name,
    submission,
    language: '',
    kind: 'unjudged',
    reason,
    compilerOutput: null,
    points: null,
    maxPoints: null,
    cpuMs: null,
    memoryBytes: null,
    tests: [],
  };
}
