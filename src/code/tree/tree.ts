/**
 * A syntax tree as flat columns, in our own memory.
 *
 * Nodes are numbers in preorder, so a subtree is the half-open range
 * `[node, next(node))` and a whole file is walked by counting up. Crossing into
 * WebAssembly for each node is what makes tree-sitter slow in JavaScript (a cursor
 * walk costs more than parsing); these columns are filled in one pass (`memory.ts`)
 * and everything after that is array reads.
 *
 * Offsets are UTF-16 units of `text`; `source.ts` turns them into bytes at the very end.
 * Node kinds are strings: `identifier` for named nodes, the token in single quotes
 * (`'async'`) for anonymous ones, `ERROR` for what did not parse.
 */

/** Names of one grammar. */
export interface GrammarNames {
  /** By public symbol id; anonymous ones in single quotes. */
  readonly kinds: readonly string[];
  readonly named: Uint8Array;
  readonly fields: ReadonlyMap<string, number>;
}

/** Symbol id of an error node, as tree-sitter numbers it. */
export const errorSymbol = 0xffff;

/** Errors past this are not listed: one is enough to say that a file is broken. */
export const maxErrors = 20;

/** No node: what lookups answer when there is nothing. */
export const none = -1;

/** Columns to be filled anew: a tree's arrays, once nobody looks at that tree any more. */
export interface Columns {
  symbols: Uint16Array;
  fieldIds: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
  parents: Int32Array;
  nexts: Uint32Array;
  flags: Uint8Array;
}

/** Bits of `flags`: a node that may stand anywhere (a comment), and one that the parser put where none was. */
export const nodeFlag = { extra: 1, missing: 2 } as const;

export const newColumns = (capacity: number): Columns => ({
  symbols: new Uint16Array(capacity),
  fieldIds: new Uint8Array(capacity),
  starts: new Uint32Array(capacity),
  ends: new Uint32Array(capacity),
  parents: new Int32Array(capacity),
  nexts: new Uint32Array(capacity),
  flags: new Uint8Array(capacity),
});

export class SyntaxTree {
  readonly text: string;
  readonly names: GrammarNames;
  size = 0;
  symbols: Uint16Array;
  fieldIds: Uint8Array;
  starts: Uint32Array;
  ends: Uint32Array;
  parents: Int32Array;
  nexts: Uint32Array;
  flags: Uint8Array;
  /** ERROR and MISSING nodes, in order; at most `maxErrors`. */
  readonly errors: number[] = [];

  constructor(text: string, names: GrammarNames, columns: Columns) {
    this.text = text;
    this.names = names;
    this.symbols = columns.symbols;
    this.fieldIds = columns.fieldIds;
    this.starts = columns.starts;
    this.ends = columns.ends;
    this.parents = columns.parents;
    this.nexts = columns.nexts;
    this.flags = columns.flags;
  }

  /** Adds a node; its `next` is set by `close`. @param flags of `nodeFlag` */
  add(symbol: number, field: number, start: number, end: number, parent: number, flags: number): number {
    if (this.size === this.symbols.length) this.#grow();
    const node = this.size++;
    this.symbols[node] = symbol;
    this.fieldIds[node] = field;
    this.starts[node] = start;
    this.ends[node] = end;
    this.parents[node] = parent;
    this.nexts[node] = node + 1;
    this.flags[node] = flags;
    return node;
  }

  close(node: number): void {
    this.nexts[node] = this.size;
  }

  kind(node: number): string {
    const symbol = this.symbols[node] as number;
    return symbol === errorSymbol ? 'ERROR' : (this.names.kinds[symbol] ?? '');
  }

  isNamed(node: number): boolean {
    const symbol = this.symbols[node] as number;
    return symbol === errorSymbol || this.names.named[symbol] === 1;
  }

  start(node: number): number {
    return this.starts[node] as number;
  }

  end(node: number): number {
    return this.ends[node] as number;
  }

  isExtra(node: number): boolean {
    return ((this.flags[node] as number) & nodeFlag.extra) !== 0;
  }

  isMissing(node: number): boolean {
    return ((this.flags[node] as number) & nodeFlag.missing) !== 0;
  }

  textOf(node: number): string {
    return this.text.slice(this.starts[node], this.ends[node]);
  }

  /** @returns `none` for the root */
  parent(node: number): number {
    return this.parents[node] as number;
  }

  /** First number after the subtree. */
  next(node: number): number {
    return this.nexts[node] as number;
  }

  firstChild(node: number): number {
    return node + 1 < (this.nexts[node] as number) ? node + 1 : none;
  }

  nextSibling(node: number): number {
    const parent = this.parents[node] as number;
    const next = this.nexts[node] as number;
    return parent >= 0 && next < (this.nexts[parent] as number) ? next : none;
  }

  /** First child with the field name. */
  field(node: number, name: string): number {
    const id = this.names.fields.get(name);
    if (id === undefined) return none;
    const end = this.nexts[node] as number;
    for (let child = node + 1; child < end; child = this.nexts[child] as number) {
      if (this.fieldIds[child] === id) return child;
    }
    return none;
  }

  /** Whether `child` stands in its parent under the field name. */
  isField(child: number, name: string): boolean {
    return this.fieldIds[child] === this.names.fields.get(name);
  }

  /** First child of the kind (`identifier`, or `'async'` for a token). */
  child(node: number, kind: string): number {
    const end = this.nexts[node] as number;
    for (let child = node + 1; child < end; child = this.nexts[child] as number) {
      if (this.kind(child) === kind) return child;
    }
    return none;
  }

  children(node: number): number[] {
    const out: number[] = [];
    const end = this.nexts[node] as number;
    for (let child = node + 1; child < end; child = this.nexts[child] as number) out.push(child);
    return out;
  }

  namedChildren(node: number): number[] {
    const out: number[] = [];
    const end = this.nexts[node] as number;
    for (let child = node + 1; child < end; child = this.nexts[child] as number) {
      if (this.isNamed(child)) out.push(child);
    }
    return out;
  }

  #grow(): void {
    const capacity = this.symbols.length * 2 + 64;
    const grown = <T extends { set(from: T): void }>(to: T, from: T): T => {
      to.set(from);
      return to;
    };
    this.symbols = grown(new Uint16Array(capacity), this.symbols);
    this.fieldIds = grown(new Uint8Array(capacity), this.fieldIds);
    this.starts = grown(new Uint32Array(capacity), this.starts);
    this.ends = grown(new Uint32Array(capacity), this.ends);
    this.parents = grown(new Int32Array(capacity), this.parents);
    this.nexts = grown(new Uint32Array(capacity), this.nexts);
    this.flags = grown(new Uint8Array(capacity), this.flags);
  }
}
