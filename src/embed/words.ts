/**
 * Words of a text as numbers of a vocabulary.
 *
 * A word is split as everywhere in Winnow (`splitIdentifier`, `stem`); a stem the vocabulary lacks is taken apart into the longest
 * pieces it has, so that `unmarshalling` still means something where only `marshal` is known. Words repeat endlessly in code: what
 * each one gives is kept in a hash table that is asked with positions in the text, without making a string. That is what lets one
 * core read tens of thousands of chunks a second.
 *
 * The stem of a whole compound (`readpag` of `readPage`), which ranked text keeps as a term of its own, is left out: in a sum over
 * words it says nothing that its parts do not.
 */
import { splitIdentifier, stem, wordTerms } from '../code/mod.ts';

/** Pieces shorter than this are letters rather than meaning. */
const shortestPiece = 3;
/** A stem that gives more pieces is data, not a name. */
const mostPieces = 4;
/** Letters that may be left over while looking for pieces; past that the rest is noise. */
const mostLeftOver = 2;
/** As ranked text has it (`code/tokens.ts`): longer words are data. */
const longestWord = 128;
/** Words kept; a large repository has some hundred thousand distinct ones, of which few repeat. Then all are forgotten. */
const keptWords = 1 << 16;
const slotCount = keptWords * 4;

const wordUnit = new Uint8Array(128);
for (let unit = 0; unit < 128; unit++) wordUnit[unit] = /[A-Za-z0-9_$]/.test(String.fromCharCode(unit)) ? 1 : 0;
const isWordUnit = (unit: number): boolean => unit >= 128 || wordUnit[unit] === 1;

export interface WordReader {
  /**
   * Numbers of the words of `text`, in order, written to the start of `out`.
   *
   * @returns how many were written; reading stops when `out` is full
   */
  read(text: string, out: Int32Array): number;
}

/** @returns stems of a word's parts, as training and search both use them */
export function stemsOf(word: string): string[] {
  if (word.length > longestWord) return [];
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) >= 0x80) return wordTerms(word);
  return splitIdentifier(word).map(stem);
}

/** @param vocabulary stems; a stem's place is its number */
export function createWordReader(vocabulary: readonly string[]): WordReader {
  const numbers = new Map(vocabulary.map((word, number) => [word, number]));
  const slots = new Int32Array(slotCount).fill(-1);
  const hashes = new Int32Array(keptWords);
  const firsts = new Int32Array(keptWords + 1);
  const words: string[] = [];
  let found: number[] = [];

  const forget = (): void => {
    slots.fill(-1);
    words.length = 0;
    found = [];
  };

  const lookUp = (word: string): void => {
    for (const term of stemsOf(word)) for (const number of piecesOf(term, numbers)) found.push(number);
  };

  /** Place among the kept words of `text[from, to)`. */
  const placeOf = (text: string, from: number, to: number, hash: number): number => {
    let slot = hash & (slotCount - 1);
    for (;;) {
      const place = slots[slot] as number;
      if (place < 0) break;
      if (hashes[place] === hash && isAt(text, words[place] as string, from, to)) return place;
      slot = (slot + 1) & (slotCount - 1);
    }
    if (words.length >= keptWords) {
      forget();
      slot = hash & (slotCount - 1);
    }
    const place = words.length;
    slots[slot] = place;
    hashes[place] = hash;
    const word = text.slice(from, to);
    // A copy: a slice would keep the whole text alive.
    words.push(Buffer.from(word, 'utf16le').toString('utf16le'));
    lookUp(word);
    firsts[place + 1] = found.length;
    return place;
  };

  return {
    read: (text, out) => {
      let written = 0;
      const { length } = text;
      for (let at = 0; at < length; at++) {
        let unit = text.charCodeAt(at);
        if (!isWordUnit(unit)) continue;
        const from = at;
        let hash = 0x811c9dc5; // FNV-1a, 32 bits
        do {
          hash = Math.imul(hash ^ unit, 0x01000193);
          at++;
          unit = text.charCodeAt(at); // NaN past the end, which is no word unit
        } while (isWordUnit(unit));
        const place = placeOf(text, from, at, hash ^ (hash >>> 15));
        const end = firsts[place + 1] as number;
        for (let i = firsts[place] as number; i < end; i++) {
          if (written === out.length) return written;
          out[written++] = found[i] as number;
        }
      }
      return written;
    },
  };
}

function isAt(text: string, word: string, from: number, to: number): boolean {
  if (word.length !== to - from) return false;
  for (let i = 0; i < word.length; i++) if (word.charCodeAt(i) !== text.charCodeAt(from + i)) return false;
  return true;
}

/** A word that occurs oftener in a field counts as if it occurred this often: 1 + ln 8 is about 3. */
const mostOften = 8;
const oftennesses = Float64Array.from({ length: mostOften + 1 }, (_, times) => (times === 0 ? 0 : 1 + Math.log(times)));

/** How much a word counts that occurs `times` in a field: 1 + ln times, as training and search both have it. */
export const oftenness = (times: number): number => oftennesses[Math.min(times, mostOften)] as number;

/** Numbers of a stem in a vocabulary: its own, or those of its pieces. */
export function createPieces(vocabulary: readonly string[]): (stem: string) => readonly number[] {
  const numbers = new Map(vocabulary.map((word, number) => [word, number]));
  return (stem) => piecesOf(stem, numbers);
}

/** The stem's own number, or those of the longest pieces from the left that are known. */
function piecesOf(term: string, numbers: ReadonlyMap<string, number>): number[] {
  const whole = numbers.get(term);
  if (whole !== undefined) return [whole];
  const pieces: number[] = [];
  let leftOver = 0;
  for (let from = 0; from < term.length && pieces.length < mostPieces; ) {
    let to = term.length;
    let number: number | undefined;
    for (; to >= from + shortestPiece; to--) {
      number = numbers.get(term.slice(from, to));
      if (number !== undefined) break;
    }
    if (number === undefined) {
      from++;
      leftOver++;
      if (leftOver > mostLeftOver) return pieces.slice(0, 1);
    } else {
      pieces.push(number);
      from = to;
    }
  }
  return pieces;
}
