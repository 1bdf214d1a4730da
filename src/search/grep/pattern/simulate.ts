/**
 * The automaton run as it is, thread by thread: slow, exact, and linear. It takes the lines that `dfa.ts` leaves
 * undecided: word boundaries of Unicode beside characters beyond ASCII.
 */
import { isWordByte, type Nfa } from './nfa.ts';
import { contains } from './ranges.ts';
import { asciiWordLooks, look, unicodeShift } from './tree.ts';
import { perl } from './unicode.ts';

export interface Span {
  readonly start: number;
  readonly end: number;
}

/**
 * The preferred match that begins first, in `[from, to)`.
 *
 * @param nfa forwards
 * @param textFrom start of the text; what lies before it does not count
 */
export function simulate(nfa: Nfa, bytes: Uint8Array, from: number, to: number, textFrom: number): Span | null {
  const { states } = nfa;
  const seen = new Uint32Array(states.length);
  let mark = 0;
  let threads: number[] = [];
  let starts: number[] = [];
  let found: Span | null = null;
  const stack: number[] = [];
  for (let at = from; ; at++) {
    if (found === null) {
      threads.push(nfa.start);
      starts.push(at);
    } else if (threads.length === 0) return found;
    mark++;
    let held = -1;
    const byte = at < to ? (bytes[at] as number) : -1;
    const next: number[] = [];
    const nextStarts: number[] = [];
    const ready: number[] = [];
    const readyStarts: number[] = [];
    let cut = false;
    for (let i = 0; i < threads.length && !cut; i++) {
      stack.push(threads[i] as number);
      while (stack.length > 0) {
        const id = stack.pop() as number;
        if (seen[id] === mark) continue;
        seen[id] = mark;
        const state = states[id] as Nfa['states'][number];
        if (state.kind === 'bytes') {
          ready.push(id);
          readyStarts.push(starts[i] as number);
        } else if (state.kind === 'either') {
          for (let way = state.to.length - 1; way >= 0; way--) stack.push(state.to[way] as number);
        } else if (state.kind === 'look') {
          if (held === -1) held = looksAt(bytes, at, textFrom, to);
          if ((state.look & held) !== 0) stack.push(state.to);
        } else {
          found = { start: starts[i] as number, end: at };
          stack.length = 0;
          cut = true;
        }
      }
    }
    if (at >= to) return found;
    mark++;
    for (let i = 0; i < ready.length; i++) {
      const state = states[ready[i] as number] as Nfa['states'][number];
      if (state.kind !== 'bytes') continue;
      for (let edge = 0; edge < state.to.length; edge++) {
        if ((state.lo[edge] as number) > byte || byte > (state.hi[edge] as number)) continue;
        const target = state.to[edge] as number;
        if (seen[target] === mark) break;
        seen[target] = mark;
        next.push(target);
        nextStarts.push(readyStarts[i] as number);
        break;
      }
    }
    threads = next;
    starts = nextStarts;
  }
}

/** All looks that hold at a position of the text `[textFrom, to)`. */
function looksAt(bytes: Uint8Array, at: number, textFrom: number, to: number): number {
  let held = 0;
  if (at === textFrom) held |= look.textStart | look.lineStart;
  else if (bytes[at - 1] === 10) held |= look.lineStart;
  if (at === to) held |= look.textEnd | look.lineEnd;
  else if (bytes[at] === 10) held |= look.lineEnd;
  const ascii = wordLooks(
    at > textFrom && isWordByte(bytes[at - 1] as number) ? 'word' : 'other',
    at < to && isWordByte(bytes[at] as number) ? 'word' : 'other',
  );
  const unicode = wordLooks(before(bytes, at, textFrom), after(bytes, at, to));
  return held | (ascii & asciiWordLooks) | (unicode << unicodeShift);
}

/** `broken`: bytes that are no UTF-8. Beside them no look holds that wants the absence of a word. */
export type Neighbour = 'word' | 'other' | 'broken';

export function wordLooks(left: Neighbour, right: Neighbour): number {
  const [before, after] = [left === 'word', right === 'word'];
  let held = before === after ? 0 : look.word;
  if (before === after && left !== 'broken' && right !== 'broken') held |= look.notWord;
  if (!before && after) held |= look.wordStart;
  if (before && !after) held |= look.wordEnd;
  if (left === 'other') held |= look.wordStartHalf;
  if (right === 'other') held |= look.wordEndHalf;
  return held;
}

const isWord = (point: number): Neighbour => (contains(perl.w(), point) ? 'word' : 'other');

function after(bytes: Uint8Array, at: number, to: number): Neighbour {
  if (at >= to) return 'other';
  const point = pointAt(bytes, at, to);
  return point < 0 ? 'broken' : isWord(point);
}

function before(bytes: Uint8Array, at: number, from: number): Neighbour {
  if (at <= from) return 'other';
  let start = at - 1;
  while (start > from && start > at - 4 && ((bytes[start] as number) & 0xc0) === 0x80) start--;
  // What begins there counts, even where stray bytes stand between it and here: so does Rust's engine.
  const point = pointAt(bytes, start, at);
  return point < 0 ? 'broken' : isWord(point);
}

const lengthOf = (point: number): number => (point < 0x80 ? 1 : point < 0x800 ? 2 : point < 0x10000 ? 3 : 4);

/** The code point whose UTF-8 begins at `at`; -1 when there is none. */
function pointAt(bytes: Uint8Array, at: number, to: number): number {
  const lead = bytes[at] as number;
  if (lead < 0x80) return lead;
  const length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : lead >= 0xc2 ? 2 : 0;
  if (length === 0 || at + length > to) return -1;
  let point = lead & (0x7f >> length);
  for (let i = 1; i < length; i++) {
    const byte = bytes[at + i] as number;
    if ((byte & 0xc0) !== 0x80) return -1;
    point = (point << 6) | (byte & 63);
  }
  const whole = lengthOf(point) === length && point <= 0x10ffff && (point < 0xd800 || point > 0xdfff);
  return whole ? point : -1;
}
