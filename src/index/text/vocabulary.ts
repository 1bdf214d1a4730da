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

/** Where the first word begins. 0 stands for a word not kept, and reads as one without terms. */
const firstWord = 2;

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
  /**
   * All words, end to end: hash; length in bytes + 256 × number of terms; the terms, in order, repeats
   * included; the bytes. What belongs to one word lies together, as most time goes by waiting for memory.
   */
  #data = new Int32Array(1 << 18);
  #text = new Uint8Array(this.#data.buffer);
  #used = firstWord;
  #words = 0;
  /** Per slot: where a word begins in the data, or 0. */
  #slots = new Int32Array(1 << 16);
  /** Words of the last range, in order: where they begin in the data, 0 for those not kept. */
  found = new Int32Array(1 << 12);
  /** Terms of its words that are not kept. */
  readonly passing: number[] = [];

  /** The data, to be read by who has just called `wordsIn`: see `found`. */
  get data(): Int32Array {
    return this.#data;
  }

  get full(): boolean {
    return this.#words >= mostWords || this.terms.length >= 2 * mostWords;
  }

  /**
   * Finds the words of a range, as `forEachWord` does, learning those that are new.
   *
   * @returns how many; `found` and `passing` say which
   */
  wordsIn(bytes: Uint8Array, start: number, end: number): number {
    let count = 0;
    let slots = this.#slots;
    let data = this.#data;
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
      let slot = hash & (slots.length - 1);
      let word = slots[slot] as number;
      while (word !== 0 && !(data[word] === hash && this.#isWord(word, bytes, from, at))) {
        slot = (slot + 1) & (slots.length - 1);
        word = slots[slot] as number;
      }
      if (word === 0) {
        word = this.#learn(bytes, from, at, hash, slot);
        slots = this.#slots;
        data = this.#data;
      }
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
    const shape = this.#data[word + 1] as number;
    if ((shape & 255) !== end - start) return false;
    const text = this.#text;
    for (let i = start, j = (word + 2 + (shape >>> 8)) * 4; i < end; i++, j++) if (bytes[i] !== text[j]) return false;
    return true;
  }

  #learn(bytes: Uint8Array, start: number, end: number, hash: number, slot: number): number {
    const terms = wordTerms(decodeUtf8(bytes, start, end));
    const length = end - start;
    if (length > longestRemembered) {
      for (const term of terms) this.passing.push(this.numberOf(term));
      return 0;
    }
    const word = this.#used;
    this.#used += 2 + terms.length + ((length + 3) >>> 2);
    if (this.#used > this.#data.length) {
      const longer = new Int32Array(this.#data.length * 2);
      longer.set(this.#data);
      this.#data = longer;
      this.#text = new Uint8Array(longer.buffer);
    }
    const data = this.#data;
    data[word] = hash;
    data[word + 1] = length + 256 * terms.length;
    for (let i = 0; i < terms.length; i++) data[word + 2 + i] = this.numberOf(terms[i] as string);
    this.#text.set(bytes.subarray(start, end), (word + 2 + terms.length) * 4);
    this.#slots[slot] = word;
    if (++this.#words * 2 > this.#slots.length) this.#rehash();
    return word;
  }

  #rehash(): void {
    const slots = new Int32Array(this.#slots.length * 2);
    const mask = slots.length - 1;
    for (const word of this.#slots) {
      if (word === 0) continue;
      let slot = (this.#data[word] as number) & mask;
      while (slots[slot] !== 0) slot = (slot + 1) & mask;
      slots[slot] = word;
    }
    this.#slots = slots;
  }
}

let shared = new Vocabulary();

/** The thread's vocabulary; a new one when the last has grown past its bound. */
export function currentVocabulary(): Vocabulary {
  if (shared.full) shared = new Vocabulary();
  return shared;
}
