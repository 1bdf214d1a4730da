/**
 * The best of many scores, and the nearest of many distances, in the order that ties are offered.
 *
 * Distances are small whole numbers, so counting them tells at once how far to look; scores go through a heap whose worst is its root.
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

/** Counts distances, to tell the one within which the nearest lie. */
export class DistanceCounts {
  readonly #counts: Uint32Array;

  /** @param top largest distance */
  constructor(top: number) {
    this.#counts = new Uint32Array(top + 1);
  }

  add(distances: Uint16Array): void {
    const counts = this.#counts;
    for (let i = 0; i < distances.length; i++) {
      const distance = distances[i] as number;
      counts[distance] = (counts[distance] as number) + 1;
    }
  }

  /** @returns the largest distance that holds, with all below it, no more than `wanted`; and how many of the next one fit beside them */
  within(wanted: number): { readonly distance: number; readonly more: number } {
    let sum = 0;
    for (const [distance, count] of this.#counts.entries()) {
      if (sum + count > wanted) return { distance: distance - 1, more: wanted - sum };
      sum += count;
    }
    return { distance: this.#counts.length - 1, more: 0 };
  }
}
