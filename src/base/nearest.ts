/** The names nearest to a misspelt one, for "did you mean". For short lists; search over symbols has its own. */

/**
 * Names within a third of `wanted`'s length in edits, nearest first; swaps of neighbours count once.
 *
 * @param known at most a few hundred names: every one is compared
 */
export function nearest(wanted: string, known: readonly string[]): string[] {
  const most = Math.max(1, Math.floor(wanted.length / 3));
  return known
    .map((name) => ({ name, edits: editDistance(wanted.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= most || (wanted.length >= 3 && name.startsWith(wanted)))
    .sort((a, b) => a.edits - b.edits)
    .map(({ name }) => name);
}

/** Optimal string alignment distance, three rows. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let above = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1] ? 0 : 1;
      let least = Math.min(at(above, j) + 1, at(row, j - 1) + 1, at(above, j - 1) + same);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        least = Math.min(least, at(before, j - 2) + 1);
      row.push(least);
    }
    before = above;
    above = row;
  }
  return at(above, b.length);
}

const at = (row: readonly number[], index: number): number => row[index] as number;
