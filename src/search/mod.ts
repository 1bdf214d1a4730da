export type { Encoder } from '../embed/mod.ts';
export { answerText, smallestBudget } from './budget.ts';
export { type Definition, definitionTest, pathTest } from './filters.ts';
export { type AskOptions, askGraph } from './graph/ask.ts';
export { dotText, mermaidText } from './graph/draw.ts';
export { type ImpactAnswer, impactOf, impactOfDiff } from './graph/impact.ts';
export { impactText } from './graph/impact-text.ts';
export { type MapAnswer, mapOf } from './graph/map.ts';
export { mapText } from './graph/map-text.ts';
export { type Picture, pictureOf } from './graph/picture.ts';
export { type Cell, type QueryAnswer, queryGraph } from './graph/query.ts';
export { svgText } from './graph/svg.ts';
export { graphText, type Ink, plainInk } from './graph/text.ts';
export { cutText, type ToolAnswer } from './graph/tools/answer.ts';
export {
  getClassFullSnippet,
  getCodeAroundLine,
  getFileContent,
  searchClass,
  searchClassInFile,
  searchCode,
  searchCodeInFile,
  searchMethod,
  searchMethodInClass,
  searchMethodInFile,
} from './graph/tools/autocoderover.ts';
export { retrieveEntity, searchEntity, traverseGraph } from './graph/tools/locagent.ts';
export { type GraphAnswer, relations } from './graph/types.ts';
export { GraphView } from './graph/view.ts';
export type { FoundFile, FoundLine } from './grep/collect.ts';
export { typeJudge, typeNames } from './grep/filetypes.ts';
export { globJudge } from './grep/globs.ts';
export { grepFiles, grepTree } from './grep/grep.ts';
export type { GrepOptions } from './grep/options.ts';
export { type BatchResult, BatchWorker, type OutputKind } from './grep/work.ts';
export type { LocateAnswer, LocatedFile, LocatedSymbol, LocateOptions, Reason } from './locate/answer.ts';
export { type IssueBlock, type IssueProgram, issueProgram } from './locate/blocks.ts';
export { parseCoverage, type TestRun, unfitFailing } from './locate/coverage.ts';
export { type SignalGroup, signalGroupNames } from './locate/evidence.ts';
export { leftOutNotice, locatedText } from './locate/fit.ts';
export { locate } from './locate/locate.ts';
export { askIssue } from './locate/nearness.ts';
export type { IssueRun, IssueStep } from './locate/ran.ts';
export { type Formula, formulas, suspicion } from './locate/spectrum.ts';
export {
  type AskedRepository,
  type Member,
  type MemberState,
  memberStates,
  surveyRepositories,
} from './many/gather.ts';
export { nameEnd } from './many/joined.ts';
export { dividedId, searchMany } from './many/search.ts';
export { type Meaning, type MeaningOptions, openMeaning } from './meaning/open.ts';
export { searchWithMeaning } from './meaning/search.ts';
export { nearestPaths } from './nearest.ts';
export { readLanguages } from './pattern/languages.ts';
export { readRules } from './pattern/rules-file.ts';
export { type PatternSearch, searchPatterns, type TreeToSearch } from './pattern/search.ts';
export { fitHits, hitText, type PatternInk } from './pattern/text.ts';
export type { AskedRule, PatternAnswer, PatternHit } from './pattern/types.ts';
export { parseQuery, type QueryOptions } from './query.ts';
export { type AskedRegex, gramsOfExpression } from './regex.ts';
export { search } from './search.ts';
export { show, shownText } from './show.ts';
export { type AskedCode, askCode, type CodeToAsk, pathOfLanguage } from './similar/asked.ts';
export { copyKinds, type DuplicatesAnswer, findDuplicates } from './similar/duplicates.ts';
export { codeOfId } from './similar/place.ts';
export { findSimilar, likenessGroups, type SimilarAnswer } from './similar/similar.ts';
export { estimateTokens } from './tokens.ts';
export type {
  Clarification,
  Excerpt,
  Explanation,
  Hit,
  Mode,
  OutlineRow,
  Query,
  SearchAnswer,
  SearchOptions,
  ShowAnswer,
  Shown,
  ShowOptions,
  SnippetLine,
} from './types.ts';
export { languageNamed } from './vocabulary.ts';
