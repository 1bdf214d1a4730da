/**
 * A graph together with the snapshot it was built from: nodes as people see them. What is asked of a node beyond
 * its numbers (id, lines, signature, source) is read here, when it is shown, and from the file as it was indexed.
 */
import { type LineRange, lineAt } from '../../base/mod.ts';
import type { Symbol as CodeSymbol } from '../../code/mod.ts';
import type { Graph, GraphEdge, Snapshot } from '../../index/mod.ts';
import { idOf, parseId, symbolOf } from '../ids.ts';
import { Reader, rangeOf, signatureText, slice, type Text } from '../reader.ts';
import type { NodeInfo, SiteInfo } from './types.ts';

/** Units of a source line that are shown beside an edge. */
const siteUnits = 160;

export class GraphView {
  readonly graph: Graph;
  readonly reader: Reader;
  /** Ids count the definitions before them: in a large file that is worth doing once. */
  readonly #ids = new Map<number, string>();

  constructor(graph: Graph, snapshot: Snapshot) {
    this.graph = graph;
    this.reader = new Reader(snapshot);
  }

  /** The file's text as indexed, or `null` when it has changed since or the node is a directory. */
  text(node: number): Text | null {
    const file = this.reader.snapshot.file(this.graph.node(node).path);
    return file === null ? null : this.reader.text(file);
  }

  symbol(node: number): CodeSymbol | null {
    const { path, symbol } = this.graph.node(node);
    const file = symbol < 0 ? null : this.reader.snapshot.file(path);
    return file === null ? null : (this.reader.facts(file.version).symbols[symbol] ?? null);
  }

  id(node: number): string {
    const known = this.#ids.get(node);
    if (known !== undefined) return known;
    const id = this.#idOf(node);
    this.#ids.set(node, id);
    return id;
  }

  #idOf(node: number): string {
    const { kind, path, symbol } = this.graph.node(node);
    if (kind === 'directory') return `${path}/`;
    const file = symbol < 0 ? null : this.reader.snapshot.file(path);
    return file === null ? path : idOf(path, this.reader.facts(file.version), symbol);
  }

  /** The node of an exact id of a definition, or -1. */
  numberOf(id: string): number {
    const parsed = parseId(id);
    const file = parsed?.kind === 'symbol' ? this.reader.snapshot.file(parsed.path) : null;
    if (parsed?.kind !== 'symbol' || file === null) return -1;
    return this.graph.nodeOf(file.path, symbolOf(this.reader.facts(file.version), parsed.name, parsed.ordinal));
  }

  lines(node: number): LineRange | null {
    const { kind, span } = this.graph.node(node);
    const text = kind === 'directory' ? null : this.text(node);
    return text === null ? null : rangeOf(text, kind === 'file' ? { start: 0, end: text.bytes.length } : span);
  }

  signature(node: number): string | null {
    const symbol = this.symbol(node);
    const text = symbol === null ? null : this.text(node);
    return symbol === null || text === null ? null : signatureText(text, symbol.signature);
  }

  source(node: number): string | null {
    const { kind, span } = this.graph.node(node);
    const text = kind === 'directory' ? null : this.text(node);
    return text === null ? null : slice(text, kind === 'file' ? { start: 0, end: text.bytes.length } : span);
  }

  info(node: number): NodeInfo {
    const { kind, path, qualifiedName } = this.graph.node(node);
    return {
      id: this.id(node),
      kind,
      name: qualifiedName === '' ? path : qualifiedName,
      path,
      lines: this.lines(node),
      signature: this.signature(node),
    };
  }

  /** @returns `null` when the edge stands nowhere in the source, or that file has changed since it was indexed */
  site(edge: GraphEdge): SiteInfo | null {
    const text = edge.site === null ? null : this.text(edge.from);
    if (edge.site === null || text === null) return null;
    const line = lineAt(text.starts, edge.site.start);
    const end = text.starts[line] ?? text.bytes.length;
    const written = slice(text, { start: text.starts[line - 1] as number, end }).trim();
    const shown = written.length <= siteUnits ? written : `${written.slice(0, siteUnits - 1)}…`;
    return { line, text: shown, state: edge.state };
  }
}
