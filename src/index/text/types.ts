/**
 * Ranked text: the port between segments (bytes on disk) and search.
 *
 * A segment is an immutable, checksummed byte string: an inverted index over the
 * chunks of some file versions, plus a sorted list of symbol names. Whether a
 * version is live is not the segment's business: the store's truth says which
 * versions a worktree holds, and a view of a segment carries that as a mask. So an
 * edit or a delete changes no segment; merging drops what no worktree holds.
 */
import type { ChunkKind, FileFacts, SymbolKind } from '../../code/mod.ts';
import type { PostingCursor } from './postings.ts';

/** Fields of a chunk that are weighted apart. */
export const fieldNames = ['name', 'qualified', 'path', 'signature', 'doc', 'body'] as const;
export type FieldName = (typeof fieldNames)[number];

/** Bits of a document's flags, from `FileTraits`, plus `exported` of its symbol. */
export const docFlag = {
  test: 1,
  vendored: 2,
  generated: 4,
  example: 8,
  documentation: 16,
  exported: 32,
  /** A later piece of a split chunk. */
  continued: 64,
} as const;

/** One file version to be indexed. `version` ids are given by the store and never reused. */
export interface TextInput {
  readonly version: number;
  readonly path: string;
  readonly source: Uint8Array;
  readonly facts: FileFacts;
}

/** Where bytes of a segment come from: a file read in ranges, or memory. */
export interface ByteSource {
  readonly size: number;
  /** Exactly `length` bytes from `offset`. @throws WinnowError `index-corrupt` when there are fewer */
  read(offset: number, length: number): Uint8Array;
  close(): void;
}

/** Postings of one term, decoded: ascending document numbers and quantised weighted frequencies. */
export interface Postings {
  readonly docs: Uint32Array;
  /** Level in [1, 255]; `wtfOfLevel[level]` is the weighted term frequency it stands for. */
  readonly levels: Uint8Array;
}

/** A symbol name as the name list gives it. */
export interface NameEntry {
  readonly name: string;
  readonly version: number;
  /** Index in the file's symbols. */
  readonly symbol: number;
  readonly kind: SymbolKind;
}

export interface Segment {
  /** Format of the bytes. */
  readonly format: number;
  /** `weightsFingerprint()` of the program that wrote it; another than ours means that it must be built anew. */
  readonly weights: number;
  readonly docCount: number;
  /** Version ids in the order of their documents, ascending. */
  readonly versions: Uint32Array;
  /** First document of each version, and `docCount` at the end: length `versions.length + 1`. */
  readonly firstDoc: Uint32Array;
  /** Per document: index in `versions`. */
  versionIndex(doc: number): number;
  chunkOf(doc: number): number;
  kindOf(doc: number): ChunkKind;
  flagsOf(doc: number): number;
  /** Per document, for loops: index in `chunkKinds`, and bits of `docFlag`. Shared: never write to them. */
  readonly kinds: Uint8Array;
  readonly flags: Uint8Array;
  /** Documents with the term and its largest level, without decoding; `null` when absent. */
  stat(term: string): { readonly docs: number; readonly maxLevel: number } | null;
  postings(term: string): Postings | null;
  /** A walk through the term's postings that can leap; `null` when absent. */
  cursor(term: string): PostingCursor | null;
  /** Terms that start with `prefix`, at most `limit`, in byte order. */
  termsWithPrefix(prefix: string, limit: number): string[];
  /** All distinct symbol names, lower-cased, ascending; for exact, prefix, hump and fuzzy look-up. */
  readonly names: NameList;
  close(): void;
}

export interface NameList {
  readonly size: number;
  /** Entries whose lower-cased name equals `folded`. */
  exact(folded: string): NameEntry[];
  /** Entries whose lower-cased name starts with `folded`; at most `limit`. */
  prefix(folded: string, limit: number): NameEntry[];
  /** Calls `visit` with each distinct name (original case) and its number until it returns false. */
  scan(visit: (name: string, at: number) => boolean): void;
  /** The name with number `at`, in [0, size), original case. */
  nameAt(at: number): string;
  /** Entries of the name with number `at` (as given by `scan`). */
  entries(at: number): NameEntry[];
}

/** A segment as one worktree and one filter see it. */
export interface SegmentView {
  readonly segment: Segment;
  /** Per index in `segment.versions`: 1 when the worktree holds it. `null`: it holds all. Document frequencies count these. */
  readonly live: Uint8Array | null;
  /** Per index in `segment.versions`: 1 when the query's filters admit it, a subset of `live`. `null`: same as `live`. */
  readonly admitted: Uint8Array | null;
}

export interface TextTerm {
  readonly term: string;
  /** Weight of the term in the query, > 0. */
  readonly weight: number;
}

/** Negative where the first version comes before the second, as for sorting; no two versions are equal. */
export type VersionOrder = (a: number, b: number) => number;

export interface TextQuery {
  readonly terms: readonly TextTerm[];
  /** How many documents to return, ≥ 1. */
  readonly k: number;
  /** Chunk kinds admitted; `null`: all. */
  readonly kinds: readonly ChunkKind[] | null;
  /** Factor in (0, 1] for each value of flags (length 256); multiplies the whole score. */
  readonly factors: Float64Array;
  /** Factor in (0, 1] per chunk kind. */
  readonly kindFactors: Readonly<Record<ChunkKind, number>>;
  /**
   * Of versions whose documents score the same. Default: by number, which is cheapest and tells in which order
   * files were indexed; who must not show that orders them by what they are.
   */
  readonly order?: VersionOrder;
}

export interface ScoredDoc {
  /** Index of the view in the list given. */
  readonly view: number;
  readonly doc: number;
  readonly score: number;
}

/** The ranked answer and the statistics that explain it. */
export interface TextAnswer {
  readonly docs: readonly ScoredDoc[];
  /** Live documents over all views. */
  readonly documents: number;
  /** Per query term, in order: live documents that hold it and its idf. */
  readonly terms: readonly { readonly term: string; readonly documents: number; readonly idf: number }[];
}
