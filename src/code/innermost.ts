/** Which definition something stands in, from spans alone. */

interface Stretch {
  readonly start: number;
  readonly end: number;
}

/**
 * @param symbols in order of their starts, properly nested
 * @returns a function from the extent of something to the index of the innermost symbol around it, or -1; it must be
 *   asked in ascending order of starts
 */
export function innermost(symbols: readonly Stretch[]): (start: number, end: number) => number {
  const open: number[] = [];
  let next = 0;
  return (start, end) => {
    while (next < symbols.length && (symbols[next] as Stretch).start <= start) {
      open.push(next);
      next++;
    }
    while (open.length > 0 && (symbols[open.at(-1) as number] as Stretch).end < end) open.pop();
    return open.at(-1) ?? -1;
  };
}
