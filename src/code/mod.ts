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
export { chunkKinds, problemKinds, referenceKinds, symbolKinds } from './facts.ts';
export type { CodeFlow } from './flow/types.ts';
export { flowEdgeKinds } from './flow/types.ts';
export type { CallInstrumenter, TracedFile, TraceInstrumenter } from './instrument/instrumenter.ts';
export type { Guess } from './instrument/partialguess.ts';
export type { Mistake, PartialInstrumenter } from './instrument/partialinstrumenter.ts';
export type { PartialFile } from './instrument/partialtables.ts';
export { newTables, placesOfText, type TraceTables } from './instrument/tracetables.ts';
export { isCallableName, nameOfVariadic, plainName, resultName } from './links/callables.ts';
export {
  bareTypeName,
  extensionName,
  globalPrefix,
  indexerName,
  namespaceName,
  partOfType,
  typeName,
  typeParameterName,
  usingName,
} from './links/csharp-names.ts';
export type {
  Binding,
  BindingKind,
  ElementKind,
  Expression,
  FileLinks,
  LinkResult,
  Scope,
  ScopeKind,
  SymbolLinks,
  Use,
  UseKind,
} from './links/types.ts';
export { bindingKinds, elementKinds, noLinks, scopeKinds, useKinds } from './links/types.ts';
export {
  createAlikeReader,
  createCallInstrumenter,
  createLikenessReader,
  createParser,
  createPartialInstrumenter,
  createPatternFinder,
  createStyleReader,
  createSyntaxReader,
  createTraceInstrumenter,
  knownLanguages,
} from './ondemand.ts';
export type { Parser, ParserOptions } from './parser.ts';
export type { Bound, FileSearched, PatternFinder, PatternMatch, Piece } from './pattern/finder.ts';
export type { Needs } from './pattern/needs.ts';
export type { ReadRegex } from './pattern/rule.ts';
export {
  type NthChildSpec,
  type RelationSpec,
  type RuleSet,
  type RuleSpec,
  type Strictness,
  strictnesses,
} from './pattern/spec.ts';
export { CopyFilter, type CopyFilterOptions, type CopyVerdict, textTokens } from './similar/copies.ts';
export type { LikenessReader, LikenessResult } from './similar/reader.ts';
export { type Shape, shapeLength } from './similar/shape.ts';
export { type TokenColumns, tokensWithin } from './similar/tokens.ts';
export { gramHashes, gramTokens, type Prints, printsOf, windowGrams } from './similar/winnow.ts';
export { stem } from './stem.ts';
export type { StyleFacts, StyleReader, TreeShape } from './style.ts';
export type { SyntaxNode, SyntaxReader, SyntaxResult } from './syntax/reader.ts';
export { sequenceOf, tokenClasses, tokenClassOf } from './syntax/tokens.ts';
export { isBrokenNotebook, notebookCells } from './text/notebook.ts';
export { forEachWord, splitIdentifier, stopWords, termsOf, wordTerms } from './tokens.ts';
export type { LoadFile } from './tree/engine.ts';
