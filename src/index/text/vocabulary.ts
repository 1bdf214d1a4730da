/**
 * From the bytes of a word to the numbers of its terms, splitting and stemming each
 * distinct word once.
 *
 * An indexer meets the same word some hundred times. So words are found by hashing their
 * bytes in place (FNV-1a, open addressing); strings are made only for a word never seen.
 * One vocabulary serves a thread's builders one after another until it has grown large.
 * It deliberately knows no documents.
 */
import { decodeUtf8, forEachWord, wordTerms } from '../../code/mod.ts';

/** Past this many words the next builder begins a new vocabulary: about 60 MB, over 95% of words still met before. */
const mostWords = 400_000;

/** Longer words are not remembered: lines of scripts without spaces, which do not come again. */
const longestRemembered = 128;

/** 1 for the bytes of words, as `forEachWord` has them; asked of it, so that the two cannot disagree. */
const wordByte = new Uint8Array(256);
for (let byte = 0; byte < 256; byte++)
  forEachWord(Uint8Array.of(byte), 0, 1, () => {
    wordByte[byte] = 1;
  });
const notWord = wordByte.indexOf(0);

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
  /** Words of the last range, in order. */
  found = new Int32Array(1 << 12);
  /** Terms of its words that are not kept. */
  readonly passing: number[] = [];

  get full(): boolean {
    return this.#words >= mostWords || this.terms.length >= 2 * mostWords;
  }

  /**
   * Finds the words of a range, as `forEachWord` does, learning those that are new.
   *
   * @returns how many; their numbers stand in `found`, -1 for one too long to be kept, whose terms
   *   are appended to `passing`
   */
  wordsIn(bytes: Uint8Array, start: number, end: number): number {
    let count = 0;
    let slots = this.#slots;
    let mask = slots.length - 1;
    this.passing.length = 0;
    // A word takes a byte, and another to end it.
    const most = ((end - start) >>> 1) + 1;
    if (most > this.found.length) this.found = new Int32Array(most * 2);
    const { found } = this;
    let at = start;
    for (;;) {
      while (at < end && wordByte[bytes[at] as number] === 0) at++;
      if (at >= end) return count;
      const from = at;
      let hash = 0x811c9dc5 | 0;
      let byte = bytes[at] as number;
      do {
        hash = Math.imul(hash ^ byte, 0x01000193);
        byte = ++at < end ? (bytes[at] as number) : notWord;
      } while (wordByte[byte] === 1);
      // The low bits of FNV are its weak ones.
      hash ^= hash >>> 15;
      let slot = hash & mask;
      let word = (slots[slot] as number) - 1;
      while (word >= 0 && !(this.#wordHash[word] === hash && this.#isWord(word, bytes, from, at))) {
        slot = (slot + 1) & mask;
        word = (slots[slot] as number) - 1;
      }
      if (word < 0 && at - from <= longestRemembered) {
        word = this.#learn(bytes, from, at, hash, slot);
        slots = this.#slots;
        mask = slots.length - 1;
      } else if (word < 0)
        for (const term of wordTerms(decodeUtf8(bytes, from, at))) this.passing.push(this.numberOf(term));
      found[count++] = word;
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

  #isWord(word: number, bytes: Uint8Array, start: number, end: number): boolean {
    const from = this.#wordStart[word] as number;
    if ((this.#wordStart[word + 1] as number) - from !== end - start) return false;
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
