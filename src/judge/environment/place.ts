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

/** What a cell printed, both streams in order, and of values their text. */
export function printedBy(report: CellReport | null): string {
  if (report === null) return '';
  const decoder = new TextDecoder();
  return report.outputs
    .map((output) => (output.kind === 'stream' ? decoder.decode(output.bytes) : `${output.value.text}\n`))
    .join('');
}
