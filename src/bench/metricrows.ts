/**
 * Published metrics over rows that somebody else made: completions beside references, efficiencies of samples, places in contests. Nothing is run.
 *
 * - `match`: `{expected, actual, ending?}` → exact match, edit similarity; with `ending` (`.py`) CodeBLEU;
 * - `dps`: `{clusters: [{work, share}], works: [n, …]}`, a problem each → DPS and its form by clusters;
 * - `elo`: `{ratings: [n, …], rank}`, a contest each → rating.
 */
import { WinnowError } from '../base/mod.ts';
import {
  editSimilarity,
  exactMatch,
  fewestRight,
  mostTimed,
  performanceScore,
  ratingOf,
  type SpeedCluster,
} from '../judge/mod.ts';
import { codeBleu } from './codebleu.ts';
import { type Estimate, estimate } from './interval.ts';
import { type NumberedRow, readObjects, shown, wrongRow } from './tablerows.ts';

export const metricNames = ['match', 'dps', 'elo'] as const;
export type MetricName = (typeof metricNames)[number];

export interface MetricReport {
  readonly rows: number;
  /** Rows that a metric does not apply to, by reason. */
  readonly leftOut: Readonly<Record<string, number>>;
  readonly figures: readonly { readonly name: string; readonly estimate: Estimate }[];
}

type Values = Readonly<Record<string, number>>;

/** @throws WinnowError `bad-data` naming file and line, `path-not-found` */
export async function metricOf(name: MetricName, path: string, seed: number): Promise<MetricReport> {
  const values: Values[] = [];
  const leftOut: Record<string, number> = {};
  let rows = 0;
  for await (const row of readObjects(path)) {
    rows++;
    const found = await readers[name](row, path);
    if (typeof found === 'string') leftOut[found] = (leftOut[found] ?? 0) + 1;
    else values.push(found);
  }
  if (rows === 0) throw new WinnowError('bad-data', `Expected rows in ${path}; there are none.`);
  const names = [...new Set(values.flatMap((one) => Object.keys(one)))];
  const figures = names.map((figure) => ({
    name: figure,
    estimate: estimate(
      values.flatMap((one) => (one[figure] === undefined ? [] : [one[figure]])),
      undefined,
      { seed },
    ),
  }));
  return { rows, leftOut, figures };
}

/** A row's figures, or why it has none. */
const readers: Readonly<Record<MetricName, (row: NumberedRow, path: string) => Promise<Values | string>>> = {
  match: async ({ row, line }, path) => {
    const { expected, actual, ending } = row;
    if (typeof expected !== 'string' || typeof actual !== 'string')
      throw wrongRow(path, line, '"expected" and "actual", texts', shown(row));
    if (ending !== undefined && typeof ending !== 'string')
      throw wrongRow(path, line, '"ending", a text like ".py"', shown(ending));
    return {
      'exact match': exactMatch(expected, actual) ? 1 : 0,
      'edit similarity': editSimilarity(expected, actual),
      ...(ending === undefined ? {} : { CodeBLEU: (await codeBleu(expected, actual, ending)).score }),
    };
  },
  dps: async ({ row, line }, path) => {
    const { clusters, works } = row;
    const isCluster = (one: unknown): one is SpeedCluster =>
      typeof (one as SpeedCluster | null)?.work === 'number' && typeof (one as SpeedCluster).share === 'number';
    if (!Array.isArray(clusters) || !clusters.every(isCluster) || !isNumbers(works))
      throw wrongRow(path, line, '"clusters" of {work, share}, slowest first, and "works", numbers', shown(row));
    if (works.length < fewestRight) return `fewer than ${fewestRight} right samples`;
    const scores = works.slice(0, mostTimed).map((work) => performanceScore(work, clusters));
    const mean = (of: (one: (typeof scores)[number]) => number): number =>
      scores.reduce((sum, one) => sum + of(one), 0) / scores.length;
    return { DPS: mean(({ dps }) => dps), 'DPS by clusters': mean(({ normalised }) => normalised) };
  },
  elo: async ({ row, line }, path) => {
    const { ratings, rank } = row;
    if (!isNumbers(ratings) || typeof rank !== 'number')
      throw wrongRow(path, line, '"ratings", numbers, and "rank", a number', shown(row));
    return { rating: ratingOf({ ratings, rank }) };
  },
};

const isNumbers = (list: unknown): list is readonly number[] =>
  Array.isArray(list) && list.every((one) => typeof one === 'number');
