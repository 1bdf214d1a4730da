/** How near a text is to the one that was expected: for completions of lines, where nothing can be run. */

/**
 * Equal but for white space at both ends, as RepoBench and CrossCodeEval count it (Liu et al. 2023, arXiv:2306.03091, §3.3; Ding et al. 2023, arXiv:2310.11248, §3).
 */
export const exactMatch = (expected: string, actual: string): boolean => expected.trim() === actual.trim();

/**
 * 1 − Levenshtein distance / longer length, in characters (code points), ends trimmed; two empty texts are alike. Svyatkovskiy et al. 2020 (IntelliCode Compose), arXiv:2005.08025, §8.
 *
 * @returns in [0, 1]
 */
export function editSimilarity(expected: string, actual: string): number {
  const [one, other] = [[...expected.trim()], [...actual.trim()]];
  const longer = Math.max(one.length, other.length);
  return longer === 0 ? 1 : 1 - distance(one, other) / longer;
}

/** Insertions, deletions and changes, each 1; two rows of the table at a time. */
function distance(one: readonly string[], other: readonly string[]): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at);
  for (const [i, letter] of one.entries()) {
    const next = [i + 1];
    for (const [j, wanted] of other.entries())
      next.push(
        Math.min((next[j] as number) + 1, (row[j + 1] as number) + 1, (row[j] as number) + (letter === wanted ? 0 : 1)),
      );
    row = next;
  }
  return row.at(-1) as number;
}
