/**
 * Finding lines and spans in bytes: texts first, automata where texts do not decide.
 *
 * A text that must be in every match is looked for; where it stands, its line is tried. Where there is no such
 * text, or it stands nearly everywhere, one automaton runs over all lines. Where the bytes lie in a `Haystack`, both are
 * done in WebAssembly (`linescan.ts`), with the same answers. Spans are found only when
 * asked for: one run forwards tells where a match ends, one backwards where it starts.
 */
import { Dfa, none, quit } from './dfa.ts';
import type { Haystack } from './haystack.ts';
import { place } from './linekernel.ts';
import { LineScan, mostListed } from './linescan.ts';
import { type Literals, literalsOf, needleOf, rarity } from './literals.ts';
import { buildNfa, type Nfa } from './nfa.ts';
import { type Span, simulate } from './simulate.ts';
import { look, looksIn, type Tree } from './tree.ts';

/** From this rarity on looking for texts is tried first; below, they stand in most lines. */
const rareEnough = 1.5;
/** Tried lines without a match, each within so many bytes of the last, that make the automaton the better way for the rest of a file. */
const vainTries = 16;
const vainBytes = 256;

export class Matcher {
  readonly #tree: Tree;
  readonly #forwards: Nfa;
  readonly #lines: Dfa;
  #ends: Dfa | null = null;
  #starts: Dfa | null = null;
  readonly #texts: readonly Buffer[];
  /** A place of a text is a match. */
  readonly #exact: boolean;
  /** Each line is a text of its own to `\A` and `\z`. */
  readonly singly: boolean;
  readonly #scan: LineScan | null;
  /** How many lines are probably wanted of a text: no more are looked for at a time. */
  ahead = mostListed;
  /** The line that `nextLine` found, without its end. */
  lineStart = 0;
  lineEnd = 0;

  /** @param haystack where most of the bytes lie that will be searched */
  constructor(tree: Tree, haystack: Haystack | null = null) {
    this.#tree = tree;
    this.#forwards = buildNfa(tree, false);
    this.#lines = new Dfa(this.#forwards, { seeded: true, preferred: true });
    const literals: Literals | null = literalsOf(tree);
    const rare = literals !== null && (literals.exact || literals.texts.every((text) => rarity(text) >= rareEnough));
    this.#texts = rare ? literals.texts.map((text) => Buffer.from(text, 'latin1')) : [];
    this.#exact = rare && literals.exact;
    this.singly = (looksIn(tree) & (look.textStart | look.textEnd)) !== 0;
    // Of several rare texts each is looked for by itself, which is faster still.
    const scanned = haystack !== null && !this.singly && this.#texts.length < 2;
    this.#scan = scanned ? this.#scanIn(haystack, literals) : null;
  }

  #scanIn(haystack: Haystack, literals: Literals | null): LineScan {
    this.#lines.keepIn(haystack);
    haystack.all.set(this.#forwards.classOf, place.classes);
    const [text] = literals?.texts.length === 1 ? literals.texts : [];
    const needle = text === undefined ? null : needleOf(Buffer.from(text, 'latin1'), this.#tree);
    return new LineScan(haystack, this.#lines, needle, (bytes, start, end, textFrom) =>
      this.matches(bytes, start, end, textFrom),
    );
  }

  /**
   * Finds the next line with a match and tells it in `lineStart` and `lineEnd`.
   *
   * @param from start of a line
   * @param to end of the last line, with or without its line end
   */
  nextLine(bytes: Buffer, from: number, to: number): boolean {
    if (from >= to) return false;
    if (this.#scan?.takes(bytes, to)) return this.#byScan(this.#scan, bytes, from, to);
    if (this.#texts.length > 0) return this.#byTexts(bytes, from, to);
    return this.singly ? this.#oneByOne(bytes, from, to) : this.#byAutomaton(bytes, from, to);
  }

  #byScan(scan: LineScan, bytes: Buffer, from: number, to: number): boolean {
    // Nothing was found and all was not searched: the table was given up.
    if (!scan.next(bytes, from, to, this.ahead)) return this.nextLine(bytes, scan.listedTo, to);
    this.lineStart = scan.lineStart;
    this.lineEnd = scan.lineEnd;
    return true;
  }

  /**
   * Lists the next lines with a match in the haystack.
   *
   * @param from start of a line
   * @returns how many; null when they must be had one by one, by `nextLine`
   */
  list(bytes: Buffer, from: number, to: number): number | null {
    return this.#scan?.takes(bytes, to) ? this.#scan.list(bytes, from, to, mostListed) : null;
  }

  /** How far `list` has come. */
  get listedTo(): number {
    return this.#scan?.listedTo ?? 0;
  }

  #byTexts(bytes: Buffer, from: number, to: number): boolean {
    let vain = 0;
    let at = from;
    const places = this.#texts.map(() => -2);
    for (;;) {
      let place = -1;
      for (let i = 0; i < places.length; i++) {
        if (places[i] !== -1 && (places[i] as number) < at) places[i] = bytes.indexOf(this.#texts[i] as Buffer, at);
        if (places[i] !== -1 && (place === -1 || (places[i] as number) < place)) place = places[i] as number;
      }
      if (place === -1 || place >= to) return false;
      this.#take(bytes, place, from, to);
      // Without a look a text never holds a line end that the pattern must not.
      if (this.#exact || this.matches(bytes, this.lineStart, this.lineEnd, from)) return true;
      vain = this.lineEnd - at < vainBytes ? vain + 1 : 0;
      at = this.lineEnd + 1;
      if (at >= to) return false;
      if (vain > vainTries) return this.singly ? this.#oneByOne(bytes, at, to) : this.#byAutomaton(bytes, at, to);
    }
  }

  #byAutomaton(bytes: Buffer, from: number, to: number): boolean {
    for (let at = from; at < to; ) {
      const end = this.#lines.firstEnd(bytes, at, to, at === 0 ? -1 : (bytes[at - 1] as number));
      if (end === none) return false;
      if (end === quit) {
        this.#take(bytes, this.#lines.quitAt, at, to);
        if (this.matches(bytes, this.lineStart, this.lineEnd, from)) return true;
        at = this.lineEnd + 1;
        continue;
      }
      // Behind the last line end there is no further line.
      if (end >= to && bytes[to - 1] === 10) return false;
      this.#take(bytes, end, at, to);
      return true;
    }
    return false;
  }

  #oneByOne(bytes: Buffer, from: number, to: number): boolean {
    for (let at = from; at < to; at = this.lineEnd + 1) {
      this.#take(bytes, at, at, to);
      if (this.matches(bytes, this.lineStart, this.lineEnd)) return true;
    }
    return false;
  }

  /** The line around a place; a line end belongs to the line before it. */
  #take(bytes: Buffer, place: number, from: number, to: number): void {
    this.lineStart = lineStartOf(bytes, place, from);
    this.lineEnd = lineEndOf(bytes, place, to);
  }

  /**
   * Whether a match lies in a line.
   *
   * @param textFrom what lies from here on before the line is seen by word boundaries beside bytes that are no UTF-8
   */
  matches(bytes: Buffer, start: number, end: number, textFrom = start): boolean {
    const found = this.#lines.firstEnd(bytes, start, end, -1);
    if (found !== quit) return found !== none;
    return simulate(this.#forwards, bytes, start, end, this.singly ? start : textFrom) !== null;
  }

  /**
   * The preferred match that begins first, in `[from, to)`.
   *
   * @param textFrom start of the text: what lies before `from` and from here on is seen by `^`, `\b` and their kind
   */
  find(bytes: Buffer, from: number, to: number, textFrom: number): Span | null {
    this.#ends ??= new Dfa(this.#forwards, { seeded: true, preferred: true });
    const before = from > textFrom ? (bytes[from - 1] as number) : -1;
    const end = this.#ends.preferredEnd(bytes, from, to, before);
    if (end === none) return null;
    if (end !== quit) {
      this.#starts ??= new Dfa(buildNfa(this.#tree, true), { seeded: false, preferred: false });
      const start = this.#starts.longestStart(bytes, from, end, before, end < to ? (bytes[end] as number) : -1);
      if (start >= 0) return { start, end };
    }
    return simulate(this.#forwards, bytes, from, to, textFrom);
  }
}

/** Most lines are shorter; a call that leaves JavaScript costs as much as looking at so many bytes. */
const shortBytes = 96;

/** Where the line of a place starts, at or behind `from`. */
export function lineStartOf(bytes: Uint8Array, place: number, from: number): number {
  const near = Math.max(from, place - shortBytes);
  for (let at = place - 1; at >= near; at--) if (bytes[at] === 10) return at + 1;
  if (near === from) return from;
  return Math.max(from, bytes.lastIndexOf(10, near - 1) + 1);
}

/** The line end at or behind a place; `to` when none comes before it. */
export function lineEndOf(bytes: Uint8Array, place: number, to: number): number {
  const near = Math.min(to, place + shortBytes);
  for (let at = place; at < near; at++) if (bytes[at] === 10) return at;
  if (near === to) return to;
  const end = bytes.indexOf(10, near);
  return end === -1 || end > to ? to : end;
}
