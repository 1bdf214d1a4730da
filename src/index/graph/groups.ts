/**
 * Edges of a node by the node at their other end, while they are still numbers: a hub has tens of thousands, of which a page shows
 * fifty. Objects are made by who asks for the edges of a group.
 */
import { Column, orderBy, startsOf } from './columns.ts';
import { isAmbiguous, isObserved, isPartial, rankOf } from './flags.ts';
import type { EdgeColumns } from './tables.ts';

export interface Groups {
  /** Each node at another end once: those that are sure first, then by the rank of the likeliest edge, then as edges come. */
  readonly nodes: Uint32Array;
  /** Numbers of the edges to or from the node at a place in `nodes`. */
  edges(place: number): Uint32Array;
}

/** A rank has four bits; what is sure comes before all of them. */
const doubts = 17;

export function groupsOf(
  edges: EdgeColumns,
  node: number,
  direction: 'out' | 'in',
  admits: (flags: number) => boolean,
): Groups {
  const [start, end] = boundsOf(direction === 'out' ? edges.outStart : edges.inStart, node);
  const groups = new Map<number, number>();
  const [members, groupOf, others] = [new Column(end - start), new Column(end - start), new Column()];
  const order: number[] = [];
  let [last, group] = [-1, -1];
  for (let at = start; at < end; at++) {
    const edge = direction === 'out' ? at : (edges.inEdges[at] as number);
    const flags = edges.flags[edge] as number;
    if (!admits(flags)) continue;
    const other = direction === 'out' ? (edges.to[edge] as number) : sourceOf(edges.outStart, edge, last);
    if (other !== last) {
      group = groups.get(other) ?? groups.size;
      if (group === groups.size) {
        groups.set(other, group);
        others.push(other);
        order.push(Number.POSITIVE_INFINITY);
      }
      last = other;
    }
    members.push(edge);
    groupOf.push(group);
    order[group] = Math.min(order[group] as number, doubtOf(flags));
  }
  const starts = startsOf(groupOf.view(), others.length);
  const byGroup = orderBy(groupOf.view(), starts);
  const doubt = Uint32Array.from(order);
  const shown = orderBy(doubt, startsOf(doubt, doubts));
  return {
    nodes: shown.map((one) => others.at(one)),
    edges: (place) => {
      const one = shown[place] as number;
      return byGroup.slice(starts[one], starts[one + 1]).map((at) => members.at(at));
    },
  };
}

const boundsOf = (starts: Uint32Array, node: number): [number, number] => [
  starts[node] as number,
  starts[node + 1] as number,
];

/** What only a partial run took may rest on a guess, so it settles nothing. */
const doubtOf = (flags: number): number =>
  (isObserved(flags) && !isPartial(flags)) || !isAmbiguous(flags) ? 0 : 1 + rankOf(flags);

/**
 * The node whose edges hold one.
 *
 * @param near a node to look at first: edges to one node come by their sources, several of one together. Or -1
 */
export function sourceOf(outStart: Uint32Array, edge: number, near = -1): number {
  let low = 0;
  let high = outStart.length - 2;
  if (near >= 0 && (outStart[near] as number) <= edge) {
    if (edge < (outStart[near + 1] as number)) return near;
    low = near;
  }
  while (low < high) {
    const middle = (low + high + 1) >>> 1;
    if ((outStart[middle] as number) <= edge) low = middle;
    else high = middle - 1;
  }
  return low;
}
