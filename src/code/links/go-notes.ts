/** What the rules for Go remember of one file from node to node. */
import type { LinkBuilder } from './builder.ts';

export interface Notes {
  /** Names declared so far, by scope. */
  readonly declared: Map<number, Set<string>>;
  /** Names in `x := f(x)` that mean what stands around, by node: the scope to look them up in. */
  readonly outer: Map<number, number>;
}

const byBuilder = new WeakMap<LinkBuilder, Notes>();

export function notesOf(links: LinkBuilder): Notes {
  let notes = byBuilder.get(links);
  if (notes === undefined) {
    notes = { declared: new Map(), outer: new Map() };
    byBuilder.set(links, notes);
  }
  return notes;
}

/** Scope in which the name at the node is looked up. */
export const scopeOfName = (links: LinkBuilder, node: number): number => notesOf(links).outer.get(node) ?? links.scope;
