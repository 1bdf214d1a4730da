/**
 * What a run of a suite writes down: one row for each problem's reference, and one for each program that differs. Everything that is told of a run is computed from these.
 */
import { WinnowError } from '../../base/mod.ts';
import type { Verdict } from '../../judge/mod.ts';
import { readObjects, shown, wrongRow } from '../tablerows.ts';

export interface GoldRow {
  readonly row: 'gold';
  readonly problem: string;
  /** `none`: the data has no reference, so nothing was checked. */
  readonly verdict: Verdict['kind'] | 'none';
  readonly reason: string | null;
  /** Of the hidden tests' inputs, the share that stands in the prompt; null: none are known. */
  readonly visible: number | null;
  /** Programs made of the reference by one change each, and how many of them the tests let pass. */
  readonly mutants: { readonly made: number; readonly survived: number } | null;
}

export interface ProgramRow {
  readonly row: 'program';
  readonly problem: string;
  /** Places among the samples of its problem. */
  readonly samples: readonly number[];
  readonly verdict: Verdict['kind'];
  readonly reason: string | null;
  /** Verdicts of further runs of the same, where they were asked for. */
  readonly again: readonly Verdict['kind'][];
  /** Efficiency of a right program; null: not measured, or not right. */
  readonly efficiency: number | null;
  /** What it took, tests of all levels together, in the unit of the run (instructions or ms); null as above, or stopped. */
  readonly work: number | null;
}

export type SuiteRow = GoldRow | ProgramRow;

/** @throws WinnowError `bad-data` when the folder holds no run of a suite, `path-not-found` */
export async function readSuiteRows(path: string): Promise<readonly SuiteRow[]> {
  const rows: SuiteRow[] = [];
  for await (const { row, line } of readObjects(path)) {
    const { problem, verdict } = row;
    if ((row.row !== 'gold' && row.row !== 'program') || typeof problem !== 'string' || typeof verdict !== 'string')
      throw wrongRow(path, line, 'a row of a suite’s run ("row", "problem", "verdict")', shown(row));
    rows.push(row as unknown as SuiteRow);
  }
  if (rows.length === 0) throw new WinnowError('bad-data', `${path} has no rows; a run of a suite was expected.`);
  return rows;
}
