/**
 * One run of a strategy on a task: needs are checked, the strategy works, and what it kept is ranked.
 *
 * A budget that is spent ends the run and is no failure: the best candidate so far is the answer, and the ending says so. Whatever else goes wrong in the world is thrown; what was
 * kept lies in the journal, and the run can go on.
 */
import { systemClock, WinnowError } from '../../base/mod.ts';
import { runTests } from '../pieces/testrun.ts';
import type { Candidate, Task } from '../types.ts';
import { Budget, noLimits, type SolveLimits, type Spending } from './budget.ts';
import { type Journal, noJournal } from './journal.ts';
import { openKit, type Surroundings } from './kit.ts';
import { checkNeeds } from './needs.ts';
import { checkRange } from './ranges.ts';
import type { Step } from './step.ts';
import type { Strategy } from './strategy.ts';

export interface SolveRequest {
  readonly task: Task;
  readonly strategy: Strategy;
  /** In the place of the strategy's defaults. */
  readonly parameters?: Readonly<Record<string, number>>;
  /** Any integer. */
  readonly seed: number;
  readonly limits?: Partial<SolveLimits>;
  /** Opened when all needs are met: a run that cannot begin leaves no folder. */
  readonly journal?: Journal | (() => Journal);
  readonly onStep?: (step: Step) => void;
}

/**
 * `solved`: the best candidate passes all visible tests. `unsure`: there is one and no visible test to hold it against. `unsolved`: there is one and it fails, or a budget ended the run before it was tested. `none`: no program came out.
 */
export const solveVerdicts = ['solved', 'unsure', 'unsolved', 'none'] as const;
export type SolveVerdict = (typeof solveVerdicts)[number];

export interface Solved {
  readonly verdict: SolveVerdict;
  /** `done`: the strategy ended. `over-budget`: a limit ended it; `limit` says which. */
  readonly ending: 'done' | 'over-budget';
  /** What was spent that ended it; null when it ended by itself. */
  readonly limit: string | null;
  /** Best first; each source once. */
  readonly candidates: readonly Candidate[];
  readonly spent: Readonly<Spending>;
  readonly wallMs: number;
  readonly steps: number;
}

/**
 * @throws WinnowError `strategy-needs`, `bad-usage` for a parameter that the strategy has not, `cancelled`, and as the model and `Runner.run` do; never `over-budget`
 */
export async function solve(request: SolveRequest, around: Surroundings): Promise<Solved> {
  const { task, strategy, seed, onStep = () => {} } = request;
  const parameters = parametersOf(strategy, request.parameters ?? {});
  await checkNeeds(strategy, task, around);
  const journal = typeof request.journal === 'function' ? request.journal() : (request.journal ?? noJournal);
  // A run that goes on has the time behind it that it took.
  const started = systemClock.elapsedMs() - journal.elapsedMs;
  const now = (): number => systemClock.elapsedMs() - started;
  const budget = new Budget({ ...noLimits, ...request.limits }, now);
  const kept: Candidate[] = [];
  const state = { task, parameters, seed, around, budget, journal, now, onStep, kept, steps: 0 };
  const kit = openKit(state);
  let ranked: readonly Candidate[] = [];
  let limit: string | null = null;
  try {
    ranked = await strategy.solve(kit);
    const [best] = ranked;
    if (best !== undefined && best.visible === null && task.visible.length > 0)
      ranked = [
        { ...best, visible: await runTests(kit, 'the best on visible tests', best.source) },
        ...ranked.slice(1),
      ];
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'over-budget') throw error;
    limit = String(error.details.limit ?? 'model');
  } finally {
    journal.close();
  }
  const candidates = unique([...ranked, ...byVisible(kept)]);
  return {
    verdict: verdictOf(candidates[0], task),
    ending: limit === null ? 'done' : 'over-budget',
    limit,
    candidates,
    spent: budget.spent,
    wallMs: now(),
    steps: state.steps,
  };
}

/** @throws WinnowError `bad-usage` */
export function parametersOf(
  { name, defaults }: Pick<Strategy, 'name' | 'defaults'>,
  given: Readonly<Record<string, number>>,
): Readonly<Record<string, number>> {
  for (const [key, value] of Object.entries(given)) {
    if (!Object.hasOwn(defaults, key))
      throw new WinnowError(
        'bad-usage',
        `The strategy ${name} has no number called ${JSON.stringify(key)}. It has: ${Object.keys(defaults).join(', ') || 'none'}.`,
      );
    checkRange(name, key, value);
  }
  return { ...Object.fromEntries(Object.entries(defaults).map(([key, { value }]) => [key, value])), ...given };
}

function verdictOf(best: Candidate | undefined, task: Task): SolveVerdict {
  if (best === undefined) return 'none';
  if (task.visible.length === 0) return 'unsure';
  return best.visible?.passed === task.visible.length ? 'solved' : 'unsolved';
}

/** Kept candidates by visible tests passed, the later first among equals: strategies improve what they have. */
const byVisible = (kept: readonly Candidate[]): Candidate[] =>
  [...kept].reverse().sort((one, other) => (other.visible?.passed ?? -1) - (one.visible?.passed ?? -1));

function unique(candidates: readonly Candidate[]): Candidate[] {
  const known = new Map<string, Candidate>();
  for (const candidate of candidates) if (!known.has(candidate.source)) known.set(candidate.source, candidate);
  return [...known.values()];
}
