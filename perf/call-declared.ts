/**
 * When a run may differ from what is written without a graph being wrong.
 *
 * A call of a method on a declared type leads, by the language's rules, to the declared method; a run enters the one that
 * overrides it for the object at hand; `cls()` makes the class at hand. A call of a decorated function enters what the decorator made of it. Who asks for callers means the
 * declared one. So for members of
 * interfaces, which have no body. These are counted apart: strictly, and with them as right.
 */
import type { Graph } from '../src/index/mod.ts';
import type { Places } from './call-truth.ts';

export interface Declared {
  /** Whether a run that entered `ran` is what a call of `target` means. Both are keys of `Places`. */
  standsFor(target: string, ran: string): boolean;
  /** Whether what runs instead of it is not written there: it is decorated, or has no body. */
  isOpen(target: string): boolean;
}

export function declaredOf(graph: Graph, places: Places, source: (path: string) => Uint8Array): Declared {
  /** Overriding method → those it replaces; class → its bases. */
  const replaced = new Map<string, Set<string>>();
  const open = new Set<string>();
  for (let id = 0; id < graph.nodeCount; id++) {
    const node = graph.node(id);
    if (node.symbol < 0) continue;
    const isCallable = node.kind === 'method' || node.kind === 'function';
    const isField = node.kind === 'field' || node.kind === 'global';
    const bytes = source(node.path);
    if (isCallable && bytes[node.span.start] === 0x40) open.add(places.key(node));
    if ((isCallable || isField) && /\.[cm]?tsx?$/.test(node.path) && !hasBody(bytes, node.span))
      open.add(places.key(node));
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
    standsFor: (target, ran) => target === ran || overrides(ran, target, new Set()) || open.has(target),
    isOpen: (target) => open.has(target),
  };
}

/** Whether a function is written there, as a block or as a value: members of interfaces, overloads and abstract methods are types only. */
function hasBody(source: Uint8Array, { start, end }: { readonly start: number; readonly end: number }): boolean {
  let text = new TextDecoder().decode(source.subarray(start, end)).trimEnd();
  if (/\}[;,]?$/.test(text) && !/^[^{]*=>[^{]*\{[^}]*\}[;,]?$/.test(text)) return true;
  // `<T = string>` gives a default, no value.
  for (let before = ''; before !== text; ) {
    before = text;
    text = text.replace(/<[^<>]*>/g, '');
  }
  return /[^=!<>]=(?![=>])/.test(text);
}
