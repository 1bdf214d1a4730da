/**
 * The learned part: one weight per feature, trained on commits of other repositories (`perf/train-locate.ts`).
 *
 * Linear, so that every score is a sum that can be shown. Weights are read by the names of their features; a
 * file of weights that lacks one is refused, because a silent 0 would be a worse ranking nobody notices.
 */
import { readFileSync } from 'node:fs';
import type { Table } from './features.ts';

export interface Weights {
  readonly files: Readonly<Record<string, number>>;
  readonly symbols: Readonly<Record<string, number>>;
}

let shipped: Weights | undefined;

/** The weights that come with the program. */
export function shippedWeights(): Weights {
  shipped ??= JSON.parse(readFileSync(new URL('./weights.json', import.meta.url), 'utf8')) as Weights;
  return shipped;
}

/** Score of each candidate. */
export function linearScores({ columns, values }: Table, weights: Readonly<Record<string, number>>): Float64Array {
  const byColumn = columns.map((column) => {
    const weight = weights[column];
    if (weight === undefined) throw new Error(`no weight for the feature ${column}: train anew`);
    return weight;
  });
  const scores = new Float64Array(values.length / Math.max(1, columns.length));
  for (let row = 0; row < scores.length; row++) {
    let sum = 0;
    for (let column = 0; column < byColumn.length; column++)
      sum += (byColumn[column] as number) * (values[row * byColumn.length + column] as number);
    scores[row] = sum;
  }
  return scores;
}

/** What each feature adds to a candidate's score. */
export function contributions(
  table: Table,
  row: number,
  weights: Readonly<Record<string, number>>,
): Map<string, number> {
  return new Map(
    table.columns.map((column, at) => [
      column,
      (weights[column] ?? 0) * (table.values[row * table.columns.length + at] as number),
    ]),
  );
}
