export type { SolveLimits, Spending } from './frame/budget.ts';
export { type ExplainedRun, type ExplainedStep, evidenceOf, explainRun } from './frame/explain.ts';
export {
  beginFolder,
  beginFreeFolder,
  endFolder,
  type Journal,
  readFolder,
  resumeFolder,
  type SavedRun,
} from './frame/journal.ts';
export type { Surroundings } from './frame/kit.ts';
export { rangeOf } from './frame/ranges.ts';
export { headOfRun, limitsIn, type RunHead, resultOf, spentIn, strategyNamed } from './frame/runfolder.ts';
export {
  parametersOf,
  type Solved,
  type SolveRequest,
  type SolveVerdict,
  solve,
  solveVerdicts,
} from './frame/solve.ts';
export type { Step } from './frame/step.ts';
export type { Strategy } from './frame/strategy.ts';
export { type Proposals, runPartialAsking } from './proposals.ts';
export {
  evidenceWords,
  type Fixed,
  fixVerdicts,
  issueTask,
  type JudgedPatch,
  mendRepository,
  repositoryStrategies,
  repositoryStrategyNamed,
} from './repository/mend.ts';
export { openProject } from './repository/project.ts';
export { alike, fusedOrder, rewriteCode, rewriteQuestion } from './rewrite.ts';
export { strategies } from './strategies/table.ts';
export { contextFor } from './tasks/context.ts';
export { humanEvalTask } from './tasks/humaneval.ts';
export { leftExamples } from './tasks/python.ts';
export { readTask, type TaskRequest } from './tasks/read.ts';
export { rowTask } from './tasks/rows.ts';
export type { Candidate, ContextPiece, Task, TestResult, TestRun, VisibleTest } from './types.ts';
