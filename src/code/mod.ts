export { decodeUtf8, encodeUtf8 } from './encoding.ts';
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
export { languages } from './languages/table.ts';
export { createParser, type Parser, type ParserOptions } from './parser.ts';
export { stem } from './stem.ts';
export { forEachWord, splitIdentifier, stopWords, termsOf, wordTerms } from './tokens.ts';
export { type LoadFile, runtimeFile } from './tree/engine.ts';
