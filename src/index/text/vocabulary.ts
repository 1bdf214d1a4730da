/**
 * From the bytes of a word to the numbers of its terms, splitting and stemming each
 * distinct word once.
 *
 * An indexer meets the same word some hundred times. So words are found by hashing their
 * bytes in place (FNV-1a, open addressing); strings are made only for a word never seen.
 * One vocabulary serves a thread's builders one after another until it has grown large.
 * It deliberately knows no documents.
 */
import { decodeUtf8, wordTerms } from '../../code/mod.ts';

/** Past this many words the next builder begins a new vocabulary: about 60 MB, over 95% of words still met before. */
const mostWords = 400_000;

/** Longer words are not remembered: lines of scripts without spaces, which do not come again. */
const longestRemembered = 128;

export class Vocabulary {
  /** Term by number. */
  readonly terms: string[] = [];
  readonly #numbers = new Map<string, number>();
  /** Per slot: word + 1, or 0. */
  #slots = new Int32Array(1 << 16);
  #words = 0;
  /** Bytes of all words, end to end. */
  #text = new Uint8Array(1 << 18);
  #wordStart = new Uint32Array(1 << 14);
  #wordHash = new Int32Array(1 << 14);
  /** Terms of word `w`: `termNumbers` from `termStart[w]` to `termStart[w + 1]`, in order, repeats included. */
  termStart = new Uint32Array(1 << 14);
  termNumbers = new Uint32Array(1 << 15);
  /** Terms of the last word that `wordAt` answered with -1. */
  passing: readonly number[] = [];

  get full(): boolean {
    return this.#words >= mostWords || this.terms.length >= 2 * mostWords;
  }

  /** The number of a word, learning it if it is new; -1 when it is too long to be kept and its terms are in `passing`. */
  wordAt(bytes: Uint8Array, start: number, end: number): number {
    const length = end - start;
    if (length > longestRemembered) {
      this.passing = wordTerms(decodeUtf8(bytes, start, end)).map((term) => this.numberOf(term));
      return -1;
    }
    let hash = 0x811c9dc5 | 0;
    for (let i = start; i < end; i++) hash = Math.imul(hash ^ (bytes[i] as number), 0x01000193);
    // The low bits of FNV are its weak ones.
    hash ^= hash >>> 15;
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = hash & mask;
    for (;;) {
      const word = (slots[slot] as number) - 1;
      if (word < 0) return this.#learn(bytes, start, end, hash, slot);
      if (this.#wordHash[word] === hash) {
        const from = this.#wordStart[word] as number;
        if ((this.#wordStart[word + 1] as number) - from === length && this.#same(from, bytes, start, end)) return word;
      }
      slot = (slot + 1) & mask;
    }
  }

  /** The number of a term, a new one if it has none. */
  numberOf(term: string): number {
    let number = this.#numbers.get(term);
    if (number === undefined) {
      number = this.terms.length;
      this.terms.push(term);
      this.#numbers.set(term, number);
    }
    return number;
  }

  #same(from: number, bytes: Uint8Array, start: number, end: number): boolean {
    const text = this.#text;
    for (let i = start, j = from; i < end; i++, j++) if (bytes[i] !== text[j]) return false;
    return true;
  }

  #learn(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const word = this.#words++;
    if (word + 2 > this.#wordStart.length) {
      this.#wordStart = grown(this.#wordStart);
      this.#wordHash = grown(this.#wordHash);
      this.termStart = grown(this.termStart);
    }
    const from = this.#wordStart[word] as number;
    const to = from + end - start;
    if (to > this.#text.length) this.#text = grown(this.#text);
    this.#text.set(bytes.subarray(start, end), from);
    this.#wordStart[word + 1] = to;
    this.#wordHash[word] = hash;
    let at = this.termStart[word] as number;
    for (const term of wordTerms(decodeUtf8(bytes, start, end))) {
      if (at === this.termNumbers.length) this.termNumbers = grown(this.termNumbers);
      this.termNumbers[at++] = this.numberOf(term);
    }
    this.termStart[word + 1] = at;
    this.#slots[slot] = word + 1;
    if (this.#words * 2 > this.#slots.length) this.#rehash();
    return word;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (let word = 0; word < this.#words; word++) {
      let slot = (this.#wordHash[word] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = word + 1;
    }
    this.#slots = slots;
  }
}

/** Twice as long, same content. */
function grown<A extends Uint8Array | Int32Array | Uint32Array>(from: A): A {
  const to = new (from.constructor as new (length: number) => A)(from.length * 2);
  to.set(from);
  return to;
}

let shared = new Vocabulary();

/** The thread's vocabulary; a new one when the last has grown past its bound. */
export function currentVocabulary(): Vocabulary {
  if (shared.full) shared = new Vocabulary();
  return shared;
}
