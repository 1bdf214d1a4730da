/**
 * How a name asked for and a name defined match, from letter for letter to a letter off.
 *
 * Pure comparison of two words; where names come from and how definitions are ordered is
 * `identifier.ts`. A cheap signature of both words rules out most of a dictionary before
 * anything is compared.
 */
import { splitIdentifier } from '../code/mod.ts';
import { distanceWithin } from './distance.ts';
import type { NameMatchKind } from './weights.ts';

export interface NameMatch {
  readonly kind: NameMatchKind;
  /** How much of the name is accounted for, in [0, 1]. */
  readonly fit: number;
}

/** A name asked for, made ready to be compared with many. */
export interface NamePattern {
  readonly text: string;
  readonly folded: string;
  readonly parts: readonly string[];
  /** Letters of the words' beginnings, for humps: no separators, as typed. */
  readonly letters: string;
  /** Capitals or separators show where words begin. */
  readonly marked: boolean;
  readonly letterSet: number;
  /** Its letters that come twice, and three times; as sets. */
  readonly twice: number;
  readonly thrice: number;
  /** Letters that must begin words of a name whose humps match. */
  readonly beginnings: number;
  /** Finds the name within another, whatever the letter case. */
  readonly inside: RegExp;
  /** Most edits allowed in a fuzzy match. */
  readonly edits: number;
}

/** Shorter names are one edit from too many others; two edits need length to carry meaning. */
function editsFor(length: number): number {
  if (length < 4) return 0;
  return length < 6 ? 1 : 2;
}

export function namePattern(text: string): NamePattern {
  const letters = text.replace(/[^\p{L}\p{N}]+/gu, '');
  return {
    text,
    folded: text.toLowerCase(),
    parts: splitIdentifier(text),
    letters,
    marked: /\p{Lu}/u.test(letters.slice(1)) || /[\p{L}\p{N}][^\p{L}\p{N}]+[\p{L}\p{N}]/u.test(text),
    letterSet: letterSet(text),
    ...repeatedLetters(text),
    beginnings: beginningsOf(text),
    inside: new RegExp(text.replace(/[\\^$.*+?()[\]{}|/]/g, '\\$&'), 'i'),
    edits: editsFor(text.length),
  };
}

/** Set of the letters of a word as bits: a–z without case, one bit for digits, one for all else. */
export function letterSet(word: string): number {
  let set = 0;
  for (let i = 0; i < word.length; i++) set |= letterBit(word.charCodeAt(i));
  return set;
}

function letterBit(unit: number): number {
  const code = unit | 32;
  if (code >= 97 && code <= 122) return 1 << (code - 97);
  return code >= 48 && code <= 57 ? 1 << 26 : others;
}

const others = 1 << 27;

/** The letters of a word that it holds at least twice, and at least three times; as `letterSet`, without what is neither letter nor digit. */
export function repeatedLetters(word: string): { readonly twice: number; readonly thrice: number } {
  let once = 0;
  let twice = 0;
  let thrice = 0;
  for (let i = 0; i < word.length; i++) {
    const bit = letterBit(word.charCodeAt(i)) & ~others;
    thrice |= twice & bit;
    twice |= once & bit;
    once |= bit;
  }
  return { twice, thrice };
}

function bits(set: number): number {
  let n = set - ((set >>> 1) & 0x55555555);
  n = (n & 0x33333333) + ((n >>> 2) & 0x33333333);
  return (((n + (n >>> 4)) & 0x0f0f0f0f) * 0x01010101) >>> 24;
}

/** Matches by equality, convention and beginning: what sorted look-ups can find. */
export function closeMatch(pattern: NamePattern, name: string): NameMatch | null {
  if (name === pattern.text) return { kind: 'exact', fit: 1 };
  const folded = name.toLowerCase();
  if (folded === pattern.folded) return { kind: 'folded', fit: 1 };
  if (folded.length === pattern.folded.length + 1 && folded === `#${pattern.folded}`) return { kind: 'exact', fit: 1 };
  if (sameWords(pattern, name)) return { kind: 'respelled', fit: 1 };
  if (folded.startsWith(pattern.folded) && capitalsFit(pattern.text, name)) {
    return { kind: 'prefix', fit: prefixFit(pattern, name) };
  }
  return null;
}

/** Whether capitals inside what was asked stand at capitals: `cRO` is no beginning of `crossorigin`. */
function capitalsFit(asked: string, name: string): boolean {
  for (let i = 1; i < asked.length; i++) {
    if (isUpper(asked.charCodeAt(i)) && !isUpper(asked.charCodeAt(i - 1)) && isLower(name.charCodeAt(i))) return false;
  }
  return true;
}

const sameWords = (pattern: NamePattern, name: string): boolean =>
  pattern.letters.length > 0 && name.replace(/[^\p{L}\p{N}]+/gu, '').toLowerCase() === pattern.letters.toLowerCase();

/** Longer names fit less, and half is kept for the same letter case. */
const prefixFit = (pattern: NamePattern, name: string): number =>
  (pattern.text.length / name.length) * (name.startsWith(pattern.text) ? 1 : 0.5);

/**
 * Whether a name with these letters (`letterSet`, `repeatedLetters`) could match from within: whichever way it does, each letter of the
 * pattern is one of the name's. No name that matches is ruled out. Long names hold nearly all letters, but not as often.
 */
export const mayContain = (pattern: NamePattern, set: number, twice: number, thrice: number): boolean =>
  (pattern.letterSet & ~set & ~others) === 0 && (pattern.twice & ~twice) === 0 && (pattern.thrice & ~thrice) === 0;

/** Letters of the first word and of words that capitals or separators show. */
function beginningsOf(text: string): number {
  let set = 0;
  for (let i = 0; i < text.length; i++) {
    const before = text.charCodeAt(i - 1);
    const shown = i === 0 || !isLetterOrDigit(before) || (isUpper(text.charCodeAt(i)) && !isUpper(before));
    if (shown && isLetter(text.charCodeAt(i))) set |= letterSet(text[i] as string);
  }
  return set & ~others;
}

const isUpper = (code: number): boolean => code >= 65 && code <= 90;
const isLower = (code: number): boolean => code >= 97 && code <= 122;
const isLetter = (code: number): boolean => isUpper(code) || isLower(code);
const isLetterOrDigit = (code: number): boolean => isLetter(code) || (code >= 48 && code <= 57) || code >= 0x80;

/** Letters at which words of a name can begin, as a set; generous, so that it never lacks one. */
export function wordBeginnings(name: string): number {
  let set = 0;
  let before = 0;
  for (let i = 0; i < name.length; i++) {
    const code = name.charCodeAt(i);
    if (isLetter(code) && (isUpper(code) || !isLower(before))) set |= 1 << ((code | 32) - 97);
    before = code;
  }
  return set;
}

/** Whether the pattern's letters stand in the name in order: a quick look without taking the name apart. */
function holdsInOrder({ letters }: NamePattern, name: string): boolean {
  let at = 0;
  for (let i = 0; i < name.length && at < letters.length; i++) {
    if (same(name.charCodeAt(i), letters.charCodeAt(at))) at++;
  }
  return at === letters.length;
}

/** Equal but for the case of ASCII letters; beyond ASCII, anything may be equal. */
const same = (a: number, b: number): boolean =>
  a === b || ((a | 32) === (b | 32) && isLetter(a)) || a >= 0x80 || b >= 0x80;

/**
 * Matches that need a look at every name: words, humps, substrings.
 *
 * @param beginnings `wordBeginnings` of the name: words and humps match only where words begin
 */
export function innerMatch(pattern: NamePattern, name: string, beginnings = wordBeginnings(name)): NameMatch | null {
  if ((pattern.beginnings & ~beginnings) === 0) return holdsInOrder(pattern, name) ? matchByParts(pattern, name) : null;
  return insideMatch(pattern, name);
}

function insideMatch({ folded, inside }: NamePattern, name: string): NameMatch | null {
  return folded.length >= 3 && inside.test(name) ? { kind: 'inside', fit: folded.length / name.length } : null;
}

/** `innerMatch` without a quick look first. */
export function matchByParts(pattern: NamePattern, name: string): NameMatch | null {
  const parts = splitIdentifier(name);
  const words = wordsFit(pattern.parts, parts);
  if (words > 0) return { kind: 'words', fit: words };
  const humps = humpFit(pattern, name, parts);
  if (humps > 0 && (pattern.marked || humps === 1)) return { kind: 'humps', fit: humps };
  return insideMatch(pattern, name) ?? (humps > 0 ? { kind: 'looseHumps', fit: humps } : null);
}

function wordsFit(asked: readonly string[], parts: readonly string[]): number {
  if (asked.length === 0) return 0;
  for (let start = 0; start + asked.length <= parts.length; start++) {
    if (asked.every((part, i) => parts[start + i] === part)) return asked.length / parts.length;
  }
  return 0;
}

/** Whether a name with these letters and this length could be within the pattern's edits. */
export function mayBeNear(pattern: NamePattern, set: number, length: number): boolean {
  const edits = pattern.edits;
  return (
    edits > 0 &&
    Math.abs(length - pattern.text.length) <= edits &&
    bits(pattern.letterSet & ~set) <= edits &&
    bits(set & ~pattern.letterSet) <= edits
  );
}

export function fuzzyMatch(pattern: NamePattern, name: string): NameMatch | null {
  const distance = distanceWithin(pattern.folded, name.toLowerCase(), pattern.edits);
  return distance === null ? null : { kind: 'fuzzy', fit: 1 - distance / (pattern.edits + 1) };
}

/**
 * Share of a name's words whose beginnings spell the pattern, in order; 0 when they do not.
 *
 * Each word used is matched from its first letter on. Words may be skipped, but the first
 * only when capitals or separators mark the pattern's words; then a capital after a small
 * letter must begin a word, and a small letter must go on with one. Of all ways the one
 * with most words counts.
 */
export function humpFit(pattern: NamePattern, name: string, parts = splitIdentifier(name)): number {
  const letters = pattern.letters;
  if (letters.length < 2 || parts.length < 2) return 0;
  const folded = letters.toLowerCase();
  const separated = pattern.text.length !== letters.length;
  const starts = separated ? wordStarts(pattern.text) : null;
  /** best[i]: most words used to spell the first i letters with the words so far, or -1. */
  let best = new Int16Array(folded.length + 1).fill(-1);
  best[0] = 0;
  for (let p = 0; p < parts.length; p++) {
    const part = parts[p] as string;
    const next = best.slice();
    if (p > 0 && !pattern.marked) next[0] = -1;
    for (let i = 0; i < folded.length; i++) {
      const used = best[i] as number;
      if (used < 0 || (i === 0 && p > 0 && !pattern.marked) || !mayBegin(pattern, i, starts)) continue;
      for (let n = 1; n <= part.length && i + n <= folded.length; n++) {
        if (part.charCodeAt(n - 1) !== folded.charCodeAt(i + n - 1)) break;
        if (n > 1 && !mayGoOn(pattern, i + n - 1, starts)) break;
        if (used + 1 > (next[i + n] as number)) next[i + n] = used + 1;
      }
    }
    best = next;
  }
  const used = best[folded.length] as number;
  return used >= 2 ? used / parts.length : 0;
}

/** For each letter (separators dropped), whether a separator stood before it. */
function wordStarts(text: string): Uint8Array {
  const starts: number[] = [];
  let fresh = true;
  for (const char of text) {
    if (!/[\p{L}\p{N}]/u.test(char)) fresh = true;
    else {
      for (let unit = 0; unit < char.length; unit++) starts.push(fresh ? 1 : 0);
      fresh = false;
    }
  }
  return Uint8Array.from(starts);
}

const isCapital = (text: string, at: number): boolean => {
  const char = text[at] as string;
  return char !== char.toLowerCase();
};

function mayBegin(pattern: NamePattern, at: number, starts: Uint8Array | null): boolean {
  if (!pattern.marked || at === 0) return true;
  return starts?.[at] === 1 || isCapital(pattern.letters, at) || /\p{N}/u.test(pattern.letters[at] as string);
}

function mayGoOn(pattern: NamePattern, at: number, starts: Uint8Array | null): boolean {
  if (!pattern.marked) return true;
  if (starts?.[at] === 1) return false;
  return !isCapital(pattern.letters, at) || isCapital(pattern.letters, at - 1);
}
