/**
 * Identifier mode: from a name to the definitions it may mean, best first.
 *
 * Every definition that matches gets a score that can be added up by hand: base of the
 * match × factor of the qualifiers + fit + prior. Facts are read only of those that can
 * still be among the best once qualifiers and export are known.
 */
import { type FileFacts, wordTerms } from '../code/mod.ts';
import type { FileRecord, SegmentView } from '../index/mod.ts';
import { bestFirst } from './bestfirst.ts';
import { kindAdmitted, nameTest } from './filters.ts';
import type { IdentifierQuery } from './identifiershape.ts';
import { namePattern } from './namematch.ts';
import { findNames, type NamedSymbol } from './names.ts';
import { type FileSort, priorOf } from './prior.ts';
import { type QualifierMatch, qualifierMatch } from './qualifiers.ts';
import type { Reader } from './reader.ts';
import type { Query } from './types.ts';
import { flagsOfVersion } from './views.ts';
import { depth, nameBases, namePoints, qualifierFactors } from './weights.ts';

/** A definition found by its name. */
export interface NamedHit extends NamedSymbol {
  readonly file: FileRecord;
  readonly facts: FileFacts;
  readonly qualifier: QualifierMatch;
  readonly score: number;
}

export interface NameAnswer {
  /** Best first. */
  readonly hits: readonly NamedHit[];
  readonly total: { readonly count: number; readonly moreThan: boolean };
}

export interface NameRequest {
  readonly views: readonly SegmentView[];
  readonly query: Query;
  readonly identifier: IdentifierQuery;
  readonly asked: ReadonlySet<FileSort>;
  /** Hits wanted; look-up goes further afield while there are fewer. */
  readonly limit: number;
}

/** Hits read beyond those wanted, because equal texts are folded into one. */
const spare = 16;

export function searchNames(reader: Reader, request: NameRequest): NameAnswer {
  const { views, query, identifier, asked, limit } = request;
  const named = nameTest(query.names);
  const { found, cut } = findNames(
    views,
    namePattern(identifier.name),
    limit,
    (entry) => kindAdmitted(query.kinds, entry.kind) && (named === null || named(entry.name)),
  );
  const enough = limit + spare;
  const mayQualify = qualifierSieve(identifier.qualifiers);
  const possible = new Float64Array(found.length);
  for (const [at, symbol] of found.entries()) possible[at] = mostPossible(reader, symbol, mayQualify, asked);
  const hits: NamedHit[] = [];
  /** Scores read so far, best first: whoever cannot come among the best enough need not be read. */
  const kept: number[] = [];
  for (const at of bestFirst(possible)) {
    const [symbol, most] = [found[at] as NamedSymbol, possible[at] as number];
    if (hits.length >= depth.names || (kept.length >= enough && most < (kept[enough - 1] as number))) break;
    const hit = scored(reader, symbol, identifier, asked);
    if (hit === null) continue;
    hits.push(hit);
    let place = kept.length;
    while (place > 0 && (kept[place - 1] as number) < hit.score) place--;
    kept.splice(place, 0, hit.score);
  }
  hits.sort(byScore);
  return { hits, total: { count: found.length, moreThan: cut } };
}

/**
 * Whether a definition may stand within the innermost qualifier: its path holds it or its
 * file speaks of it. A file that defines `Engine.Run` cannot do without the word `Engine`.
 */
function qualifierSieve(qualifiers: readonly string[]): (symbol: NamedSymbol, path: string) => boolean {
  const innermost = qualifiers.at(-1)?.toLowerCase();
  const term = innermost === undefined || !/^[\w$]+$/.test(innermost) ? undefined : wordTerms(innermost).at(-1);
  if (innermost === undefined || term === undefined) return () => true;
  const speaking = new Map<SegmentView, Set<number>>();
  return ({ view, version }, path) => {
    if (path.toLowerCase().includes(innermost)) return true;
    let versions = speaking.get(view);
    if (versions === undefined) {
      const { segment } = view;
      versions = new Set();
      for (const doc of segment.postings(term)?.docs ?? []) {
        versions.add(segment.versions[segment.versionIndex(doc)] as number);
      }
      speaking.set(view, versions);
    }
    return versions.has(version);
  };
}

/** Score, then place, so that equal scores have one order. */
export function byScore(a: NamedHit, b: NamedHit): number {
  if (a.score !== b.score) return b.score - a.score;
  if (a.file.path !== b.file.path) return a.file.path < b.file.path ? -1 : 1;
  return a.symbol - b.symbol;
}

const matchScore = (symbol: NamedSymbol, factor: number): number =>
  nameBases[symbol.match.kind] * factor + namePoints.fit * symbol.match.fit;

/** Score if all that facts could add were there; needs no facts. */
function mostPossible(
  reader: Reader,
  symbol: NamedSymbol,
  mayQualify: (symbol: NamedSymbol, path: string) => boolean,
  asked: ReadonlySet<FileSort>,
): number {
  const path = reader.snapshot.fileOfVersion(symbol.version)?.path ?? '';
  const flags = flagsOfVersion(symbol.view, symbol.version);
  const prior = priorOf({ kind: symbol.kind, path, flags, name: symbol.name, exported: true }, asked);
  const factor = mayQualify(symbol, path) ? qualifierFactors.aligned : qualifierFactors.missing;
  return matchScore(symbol, factor) + namePoints.prior * prior;
}

/** The score itself; `null` when the snapshot no longer has the file. */
function scored(
  reader: Reader,
  symbol: NamedSymbol,
  { qualifiers }: IdentifierQuery,
  asked: ReadonlySet<FileSort>,
): NamedHit | null {
  const file = reader.snapshot.fileOfVersion(symbol.version);
  if (file === null) return null;
  const facts = reader.facts(symbol.version);
  const definition = facts.symbols[symbol.symbol];
  if (definition === undefined) return null;
  const qualifier = qualifierMatch(qualifiers, file.path, definition.qualifiedName, definition.name);
  const flags = flagsOfVersion(symbol.view, symbol.version);
  const prior = priorOf({ ...symbol, path: file.path, flags, exported: definition.exported }, asked);
  const score = matchScore(symbol, qualifierFactors[qualifier]) + namePoints.prior * prior;
  return { ...symbol, file, facts, qualifier, score };
}
