/**
 * Edit distance of two short words: insertions, deletions, substitutions and swaps of
 * neighbours, each costing 1 (Damerau 1964; the "optimal string alignment" form, where
 * no piece is edited twice). Rows are cut off at the limit, so that comparing a word
 * with a whole dictionary stays cheap.
 */

/** Longest word compared; longer ones are never misspelt by a letter or two on purpose. */
const longest = 128;

let beforeLast = new Uint8Array(longest + 2);
let last = new Uint8Array(longest + 2);
let row = new Uint8Array(longest + 2);

/**
 * @param limit largest distance of interest, integer in [0, 100]
 * @returns the distance, or `null` when it is more than `limit` or a word has over 128 characters
 */
export function distanceWithin(a: string, b: string, limit: number): number | null {
  if (a === b) return 0;
  if (Math.abs(a.length - b.length) > limit || a.length > longest || b.length > longest) return null;
  for (let j = 0; j <= b.length; j++) last[j] = j;
  for (let i = 1; i <= a.length; i++) {
    row[0] = i;
    let best = i;
    const char = a.charCodeAt(i - 1);
    for (let j = 1; j <= b.length; j++) {
      const other = b.charCodeAt(j - 1);
      let cost = Math.min(
        (last[j] as number) + 1,
        (row[j - 1] as number) + 1,
        (last[j - 1] as number) + (char === other ? 0 : 1),
      );
      if (i > 1 && j > 1 && char === b.charCodeAt(j - 2) && a.charCodeAt(i - 2) === other) {
        cost = Math.min(cost, (beforeLast[j - 2] as number) + 1);
      }
      row[j] = cost;
      if (cost < best) best = cost;
    }
    if (best > limit) return null;
    const spare = beforeLast;
    beforeLast = last;
    last = row;
    row = spare;
  }
  const distance = last[b.length] as number;
  return distance <= limit ? distance : null;
}
