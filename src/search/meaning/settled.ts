/**
 * The nearest chunks, whichever order their vectors lie in.
 *
 * Chunks that say the same are equally near, and which of several come last among the nearest would be a matter of where their vectors lie, so of the
 * order in which files were indexed. Where one more is as near as the last, all that are as near as it are left out; where that would leave less
 * than half, as in a repository with hundreds of equal functions, more are asked for and the first by path are taken.
 */
import type { NearChunk } from './blocks.ts';

/** Of more equally near ones it goes by where they lie: each costs a row that is read. */
const mostAsked = 20_000;
/** How many times more are asked for. */
const widening = 8;

/**
 * @param found the nearest, best first, one more than `k` where there are so many
 * @param nearest gives more of them
 * @param order of versions, by something that does not tell when they were indexed
 * @returns `k` at most, best first, then by `order`, then by place
 */
export function settled(
  found: readonly NearChunk[],
  k: number,
  nearest: (asked: number) => readonly NearChunk[],
  order: (a: number, b: number) => number,
): NearChunk[] {
  for (let near = found, asked = k + 1; ; near = nearest(asked)) {
    const last = near[asked - 1];
    const clear = last === undefined ? near : near.filter(({ cosine }) => cosine > last.cosine);
    if (2 * clear.length < k && last !== undefined && asked * widening <= mostAsked) {
      asked *= widening;
      continue;
    }
    return [...(clear.length > 0 ? clear : near)]
      .sort(
        (a, b) => b.cosine - a.cosine || (a.version === b.version ? a.chunk - b.chunk : order(a.version, b.version)),
      )
      .slice(0, k);
  }
}
