/** What a search for patterns of syntax is asked and answers. */
import type { Bound, Piece, RuleSet } from '../../code/mod.ts';

/** A rule as it was asked for: from the command line, or one document of a YAML file. */
export interface AskedRule {
  /** `pattern` for one from the command line. */
  readonly id: string;
  /** Null: every language in which it can be meant. */
  readonly languages: readonly string[] | null;
  readonly message: string | null;
  readonly severity: string | null;
  /** Globs of paths: of `files` one must fit when there are any, of `ignores` none may. */
  readonly files: readonly string[];
  readonly ignores: readonly string[];
  readonly set: RuleSet;
}

export interface PatternHit extends Piece {
  readonly path: string;
  readonly language: string;
  readonly rule: string;
  readonly message: string | null;
  readonly severity: string | null;
  /** Kind of the node, as the grammar names it. */
  readonly kind: string;
  readonly variables: readonly Bound[];
  /** One line of it is printed, to stay within a budget. */
  readonly brief: boolean;
}

/** Why a file's matches may be missing. */
export type PartialReason = 'parse-timeout' | 'parser-failed' | 'too-much-work';

/** Files that were not searched, by reason. */
export type LeftOut = Readonly<Record<string, number>>;

export interface PatternAnswer {
  readonly hits: readonly PatternHit[];
  /** Matches there are, or were met before the search ended; those of each file when they were counted. */
  readonly total: { readonly count: number; readonly moreThan: boolean };
  readonly counts: readonly { readonly path: string; readonly count: number }[] | null;
  /** `offset` for the next hits; null when these are the last. */
  readonly nextOffset: number | null;
  readonly languages: readonly string[];
  readonly searched: { readonly files: number; readonly read: number };
  readonly partial: readonly { readonly path: string; readonly reason: PartialReason }[];
  readonly leftOut: LeftOut;
  readonly failures: readonly { readonly path: string; readonly code: string }[];
  readonly notices: readonly string[];
}
