/**
 * Walks from a node along one relation, breadth first: each node once, at its least distance, with the edges that led there.
 *
 * Edges of one kind between the same two nodes are one neighbour with several sites. The walk counts in the graph's columns; only what
 * is shown has its edges read and is described, so that a hub costs little more than its page.
 */
import type { EdgeGroups, EdgeState, GraphEdge, NodeKind } from '../../index/mod.ts';
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
  readonly groups: EdgeGroups;
  /** Place in `groups`. */
  readonly place: number;
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
  const { kinds, direction } = relationTable[relation];
  const filter = { kinds, ...(options.states === undefined ? {} : { states: options.states }) };
  const reached: Reached[] = [];
  const seen = new Set([start]);
  let frontier: { node: number; at: number }[] = [{ node: start, at: -1 }];
  for (let distance = 1; distance <= hops && frontier.length > 0; distance++) {
    const next: { node: number; at: number }[] = [];
    for (const { node, at } of frontier) {
      options.signal?.throwIfAborted();
      const groups = view.graph.groups(node, direction, filter);
      for (let place = 0; place < groups.nodes.length; place++) {
        const other = groups.nodes[place] as number;
        if (seen.has(other)) continue;
        if (reached.length >= mostReached) return { reached, partial: true };
        seen.add(other);
        next.push({ node: other, at: reached.length });
        reached.push({ node: other, distance, via: at, groups, place });
      }
    }
    frontier = next;
  }
  return { reached, partial: false };
}

const stateOrder: readonly EdgeState[] = ['observed', 'resolved', 'ambiguous'];

/** The surest edge of a group. */
export function best(edges: readonly GraphEdge[]): GraphEdge {
  if (edges.length === 1) return edges[0] as GraphEdge;
  const order = ({ state, rank, partial }: GraphEdge): number =>
    stateOrder.indexOf(state) * 100 + (partial ? 50 : 0) + rank;
  return edges.reduce((found, edge) => (order(edge) < order(found) ? edge : found));
}

function described(view: GraphView, one: Reached, sites: number, via: number): Neighbour {
  const edges = one.groups.edges(one.place);
  const { kind, state, partial, rule, rank } = best(edges);
  const read = edges.slice(0, sites).map((edge) => view.site(edge));
  return {
    node: view.info(one.node),
    distance: one.distance,
    via,
    kind,
    state,
    partial,
    rule,
    rank,
    sites: read.filter((site) => site !== null),
    siteCount: edges.filter(({ site }) => site !== null).length,
  };
}
