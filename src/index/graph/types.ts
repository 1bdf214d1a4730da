/**
 * The graph of a repository as the layers above read it: nodes, edges with their state and evidence, and what could
 * not be resolved.
 *
 * The idea: nodes and edges are numbers in flat columns, in both directions, so that a walk is array reads; what a
 * person sees of an edge (path, line, source) is read when it is shown. A site that resolves to nothing in the
 * repository is not an edge, but it is counted and can be listed by name, so that "no callers" never means "not resolved".
 */
import type { Span } from '../../base/mod.ts';
import type { Completeness, FileRecord } from '../types.ts';

export const nodeKinds = ['directory', 'file', 'class', 'function', 'method', 'field', 'global'] as const;

/** `class`: any type with members (interfaces, structs, enums, traits, type aliases). `global`: file-level values and macros without parameters. */
export type NodeKind = (typeof nodeKinds)[number];

export const edgeKinds = [
  'contains',
  'imports',
  'calls',
  'inherits',
  'implements',
  'overrides',
  'uses',
  'tests',
] as const;

/**
 * `contains`: directory → file → class → method; rule `structure` where the text contains it. A method that is written outside of
 * its type is contained in its file so, and in its type by the rule that led from its receiver to the type. `imports`: file → file, and file → the definition that is imported by name.
 * `calls`: callable or file → callable or class; constructing gives two edges at one site, to the class and to its
 * constructor, and reading a property that is computed is a call. `overrides`: method → the method it replaces. `uses`: reads, types, decorators. `tests`: a test's callable or file → what it exercises.
 */
export type EdgeKind = (typeof edgeKinds)[number];

export const edgeStates = ['resolved', 'ambiguous', 'observed'] as const;

/**
 * `resolved`: the rules of the language lead to one definition. `ambiguous`: to several, or to definitions of the right name
 * only; `rank` orders them. `observed`: a recorded run took it; such an edge may also have been resolved or ambiguous before.
 */
export type EdgeState = (typeof edgeStates)[number];

export const resolutionRules = [
  'scope',
  'import',
  'member',
  'self',
  'super',
  'annotation',
  'constructor',
  'result',
  'literal',
  'package',
  'include',
  'unique-name',
  'same-name',
  'run',
  'structure',
  'method-set',
] as const;

/** How an edge was found: the last rule that led to its target. `method-set`: a type has the methods that an interface asks for. `unique-name` and `same-name` know nothing but the name: never `resolved`. */
export type ResolutionRule = (typeof resolutionRules)[number];

export interface GraphNode {
  readonly id: number;
  readonly kind: NodeKind;
  /** Path of the directory or file that it is or is in; `''` for the root directory. */
  readonly path: string;
  /** Index in the file's `FileFacts.symbols`, or -1 for directories and files. */
  readonly symbol: number;
  readonly name: string;
  /** `''` for directories and files. */
  readonly qualifiedName: string;
  /** Byte span of the definition; empty for directories. */
  readonly span: Span;
}

export interface GraphEdge {
  /** Number of the edge; stable within one graph. */
  readonly id: number;
  readonly kind: EdgeKind;
  readonly state: EdgeState;
  /** It is observed, but only in partial runs, whose values may be guessed. */
  readonly partial: boolean;
  readonly from: number;
  readonly to: number;
  /** Where in the file of `from` it stands, in bytes; `null` for `contains` and `overrides`. */
  readonly site: Span | null;
  readonly rule: ResolutionRule;
  /** 0 for the only or best target of its site, then 1, 2…; at most 15. */
  readonly rank: number;
}

/** A use whose target is not in the repository, as far as could be told. */
export interface UnresolvedSite {
  readonly from: number;
  readonly name: string;
  readonly site: Span;
  /** `external`: an import leads out of the repository, or it is part of the language. `unknown`: the receiver's type or the name is not known. */
  readonly reason: 'external' | 'unknown';
}

export interface EdgeFilter {
  /** Default: all but `contains`. */
  readonly kinds?: readonly EdgeKind[];
  readonly states?: readonly EdgeState[];
  /** Edges to skip and to give at most; for hubs. Default: 0 and all. */
  readonly offset?: number;
  readonly limit?: number;
}

/** Neighbours of a node, each once. */
export interface EdgeGroups {
  readonly nodes: Uint32Array;
  /** Edges between the node and the neighbour at a place in `nodes`, as they come. */
  edges(place: number): GraphEdge[];
}

/** An immutable view of one state of the worktree. */
export interface Graph {
  readonly nodeCount: number;
  readonly edgeCount: number;
  /** The files it was built from. */
  readonly files: readonly FileRecord[];
  /** How complete the index was that it was built from. Faces print this whenever it is not plain. */
  readonly completeness: Completeness;
  node(id: number): GraphNode;
  /** @param symbol index in the file's symbols, or -1 for the file itself @returns -1 when it is no node */
  nodeOf(path: string, symbol: number): number;
  /** Node of a directory, `''` for the root, or -1. */
  directory(path: string): number;
  /** Symbols with this name (its last part, letter case kept), in order of id. */
  named(name: string): readonly number[];
  out(node: number, filter?: EdgeFilter): GraphEdge[];
  in(node: number, filter?: EdgeFilter): GraphEdge[];
  /**
   * Edges by the node at their other end: sure ones first, then by the rank of the likeliest, then as they come. Nothing is
   * made of the edges of a group before they are asked for, so a hub costs little. Where `contains` is among the kinds, groups are in the order of edges.
   */
  groups(node: number, direction: 'out' | 'in', filter?: Pick<EdgeFilter, 'kinds' | 'states'>): EdgeGroups;
  /** How many edges `out` or `in` has without giving them. */
  countOut(node: number, filter?: EdgeFilter): number;
  countIn(node: number, filter?: EdgeFilter): number;
  /** Call sites of this name that resolved to nothing or are ambiguous: what answers about callers must add. */
  unresolvedCalls(name: string): { readonly external: number; readonly unknown: number; readonly ambiguous: number };
  unresolvedSites(name: string, filter?: { readonly offset?: number; readonly limit?: number }): UnresolvedSite[];
  /** By language: how call sites came out. */
  statistics(): readonly GraphStatistics[];
}

export interface GraphStatistics {
  readonly language: string;
  readonly files: number;
  readonly callSites: number;
  readonly resolved: number;
  readonly ambiguous: number;
  readonly external: number;
  readonly unknown: number;
}

/** A call that a recorded run took. Paths are relative to the worktree's root, lines count from 1. */
export interface ObservedCall {
  readonly caller: { readonly path: string; readonly line: number; readonly name: string };
  readonly callee: { readonly path: string; readonly line: number; readonly name: string };
  /** Line of the call in the caller's file, or 0 when the recorder does not know. */
  readonly callLine: number;
  readonly count: number;
}
