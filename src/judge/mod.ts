export { type EffortKey, type OpenEffort, openEffort, type Work, type WorkUnit, workUnits } from './effort/effort.ts';
export type { Environment, Reset } from './environment/environment.ts';
export { type EnvironmentRequest, type OpenEnvironment, openEnvironment } from './environment/open.ts';
export {
  type EnvironmentKind,
  type EnvironmentTask,
  environmentKinds,
  type RewardParts,
  type Step,
  type Turn,
} from './environment/types.ts';
export { type FunctionKey, judgeFunctions } from './functions/functions.ts';
export type { HarnessLanguage } from './harness/assemble.ts';
export { type HarnessKey, judgeHarness } from './harness/harness.ts';
export { type JudgeAllOptions, judgeAll, type Round } from './judgeall.ts';
export { fewestRight, mostTimed, performanceScore, type SpeedCluster } from './metrics/dps.ts';
export { effAtK, efficiency, isEfficient, type LevelTimes } from './metrics/effk.ts';
export { ratingOf } from './metrics/elo.ts';
export { passAtK } from './metrics/passk.ts';
export { editSimilarity, exactMatch } from './metrics/textmatch.ts';
export { readProblems } from './problems/read.ts';
export { roundsOf } from './rounds.ts';
export {
  type Checker,
  type CheckerProgram,
  type Difference,
  type Judged,
  type JudgedKind,
  type JudgeTest,
  judgedKinds,
  type Key,
  type Problem,
  type Submission,
  type TestVerdict,
  type Tolerance,
  type Verdict,
} from './types.ts';
