/** The nouns of search. */
import type { LineRange, Span } from '../base/mod.ts';
import type { ChunkKind, SymbolKind } from '../code/mod.ts';
import type { Completeness } from '../index/mod.ts';
import type { AskedMeaning } from './meaning/open.ts';
import type { AskedRegex } from './regex.ts';

/** `regex` is never read out of a query: a regular expression is asked for apart. */
export type Mode = 'words' | 'identifier' | 'regex';
export type AskedMode = Exclude<Mode, 'regex'>;

/** A query, parsed; see `query.ts` for the language. */
export interface Query {
  /** As typed. */
  readonly text: string;
  readonly mode: Mode;
  /** Whether `mode` was asked for or inferred from the text. */
  readonly inferred: boolean;
  /** Free words in order, phrases' words included. */
  readonly words: readonly string[];
  readonly phrases: readonly string[];
  readonly excluded: readonly string[];
  readonly languages: readonly string[];
  readonly paths: readonly string[];
  readonly excludedPaths: readonly string[];
  readonly kinds: readonly (SymbolKind | ChunkKind)[];
  readonly names: readonly string[];
}

/** Why a score is what it is: a tree whose node values follow from their children as `label` says. */
export interface Explanation {
  readonly label: string;
  readonly value: number;
  readonly children: readonly Explanation[];
}

export interface SnippetLine {
  readonly line: number;
  readonly text: string;
  /** Half-open ranges of UTF-16 units in `text` that matched. */
  readonly marks: readonly { readonly start: number; readonly end: number }[];
}

export interface Hit {
  /** `path:Qualified.name`, `#2` and on for later definitions of the same name, `path:12-40` for a chunk that defines nothing. */
  readonly id: string;
  readonly path: string;
  readonly language: string;
  readonly kind: SymbolKind | ChunkKind;
  /** Qualified name, or `null` for a chunk that defines nothing. */
  readonly name: string | null;
  readonly span: Span;
  readonly lines: LineRange;
  readonly score: number;
  readonly signature: string | null;
  readonly snippet: readonly SnippetLine[];
  /** Whole source, when the budget had room for it or it was asked for. */
  readonly body: string | null;
  /** Ids of other hits with the same text, folded into this one. */
  readonly duplicates: readonly string[];
  readonly explanation: Explanation | null;
}

export interface SearchOptions {
  readonly mode?: AskedMode;
  /** Ranks what a regular expression matches in; the query then holds filters at most. */
  readonly regex?: AskedRegex;
  /** Hits wanted, in [1, 1000]; default 10. */
  readonly limit?: number;
  readonly explain?: boolean;
  /** The whole source of every hit; with a budget, bodies are given as far as they fit anyway. */
  readonly body?: boolean;
  /** Most tokens of text that the whole answer may hold. */
  readonly budgetTokens?: number;
  /** Only below this folder of the repository, forward slashes, relative to its root. */
  readonly under?: string;
  /** The query's meaning, to rank words mode by as well; see `searchWithMeaning`. */
  readonly meaning?: AskedMeaning;
  /** Whether words mode ranks by words; default true. Without, by meaning alone. */
  readonly words?: boolean;
  /** Whether a vague query is answered with a question too; see `clarify.ts`. */
  readonly clarify?: boolean;
  /** Said with the answer, and counted in its budget. */
  readonly notices?: readonly string[];
  readonly signal?: AbortSignal;
}

/** A way to narrow a query that is vague. */
export interface ClarificationChoice {
  /** Filter in the query language: `path:src/x/`. */
  readonly narrowing: string;
  /** The query with it, ready to be asked. */
  readonly query: string;
  /** Of the hits that were looked at, how many it lets through. */
  readonly hits: number;
}

/** A question back, where a query is vague. */
export interface Clarification {
  readonly asks: 'module' | 'kind' | 'purpose';
  readonly question: string;
  /** Likeliest first, at least two. */
  readonly choices: readonly ClarificationChoice[];
  /** Chance that the first hit is the one meant, by the scores: why it is asked. In (0, 1]. */
  readonly firstIsRight: number;
}

export interface SearchAnswer {
  readonly query: Query;
  /** Id of the encoder that took part in the ranking; `null` when words or names alone did. */
  readonly meaning: string | null;
  readonly hits: readonly Hit[];
  /** `null` where the query is not vague, nothing separates its hits, or it was not asked for. */
  readonly clarification: Clarification | null;
  /** Chunks or names that matched at all, when known; a lower bound when `moreThan`. */
  readonly total: { readonly count: number; readonly moreThan: boolean };
  readonly completeness: Completeness;
  /** Things to tell the reader: near names, ignored words, files changed meanwhile. */
  readonly notices: readonly string[];
  /** Estimated tokens of the answer's text, when a budget was set. */
  readonly tokens: number | null;
}

export interface ShowOptions {
  /** Most tokens of text that the answer may hold; a long body loses its middle first. Default: no limit. */
  readonly budgetTokens?: number;
  /** Lines of the file to add before and after the body, in [0, 1000]; default 0. */
  readonly context?: number;
}

/** One line about a symbol beside the one shown. */
export interface OutlineRow {
  readonly id: string;
  readonly kind: SymbolKind;
  readonly name: string;
  readonly lines: LineRange;
  /** White space collapsed. */
  readonly signature: string;
  /** 0 for a direct member, 1 for a member of a member, and so on. */
  readonly depth: number;
}

/** Source with its line numbers; `omitted` lines were taken out of its middle to keep within the budget. */
export interface Excerpt {
  readonly text: string;
  /** Lines of the file that the text was cut from. */
  readonly lines: LineRange;
  /** Lines left out, or `null` when the text is whole. */
  readonly omitted: LineRange | null;
}

/** What an id stands for. */
export interface Shown {
  readonly id: string;
  readonly path: string;
  readonly language: string;
  readonly what: 'symbol' | 'lines' | 'file';
  readonly kind: SymbolKind | null;
  readonly name: string | null;
  readonly span: Span;
  readonly lines: LineRange;
  readonly signature: string | null;
  /** Doc comment as written, delimiters included. */
  readonly doc: string | null;
  /** `null` when the budget had no room for any of it, and for whole files, which show their outline. */
  readonly source: Excerpt | null;
  readonly parent: OutlineRow | null;
  /** Members of the symbol, or the outline of the file. */
  readonly children: readonly OutlineRow[];
  /** The nearest definitions before and after it with the same parent. */
  readonly before: OutlineRow | null;
  readonly after: OutlineRow | null;
  /** Imports of the file whose bound names the source uses, as written; all of them for a file. */
  readonly imports: readonly string[];
}

export type ShowAnswer =
  | {
      readonly kind: 'shown';
      readonly shown: Shown;
      readonly completeness: Completeness;
      readonly notices: readonly string[];
      /** Estimated tokens of the answer's text, when a budget was set. */
      readonly tokens: number | null;
    }
  | {
      /** The id fits several definitions: their whole ids, best first. */
      readonly kind: 'ambiguous';
      readonly candidates: readonly OutlineRow[];
      readonly completeness: Completeness;
      readonly notices: readonly string[];
    };
