/**
 * Programs judged by tests that are compiled into them: what languages without a literal form between processes leave.
 *
 * Here alone the tests and the candidate share a process, so an exit code says nothing. A program passes when the line behind its last test was reached, which writes a mark drawn for
 * this run; and whoever passes is run once more as a control, with a failure put before that line. An honest program fails the control; one that replaced the assertion, swallowed it or
 * found the mark passes that too, and is wrong. What is left is a program that reads its own binary and tells the two apart.
 */
import { randomUUID } from 'node:crypto';
import { WinnowError } from '../../base/mod.ts';
import type { Job, Outcome, Runner } from '../../run/mod.ts';
import type { Verdict } from '../types.ts';
import { judgementOf, timeOf } from '../verdict.ts';
import { assemble, type HarnessLanguage, hasTests } from './assemble.ts';

export interface HarnessKey {
  readonly language: HarnessLanguage;
  /** Source that calls the program: HumanEvalPack's. */
  readonly test: string;
}

export interface HarnessJudging {
  readonly runner: Runner;
  readonly signal: AbortSignal;
  /** CPU time of program and tests, ms. */
  readonly cpuMs: number;
  /** Default: yes. References need no control. */
  readonly withControl?: boolean;
}

const memoryBytes = 1024 * 2 ** 20;

/** @throws WinnowError `cancelled`, `toolchain-missing`, `backend-unavailable` */
export async function judgeHarness(key: HarnessKey, program: string, options: HarnessJudging): Promise<Verdict> {
  if (!hasTests(key.language, key.test))
    return { kind: 'unjudged', reason: `no test function was found in its ${key.language} tests` };
  const verdict = await runOnce(key, program, false, options);
  if (verdict.kind !== 'right' || options.withControl === false) return verdict;
  const control = await runOnce(key, program, true, options);
  return control.kind === 'right'
    ? { kind: 'wrong', reason: 'it passes a test that no program can pass' }
    : control.kind === 'unjudged'
      ? control
      : verdict;
}

async function runOnce(
  key: HarnessKey,
  program: string,
  isControl: boolean,
  { runner, signal, cpuMs }: HarnessJudging,
): Promise<Verdict> {
  const mark = `winnow-${randomUUID()}`;
  const assembled = assemble[key.language](program, key.test, { text: mark, isControl });
  const job: Job = {
    language: key.language,
    ...assembled,
    limits: { cpuMs, wallMs: 2 * cpuMs + 1_000, memoryBytes },
    compileLimits: { cpuMs: 60_000, wallMs: 300_000, memoryBytes: 2 * memoryBytes },
  };
  let outcome: Outcome;
  try {
    outcome = await runner.run(job, { backend: 'native', signal });
    // Stopped by the clock on the wall although it computed: a busy machine may be to blame.
    if (outcome.ending.kind === 'timed-out' && outcome.ending.clock === 'wall' && timeOf(outcome) > 0.1 * cpuMs)
      outcome = await runner.run(
        { ...job, limits: { cpuMs, memoryBytes, wallMs: 8 * cpuMs } },
        { backend: 'native', signal },
      );
  } catch (error) {
    if (error instanceof WinnowError && error.code === 'sandbox-failed')
      return { kind: 'unjudged', reason: error.message };
    throw error;
  }
  const { kind, reason } = judgementOf(outcome, cpuMs);
  if (kind === 'unjudged') return { kind, reason: reason ?? 'the compiler was kept from its work' };
  if (kind === 'compile-error') return { kind: 'wrong', reason: `it does not compile: ${firstError(outcome)}` };
  if (kind !== 'accepted') return { kind: 'wrong', reason: reason ?? kind };
  const { head, tail } = outcome.stdout;
  const told = new TextDecoder().decode(tail.length > 0 ? tail : head);
  return told.endsWith(mark) ? { kind: 'right' } : { kind: 'wrong', reason: 'it ended before the last test' };
}

function firstError({ compile }: Outcome): string {
  const text = new TextDecoder().decode(compile?.stderr.head ?? new Uint8Array());
  const line = text.split('\n').find((one) => /error|:\d+:\d+: /i.test(one)) ?? text.split('\n')[0] ?? '';
  return line.trim().slice(0, 200);
}
