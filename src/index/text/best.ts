/**
 * The k best documents so far: a list until there are k, then a binary heap with the worst on top.
 *
 * Of equal scores the lower (version, chunk) is better. Documents of a view arrive in that
 * order, so a newcomer that only ties is refused, unless the worst stems from another view
 * whose versions come later. Where versions are told another order, each tie is looked at.
 */
import type { ScoredDoc, SegmentView, VersionOrder } from './types.ts';

interface Kept {
  score: number;
  view: number;
  doc: number;
  version: number;
  chunk: number;
}

export class BestDocs {
  readonly #views: readonly SegmentView[];
  readonly #k: number;
  readonly #order: VersionOrder | null;
  readonly #heap: Kept[] = [];
  /** No document of this view from here on with at most this score can come in; −∞ while there is room. */
  floor = Number.NEGATIVE_INFINITY;
  #view = -1;

  /** @param order of versions whose documents score the same; `null`: by their numbers */
  constructor(views: readonly SegmentView[], k: number, order: VersionOrder | null = null) {
    this.#views = views;
    this.#k = k;
    this.#order = order;
  }

  /** Documents offered next are of view `view`, ascending. */
  enter(view: number): void {
    this.#view = view;
    this.#raise();
  }

  offer(doc: number, score: number): void {
    if (score <= this.floor) return;
    const { segment } = this.#views[this.#view] as SegmentView;
    const index = segment.versionIndex(doc);
    const version = segment.versions[index] as number;
    const kept = { score, view: this.#view, doc, version, chunk: doc - (segment.firstDoc[index] as number) };
    const heap = this.#heap;
    if (heap.length < this.#k) {
      heap.push(kept);
      if (heap.length < this.#k) return;
      for (let at = (heap.length >>> 1) - 1; at >= 0; at--) this.#sink(heap[at] as Kept, at);
    } else {
      if (!this.#worse(heap[0] as Kept, kept)) return;
      this.#sink(kept, 0);
    }
    this.#raise();
  }

  /** Best first. */
  sorted(): ScoredDoc[] {
    return [...this.#heap]
      .sort((a, b) => (this.#worse(a, b) ? 1 : -1))
      .map(({ view, doc, score }) => ({ view, doc, score }));
  }

  #raise(): void {
    const top = this.#heap[0];
    if (top === undefined || this.#heap.length < this.#k) return;
    // The worst of this view came before whatever comes next; of another view, only its version tells.
    const later = this.#order === null && top.view === this.#view;
    this.floor = later ? top.score : top.score * (1 - Number.EPSILON);
  }

  /** Puts `kept` at the hole `from` or below it, so that no child is worse than its parent. */
  #sink(kept: Kept, from: number): void {
    const heap = this.#heap;
    let at = from;
    for (let child = 2 * at + 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && this.#worse(heap[child + 1] as Kept, heap[child] as Kept)) child++;
      if (!this.#worse(heap[child] as Kept, kept)) break;
      heap[at] = heap[child] as Kept;
      at = child;
    }
    heap[at] = kept;
  }

  #worse(a: Kept, b: Kept): boolean {
    if (a.score !== b.score) return a.score < b.score;
    if (a.version !== b.version) return (this.#order?.(a.version, b.version) ?? a.version - b.version) > 0;
    if (a.chunk !== b.chunk) return a.chunk > b.chunk;
    return a.view > b.view;
  }
}
