export { baselineNames } from './baseline.ts';
export { type BoardOptions, type BoardReport, benchBoard } from './board.ts';
export { boardKinds, boardSplits } from './boardfile.ts';
export { boardMeasures } from './boardjudge.ts';
export { type CodeNetOptions, type CodeNetReport, convertCodeNet } from './convert/codenet.ts';
export { type CommitsOptions, convertCommits } from './convert/commits.ts';
export { type ConvertOptions, type ConvertReport, convertCosqa } from './convert/cosqa.ts';
export { benchEnvironment, type EnvironmentReport } from './environments.ts';
export { benchExecution, type ExecutionOptions, type ExecutionReport } from './execution/executionreasoning.ts';
export { type QuestionKind, questionKinds } from './execution/questions.ts';
export {
  benchLocalization,
  findClone,
  type LocalizationOptions,
  type LocalizationReport,
} from './localization/run.ts';
export { fileMeasures, functionMeasures } from './localization/summary.ts';
export { Worktree } from './localization/worktree.ts';
export { type MetricName, metricNames, metricOf } from './metricrows.ts';
export {
  type BehaviourScores,
  behaviourHalves,
  benchBehaviour,
  publishedBehaviour,
} from './partial/behaviour.ts';
export {
  benchPartial,
  coverageHalves,
  type PartialSet,
  publishedCoverage,
} from './partial/coverage.ts';
export {
  benchFidelity,
  type FidelityOptions,
  type FidelityReport,
  fidelityHalves,
  fidelityWays,
} from './partial/fidelity.ts';
export { baselineKinds } from './partial/fidelitybaselines.ts';
export { recordingText } from './partial/fidelityfile.ts';
export { recordSuite } from './partial/fidelityrecord.ts';
export { fidelityMeasures } from './partial/fidelityscore.ts';
export type { BenchProgress } from './progress.ts';
export { readRun } from './readrun.ts';
export { benchRetrieval, type RetrievalOptions, type RetrievalReport, retrievalMeasures } from './retrieval.ts';
export { benchRisk, riskHalves } from './risk/bench.ts';
export { readPrograms } from './runprograms.ts';
export { benchSelection, type SelectionReport, selectionKs } from './selection/selection.ts';
export { solvedSuites } from './solving/problems.ts';
export { benchSolving } from './solving/solverun.ts';
export { benchStyle, type StyleOptions, type StyleReport } from './style.ts';
export { type Comparison, compareRuns, readSuiteRun } from './suites/compare.ts';
export { markdownTable, readReported, reportPage } from './suites/report.ts';
export { benchSuite } from './suites/suiterun.ts';
export type { SuiteSummary } from './suites/summary.ts';
export { suiteNamed } from './suites/table.ts';
