/**
 * Unicode sets, drawn from the engine's own regular expressions when a pattern first wants them.
 *
 * No tables: one pass of `/\p{…}+/gu` over all code points takes some milliseconds, and most patterns need none. Its
 * version is that of the JavaScript engine; ripgrep's may be a version older or newer, and the two then differ
 * in characters that were added between them.
 */
import { complement, joined, type Ranges, union } from './ranges.ts';

export const topCodePoint = 0x10ffff;

/** Parts of the code space: assigned characters lie in the first (planes 0 to 3) and third (plane 14) alone, but for private use. */
const parts = [
  [0, 0x3ffff],
  [0x40000, 0xdffff],
  [0xe0000, 0xe0fff],
  [0xe1000, topCodePoint],
] as const;

const texts = new Map<number, string>();

function textOf(part: number): string {
  let text = texts.get(part);
  if (text === undefined) {
    const [from, to] = parts[part] as readonly [number, number];
    const pieces: string[] = [];
    for (let at = from; at <= to; at += 0x1000) {
      const points: number[] = [];
      // Surrogates are no characters; in a row they would read as others.
      for (let point = at; point < at + 0x1000 && point <= to; point++)
        if (point < 0xd800 || point > 0xdfff) points.push(point);
      pieces.push(String.fromCodePoint(...points));
    }
    text = pieces.join('');
    texts.set(part, text);
  }
  return text;
}

const sets = new Map<string, Ranges>();

/** @param inside what stands between the brackets of a JavaScript class. @throws SyntaxError for a property it does not know */
export function setOf(inside: string): Ranges {
  let ranges = sets.get(inside);
  if (ranges === undefined) {
    const runs = new RegExp(`[${inside}]+`, 'gu');
    const wide = new RegExp(`[${inside}]`, 'u').test(String.fromCodePoint(0x5_0000, 0xf_0000, 0x10_0000));
    const pairs: number[] = [];
    for (let part = 0; part < parts.length; part++) {
      if (part % 2 === 1 && !wide) continue;
      for (const [run] of textOf(part).matchAll(runs)) addRun(pairs, run);
    }
    ranges = joined(pairs);
    sets.set(inside, ranges);
  }
  return ranges;
}

function addRun(pairs: number[], run: string): void {
  const first = run.codePointAt(0) as number;
  const tail = run.charCodeAt(run.length - 1);
  const low = tail >= 0xdc00 && tail <= 0xdfff;
  const last = run.codePointAt(run.length - (low ? 2 : 1)) as number;
  // The text leaves out the surrogates, so that a run may go across them.
  if (first < 0xd800 && last > 0xdfff) pairs.push(first, 0xd7ff, 0xe000, last);
  else pairs.push(first, last);
}

/** `\w`, `\d`, `\s` as Unicode TR18 has them, which is what Rust's patterns mean. */
export const perl = {
  w: (): Ranges => setOf('\\p{Alphabetic}\\p{M}\\p{Nd}\\p{Pc}\\p{Join_Control}'),
  d: (): Ranges => setOf('\\p{Nd}'),
  s: (): Ranges => setOf('\\p{White_Space}'),
} as const;

export const perlAscii = {
  w: [0x30, 0x39, 0x41, 0x5a, 0x5f, 0x5f, 0x61, 0x7a],
  d: [0x30, 0x39],
  s: [0x09, 0x0d, 0x20, 0x20],
} as const;

/**
 * The set of a property, category or script by its name, loosely written.
 *
 * @param name `L`, `Greek`, `sc=Greek`, `White_Space`, `any`, `ascii`, `assigned`
 * @returns null when no such property is known
 */
export function propertyNamed(name: string): Ranges | null {
  const plain = name.replace(/[\s_-]/g, '').toLowerCase();
  if (plain === 'any') return [0, topCodePoint];
  if (plain === 'ascii') return [0, 0x7f];
  if (plain === 'assigned') return complement(setOf('\\p{Cn}'), topCodePoint);
  const [, key, value] = /^([^=:]+)(?:=|:)(.+)$/.exec(name) ?? [null, null, name];
  const spellings = spellingsOf((value as string).trim());
  const keys = key === null ? ['', 'gc=', 'sc='] : keysOf(key.trim());
  for (const prefix of keys) {
    for (const spelled of spellings) {
      try {
        return setOf(`\\p{${prefix}${spelled}}`);
      } catch {
        // Not a name that it knows: try the next spelling.
      }
    }
  }
  return null;
}

function keysOf(key: string): string[] {
  const plain = key.replace(/[\s_-]/g, '').toLowerCase();
  if (plain === 'gc' || plain === 'generalcategory') return ['gc='];
  if (plain === 'sc' || plain === 'script') return ['sc='];
  if (plain === 'scx' || plain === 'scriptextensions') return ['scx='];
  return [];
}

/** `white_space` → as given, `White_Space`, `WHITE_SPACE`, `Whitespace`. */
function spellingsOf(value: string): string[] {
  const words = value.split(/[\s_-]+/).map((word) => word.charAt(0).toUpperCase() + word.slice(1).toLowerCase());
  const whole = value.charAt(0).toUpperCase() + value.slice(1).toLowerCase();
  return [...new Set([value, words.join('_'), whole, value.toUpperCase()])].filter((one) => /^\w+$/.test(one));
}

/** Code point → those that are equal to it when case is ignored; those beyond ASCII and their partners. */
let folds: Map<number, readonly number[]> | null = null;

function foldTable(): Map<number, readonly number[]> {
  if (folds !== null) return folds;
  const groups = new Map<string, number[]>();
  const cased = setOf('\\p{Changes_When_Casemapped}');
  for (let at = 0; at < cased.length; at += 2) {
    for (let point = cased[at] as number; point <= (cased[at + 1] as number); point++) {
      const text = String.fromCodePoint(point);
      const upper = text.toUpperCase();
      const key = (isOne(upper) ? upper : text).toLowerCase();
      const kept = isOne(key) ? key : text;
      groups.set(kept, [...(groups.get(kept) ?? []), point]);
    }
  }
  folds = new Map();
  for (const members of groups.values()) {
    if (members.length < 2) continue;
    for (const point of members) {
      // The engine's own simple case folding has the last word: İ and ı are no partners of i.
      const same = new RegExp(`^\\u{${point.toString(16)}}$`, 'iu');
      const partners = members.filter((other) => other !== point && same.test(String.fromCodePoint(other)));
      if (partners.length > 0) folds.set(point, partners);
    }
  }
  return folds;
}

const isOne = (text: string): boolean => text.length === ((text.codePointAt(0) ?? 0) > 0xffff ? 2 : 1);

/** The set with all that is equal to its members when case is ignored (simple folding, as Rust's patterns have it). */
export function folded(ranges: Ranges, unicode: boolean): Ranges {
  const pairs: number[] = [...ranges];
  const add = (lo: number, hi: number, shift: number) => {
    for (let at = 0; at < ranges.length; at += 2) {
      const from = Math.max(ranges[at] as number, lo);
      const to = Math.min(ranges[at + 1] as number, hi);
      if (from <= to) pairs.push(from + shift, to + shift);
    }
  };
  add(0x41, 0x5a, 32);
  add(0x61, 0x7a, -32);
  if (!unicode) return joined(pairs);
  if (ranges.length > 0 && (ranges.at(-1) as number) < 0x80) {
    // Long s and the Kelvin sign are the only ones beyond ASCII that ASCII folds to.
    for (let at = 0; at < ranges.length; at += 2)
      for (const [letter, partner] of asciiPartners)
        if ((ranges[at] as number) <= letter && letter <= (ranges[at + 1] as number)) pairs.push(partner, partner);
    return joined(pairs);
  }
  for (const [point, partners] of foldTable())
    if (inRanges(ranges, point)) for (const partner of partners) pairs.push(partner, partner);
  return union(joined(pairs), []);
}

const asciiPartners = [
  [0x73, 0x17f],
  [0x53, 0x17f],
  [0x6b, 0x212a],
  [0x4b, 0x212a],
] as const;

function inRanges(ranges: Ranges, point: number): boolean {
  for (let at = 0; at < ranges.length; at += 2)
    if ((ranges[at] as number) <= point && point <= (ranges[at + 1] as number)) return true;
  return false;
}
