/** What tells two candidates apart, as answers of `check` and `select` have it. */
import { type Matrix, tellsApart } from '../../select/mod.ts';

export interface ToldApart {
  probe: string;
  source: string;
  did: string;
  others: string;
}

/** Of outputs: what a line has room for. */
const mostShown = 200;

/** @returns null where no probe tells them apart */
export function apartOf(matrix: Matrix, row: number, other: number): ToldApart | null {
  const apart = tellsApart(matrix, row, other);
  if (apart === null) return null;
  const { id, source } = matrix.columns[apart.column] as Matrix['columns'][number];
  const [did, others] = apart.did.map((text) => text.slice(0, mostShown)) as [string, string];
  return { probe: id, source, did, others };
}
