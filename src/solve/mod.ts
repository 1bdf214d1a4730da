export type { SolveLimits, Spending } from './frame/budget.ts';
export { beginFolder, endFolder, type Journal, readFolder, resumeFolder, type SavedRun } from './frame/journal.ts';
export type { Surroundings } from './frame/kit.ts';
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
export { strategies } from './strategies/table.ts';
export type { Candidate, ContextPiece, Task, TestResult, TestRun, VisibleTest } from './types.ts';
