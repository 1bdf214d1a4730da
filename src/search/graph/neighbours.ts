/**
 * Walks from a node along one relation, breadth first: each node once, at its least distance, with the edges that led there.
 *
 * Edges of one kind between the same two nodes are one neighbour with several sites. Only what is shown is
 * described (its file read), so that a hub costs what its page costs.
 */
import type { EdgeState, GraphEdge, NodeKind } from '../../index/mod.ts';
import { relationTable } from './relations.ts';
import type { Neighbour, Relation, RelationAnswer } from './types.ts';
import type { GraphView } from './view.ts';

export interface WalkOptions {
  /** Steps, in [1, 20]; default 1. */
  readonly hops?: number;
  /** Neighbours to skip and to give; default 0 and 50. */
  readonly offset?: number;
  readonly limit?: number;
  /** Only edges in these states; default all. */
  readonly states?: readonly EdgeState[];
  /** Only nodes of these kinds are given; the walk goes through others all the same. Default all. */
  readonly nodes?: readonly NodeKind[];
  /** Only nodes whose path passes are given. */
  readonly admit?: (path: string) => boolean;
  /** Sites to read for each neighbour, in [0, 20]; default 3. */
  readonly sites?: number;
  readonly signal?: AbortSignal;
}

/** Nodes that one walk may reach: enough for any reader, and what a few milliseconds find. */
const mostReached = 100_000;

interface Reached {
  readonly node: number;
  readonly distance: number;
  /** Place in the list of what was reached, or -1. */
  readonly via: number;
  readonly edges: readonly GraphEdge[];
}

export function neighbours(
  view: GraphView,
  start: number,
  relation: Relation,
  options: WalkOptions = {},
): RelationAnswer {
  const { hops = 1, offset = 0, limit = 50, sites = 3 } = options;
  const { reached, partial } = walk(view, start, relation, hops, options);
  const admitted = reached.filter(({ node }) => isAdmitted(view, node, options));
  const total = admitted.filter(({ distance }) => distance === 1).length;
  const page = admitted.slice(offset, offset + limit);
  const placeOf = new Map(page.map((one, at) => [one, at]));
  return {
    relation,
    neighbours: page.map((one) => described(view, one, sites, nearestShown(reached, one, placeOf))),
    total,
    reached: admitted.length,
    partial: partial || offset + page.length < admitted.length,
  };
}

/** The nearest node on the way back that is in the page. */
function nearestShown(reached: readonly Reached[], one: Reached, placeOf: ReadonlyMap<Reached, number>): number {
  for (let at = one.via; at >= 0; ) {
    const before = reached[at] as Reached;
    const place = placeOf.get(before);
    if (place !== undefined) return place;
    at = before.via;
  }
  return -1;
}

function isAdmitted(view: GraphView, node: number, { nodes, admit }: WalkOptions): boolean {
  if (nodes === undefined && admit === undefined) return true;
  const { kind, path } = view.graph.node(node);
  return (nodes?.includes(kind) ?? true) && (admit?.(path) ?? true);
}

function walk(view: GraphView, start: number, relation: Relation, hops: number, options: WalkOptions) {
  const reached: Reached[] = [];
  const seen = new Set([start]);
  let frontier: { node: number; at: number }[] = [{ node: start, at: -1 }];
  for (let distance = 1; distance <= hops && frontier.length > 0; distance++) {
    const next: { node: number; at: number }[] = [];
    for (const { node, at } of frontier) {
      options.signal?.throwIfAborted();
      for (const [other, edges] of grouped(view, node, relation, options.states)) {
        if (seen.has(other)) continue;
        if (reached.length >= mostReached) return { reached, partial: true };
        seen.add(other);
        next.push({ node: other, at: reached.length });
        reached.push({ node: other, distance, via: at, edges });
      }
    }
    frontier = next;
  }
  return { reached, partial: false };
}

/** Neighbours by one step with their edges: surest first, then as the graph orders them. */
export function grouped(
  view: GraphView,
  node: number,
  relation: Relation,
  states?: readonly EdgeState[],
): [number, GraphEdge[]][] {
  const { kinds, direction } = relationTable[relation];
  const filter = { kinds, ...(states === undefined ? {} : { states }) };
  const edges = direction === 'out' ? view.graph.out(node, filter) : view.graph.in(node, filter);
  const groups = new Map<number, GraphEdge[]>();
  for (const edge of edges) {
    const other = direction === 'out' ? edge.to : edge.from;
    const group = groups.get(other);
    if (group === undefined) groups.set(other, [edge]);
    else group.push(edge);
  }
  // By bucket instead of by comparison: a hub has 50,000 groups, nearly all of them sure.
  const byDoubt: [number, GraphEdge[]][][] = [];
  for (const group of groups) {
    const { state, rank } = best(group[1]);
    const doubt = state === 'ambiguous' ? 1 + rank : 0;
    byDoubt[doubt] ??= [];
    byDoubt[doubt].push(group);
  }
  return byDoubt.flat();
}

const stateOrder: readonly EdgeState[] = ['observed', 'resolved', 'ambiguous'];

/** The surest edge of a group. */
export function best(edges: readonly GraphEdge[]): GraphEdge {
  if (edges.length === 1) return edges[0] as GraphEdge;
  const order = ({ state, rank }: GraphEdge): number => stateOrder.indexOf(state) * 100 + rank;
  return edges.reduce((found, edge) => (order(edge) < order(found) ? edge : found));
}

function described(view: GraphView, one: Reached, sites: number, via: number): Neighbour {
  const { kind, state, rule, rank } = best(one.edges);
  const read = one.edges.slice(0, sites).map((edge) => view.site(edge));
  return {
    node: view.info(one.node),
    distance: one.distance,
    via,
    kind,
    state,
    rule,
    rank,
    sites: read.filter((site) => site !== null),
    siteCount: one.edges.filter(({ site }) => site !== null).length,
  };
}
