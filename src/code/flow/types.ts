/**
 * How control and values move through one piece of code: a function, or what a file or class runs by itself.
 *
 * Statements are the units. What happens inside an expression (`a && b`, `c ? d : e`, comprehensions) is no branch here, except in
 * languages where `if` and `match` are expressions.
 */
import type { Span } from '../../base/mod.ts';

export const flowEdgeKinds = ['next', 'true', 'false', 'case', 'exception'] as const;

/**
 * `true`, `false`: of a condition; a loop over elements goes on by `true` and ends by `false`. `case`: one of several, of a switch
 * or match. `exception`: something in the block may raise. `next`: all others.
 */
export type FlowEdgeKind = (typeof flowEdgeKinds)[number];

export interface FlowStatement {
  /** Of a statement that holds others only its head: the condition of an `if`, what a loop goes over. */
  readonly span: Span;
  /** Of the syntax tree: `return_statement`; of a head that of the whole: `if_statement`. */
  readonly kind: string;
}

/** Statements that run one after the other: who enters at the first leaves after the last, unless something raises. */
export interface FlowBlock {
  /** Indices of `CodeFlow.statements`. Empty only for entry and exit. */
  readonly statements: readonly number[];
}

export interface FlowEdge {
  /** Indices of `CodeFlow.blocks`. */
  readonly from: number;
  readonly to: number;
  readonly kind: FlowEdgeKind;
}

/** A name of a variable at a place. `update`: an element or member of it is written. */
export interface FlowName {
  readonly name: string;
  readonly use: 'read' | 'write' | 'update';
  readonly span: Span;
  /** Index of `CodeFlow.statements`; -1 for parameters. */
  readonly statement: number;
  /**
   * Indices of `CodeFlow.names`: of a read or update, the writes and updates that its value may come from; of a write or update,
   * the reads too that it is computed of. None: it comes from outside.
   */
  readonly sources: readonly number[];
}

export interface CodeFlow {
  /** As written; `<lambda>` for functions without a name, `<static>` for a block that a class runs when it is made, `<module>` for a file's own code. */
  readonly name: string;
  readonly span: Span;
  /** In the order of the source. */
  readonly statements: readonly FlowStatement[];
  /** 0 is the entry, 1 the exit; both are empty. Blocks that nothing leads to are kept: that is dead code. */
  readonly blocks: readonly FlowBlock[];
  readonly edges: readonly FlowEdge[];
  /** In the order in which a statement reads and writes them; `null` where there are too many. */
  readonly names: readonly FlowName[] | null;
}
