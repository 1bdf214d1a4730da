/**
 * Blocks and ways while they are being found: the statements so far, one open block, and what is around it.
 *
 * What leaves something with a `finally` part goes to that part, which goes on from its end to wherever its comers wanted to.
 */
import type { SyntaxTree } from '../tree/tree.ts';
import type { FlowEdgeKind } from './types.ts';

/** Control flow in nodes and units of a tree. */
export interface TreeFlow {
  readonly statements: readonly TreeStatement[];
  readonly blocks: readonly (readonly number[])[];
  readonly edges: readonly { readonly from: number; readonly to: number; readonly kind: FlowEdgeKind }[];
}

export interface TreeStatement {
  /** Whose kind it has. */
  readonly node: number;
  /** UTF-16 units. */
  readonly start: number;
  readonly end: number;
}

/** A `finally` part that is still to be written: what has to pass through it, and goes on from its end. */
export interface Last {
  readonly entry: number;
  readonly onward: { readonly to: number; readonly depth: number; readonly kind: FlowEdgeKind }[];
  raises: boolean;
}

/** What surrounds a statement, innermost last. */
export interface Around {
  readonly labels: readonly string[];
  readonly breakTo: number | null;
  /** Only with its label. */
  readonly labelled: boolean;
  readonly continueTo: number | null;
  readonly againTo: number | null;
  readonly handler: number | null;
  readonly catchesAll: boolean;
  readonly retryTo: number | null;
  readonly last: Last | null;
}

const nothingAround: Around = {
  labels: [],
  breakTo: null,
  labelled: false,
  continueTo: null,
  againTo: null,
  handler: null,
  catchesAll: false,
  retryTo: null,
  last: null,
};

export const entry = 0;
export const exit = 1;

export class Ways {
  readonly #tree: SyntaxTree;
  readonly #statements: TreeStatement[] = [];
  readonly #blocks: number[][] = [[], []];
  readonly #edges = new Map<string, { from: number; to: number; kind: FlowEdgeKind }>();
  readonly #labels = new Map<string, number>();
  /** What surrounds the open block, innermost last. */
  readonly around: Around[] = [];
  /** The block that the next statement belongs to. */
  open = entry;

  constructor(tree: SyntaxTree) {
    this.#tree = tree;
  }

  /** All that was found, without empty blocks. */
  end(): TreeFlow {
    this.connect(this.open, exit, 'next');
    return withoutEmpty(this.#statements, this.#blocks, [...this.#edges.values()]);
  }

  block(): number {
    return this.#blocks.push([]) - 1;
  }

  after(block: number, kind: FlowEdgeKind): number {
    const next = this.block();
    this.connect(block, next, kind);
    return next;
  }

  connect(from: number, to: number, kind: FlowEdgeKind): void {
    this.#edges.set(`${from} ${to} ${kind}`, { from, to, kind });
  }

  add(node: number, start: number, end: number): void {
    const text = this.#tree.text.slice(start, end);
    const trimmed = start + text.trimEnd().length;
    if (trimmed === start) return;
    this.#blocks[this.open]?.push(this.#statements.push({ node, start, end: trimmed }) - 1);
    this.raise(this.open, false);
  }

  /** @param sure by a statement that does nothing else: then it leaves the function where nobody takes it */
  raise(from: number, sure: boolean): void {
    for (let depth = this.around.length - 1; depth >= 0; depth--) {
      const { handler, catchesAll, last } = this.around[depth] as Around;
      if (handler !== null) this.connect(from, handler, 'exception');
      if (handler !== null && catchesAll) return;
      if (last !== null) {
        this.connect(from, last.entry, 'exception');
        last.raises = true;
        return;
      }
    }
    if (sure) this.connect(from, exit, 'exception');
  }

  /** Goes to a block that has `depth` things around it, by way of what must be done before. */
  leave(from: number, to: number, depth: number, kind: FlowEdgeKind = 'next'): void {
    for (let at = this.around.length - 1; at >= depth; at--) {
      const { last } = this.around[at] as Around;
      if (last === null) continue;
      this.connect(from, last.entry, kind);
      last.onward.push({ to, depth, kind: 'next' });
      return;
    }
    this.connect(from, to, kind);
  }

  within(around: Partial<Around>, work: () => void): void {
    this.around.push({ ...nothingAround, ...around });
    work();
    this.around.pop();
  }

  target(label: string): number {
    const known = this.#labels.get(label) ?? this.block();
    this.#labels.set(label, known);
    return known;
  }
}

/** Takes out blocks without statements: who led to one leads to where it led. */
function withoutEmpty(
  statements: readonly TreeStatement[],
  blocks: readonly (readonly number[])[],
  edges: readonly { from: number; to: number; kind: FlowEdgeKind }[],
): TreeFlow {
  const startOf = (block: number): number => statements[blocks[block]?.[0] ?? -1]?.start ?? -1;
  const kept = blocks
    .flatMap((block, index) => (block.length > 0 || index <= exit ? [index] : []))
    .sort((a, b) => startOf(a) - startOf(b) || a - b);
  const place = new Map(kept.map((block, index) => [block, index]));
  const out = new Map<number, { to: number; kind: FlowEdgeKind }[]>();
  for (const { from, to, kind } of edges) out.set(from, [...(out.get(from) ?? []), { to, kind }]);
  const found = new Map<string, { from: number; to: number; kind: FlowEdgeKind }>();
  for (const block of kept) {
    const from = place.get(block) as number;
    const seen = new Set<string>();
    const queue = [...(out.get(block) ?? [])];
    for (let at = queue.pop(); at !== undefined; at = queue.pop()) {
      const to = place.get(at.to);
      if (to !== undefined && to !== entry) found.set(`${from} ${to} ${at.kind}`, { from, to, kind: at.kind });
      else {
        const key = `${at.to} ${at.kind}`;
        if (seen.has(key)) continue;
        seen.add(key);
        for (const { to: next, kind } of out.get(at.to) ?? [])
          queue.push({ to: next, kind: at.kind === 'next' ? kind : at.kind });
      }
    }
  }
  const byPlace = [...found.values()].sort(
    (a, b) => a.from - b.from || a.to - b.to || (a.kind < b.kind ? -1 : a.kind > b.kind ? 1 : 0),
  );
  return { statements, blocks: kept.map((block) => blocks[block] as number[]), edges: byPlace };
}
