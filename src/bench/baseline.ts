/**
 * Plain BM25 over whole documents: what any ranking has to beat, in the same run.
 *
 * One field, no stemming, no stop words, no priors; Robertson's formula with
 * Lucene's idf, `ln(1 + (N − df + ½) / (df + ½))`, k1 1.2 and b 0.75, the defaults
 * that published BM25 lines mostly use. Two ways to cut text into words:
 *
 * - `words`: runs of letters, digits and underscores, lower-cased; `getReadyCount` is one word.
 * - `subtokens`: `get`, `ready`, `count`; `HTTPServer` is `http`, `server`; digits stand alone.
 *
 * Deliberately apart from the engine: it shares no code with what it is compared to,
 * and keeps everything in memory.
 */

export const baselineNames = ['words', 'subtokens'] as const;
export type BaselineName = (typeof baselineNames)[number];

const k1 = 1.2;
const b = 0.75;

const patterns: Record<BaselineName, RegExp> = {
  words: /[\p{L}\p{N}_]+/gu,
  // an acronym before a capitalised word · a word with or without capital · other letters · digits
  subtokens: /\p{Lu}+(?=\p{Lu}\p{Ll})|\p{Lu}?\p{Ll}+|\p{L}+?(?=\p{Ll}|[^\p{L}]|$)|\p{N}+/gu,
};

/** Words of a text, in order, lower-cased. */
export function baselineTerms(text: string, name: BaselineName): string[] {
  return (text.match(patterns[name]) ?? []).map((word) => word.toLowerCase());
}

interface Column {
  readonly docs: number[];
  readonly counts: number[];
}

/** An inverted index that documents are added to and queries are run on. */
export class Baseline {
  readonly #name: BaselineName;
  readonly #ids: string[] = [];
  readonly #lengths: number[] = [];
  readonly #columns = new Map<string, Column>();

  constructor(name: BaselineName) {
    this.#name = name;
  }

  add(id: string, text: string): void {
    const doc = this.#ids.length;
    const terms = baselineTerms(text, this.#name);
    const counts = new Map<string, number>();
    for (const term of terms) counts.set(term, (counts.get(term) ?? 0) + 1);
    for (const [term, count] of counts) {
      const column = this.#columns.get(term) ?? { docs: [], counts: [] };
      this.#columns.set(term, column);
      column.docs.push(doc);
      column.counts.push(count);
    }
    this.#ids.push(id);
    this.#lengths.push(terms.length);
  }

  /**
   * Ids of the best documents, best first; equal scores in the order of adding.
   * Documents without any of the words are not returned. A word that the query repeats counts each time.
   */
  search(query: string, limit: number): string[] {
    const total = this.#ids.length;
    const average = this.#lengths.reduce((sum, length) => sum + length, 0) / total;
    const scores = new Map<number, number>();
    for (const term of baselineTerms(query, this.#name)) {
      const column = this.#columns.get(term);
      if (column === undefined) continue;
      const idf = Math.log(1 + (total - column.docs.length + 0.5) / (column.docs.length + 0.5));
      for (let i = 0; i < column.docs.length; i++) {
        const doc = column.docs[i] as number;
        const count = column.counts[i] as number;
        const norm = k1 * (1 - b + (b * (this.#lengths[doc] as number)) / average);
        scores.set(doc, (scores.get(doc) ?? 0) + (idf * count * (k1 + 1)) / (count + norm));
      }
    }
    return [...scores]
      .sort(([docA, a], [docB, z]) => z - a || docA - docB)
      .slice(0, limit)
      .map(([doc]) => this.#ids[doc] as string);
  }
}
