/**
 * Near-duplicate removal over a stream of texts of any length, in memory that is bounded and known before.
 *
 * Every text is taken as the set of its shingles, `shingle` tokens each, and sketched by MinHash with one permutation (Li, Owen and Zhang 2012, arXiv:1208.1259;
 * empty bins filled from their neighbours: Shrivastava and Li 2014, arXiv:1406.4784). Bands of the sketch lead to texts seen before that may be like it; each is then
 * compared sketch with sketch, so that a text is called a copy only when the estimated share of shingles in common is at least `threshold`. Two texts of share 0.8 meet
 * in a band 99.9% of the time, of share 0.5 54%; the comparison decides about these with a standard error of 0.06.
 *
 * When `capacity` texts are kept, the oldest are forgotten, one for each that is added: a copy further back is then missed, and nothing else. A slot of a band
 * holds the last text only; texts that fall together push each other out, which some of the twelve bands survive.
 *
 * For tokens of a grammar and for words alike: what a token is, is the caller's choice (`textTokens` takes any text).
 */
import { mixed, textHash } from './hash.ts';

/** Numbers of a sketch; in bands of `bandNumbers` each. */
const sketchNumbers = 48;
const bandNumbers = 4;
const bands = sketchNumbers / bandNumbers;
/** Bytes for each text that is kept: 16 bits of each number, and two slots in each band. */
export const bytesPerText = 2 * sketchNumbers + 2 * bands * 4;

export interface CopyFilterOptions {
  /** Texts kept at most; `bytesPerText` bytes each are taken at once. */
  readonly capacity: number;
  /** Share of shingles in common from which on a text is a copy, 0.5 to 1; default 0.8. */
  readonly threshold?: number;
  /** Tokens of a shingle; default 5. */
  readonly shingle?: number;
}

export type CopyVerdict =
  | { readonly kind: 'new'; readonly number: number }
  /** `of`: number of the text that it is a copy of, counted from 0 in the order given. `overlap`: estimated share in common. */
  | { readonly kind: 'copy'; readonly number: number; readonly of: number; readonly overlap: number };

export class CopyFilter {
  readonly #capacity: number;
  readonly #threshold: number;
  readonly #shingle: number;
  readonly #sketches: Uint16Array;
  /** By band and hash: place of a text + 1. */
  readonly #slots: Uint32Array;
  /** Number of the text at a place. */
  readonly #numbers: Float64Array;
  readonly #sketch = new Uint32Array(sketchNumbers);
  readonly #filled = new Uint8Array(sketchNumbers);
  #seen = 0;
  #kept = 0;

  constructor({ capacity, threshold = 0.8, shingle = 5 }: CopyFilterOptions) {
    this.#capacity = capacity;
    this.#threshold = threshold;
    this.#shingle = shingle;
    this.#sketches = new Uint16Array(capacity * sketchNumbers);
    this.#slots = new Uint32Array(bands * 2 * capacity);
    this.#numbers = new Float64Array(capacity);
  }

  /**
   * Looks whether a text is a copy of one before, and keeps it when it is not.
   *
   * @param tokens hashes; of fewer than a shingle, all are one. Without any, a text is new and not kept
   */
  add(tokens: ArrayLike<number>): CopyVerdict {
    const number = this.#seen++;
    if (tokens.length === 0) return { kind: 'new', number };
    this.#draw(tokens);
    let best = -1;
    let overlap = 0;
    for (let band = 0; band < bands; band++) {
      const place = (this.#slots[this.#slotOf(band)] as number) - 1;
      if (place < 0 || place === best) continue;
      const share = this.#shareWith(place);
      if (share >= this.#threshold && share > overlap) {
        best = place;
        overlap = share;
      }
    }
    if (best >= 0) return { kind: 'copy', number, of: this.#numbers[best] as number, overlap };
    const place = this.#kept++ % this.#capacity;
    this.#numbers[place] = number;
    for (let i = 0; i < sketchNumbers; i++) this.#sketches[place * sketchNumbers + i] = this.#sketch[i] as number;
    for (let band = 0; band < bands; band++) this.#slots[this.#slotOf(band)] = place + 1;
    return { kind: 'new', number };
  }

  #draw(tokens: ArrayLike<number>): void {
    const sketch = this.#sketch;
    this.#filled.fill(0);
    const last = Math.max(1, tokens.length - this.#shingle + 1);
    for (let from = 0; from < last; from++) {
      let hash = 0x9747b28c;
      const end = Math.min(tokens.length, from + this.#shingle);
      for (let i = from; i < end; i++) hash = mixed(hash ^ (tokens[i] as number));
      const bin = hash % sketchNumbers;
      const value = mixed(hash ^ 0x5bd1e995);
      if (this.#filled[bin] === 0 || value < (sketch[bin] as number)) {
        sketch[bin] = value;
        this.#filled[bin] = 1;
      }
    }
    // A bin that nothing fell into takes what the next one has, changed by how far it is.
    for (let bin = 0; bin < sketchNumbers; bin++) {
      if (this.#filled[bin] === 1) continue;
      let by = 1;
      while (this.#filled[(bin + by) % sketchNumbers] !== 1) by++;
      sketch[bin] = mixed((sketch[(bin + by) % sketchNumbers] as number) + by * 0x3c6ef35f);
    }
  }

  #slotOf(band: number): number {
    let hash = band;
    for (let i = band * bandNumbers; i < (band + 1) * bandNumbers; i++)
      hash = mixed(hash ^ (this.#sketch[i] as number));
    return band * 2 * this.#capacity + (hash % (2 * this.#capacity));
  }

  /** 16 bits of equal numbers are equal; of others one in 65,536. */
  #shareWith(place: number): number {
    let same = 0;
    for (let i = 0; i < sketchNumbers; i++)
      if (this.#sketches[place * sketchNumbers + i] === ((this.#sketch[i] as number) & 0xffff)) same++;
    return same / sketchNumbers;
  }
}

const words = /[\p{L}_][\p{L}\p{N}_]+/gu;

/** Names and words of any text as tokens, in order; numbers, punctuation and single letters are none. */
export const textTokens = (text: string): number[] => (text.match(words) ?? []).map((word) => textHash(word));
