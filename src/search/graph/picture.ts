/**
 * An answer about the graph as a picture to draw: what leads to the node on its left, what it leads to on its right, a column for each step.
 */
import type { GraphEdge } from '../../index/mod.ts';
import { best } from './neighbours.ts';
import { relationTable } from './relations.ts';
import type { GraphAnswer, NodeInfo } from './types.ts';
import type { GraphView } from './view.ts';

export interface PictureNode {
  readonly info: NodeInfo;
  /** 0 for the node that was asked about, -1 for what leads to it, 1 for what it leads to, and so on. */
  readonly column: number;
}

export interface PictureEdge {
  /** Places in the picture's nodes. */
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly state: string;
}

export interface Picture {
  readonly nodes: readonly PictureNode[];
  readonly edges: readonly PictureEdge[];
}

/** Edges among the shown nodes are looked for from each of them; more than this many edges out of one are not looked through. */
const mostEdgesOut = 2_000;

/** Nodes and edges of an answer, with the edges of the same kinds between any two of its nodes. */
export function pictureOf(view: GraphView, answer: GraphAnswer): Picture {
  const { symbol } = answer;
  if (symbol === null) return { nodes: [], edges: [] };
  const nodes: PictureNode[] = [{ info: symbol, column: 0 }];
  const placeOf = new Map<string, number>([[symbol.id, 0]]);
  const kinds = new Set(answer.relations.flatMap(({ relation }) => relationTable[relation].kinds));
  for (const { relation, neighbours } of answer.relations) {
    const sign = relationTable[relation].direction === 'in' ? -1 : 1;
    for (const { node, distance } of neighbours) {
      if (placeOf.has(node.id)) continue;
      placeOf.set(node.id, nodes.length);
      nodes.push({ info: node, column: sign * distance });
    }
  }
  const numberOf = new Map<number, number>();
  for (const [place, { info }] of nodes.entries()) numberOf.set(nodeNumber(view, info), place);
  const edges: PictureEdge[] = [];
  for (const [number, from] of numberOf) {
    const groups = new Map<string, GraphEdge[]>();
    for (const edge of view.graph.out(number, { kinds: [...kinds], limit: mostEdgesOut })) {
      const to = numberOf.get(edge.to);
      if (to === undefined || to === from) continue;
      const key = `${to} ${edge.kind}`;
      const group = groups.get(key);
      if (group === undefined) groups.set(key, [edge]);
      else group.push(edge);
    }
    for (const group of groups.values()) {
      const { kind, state, to } = best(group);
      edges.push({ from, to: numberOf.get(to) as number, kind, state });
    }
  }
  return { nodes, edges };
}

function nodeNumber(view: GraphView, { id, kind, path }: NodeInfo): number {
  if (kind === 'directory') return view.graph.directory(path);
  if (kind === 'file') return view.graph.nodeOf(path, -1);
  return view.numberOf(id);
}

/** What stands in a box: the name, and where it is. */
export function labelOf({ kind, name, path }: NodeInfo): { title: string; where: string } {
  if (kind === 'directory' || kind === 'file') {
    const slash = path.lastIndexOf('/');
    return { title: path.slice(slash + 1) || '/', where: path.slice(0, Math.max(0, slash)) };
  }
  return { title: name, where: path };
}
