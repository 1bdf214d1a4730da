/** What `bench solve` writes down of each task: one row for a strategy with a model on a problem. All that is told of a run is computed from these. */
import type { Verdict } from '../../judge/mod.ts';
import type { SolveVerdict } from '../../solve/mod.ts';

/** What a task took; what a run that went on had taken before counts. */
export interface TaskSpending {
  readonly calls: number;
  readonly replies: number;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costUsd: number;
  /** Calls without a price. */
  readonly unpriced: number;
  readonly executions: number;
}

export interface TaskRow {
  /** `ldb, openai/gpt-4o-mini`. */
  readonly pair: string;
  readonly problem: string;
  /** `failed`: the model or the strategy's needs ended it; `reason` says how. `over-budget`: `limit` says which; the best candidate counts. */
  readonly ending: 'done' | 'over-budget' | 'failed';
  readonly limit: string | null;
  readonly reason: string | null;
  /** By visible tests; null where it failed. */
  readonly visible: SolveVerdict | null;
  /** The first candidate with what stands above it; null: none came out. */
  readonly program: string | null;
  readonly spent: TaskSpending;
  readonly wallMs: number;
}

/** With what hidden tests said. `excluded`: the problem's reference does not pass here. Null: it failed, and nothing was judged. */
export interface JudgedRow extends TaskRow {
  readonly hidden: Verdict['kind'] | 'excluded' | null;
  readonly why: string | null;
}
