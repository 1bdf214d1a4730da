/** A syntax tree with the questions that reading of risk asks: children, fields, text. Nodes are indices in preorder. */
import type { SyntaxNode } from '../../code/mod.ts';

export class RiskTree {
  readonly nodes: readonly SyntaxNode[];
  readonly #source: Buffer;
  /** First index after a node's subtree. */
  readonly #nexts: Int32Array;

  constructor(nodes: readonly SyntaxNode[], bytes: Uint8Array) {
    this.nodes = nodes;
    this.#source = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#nexts = new Int32Array(nodes.length);
    for (let node = nodes.length - 1; node >= 0; node--) {
      const own = Math.max(this.#nexts[node] as number, node + 1);
      this.#nexts[node] = own;
      const parent = this.parent(node);
      if (parent >= 0) this.#nexts[parent] = Math.max(this.#nexts[parent] as number, own);
    }
  }

  get size(): number {
    return this.nodes.length;
  }

  kind(node: number): string {
    return this.nodes[node]?.kind ?? '';
  }

  parent(node: number): number {
    return this.nodes[node]?.parent ?? -1;
  }

  start(node: number): number {
    return this.nodes[node]?.span.start ?? 0;
  }

  end(node: number): number {
    return this.nodes[node]?.span.end ?? 0;
  }

  next(node: number): number {
    return this.#nexts[node] as number;
  }

  fieldName(node: number): string | null {
    return this.nodes[node]?.field ?? null;
  }

  text(node: number): string {
    return this.slice(this.start(node), this.end(node));
  }

  slice(start: number, end: number): string {
    return this.#source.toString('utf8', start, end);
  }

  /** Named nodes, which are those not spelled in quotes; comments left out. */
  children(node: number): number[] {
    const found: number[] = [];
    for (let child = node + 1; child < this.next(node); child = this.next(child)) {
      const kind = this.kind(child);
      if (!kind.startsWith("'") && kind !== 'comment') found.push(child);
    }
    return found;
  }

  /** All, tokens too. */
  parts(node: number): number[] {
    const found: number[] = [];
    for (let child = node + 1; child < this.next(node); child = this.next(child)) found.push(child);
    return found;
  }

  /** @returns -1 when there is none */
  field(node: number, name: string): number {
    for (let child = node + 1; child < this.next(node); child = this.next(child))
      if (this.nodes[child]?.field === name) return child;
    return -1;
  }

  child(node: number, kind: string): number {
    for (let child = node + 1; child < this.next(node); child = this.next(child))
      if (this.kind(child) === kind) return child;
    return -1;
  }

  holds(outer: number, inner: number): boolean {
    return inner >= outer && inner < this.next(outer);
  }

  /** The nearest node around of one of the kinds; -1: none. */
  around(node: number, kinds: ReadonlySet<string>): number {
    let at = this.parent(node);
    while (at >= 0 && !kinds.has(this.kind(at))) at = this.parent(at);
    return at;
  }
}
