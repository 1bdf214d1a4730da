/**
 * When a run may differ from what is written without a graph being wrong.
 *
 * A call of a method on a declared type leads, by the language's rules, to the declared method; a run enters the one that
 * overrides it for the object at hand; `cls()` makes the class at hand. A call of a decorated function enters what the decorator made of it. Who asks for callers means the
 * declared one. Both are counted apart: strictly, and with these two as right.
 */
import type { Graph } from '../src/index/mod.ts';
import type { Places } from './call-truth.ts';

export interface Declared {
  /** Whether a run that entered `ran` is what a call of `target` means. Both are keys of `Places`. */
  standsFor(target: string, ran: string): boolean;
  /** Whether what runs instead of it is up to a decorator. */
  isDecorated(target: string): boolean;
}

export function declaredOf(graph: Graph, places: Places, source: (path: string) => Uint8Array): Declared {
  /** Overriding method → those it replaces; class → its bases. */
  const replaced = new Map<string, Set<string>>();
  const decorated = new Set<string>();
  for (let id = 0; id < graph.nodeCount; id++) {
    const node = graph.node(id);
    if (node.symbol < 0) continue;
    const isCallable = node.kind === 'method' || node.kind === 'function';
    if (isCallable && source(node.path)[node.span.start] === 0x40) decorated.add(places.key(node));
    for (const edge of graph.out(id, { kinds: ['overrides', 'inherits', 'implements'] })) {
      const key = places.key(node);
      const set = replaced.get(key) ?? new Set();
      replaced.set(key, set.add(places.keyOf(edge)));
    }
  }
  const overrides = (ran: string, target: string, seen: Set<string>): boolean => {
    if (seen.has(ran)) return false;
    seen.add(ran);
    for (const above of replaced.get(ran) ?? []) if (above === target || overrides(above, target, seen)) return true;
    return false;
  };
  return {
    standsFor: (target, ran) => target === ran || overrides(ran, target, new Set()) || decorated.has(target),
    isDecorated: (target) => decorated.has(target),
  };
}
