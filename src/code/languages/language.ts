/**
 * The port of a language: what a file of this folder gives, and nothing else.
 *
 * Adding a language with a grammar
 * 1. `languages/<name>.ts` exports a `GrammarLanguage`. `rules` maps kinds of named nodes to
 *    functions; the parser walks the tree once in preorder and calls the rule of each
 *    node. A rule looks at the node with `scan.tree` (array reads, so looking around
 *    is cheap) and reports with `scan.define`, `scan.refer` and `scan.importName`.
 *    What is defined encloses everything later in its subtree: `scan` keeps the parents.
 * 2. Names that were reported (the name of a definition, the function of a call) are
 *    remembered; `scan.isReported(node)` tells the rule for `identifier` to stay silent.
 * 3. `blocks` lists node kinds whose children are statements or members: where long
 *    chunks may be cut. `comments` lists the kinds of comments: a run of them
 *    directly above a definition becomes its doc.
 * 4. One line in `table.ts`, a fixture in `test/fixtures/languages/`, a test that lists its
 *    symbols, and a case in `conformance.test.ts`.
 *
 * A language without a grammar exports a `TextLanguage`: one pure function from text to
 * symbols and chunks. A file that holds text of other languages (pages, notebooks) has an
 * `EmbeddedLanguage`: that function also names the regions, and each is read by its own language. All offsets are
 * UTF-16 units of the text as a string; the parser turns them into bytes of the file afterwards.
 *
 * No form may throw on any input. A rule must expect missing parts: every look-up may
 * answer `none`, because broken code gives trees with holes.
 */
import type { LanguageNames } from '../detect.ts';
import type { ChunkKind, ProblemKind, ReferenceKind, SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';

/** Called once for each node of its kind, in preorder. */
export type Rule = (scan: Scan, node: number) => void;

interface LanguageRow extends LanguageNames {
  /** As people write it: `TypeScript`. */
  readonly displayName: string;
}

export interface GrammarLanguage extends LanguageRow {
  readonly form: 'grammar';
  readonly code: true;
  /** File of the grammar, as asked of the caller: `tree-sitter-python.wasm`. */
  readonly grammar: string;
  /** Package with the grammar that a user may install; files are chunks of text until then. Absent: it comes with the program. */
  readonly optionalPackage?: string;
  /**
   * Text for the grammar instead of the file's: of the same length, what no grammar can read
   * (macros of C++) replaced by spaces.
   */
  readonly mask?: (text: string) => string;
  /** Node kinds whose named children are statements or members, the root included. */
  readonly blocks: readonly string[];
  /** Node kinds of comments. */
  readonly comments: readonly string[];
  /** By kind of named node. */
  readonly rules: Readonly<Record<string, Rule>>;
  /** Called after the walk: for what only the whole file tells (`export { a }`, `__all__`). */
  readonly finish?: (scan: Scan) => void;
}

/** A definition in a text language. Offsets are UTF-16 units. */
export interface TextSymbol {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
  readonly start: number;
  readonly end: number;
  readonly nameStart: number;
  readonly nameEnd: number;
  /** End of the signature, which begins at `start`. */
  readonly signatureEnd: number;
  /** Index of an earlier symbol, or -1. */
  readonly parent: number;
  readonly doc?: { readonly start: number; readonly end: number };
}

/** A use of a name in a text language. */
export interface TextReference {
  readonly kind: ReferenceKind;
  readonly name: string;
  readonly receiver: string | null;
  readonly start: number;
  readonly end: number;
}

export interface TextImport {
  readonly module: string;
  readonly name: string;
  readonly alias: string | null;
  readonly start: number;
  readonly end: number;
}

/** Chunks must be disjoint, ascending by their first part, and hold all but white space. */
export interface TextChunk {
  readonly kind: ChunkKind;
  readonly symbol: number;
  readonly parts: readonly { readonly start: number; readonly end: number }[];
  readonly piece: number;
}

export interface TextFacts {
  readonly symbols: readonly TextSymbol[];
  readonly chunks: readonly TextChunk[];
  /** Ascending by start. */
  readonly references?: readonly TextReference[];
  readonly imports?: readonly TextImport[];
  readonly problems: readonly {
    readonly kind: ProblemKind;
    readonly start: number;
    readonly end: number;
    readonly message: string;
  }[];
}

export interface TextLanguage extends LanguageRow {
  readonly form: 'text';
  readonly code: false;
  /** @param text the whole file; a byte order mark may come first */
  readonly read: (text: string, path: string) => TextFacts;
}

/** A stretch of a file in another language. */
export interface Region {
  /** A language of the table; one without a grammar at hand is read as plain text. */
  readonly language: string;
  /** What that language reads: part of the file, or what the file says of it (cells of a notebook). */
  readonly text: string;
  /** Offset in the file of each unit of `text`, ascending; one more for its end. A number: all of them lie that far behind. */
  readonly places: number | Uint32Array;
}

/** The host's own symbols must not lie across the border of a region; its chunks lie outside of them. */
export interface EmbeddedFacts extends TextFacts {
  readonly regions: readonly Region[];
}

export interface EmbeddedLanguage extends LanguageRow {
  readonly form: 'embedded';
  readonly code: true;
  /** Languages whose grammars its regions may ask for. */
  readonly guests: readonly string[];
  /** @param text the whole file; a byte order mark may come first */
  readonly read: (text: string, path: string) => EmbeddedFacts;
}

export type Language = GrammarLanguage | TextLanguage | EmbeddedLanguage;
