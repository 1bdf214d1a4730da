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
  const found = new Map<string, NamedSymbol>();
  const add = (view: SegmentView, entry: NameEntry, match: NameMatch): void => {
    const key = `${entry.version}:${entry.symbol}`;
    if (!found.has(key) && admitsVersion(view, entry.version) && admits(entry)) {
      found.set(key, { view, ...entry, match });
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
    for (const entry of prefixed) {
      const match = closeMatch(pattern, entry.name);
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

type Sieve = (name: string, letters: number, beginnings: number) => NameMatch | null;

const innerSieve =
  (pattern: NamePattern): Sieve =>
  (name, letters, beginnings) =>
    mayContain(pattern, letters) ? innerMatch(pattern, name, beginnings) : null;

const fuzzySieve =
  (pattern: NamePattern): Sieve =>
  (name, letters) =>
    mayBeNear(pattern, letters, name.length) ? fuzzyMatch(pattern, name) : null;

/** What is remembered of each name of a list, to rule most out unseen. */
interface LetterSets {
  readonly all: Int32Array;
  readonly beginnings: Int32Array;
}

const letterSets = new WeakMap<NameList, LetterSets>();

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
    const matched: { readonly at: number; readonly match: NameMatch }[] = [];
    const sets = letterSetsOf(names);
    names.scan((name, at) => {
      const match = sieve(name, sets.all[at] as number, sets.beginnings[at] as number);
      if (match !== null) matched.push({ at, match });
      return true;
    });
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

const rank = ({ kind, fit }: { kind: NameMatchKind; fit: number }): number => nameBases[kind] + 0.04 * fit;

/** Letter sets of all names of a list, made once. */
function letterSetsOf(names: NameList): LetterSets {
  const known = letterSets.get(names);
  if (known !== undefined) return known;
  const sets = { all: new Int32Array(names.size), beginnings: new Int32Array(names.size) };
  names.scan((name, at) => {
    sets.all[at] = letterSet(name);
    sets.beginnings[at] = wordBeginnings(name);
    return true;
  });
  letterSets.set(names, sets);
  return sets;
}

/** Names nearest to a word by letters, nearest first, for "did you mean". */
export function nearestNames(views: readonly SegmentView[], pattern: NamePattern, count: number): string[] {
  const edits = Math.min(4, Math.ceil(pattern.text.length / 3));
  const wide: NamePattern = { ...pattern, edits };
  const near: { readonly name: string; readonly fit: number }[] = [];
  for (const view of views) {
    const { names } = view.segment;
    const sets = letterSetsOf(names);
    names.scan((name, at) => {
      if (!mayBeNear(wide, sets.all[at] as number, name.length)) return true;
      const match = fuzzyMatch(wide, name);
      if (match !== null && names.entries(at).some((entry) => admitsVersion(view, entry.version))) {
        near.push({ name, fit: match.fit });
      }
      return true;
    });
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
