/**
 * CodeDPO's preference pairs: of the programs of a task a better and a worse one, for correctness and for speed.
 *
 * Correct: the first and the last of the mutual PageRank. Fast: of the programs that pass all tests that the first one passes, the quickest and the slowest over these tests, where they differ by
 * a factor: by instructions where these were counted (`check --count`), else by time. Zhang et al. 2024, arXiv:2410.05605, §3.3.
 */
import { passes } from './agreement.ts';
import type { FiledMatrix } from './file.ts';
import { pageRank } from './methods/pagerank.ts';
import type { Matrix } from './types.ts';

export interface PreferencePair {
  readonly task: string;
  readonly kind: 'correctness' | 'efficiency';
  readonly chosen: string;
  readonly rejected: string;
  /** Sources of both. */
  readonly better: string;
  readonly worse: string;
  /** PageRank scores, or instructions where they were counted, else CPU time in µs. */
  readonly scores: readonly [number, number];
}

/** Clocks are not finer than this on a busy machine: runs of one program differ by up to half. */
const leastFactor = 2;
/** Instructions are the same in every run; what is told apart by less is not worth learning from. */
const leastFuelFactor = 1.25;
/** Programs that take less in all, µs, are not told apart by time. */
const leastUs = 200;

export function preferencePairs({ task, matrix }: FiledMatrix): readonly PreferencePair[] {
  const { groups } = pageRank.rank(matrix);
  const [best, worst] = [groups[0], groups.at(-1)];
  if (best === undefined || worst === undefined || best === worst) return [];
  const [first, last] = [best.rows[0] as number, worst.rows[0] as number];
  const pair = (kind: PreferencePair['kind'], a: number, b: number, scores: [number, number]): PreferencePair => ({
    task: task.id,
    kind,
    chosen: matrix.rows[a]?.id ?? '',
    rejected: matrix.rows[b]?.id ?? '',
    better: task.candidates[a]?.source ?? '',
    worse: task.candidates[b]?.source ?? '',
    scores,
  });
  const pairs = [pair('correctness', first, last, [best.score, worst.score])];
  const columns = [...matrix.columns.keys()].filter((column) => passes(matrix, first, column));
  if (columns.length === 0) return pairs;
  const rows = [...matrix.rows.keys()].filter((row) => columns.every((column) => passes(matrix, row, column)));
  const counted = rows.every((row) => columns.every((column) => (fuelAt(matrix, row, column) ?? -1) >= 0));
  const [least, factor, of] = counted ? [0, leastFuelFactor, fuelOf] : [leastUs, leastFactor, timeOf];
  if (!counted && matrix.times === undefined) return pairs;
  const worked = rows.map((row) => ({ row, work: of(matrix, row, columns) })).sort((a, b) => a.work - b.work);
  const [fast, slow] = [worked[0], worked.at(-1)];
  if (fast !== undefined && slow !== undefined && slow.work >= least && slow.work >= factor * Math.max(1, fast.work))
    pairs.push(pair('efficiency', fast.row, slow.row, [fast.work, slow.work]));
  return pairs;
}

const fuelAt = ({ fuel, columns }: Matrix, row: number, column: number): number | undefined =>
  fuel?.[row * columns.length + column];

const fuelOf = (matrix: Matrix, row: number, columns: readonly number[]): number =>
  columns.reduce((sum, column) => sum + (fuelAt(matrix, row, column) ?? 0), 0);

const timeOf = (matrix: Matrix, row: number, columns: readonly number[]): number =>
  columns.reduce((sum, column) => sum + Math.max(0, matrix.times?.[row * matrix.columns.length + column] ?? 0), 0);
