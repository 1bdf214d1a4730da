/**
 * InterCode's reward for SQL: rows in common, scaled by whether they come in the same order.
 *
 *   reward = |A ∩ G| / |A ∪ G| · τ_b(a, g)
 *
 * A and G are the rows of agent and gold as bags of texts, intersection and union by the lesser and the greater count; a and g are the
 * common rows in the order in which each side gives them, and τ_b is Kendall's rank correlation of the pairs (aᵢ, gᵢ) by the order of the
 * texts, left out where it is not defined (one row, or all equal). Rounded to two digits when τ was applied. Two empty results: 1; no rows at
 * all, because the last action was no query or failed: 0. As the published code (`intercode/envs/sql/sql_env.py`), rows are
 * compared as Python writes tuples.
 */
import { round2 } from './bashreward.ts';
import type { RewardParts } from './types.ts';

export type Row = readonly unknown[];

/** @param agent null: the last action gave no rows */
export function sqlReward(
  agent: readonly Row[] | null,
  gold: readonly Row[],
): RewardParts & { readonly reward: number } {
  if (agent === null) return { reward: 0, parts: { iou: 0 }, exact: false };
  const [a, g] = [agent.map(tupleText), gold.map(tupleText)];
  const [counted, wanted] = [bagOf(a), bagOf(g)];
  let common = 0;
  let all = 0;
  const shared = new Map<string, number>();
  for (const row of new Set([...counted.keys(), ...wanted.keys()])) {
    const [x, y] = [counted.get(row) ?? 0, wanted.get(row) ?? 0];
    common += Math.min(x, y);
    all += Math.max(x, y);
    if (Math.min(x, y) > 0) shared.set(row, Math.min(x, y));
  }
  const exact = a.length === g.length && a.every((row, at) => row === g[at]);
  if (all === 0) return { reward: 1, parts: { iou: 1 }, exact };
  const iou = common / all;
  const tau = kendall(only(a, shared), only(g, shared));
  if (tau === null) return { reward: iou, parts: { iou }, exact };
  return { reward: round2(tau * iou), parts: { iou, kendall: tau }, exact };
}

function bagOf(rows: readonly string[]): Map<string, number> {
  const bag = new Map<string, number>();
  for (const row of rows) bag.set(row, (bag.get(row) ?? 0) + 1);
  return bag;
}

/** The rows that are in the bag, so often as they are in it, in their order. */
function only(rows: readonly string[], bag: ReadonlyMap<string, number>): string[] {
  const left = new Map(bag);
  return rows.filter((row) => {
    const count = left.get(row) ?? 0;
    left.set(row, count - 1);
    return count > 0;
  });
}

/**
 * Kendall's τ_b of two lists of texts of one length, taken in pairs (Kendall 1945; `scipy.stats.kendalltau`).
 *
 * (concordant − discordant) / √((n₀ − n₁)(n₀ − n₂)), n₀ = n(n−1)/2, n₁ and n₂ the pairs tied in one list. Counted over all pairs: rows are at
 * most a thousand.
 *
 * @returns [-1, 1]; null where it is not defined
 */
export function kendall(one: readonly string[], other: readonly string[]): number | null {
  const [x, y] = [ranks(one), ranks(other)];
  let difference = 0;
  let [untiedX, untiedY] = [0, 0];
  for (let i = 1; i < x.length; i++)
    for (let j = 0; j < i; j++) {
      const dx = Math.sign((x[i] as number) - (x[j] as number));
      const dy = Math.sign((y[i] as number) - (y[j] as number));
      difference += dx * dy;
      untiedX += Math.abs(dx);
      untiedY += Math.abs(dy);
    }
  if (untiedX === 0 || untiedY === 0) return null;
  return Math.max(-1, Math.min(1, difference / Math.sqrt(untiedX) / Math.sqrt(untiedY)));
}

/** The place of each text among all, by code points, equal texts alike. */
function ranks(texts: readonly string[]): number[] {
  const places = new Map(
    [...new Set(texts)].sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b))).map((text, at) => [text, at]),
  );
  return texts.map((text) => places.get(text) as number);
}

/** A row as Python's `str` writes a tuple. Numbers keep what SQLite made of them: 1 and 1.0 are both `1` here, since JSON tells no difference. */
function tupleText(row: Row): string {
  const parts = row.map((value) => {
    if (value === null) return 'None';
    if (typeof value === 'string')
      return value.includes("'") && !value.includes('"') ? `"${value}"` : `'${value.replaceAll("'", "\\'")}'`;
    return String(value);
  });
  return parts.length === 1 ? `(${parts[0]},)` : `(${parts.join(', ')})`;
}
