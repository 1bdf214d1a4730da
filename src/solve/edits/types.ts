/**
 * The nouns of editing: what a model wants changed, and what came of it.
 *
 * Edits work on texts in memory. Nothing here knows a directory, so nothing can be written to one.
 */

/** One wish. Paths are relative to the project, with forward slashes. */
export type Edit =
  /** Lines that stand in the file are replaced; an empty `search` makes a new file. */
  | { readonly kind: 'replace'; readonly path: string; readonly search: string; readonly replace: string }
  /** A whole definition, by its qualified name: `Class.method`. */
  | { readonly kind: 'definition'; readonly path: string; readonly name: string; readonly source: string }
  /** Hunks of a unified diff, in the order of the file. `isNew`: the file is made by them. */
  | { readonly kind: 'diff'; readonly path: string; readonly isNew: boolean; readonly hunks: readonly Hunk[] };

export interface Hunk {
  /** Line of the old file at which it says that it begins, from 1. */
  readonly line: number;
  readonly old: readonly string[];
  readonly fresh: readonly string[];
}

/** Files that may be edited. */
export interface EditableFiles {
  /** Null: there is no such file. */
  bytes(path: string): Uint8Array | null;
  isLink(path: string): boolean;
  /** For hints. */
  paths(): readonly string[];
}

export interface EditedFile {
  readonly path: string;
  /** Null: it is new. */
  readonly before: Uint8Array | null;
  readonly after: Uint8Array;
}

/** All edits or none. `refused` says which one and why, in words that a model can mend it by. */
export type Edited =
  | { readonly kind: 'edited'; readonly files: readonly EditedFile[] }
  | { readonly kind: 'refused'; readonly reason: string };

/** A text with its line breaks as `\n`, and what is needed to write it as it was. */
export interface PlainText {
  readonly text: string;
  readonly encoding: 'utf-8' | 'latin1';
  readonly mark: boolean;
  readonly lineBreak: '\n' | '\r\n';
}
