/**
 * Many submissions: as many are open as there are lanes, and verdicts come in the order of the submissions.
 *
 * A lane runs one program at a time, whatever submission it belongs to. So one submission with many tests and many submissions with one
 * test keep all lanes busy alike, and no more submissions are held in memory than are judged.
 */
import { WinnowError } from '../base/mod.ts';
import type { BackendChoice, Job, Outcome, Runner } from '../run/mod.ts';
import { judgeSubmission, unreadable } from './judge.ts';
import { openLanes } from './lanes.ts';
import type { Sent } from './submissions.ts';
import type { Judged, Problem, TestVerdict } from './types.ts';

/** One line of a batch. */
export interface Round {
  readonly problem: Problem;
  readonly name: string;
  /** Read when its turn comes. */
  read(): Promise<Sent>;
}

export interface JudgeAllOptions {
  readonly runner: Runner;
  readonly backend: BackendChoice;
  /** Programs at once, ≥ 1. */
  readonly jobs: number;
  readonly all: boolean;
  readonly fuel: number | null;
  readonly showSecret: boolean;
  readonly signal: AbortSignal;
  /** Told once of each limit that this machine keeps less strictly than asked. */
  readonly onCaveat?: (text: string) => void;
  /** @param round its place in the list */
  readonly onTest?: (round: number, index: number, verdict: TestVerdict) => void;
}

/** @throws WinnowError `cancelled`, `path-unreadable`, `unknown-language` */
export async function* judgeAll(
  rounds: readonly Round[],
  options: JudgeAllOptions,
): AsyncGenerator<Judged, void, undefined> {
  const { runner, backend, jobs, signal, onTest, onCaveat } = options;
  const caveats = new Set<string>();
  const lanes = openLanes(jobs);
  const stop = new AbortController();
  const ends = AbortSignal.any([signal, stop.signal]);
  const run = async (job: Job): Promise<Outcome> => {
    const outcome = await runner.run(job, { backend, signal: ends });
    for (const text of outcome.caveats) {
      if (!caveats.has(text)) onCaveat?.(text);
      caveats.add(text);
    }
    return outcome;
  };
  const judgeOne = async ({ problem, name, read }: Round, round: number): Promise<Judged> => {
    const sent = await read();
    if ('unreadable' in sent) return unreadable(problem, name, sent.unreadable);
    return judgeSubmission(problem, sent.submission, {
      run,
      lanes,
      all: options.all,
      fuel: options.fuel,
      showSecret: options.showSecret,
      onTest: (index, verdict) => onTest?.(round, index, verdict),
    });
  };
  const open: Promise<Judged>[] = [];
  let next = 0;
  try {
    while (next < rounds.length || open.length > 0) {
      if (signal.aborted) throw cancelled(signal);
      while (next < rounds.length && open.length < jobs) {
        const judged = judgeOne(rounds[next] as Round, next++);
        // It is waited for in its turn; until then a failure of it is nobody's.
        judged.catch(() => {});
        open.push(judged);
      }
      yield await (open.shift() as Promise<Judged>);
    }
  } finally {
    stop.abort(new WinnowError('cancelled', 'The batch was ended early.'));
    await Promise.allSettled(open);
  }
}

const cancelled = ({ reason }: AbortSignal): unknown =>
  reason instanceof WinnowError ? reason : new WinnowError('cancelled', 'Judging was cancelled.', { cause: reason });
