export type {
  Checker,
  CheckerProgram,
  Difference,
  Judged,
  JudgedKind,
  JudgeTest,
  Key,
  Problem,
  Submission,
  TestVerdict,
  Tolerance,
  Verdict,
} from './types.ts';
