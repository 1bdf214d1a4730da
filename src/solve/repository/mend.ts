/**
 * One run of a repository strategy on an issue: the strategy works, and what it made is told apart into what survived and what did not.
 *
 * As with tasks a budget that is spent ends the run and is no failure: what was weighed until then is the answer, and the ending says so.
 */
import { nearest, systemClock, WinnowError } from '../../base/mod.ts';
import { Budget, noLimits, type SolveLimits, type Spending } from '../frame/budget.ts';
import type { Journal } from '../frame/journal.ts';
import { openKit, type Surroundings } from '../frame/kit.ts';
import type { Step } from '../frame/step.ts';
import type { Candidate, Task } from '../types.ts';
import { agentless } from './agentless.ts';
import { autocoderover } from './autocoderover.ts';
import { rejection, rerank } from './rerank.ts';
import {
  type Mended,
  nothingKnown,
  type PatchCandidate,
  type Project,
  type RefusedReply,
  type RepositoryStrategy,
  type Reproduction,
  type SuiteRun,
  type Suspect,
} from './types.ts';
import { hasTests } from './weigh.ts';

export const repositoryStrategies: readonly RepositoryStrategy[] = [agentless, autocoderover];

/** @throws WinnowError `bad-usage` */
export function repositoryStrategyNamed(name: string): RepositoryStrategy {
  const found = repositoryStrategies.find((one) => one.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = repositoryStrategies.map((one) => one.name);
  const near = nearest(name, names);
  throw new WinnowError(
    'bad-usage',
    `Expected a strategy for repositories; ${JSON.stringify(name)} is none. There ${names.length === 1 ? 'is' : 'are'}: ${names.join(', ')}.${near.length > 0 ? ` Did you mean ${near.join(' or ')}?` : ''}`,
  );
}

export interface MendRequest {
  readonly task: Task;
  readonly project: Project;
  readonly strategy: RepositoryStrategy;
  /** All of them: `parametersOf`. */
  readonly parameters: Readonly<Record<string, number>>;
  readonly seed: number;
  readonly limits?: Partial<SolveLimits>;
  readonly journal: Journal;
  readonly onStep?: (step: Step) => void;
  /** What a person should know before more is spent: that no test can be held against patches. */
  readonly onNotice?: (text: string) => void;
}

/**
 * `fixed`: the best patch breaks no test, and a failing or a reproduction test passes with it. `unsure`: it breaks none, and nothing shows that it mends the fault. `rejected`: there are patches and
 * none survived. `none`: no patch came out.
 */
export const fixVerdicts = ['fixed', 'unsure', 'rejected', 'none'] as const;

export interface JudgedPatch extends PatchCandidate {
  /** Null: it survived. */
  readonly rejected: string | null;
}

export interface Fixed {
  readonly verdict: (typeof fixVerdicts)[number];
  readonly ending: 'done' | 'over-budget';
  readonly limit: string | null;
  /** Survivors first, best first. */
  readonly patches: readonly JudgedPatch[];
  readonly refused: readonly RefusedReply[];
  readonly base: SuiteRun | null;
  readonly flaky: readonly string[];
  readonly suspects: readonly Suspect[];
  readonly reproduction: Reproduction | null;
  readonly files: readonly string[];
  /** In the form of other runs, for what reads them. */
  readonly candidates: readonly Candidate[];
  readonly spent: Readonly<Spending>;
  readonly wallMs: number;
  readonly steps: number;
}

/** An issue in the place of a task. @param id of the run, for people */
export const issueTask = (id: string, issue: string, language: string): Task => ({
  id,
  language,
  text: issue,
  entry: null,
  visible: [],
  stub: null,
  prelude: '',
  context: [],
});

/** @throws WinnowError as the model and `Runner.run` do; never `over-budget` */
export async function mendRepository(request: MendRequest, around: Surroundings): Promise<Fixed> {
  const { task, project, strategy, parameters, seed, journal, onStep = () => {} } = request;
  // A run that goes on has the time behind it that it took.
  const started = systemClock.elapsedMs() - journal.elapsedMs;
  const now = (): number => systemClock.elapsedMs() - started;
  const budget = new Budget({ ...noLimits, ...request.limits }, now);
  const state = { task, parameters, seed, around, budget, journal, now, onStep, kept: [], steps: 0 };
  let known: Mended = nothingKnown;
  let limit: string | null = null;
  try {
    known = await strategy.mend(openKit(state), project, (told) => {
      const notice = known.base === null && told.base !== null ? baseNotice(told.base) : null;
      if (notice !== null) request.onNotice?.(notice);
      known = told;
    });
  } catch (error) {
    if (!(error instanceof WinnowError) || error.code !== 'over-budget') throw error;
    limit = String(error.details.limit ?? 'model');
    known = { ...known, candidates: rerank(known.candidates, { preferMended: parameters.preferMended !== 0 }) };
  } finally {
    journal.close();
  }
  const patches = judged(known);
  return {
    verdict: verdictOf(patches),
    ending: limit === null ? 'done' : 'over-budget',
    limit,
    patches,
    refused: known.refused,
    base: known.base,
    flaky: known.flaky,
    suspects: known.suspects,
    reproduction: known.reproduction,
    files: known.files,
    candidates: patches.map(candidateOf),
    spent: budget.spent,
    wallMs: now(),
    steps: state.steps,
  };
}

function baseNotice(base: SuiteRun): string | null {
  const { ending } = base;
  if (!hasTests(base))
    return `No test of the project ran (${ending === 'finished' ? 'none is steady' : ending}): patches are held against none. winnow test says more.`;
  return ending === 'finished'
    ? null
    : `The suite does not come to its end (${ending}): what it does not reach counts for nothing. --wall, --memory and --tests may help.`;
}

function judged({ candidates, base, reproduction }: Mended): JudgedPatch[] {
  const hasFailing = base !== null && base.failed.length + base.broken.length > 0;
  const hasEvidence = base !== null || reproduction !== null;
  const all = candidates.map((one) => {
    const isUnrun =
      hasEvidence &&
      one.evidence.regressions === null &&
      one.evidence.reproduction === null &&
      one.evidence.problem === null;
    const rejected =
      isUnrun && hasTests(base) ? 'it was not run' : rejection(one, { hasFailing, reproduces: reproduction !== null });
    return { ...one, rejected };
  });
  return [...all.filter(({ rejected }) => rejected === null), ...all.filter(({ rejected }) => rejected !== null)];
}

function verdictOf([best]: readonly JudgedPatch[]): Fixed['verdict'] {
  if (best === undefined) return 'none';
  if (best.rejected !== null) return 'rejected';
  return best.evidence.mended.length > 0 || best.evidence.reproduction === 'passes' ? 'fixed' : 'unsure';
}

const candidateOf = ({ patch, rejected, drawn, evidence }: JudgedPatch): Candidate => ({
  source: patch,
  visible: null,
  why: rejected === null ? evidenceWords(evidence) : `rejected: ${rejected}`,
  step: '',
  group: null,
  drawn,
});

/** What speaks for a patch, in a few words. */
export function evidenceWords({ regressions, mended, reproduction }: PatchCandidate['evidence']): string {
  const words = [
    ...(regressions === null
      ? []
      : [regressions.length === 0 ? 'no test fails that passed' : `${regressions.length} tests fail that passed`]),
    ...(mended.length === 0 ? [] : [`${mended.length} failing ${mended.length === 1 ? 'test passes' : 'tests pass'}`]),
    ...(reproduction === null ? [] : [`the reproduction test ${reproduction}`]),
  ];
  return words.join(', ') || 'nothing was run';
}
