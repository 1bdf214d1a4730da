/** A graph as the layers above read it, over flat columns: a walk is array reads, and objects are made only of what is asked for. */
import type { Completeness, FileRecord } from '../types.ts';
import { orderBy, startsOf } from './columns.ts';
import { isAmbiguous, isObserved, isPartial, kindOf, lengthOf, rankOf, ruleOf, stateOf } from './flags.ts';
import { groupsOf, sourceOf } from './groups.ts';
import { siteReasons } from './linked.ts';
import { absent } from './nodes.ts';
import { countNames, type GraphTables } from './tables.ts';
import {
  type EdgeFilter,
  type EdgeGroups,
  type EdgeKind,
  type EdgeState,
  edgeKinds,
  edgeStates,
  type Graph,
  type GraphEdge,
  type GraphNode,
  type GraphStatistics,
  type UnresolvedSite,
} from './types.ts';

const containsNumber = edgeKinds.indexOf('contains');

export class TableGraph implements Graph {
  readonly files: readonly FileRecord[];
  readonly completeness: Completeness;
  readonly #tables: GraphTables;
  #children: { readonly starts: Uint32Array; readonly order: Uint32Array } | null = null;
  #fileOf: Map<string, number> | null = null;

  /** @param files those that the tables were built from, in their order */
  constructor(tables: GraphTables, files: readonly FileRecord[], completeness: Completeness) {
    this.#tables = tables;
    this.files = files;
    this.completeness = completeness;
  }

  get nodeCount(): number {
    return this.#tables.nodes.count;
  }

  get edgeCount(): number {
    // Every node but the root is contained in another.
    return this.#tables.edges.to.length + this.nodeCount - 1;
  }

  node(id: number): GraphNode {
    const { nodes } = this.#tables;
    const { columns } = nodes;
    this.#check(id);
    const kind = nodes.kind(id);
    const file = columns.file[id] as number;
    const isSymbol = columns.symbol[id] !== absent;
    const path = isSymbol ? (this.files[file] as FileRecord).path : nodes.name(id);
    return {
      id,
      kind,
      path,
      symbol: isSymbol ? (columns.symbol[id] as number) : -1,
      name: isSymbol ? nodes.name(id) : path.slice(path.lastIndexOf('/') + 1),
      qualifiedName: nodes.qualifiedName(id),
      span: { start: columns.start[id] as number, end: columns.end[id] as number },
    };
  }

  nodeOf(path: string, symbol: number): number {
    this.#fileOf ??= new Map(this.files.map((file, number) => [file.path, number]));
    const file = this.#fileOf.get(path);
    return file === undefined ? -1 : this.#tables.nodes.nodeOf(file, symbol);
  }

  directory(path: string): number {
    const { nodes } = this.#tables;
    const number = nodes.strings.find(path);
    if (number < 0) return -1;
    return nodes.columns.name.subarray(0, nodes.directoryCount).indexOf(number);
  }

  named(name: string): readonly number[] {
    return Array.from(this.#tables.nodes.named(name));
  }

  out(node: number, filter: EdgeFilter = {}): GraphEdge[] {
    return this.#give(node, filter, 'out');
  }

  in(node: number, filter: EdgeFilter = {}): GraphEdge[] {
    return this.#give(node, filter, 'in');
  }

  countOut(node: number, filter: EdgeFilter = {}): number {
    return this.#count(node, filter, 'out');
  }

  countIn(node: number, filter: EdgeFilter = {}): number {
    return this.#count(node, filter, 'in');
  }

  groups(node: number, direction: 'out' | 'in', filter: Pick<EdgeFilter, 'kinds' | 'states'> = {}): EdgeGroups {
    this.#check(node);
    const admits = admitting(filter);
    if (admits.contains) return eachAlone(this.#give(node, filter, direction), direction);
    const { nodes, edges } = groupsOf(this.#tables.edges, node, direction, admits.flags);
    return { nodes, edges: (at) => Array.from(edges(at), (id) => this.#edge(id, direction === 'out' ? node : -1)) };
  }

  unresolvedCalls(name: string): { external: number; unknown: number; ambiguous: number } {
    const counts = { external: 0, unknown: 0, ambiguous: 0 };
    const { open, nodes } = this.#tables;
    const number = nodes.strings.find(name);
    if (number < 0) return counts;
    for (let at = open.name.indexOf(number); at >= 0; at = open.name.indexOf(number, at + 1)) {
      counts[siteReasons[(open.traits[at] as number) & 3] as keyof typeof counts]++;
    }
    return counts;
  }

  unresolvedSites(name: string, filter: { readonly offset?: number; readonly limit?: number } = {}): UnresolvedSite[] {
    const { open, nodes } = this.#tables;
    const number = nodes.strings.find(name);
    const sites: UnresolvedSite[] = [];
    let skip = filter.offset ?? 0;
    const limit = filter.limit ?? Number.POSITIVE_INFINITY;
    if (number < 0) return sites;
    for (let at = open.name.indexOf(number); at >= 0 && sites.length < limit; at = open.name.indexOf(number, at + 1)) {
      const traits = open.traits[at] as number;
      const reason = siteReasons[traits & 3];
      if (reason === undefined || reason === 'ambiguous' || skip-- > 0) continue;
      const start = open.site[at] as number;
      sites.push({ from: open.from[at] as number, name, site: { start, end: start + (traits >>> 2) }, reason });
    }
    return sites;
  }

  statistics(): readonly GraphStatistics[] {
    const { files, nodes } = this.#tables;
    const byLanguage = new Map<number, number[]>();
    for (const [file, language] of files.language.entries()) {
      const sums = byLanguage.get(language) ?? [0, ...countNames.map(() => 0)];
      sums[0] = (sums[0] as number) + 1;
      for (const at of countNames.keys()) {
        sums[at + 1] = (sums[at + 1] as number) + (files.counts[file * countNames.length + at] as number);
      }
      byLanguage.set(language, sums);
    }
    return [...byLanguage]
      .map(([language, [count = 0, callSites = 0, resolved = 0, ambiguous = 0, external = 0, unknown = 0]]) => {
        return {
          language: nodes.strings.text(language),
          files: count,
          callSites,
          resolved,
          ambiguous,
          external,
          unknown,
        };
      })
      .sort((a, b) => b.callSites - a.callSites || b.files - a.files || (a.language < b.language ? -1 : 1));
  }

  #check(node: number): void {
    if (!Number.isInteger(node) || node < 0 || node >= this.nodeCount) {
      throw new Error(`no node ${node} among ${this.nodeCount}`);
    }
  }

  #give(node: number, filter: EdgeFilter, direction: 'out' | 'in'): GraphEdge[] {
    this.#check(node);
    const admits = admitting(filter);
    const given: GraphEdge[] = [];
    let skip = filter.offset ?? 0;
    const limit = filter.limit ?? Number.POSITIVE_INFINITY;
    if (limit <= 0) return given;
    if (admits.contains) {
      for (const edge of this.#containing(node, direction)) {
        if (!admits.state(edge.state) || skip-- > 0) continue;
        given.push(edge);
        if (given.length >= limit) return given;
      }
      skip = Math.max(0, skip);
    }
    const { edges } = this.#tables;
    const [starts, list] = direction === 'out' ? [edges.outStart, null] : [edges.inStart, edges.inEdges];
    const end = starts[node + 1] as number;
    for (let at = starts[node] as number; at < end; at++) {
      const edge = list === null ? at : (list[at] as number);
      if (!admits.flags(edges.flags[edge] as number) || skip-- > 0) continue;
      given.push(this.#edge(edge, direction === 'out' ? node : -1));
      if (given.length >= limit) break;
    }
    return given;
  }

  #count(node: number, filter: EdgeFilter, direction: 'out' | 'in'): number {
    this.#check(node);
    const admits = admitting(filter);
    const containing = admits.contains ? this.#containing(node, direction) : [];
    let count = containing.filter(({ state }) => admits.state(state)).length;
    const { edges } = this.#tables;
    const [starts, list] = direction === 'out' ? [edges.outStart, null] : [edges.inStart, edges.inEdges];
    const end = starts[node + 1] as number;
    for (let at = starts[node] as number; at < end; at++) {
      if (admits.flags(edges.flags[list === null ? at : (list[at] as number)] as number)) count++;
    }
    return count;
  }

  /** @param from its source, if known, or -1 */
  #edge(id: number, from: number): GraphEdge {
    const { edges } = this.#tables;
    const flags = edges.flags[id] as number;
    const kind = kindOf(flags);
    const start = edges.site[id] as number;
    return {
      id,
      kind,
      state: stateOf(flags),
      partial: isPartial(flags),
      from: from >= 0 ? from : sourceOf(edges.outStart, id),
      to: edges.to[id] as number,
      site: kind === 'overrides' || lengthOf(flags) === 0 ? null : { start, end: start + lengthOf(flags) },
      rule: ruleOf(flags),
      rank: rankOf(flags),
    };
  }

  /** What the text contains, and then what hangs on a type from outside of it. */
  #containing(node: number, direction: 'out' | 'in'): GraphEdge[] {
    return [...this.#written(node, direction), ...this.#hung(node, direction)];
  }

  /** In the columns the member leads to its type, since edges are those of the file that they are found in. */
  #hung(node: number, direction: 'out' | 'in'): GraphEdge[] {
    const { edges } = this.#tables;
    const hung: GraphEdge[] = [];
    const [starts, list] = direction === 'out' ? [edges.inStart, edges.inEdges] : [edges.outStart, null];
    const end = starts[node + 1] as number;
    for (let at = starts[node] as number; at < end; at++) {
      const id = list === null ? at : (list[at] as number);
      if (((edges.flags[id] as number) & 7) !== containsNumber) continue;
      const edge = this.#edge(id, -1);
      hung.push({ ...edge, from: edge.to, to: edge.from });
    }
    return hung;
  }

  /** That the text contains something is no column: parents say it. Its edges are numbered behind all others, by the node that is contained. */
  #written(node: number, direction: 'out' | 'in'): GraphEdge[] {
    const { columns } = this.#tables.nodes;
    const edge = (to: number): GraphEdge => ({
      id: this.#tables.edges.to.length + to - 1,
      kind: 'contains',
      state: 'resolved',
      partial: false,
      from: columns.parent[to] as number,
      to,
      site: null,
      rule: 'structure',
      rank: 0,
    });
    if (direction === 'in') return columns.parent[node] === absent ? [] : [edge(node)];
    if (this.#children === null) {
      // Nodes without a parent, which is the root, make a group of their own behind the others.
      const groups = columns.parent.map((parent) => (parent === absent ? this.nodeCount : parent));
      const starts = startsOf(groups, this.nodeCount + 1);
      this.#children = { starts, order: orderBy(groups, starts) };
    }
    const { starts, order } = this.#children;
    return Array.from(order.subarray(starts[node] as number, starts[node + 1] as number), edge);
  }
}

/** Where what contains what is asked for as well; a node is contained a few times at most, so there is little to group. */
function eachAlone(edges: readonly GraphEdge[], direction: 'out' | 'in'): EdgeGroups {
  const groups = new Map<number, GraphEdge[]>();
  for (const edge of edges) {
    const other = direction === 'out' ? edge.to : edge.from;
    const known = groups.get(other);
    if (known === undefined) groups.set(other, [edge]);
    else known.push(edge);
  }
  const lists = [...groups.values()];
  return { nodes: Uint32Array.from(groups.keys()), edges: (at) => lists[at] as GraphEdge[] };
}

interface Admits {
  readonly contains: boolean;
  state(state: EdgeState): boolean;
  /** Of edges other than `contains`. */
  flags(flags: number): boolean;
}

function admitting({ kinds, states }: EdgeFilter): Admits {
  const kindSet = kinds === undefined ? null : new Set(kinds.map((kind: EdgeKind) => edgeKinds.indexOf(kind)));
  const stateSet = new Set(states ?? edgeStates);
  return {
    contains: kindSet?.has(containsNumber) ?? false,
    state: (state) => stateSet.has(state),
    flags: (flags) => {
      if ((flags & 7) === containsNumber) return false;
      if (kindSet !== null && !kindSet.has(flags & 7)) return false;
      if (states === undefined) return true;
      // An observed edge is still what it was resolved to be.
      return stateSet.has(isObserved(flags) ? 'observed' : isAmbiguous(flags) ? 'ambiguous' : 'resolved');
    },
  };
}
