/**
 * `search`: from the text of a query to ranked hits with reasons.
 *
 * Reads the query, decides the mode, asks `identifier.ts`, `words.ts` or `browse.ts`,
 * and makes hits of what they rank. Whatever was decided for the reader (another mode,
 * near names, files that changed meanwhile) is said in a notice.
 */
import { WinnowError } from '../base/mod.ts';
import { wordTerms } from '../code/mod.ts';
import type { SegmentView, Snapshot } from '../index/mod.ts';
import { askedSorts } from './asked.ts';
import { browse } from './browse.ts';
import { checkBudget, fitBudget } from './budget.ts';
import { clarify, placed } from './clarify.ts';
import { explainName, explainWords } from './explain.ts';
import { fileFilter } from './filters.ts';
import { assemble, type Ranked } from './hits.ts';
import { type NameAnswer, searchNames } from './identifier.ts';
import { asIdentifier, type IdentifierQuery } from './identifiershape.ts';
import type { AskedMeaning } from './meaning/open.ts';
import { namePattern } from './namematch.ts';
import { isDefined, nearestNames } from './names.ts';
import type { FileSort } from './prior.ts';
import { readQuery } from './query.ts';
import { Reader } from './reader.ts';
import { type AskedRegex, explainRegex, type RegexHit, RegexMarker, searchRegex } from './regex.ts';
import type { TermWeights } from './snippet.ts';
import type { Explanation, Mode, Query, SearchAnswer, SearchOptions } from './types.ts';
import { nameBases } from './weights.ts';
import { searchWords } from './words.ts';

const defaultLimit = 10;
const mostHits = 1_000;

/** What all ways of searching are given. */
interface Request {
  readonly reader: Reader;
  readonly views: readonly SegmentView[];
  readonly query: Query;
  readonly asked: ReadonlySet<FileSort>;
  readonly limit: number;
  readonly meaning: AskedMeaning | null;
  readonly words: boolean;
}

/** What a way of searching ranked. */
interface Ranking {
  readonly mode: Mode;
  readonly meaning: string | null;
  readonly ranked: readonly Ranked[];
  readonly total: SearchAnswer['total'];
  readonly weights: TermWeights;
  readonly explain: (at: number) => Explanation;
  readonly notices: readonly string[];
}

/**
 * Ranked hits for a query; see `query.ts` for its language.
 *
 * @throws WinnowError `bad-query` when the query cannot be understood, `bad-usage` when an option is out of range,
 * `cancelled` when the signal is aborted
 */
export function search(snapshot: Snapshot, queryText: string, options: SearchOptions = {}): SearchAnswer {
  const limit = options.limit ?? defaultLimit;
  if (!Number.isInteger(limit) || limit < 1 || limit > mostHits) {
    throw new WinnowError('bad-usage', `limit must be a whole number from 1 to ${mostHits}; it was ${limit}.`);
  }
  checkBudget(options.budgetTokens);
  stopIfCancelled(options.signal);
  const under = options.under ?? '';
  const { query, notices } = readQuery(queryText, {
    ...(options.mode === undefined ? {} : { mode: options.mode }),
    ...(options.regex === undefined ? {} : { mayBeEmpty: true }),
    isName: (word) => isDefined(snapshot.segments(null), word),
  });
  const views = snapshot.segments(fileFilter(query, under));
  const reader = new Reader(snapshot);
  const request: Request = {
    reader,
    views,
    query,
    asked: askedSorts(query, under),
    limit,
    meaning: options.meaning ?? null,
    words: options.words ?? true,
  };
  const ranking = options.regex === undefined ? rank(request) : byRegex(request, options.regex);
  stopIfCancelled(options.signal);
  const hits = assemble(reader, ranking.ranked, {
    limit,
    weights: ranking.weights,
    body: options.body === true || options.budgetTokens !== undefined,
    explain: options.explain === true ? ranking.explain : null,
    marker: options.regex === undefined ? undefined : new RegexMarker(options.regex.source),
  });
  const told = [
    ...notices,
    ...ranking.notices,
    ...(options.notices ?? []),
    ...(hits.length === 0 ? nothingNotices(request, under) : []),
    ...reader.changeNotices(),
    ...completenessNotices(snapshot),
  ];
  const answer = {
    query: { ...query, mode: ranking.mode },
    meaning: ranking.meaning,
    clarification: options.clarify === true ? clarify(query, placed(ranking.ranked)) : null,
    total: ranking.total,
    completeness: snapshot.completeness,
  };
  if (options.budgetTokens === undefined) return { ...answer, hits, notices: told, tokens: null };
  return { ...answer, ...fitBudget(hits, told, options.budgetTokens) };
}

function stopIfCancelled(signal: AbortSignal | undefined): void {
  if (signal?.aborted) throw new WinnowError('cancelled', 'The search was cancelled.');
}

function rank(request: Request): Ranking {
  const { query } = request;
  if (query.words.length === 0) return browsed(request);
  if (query.mode === 'words') {
    // By meaning alone, whether a text holds the word is not looked at.
    if (query.words.length > 1 || !query.inferred || !request.words) return byWords(request, []);
    // A single word that no text holds is a misspelt name sooner than something meant.
    const words = byWords({ ...request, meaning: null }, []);
    if (words.ranked.length > 0) return request.meaning === null ? words : byWords(request, []);
    return (
      byName(request, `Nothing holds the word ${query.words[0]}; names near it are shown.`) ??
      (request.meaning === null ? words : byWords(request, []))
    );
  }
  return (
    byName(request, null) ??
    byWords(request, [`No name matches ${query.words.join(' ')}; its words were searched instead.`])
  );
}

/** Definitions by name; `null` when there are none, or the text knows the name better than any definition. */
function byName(request: Request, notice: string | null): Ranking | null {
  const { reader, query, asked, limit, views } = request;
  const identifier = asIdentifier(query.words.join('_'));
  if (identifier === null) return null;
  const answer = searchNames(reader, { views, query, identifier, asked, limit });
  const hits = answer.hits.filter(
    (hit) => !excluded(query, hit.file.path, hit.facts.symbols[hit.symbol]?.qualifiedName ?? ''),
  );
  const best = hits[0];
  if (best === undefined || (query.inferred && isGuess(answer) && isUsed(views, identifier))) return null;
  return {
    mode: 'identifier',
    meaning: null,
    ranked: hits.map((hit) => ({ ...hit, chunks: [] })),
    total: { ...answer.total, count: answer.total.count - (answer.hits.length - hits.length) },
    weights: new Map([[wordTerms(identifier.name).at(-1) ?? '', 1]]),
    explain: (at) => explainName(hits[at] as NameAnswer['hits'][number], asked),
    notices: [...(notice === null ? [] : [notice]), ...nameNotices(identifier, hits)],
  };
}

/** Whether an excluded word is among the terms of a definition's name or path. */
function excluded(query: Query, path: string, name: string): boolean {
  if (query.excluded.length === 0) return false;
  const text = `${path} ${name}`.toLowerCase();
  return query.excluded.some((word) => text.includes(word.toLowerCase()));
}

/** Only letters off, or scattered beginnings. */
const isGuess = ({ hits }: NameAnswer): boolean => hits.every(({ match }) => nameBases[match.kind] <= nameBases.fuzzy);

/** Whether some text holds the name as it stands. */
function isUsed(views: readonly SegmentView[], { name }: IdentifierQuery): boolean {
  const term = wordTerms(name).at(-1);
  return term !== undefined && views.some(({ segment }) => segment.stat(term) !== null);
}

function nameNotices(identifier: IdentifierQuery, hits: NameAnswer['hits']): string[] {
  const best = hits[0];
  if (best === undefined) return [];
  const { kind } = best.match;
  if (kind === 'fuzzy' || kind === 'looseHumps') {
    const names = [...new Set(hits.map(({ name }) => name))].slice(0, 3);
    return [`Nothing is named ${identifier.name}. Nearest: ${names.join(', ')}.`];
  }
  if (best.qualifier === 'missing') {
    return [
      `No ${identifier.name} was found within ${identifier.qualifiers.join('.')}; it is defined elsewhere, as shown.`,
    ];
  }
  return [];
}

function byWords(request: Request, notices: readonly string[]): Ranking {
  const { reader, asked } = request;
  const answer = searchWords(reader, request);
  const told = [...notices];
  if (answer.plan.terms.length === 0) told.push('The query holds no letters or digits to look up.');
  if (answer.plan.dropped > 0) {
    told.push(`The query has many words; the ${answer.plan.terms.length} rarest were used.`);
  }
  return {
    mode: 'words',
    meaning: request.meaning?.encoder ?? null,
    ranked: answer.hits,
    total: answer.total,
    weights: new Map(
      answer.plan.terms.map(({ term, weight }, at) => [term, weight * (answer.text?.terms[at]?.idf ?? 0)]),
    ),
    explain: (at) => explainWords(reader, answer.hits[at] as (typeof answer.hits)[number], answer, asked),
    notices: told,
  };
}

function byRegex({ reader, views, query, asked }: Request, regex: AskedRegex): Ranking {
  const hits = searchRegex(reader, views, query, asked, regex);
  return {
    mode: 'regex',
    meaning: null,
    ranked: hits,
    total: { count: hits.length, moreThan: false },
    weights: new Map(),
    explain: (at) => explainRegex(hits[at] as RegexHit),
    notices: query.words.length === 0 ? [] : ['Beside a regular expression only the filters of a query count.'],
  };
}

function browsed({ reader, views, query, asked }: Request): Ranking {
  const { hits, total } = browse(reader, views, query, asked);
  return {
    mode: 'words',
    meaning: null,
    ranked: hits,
    total,
    weights: new Map(),
    explain: (at) => ({ label: 'kind of definition and place', value: hits[at]?.score ?? 0, children: [] }),
    notices: ['The query has only filters; definitions are listed by kind and place.'],
  };
}

/** Longest words looked up for near names, so that a pasted report does not cost a scan for each word. */
const wordsSuggested = 3;

function nothingNotices({ reader, query }: Request, under: string): string[] {
  const { languages, paths, excludedPaths, kinds, names, excluded } = query;
  const limits =
    [...languages, ...paths, ...excludedPaths, ...kinds, ...names, ...excluded].length + (under === '' ? 0 : 1);
  const nothing = limits === 0 ? 'Nothing was found.' : 'Nothing was found within the filters; try without them.';
  const views = reader.snapshot.segments(null);
  const words = query.words.filter((word) => word.length >= 4).slice(0, wordsSuggested);
  const near = words.flatMap((word) => {
    const identifier = asIdentifier(word);
    return identifier === null ? [] : nearestNames(views, namePattern(identifier.name), 3);
  });
  return near.length === 0 ? [nothing] : [`${nothing} Nearest names: ${[...new Set(near)].join(', ')}.`];
}

function completenessNotices({ completeness: { pendingFiles, stale } }: Snapshot): string[] {
  const notices: string[] = [];
  if (pendingFiles > 0) notices.push(`The index is not complete: ${pendingFiles} files are still to be read.`);
  if (stale) notices.push('The index may be behind the files on disk.');
  return notices;
}
