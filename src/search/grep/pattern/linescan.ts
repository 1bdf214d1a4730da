/**
 * Lines with a match, found in WebAssembly and handed out from a list.
 *
 * The loops stop at what they cannot decide: an entry of the table that is not made yet, or a character beyond ASCII beside a word boundary. The
 * line is then decided here, which makes the entry, and the loop goes on behind it. So each line is run through twice
 * at most. When the automaton's table is given up, what is left is left to the caller.
 */
import { type Dfa, none, quit } from './dfa.ts';
import type { Haystack } from './haystack.ts';
import { ended, place } from './linekernel.ts';
import type { Needle } from './literals.ts';
import { lineEndOf, lineStartOf } from './matcher.ts';

/** Decides a line that the automaton cannot. @param textFrom what lies from here on before the line is seen */
export type Decide = (bytes: Buffer, start: number, end: number, textFrom: number) => boolean;

/** Lines listed at a time at most: the first match of a file may be all that is wanted. */
export const mostListed: number = place.mostLines;

export class LineScan {
  readonly #haystack: Haystack;
  readonly #dfa: Dfa;
  readonly #needle: Needle | null;
  readonly #decide: Decide;
  #bytes: Buffer | null = null;
  #to = 0;
  /** Of the list: the line to hand out next, and how many there are. */
  #at = 0;
  #count = 0;
  /** Where the search goes on behind the list. */
  listedTo = 0;

  constructor(haystack: Haystack, dfa: Dfa, needle: Needle | null, decide: Decide) {
    this.#haystack = haystack;
    this.#dfa = dfa;
    this.#needle = needle;
    this.#decide = decide;
  }

  /** Whether the bytes lie where the loops see them, and end as they must. */
  takes(bytes: Buffer, to: number): boolean {
    return this.#haystack.holds(bytes) && !this.#dfa.givenUp && (to === bytes.length || bytes[to - 1] === 10);
  }

  /**
   * The next line, told in `lineStart` and `lineEnd`.
   *
   * @param from where the last one ended, or the start of another line
   * @returns false when there is none before `listedTo`
   */
  next(bytes: Buffer, from: number, to: number, most: number): boolean {
    const goesOn = bytes === this.#bytes && to === this.#to && from === this.#from();
    if (!goesOn || this.#at === this.#count) {
      const start = goesOn ? this.listedTo : from;
      if (start >= to || this.list(bytes, start, to, most) === 0) return false;
    }
    this.#at++;
    return true;
  }

  /** Start of the line handed out last, and its end. */
  get lineStart(): number {
    return this.#lineWord(2 * this.#at - 2);
  }

  get lineEnd(): number {
    return this.#lineWord(2 * this.#at - 1);
  }

  #lineWord(index: number): number {
    return (this.#haystack.lines[index] as number) - (this.#bytes as Buffer).byteOffset;
  }

  /** Where the line after the one that was handed out last starts. */
  #from(): number {
    return this.#at === 0 ? -1 : Math.min(this.lineEnd + 1, this.#to);
  }

  /**
   * Lists lines from `from` on, the start of a line; `listedTo` is then behind the last of them or at the end.
   *
   * @returns how many, at most `most`
   */
  list(bytes: Buffer, from: number, to: number, most: number): number {
    const { kernel, words, all, lines } = this.#haystack;
    const dfa = this.#dfa;
    const base = bytes.byteOffset;
    this.#bytes = bytes;
    this.#to = to;
    this.#at = 0;
    let end = base + to;
    if (bytes[to - 1] !== 10) all[end++] = 10;
    const listEnd = place.lines + 8 * most;
    let list: number = place.lines;
    let at = base + from;
    let floor = at;
    for (;;) {
      const row = dfa.startRow(at === base ? -1 : 10);
      const needle = this.#needle;
      const how =
        needle === null
          ? kernel.scan(at, end, row, dfa.startRow(10), at, list, listEnd)
          : kernel.seek(
              at,
              end,
              dfa.startRow(10),
              list,
              listEnd,
              needle.first,
              needle.second,
              needle.distance,
              needle.also,
            );
      const stopped = (words[place.at / 4] as number) >>> 0;
      dfa.pass(stopped - at);
      list = words[place.next / 4] as number;
      if (list > place.lines) floor = Math.max(floor, (lines[(list - place.lines) / 4 - 1] as number) + 1);
      at = stopped;
      if (how === ended.atEnd || how === ended.listFull) break;
      const start = lineStartOf(all, stopped, floor);
      const lineEnd = lineEndOf(all, stopped, end);
      if (this.#lineMatches(start, lineEnd, floor)) {
        lines[(list - place.lines) / 4] = start;
        lines[(list - place.lines) / 4 + 1] = lineEnd;
        list += 8;
        floor = lineEnd + 1;
      }
      at = lineEnd + 1;
      if (at >= end || list === listEnd || dfa.givenUp) break;
    }
    this.listedTo = Math.min(to, at - base);
    this.#count = (list - place.lines) / 8;
    return this.#count;
  }

  /** By addresses. */
  #lineMatches(start: number, end: number, textFrom: number): boolean {
    const bytes = this.#bytes as Buffer;
    const base = bytes.byteOffset;
    // With its line end, so that the entries are made that the loop will ask for; a match behind it is none of this line.
    const found = this.#dfa.firstEnd(this.#haystack.all, start, end + 1, start === base ? -1 : 10);
    if (found === quit) return this.#decide(bytes, start - base, end - base, textFrom - base);
    return found !== none && found <= end;
  }
}
