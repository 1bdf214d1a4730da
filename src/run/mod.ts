export type { BackendChoice, Offer } from './choose.ts';
export type { Checkup, DoctorOptions } from './doctor.ts';
export { type GitAddress, isGitAddress, readGitAddress } from './git/address.ts';
export { cloneRepository, updateClone } from './git/clone.ts';
export type { GitRun, GitSettings } from './git/git.ts';
export { jobLimits } from './joblimits.ts';
export { detectLanguage, type RunLanguage, runLanguage } from './languages.ts';
export { runLanguages } from './languagetable.ts';
export { pythonLiterals, pythonTypedLiterals } from './literal/literal.ts';
export { unifiedDiff } from './overlay/difftext.ts';
export { realDirectory } from './overlay/realdirectory.ts';
export { type OverRequest, type OverRun, runOver } from './overlay/runover.ts';
export { damagedText, UndoStore } from './overlay/store.ts';
export {
  type Applied,
  type Change,
  type ChangeSet,
  changeKinds,
  entryStates,
  type HistoryEntry,
} from './overlay/types.ts';
export { callersOf, type PathsAndFiles, versionAround } from './partial/behaviour/around.ts';
export { defaultInputs, diffBehaviour, pythonInference, requireComparable } from './partial/behaviour/behaviour.ts';
export { defaultEcmascriptInputs, ecmascriptFunctions, isEcmascript } from './partial/behaviour/ecmascript.ts';
export type {
  BehaviourDifference,
  BehaviourReport,
  BehaviourVersion,
} from './partial/behaviour/types.ts';
export { filesAround } from './partial/ecmascript/around.ts';
export { type GuessedParameter, scriptParameters } from './partial/ecmascript/parameters.ts';
export { repositoryOf } from './partial/inside.ts';
export { runPartial } from './partial/partial.ts';
export { importedBy, pythonFilesAround } from './partial/python/around.ts';
export type {
  Fix,
  GuessSource,
  GuessType,
  Injection,
  MissingKind,
  PartialLevel,
  PartialOptions,
  PartialReport,
} from './partial/types.ts';
export { guessTypes, partialLevels } from './partial/types.ts';
export { isRunning } from './processmark.ts';
export { type Recorded, type RecordingJob, recordCalls, rewrittenSource, takeCalls } from './record/record.ts';
export {
  type CallPlace,
  type CallRow,
  type CallRows,
  type CallWay,
  readCallRows,
  writeCallRows,
} from './record/rows.ts';
export {
  type SeenValue,
  type SizeClass,
  type ValueFunction,
  type ValueKind,
  type ValueSite,
  type ValueSpan,
  valueFunction,
} from './record/valuerows.ts';
export { recordValues, takeValues } from './record/values.ts';
export { reproduce } from './reproduce/reproduce.ts';
export type {
  Filled,
  RanFunction,
  ReproducedStep,
  Reproduction,
  ReproductionRequest,
  Snippet,
} from './reproduce/types.ts';
export type { RiskReader } from './risk/assess.ts';
export { followRuns, type ReadFile } from './risk/follow.ts';
export { isRiskLanguage, type RiskLanguage, riskLanguages } from './risk/nested.ts';
export { compareRisk, comparisons, type SeenAct, takeObservation, watchedJob } from './risk/observe.ts';
export { pathWithin, readOver } from './risk/overdirectory.ts';
export {
  builtInPolicies,
  decide,
  type PolicyDecision,
  policyOf,
  type RiskPolicy,
  seenAgainst,
} from './risk/policy.ts';
export { openRiskReader } from './risk/reader.ts';
export {
  isAtLeast,
  type RiskCategory,
  type RiskFinding,
  type RiskReport,
  riskCategories,
  type Severity,
  severities,
} from './risk/types.ts';
export type { BatchEntry } from './runall.ts';
export { openRunner, type RunAllOptions, type Runner, type RunnerSettings, type RunOptions } from './runner.ts';
export { makeDirectory, makeDirectorySync, openSaving, type Saved, saveFiles } from './savefiles.ts';
export { wantsMore } from './session/complete.ts';
export {
  bytesOfPart,
  type OutputData,
  outputData,
  pngBytes,
  type ReportData,
  reportData,
} from './session/host/celldata.ts';
export { findHost, type HostClient, type HostPlan, openHost, partsOf } from './session/host/client.ts';
export {
  forgetLost,
  keptRows,
  keptSessionNamed,
  keptSessions,
  noSessionAtHome,
  overSessions,
} from './session/host/kept.ts';
export type { DatabaseAct, ForkAnswer, HostEvent, LivingSession } from './session/host/protocol.ts';
export type { KeptSession, TranscriptRow } from './session/host/transcript.ts';
export { mostCellBytes } from './session/limits.ts';
export { cellText, differenceOf, notebookBytes, notebookOf, readNotebook } from './session/notebook.ts';
export { openSessions } from './session/open.ts';
export { changedSince } from './session/sql/changedsince.ts';
export {
  type CellReport,
  partBytes,
  type Session,
  type SessionLanguage,
  type SessionLimits,
  type SessionListing,
  type SessionRequest,
  type Sessions,
  sessionLanguages,
} from './session/types.ts';
export { type Detected, detectRunners } from './tests/detect.ts';
export { runnerOfTests } from './tests/named.ts';
export { hasPassed, isOfHarness } from './tests/report.ts';
export { takeReport, testJob } from './tests/suite.ts';
export {
  type LinesByFile,
  type TestCoverage,
  type TestReport,
  type TestRequest,
  type TestResult,
  type TestRunner,
  testRunners,
  testStates,
} from './tests/types.ts';
export { type CoveredFile, coberturaText, coverageOf, lcovText, shareOf } from './trace/coverage.ts';
export { effectTexts } from './trace/effecttext.ts';
export { monologueDirections, tellTrace } from './trace/monologue.ts';
export { pageCode } from './trace/pagecode.ts';
export { type FrameState, type ObjectState, type TraceStates, traceStates } from './trace/states.ts';
export { type StaticLines, staticLines } from './trace/static.ts';
export {
  defaultTraceLimits,
  type Traced,
  type TraceOptions,
  type TracingJob,
  takeTrace,
  traceJob,
  traceLimitRanges,
  traceRun,
} from './trace/tracejob.ts';
export { type Folded, foldSteps, type Step, traceTree, type Visit } from './trace/tree.ts';
export {
  type Entry,
  type FileCounts,
  type Plain,
  type Trace,
  type TraceCode,
  type TraceEvent,
  type TraceLevel,
  type TraceLimits,
  traceLevels,
  type Value,
} from './trace/types.ts';
export { valueText } from './trace/valuetext.ts';
export type {
  Availability,
  BackendName,
  ChangedFile,
  CompileReport,
  Determinism,
  Ending,
  Grants,
  Job,
  JobFile,
  Limits,
  Outcome,
  Output,
  Pin,
  RunSettings,
  Runtime,
  Usage,
} from './types.ts';
