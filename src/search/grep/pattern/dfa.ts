/**
 * The automaton made deterministic while it runs: a state is made when a byte first leads to it.
 *
 * A state is the ordered list of what may go on, before what stands beside the position is known; so
 * that a match is noticed one byte late, when its right neighbour is. Each byte costs one table look-up, or, where
 * the state is not made yet, work in the size of the pattern. So no pattern takes more than (bytes × size of the
 * pattern); when there are too many states all are forgotten and made anew,
 * and when that does not help the automaton is run as it is (`simulate.ts`).
 *
 * Word boundaries of Unicode beside a character beyond ASCII are not decided here: where it matters what the character is, the run ends with `quit`,
 * and `simulate.ts` decides.
 */
import { isWordByte, type Nfa } from './nfa.ts';
import { type Neighbour, wordLooks } from './simulate.ts';
import { asciiWordLooks, look, unicodeShift } from './tree.ts';

/** Answers beside positions. */
export const none = -1;
export const quit = -2;

/** Marks in the table beside rows, which are ≥ 0: bytes to their first entry. A matching row `r` stands as `matching - r`. */
const unknown = -1;
const dead = -2;
const quitting = -3;
const matching = -4;

/** What may be held before all is forgotten: rows, and numbers in their lists. Some 30 MB; usual patterns have tens of rows. */
const mostRows = 10_000;
/** Of an entry. */
const entryBytes = 4;
const mostListed = 2_000_000;

/** Forgetting sooner than after so many bytes, so many times running, means that nearly every byte makes a row: running thread by thread is then faster. */
const worthBytes = 20 * mostRows;
const mostVainForgets = 4;

/** Most of any source. */
const commonLetters = Buffer.from(' abcdefghilmnoprstuv');

/** What a byte is to its neighbours. */
const side = { edge: 0, newline: 1, word: 2, other: 3, wide: 4 } as const;

function sideOf(byte: number): number {
  if (byte === 10) return side.newline;
  if (byte >= 0x80) return side.wide;
  return isWordByte(byte) ? side.word : side.other;
}

/** Looks that hold between two sides; of words, those of Unicode hold as those of ASCII do where no side is wide. */
function looksBetween(left: number, right: number): number {
  let held = 0;
  if (left === side.edge) held |= look.textStart;
  if (right === side.edge) held |= look.textEnd;
  if (left <= side.newline) held |= look.lineStart;
  if (right <= side.newline) held |= look.lineEnd;
  const [before, after] = [left === side.word, right === side.word];
  held |= before === after ? look.notWord : look.word;
  if (!before && after) held |= look.wordStart;
  if (before && !after) held |= look.wordEnd;
  if (!before) held |= look.wordStartHalf;
  if (!after) held |= look.wordEndHalf;
  return held | ((held & asciiWordLooks) << unicodeShift);
}

/** Looks that may hold beside bytes beyond ASCII: one set for each of what these may be. */
function looksBesideWide(left: number, right: number): number[] {
  const ascii = looksBetween(left, right) & ~(asciiWordLooks << unicodeShift);
  const kinds = (one: number): readonly Neighbour[] =>
    one === side.wide ? ['word', 'other', 'broken'] : [one === side.word ? 'word' : 'other'];
  const sets = kinds(left).flatMap((before) => kinds(right).map((after) => wordLooks(before, after)));
  return [...new Set(sets)].map((unicode) => ascii | (unicode << unicodeShift));
}

interface Row {
  /** Automaton states, in order of preference. */
  readonly kernel: Int32Array;
  readonly side: number;
  /** Whether matches may still begin behind this. */
  readonly seeded: boolean;
}

export interface RunOptions {
  /** Matches may begin anywhere, not only where the run does. */
  readonly seeded: boolean;
  /** Of matches that begin at one place the preferred one counts, not all. */
  readonly preferred: boolean;
}

/** Memory of a table; it may move to another place, with what is in it. */
export interface TableHome {
  readonly table: Int32Array;
}

export class Dfa {
  readonly #nfa: Nfa;
  readonly #seeded: boolean;
  readonly #preferred: boolean;
  readonly #stride: number;
  /** A byte of each class; the last class is the edge of the text. */
  readonly #byteOf: Int32Array;
  #table: Int32Array;
  #home: TableHome | null = null;
  #rows: Row[] = [];
  #ids = new Map<string, number>();
  #listed = 0;
  /** Bytes passed, now and when all was last forgotten; how often that was too soon; whether tables are given up for this pattern. */
  #passed = 0;
  #passedAtForget = 0;
  #vainForgets = 0;
  #givenUp = false;
  /** Where `firstEnd` ended with `quit`: the byte that it could not take. */
  quitAt = 0;
  #starts = new Int32Array(5).fill(unknown);
  // Work space of making a state.
  #idleRow: number = unknown;
  #worthIdling = false;
  readonly #boring = new Uint8Array(256);
  readonly #seen: Uint32Array;
  #mark = 0;
  #closure: number[] = [];
  #stack: number[] = [];

  constructor(nfa: Nfa, { seeded, preferred }: RunOptions) {
    this.#nfa = nfa;
    this.#seeded = seeded;
    this.#preferred = preferred;
    this.#stride = nfa.classCount + 1;
    this.#byteOf = new Int32Array(this.#stride).fill(-1);
    for (let byte = 255; byte >= 0; byte--) this.#byteOf[nfa.classOf[byte] as number] = byte;
    this.#table = new Int32Array(this.#stride * 64);
    this.#seen = new Uint32Array(nfa.states.length);
  }

  /** Keeps the table in memory that others see too, as large as it will ever be; to be called before any row is made. */
  keepIn(home: TableHome): void {
    if (home.table.length < this.#stride * (mostRows + 1)) throw new Error('too little room for the table');
    this.#home = home;
    this.#table = home.table;
  }

  get givenUp(): boolean {
    return this.#givenUp;
  }

  /** The row to start in behind a byte; -1: at the edge of the text. */
  startRow(before: number): number {
    this.#come();
    return this.#start(before);
  }

  /** The home may have moved. */
  #come(): void {
    if (this.#home !== null) this.#table = this.#home.table;
  }

  /** Bytes were passed by others with this table. */
  pass(bytes: number): void {
    this.#passed += bytes;
  }

  /**
   * Where the first match ends, or an early end of it: enough to know its line.
   *
   * @param before the byte before `from`; -1 when there is none
   * @returns `none`, `quit`, or a position in `[from, to]`
   */
  firstEnd(bytes: Uint8Array, from: number, to: number, before: number): number {
    if (this.#givenUp) {
      this.quitAt = from;
      return quit;
    }
    this.#come();
    const end = this.#firstEnd(bytes, from, to, before);
    this.#passed += (end >= 0 ? end : end === quit ? this.quitAt : to) - from;
    return end;
  }

  #firstEnd(bytes: Uint8Array, from: number, to: number, before: number): number {
    const classes = this.#nfa.classOf;
    let idle = this.#idle();
    let row = this.#start(before);
    const boring = this.#boring;
    let table = this.#table;
    for (let at = from; at < to; at++) {
      if (row === idle) {
        // Nothing is under way: bytes that begin nothing are passed without a look into the table.
        while (at < to && boring[bytes[at] as number] === 1) at++;
        if (at === to) break;
      }
      let next = table[(row >>> 2) + (classes[bytes[at] as number] as number)] as number;
      if (next < 0) {
        if (next === unknown) {
          next = this.#make(row, classes[bytes[at] as number] as number);
          table = this.#table;
          if (this.#idleRow === unknown) idle = unknown;
          if (this.#givenUp) next = quitting;
        }
        if (next <= matching) return at;
        if (next === dead) return none;
        if (next === quitting) {
          this.quitAt = at;
          return quit;
        }
      }
      row = next;
    }
    const edge = this.#atEdge(row);
    if (edge !== quitting) return edge <= matching ? to : none;
    this.quitAt = to;
    return quit;
  }

  /**
   * Where the preferred match ends that begins first.
   *
   * @returns `none`, `quit`, or a position in `[from, to]`
   */
  preferredEnd(bytes: Uint8Array, from: number, to: number, before: number): number {
    if (this.#givenUp) return quit;
    const end = this.#preferredEnd(bytes, from, to, before);
    this.#passed += Math.max(end, from) - from;
    return end;
  }

  #preferredEnd(bytes: Uint8Array, from: number, to: number, before: number): number {
    const classes = this.#nfa.classOf;
    let row = this.#start(before);
    let table = this.#table;
    let end = none;
    for (let at = from; at < to; at++) {
      let next = table[(row >>> 2) + (classes[bytes[at] as number] as number)] as number;
      if (next < 0) {
        if (next === unknown) {
          next = this.#make(row, classes[bytes[at] as number] as number);
          table = this.#table;
          if (this.#givenUp) return quit;
        }
        if (next === dead) return end;
        if (next === quitting) return quit;
        if (next <= matching) {
          end = at;
          next = matching - next;
        }
      }
      row = next;
    }
    const edge = this.#atEdge(row);
    if (edge === quitting) return quit;
    return edge <= matching ? to : end;
  }

  /**
   * Runs backwards from `to`: where the longest match that ends there starts.
   *
   * @param after the byte at `to`; -1 when there is none
   * @returns `none`, `quit`, or a position in `[from, to]`
   */
  longestStart(bytes: Uint8Array, from: number, to: number, before: number, after: number): number {
    const classes = this.#nfa.classOf;
    let row = this.#start(after);
    let start = none;
    for (let at = to - 1; at >= from; at--) {
      const unit = classes[bytes[at] as number] as number;
      let next = this.#table[(row >>> 2) + unit] as number;
      if (next === unknown) next = this.#make(row, unit);
      if (next === dead) return start;
      if (next === quitting) return quit;
      if (next <= matching) {
        start = at + 1;
        next = matching - next;
      }
      row = next;
    }
    const unit = before < 0 ? this.#stride - 1 : (classes[before] as number);
    let next = this.#table[(row >>> 2) + unit] as number;
    if (next === unknown) next = this.#make(row, unit);
    if (next === quitting) return quit;
    return next <= matching ? from : start;
  }

  /** The entry for the end of the text. */
  #atEdge(row: number): number {
    const unit = this.#stride - 1;
    const next = this.#table[(row >>> 2) + unit] as number;
    return next === unknown ? this.#make(row, unit) : next;
  }

  /** The row in which nothing is under way but to begin, with the bytes that keep it in `#boring`. */
  #idle(): number {
    // With room left: making its entries must not make it forgotten.
    if (this.#idleRow === unknown && this.#seeded && this.#rows.length < mostRows / 2) {
      const left = this.#nfa.looks ? side.other : side.edge;
      const row = this.#rowOf(Int32Array.of(this.#nfa.start), left, true);
      const keeps: boolean[] = [];
      for (let unit = 0; unit < this.#stride - 1; unit++) keeps.push(this.#make(row, unit) === row);
      for (let byte = 0; byte < 256; byte++) this.#boring[byte] = keeps[this.#nfa.classOf[byte] as number] ? 1 : 0;
      // Where it is left every few bytes, telling so costs more than the table.
      let kept = 0;
      for (const letter of commonLetters) kept += this.#boring[letter] as number;
      this.#worthIdling = kept > commonLetters.length * 0.9;
      this.#idleRow = row;
    }
    return this.#worthIdling ? this.#idleRow : unknown;
  }

  /** Row to start at. */
  #start(before: number): number {
    const left = before < 0 ? side.edge : this.#sideOf(before);
    let row = this.#starts[left] as number;
    if (row === unknown) {
      row = this.#rowOf(Int32Array.of(this.#nfa.start), left, this.#seeded);
      this.#starts[left] = row;
    }
    return row;
  }

  /** What beside a position matters to this pattern. */
  #sideOf(byte: number): number {
    if (!this.#nfa.looks) return side.edge;
    if (this.#nfa.words) return sideOf(byte);
    return byte === 10 ? side.newline : side.other;
  }

  #rowOf(kernel: Int32Array, left: number, seeded: boolean): number {
    const key = `${left}${seeded ? '+' : '-'}${kernel.join()}`;
    let row = this.#ids.get(key);
    if (row === undefined) {
      row = this.#rows.push({ kernel, side: left, seeded }) - 1;
      this.#listed += kernel.length;
      const first = row * this.#stride;
      row = first * entryBytes;
      this.#ids.set(key, row);
      if (first + this.#stride > this.#table.length) {
        const grown = new Int32Array(this.#table.length * 2);
        grown.set(this.#table);
        this.#table = grown;
      }
      this.#table.fill(unknown, first, first + this.#stride);
    }
    return row;
  }

  #forget(): void {
    // Bytes of the run under way are not in it: a run that forgets several times is what is looked for.
    this.#vainForgets = this.#passed - this.#passedAtForget < worthBytes ? this.#vainForgets + 1 : 1;
    this.#passedAtForget = this.#passed;
    if (this.#vainForgets > mostVainForgets) this.#givenUp = true;
    this.#rows = [];
    this.#ids.clear();
    this.#listed = 0;
    this.#starts.fill(unknown);
    this.#idleRow = unknown;
  }

  /** The entry for a row and a class of bytes, which is also put in the table. */
  #make(row: number, unit: number): number {
    const { kernel, side: left, seeded } = this.#rows[row / entryBytes / this.#stride] as Row;
    const byte = this.#byteOf[unit] as number;
    const edge = unit === this.#stride - 1;
    const right = edge ? side.edge : this.#sideOf(byte);
    const [before, after] = this.#nfa.backwards ? [right, left] : [left, right];
    const wide = this.#nfa.unicodeWords && (left === side.wide || right === side.wide);
    const looks = wide ? looksBesideWide(before, after) : [this.#nfa.looks ? looksBetween(before, after) : 0];
    const ways = looks.map((held) => {
      const matched = this.#close(kernel, held);
      const next = edge ? [] : this.#step(byte);
      const goesOn = seeded && !edge && !(matched && this.#preferred);
      if (goesOn) this.#push(next, this.#nfa.start);
      return { matched, next, goesOn };
    });
    const { matched, next, goesOn } = ways[0] as (typeof ways)[number];
    if (ways.some((way) => way.matched !== matched || way.next.join() !== next.join())) {
      this.#table[(row >>> 2) + unit] = quitting;
      return quitting;
    }
    if (next.length === 0 && !matched) {
      this.#table[(row >>> 2) + unit] = dead;
      return dead;
    }
    // After forgetting, the row we come from is no more.
    const full = this.#rows.length >= mostRows || this.#listed >= mostListed;
    if (full) this.#forget();
    const target = this.#rowOf(Int32Array.from(next), right, goesOn);
    const entry = matched ? matching - target : target;
    if (!full) this.#table[(row >>> 2) + unit] = entry;
    return entry;
  }

  /** Follows free ways from `kernel` into `#closure`. @returns whether a match ends here */
  #close(kernel: Int32Array, held: number): boolean {
    const { states } = this.#nfa;
    const stack = this.#stack;
    const mark = this.#nextMark();
    this.#closure.length = 0;
    let matched = false;
    for (let at = 0; at < kernel.length; at++) {
      stack.push(kernel[at] as number);
      while (stack.length > 0) {
        const id = stack.pop() as number;
        if (this.#seen[id] === mark) continue;
        this.#seen[id] = mark;
        const state = states[id] as Nfa['states'][number];
        if (state.kind === 'bytes') this.#closure.push(id);
        else if (state.kind === 'look') {
          if ((state.look & held) !== 0) stack.push(state.to);
        } else if (state.kind === 'either') {
          for (let way = state.to.length - 1; way >= 0; way--) stack.push(state.to[way] as number);
        } else {
          matched = true;
          if (this.#preferred) {
            // What is less preferred does not count any more.
            stack.length = 0;
            return true;
          }
        }
      }
    }
    return matched;
  }

  #step(byte: number): number[] {
    const { states } = this.#nfa;
    this.#nextMark();
    const next: number[] = [];
    for (const id of this.#closure) {
      const state = states[id] as Nfa['states'][number];
      if (state.kind !== 'bytes') continue;
      const { lo, hi, to } = state;
      for (let edge = 0; edge < to.length; edge++) {
        if ((lo[edge] as number) > byte || byte > (hi[edge] as number)) continue;
        this.#push(next, to[edge] as number);
        if (!this.#nfa.backwards) break;
      }
    }
    return next;
  }

  #push(list: number[], id: number): void {
    if (this.#seen[id] === this.#mark) return;
    this.#seen[id] = this.#mark;
    list.push(id);
  }

  #nextMark(): number {
    this.#mark++;
    if (this.#mark === 0xffffffff) {
      this.#seen.fill(0);
      this.#mark = 1;
    }
    return this.#mark;
  }
}
