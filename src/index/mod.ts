export { gramOf, lineEnd, longGramOf, symbolOf } from './grams/alphabet.ts';
export { FileReader, type ReadBytes, type ReadRoom } from './grams/file-bytes.ts';
export { type Grams, openGrams } from './grams/grams.ts';
export { keptGrams } from './grams/kept.ts';
export { allOf, anyFile, type GramQuery, oneOf } from './grams/query.ts';
export type { Selection, Walk, WalkedFile } from './grams/walk.ts';
export { type ObserveOptions, type ObserveReport, observeCalls } from './graph/observe.ts';
export { type GraphOptions, openGraph } from './graph/open.ts';
export {
  type EdgeFilter,
  type EdgeGroups,
  type EdgeKind,
  type EdgeState,
  edgeKinds,
  edgeStates,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphStatistics,
  type NodeKind,
  nodeKinds,
  type ObservedCall,
  type ResolutionRule,
  resolutionRules,
  type UnresolvedSite,
} from './graph/types.ts';
export { hashTerm } from './history/block.ts';
export { type Commit, parseCommit } from './history/commit.ts';
export { type History, type HistoryExtent, readHistory } from './history/history.ts';
export { gitDirOf, headCommit, ObjectStore } from './history/objects.ts';
export { openRevisions, type RevisionFiles } from './history/revision.ts';
export { type TreeChange, type TreeEntry, treeChanges } from './history/trees.ts';
export { openRepository } from './repository.ts';
export {
  changeSets,
  clonesDirectoryOf,
  freeName,
  readSets,
  withMember,
  withoutMember,
} from './sets/sets.ts';
export { type KnownRepository, namePattern, type RepositorySets } from './sets/sets-file.ts';
export type { PartialRun } from './store/graph-rows.ts';
export { tryLock } from './store/lock.ts';
export {
  docFlag,
  type FieldName,
  fieldFrequencies,
  fieldLengths,
  fieldNames,
  fieldShare,
  gainOfLevel,
  type NameEntry,
  type NameList,
  rankText,
  type Segment,
  type SegmentView,
  saturation,
  type TextAnswer,
  type TextQuery,
  weightedFrequency,
  wtfOfLevel,
} from './text/mod.ts';
export type { PostingCursor } from './text/postings.ts';
export type {
  Completeness,
  FileRecord,
  LeftOut,
  OpenOptions,
  Progress,
  RefreshOptions,
  RefreshReport,
  Repository,
  Snapshot,
  Source,
} from './types.ts';
export {
  hashBytes,
  type ReadRows,
  type VectorFile,
  type VectorLabel,
  type VectorRows,
  VectorsGone,
  type VectorVersion,
} from './vectors/vector-file.ts';
export { putVectors, type VectorPlace, vectorFiles, vectorFilesState } from './vectors/vectors.ts';
export { isInstalled, loadGrammarFile } from './work/grammar-files.ts';
export { inUtf8 } from './worktree/read.ts';
export { findPlace } from './worktree/root.ts';
