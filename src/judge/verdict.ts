/**
 * What an outcome means for a program that is judged, before its output is looked at.
 *
 * CPU time is judged: it is the program's own, and differs little between a quiet machine and a busy one. Elapsed time is only there so that
 * a program that sleeps or waits for input that never comes is stopped.
 */
import type { Ending, Outcome } from '../run/mod.ts';
import type { JudgedKind } from './types.ts';

export interface Judgement {
  /** `accepted` means here: it ended well and in time, and its output is to be compared. */
  readonly kind: JudgedKind;
  readonly reason: string | null;
}

/** CPU time where the backend measures it, else elapsed time. */
export const timeOf = ({ usage }: Outcome): number => usage.cpuMs ?? usage.wallMs;

export function judgementOf(outcome: Outcome, timeMs: number): Judgement {
  const { ending } = outcome;
  const used = timeOf(outcome);
  if (ending.kind === 'compile-failed') return compileJudgement(outcome);
  // A program past its time is that, however it then ended: what it would have done in time nobody knows.
  if (ending.kind !== 'out-of-memory' && ending.kind !== 'output-limit' && used > timeMs)
    return { kind: 'time-limit', reason: `${seconds(used)} of CPU time were used; ${seconds(timeMs)} are allowed.` };
  return endedAs(ending, outcome, timeMs);
}

function endedAs(ending: Ending, { usage }: Outcome, timeMs: number): Judgement {
  switch (ending.kind) {
    case 'exited':
      return ending.code === 0
        ? { kind: 'accepted', reason: null }
        : { kind: 'runtime-error', reason: `It ended with exit code ${ending.code}.` };
    case 'crashed':
      return {
        kind: 'runtime-error',
        reason: ending.signal === null ? `It crashed: ${ending.reason}` : `It was ended by ${ending.signal}.`,
      };
    case 'timed-out':
      return {
        kind: 'time-limit',
        reason:
          ending.clock === 'cpu'
            ? `More than ${seconds(timeMs)} of CPU time were used.`
            : `It had not ended after ${seconds(usage.wallMs)}, of which it used ${seconds(usage.cpuMs ?? usage.wallMs)} of CPU time: it sleeps, or waits for what does not come.`,
      };
    case 'out-of-fuel':
      return { kind: 'time-limit', reason: 'All its fuel was used.' };
    case 'out-of-memory':
      return { kind: 'memory-limit', reason: 'More memory was used than is allowed.' };
    case 'output-limit':
      return { kind: 'output-limit', reason: `More was written to ${ending.stream} than is allowed.` };
    case 'compile-failed':
      return { kind: 'compile-error', reason: null };
  }
}

function compileJudgement({ compile }: Outcome): Judgement {
  const ending = compile?.ending;
  // Compilers do not sleep: one that elapsed time stopped was kept from its work by a busy machine.
  if (ending?.kind === 'timed-out' && ending.clock === 'wall')
    return { kind: 'unjudged', reason: `The compiler had not ended after ${seconds(compile?.usage.wallMs ?? 0)}.` };
  const reasons: Partial<Record<Ending['kind'], string>> = {
    'timed-out': 'The compiler took more time than it may.',
    'out-of-memory': 'The compiler took more memory than it may.',
    'output-limit': 'The compiler wrote more than it may.',
  };
  return { kind: 'compile-error', reason: reasons[ending?.kind ?? 'exited'] ?? 'It does not compile.' };
}

/** `1.95 s`, `850 ms`. */
export const seconds = (ms: number): string =>
  ms < 1000 ? `${Math.round(ms)} ms` : `${Number((ms / 1000).toFixed(2))} s`;
