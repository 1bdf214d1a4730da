/**
 * The best of many scores, and the nearest of many distances, in the order that ties are offered.
 *
 * Distances are small whole numbers, so counting some of them tells how far to look; scores go through a heap whose worst is its root.
 */

/** The `k` highest of the numbers offered; of equal ones, those offered first. */
export class BestScores {
  readonly #k: number;
  readonly #scores: Float64Array;
  readonly #ids: Float64Array;
  readonly #turns: Float64Array;
  #count = 0;
  #turn = 0;
  /** What a score must exceed. */
  floor = Number.NEGATIVE_INFINITY;

  /** @param k at least 1 */
  constructor(k: number) {
    this.#k = k;
    this.#scores = new Float64Array(k);
    this.#ids = new Float64Array(k);
    this.#turns = new Float64Array(k);
  }

  offer(score: number, id: number): void {
    if (score <= this.floor) return;
    let at = this.#count;
    if (at < this.#k) this.#count++;
    else at = this.#sink();
    const turn = this.#turn++;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      if (!this.#isWorse(score, turn, parent)) break;
      this.#move(parent, at);
      at = parent;
    }
    this.#scores[at] = score;
    this.#ids[at] = id;
    this.#turns[at] = turn;
    if (this.#count === this.#k) this.floor = this.#scores[0] as number;
  }

  /** Takes the worst out. @returns the hole that is left at the bottom */
  #sink(): number {
    let at = 0;
    for (;;) {
      let child = 2 * at + 1;
      if (child >= this.#count) return at;
      if (
        child + 1 < this.#count &&
        this.#isWorse(this.#scores[child + 1] as number, this.#turns[child + 1] as number, child)
      )
        child++;
      this.#move(child, at);
      at = child;
    }
  }

  /** Whether a score would stand nearer the root than the entry `at`: lower, or as low and later. */
  #isWorse(score: number, turn: number, at: number): boolean {
    const other = this.#scores[at] as number;
    return score < other || (score === other && turn > (this.#turns[at] as number));
  }

  #move(from: number, to: number): void {
    this.#scores[to] = this.#scores[from] as number;
    this.#ids[to] = this.#ids[from] as number;
    this.#turns[to] = this.#turns[from] as number;
  }

  /** Best first. */
  sorted(): { readonly id: number; readonly score: number }[] {
    return Array.from({ length: this.#count }, (_, at) => at)
      .sort(
        (a, b) =>
          (this.#scores[b] as number) - (this.#scores[a] as number) ||
          (this.#turns[a] as number) - (this.#turns[b] as number),
      )
      .map((at) => ({ id: this.#ids[at] as number, score: this.#scores[at] as number }));
  }
}

/** Every so many distances are looked at to guess how far the nearest lie: counting all of a million takes as long as finding them. */
const sampled = 16;
/** So much more is guessed than wanted that a second look is rare; with 1,000 wanted the guess is off by an eighth at most, nearly always. */
const margin = 1.5;

/** Distances of rows, by the number of the first: several blocks are looked at as one. */
export interface DistanceRun {
  readonly first: number;
  readonly distances: Uint16Array;
  /** Calls `use` with the places of distances up to `reach`, ascending, and these distances. */
  readonly within: (reach: number, use: (at: number, distance: number) => void) => void;
}

/**
 * The rows nearest by whole-number distance. Which rows they are does not hang on their order, since that tells when files were indexed: of those as far
 * as the last one all are taken, up to twice as many as wanted, or else none. Only where most are equally far, those that come first are.
 *
 * @param wanted at least one, and at most so many unless some are equally far
 * @param top largest distance
 * @returns numbers of the rows, in the order of the runs
 */
export function nearestRows(runs: readonly DistanceRun[], wanted: number, top: number): number[] {
  const total = runs.reduce((sum, { distances }) => sum + distances.length, 0);
  let reach = total <= wanted * sampled ? top : reachOf(countsOf(runs, sampled, top), (wanted * margin) / sampled);
  for (;;) {
    const rows: number[] = [];
    const counts = new Uint32Array(top + 1);
    const found: number[] = [];
    for (const { first, within } of runs) {
      within(reach, (at, distance) => {
        rows.push(first + at);
        found.push(distance);
        counts[distance] = (counts[distance] as number) + 1;
      });
    }
    if (rows.length < wanted && reach < top) {
      reach = top;
      continue;
    }
    const within = reachOf(counts, wanted);
    const nearer = counts.subarray(0, within + 1).reduce((sum, count) => sum + count, 0);
    let more = nearer === wanted ? 0 : takenOf(nearer, counts[within + 1] ?? 0, wanted);
    return rows.filter((_, at) => {
      const distance = found[at] as number;
      return distance <= within || (distance === within + 1 && more-- > 0);
    });
  }
}

/** How many of equally far or equally good ones are taken where fewer than wanted are better. */
export function takenOf(better: number, equal: number, wanted: number): number {
  if (better + equal <= 2 * wanted) return equal;
  return 2 * better >= wanted ? 0 : wanted - better;
}

function countsOf(runs: readonly DistanceRun[], step: number, top: number): Uint32Array {
  const counts = new Uint32Array(top + 1);
  for (const { distances } of runs) {
    for (let i = 0; i < distances.length; i += step) {
      const distance = distances[i] as number;
      counts[distance] = (counts[distance] as number) + 1;
    }
  }
  return counts;
}

/** The largest distance that holds, with all below it, no more than `wanted`. */
function reachOf(counts: Uint32Array, wanted: number): number {
  let sum = 0;
  for (const [distance, count] of counts.entries()) {
    if (sum + count > wanted) return distance - 1;
    sum += count;
  }
  return counts.length - 1;
}
