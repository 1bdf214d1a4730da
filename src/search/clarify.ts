/**
 * One question back, where a query is vague: what would separate its hits, with choices that are ready-made filters.
 *
 * Scores say how likely each hit is the one meant; a query is vague when the first hit is more likely wrong than right. Then every way of
 * asking (in which module, about which purpose, what kind of thing) is held against these chances: how high would the hit that is meant stand
 * on average, once the choice that holds it is taken? The best way is asked. A choice is a filter of the query language, so the next query is
 * the old one with a few characters after it. Nobody waits for an answer: the hits are given all the same.
 *
 * It does not rank, reads no source, and asks nothing of a language model. It does not ask along what the query has filters for already,
 * because a second value of a filter would widen it. Measured in docs/measurements/clarify.md.
 */
import { splitIdentifier, stem, stopWords } from '../code/mod.ts';
import { type Definition, definitionTest } from './filters.ts';
import type { Ranked } from './hits.ts';
import { filterText, parseQuery } from './query.ts';
import type { Clarification, ClarificationChoice, Query } from './types.ts';
import { clarifying } from './weights.ts';

type Way = Clarification['asks'];

/** A hit as far as a question looks at it. */
export interface Placed extends Definition {
  readonly score: number;
}

/** A filter that could be a choice, with the hits that it lets through, best first. */
interface Candidate {
  readonly narrowing: string;
  readonly holds: readonly number[];
}

const questions: Readonly<Record<Way, string>> = {
  module: 'Where in the repository?',
  purpose: 'Which of these is in its name?',
  kind: 'What kind of thing?',
};

/** Kinds that people tell apart. */
const kindGroups = [
  'function',
  'class,interface,struct,enum,trait,type',
  'constant,variable,field,property,enum-member,macro',
  'section,text,key',
];

/** @param ranked best first; no more are looked at than a question may need */
export function placed(ranked: readonly Ranked[]): Placed[] {
  return ranked.slice(0, clarifying.considered).map(({ file, facts, symbol, chunks, score }) => {
    const found = facts.symbols[symbol];
    const kind = found?.kind ?? facts.chunks[chunks[0] ?? 0]?.kind ?? 'text';
    return { path: file.path, kind, name: found?.name ?? null, score };
  });
}

/**
 * The question that helps most, or `null` where the query is not vague or nothing separates its hits.
 *
 * @param hits best first
 */
export function clarify(query: Query, hits: readonly Placed[]): Clarification | null {
  if (hits.length < clarifying.leastHits) return null;
  const chance = chances(hits.map(({ score }) => score));
  const firstIsRight = chance[0] as number;
  if (firstIsRight >= clarifying.vagueBelow) return null;
  const ways: readonly (readonly [Way, readonly string[]])[] = [
    ['module', query.paths.length > 0 ? [] : placesOf(hits)],
    ['purpose', query.names.length > 0 ? [] : namesOf(hits)],
    ['kind', query.kinds.length > 0 ? [] : kindGroups.map((kinds) => `kind:${kinds}`)],
  ];
  let best: { readonly asks: Way; readonly chosen: readonly Candidate[]; readonly gain: number } | null = null;
  for (const [asks, narrowings] of ways) {
    const { chosen, gain } = choose(
      narrowings.map((narrowing) => candidateOf(narrowing, hits)),
      chance,
    );
    if (chosen.length >= 2 && gain >= clarifying.leastGain && gain > (best?.gain ?? 0)) best = { asks, chosen, gain };
  }
  if (best === null) return null;
  const { asks, chosen } = best;
  return { asks, question: questions[asks], choices: chosen.map((one) => choiceOf(one, query)), firstIsRight };
}

/** How likely each hit is the one meant, by its score beside the best. They add up to 1. */
function chances(scores: readonly number[]): number[] {
  const best = scores[0] ?? 0;
  const odds = scores.map((score) => (best > 0 ? Math.exp(clarifying.steepness * (score / best - 1)) : 1));
  const sum = odds.reduce((a, b) => a + b, 0);
  return odds.map((odd) => odd / sum);
}

const choiceOf = ({ narrowing, holds }: Candidate, { text }: Query): ClarificationChoice => ({
  narrowing,
  query: `${text.trim()} ${narrowing}`,
  hits: holds.length,
});

/** What a filter lets through is asked of the query language itself, so that a choice does what it says. */
function candidateOf(narrowing: string, hits: readonly Definition[]): Candidate {
  const passes = definitionTest(parseQuery(narrowing));
  return { narrowing, holds: hits.flatMap((hit, at) => (passes(hit) ? [at] : [])) };
}

/** Filters for the folders and files of some of the hits. */
function placesOf(hits: readonly Placed[]): string[] {
  const places = new Set<string>();
  for (const { path } of hits) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) places.add(path.slice(0, at + 1));
    places.add(path);
  }
  return [...places].map((place) => filterText('path', placePattern(place, hits)));
}

const signs = /[*?[\]{}]/;

/** The place itself where it is found in no other path, and else a pattern that begins at the root. */
function placePattern(place: string, hits: readonly Placed[]): string {
  const isFolder = place.endsWith('/');
  const folded = place.toLowerCase();
  const elsewhere = hits.some(({ path }) => path.toLowerCase().includes(folded) && !path.startsWith(place));
  if (!signs.test(place) && (!isFolder || !elsewhere)) return place;
  return `/${[...place].map((char) => (signs.test(char) ? '?' : char)).join('')}${isFolder ? '**' : ''}`;
}

function namesOf(hits: readonly Placed[]): string[] {
  const words = new Set(hits.flatMap(({ name }) => (name === null ? [] : splitIdentifier(name))));
  return [...words]
    .filter((word) => word.length >= clarifying.shortestWord && !stopWords.has(stem(word)))
    .map((word) => filterText('name', word));
}

/**
 * Choices that share no hit, each the one that adds most to the mean reciprocal rank of the hit that is meant.
 *
 * @returns the choices, likeliest first, and what they add together
 */
function choose(candidates: readonly Candidate[], chance: readonly number[]): { chosen: Candidate[]; gain: number } {
  const sumOver = ({ holds }: Candidate, worth: (at: number, rank: number) => number): number =>
    holds.reduce((sum, at, rank) => sum + (chance[at] as number) * worth(at, rank), 0);
  const byGain = candidates
    .filter(({ holds }) => holds.length >= clarifying.hitsPerChoice && holds.length < chance.length)
    .map((one) => ({ one, gain: sumOver(one, (at, rank) => 1 / (rank + 1) - 1 / (at + 1)) }))
    .sort((a, b) => b.gain - a.gain || byLength(a.one.narrowing, b.one.narrowing));
  const taken = new Set<number>();
  const chosen: { readonly one: Candidate; readonly chance: number }[] = [];
  let gain = 0;
  for (const { one, gain: more } of byGain) {
    if (chosen.length === clarifying.choices) break;
    if (one.holds.some((at) => taken.has(at))) continue;
    for (const at of one.holds) taken.add(at);
    chosen.push({ one, chance: sumOver(one, () => 1) });
    gain += more;
  }
  return { chosen: chosen.sort((a, b) => b.chance - a.chance).map(({ one }) => one), gain };
}

const byLength = (a: string, b: string): number => a.length - b.length || (a < b ? -1 : 1);
