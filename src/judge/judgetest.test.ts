/** What one test's verdict makes of outcomes: here the outcomes are given, so that their times are known. */
import { describe, expect, test } from 'vitest';
import { WinnowError } from '../base/mod.ts';
import type { Ending, Job, Outcome } from '../run/mod.ts';
import { judgeTest } from './judgetest.ts';
import type { Checker, JudgeTest, Problem, Submission, TestVerdict } from './types.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const stream = (text: string): Outcome['stdout'] => ({ head: bytes(text), tail: new Uint8Array(0), omittedBytes: 0 });
const ok: Ending = { kind: 'exited', code: 0 };

function outcome(
  cpuMs: number | null,
  more: { out?: string; err?: string; ending?: Ending; wallMs?: number } = {},
): Outcome {
  return {
    backend: 'native',
    language: 'python',
    ending: more.ending ?? ok,
    stdout: stream(more.out ?? '3\n'),
    stderr: stream(more.err ?? ''),
    usage: { wallMs: more.wallMs ?? cpuMs ?? 0, cpuMs, peakMemoryBytes: 1, instructions: null, countUnit: null },
    compile: null,
    files: [],
    unpinned: [],
    caveats: [],
    notices: [],
  };
}

const words: Checker = { kind: 'tokens', ignoreCase: false, spaces: false, tolerance: null };
const submission: Submission = { name: 'a.py', language: 'python', files: [], entry: 'a.py' };
const hidden: JudgeTest = {
  name: 'secret/1',
  input: { bytes: bytes('question') },
  args: [],
  key: { answer: { bytes: bytes('3') } },
  isHidden: true,
  group: null,
  checker: null,
};
const problem: Problem = {
  name: 'p',
  title: null,
  format: 'plain',
  directory: '/',
  limits: { timeMs: 1000, memoryBytes: 2 ** 26, outputBytes: 2 ** 20, compileMs: 1000 },
  namesTime: true,
  timeFactors: {},
  checker: words,
  tests: [hidden],
  groups: [],
  notices: [],
};

/** Judges with outcomes or failures in the order in which they are to come. */
async function judged(
  comes: readonly (Outcome | WinnowError)[],
  more: { problem?: Partial<Problem>; test?: Partial<JudgeTest>; showSecret?: boolean; fuel?: number } = {},
): Promise<TestVerdict & { jobs: Job[] }> {
  const jobs: Job[] = [];
  const run = async (job: Job): Promise<Outcome> => {
    const next = comes[jobs.push(job) - 1];
    if (next === undefined) throw new Error('more runs than expected');
    if (next instanceof WinnowError) throw next;
    return next;
  };
  const options = { run, fuel: more.fuel ?? null, showSecret: more.showSecret ?? false };
  const asked = { ...problem, ...more.problem };
  const { verdict } = await judgeTest(asked, submission, { ...hidden, ...more.test }, options);
  expect(jobs.length).toBe(comes.length);
  return { ...verdict, jobs };
}

const failed = new WinnowError('sandbox-failed', 'the sandbox broke');

describe('time', () => {
  test('well within the limit: one run', async () => {
    expect(await judged([outcome(899)])).toMatchObject({ kind: 'accepted', runs: 1, isFlaky: false, reason: null });
  });
  test('well past it: one run', async () => {
    const past = outcome(1101, { ending: { kind: 'timed-out', clock: 'cpu' } });
    expect(await judged([past])).toMatchObject({ kind: 'time-limit', runs: 1, isFlaky: false });
  });
  test('near on either side: three runs, the least counts, and the verdict says so', async () => {
    expect(await judged([outcome(950), outcome(960), outcome(970)])).toMatchObject({
      kind: 'accepted',
      runs: 3,
      isFlaky: false,
      cpuMs: 950,
      reason: 'Near the limit of 1 s: 950 ms, 960 ms, 970 ms in 3 runs, of which the least counts.',
    });
    expect(await judged([outcome(1050), outcome(1010), outcome(990)])).toMatchObject({
      kind: 'accepted',
      isFlaky: true,
      cpuMs: 990,
    });
    expect(await judged([outcome(1050), outcome(1010), outcome(1020)])).toMatchObject({
      kind: 'time-limit',
      isFlaky: false,
      cpuMs: 1010,
    });
  });
  test('what is past its time is that, though it then failed or was right', async () => {
    expect(await judged([outcome(1200, { ending: { kind: 'exited', code: 1 } })])).toMatchObject({
      kind: 'time-limit',
    });
    expect(await judged([outcome(1200)])).toMatchObject({ kind: 'time-limit' });
  });
  test('one that waits is stopped by elapsed time; one that may have been starved gets four times as long', async () => {
    const wall: Ending = { kind: 'timed-out', clock: 'wall' };
    const waits = await judged([outcome(10, { ending: wall, wallMs: 3000 })]);
    expect([waits.kind, waits.runs, waits.jobs[0]?.limits?.wallMs]).toEqual(['time-limit', 1, 3000]);
    const starved = await judged([outcome(700, { ending: wall, wallMs: 3000 }), outcome(720, { wallMs: 5000 })]);
    expect([starved.kind, starved.runs, starved.jobs[1]?.limits?.wallMs]).toEqual(['accepted', 2, 12_000]);
  });
  test('a language has its factor', async () => {
    const { kind, jobs } = await judged([outcome(1700)], { problem: { timeFactors: { python: 2 } } });
    expect([kind, jobs[0]?.limits?.cpuMs]).toEqual(['accepted', 2200]);
  });
  test('where no CPU time is measured, elapsed time stands for it', async () => {
    expect((await judged([outcome(null, { wallMs: 1500 })])).kind).toBe('time-limit');
  });
});

describe('failures', () => {
  test('of the harness: once more, then unjudged', async () => {
    expect(await judged([failed, outcome(1)])).toMatchObject({ kind: 'accepted', runs: 2 });
    expect(await judged([failed, failed])).toMatchObject({ kind: 'unjudged', reason: 'the sandbox broke', runs: 2 });
  });
  test('what is not there is not asked for again', async () => {
    const none = new WinnowError('toolchain-missing', 'no such tool');
    expect(await judged([none])).toMatchObject({ kind: 'unjudged', reason: 'no such tool' });
  });
  test('a bug of ours and the end of the batch are no verdicts', async () => {
    await expect(judged([new WinnowError('cancelled', 'stopped')])).rejects.toThrow('stopped');
    await expect(judged([])).rejects.toThrow('more runs than expected');
  });
  const endings: readonly (readonly [Ending, string])[] = [
    [{ kind: 'exited', code: 3 }, 'runtime-error'],
    [{ kind: 'crashed', signal: 'SIGSEGV', reason: '' }, 'runtime-error'],
    [{ kind: 'out-of-memory' }, 'memory-limit'],
    [{ kind: 'output-limit', stream: 'stdout' }, 'output-limit'],
    [{ kind: 'out-of-fuel' }, 'time-limit'],
    [{ kind: 'compile-failed' }, 'compile-error'],
  ];
  test.each(endings)('%j is a %s, whatever was printed', async (ending, kind) => {
    expect((await judged([outcome(1, { ending })])).kind).toBe(kind);
  });
});

describe('keys', () => {
  test('never go to the program: it gets the input and nothing else', async () => {
    const { jobs } = await judged([outcome(1)]);
    expect(Buffer.from(jobs[0]?.stdin ?? []).toString()).toBe('question');
    expect([jobs[0]?.files, jobs[0]?.data, jobs[0]?.args]).toEqual([[], undefined, []]);
  });
  test('of hidden tests are not told, and what a program said last may be its input', async () => {
    const wrong = outcome(1, { out: '4' });
    expect(await judged([wrong])).toMatchObject({ kind: 'wrong-answer', reason: null, difference: null });
    expect(await judged([wrong], { showSecret: true })).toMatchObject({ difference: { expected: '3', actual: '4' } });
    expect(await judged([wrong], { test: { isHidden: false } })).toMatchObject({
      reason: '"3" was expected, "4" came.',
    });
    const crash = outcome(1, { err: 'trace\nValueError: question\n', ending: { kind: 'exited', code: 1 } });
    expect((await judged([crash])).reason).toBe('It ended with exit code 1.');
    expect((await judged([crash], { test: { isHidden: false } })).reason).toContain('ValueError: question');
  });
  test('a checker that is a program gets them, in a job of its own; it is asked twice when it fails', async () => {
    const program = { language: 'cpp', files: [], entry: 'check.cpp', args: [], limits: {}, fullPoints: 1 };
    const special = { checker: { kind: 'program', protocol: 'testlib', program } } as const;
    const odd = outcome(1, { err: 'key is 3', ending: { kind: 'exited', code: 9 } });
    const right = await judged([outcome(1), odd, outcome(1)], { problem: special });
    expect(right.kind).toBe('accepted');
    const [first, second] = right.jobs;
    expect(first?.data).toBe(undefined);
    expect(second?.data?.map(({ path }) => path).sort()).toEqual([...(second?.args ?? [])].sort());
    expect(await judged([outcome(1), odd, odd], { problem: special })).toMatchObject({
      kind: 'unjudged',
      reason: 'The checker ended with code 9, which is no verdict.',
    });
  });
  test('of one test may have a checker of their own', async () => {
    const exact = { checker: { kind: 'exact' } } as const;
    expect((await judged([outcome(1)], { test: exact })).kind).toBe('wrong-answer');
  });
});

test('with fuel, the clock stands still, so that counts are the same everywhere', async () => {
  const limited = await judged([outcome(1)], { fuel: 1000 });
  expect([limited.jobs[0]?.limits?.fuel, limited.jobs[0]?.determinism]).toEqual([1000, undefined]);
  const free = await judged([outcome(1)]);
  expect([free.jobs[0]?.limits?.fuel, free.jobs[0]?.determinism]).toEqual([undefined, { clockMs: null }]);
});
