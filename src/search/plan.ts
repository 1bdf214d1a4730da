/**
 * The terms that a query's words are looked up by, and what each is worth.
 *
 * A word gives the stems of its parts; an identifier-like word also gives its whole, at a
 * higher weight, and so do two neighbouring words (`rate limiter` finds `RateLimiter`).
 * Repetition counts by its logarithm. Stop words are dropped unless nothing else is left.
 */
import { limits } from '../base/mod.ts';
import { stopWords, termsOf, wordTerms } from '../code/mod.ts';
import type { SegmentView } from '../index/mod.ts';
import type { Query } from './types.ts';
import { spokenLanguage } from './vocabulary.ts';
import { compoundWeight, languageWordWeight, wholeIdentifierWeight } from './weights.ts';

/** `part`: of a word. `whole`: an identifier's parts joined. `compound`: two neighbouring words joined. */
export type TermOrigin = 'part' | 'whole' | 'compound';

export interface PlannedTerm {
  readonly term: string;
  readonly weight: number;
  readonly origin: TermOrigin;
}

export interface Plan {
  readonly terms: readonly PlannedTerm[];
  /** Joined terms that a definition's whole name may equal. */
  readonly wholes: ReadonlySet<string>;
  /** Languages that the words name (`parse json in python`): where to look more than what for. */
  readonly languages: ReadonlySet<string>;
  /** Words as typed that may be (the end of) a path. */
  readonly pathWords: readonly string[];
  /** Words of the query that were dropped because there are too many. */
  readonly dropped: number;
}

const ascii = /^[ -~]*$/;
const maximalWords = /[\p{L}\p{M}\p{N}_$]+/gu;

export function planOf(query: Query, views: readonly SegmentView[]): Plan {
  const text = query.words.join(' ');
  const words = text.match(maximalWords) ?? [];
  const counts = new Map<string, { count: number; origin: TermOrigin }>();
  const add = (term: string, origin: TermOrigin): void => {
    const known = counts.get(term);
    if (known === undefined) counts.set(term, { count: 1, origin });
    else known.count++;
  };
  const withoutStops = termsOf(text).some((term) => !stopWords.has(term));
  const wholes = new Set<string>();
  const plain: string[] = [];
  const languages = new Set<string>();
  const languageTerms = new Set<string>();
  for (const word of words) {
    const terms = wordTerms(word);
    const language = spokenLanguage(word);
    if (language !== null) {
      languages.add(language);
      if (terms[0] !== undefined) languageTerms.add(terms[0]);
    }
    // Words beyond ASCII give pairs of characters, none of which is the whole.
    const whole = terms.length > 1 && ascii.test(word) ? (terms.at(-1) as string) : null;
    for (const term of whole === null ? terms : terms.slice(0, -1)) {
      if (!withoutStops || !stopWords.has(term)) add(term, 'part');
    }
    if (whole !== null) {
      add(whole, 'whole');
      wholes.add(whole);
    } else if (terms[0] !== undefined && !stopWords.has(terms[0])) plain.push(word);
  }
  for (const compound of compoundsOf(words)) {
    if (!counts.has(compound) && views.some(({ segment }) => segment.stat(compound) !== null)) {
      add(compound, 'compound');
    }
  }
  const joined = plain.length > 0 && plain.length <= 6 ? wordTerms(plain.join('_')).at(-1) : undefined;
  if (joined !== undefined) wholes.add(joined);
  const planned = [...counts].map(([term, { count, origin }]) => ({
    term,
    weight: (1 + Math.log(count)) * originWeight(origin) * (languageTerms.has(term) ? languageWordWeight : 1),
    origin,
  }));
  const terms = rarest(planned, views);
  return {
    terms,
    wholes,
    languages,
    pathWords: query.words.filter((word) => /[/.]/.test(word) && /\p{L}/u.test(word)).map((word) => word.toLowerCase()),
    dropped: planned.length - terms.length,
  };
}

const originWeight = (origin: TermOrigin): number =>
  origin === 'part' ? 1 : origin === 'whole' ? wholeIdentifierWeight : compoundWeight;

/** Joined stems of neighbouring words that are both worth looking up. */
function compoundsOf(words: readonly string[]): string[] {
  const compounds: string[] = [];
  for (let i = 0; i + 1 < words.length; i++) {
    const pair = [words[i] as string, words[i + 1] as string];
    if (
      pair.some(
        (word) => word.length < 2 || wordTerms(word).length !== 1 || stopWords.has(wordTerms(word)[0] as string),
      )
    ) {
      continue;
    }
    const joined = wordTerms(pair.join('_'));
    if (joined.length > 1) compounds.push(joined.at(-1) as string);
  }
  return compounds;
}

/** The rarest terms up to the limit, in the order of the query. */
function rarest(terms: readonly PlannedTerm[], views: readonly SegmentView[]): readonly PlannedTerm[] {
  if (terms.length <= limits.queryTerms) return terms;
  const frequency = ({ term }: PlannedTerm): number => {
    let docs = 0;
    for (const { segment } of views) docs += segment.stat(term)?.docs ?? 0;
    // A term nobody has finds nothing: last.
    return docs === 0 ? Number.POSITIVE_INFINITY : docs;
  };
  const kept = new Set(
    terms
      .map((term) => ({ term, docs: frequency(term) }))
      .sort((a, b) => a.docs - b.docs)
      .slice(0, limits.queryTerms)
      .map(({ term }) => term),
  );
  return terms.filter((term) => kept.has(term));
}
