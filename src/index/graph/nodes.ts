/**
 * The nodes of a graph in columns: directories by path, then files by path, each followed by its symbols.
 *
 * The order is canonical, so graphs of equal trees have equal nodes however they came about. What a file's symbols are is read once, when
 * its content is new; nodes of unchanged files are copied from the graph before, moved to their new places.
 */
import type { Symbol as CodeSymbol, FileLinks } from '../../code/mod.ts';
import { Column, orderBy, startsOf } from './columns.ts';
import type { Strings } from './strings.ts';
import { type NodeKind, nodeKinds } from './types.ts';

/** In `qualified`: the name is the parent's and its own, joined by a dot. */
export const derived = 0xffffffff;
/** In `file`, `symbol` and `parent`: none. */
export const absent = 0xffffffff;

/** Beside each other, one entry a node. */
export interface NodeColumns {
  readonly kind: Uint32Array;
  readonly file: Uint32Array;
  readonly symbol: Uint32Array;
  readonly parent: Uint32Array;
  /** Number of a string: the symbol's name, or the path of a file or directory. */
  readonly name: Uint32Array;
  readonly qualified: Uint32Array;
  readonly start: Uint32Array;
  readonly end: Uint32Array;
}

export const nodeColumnNames = ['kind', 'file', 'symbol', 'parent', 'name', 'qualified', 'start', 'end'] as const;

/** The part of a file that becomes nodes. */
export interface FileOutline {
  readonly bytes: number;
  readonly symbols: readonly OutlineSymbol[];
}

interface OutlineSymbol {
  readonly kind: NodeKind;
  readonly symbol: number;
  /** Place among the outline's symbols, or -1. */
  readonly parent: number;
  readonly name: string;
  readonly qualifiedName: string;
  readonly start: number;
  readonly end: number;
}

const kindOfSymbol: ReadonlyMap<string, NodeKind> = new Map([
  ['class', 'class'],
  ['interface', 'class'],
  ['struct', 'class'],
  ['enum', 'class'],
  ['trait', 'class'],
  ['type', 'class'],
  ['module', 'class'],
  ['namespace', 'class'],
  ['function', 'function'],
  ['macro', 'function'],
  ['method', 'method'],
  ['constructor', 'method'],
  ['property', 'field'],
  ['field', 'field'],
  ['enum-member', 'field'],
  ['variable', 'global'],
  ['constant', 'global'],
]);

const callableKinds = new Set<NodeKind>(['function', 'method']);

/** Symbols of a file that are nodes: none of what is bound inside a function to a plain value, of prose or of data. */
export function outlineOf(found: readonly CodeSymbol[], links: FileLinks, bytes: number): FileOutline {
  const accessors = new Set(links.symbols.filter(({ accessor }) => accessor).map(({ symbol }) => symbol));
  const symbols: OutlineSymbol[] = [];
  const placeOf = new Int32Array(found.length).fill(-1);
  found.forEach(({ kind, name, qualifiedName, span, parent }, symbol) => {
    const place = parent < 0 ? -1 : (placeOf[parent] as number);
    const above = place < 0 ? undefined : symbols[place];
    let node = kindOfSymbol.get(kind);
    if (node === undefined) {
      if (parent >= 0) placeOf[symbol] = place;
      return;
    }
    if (node === 'global' && above !== undefined) {
      if (callableKinds.has(above.kind)) {
        // What is inside its value belongs to the function.
        placeOf[symbol] = place;
        return;
      }
      node = 'field';
    }
    if (node === 'field' && accessors.has(symbol)) node = 'method';
    if (node === 'function' && above?.kind === 'class' && kind === 'function') node = 'method';
    placeOf[symbol] = symbols.length;
    symbols.push({ kind: node, symbol, parent: place, name, qualifiedName, start: span.start, end: span.end });
  });
  return { bytes, symbols };
}

export class NodeTable {
  readonly strings: Strings;
  readonly columns: NodeColumns;
  readonly directoryCount: number;
  /** Node of each file, and the number of nodes at the end. */
  readonly firstNode: Uint32Array;
  #byName: { readonly starts: Uint32Array; readonly order: Uint32Array } | null = null;

  constructor(strings: Strings, columns: NodeColumns, directoryCount: number, firstNode: Uint32Array) {
    this.strings = strings;
    this.columns = columns;
    this.directoryCount = directoryCount;
    this.firstNode = firstNode;
  }

  get count(): number {
    return this.columns.kind.length;
  }

  get fileCount(): number {
    return this.firstNode.length - 1;
  }

  kind(node: number): NodeKind {
    return nodeKinds[this.columns.kind[node] as number] as NodeKind;
  }

  /** @param symbol index in the file's facts, or -1 for the file @returns -1 when it is no node */
  nodeOf(file: number, symbol: number): number {
    const first = this.firstNode[file] as number;
    if (symbol < 0) return first;
    let low = first + 1;
    let high = (this.firstNode[file + 1] as number) - 1;
    while (low <= high) {
      const middle = (low + high) >>> 1;
      const at = this.columns.symbol[middle] as number;
      if (at === symbol) return middle;
      if (at < symbol) low = middle + 1;
      else high = middle - 1;
    }
    return -1;
  }

  name(node: number): string {
    return this.strings.text(this.columns.name[node] as number);
  }

  qualifiedName(node: number): string {
    const { qualified, parent, symbol } = this.columns;
    if (symbol[node] === absent) return '';
    const stored = qualified[node] as number;
    if (stored !== derived) return this.strings.text(stored);
    const above = this.qualifiedName(parent[node] as number);
    return above === '' ? this.name(node) : `${above}.${this.name(node)}`;
  }

  /** Symbols with a name, ascending. */
  named(name: string): Uint32Array {
    const number = this.strings.find(name);
    if (number < 0) return new Uint32Array();
    this.#byName ??= this.#indexNames();
    const { starts, order } = this.#byName;
    if (number + 1 >= starts.length) return new Uint32Array();
    const found = order.subarray(starts[number] as number, starts[number + 1] as number);
    // Paths and names share the numbers of strings.
    return found.filter((node) => this.columns.symbol[node] !== absent);
  }

  #indexNames() {
    const starts = startsOf(this.columns.name, this.strings.count);
    return { starts, order: orderBy(this.columns.name, starts) };
  }
}

/** What a file's nodes are taken from. */
export type NodeSource =
  | { readonly kind: 'outline'; readonly outline: FileOutline }
  /** Its place in the table before. */
  | { readonly kind: 'before'; readonly file: number };

export function buildNodes(
  paths: readonly string[],
  sourceOf: (file: number) => NodeSource,
  before: NodeTable | null,
  strings: Strings,
): NodeTable {
  const columns = Object.fromEntries(nodeColumnNames.map((name) => [name, new Column(before?.count)])) as Record<
    (typeof nodeColumnNames)[number],
    Column
  >;
  const add = (kind: NodeKind, values: readonly number[]): void => {
    columns.kind.push(nodeKinds.indexOf(kind));
    values.forEach((value, at) => {
      columns[nodeColumnNames[at + 1] as 'file'].push(value);
    });
  };

  const directories = directoriesOf(paths);
  for (const path of directories.keys()) {
    const parent = path === '' ? absent : (directories.get(above(path)) as number);
    add('directory', [absent, absent, parent, strings.intern(path), derived, 0, 0]);
  }
  const firstNode = new Uint32Array(paths.length + 1);
  let around = '';
  let directory = directories.get('') as number;
  for (const [file, path] of paths.entries()) {
    const node = columns.kind.length;
    firstNode[file] = node;
    if (!isDirectlyIn(path, around)) {
      around = above(path);
      directory = directories.get(around) as number;
    }
    const source = sourceOf(file);
    if (source.kind === 'outline') {
      add('file', [file, absent, directory, strings.intern(path), derived, 0, source.outline.bytes]);
      for (const symbol of source.outline.symbols) {
        const parent = symbol.parent < 0 ? node : node + 1 + symbol.parent;
        const nameAbove = symbol.parent < 0 ? '' : `${source.outline.symbols[symbol.parent]?.qualifiedName}.`;
        const plain = symbol.qualifiedName === nameAbove + symbol.name;
        const qualified = plain ? derived : strings.intern(symbol.qualifiedName);
        add(symbol.kind, [
          file,
          symbol.symbol,
          parent,
          strings.intern(symbol.name),
          qualified,
          symbol.start,
          symbol.end,
        ]);
      }
    } else if (before !== null) copyNodes(before, source.file, { file, directory, node }, columns);
  }
  firstNode[paths.length] = columns.kind.length;
  const taken = Object.fromEntries(nodeColumnNames.map((name) => [name, columns[name].take()]));
  return new NodeTable(strings, taken as unknown as NodeColumns, directories.size, firstNode);
}

function copyNodes(
  before: NodeTable,
  from: number,
  to: { readonly file: number; readonly directory: number; readonly node: number },
  columns: Record<(typeof nodeColumnNames)[number], Column>,
): void {
  const start = before.firstNode[from] as number;
  const end = before.firstNode[from + 1] as number;
  for (const name of ['kind', 'symbol', 'name', 'qualified', 'start', 'end'] as const) {
    columns[name].append(before.columns[name].subarray(start, end));
  }
  columns.parent.push(to.directory);
  for (let node = start + 1; node < end; node++) {
    columns.parent.push((before.columns.parent[node] as number) - start + to.node);
  }
  for (let node = start; node < end; node++) columns.file.push(to.file);
}

const isDirectlyIn = (path: string, directory: string): boolean =>
  path.lastIndexOf('/') === (directory === '' ? -1 : directory.length) && path.startsWith(directory);

const above = (path: string): string => path.slice(0, Math.max(0, path.lastIndexOf('/')));

/** Directories that hold files, and those above them, ascending, by their number. */
function directoriesOf(paths: readonly string[]): Map<string, number> {
  const found = new Set(['']);
  let last = '';
  for (const path of paths) {
    // Neighbours mostly share their directory.
    if (isDirectlyIn(path, last)) continue;
    last = above(path);
    for (let at = last; !found.has(at); at = above(at)) found.add(at);
  }
  return new Map([...found].sort().map((path, number) => [path, number]));
}
