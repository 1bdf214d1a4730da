/**
 * Signals that ranked text cannot see: each a small function into [0, 1].
 *
 * A candidate's score is its ranked text × (1 + Σ weight × signal); weights stand in
 * `weights.ts`. Signals of the first group need only what segments hold and pick the
 * candidates whose facts are read; those of the second ask the definition's name.
 */

import type { ChunkKind, SymbolKind } from '../code/mod.ts';
import { wordTerms } from '../code/mod.ts';
import type { FileRecord, SegmentView } from '../index/mod.ts';
import { docFlag } from '../index/mod.ts';
import { nameTerms } from './nameterms.ts';
import type { Plan } from './plan.ts';
import { shallowness } from './prior.ts';
import { coherenceChunks, coherenceDecay, kindPriors, type SignalName, signalWeights } from './weights.ts';

/** A chunk that ranked text found. */
export interface Candidate {
  readonly view: SegmentView;
  readonly doc: number;
  readonly file: FileRecord;
  /** Index in the file's chunks. */
  readonly chunk: number;
  readonly kind: ChunkKind;
  readonly flags: number;
  /** Score of ranked text. */
  readonly ranked: number;
  /** Level of each of the plan's terms in the chunk, 0 where it is absent. */
  readonly levels: Uint8Array;
}

/** The definition that a candidate is (part of). */
export interface Named {
  readonly kind: SymbolKind;
  readonly name: string;
  readonly qualifiedName: string;
}

/** What signals need to know about the query and the other candidates. */
export interface SignalContext {
  readonly plan: Plan;
  /** Per term of the plan: idf × query weight for parts of words, 0 for the rest and for terms nobody has. */
  readonly worth: readonly number[];
  readonly worthOf: ReadonlyMap<string, number>;
  readonly worthInAll: number;
  /** Decayed sum of a file's best chunks, relative to the best file's, by version. */
  readonly fileShare: ReadonlyMap<number, number>;
}

export type Signals = Partial<Record<SignalName, number>>;

/** @param idfs of the plan's terms, in order; 0 where no document has the term */
export function signalContext(plan: Plan, idfs: readonly number[], candidates: readonly Candidate[]): SignalContext {
  const worth = plan.terms.map(({ origin, weight }, at) => (origin === 'part' ? weight * (idfs[at] as number) : 0));
  return {
    plan,
    worth,
    worthOf: new Map(plan.terms.map(({ term }, at) => [term, worth[at] as number])),
    worthInAll: worth.reduce((sum, value) => sum + value, 0),
    fileShare: fileShares(candidates),
  };
}

function fileShares(candidates: readonly Candidate[]): Map<number, number> {
  const scores = new Map<number, number[]>();
  for (const { file, ranked } of candidates) {
    const known = scores.get(file.version);
    if (known === undefined) scores.set(file.version, [ranked]);
    else known.push(ranked);
  }
  const sums = new Map<number, number>();
  let top = 0;
  for (const [version, ranked] of scores) {
    ranked.sort((a, b) => b - a);
    let sum = 0;
    for (let i = 0; i < Math.min(ranked.length, coherenceChunks); i++)
      sum += (ranked[i] as number) * coherenceDecay ** i;
    sums.set(version, sum);
    if (sum > top) top = sum;
  }
  for (const [version, sum] of sums) sums.set(version, top > 0 ? sum / top : 0);
  return sums;
}

/** Signals that need no facts. */
export function cheapSignals(candidate: Candidate, context: SignalContext): Signals {
  return {
    coherence: context.fileShare.get(candidate.file.version) ?? 0,
    pathMatch: pathMatch(candidate.file.path, context),
    shallow: shallowness(candidate.file.path),
    coverage: coverage(candidate, context),
    exported: (candidate.flags & docFlag.exported) !== 0 ? 1 : 0,
    language: context.plan.languages.has(candidate.file.language) ? 1 : 0,
  };
}

/** Signals about what the candidate defines; `named` is `null` for a chunk that defines nothing. */
export function namedSignals(kind: ChunkKind, named: Named | null, context: SignalContext): Signals {
  if (named === null) return { kind: kindPriors[kind] };
  const terms = nameTerms(named.name);
  const around = nameTerms(named.qualifiedName.slice(0, Math.max(0, named.qualifiedName.length - named.name.length)));
  let held = 0;
  for (const [term, worth] of context.worthOf)
    held += terms.has(term) ? worth : around.has(term) ? worth * enclosingShare : 0;
  const queryInName = context.worthInAll > 0 ? held / context.worthInAll : 0;
  let matched = 0;
  for (const term of terms) if (context.worthOf.has(term)) matched++;
  return {
    nameIsQuery: context.plan.wholes.has(wholeOf(named.name)) ? 1 : 0,
    queryInName,
    // A short name is easily held by a long query: it counts only as far as it holds the query.
    nameInQuery: terms.size === 0 ? 0 : (matched / terms.size) * queryInName,
    kind: kindPriors[named.kind],
  };
}

/** What a query term in an enclosing name is worth beside one in the name itself. */
const enclosingShare = 0.5;

/** The term that a whole name is indexed under. */
export const wholeOf = (name: string): string => wordTerms(name).at(-1) ?? '';

/** Share of the query, by worth, that the chunk holds at all. */
function coverage({ levels }: Candidate, { worth, worthInAll }: SignalContext): number {
  let held = 0;
  for (let i = 0; i < levels.length; i++) if (levels[i] !== 0) held += worth[i] as number;
  return worthInAll > 0 ? held / worthInAll : 0;
}

/** Share of the query in the file's name, or 1 when the query names the path itself. */
function pathMatch(path: string, { plan, worthOf, worthInAll }: SignalContext): number {
  const folded = path.toLowerCase();
  for (const word of plan.pathWords) {
    if (folded === word || folded.endsWith(`/${word}`)) return 1;
  }
  if (worthInAll === 0) return 0;
  const file = path.slice(path.lastIndexOf('/') + 1);
  const terms = nameTerms(file.replace(/\.[^.]*$/, ''));
  let held = 0;
  for (const term of terms) held += worthOf.get(term) ?? 0;
  return held / worthInAll;
}

/** 1 + Σ weight × signal. */
export function boostOf(signals: Signals): number {
  let boost = 1;
  for (const name in signals) boost += signalWeights[name as SignalName] * (signals[name as SignalName] ?? 0);
  return boost;
}
