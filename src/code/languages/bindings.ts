/**
 * Names bound inside a definition (parameters, variables, type parameters), so that their
 * uses are not reported as references: nobody asks who uses `i`.
 *
 * One set of names per definition, no blocks: a name bound anywhere in a function counts
 * from there to the function's end. Rules run in preorder, so what is bound before it
 * is used, as nearly all languages want it, is seen in time.
 */
import type { Scan } from '../scan.ts';

interface Bindings {
  /** By index of the definition. */
  readonly names: Map<number, Set<string>>;
  /** Names bound for a stretch of the tree: first node past it. */
  readonly until: Map<string, number>;
}

const bindings = new WeakMap<Scan, Bindings>();

function bindingsOf(scan: Scan): Bindings {
  let found = bindings.get(scan);
  if (found === undefined) {
    found = { names: new Map(), until: new Map() };
    bindings.set(scan, found);
  }
  return found;
}

/** Binds the name at `node` in the innermost definition, if there is one; the node itself is no use. */
export function bindLocal(scan: Scan, node: number): void {
  if (node < 0) return;
  scan.report(node);
  const at = scan.enclosing;
  if (at < 0) return;
  const { names } = bindingsOf(scan);
  let here = names.get(at);
  if (here === undefined) {
    here = new Set();
    names.set(at, here);
  }
  here.add(scan.tree.textOf(node));
}

/** Binds the name at `node` in the subtree of `around`: type parameters that stand before what they belong to. */
export function bindWithin(scan: Scan, node: number, around: number): void {
  if (node < 0) return;
  scan.report(node);
  bindingsOf(scan).until.set(scan.tree.textOf(node), scan.tree.next(around));
}

/** Whether the text of `node` is bound around the walk's place. */
export function isLocal(scan: Scan, node: number): boolean {
  const found = bindings.get(scan);
  if (found === undefined) return false;
  const text = scan.tree.textOf(node);
  if ((found.until.get(text) ?? 0) > node) return true;
  for (let at = scan.enclosing; at >= 0; at = scan.symbols[at]?.parent ?? -1) {
    if (found.names.get(at)?.has(text)) return true;
  }
  return false;
}

/** Marks everything in a subtree as dealt with. */
export function silence(scan: Scan, node: number): void {
  if (node < 0) return;
  const end = scan.tree.next(node);
  for (let at = node; at < end; at++) scan.report(at);
}
