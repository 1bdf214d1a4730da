/**
 * Personalised PageRank over weighted edges in flat columns: where somebody ends who follows references, and starts again at what was asked for.
 */
import { pageRank } from './weights.ts';

export interface WeightedEdges {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  readonly weight: Float64Array;
}

/**
 * Page et al. 1999; nodes without edges out give their rank to where walks start, as in networkx.
 *
 * @param starts weight of each node as a start, at least one of them positive
 * @returns rank of each node; they sum to 1
 */
export function rankNodes({ from, to, weight }: WeightedEdges, starts: Float64Array): Float64Array {
  const count = starts.length;
  const startSum = starts.reduce((sum, one) => sum + one, 0);
  const start = starts.map((one) => one / startSum);
  const out = new Float64Array(count);
  for (let edge = 0; edge < from.length; edge++)
    out[from[edge] as number] = (out[from[edge] as number] as number) + (weight[edge] as number);
  let rank = Float64Array.from(start);
  for (let round = 0; round < pageRank.rounds; round++) {
    const next = new Float64Array(count);
    let idle = 0;
    for (let node = 0; node < count; node++) if (out[node] === 0) idle += rank[node] as number;
    for (let edge = 0; edge < from.length; edge++) {
      const source = from[edge] as number;
      const target = to[edge] as number;
      const share = ((rank[source] as number) * (weight[edge] as number)) / (out[source] as number);
      next[target] = (next[target] as number) + share;
    }
    let moved = 0;
    for (let node = 0; node < count; node++) {
      const given = (next[node] as number) + idle * (start[node] as number);
      next[node] = pageRank.damping * given + (1 - pageRank.damping) * (start[node] as number);
      moved += Math.abs((next[node] as number) - (rank[node] as number));
    }
    rank = next;
    if (moved < pageRank.tolerance) break;
  }
  return rank;
}
