/**
 * What the three kinds of environment do differently: what lies there at the start, what an action is, and what the reward rests on.
 */
import type { CellReport, JobFile, Session } from '../../run/mod.ts';
import type { EnvironmentTask, RewardParts } from './types.ts';

export interface Place {
  /** Files of the work directory at the start of a task. */
  files(task: EnvironmentTask): Promise<readonly JobFile[]>;
  /** Why a task cannot be played; null: it can. */
  lacks(task: EnvironmentTask): Promise<string | null>;
  /** What an agent reads first, beside the query. */
  opening(task: EnvironmentTask): string;
  /** What the last action, or the whole session, came to. Runs nothing of the gold's. */
  reward(task: EnvironmentTask, episode: Episode): Promise<Rewarded>;
}

export interface Rewarded extends RewardParts {
  readonly reward: number;
  readonly corruptGold: boolean;
  readonly notices: readonly string[];
}

export interface Episode {
  readonly session: Session;
  /** Of the last action; null: there was none. */
  readonly last: CellReport | null;
  /** What stood behind `submit`. */
  readonly submitted: string;
  /** Files that lay there at the start. */
  readonly files: readonly JobFile[];
  /** A session as the agent's was at the start, for the gold; it is ended by who asks. */
  openFresh(): Promise<Session>;
}

/**
 * What the gold of the last task came to. A trainer resets one task many times, and a sandbox for the gold each time would be half of what
 * an episode costs. A gold that gives something else each time is held against its first run.
 */
export class GoldOnce<Value> {
  #task: EnvironmentTask | null = null;
  #value: Promise<Value> | null = null;

  /** @param run gets a fresh session, which is ended after it */
  of(
    task: EnvironmentTask,
    openFresh: () => Promise<Session>,
    run: (fresh: Session) => Promise<Value>,
  ): Promise<Value> {
    if (this.#task === task && this.#value !== null) return this.#value;
    const value = (async () => {
      const fresh = await openFresh();
      try {
        return await run(fresh);
      } finally {
        await fresh.end();
      }
    })();
    this.#task = task;
    this.#value = value;
    // A harness that failed is asked again.
    value.catch(() => {
      if (this.#value === value) this.#task = null;
    });
    return value;
  }
}

/** The status, other than 0, with which a command of Bash ended; null for all other endings. */
export function exitStatus({ ending }: CellReport): number | null {
  const found = ending.kind === 'failed' ? /^exit status (\d+)$/.exec(ending.error.name) : null;
  return found === null ? null : Number(found[1]);
}

/** What a cell printed, both streams in order, and of values their text. */
export function printedBy(report: CellReport | null): string {
  if (report === null) return '';
  const decoder = new TextDecoder();
  return report.outputs
    .map((output) => (output.kind === 'stream' ? decoder.decode(output.bytes) : `${output.value.text}\n`))
    .join('');
}
