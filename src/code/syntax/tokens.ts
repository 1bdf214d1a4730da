/**
 * Tokens of a file, and its tree as a sequence: two forms in which models of code read programs.
 *
 * Tokens are the tree's leaves with a class each, as CodeNet's tokeniser gives them (Puri et al. 2021, arXiv:2105.12655, §5). The
 * sequence is UniXcoder's (Guo et al. 2022, arXiv:2203.03850, §3.1): a node is its children between two marks with its kind, a leaf is
 * its text; nothing of the tree is lost.
 */
import type { SyntaxNode } from './reader.ts';

export const tokenClasses = ['keyword', 'identifier', 'number', 'string', 'comment', 'operator'] as const;
export type TokenClass = (typeof tokenClasses)[number];

/** `operator`: brackets and punctuation as well. */
export function tokenClassOf(node: SyntaxNode, text: string, parents: readonly SyntaxNode[]): TokenClass {
  const isWord = /^[\p{L}_$@\\][\p{L}\p{M}\p{N}_$@\\:?!]*$/u.test(text);
  return classOfKinds(node.kind, parents[node.parent]?.kind ?? '') ?? (isWord ? 'identifier' : 'operator');
}

/** What kinds alone tell: `null` for a name or what has no letters, which the text decides. */
export function classOfKinds(kind: string, parent: string): TokenClass | null {
  if (/comment/.test(kind)) return 'comment';
  if ([kind, parent].some((one) => /string|char(?:acter)?_literal|heredoc|escape_sequence|regex/.test(one)))
    return 'string';
  if (kind.startsWith("'")) return /^[\p{L}_$@][\p{L}\p{N}_$]*$/u.test(kind.slice(1, -1)) ? 'keyword' : 'operator';
  if (/integer|float|number|int_literal|decimal|hex_/.test(kind)) return 'number';
  if (/^(?:true|false|none|null|nil|self|this|super|break|continue|pass|null_literal|boolean.*)$/.test(kind))
    return 'keyword';
  return null;
}

export type SequencePart =
  | { readonly open: string }
  | { readonly close: string }
  /** Empty for what the parser put where nothing was. */
  | { readonly leaf: string; readonly kind: string };

/** @param nodes a whole tree in preorder, or the part of one that begins with its first */
export function sequenceOf(nodes: readonly SyntaxNode[], textOf: (node: SyntaxNode) => string): SequencePart[] {
  const parts: SequencePart[] = [];
  const open: { readonly index: number; readonly kind: string }[] = [];
  nodes.forEach((node, index) => {
    for (let last = open.at(-1); last !== undefined && last.index !== node.parent; last = open.at(-1)) {
      parts.push({ close: last.kind });
      open.pop();
    }
    if (node.leaf) parts.push({ leaf: textOf(node), kind: node.kind });
    else {
      parts.push({ open: node.kind });
      open.push({ index, kind: node.kind });
    }
  });
  for (const { kind } of open.reverse()) parts.push({ close: kind });
  return parts;
}
