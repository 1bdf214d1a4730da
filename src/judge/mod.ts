export { type JudgeAllOptions, judgeAll, type Round } from './judgeall.ts';
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
