/**
 * Files that hold other languages: facts of each region, by its own language, put together with those of the host.
 *
 * A region is parsed as if it were a file, and what is found there is moved: by a distance where the region is a part of
 * the file, unit by unit where the file only says it (`"def f():\n"` in a notebook). Nothing is found across regions.
 */
import type { Span } from '../base/mod.ts';
import { plainChunks, type ScannedChunk } from './chunk.ts';
import type { Symbol as CodeSymbol, Reference } from './facts.ts';
import { type Found, ownedReferences } from './inbytes.ts';
import type { Region } from './languages/language.ts';
import type { Extent } from './scan.ts';

/** What one region gives: found in bytes of the file, chunks in units of it. */
export interface RegionFacts {
  readonly found: Found;
  readonly chunks: readonly ScannedChunk[];
}

/** Offset in the file of a unit of the region. */
export function placeIn({ places }: Region): (unit: number) => number {
  return typeof places === 'number' ? (unit) => unit + places : (unit) => places[unit] as number;
}

/** A stretch of a region as stretches of the file: one for each run of units that stand side by side there. */
function stretchesOf({ places }: Region, { start, end }: Extent): Extent[] {
  if (typeof places === 'number') return [{ start: start + places, end: end + places }];
  const found: Extent[] = [];
  let from = start;
  for (let at = start; at < end; at++) {
    const here = places[at] as number;
    if (at + 1 < end && places[at + 1] === here + 1) continue;
    const first = places[from] as number;
    // What is written as an escape is no text of the file.
    if (places[at + 1] === here + 1) found.push({ start: first, end: here + 1 });
    else if (here > first) found.push({ start: first, end: here });
    from = at + 1;
  }
  return found;
}

/** The region's chunks, moved to the file; those of which nothing is left are dropped. */
export function moveChunks(region: Region, chunks: readonly ScannedChunk[]): ScannedChunk[] {
  const pieces = new Map<number, number>();
  return chunks.flatMap((chunk) => {
    const parts = chunk.parts.flatMap((part) => stretchesOf(region, part));
    if (parts.length === 0) return [];
    const piece = chunk.symbol < 0 ? 0 : (pieces.get(chunk.symbol) ?? 0);
    if (chunk.symbol >= 0) pieces.set(chunk.symbol, piece + 1);
    return [{ ...chunk, parts, piece }];
  });
}

/** Chunks of a region that has no tree. */
export const plainRegion = (region: Region): readonly ScannedChunk[] => moveChunks(region, plainChunks(region.text));

/**
 * All parts as facts of one file: symbols in order, with parents, chunks and references pointing at them.
 *
 * @param text what the file has in a span
 */
export function joinRegions(parts: readonly RegionFacts[], text: (span: Span) => string): RegionFacts {
  const all = parts.flatMap(({ found }, part) => found.symbols.map((symbol, index) => ({ symbol, part, index })));
  all.sort((a, b) => a.symbol.span.start - b.symbol.span.start || b.symbol.span.end - a.symbol.span.end);
  const numbers = parts.map(({ found }) => new Int32Array(found.symbols.length).fill(-1));
  const symbols: CodeSymbol[] = [];
  for (const { symbol, part, index } of all) {
    const mine = numbers[part] as Int32Array;
    const written = asWritten(symbol, text);
    if (written === null) continue;
    mine[index] = symbols.length;
    symbols.push({ ...written, parent: symbol.parent < 0 ? -1 : (mine[symbol.parent] ?? -1) });
  }
  const references = parts.flatMap(({ found }) => found.references).filter((one) => isWritten(one, text));
  const chunks = parts.flatMap((part, at) =>
    part.chunks.map((chunk) => {
      const symbol = chunk.symbol < 0 ? -1 : ((numbers[at] as Int32Array)[chunk.symbol] ?? -1);
      return { ...chunk, symbol, piece: symbol < 0 ? 0 : chunk.piece };
    }),
  );
  chunks.sort((a, b) => (a.parts[0] as Extent).start - (b.parts[0] as Extent).start);
  return {
    found: {
      symbols,
      references: ownedReferences(symbols, references),
      imports: parts.flatMap(({ found }) => found.imports),
    },
    chunks,
  };
}

/** A name is what the file has at its place: of `"# $\\alpha$"` both backslashes. */
function asWritten(symbol: CodeSymbol, text: (span: Span) => string): CodeSymbol | null {
  const name = text(symbol.nameSpan);
  if (name === symbol.name) return symbol;
  if (name === '') return null;
  const before = symbol.qualifiedName.slice(0, symbol.qualifiedName.length - symbol.name.length);
  return { ...symbol, name, qualifiedName: before + name };
}

const isWritten = ({ name, span }: Reference, text: (span: Span) => string): boolean => text(span) === name;
