export type {
  Chunk,
  ChunkKind,
  FileFacts,
  FileTraits,
  Import,
  ParseResult,
  Problem,
  ProblemKind,
  Reference,
  ReferenceKind,
  SkipReason,
  Symbol,
  SymbolKind,
} from './facts.ts';
export { chunkKinds, problemKinds, referenceKinds, skipReasons, symbolKinds } from './facts.ts';
