/**
 * What parsing says about one file: the nouns between `code` and the layers above.
 *
 * Everything here is plain data, pure function of (path, bytes), and refers to
 * the source only by spans, so that it stays small beside the source it describes.
 */
import type { Span } from '../base/mod.ts';

export const symbolKinds = [
  'module',
  'namespace',
  'class',
  'interface',
  'struct',
  'enum',
  'trait',
  'type',
  'function',
  'method',
  'constructor',
  'property',
  'field',
  'variable',
  'constant',
  'macro',
  'enum-member',
  'section',
  'key',
] as const;

/** `section` is a heading of prose, `key` a named entry of structured data. */
export type SymbolKind = (typeof symbolKinds)[number];

/** A definition. */
export interface Symbol {
  readonly kind: SymbolKind;
  readonly name: string;
  /** Enclosing names and `name`, joined by dots: `Class.method`. Go and Rust methods hang on their receiver type. */
  readonly qualifiedName: string;
  /** The whole definition, with decorators and attributes, without the doc comment before it. */
  readonly span: Span;
  readonly nameSpan: Span;
  /** From the first modifier to just before the body: what a reader needs to call it. */
  readonly signature: Span;
  /** Doc comment or docstring, delimiters included. May lie before `span` or inside it. */
  readonly doc: Span | null;
  /** Index of the enclosing symbol in `FileFacts.symbols`, or -1. Parents come before children. */
  readonly parent: number;
  readonly exported: boolean;
  /** Names of decorators, annotations or attributes: `app.route`, `Override`, `derive`. */
  readonly decorators: readonly string[];
}

export const referenceKinds = ['call', 'inherit', 'implement', 'type', 'use', 'decorate'] as const;

/**
 * `call`: invoked or constructed. `inherit`/`implement`: named as a base or interface.
 * `type`: named in a type. `decorate`: named as decorator or annotation. `use`: read as a
 * value that is plainly a name of something defined elsewhere (arguments, assignments, re-exports).
 */
export type ReferenceKind = (typeof referenceKinds)[number];

/** A use of a name. */
export interface Reference {
  readonly kind: ReferenceKind;
  /** The last part: `save` in `repo.db.save()`. */
  readonly name: string;
  /** What stands before the last dot, as written and at most 80 bytes: `repo.db`; `null` when nothing does. */
  readonly receiver: string | null;
  /** Span of `name`. */
  readonly span: Span;
  /** Index of the innermost symbol whose span holds the reference, or -1. */
  readonly from: number;
}

/** One imported binding. */
export interface Import {
  /** As written: `./util.ts`, `os.path`, `crate::graph`, `<stdio.h>` without its brackets. */
  readonly module: string;
  /** Name in the module; `*` for all of it or for the module itself. */
  readonly name: string;
  /** Name it is bound to here; `null` when nothing is bound (side-effect import, C include, wildcard). */
  readonly alias: string | null;
  readonly span: Span;
}

export const chunkKinds = ['function', 'class', 'module', 'text'] as const;

/** `function`: any callable. `class`: a type without its callables. `module`: the rest. `text`: not code. */
export type ChunkKind = (typeof chunkKinds)[number];

/** What retrieval ranks. Chunks of a file never overlap and together hold all of it but white space; of a notebook, its cells' sources. */
export interface Chunk {
  readonly kind: ChunkKind;
  /** Index of the symbol this chunk is (part of) the definition of, or -1. */
  readonly symbol: number;
  /** Disjoint, ascending, at least one. Doc comment before the definition included. */
  readonly parts: readonly Span[];
  /** 0 for a whole chunk or the first piece of a split one. Later pieces repeat the header by `symbol`. */
  readonly piece: number;
}

export const problemKinds = [
  'syntax-error',
  'wrong-encoding',
  'parse-timeout',
  'parser-failed',
  'too-many-symbols',
  'no-grammar',
] as const;
export type ProblemKind = (typeof problemKinds)[number];

/** Something that made the facts less than complete. Never an exception. */
export interface Problem {
  readonly kind: ProblemKind;
  readonly span: Span;
  readonly message: string;
}

/** How a file was made: lowers its rank, not its presence. */
export interface FileTraits {
  readonly test: boolean;
  readonly vendored: boolean;
  readonly generated: boolean;
  readonly example: boolean;
  readonly documentation: boolean;
}

export interface FileFacts {
  /** Language name from the table in `languages/table.ts`, or `text`. */
  readonly language: string;
  readonly lines: number;
  readonly traits: FileTraits;
  readonly symbols: readonly Symbol[];
  readonly references: readonly Reference[];
  readonly imports: readonly Import[];
  readonly chunks: readonly Chunk[];
  readonly problems: readonly Problem[];
}

export const skipReasons = ['binary', 'too-large', 'minified', 'empty', 'unreadable', 'not-a-file'] as const;
export type SkipReason = (typeof skipReasons)[number];

/** Parsing always answers: facts, or the reason there are none. */
export type ParseResult =
  | { readonly kind: 'facts'; readonly facts: FileFacts }
  | { readonly kind: 'skipped'; readonly reason: SkipReason };
