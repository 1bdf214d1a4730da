/**
 * Budgets of a run of `solve` or `fix`, which may be worked on by several processes.
 *
 * Those that were named when it began are kept with it and hold for all of it: what was spent before counts. One that is named with --resume takes the place of the kept one, and counts from there.
 */
import { systemClock } from '../../base/mod.ts';
import type { Budget, SpentBefore } from '../../model/mod.ts';
import { limitsIn, type SavedRun, type SolveLimits, spentIn } from '../../solve/mod.ts';
import { budgetOf } from './model-flags.ts';

type Given = Parameters<typeof budgetOf>[0] & { readonly budgetRuns?: number | undefined };

/** What flags name. */
export const limitsNamed = (given: Given): Partial<SolveLimits> => ({
  ...budgetOf(given),
  ...(given.budgetRuns === undefined ? {} : { executions: given.budgetRuns }),
});

/** The model's budget, and the most executions of the whole run. */
export interface RunBudget {
  readonly model: Budget;
  readonly limits: Partial<SolveLimits>;
}

/** @param saved the run that goes on; null: a new one. @throws WinnowError `bad-data` when it was begun with what is no budget */
export async function openRunBudget(given: Given, saved: SavedRun | null): Promise<RunBudget> {
  const { openBudget } = await import('../../model/mod.ts');
  const named = limitsNamed(given);
  if (saved === null) return { model: openBudget(budgetOf(given)), limits: executionsOf(named.executions, 0) };
  const spent = spentIn(saved);
  const { executions, ...held } = { ...limitsIn(saved), ...named };
  const isNamed = (limit: keyof SolveLimits): boolean => named[limit] !== undefined;
  const before: SpentBefore = {
    calls: isNamed('calls') ? 0 : spent.calls,
    inputTokens: isNamed('tokens') ? 0 : spent.inputTokens,
    outputTokens: isNamed('tokens') ? 0 : spent.outputTokens,
    costUsd: isNamed('costUsd') ? 0 : spent.costUsd,
    wallMs: isNamed('wallMs') ? 0 : spent.wallMs,
  };
  return {
    model: openBudget(held, systemClock, before),
    // What is taken from the run counts as it is taken.
    limits: executionsOf(executions, isNamed('executions') ? spent.executions : 0),
  };
}

const executionsOf = (executions: number | undefined, before: number): Partial<SolveLimits> =>
  executions === undefined ? {} : { executions: executions + before };
