/** The nouns of answers about the graph. */
import type { LineRange } from '../../base/mod.ts';
import type { Completeness, EdgeKind, EdgeState, NodeKind, ResolutionRule } from '../../index/mod.ts';

/** A node as shown. */
export interface NodeInfo {
  /** As search prints ids; a path for files, a path with a final slash for directories. */
  readonly id: string;
  readonly kind: NodeKind;
  /** Qualified name; the path for files and directories. */
  readonly name: string;
  readonly path: string;
  /** `null` for directories, and for files that changed since they were indexed. */
  readonly lines: LineRange | null;
  /** One line; `null` for files and directories. */
  readonly signature: string | null;
}

/** A place where an edge stands in the source. */
export interface SiteInfo {
  readonly line: number;
  /** The line without its indentation, at most 160 units. */
  readonly text: string;
  /** Of this place alone: a caller that is sure at one of its sites may be in doubt at another. */
  readonly state: EdgeState;
}

export const relations = [
  'callers',
  'callees',
  'bases',
  'derived',
  'overrides',
  'overridden-by',
  'importers',
  'imports',
  'users',
  'uses',
  'tests',
  'tested',
  'members',
  'parent',
] as const;

/** A question about a node: kinds of edges and a direction. */
export type Relation = (typeof relations)[number];

/** A node that a walk reached, and the edges of one kind that lead to it from the one before. */
export interface Neighbour {
  readonly node: NodeInfo;
  /** Steps from where the walk began, from 1. */
  readonly distance: number;
  /** Place in the list of the neighbour that it was reached from; -1 for the start. */
  readonly via: number;
  readonly kind: EdgeKind;
  /** The best state of the edges. */
  readonly state: EdgeState;
  /** It is observed, but only in partial runs, whose values may be guessed. */
  readonly partial: boolean;
  readonly rule: ResolutionRule;
  /** 0 unless every edge is a lesser candidate of an ambiguous site. */
  readonly rank: number;
  /** The first few places, in the caller's (importer's, user's) file. */
  readonly sites: readonly SiteInfo[];
  readonly siteCount: number;
}

export interface RelationAnswer {
  readonly relation: Relation;
  readonly neighbours: readonly Neighbour[];
  /** Direct neighbours in all, before `offset` and `limit`. */
  readonly total: number;
  /** Neighbours within the hops asked for, before `offset` and `limit`. */
  readonly reached: number;
  /** The walk stopped before it had seen everything within its hops. */
  readonly partial: boolean;
}

/** Call sites of a name that lead to nothing known: what answers about callers must add. */
export interface UnresolvedCount {
  readonly name: string;
  readonly external: number;
  readonly unknown: number;
  readonly ambiguous: number;
}

/** What a method overrides or implements, and what calls that: a call of it may come to the method. */
export interface ThroughAnswer {
  readonly node: NodeInfo;
  /** Of those that the filters let through, at least one. */
  readonly callers: number;
}

export interface GraphAnswer {
  /** `null` when what was given fits several. */
  readonly symbol: NodeInfo | null;
  readonly candidates: readonly NodeInfo[];
  readonly relations: readonly RelationAnswer[];
  /** Of a method whose callers were asked for, those with the most callers first. */
  readonly through: readonly ThroughAnswer[];
  /** Of the symbol's name; `null` when no relation asked for depends on it, or a budget had no room for it. */
  readonly unresolved: UnresolvedCount | null;
  /** Estimated tokens of the text, when a budget was set. */
  readonly tokens: number | null;
  readonly completeness: Completeness;
  readonly notices: readonly string[];
}
