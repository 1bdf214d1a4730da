/** Which definition something stands in, from spans alone. */
import type { ScannedSymbol } from './scan.ts';

/**
 * @param symbols in order of their starts, properly nested
 * @returns a function from the extent of something to the index of the innermost symbol around it, or -1; it must be
 *   asked in ascending order of starts
 */
export function innermost(symbols: readonly ScannedSymbol[]): (start: number, end: number) => number {
  const open: number[] = [];
  let next = 0;
  return (start, end) => {
    while (next < symbols.length && (symbols[next] as ScannedSymbol).start <= start) {
      open.push(next);
      next++;
    }
    while (open.length > 0 && (symbols[open.at(-1) as number] as ScannedSymbol).end < end) open.pop();
    return open.at(-1) ?? -1;
  };
}
