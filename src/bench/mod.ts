export { Baseline, type BaselineName, baselineNames, baselineTerms } from './baseline.ts';
export {
  type BenchQuery,
  type CorpusDocument,
  type Judgements,
  readCorpus,
  readJudgements,
  readQueries,
  splitsOf,
} from './beir.ts';
export {
  type BoardGroup,
  type BoardOptions,
  type BoardQueryReport,
  type BoardReport,
  benchBoard,
} from './board.ts';
export {
  type BoardAnswer,
  type BoardKind,
  type BoardRow,
  type BoardSplit,
  boardKinds,
  boardSplits,
  readBoard,
} from './boardfile.ts';
export { type BoardScores, boardMeasures } from './boardjudge.ts';
export { type ConvertOptions, type ConvertReport, convertCosqa } from './convert/cosqa.ts';
export {
  type BootstrapOptions,
  type Estimate,
  estimate,
  estimateAll,
  mean,
  median,
  pairedDifference,
  quantile,
} from './interval.ts';
export {
  discountedGain,
  firstRelevantRank,
  type Grades,
  normalisedGain,
  type RetrievalScores,
  recallAt,
  scoreRanking,
} from './metrics.ts';
export type { BenchProgress } from './progress.ts';
export {
  benchRetrieval,
  type RetrievalOptions,
  type RetrievalReport,
  type RetrievalRow,
  retrievalMeasures,
  type SystemReport,
} from './retrieval.ts';
