/**
 * Expressions and writes of a program, the same for Python and JavaScript: what one evaluator (`evaluate.ts`) reads.
 *
 * A lowering turns one node at a time, when it is asked; parts are node numbers. What has no counterpart here is `other`: its value is unknown and made of its parts.
 */
import type { RiskTree } from './risktree.ts';
import type { Value } from './values.ts';

export interface Argument {
  readonly name: string | null;
  readonly node: number;
  /** `*list` and `...list`, or `**map`. */
  readonly spread: boolean;
}

export type Expression =
  | { readonly is: 'constant'; readonly value: Value }
  | { readonly is: 'name'; readonly name: string }
  | { readonly is: 'member'; readonly of: number; readonly name: string }
  | { readonly is: 'index'; readonly of: number; readonly key: number }
  | {
      readonly is: 'slice';
      readonly of: number;
      readonly parts: readonly [number, number, number];
    }
  | { readonly is: 'call'; readonly callee: number; readonly args: readonly Argument[]; readonly isNew: boolean }
  /** Parts of a text: nodes, or what stands between them. */
  | { readonly is: 'text'; readonly parts: readonly (number | string)[] }
  | { readonly is: 'sum'; readonly parts: readonly number[] }
  | { readonly is: 'binary'; readonly operator: string; readonly left: number; readonly right: number }
  | { readonly is: 'list'; readonly items: readonly Argument[] }
  | {
      readonly is: 'map';
      readonly entries: readonly { readonly key: number | string; readonly value: number }[];
    }
  | { readonly is: 'either'; readonly of: readonly number[] }
  | { readonly is: 'function'; readonly node: number }
  | { readonly is: 'class'; readonly node: number }
  /** Elements made for each of others; `variable` as written. */
  | {
      readonly is: 'each';
      readonly body: number;
      readonly variable: number;
      readonly over: number;
      readonly isSure: boolean;
    }
  | { readonly is: 'same'; readonly as: number }
  | { readonly is: 'other'; readonly parts: readonly number[] };

/** What a write of a name gives it. */
export type Source =
  | { readonly is: 'value'; readonly node: number }
  /** A part of what another source gives: patterns within patterns, and in parameters. */
  | { readonly is: 'inner'; readonly of: Source; readonly part: number | string }
  /** An element of what the node gives, or a member of that name. */
  | { readonly is: 'part'; readonly node: number; readonly part: number | string }
  | { readonly is: 'each'; readonly node: number; readonly part: number | null }
  /** `+=`: what it was, and the node. `loop`: a `for` around it, -1: none. */
  | { readonly is: 'more'; readonly node: number; readonly loop: number }
  | {
      readonly is: 'parameter';
      readonly of: number;
      readonly place: number;
      readonly otherwise: number;
      readonly isRest: boolean;
    }
  | { readonly is: 'import'; readonly name: string }
  | { readonly is: 'function'; readonly node: number }
  | { readonly is: 'class'; readonly node: number }
  | { readonly is: 'unknown' };

export interface Write {
  readonly name: string;
  /** Of the name: where the flow of data knows it. */
  readonly start: number;
  /** Around it: a function, class, or the file (0). */
  readonly scope: number;
  readonly source: Source;
}

export interface Lowering {
  /** Kinds of nodes that have names of their own. */
  readonly scopes: ReadonlySet<string>;
  readonly functions: ReadonlySet<string>;
  lower(tree: RiskTree, node: number): Expression;
  /** All writes of names, and of members (`this.x = …`), whose name begins with a dot. */
  writes(tree: RiskTree): Write[];
  /** What a function gives back. */
  returns(tree: RiskTree, node: number): number[];
  isCall(kind: string): boolean;
}
