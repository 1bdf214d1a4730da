/**
 * Classes of copies: runs of fingerprints that occur in several places, the largest first, each place told once.
 *
 * Repeats are taken longest first. One whose places all lie mostly in repeats taken before is passed over, so a
 * class is never told again for its parts, while a part that occurs elsewhere too is. Runs made of few different fingerprints are tables and lists, not
 * copies. Where places of one class are followed, within few tokens, by places of another, both are one class with a gap: a near copy.
 */
import { gramTokens } from '../../code/mod.ts';
import { repeatsIn } from './repeats.ts';
import type { Sequences } from './sequences.ts';

export type Strength = 'exact' | 'renamed';
export type CopyKind = Strength | 'near';

/** A run of fingerprints, as indices of the sequences; both included. */
export interface Place {
  readonly first: number;
  readonly last: number;
}

export interface CopyClass {
  readonly kind: CopyKind;
  /** Ascending; at least two. */
  readonly places: readonly Place[];
  /** Tokens of the first place that fingerprints cover, gaps left out. */
  readonly tokens: number;
  /** Of the first place, with gaps. */
  readonly spread: number;
}

/** Different fingerprints of a run, of all of it, at least. Half is what an enumeration of names falls below and ordinary code never. */
const leastDifferent = 0.5;
/** A place is told already when as much of it lies in classes taken before. */
const toldShare = 0.7;
/**
 * Two classes are one when places of both share as much of the larger: of three copies two often agree in a token more, by chance, and are
 * then a class before all three are. Told is what all have in common.
 */
const sameShare = 0.9;
/** A class lists no more places; what has more is boilerplate. */
export const mostPlaces = 2_000;
/** Fingerprints looked at while choosing: bounds the time where runs lie in each other a thousandfold. */
const mostWork = 50_000_000;
/** Tokens between two parts of a near copy, and the share of its tokens that must be common. NiCad's default likeness is 0.7 (Roy and Cordy 2008). */
export const nearGap = 30;
export const nearShare = 0.7;
/** A part of a near copy has at least as many tokens: two of the guarantee's runs would be one fingerprint each. */
const leastPart = 20;

/** Fingerprints that cover so many tokens, at least. */
export const leastPrints = (tokens: number): number => Math.max(1, Math.ceil((tokens - gramTokens) / gramTokens) + 1);

/** Tokens that fingerprints of a class, or of a part of one, cover. */
export const leastCovered = (tokens: number, near: boolean): number => (near ? Math.min(leastPart, tokens) : tokens);

const tokensOf = ({ token }: Sequences, first: number, last: number): number =>
  (token[last] as number) - (token[first] as number) + gramTokens;

interface Candidate {
  readonly strength: Strength;
  readonly order: Int32Array;
  readonly from: number;
  readonly to: number;
  readonly length: number;
  readonly tokens: number;
}

export interface Chosen {
  readonly classes: readonly CopyClass[];
  /** Choosing was given up before all repeats were looked at. */
  readonly partial: boolean;
}

/** @param leastTokens that fingerprints of a class cover */
export function chooseClasses(
  sequences: Sequences,
  strengths: readonly Strength[],
  leastTokens: number,
  near: boolean,
): Chosen {
  const least = leastCovered(leastTokens, near);
  const candidates = strengths.flatMap((strength) => candidatesOf(sequences, strength, least));
  candidates.sort(
    (a, b) =>
      b.tokens - a.tokens ||
      b.to - b.from - (a.to - a.from) ||
      Number(a.strength === 'renamed') - Number(b.strength === 'renamed'),
  );
  const covered = new Uint8Array(sequences.count);
  /** By fingerprint: the class that told it last, from 1. */
  const teller = new Int32Array(sequences.count);
  const classes: CopyClass[] = [];
  let work = 0;
  let partial = false;
  for (const candidate of candidates) {
    const { order, from, to, length, strength } = candidate;
    work += length * (to - from + 1);
    if (work > mostWork) {
      partial = true;
      break;
    }
    const places = placesOf(sequences, order.subarray(from, Math.min(to + 1, from + mostPlaces)), length);
    const [first] = places;
    if (first === undefined || places.length < 2) continue;
    if (places.every(({ first, last }) => isTold(covered, first, last))) continue;
    const hashes = sequences[strength === 'exact' ? 'exact' : 'blind'];
    if (new Set(hashes.subarray(first.first, first.last + 1)).size < leastDifferent * length) continue;
    const tokens = tokensOf(sequences, first.first, first.last);
    const kind = strength === 'renamed' && sameHashes(sequences, places) ? 'exact' : strength;
    const found: CopyClass = { kind, places, tokens, spread: tokens };
    const told = tellersOf(teller, places);
    let at = classes.length;
    for (const one of told) {
      const joined = joinedAlike(sequences, classes[one] as CopyClass, found, leastTokens);
      if (joined === null) continue;
      classes[one] = joined;
      at = one;
      break;
    }
    if (at === classes.length) classes.push(found);
    for (const { first, last } of places) {
      covered.fill(1, first, last + 1);
      teller.fill(at + 1, first, last + 1);
    }
  }
  const joined = near ? joinNear(sequences, classes) : classes;
  return { classes: joined.filter(({ tokens }) => tokens >= leastTokens), partial };
}

function candidatesOf(sequences: Sequences, strength: Strength, leastTokens: number): Candidate[] {
  const { symbols, kinds } = symbolsOf(sequences, strength);
  const { order, repeats } = repeatsIn(symbols, kinds, leastPrints(leastTokens));
  // Places in the symbols are those in the sequences, moved by the borders before them.
  const placeOf = placesOfSymbols(sequences);
  for (let i = 0; i < order.length; i++) order[i] = placeOf[order[i] as number] as number;
  return repeats.flatMap(({ from, to, length }) => {
    const first = order[from] as number;
    const tokens = tokensOf(sequences, first, first + length - 1);
    return tokens < leastTokens ? [] : [{ strength, order, from, to, length, tokens }];
  });
}

/** Hashes as small numbers, with a symbol of its own wherever a run begins. */
function symbolsOf(sequences: Sequences, strength: Strength): { symbols: Int32Array; kinds: number } {
  const { breaks, count } = sequences;
  const hashes = strength === 'exact' ? sequences.exact : sequences.blind;
  const sorted = hashes.slice().sort();
  let kinds = 0;
  for (let i = 0; i < count; i++) if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[kinds++] = sorted[i] as number;
  const distinct = sorted.subarray(0, kinds);
  const rankOf = (hash: number): number => {
    let [low, high] = [0, kinds - 1];
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((distinct[middle] as number) < hash) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  const borders = breaks.reduce((sum, one) => sum + one, 0);
  const symbols = new Int32Array(count + borders);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (breaks[i] === 1) symbols[at++] = kinds++;
    symbols[at++] = rankOf(hashes[i] as number);
  }
  return { symbols, kinds };
}

/** By index of the symbols that of the sequences; of a border that of what follows. */
function placesOfSymbols({ breaks, count }: Sequences): Int32Array {
  const borders = breaks.reduce((sum, one) => sum + one, 0);
  const places = new Int32Array(count + borders);
  let at = 0;
  for (let i = 0; i < count; i++) {
    if (breaks[i] === 1) places[at++] = i;
    places[at++] = i;
  }
  return places;
}

/** Runs from these places whose fingerprints stand at the same distances, without those that lie in the one before. */
function placesOf(sequences: Sequences, starts: Int32Array, length: number): Place[] {
  const byDistances = Map.groupBy(
    [...starts].sort((a, b) => a - b),
    (start) => distancesOf(sequences, start, length),
  );
  const largest = [...byDistances.values()].reduce((best, group) => (group.length > best.length ? group : best), []);
  const places: Place[] = [];
  for (const first of largest) {
    const before = places.at(-1);
    if (before !== undefined && before.last >= first) continue;
    // The last gram of the run before may reach into this one.
    if (before !== undefined && overlaps(sequences, before.last, first)) continue;
    places.push({ first, last: first + length - 1 });
  }
  return places;
}

const overlaps = ({ file, token }: Sequences, last: number, first: number): boolean =>
  file[last] === file[first] && (token[last] as number) + gramTokens > (token[first] as number);

function distancesOf({ token }: Sequences, start: number, length: number): number {
  let hash = 0;
  for (let i = start + 1; i < start + length; i++)
    hash = (Math.imul(hash, 31) + (token[i] as number) - (token[i - 1] as number)) | 0;
  return hash;
}

function isTold(covered: Uint8Array, first: number, last: number): boolean {
  let told = 0;
  for (let at = first; at <= last; at++) told += covered[at] as number;
  return told >= toldShare * (last - first + 1);
}

/** Classes that told the middle of a place. */
function tellersOf(teller: Int32Array, places: readonly Place[]): number[] {
  const tellers = new Set(places.map(({ first, last }) => (teller[(first + last) >> 1] as number) - 1));
  tellers.delete(-1);
  return [...tellers];
}

/** What places of both have in common, wherever either has it. @returns null when that is much less than one of them, or nothing new */
function joinedAlike(sequences: Sequences, one: CopyClass, other: CopyClass, least: number): CopyClass | null {
  if (one.kind !== other.kind) return null;
  for (const place of other.places) {
    const met = one.places.find(({ first, last }) => first <= place.last && last >= place.first);
    if (met === undefined) continue;
    const [first, last] = [Math.max(met.first, place.first), Math.min(met.last, place.last)];
    const tokens = tokensOf(sequences, first, last);
    if (tokens < Math.max(least, sameShare * Math.max(one.tokens, other.tokens))) return null;
    const moved = (places: readonly Place[], by: number): Place[] =>
      places.map((from) => ({ first: from.first + by, last: from.first + by + last - first }));
    const all = [...moved(one.places, first - met.first), ...moved(other.places, first - place.first)];
    const places: Place[] = [];
    for (const next of all.sort((a, b) => a.first - b.first))
      if (next.first > (places.at(-1)?.last ?? -1)) places.push(next);
    const isMore = places.length > one.places.length && places.length <= mostPlaces;
    return isMore ? { kind: one.kind, places, tokens, spread: tokens } : null;
  }
  return null;
}

function sameHashes({ exact }: Sequences, places: readonly Place[]): boolean {
  const [one, ...others] = places;
  if (one === undefined) return true;
  return others.every(({ first }) => {
    for (let i = 0; i <= one.last - one.first; i++) if (exact[first + i] !== exact[one.first + i]) return false;
    return true;
  });
}

/** Classes whose places follow those of another within `nearGap` tokens are put together with it, as long as `nearShare` is common. */
function joinNear(sequences: Sequences, classes: readonly CopyClass[]): CopyClass[] {
  const { file, token } = sequences;
  /** By file: where places begin, which class they are of. */
  const byFile = new Map<number, { readonly first: number; readonly last: number; readonly of: number }[]>();
  for (const [of, { places }] of classes.entries())
    for (const { first, last } of places) {
      const list = byFile.get(file[first] as number) ?? [];
      list.push({ first, last, of });
      byFile.set(file[first] as number, list);
    }
  for (const list of byFile.values()) list.sort((a, b) => a.first - b.first);
  const gone = new Set<number>();
  /** By the last fingerprint of a place: the first place of each class that follows it. */
  const known = new Map<number, ReadonlyMap<number, Place>>();
  const follows = ({ last }: Place): ReadonlyMap<number, Place> => {
    const told = known.get(last);
    if (told !== undefined) return told;
    const found = new Map<number, Place>();
    const list = byFile.get(file[last] as number) ?? [];
    const end = (token[last] as number) + gramTokens;
    for (let at = firstAfter(list, last); at < list.length; at++) {
      const next = list[at] as (typeof list)[number];
      const distance = (token[next.first] as number) - end;
      if (distance > nearGap) break;
      if (distance >= 0 && !found.has(next.of)) found.set(next.of, next);
    }
    known.set(last, found);
    return found;
  };
  const joined: CopyClass[] = [];
  // From left to right, so that what follows is all that has to be looked at.
  const inOrder = [...classes.entries()].sort(([, a], [, b]) => (a.places[0]?.first ?? 0) - (b.places[0]?.first ?? 0));
  for (const [index, found] of inOrder) {
    if (gone.has(index)) continue;
    gone.add(index);
    let grown = found;
    for (;;) {
      const next = nextOf(sequences, grown, classes, follows, gone);
      if (next === null) break;
      grown = next.grown;
      if ((classes[next.of] as CopyClass).places.length === grown.places.length) gone.add(next.of);
    }
    joined.push(grown);
  }
  return joined;
}

/** Index of the first place that begins after a fingerprint. */
function firstAfter(places: readonly Place[], last: number): number {
  let [low, high] = [0, places.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((places[middle] as Place).first <= last) low = middle + 1;
    else high = middle;
  }
  return low;
}

function nextOf(
  sequences: Sequences,
  grown: CopyClass,
  classes: readonly CopyClass[],
  follows: (place: Place) => ReadonlyMap<number, Place>,
  gone: ReadonlySet<number>,
): { grown: CopyClass; of: number } | null {
  const [first, ...others] = grown.places;
  if (first === undefined) return null;
  for (const [of, place] of follows(first)) {
    if (gone.has(of)) continue;
    const places: Place[] = [{ first: first.first, last: place.last }];
    for (const other of others) {
      const next = follows(other).get(of);
      if (next === undefined) break;
      places.push({ first: other.first, last: next.last });
    }
    if (places.length < grown.places.length) continue;
    const tokens = grown.tokens + (classes[of] as CopyClass).tokens;
    const spreads = places.map(({ first, last }) => tokensOf(sequences, first, last));
    if (tokens < nearShare * Math.max(...spreads)) continue;
    return { grown: { kind: 'near', places, tokens, spread: spreads[0] as number }, of };
  }
  return null;
}
