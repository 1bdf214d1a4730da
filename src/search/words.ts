/**
 * Words mode: from terms to ranked definitions and chunks.
 *
 * Phase 1 is ranked text over all chunks, with factors for kinds and sorts of files.
 * Phase 2 looks at the best of these: signals that segments can tell pick those whose
 * facts are read, names decide the order. Pieces of one long definition become one hit,
 * and a nameless chunk takes the name of the definition in it that the query asks for.
 *
 * With meaning, the chunks nearest to the query join in phase 1, and what meaning says of every candidate is added to
 * its score by words (`meaning/fuse.ts`).
 */
import type { FileFacts } from '../code/mod.ts';
import type { DocumentText } from '../embed/mod.ts';
import {
  type FileRecord,
  gainOfLevel,
  rankText,
  type SegmentView,
  type TextAnswer,
  type TextQuery,
} from '../index/mod.ts';
import { kindAdmitted, nameTest } from './filters.ts';
import type { NearChunk } from './meaning/blocks.ts';
import { type MeaningShare, type PartShare, partShares, shareValue } from './meaning/fuse.ts';
import { bestBlockCosine } from './meaning/longcode.ts';
import type { AskedMeaning } from './meaning/open.ts';
import { settled } from './meaning/settled.ts';
import { exclusionOf, narrowedTo, phraseDocs, phraseTest } from './phrases.ts';
import { type Plan, planOf } from './plan.ts';
import { type FileSort, flagFactor } from './prior.ts';
import { type Reader, slice } from './reader.ts';
import {
  boostOf,
  type Candidate,
  cheapSignals,
  type Named,
  namedSignals,
  type SignalContext,
  type Signals,
  signalContext,
} from './rerank.ts';
import type { Query } from './types.ts';
import { admitsIndex, indexIn, narrowed } from './views.ts';
import { adoptedShare, depth, kindFactors, leastCosine } from './weights.ts';

type VersionOrder = NonNullable<TextQuery['order']>;

export interface WordHit {
  readonly file: FileRecord;
  readonly facts: FileFacts;
  /** Index in the file's symbols, or -1. */
  readonly symbol: number;
  /** The chunk whose score this is. */
  readonly best: Candidate;
  /** Chunks of the same definition that matched, the best among them. */
  readonly chunks: readonly number[];
  readonly signals: Signals;
  /** What meaning adds; `null` when it was not asked. */
  readonly meaning: MeaningShare | null;
  readonly score: number;
}

export interface WordAnswer {
  /** Best first. */
  readonly hits: readonly WordHit[];
  readonly plan: Plan;
  readonly text: TextAnswer | null;
  readonly total: { readonly count: number; readonly moreThan: boolean };
}

export interface WordRequest {
  readonly views: readonly SegmentView[];
  readonly query: Query;
  readonly asked: ReadonlySet<FileSort>;
  readonly limit: number;
  /** `null`: words alone. */
  readonly meaning: AskedMeaning | null;
  /** Whether words are ranked too. */
  readonly words: boolean;
}

/** The ranking of phase 1; tests put an exhaustive one in its place. */
export type Ranker = typeof rankText;

export function searchWords(reader: Reader, request: WordRequest, ranker: Ranker = rankText): WordAnswer {
  const { query, asked, limit, meaning } = request;
  const plan = planOf(query, request.views);
  if (plan.terms.length === 0 && meaning === null)
    return { hits: [], plan, text: null, total: { count: 0, moreThan: false } };
  const named = withNames(request.views, query);
  const holding = named.map((view) => (query.phrases.length === 0 ? null : phraseDocs(view, query.phrases)));
  const views = named.map((view, at) => (holding[at] ? narrowedTo(view, holding[at]) : view));
  const filtered = query.kinds.length + query.names.length > 0;
  const behind = filtered || query.phrases.length > 0 || query.excluded.length > 0;
  const k = Math.max(behind ? depth.rankedBehindFilter : depth.ranked, limit * 4);
  const factors = Float64Array.from({ length: 256 }, (_, flags) => flagFactor(flags, asked));
  const order = pathOrder(reader);
  const nearest = Math.max(behind ? depth.rankedBehindFilter : depth.near, limit);
  // Another thread may look for what is near while words are ranked here.
  const nearSoon = meaning === null ? null : nearDocs(views, order, meaning, nearest);
  const text = ranker(views, { terms: request.words ? plan.terms : [], k, kinds: null, factors, kindFactors, order });
  const factorOf = ({ kind, flags }: Candidate): number => kindFactors[kind] * (factors[flags] as number);
  const { docs: near, more: isMoreNear } = nearSoon?.() ?? { docs: [], more: false };
  const found = candidatesOf(reader, views, plan, joined(text.docs, near)).filter(({ view, doc }) => {
    const docs = holding[views.indexOf(view)];
    return !docs || indexIn(docs, doc) >= 0;
  });
  const idfs = request.words
    ? text.terms.map(({ documents, idf }) => (documents === 0 ? 0 : idf))
    : plan.terms.map(() => 0);
  const scored = found.map((candidate) =>
    candidate.ranked > 0 || !request.words
      ? candidate
      : { ...candidate, ranked: factorOf(candidate) * textScore(candidate, plan, idfs) },
  );
  const candidates = admitted(reader, query, scored);
  const context = signalContext(plan, idfs, candidates);
  const examined = Math.max(filtered ? depth.examinedBehindFilter : depth.examined, limit * 2);
  const first = candidates.map((candidate) => {
    const signals = cheapSignals(candidate, context);
    return { candidate, signals, score: candidate.ranked * boostOf(signals) };
  });
  const leading = keysOf([...text.docs.slice(0, depth.ranked), ...near.slice(0, depth.near)], views);
  const shares = meaning === null ? null : cosineShares(meaning, first, leading);
  const best = first
    .map((entry, at) => {
      const cosine = shares?.[at];
      const share = cosine === undefined ? null : { factor: factorOf(entry.candidate), parts: { cosine } };
      return { ...entry, share, score: entry.score + (share === null ? 0 : shareValue(share)) };
    })
    .sort((a, b) => b.score - a.score || byPlace(a.candidate, b.candidate))
    .slice(0, examined);
  const withWords = meaning === null ? best : readAgain(reader, meaning, best);
  const hits = new Map<string, WordHit>();
  for (const { candidate, signals, share } of withWords) {
    for (const hit of hitsOf(reader, query, candidate, signals, share, context)) fold(hits, hit);
  }
  return {
    hits: [...hits.values()].sort(byScore),
    plan,
    text,
    total: { count: candidates.length, moreThan: text.docs.length >= k || isMoreNear },
  };
}

/** A document of a view, with its score by words where it is known. */
interface FoundDoc {
  readonly view: number;
  readonly doc: number;
  readonly score: number;
}

/** A candidate after phase 1. */
interface Examined {
  readonly candidate: Candidate;
  readonly signals: Signals;
  readonly share: MeaningShare | null;
  readonly score: number;
}

/**
 * Versions by the paths of their files: numbers tell when a file was indexed, and an answer must not depend on that.
 * Copies of a file score the same, so which of them are among the best `k` is a matter of every day.
 */
function pathOrder({ snapshot }: Reader): VersionOrder {
  const pathOf = (version: number): string => snapshot.fileOfVersion(version)?.path ?? '';
  return (a, b) => {
    const [first, second] = [pathOf(a), pathOf(b)];
    return first === second ? a - b : first < second ? -1 : 1;
  };
}

interface NearDocs {
  readonly docs: readonly FoundDoc[];
  /** Others are near as well. */
  readonly more: boolean;
}

/** The chunks nearest in meaning that the views let through. @returns what gives them; the search for them has begun, where that can be done beside other work */
function nearDocs(
  views: readonly SegmentView[],
  order: VersionOrder,
  meaning: AskedMeaning,
  k: number,
): () => NearDocs {
  const places = new Map<number, { view: number; index: number }>();
  const free = views.every(({ admitted }) => admitted === null);
  const placeOf = (version: number): { view: number; index: number } | null => {
    const known = places.get(version);
    if (known !== undefined) return known;
    for (const [view, { segment }] of views.entries()) {
      const index = indexIn(segment.versions, version);
      if (index < 0 || !admitsIndex(views[view] as SegmentView, index)) continue;
      places.set(version, { view, index });
      return { view, index };
    }
    return null;
  };
  const admits = free ? null : (version: number) => placeOf(version) !== null;
  const soon = meaning.vectors.nearestSoon(meaning.query, k + 1, admits);
  // How near is near depends on the encoder; of others than ours it is not known.
  const isNear = ({ cosine }: NearChunk): boolean => meaning.words === null || cosine >= leastCosine;
  return () => {
    const near = soon();
    const more = (asked: number): NearChunk[] => meaning.vectors.nearest(meaning.query, asked, admits);
    const docs = settled(near, k, more, order).flatMap((one) => {
      if (!isNear(one)) return [];
      const { version, chunk } = one;
      const place = placeOf(version);
      if (place === null) return [];
      const { firstDoc } = (views[place.view] as SegmentView).segment;
      return [{ view: place.view, doc: (firstDoc[place.index] as number) + chunk, score: 0 }];
    });
    const next = near[k];
    return { docs, more: next !== undefined && isNear(next) };
  };
}

function keysOf(docs: readonly FoundDoc[], views: readonly SegmentView[]): Map<SegmentView, Set<number>> {
  const keys = new Map(views.map((view) => [view, new Set<number>()]));
  for (const { view, doc } of docs) keys.get(views[view] as SegmentView)?.add(doc);
  return keys;
}

/** Documents of both, each once. */
function joined(ranked: readonly FoundDoc[], near: readonly FoundDoc[]): FoundDoc[] {
  const known = new Set(ranked.map(({ view, doc }) => `${view} ${doc}`));
  return [...ranked, ...near.filter(({ view, doc }) => !known.has(`${view} ${doc}`))];
}

/** What ranked text would have given a document that it did not rank, before factors. */
function textScore({ levels }: Candidate, { terms }: Plan, idfs: readonly number[]): number {
  return terms.reduce(
    (sum, { weight }, at) => sum + weight * (idfs[at] ?? 0) * (gainOfLevel[levels[at] as number] as number),
    0,
  );
}

function cosineShares(
  meaning: AskedMeaning,
  first: readonly { candidate: Candidate; score: number }[],
  leading: ReadonlyMap<SegmentView, ReadonlySet<number>>,
): PartShare[] {
  const chunks = first.map(({ candidate: { file, chunk } }) => ({ version: file.version, chunk }));
  return partShares(
    'cosine',
    first.map(({ score }) => score),
    meaning.vectors.cosines(meaning.query, chunks),
    (at) => {
      const { view, doc } = (first[at] as (typeof first)[number]).candidate;
      return leading.get(view)?.has(doc) ?? false;
    },
  );
}

/** With what an encoder of words says when it reads the chunk again: how near its words come, and its best block where it is long. */
function readAgain(
  reader: Reader,
  { words, text, query }: AskedMeaning,
  best: readonly Examined[],
): readonly Examined[] {
  if (words === null) return best;
  const texts = best.map(
    ({ candidate: { file, chunk } }) => reader.document(file, chunk) ?? { name: '', signature: '', doc: '', body: '' },
  );
  const byWords = best.map(({ candidate, signals }) => candidate.ranked * boostOf(signals));
  const near = partShares('nearestWords', byWords, words.nearestWords(text, texts), (at) => at < depth.examined);
  return best.map((entry, at) => {
    const { share } = entry;
    const cosine = share?.parts.cosine;
    if (share === null || cosine === undefined) return entry;
    const value = bestBlockCosine(words, query, texts[at] as DocumentText, cosine.value);
    return {
      ...entry,
      share: { ...share, parts: { cosine: { ...cosine, value }, nearestWords: near[at] as PartShare } },
    };
  });
}

function byPlace(a: Candidate, b: Candidate): number {
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  return a.chunk - b.chunk;
}

/** Score, then place, so that equal scores have one order. */
const byScore = (a: WordHit, b: WordHit): number => b.score - a.score || byPlace(a.best, b.best) || a.symbol - b.symbol;

/** Views of the files that define a name which `name:` lets through. */
function withNames(views: readonly SegmentView[], query: Query): SegmentView[] {
  const test = nameTest(query.names);
  if (test === null) return [...views];
  return views.map((view) => {
    const versions = new Set<number>();
    view.segment.names.scan((name, at) => {
      if (test(name)) for (const { version } of view.segment.names.entries(at)) versions.add(version);
      return true;
    });
    return narrowed(view, (version) => versions.has(version));
  });
}

/** Documents as candidates, with the level of each term in it. */
function candidatesOf(
  reader: Reader,
  views: readonly SegmentView[],
  plan: Plan,
  docs: readonly FoundDoc[],
): Candidate[] {
  const found = docs.map(({ view, doc, score }) => {
    const { segment } = views[view] as SegmentView;
    const index = segment.versionIndex(doc);
    const file = reader.snapshot.fileOfVersion(segment.versions[index] as number);
    const levels = new Uint8Array(plan.terms.length);
    return { view: views[view] as SegmentView, doc, ranked: score, levels, file, chunk: segment.chunkOf(doc) };
  });
  const ascending = [...found].sort((a, b) => a.doc - b.doc);
  for (const view of views) {
    const within = ascending.filter((candidate) => candidate.view === view);
    if (within.length === 0) continue;
    for (const [at, { term }] of plan.terms.entries()) {
      const cursor = view.segment.cursor(term);
      if (cursor === null) continue;
      for (const { doc, levels } of within) if (cursor.seek(doc) === doc) levels[at] = cursor.level;
    }
  }
  return found.flatMap(({ file, ...rest }): Candidate[] => {
    const { segment } = rest.view;
    return file === null ? [] : [{ ...rest, file, kind: segment.kindOf(rest.doc), flags: segment.flagsOf(rest.doc) }];
  });
}

/** Without those that exclusions or phrases rule out. */
function admitted(reader: Reader, query: Query, candidates: Candidate[]): Candidate[] {
  const { byTerms, byText } = exclusionOf(query.excluded);
  const phrases = query.phrases.map(phraseTest);
  return candidates.filter((candidate) => {
    if (query.excluded.length > 0 && byTerms(candidate.view, candidate.doc)) return false;
    if (phrases.length === 0 && byText === null) return true;
    const text = reader.text(candidate.file);
    const chunk = reader.facts(candidate.file.version).chunks[candidate.chunk];
    if (text === null || chunk === undefined) return false;
    const content = chunk.parts.map((part) => slice(text, part)).join('\n');
    return phrases.every((test) => test(content)) && !byText?.(content);
  });
}

/** The hits that a candidate gives: itself, or the definitions in it that the filters ask for. */
function hitsOf(
  reader: Reader,
  query: Query,
  candidate: Candidate,
  signals: Signals,
  meaning: MeaningShare | null,
  context: SignalContext,
): WordHit[] {
  const facts = reader.facts(candidate.file.version);
  const chunk = facts.chunks[candidate.chunk];
  if (chunk === undefined) return [];
  const hit = (symbol: number): WordHit => {
    const all = { ...signals, ...namedSignals(chunk.kind, namedAt(facts, symbol), context) };
    const score = candidate.ranked * boostOf(all) + (meaning === null ? 0 : shareValue(meaning));
    const chunks = [candidate.chunk];
    return { file: candidate.file, facts, symbol, best: candidate, chunks, signals: all, meaning, score };
  };
  if (query.kinds.length + query.names.length > 0) return filteredHits(query, candidate, facts, hit);
  if (chunk.symbol >= 0) return [hit(chunk.symbol)];
  // A nameless chunk stands for the definition in it that the query names best, if there is one.
  let best = hit(-1);
  for (const symbol of definedIn(facts, candidate.chunk)) {
    const named = hit(symbol);
    const share = Math.max(named.signals.queryInName ?? 0, named.signals.nameIsQuery ?? 0);
    if (share >= adoptedShare && named.score > best.score) best = named;
  }
  return [best];
}

function filteredHits(
  query: Query,
  candidate: Candidate,
  facts: FileFacts,
  hit: (symbol: number) => WordHit,
): WordHit[] {
  const named = nameTest(query.names);
  const passes = (symbol: number): boolean => {
    const found = facts.symbols[symbol];
    if (found === undefined || !(named?.(found.name) ?? true)) return false;
    return kindAdmitted(query.kinds, found.kind);
  };
  const chunk = facts.chunks[candidate.chunk];
  if (chunk === undefined) return [];
  const hits: WordHit[] = [];
  if (chunk.symbol >= 0) {
    if (passes(chunk.symbol)) hits.push(hit(chunk.symbol));
  } else if (named === null && kindAdmitted(query.kinds, chunk.kind)) hits.push(hit(-1));
  // Definitions inside are found by their names: the chunk's text speaks of the whole.
  for (const symbol of definedIn(facts, candidate.chunk)) {
    if (symbol === chunk.symbol || !passes(symbol)) continue;
    const inner = hit(symbol);
    if ((inner.signals.queryInName ?? 0) > 0 || (inner.signals.nameIsQuery ?? 0) > 0) hits.push(inner);
  }
  return hits;
}

const namedAt = (facts: FileFacts, symbol: number): Named | null => facts.symbols[symbol] ?? null;

/** Definitions whose names stand in the chunk's parts. */
export function definedIn(facts: FileFacts, chunk: number): number[] {
  const parts = facts.chunks[chunk]?.parts ?? [];
  let first = Number.POSITIVE_INFINITY;
  let end = 0;
  for (const part of parts) {
    first = Math.min(first, part.start);
    end = Math.max(end, part.end);
  }
  const found: number[] = [];
  const { symbols } = facts;
  // Of a header with 10,000 names nearly all stand elsewhere: one look at two numbers rules these out.
  for (let i = 0; i < symbols.length; i++) {
    const at = (symbols[i] as (typeof symbols)[number]).nameSpan.start;
    if (at >= first && at < end && parts.some((part) => part.start <= at && at < part.end)) found.push(i);
  }
  return found;
}

/** Adds a hit; pieces of one definition become one, with the better piece's score. */
function fold(hits: Map<string, WordHit>, hit: WordHit): void {
  const key = `${hit.file.version}:${hit.symbol >= 0 ? hit.symbol : `chunk ${hit.chunks[0]}`}`;
  const known = hits.get(key);
  if (known === undefined) hits.set(key, hit);
  else {
    const better = hit.score > known.score ? hit : known;
    hits.set(key, { ...better, chunks: [...new Set([...known.chunks, ...hit.chunks])].sort((a, b) => a - b) });
  }
}
