/**
 * Definitions whose name matches the one asked for, over all segments.
 *
 * Sorted look-ups find equal names, other spellings and prefixes. Only when these are
 * fewer than wanted is every name looked at, for words within, humps and substrings;
 * letters off are forgiven only when nothing better was found. What was found is scored
 * by the way it matches (`weights.ts`), its qualifiers, and its prior.
 */
import type { SymbolKind } from '../code/mod.ts';
import type { NameEntry, NameList, SegmentView } from '../index/mod.ts';
import {
  closeMatch,
  fuzzyMatch,
  innerMatch,
  letterSet,
  mayBeNear,
  mayContain,
  type NameMatch,
  type NamePattern,
  repeatedLetters,
  wordBeginnings,
} from './namematch.ts';
import { admitsVersion } from './views.ts';
import { depth, type NameMatchKind, nameBases } from './weights.ts';

export interface NamedSymbol {
  readonly view: SegmentView;
  readonly name: string;
  readonly version: number;
  /** Index in the file's symbols. */
  readonly symbol: number;
  readonly kind: SymbolKind;
  readonly match: NameMatch;
}

export interface NameSearch {
  readonly found: readonly NamedSymbol[];
  /** There are more names with this prefix than were looked at. */
  readonly cut: boolean;
}

/** More than any file has, whose bytes are bounded; with it, versions up to 2^31 are told apart in one number. */
const symbolsOfFile = 2 ** 22;

/**
 * @param wanted look further than prefixes when there are fewer than this
 * @param admits further filters on an entry (kind, name)
 */
export function findNames(
  views: readonly SegmentView[],
  pattern: NamePattern,
  wanted: number,
  admits: (entry: NameEntry) => boolean,
): NameSearch {
  const found = new Map<number, NamedSymbol>();
  const add = (view: SegmentView, entry: NameEntry, match: NameMatch): void => {
    const { name, version, symbol, kind } = entry;
    const key = version * symbolsOfFile + symbol;
    if (!found.has(key) && admitsVersion(view, version) && admits(entry)) {
      // Written out: of ten thousand names of a letter, spreading takes a third of all time.
      found.set(key, { view, name, version, symbol, kind, match });
    }
  };
  let cut = false;
  for (const view of views) {
    for (const entry of lookUp(view.segment.names, pattern)) {
      const match = closeMatch(pattern, entry.name);
      if (match !== null) add(view, entry, match);
    }
    const prefixed = view.segment.names.prefix(pattern.folded, depth.prefixes);
    cut ||= prefixed.length >= depth.prefixes;
    let name: string | null = null;
    let match: NameMatch | null = null;
    for (const entry of prefixed) {
      // Definitions of one name stand side by side.
      if (entry.name !== name) {
        name = entry.name;
        match = closeMatch(pattern, name);
      }
      if (match !== null) add(view, entry, match);
    }
  }
  if (found.size < wanted) {
    cut = scanNames(views, innerSieve(pattern), wanted, add) || cut;
    if (pattern.edits > 0 && [...found.values()].every(({ match }) => match.kind === 'looseHumps')) {
      const loose = new Map(found);
      found.clear();
      cut = scanNames(views, fuzzySieve(pattern), wanted, add) || cut;
      for (const [key, symbol] of loose) if (!found.has(key)) found.set(key, symbol);
    }
  }
  return { found: [...found.values()], cut };
}

/** Entries that equal the name but for case and convention. */
function lookUp(names: NameList, pattern: NamePattern): NameEntry[] {
  const { parts, folded } = pattern;
  const spellings = new Set([folded, `#${folded}`, parts.join(''), parts.join('_'), parts.join('-')]);
  spellings.delete('');
  return [...spellings].flatMap((spelling) => names.exact(spelling));
}

/** Rules names out by what is remembered of them, then looks at those that are left. */
interface Sieve {
  /** The first name from number `at` on that is not ruled out; the number of names when there is none. */
  next(letters: NameSets, at: number): number;
  match(name: string, letters: NameSets, at: number): NameMatch | null;
}

// The loops stand here, not at their caller: called for each of half a million names, a test would cost more than it does.
const innerSieve = (pattern: NamePattern): Sieve => ({
  next: ({ set, twice, thrice }, from) => {
    let at = from;
    while (at < set.length && !mayContain(pattern, set[at] as number, twice[at] as number, thrice[at] as number)) at++;
    return at;
  },
  match: (name, { beginnings }, at) => innerMatch(pattern, name, beginnings[at]),
});

const fuzzySieve = (pattern: NamePattern): Sieve => ({
  next: ({ set, lengths }, from) => {
    let at = from;
    while (at < set.length && !mayBeNear(pattern, set[at] as number, lengths[at] as number)) at++;
    return at;
  },
  match: (name) => fuzzyMatch(pattern, name),
});

/** What is remembered of each name of a list. */
interface NameSets {
  readonly set: Int32Array;
  readonly twice: Int32Array;
  readonly thrice: Int32Array;
  readonly beginnings: Int32Array;
  readonly lengths: Uint32Array;
}

const nameSets = new WeakMap<NameList, NameSets>();

/** Calls `visit` for entries whose name passes. @returns whether there were too many to visit all */
function scanNames(
  views: readonly SegmentView[],
  sieve: Sieve,
  wanted: number,
  visit: (view: SegmentView, entry: NameEntry, match: NameMatch) => void,
): boolean {
  const most = Math.max(depth.scanned, wanted * 2);
  let cut = false;
  for (const view of views) {
    const { names } = view.segment;
    const matched = matchesOf(names, sieve);
    if (matched.length > most) {
      matched.sort((a, b) => rank(b.match) - rank(a.match));
      matched.length = most;
      cut = true;
    }
    for (const { at, match } of matched) {
      for (const entry of names.entries(at)) visit(view, entry, match);
    }
  }
  return cut;
}

function matchesOf(names: NameList, sieve: Sieve): { readonly at: number; readonly match: NameMatch }[] {
  const matched: { readonly at: number; readonly match: NameMatch }[] = [];
  const sets = setsOf(names);
  for (let at = sieve.next(sets, 0); at < names.size; at = sieve.next(sets, at + 1)) {
    const match = sieve.match(names.nameAt(at), sets, at);
    if (match !== null) matched.push({ at, match });
  }
  return matched;
}

const rank = ({ kind, fit }: { kind: NameMatchKind; fit: number }): number => nameBases[kind] + 0.04 * fit;

/** Of all names of a list, made once. */
function setsOf(names: NameList): NameSets {
  const known = nameSets.get(names);
  if (known !== undefined) return known;
  const column = (): Int32Array => new Int32Array(names.size);
  const sets: NameSets = {
    set: column(),
    twice: column(),
    thrice: column(),
    beginnings: column(),
    lengths: new Uint32Array(names.size),
  };
  for (let at = 0; at < names.size; at++) {
    const name = names.nameAt(at);
    const { twice, thrice } = repeatedLetters(name);
    sets.set[at] = letterSet(name);
    sets.twice[at] = twice;
    sets.thrice[at] = thrice;
    sets.beginnings[at] = wordBeginnings(name);
    sets.lengths[at] = name.length;
  }
  nameSets.set(names, sets);
  return sets;
}

/** Names nearest to a word by letters, nearest first, for "did you mean". */
export function nearestNames(views: readonly SegmentView[], pattern: NamePattern, count: number): string[] {
  const edits = Math.min(4, Math.ceil(pattern.text.length / 3));
  const wide: NamePattern = { ...pattern, edits };
  const near: { readonly name: string; readonly fit: number }[] = [];
  for (const view of views) {
    const { names } = view.segment;
    for (const { at, match } of matchesOf(names, fuzzySieve(wide)))
      if (names.entries(at).some((entry) => admitsVersion(view, entry.version)))
        near.push({ name: names.nameAt(at), fit: match.fit });
  }
  near.sort((a, b) => b.fit - a.fit || (a.name < b.name ? -1 : 1));
  return [...new Set(near.map(({ name }) => name))].slice(0, count);
}

/** Whether a definition, not a key or heading, has exactly this name. */
export function isDefined(views: readonly SegmentView[], word: string): boolean {
  return views.some((view) =>
    view.segment.names
      .exact(word.toLowerCase())
      .some(
        (entry) =>
          entry.name === word && entry.kind !== 'key' && entry.kind !== 'section' && admitsVersion(view, entry.version),
      ),
  );
}
