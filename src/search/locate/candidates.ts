/**
 * The definitions that are ranked: the best by words, names and places together, in the files that looked best roughly.
 *
 * Kept apart from the features, because signals that read sources ask for these few as well.
 */
import type { Evidence } from './evidence.ts';
import { symbolKey } from './evidence.ts';

/** Symbols looked at: on pseudo-issues the right ones are among them nearly as often as among all. */
const mostSymbols = 800;
const roughParts = [
  'text',
  'prose',
  'title',
  'namesProse',
  'namesCode',
  'name',
  'inClass',
  'convention',
  'frame',
  'literal',
  'ranRare',
] as const;

export interface Candidates {
  readonly evidence: Evidence;
  /** Per candidate file: symbols that can be answers. */
  readonly symbols: ReadonlyMap<number, readonly number[]>;
  /** Per file, 1 for the best. */
  readonly rough: Float64Array;
}

/** Keys of the symbols to rank, roughly likeliest first. */
export function symbolCandidates({ evidence, symbols, rough }: Candidates): number[] {
  const tops = new Map(roughParts.map((signal) => [signal, largest(evidence.symbols(signal))]));
  const scored: { key: number; score: number }[] = [];
  for (const [file, own] of symbols) {
    for (const at of own) {
      const key = symbolKey(file, at);
      let score = 3 * (rough[file] as number);
      for (const signal of roughParts) score += (evidence.symbols(signal).get(key) ?? 0) / (tops.get(signal) ?? 1);
      scored.push({ key, score });
    }
  }
  return scored
    .sort((a, b) => b.score - a.score || a.key - b.key)
    .slice(0, mostSymbols)
    .map(({ key }) => key);
}

function largest(values: ReadonlyMap<number, number>): number {
  let top = 0;
  for (const value of values.values()) if (value > top) top = value;
  return top || 1;
}
