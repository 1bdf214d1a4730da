/**
 * Grams of documents, gathered and turned round: from "this document has these grams" to "this gram is in these documents".
 *
 * One pass over a document's bytes sets a bit for each gram that is new in it; 64 KB of bits stay in the fastest cache.
 * Turning round is a counting sort, without a comparison.
 */
import { gramCount, longGramOf, symbolOf } from './alphabet.ts';

export class GramGatherer {
  readonly #seen = new Uint32Array(gramCount / 32);
  /** Grams of one document after the other. */
  #grams = new Uint32Array(1 << 16);
  #filled = 0;
  /** Where each document's grams end. */
  readonly #ends: number[] = [];

  get docCount(): number {
    return this.#ends.length;
  }

  /** Pairs of document and gram gathered so far; each holds four bytes of memory. */
  get pairs(): number {
    return this.#filled;
  }

  /** Adds a document. */
  add(bytes: Uint8Array, length: number): void {
    const seen = this.#seen;
    const symbols = symbolOf;
    const start = this.#filled;
    this.#reserve(Math.min(2 * length, gramCount));
    const grams = this.#grams;
    let filled = start;
    let packed = 0;
    let run = 0;
    for (let at = 0; at < length; at++) {
      const symbol = symbols[bytes[at] as number] as number;
      if (symbol === 64) {
        run = 0;
        continue;
      }
      packed = ((packed << 6) | symbol) & 0xffffff;
      if (++run < 3) continue;
      const short = packed & 0x3ffff;
      let word = short >>> 5;
      let bit = 1 << (short & 31);
      let before = seen[word] as number;
      if ((before & bit) === 0) {
        seen[word] = before | bit;
        grams[filled++] = short;
      }
      if (run < 4) continue;
      const long = longGramOf(packed);
      word = long >>> 5;
      bit = 1 << (long & 31);
      before = seen[word] as number;
      if ((before & bit) !== 0) continue;
      seen[word] = before | bit;
      grams[filled++] = long;
    }
    for (let at = start; at < filled; at++) seen[(grams[at] as number) >>> 5] = 0;
    this.#filled = filled;
    this.#ends.push(filled);
  }

  #reserve(more: number): void {
    if (this.#filled + more <= this.#grams.length) return;
    const grown = new Uint32Array(Math.max(this.#filled + more, this.#grams.length * 2));
    grown.set(this.#grams.subarray(0, this.#filled));
    this.#grams = grown;
  }

  /** Documents by gram: those of gram `g` are `docs[starts[g]]` up to `docs[starts[g + 1]]`, ascending. */
  turned(): { readonly starts: Uint32Array; readonly docs: Uint32Array } {
    const starts = new Uint32Array(gramCount + 1);
    for (let at = 0; at < this.#filled; at++) {
      const slot = (this.#grams[at] as number) + 1;
      starts[slot] = (starts[slot] as number) + 1;
    }
    for (let gram = 0; gram < gramCount; gram++)
      starts[gram + 1] = (starts[gram + 1] as number) + (starts[gram] as number);
    const next = starts.slice();
    const docs = new Uint32Array(this.#filled);
    let from = 0;
    this.#ends.forEach((end, doc) => {
      for (let at = from; at < end; at++) {
        const gram = this.#grams[at] as number;
        const slot = next[gram] as number;
        docs[slot] = doc;
        next[gram] = slot + 1;
      }
      from = end;
    });
    return { starts, docs };
  }
}
