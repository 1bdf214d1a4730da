/**
 * How alike two sequences of tokens are: the longest sequence of tokens that both have in this order.
 *
 * The usual table, a row at a time. What would take too long is told by fingerprints instead, and said to be.
 */

/** Cells of a table: 20 ms. */
export const mostCells = 8_000_000;

/** @returns tokens in common; `null` when the table would be too large */
export function commonTokens(one: Uint32Array, other: Uint32Array): number | null {
  let from = 0;
  let [a, b] = [one.length, other.length];
  while (from < a && from < b && one[from] === other[from]) from++;
  while (a > from && b > from && one[a - 1] === other[b - 1]) {
    a--;
    b--;
  }
  const ends = from + one.length - a;
  if ((a - from) * (b - from) > mostCells) return null;
  const row = new Uint32Array(b - from + 1);
  for (let i = from; i < a; i++) {
    let diagonal = 0;
    const token = one[i];
    for (let j = from; j < b; j++) {
      const at = j - from + 1;
      const above = row[at] as number;
      if (token === other[j]) row[at] = diagonal + 1;
      else if ((row[at - 1] as number) > above) row[at] = row[at - 1] as number;
      diagonal = above;
    }
  }
  return ends + (row[b - from] as number);
}

/** Places in `tokens` at which `wanted` stands as a whole, at most `most`; none overlaps the one before. */
export function occurrences(tokens: Uint32Array, wanted: Uint32Array, most: number): number[] {
  const found: number[] = [];
  if (wanted.length === 0) return found;
  // Knuth, Morris and Pratt 1977: a piece of brackets only would make trying every place quadratic.
  const back = new Int32Array(wanted.length);
  for (let i = 1, k = 0; i < wanted.length; i++) {
    while (k > 0 && wanted[i] !== wanted[k]) k = back[k - 1] as number;
    if (wanted[i] === wanted[k]) k++;
    back[i] = k;
  }
  for (let i = 0, k = 0; i < tokens.length && found.length < most; i++) {
    while (k > 0 && tokens[i] !== wanted[k]) k = back[k - 1] as number;
    if (tokens[i] === wanted[k]) k++;
    if (k === wanted.length) {
      found.push(i - k + 1);
      k = 0;
    }
  }
  return found;
}
