/**
 * The nearest chunks, whichever order their vectors lie in.
 *
 * Chunks that say the same are equally near, and which of several come last among the nearest would be a matter of where their vectors lie, so of the
 * order in which files were indexed. Where one more is as near as the last, all that are as near as it are left out; where that would leave less
 * than half, as in a repository with hundreds of equal functions, more are asked for and the first by path are taken.
 */
import type { ScanQuery } from '../../embed/mod.ts';
import type { ChunkVectors, NearChunk } from './blocks.ts';

/** Of more equally near ones it goes by where they lie: each costs a row that is read. */
const mostAsked = 20_000;
/** How many times more are asked for. */
const widening = 8;

/**
 * @param k at most so many
 * @param admits versions that filters let through; `null`: all
 * @param order of versions, by something that does not tell when they were indexed
 * @returns best first, then by `order`, then by place
 */
export function nearestSettled(
  vectors: ChunkVectors,
  query: ScanQuery,
  k: number,
  admits: ((version: number) => boolean) | null,
  order: (a: number, b: number) => number,
): NearChunk[] {
  for (let asked = k + 1; ; asked *= widening) {
    const found = vectors.nearest(query, asked, admits);
    const last = found.length < asked ? null : (found[asked - 1] as NearChunk);
    const clear = last === null ? found : found.filter(({ cosine }) => cosine > last.cosine);
    if (2 * clear.length < k && last !== null && asked * widening <= mostAsked) continue;
    const settled = [...(clear.length > 0 ? clear : found)].sort(
      (a, b) => b.cosine - a.cosine || (a.version === b.version ? a.chunk - b.chunk : order(a.version, b.version)),
    );
    return settled.slice(0, k);
  }
}
