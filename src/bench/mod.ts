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
