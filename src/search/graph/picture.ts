/**
 * An answer about the graph as a picture to draw: what leads to the node on its left, what it leads to on its right, a column for each step.
 */
import type { GraphEdge } from '../../index/mod.ts';
import { best } from './neighbours.ts';
import { relationTable } from './relations.ts';
import type { GraphAnswer, NodeInfo } from './types.ts';
import type { GraphView } from './view.ts';

export interface PictureNode {
  /** Shown when one points at the box. */
  readonly id: string;
  readonly title: string;
  /** Small, below the title; may be empty. */
  readonly where: string;
  /** 0 for the node that was asked about, -1 for what leads to it, 1 for what it leads to, and so on. */
  readonly column: number;
}

export interface PictureEdge {
  /** Places in the picture's nodes. */
  readonly from: number;
  readonly to: number;
  readonly kind: string;
  readonly state: string;
  /** Written beside the line; without one the kind is shown when one points at it. */
  readonly label?: string;
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
  const nodes: PictureNode[] = [];
  const numberOf = new Map<number, number>();
  const add = (info: NodeInfo, column: number): void => {
    numberOf.set(nodeNumber(view, info), nodes.length);
    nodes.push({ id: info.id, ...labelOf(info), column });
  };
  add(symbol, 0);
  const seen = new Set([symbol.id]);
  const kinds = new Set(answer.relations.flatMap(({ relation }) => relationTable[relation].kinds));
  for (const { relation, neighbours } of answer.relations) {
    const sign = relationTable[relation].direction === 'in' ? -1 : 1;
    for (const { node, distance } of neighbours) {
      if (seen.has(node.id)) continue;
      seen.add(node.id);
      add(node, sign * distance);
    }
  }
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
function labelOf({ kind, name, path }: NodeInfo): { title: string; where: string } {
  if (kind === 'directory' || kind === 'file') {
    const slash = path.lastIndexOf('/');
    return { title: path.slice(slash + 1) || '/', where: path.slice(0, Math.max(0, slash)) };
  }
  return { title: name, where: path };
}
