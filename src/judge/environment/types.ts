/**
 * The nouns of interactive environments: a task is reset, actions go in, observations and in the end a reward come out.
 *
 * After InterCode (Yang et al. 2023, arXiv:2306.14898): code is the action, what it prints is the observation, and the reward holds the state
 * that the actions led to against the state that a gold command leads to. Gold and hidden tests stay in this layer: the gold runs in a sandbox of
 * its own, and not before the agent has submitted.
 */

export const environmentKinds = ['bash', 'sql', 'python'] as const;
export type EnvironmentKind = (typeof environmentKinds)[number];

export interface EnvironmentTask {
  /** Its number in the file, from 0, unless it brings an id. */
  readonly id: string;
  readonly kind: EnvironmentKind;
  /** What the agent is asked for. */
  readonly query: string;
  readonly gold: string;
  /** SQL: the database's name. */
  readonly database: string | null;
  /** SQL: tables and their columns, where the data names them; shown to the agent by InterCode's handicap only. */
  readonly tables: Readonly<Record<string, readonly string[]>> | null;
  /** Python: what the submitted function must satisfy, each a statement. */
  readonly tests: readonly string[];
  /** Python: runs before the tests. */
  readonly setup: string;
  /** As the data has it. */
  readonly hardness: string | null;
}

export interface StepInfo {
  /** The action ran to its end; of Bash with any status, elsewhere without an error. */
  readonly executed: boolean;
  /** Steps taken, and how many there may be. */
  readonly steps: number;
  readonly stepsMost: number;
  /** What the reward is made of; only in the step that is the last. */
  readonly reward: RewardParts | null;
  /** The gold command failed here, so the reward says little. InterCode's `corrupt_gold`. */
  readonly corruptGold: boolean;
  readonly notices: readonly string[];
}

/** The parts of a reward, by name, and what they rest on. Holds nothing of the gold's text. */
export interface RewardParts {
  readonly parts: Readonly<Record<string, number>>;
  /** Stricter than the reward: equal in every byte that is compared. */
  readonly exact: boolean;
}

export interface Step {
  readonly observation: string;
  /** 0 before the last step; [-1, 1] for SQL, [0.01, 1] for Bash, [0, 1] for Python. */
  readonly reward: number;
  readonly done: boolean;
  readonly info: StepInfo;
}

/** One action of a transcript. */
export interface Turn extends Step {
  readonly action: string;
}

export interface EnvironmentLimits {
  /** Actions of an episode; the last is followed by a submission. */
  readonly stepsMost: number;
  /** Bytes of an observation; what is longer keeps its beginning and its end. */
  readonly observationBytes: number;
  /** Elapsed time of one action, ms. */
  readonly stepMs: number;
}

/** 10 turns and 30 s: InterCode's experiments (§5.1; `eval_n_turn.py`). 8 KiB: about 2,000 tokens. */
export const defaultEnvironmentLimits: EnvironmentLimits = { stepsMost: 10, observationBytes: 8192, stepMs: 30_000 };
