/**
 * From ranked things to hits: source read, lines counted, equal texts folded.
 *
 * Files are looked at only here and only for the best few. One that has changed or gone
 * since it was indexed is left out (the reader notes it), so that nothing wrong is shown.
 */
import type { Span } from '../base/mod.ts';
import type { ChunkKind, FileFacts, SymbolKind } from '../code/mod.ts';
import type { FileRecord } from '../index/mod.ts';
import { idOf, linesId } from './ids.ts';
import { type Reader, rangeOf, signatureText, slice, type Text } from './reader.ts';
import { type Marker, markerFor, snippetOf, type TermWeights } from './snippet.ts';
import type { Explanation, Hit } from './types.ts';

/** Something ranked: a definition, or a chunk that defines nothing. */
export interface Ranked {
  readonly file: FileRecord;
  readonly facts: FileFacts;
  /** Index in the file's symbols, or -1. */
  readonly symbol: number;
  /** Chunks that matched; for a chunk that defines nothing, just it. */
  readonly chunks: readonly number[];
  readonly score: number;
}

export interface AssembleOptions {
  readonly limit: number;
  /** Terms worth showing. */
  readonly weights: TermWeights;
  readonly body: boolean;
  /** What of a line matched, where it is not those terms. */
  readonly marker?: Marker | undefined;
  readonly explain: ((at: number) => Explanation) | null;
}

/** Shorter texts are alike by chance: `return null`, `name: string`. Counted without white space runs. */
const shortestDuplicate = 80;

/** Ranked things after the last hit that are still looked at, for copies to fold; copies score alike. */
const lookAhead = 8;
const alike = 0.95;

/** Hits in the order given, at most `limit`, each text once. */
export function assemble(reader: Reader, ranked: readonly Ranked[], options: AssembleOptions): Hit[] {
  const hits: Hit[] = [];
  const duplicates: string[][] = [];
  const byText = new Map<string, number>();
  const seen = new Set<string>();
  const marker = options.marker ?? markerFor(options.weights);
  let last = Number.POSITIVE_INFINITY;
  for (const [at, item] of ranked.entries()) {
    if (at > last + lookAhead || (at > last && item.score < alike * (ranked[last]?.score ?? 0))) break;
    const text = reader.text(item.file);
    if (text === null) continue;
    const place = placeOf(text, item, marker);
    if (seen.has(place.id)) continue;
    seen.add(place.id);
    const source = slice(text, place.span);
    const key = source.replace(/\s+/gu, ' ').trim();
    const first = key.length < shortestDuplicate ? undefined : byText.get(key);
    if (first !== undefined) duplicates[first]?.push(place.id);
    else if (hits.length < options.limit) {
      byText.set(key, hits.length);
      const folded: string[] = [];
      duplicates.push(folded);
      hits.push({
        id: place.id,
        path: item.file.path,
        language: item.file.language,
        kind: place.kind,
        name: place.name,
        span: place.span,
        lines: rangeOf(text, place.span),
        score: item.score,
        signature: place.signature,
        snippet: snippetOf(text, place.shown, place.definition, marker),
        body: options.body ? source : null,
        duplicates: folded,
        explanation: options.explain?.(at) ?? null,
      });
      if (hits.length === options.limit) last = at;
    }
  }
  return hits;
}

interface Place {
  readonly id: string;
  readonly kind: SymbolKind | ChunkKind;
  readonly name: string | null;
  readonly span: Span;
  readonly signature: string | null;
  /** Spans that the snippet may show. */
  readonly shown: readonly Span[];
  /** Offset on the defining line. */
  readonly definition: number | null;
}

function placeOf(text: Text, { file, facts, symbol, chunks }: Ranked, marker: Marker): Place {
  const found = facts.symbols[symbol];
  if (found === undefined) return chunkPlace(text, file, facts, chunks[0] ?? 0, marker);
  const parts = chunks.flatMap((chunk) => facts.chunks[chunk]?.parts ?? []);
  const own = parts.filter(({ start, end }) => start < found.span.end && end > (found.doc?.start ?? found.span.start));
  return {
    id: idOf(file.path, facts, symbol),
    kind: found.kind,
    name: found.qualifiedName,
    span: found.span,
    signature: signatureText(text, found.signature),
    shown: sorted([found.nameSpan, ...own]),
    definition: found.nameSpan.start,
  };
}

const sorted = (spans: readonly Span[]): Span[] => [...spans].sort((a, b) => a.start - b.start);

/**
 * The part of a nameless chunk that matches best: its parts may lie far apart, with
 * definitions between, and none of those is meant.
 */
function chunkPlace(text: Text, file: FileRecord, facts: FileFacts, chunk: number, marker: Marker): Place {
  const { parts, kind } = facts.chunks[chunk] as FileFacts['chunks'][number];
  let best = parts[0] as Span;
  let most = -1;
  for (const part of parts) {
    const terms = new Set<string>();
    let worth = 0;
    for (const { marks, text: line } of snippetOf(text, [part], null, marker)) {
      for (const { start, end } of marks) {
        const word = line.slice(start, end).toLowerCase();
        worth += terms.has(word) ? 0.1 : 1;
        terms.add(word);
      }
    }
    if (worth > most) {
      most = worth;
      best = part;
    }
  }
  const lines = rangeOf(text, best);
  return {
    id: linesId(file.path, lines),
    kind,
    name: null,
    span: best,
    signature: null,
    shown: [best],
    definition: null,
  };
}
