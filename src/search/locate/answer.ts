/** The nouns of `locate`: what is asked and what is answered. */
import type { LineRange } from '../../base/mod.ts';
import type { SymbolKind } from '../../code/mod.ts';
import type { Completeness, History, HistoryExtent } from '../../index/mod.ts';
import type { Explanation } from '../types.ts';
import type { TestRun } from './coverage.ts';
import type { SignalGroup } from './evidence.ts';
import type { IssueMeaning } from './nearness.ts';
import type { IssueRun } from './ran.ts';
import type { Formula } from './spectrum.ts';

export interface LocateOptions {
  /** Entries of each list, in [1, 100]; default 10. */
  readonly limit?: number;
  /** Only below this folder of the repository, forward slashes, relative to its root. */
  readonly under?: string;
  readonly coverage?: { readonly tests: readonly TestRun[]; readonly formula: Formula };
  readonly explain?: boolean;
  /** Most tokens of text that the whole answer may hold. */
  readonly budgetTokens?: number;
  /** Signals left out, to ask what they are worth. */
  readonly without?: readonly SignalGroup[];
  /** The issue's meaning, from `askIssue`. */
  readonly meaning?: IssueMeaning;
  /** What the issue's own code ran. */
  readonly run?: IssueRun;
  readonly signal?: AbortSignal;
}

/** Why something is in the answer: the signal and its words. */
export interface Reason {
  readonly signal: string;
  readonly text: string;
}

export interface LocatedFile {
  readonly path: string;
  readonly language: string;
  /** Probability that this file is to be changed, by the ranker; of all files together 1. */
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly explanation: Explanation | null;
}

export interface LocatedSymbol {
  /** For `show`: `path:Class.method`. */
  readonly id: string;
  readonly path: string;
  readonly name: string;
  readonly kind: SymbolKind;
  readonly lines: LineRange;
  readonly score: number;
  readonly reasons: readonly Reason[];
  readonly explanation: Explanation | null;
}

export interface LocateAnswer {
  readonly issue: {
    readonly title: string;
    /** Frames of stack traces that were recognised, paths, and names looked up. */
    readonly frames: number;
    readonly paths: number;
    readonly names: number;
  };
  readonly files: readonly LocatedFile[];
  readonly classes: readonly LocatedSymbol[];
  readonly functions: readonly LocatedSymbol[];
  readonly history: { readonly extent: HistoryExtent; readonly commits: number };
  readonly completeness: Completeness;
  readonly notices: readonly string[];
  /** Estimated tokens of the answer's text, when a budget was set. */
  readonly tokens: number | null;
}

export type { History };
