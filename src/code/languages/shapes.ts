/**
 * What the languages without links share: the few shapes in which their grammars write definitions and uses.
 *
 * These languages give definitions and the names that are used; which definition a name means is settled by name alone. So
 * a plain name is reported where something at the top of its file has it, and calls, types and bases always.
 */
import type { SymbolKind } from '../facts.ts';
import type { Scan } from '../scan.ts';
import { none, type SyntaxTree } from '../tree/tree.ts';
import { isLocal } from './bindings.ts';
import type { Rule } from './language.ts';

/** First child of one of the kinds. */
export function childOf(tree: SyntaxTree, node: number, ...kinds: readonly string[]): number {
  if (node < 0) return none;
  const end = tree.next(node);
  for (let child = node + 1; child < end; child = tree.next(child)) if (kinds.includes(tree.kind(child))) return child;
  return none;
}

/** Last child of one of the kinds. */
export function lastChildOf(tree: SyntaxTree, node: number, ...kinds: readonly string[]): number {
  let found = none;
  if (node < 0) return found;
  const end = tree.next(node);
  for (let child = node + 1; child < end; child = tree.next(child)) if (kinds.includes(tree.kind(child))) found = child;
  return found;
}

export const kindOf = (tree: SyntaxTree, node: number): string => (node < 0 ? '' : tree.kind(node));

export const textOf = (tree: SyntaxTree, node: number): string => (node < 0 ? '' : tree.textOf(node));

/** The sibling before a node; a climb from the node before, so that long lists stay cheap. */
export function siblingBefore(tree: SyntaxTree, node: number): number {
  const parent = tree.parent(node);
  let at = node - 1;
  if (at <= parent) return none;
  while (at > parent && tree.parent(at) !== parent) at = tree.parent(at);
  return at > parent ? at : none;
}

const typeKinds: ReadonlySet<SymbolKind | null> = new Set(['class', 'interface', 'struct', 'enum', 'trait', 'type']);

/** Whether what is defined here is a member of a type. */
export const isInType = (scan: Scan): boolean => typeKinds.has(scan.enclosingKind);

/** A name that may be used: reported when something at the top of the file or an import has it. */
export const maybeUse: Rule = (scan, node) => {
  if (!scan.isReported(node) && !isLocal(scan, node)) scan.useIfKnown(node);
};

/** A name in a type. */
export const typeName: Rule = (scan, node) => {
  if (!scan.isReported(node) && !isLocal(scan, node)) scan.refer('type', node);
};

export const holdLocals: Rule = (scan, node) => scan.holdLocals(node);

/** Whether a symbol of the name stands at the top already: of variables that are assigned again and again the first counts. */
export function isDefinedAtTop(scan: Scan, name: string): boolean {
  let known = topNames.get(scan);
  if (known === undefined) {
    known = { names: new Set(), seen: 0 };
    topNames.set(scan, known);
  }
  for (; known.seen < scan.symbols.length; known.seen++) {
    const symbol = scan.symbols[known.seen];
    if (symbol !== undefined && symbol.parent < 0) known.names.add(symbol.qualifiedName);
  }
  return known.names.has(name);
}

const topNames = new WeakMap<Scan, { readonly names: Set<string>; seen: number }>();
