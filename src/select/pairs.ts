/**
 * CodeDPO's preference pairs: of the programs of a task a better and a worse one, for correctness and for speed.
 *
 * Correct: the first and the last of the mutual PageRank. Fast: of the programs that pass all tests that the first one passes, the quickest and the slowest over these tests, where they differ by
 * a factor. Zhang et al. 2024, arXiv:2410.05605, §3.3.
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
  /** PageRank scores, or CPU time in µs. */
  readonly scores: readonly [number, number];
}

/** Clocks are not finer than this on a busy machine: runs of one program differ by up to half. */
const leastFactor = 2;
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
  if (columns.length === 0 || matrix.times === undefined) return pairs;
  const timed = [...matrix.rows.keys()]
    .filter((row) => columns.every((column) => passes(matrix, row, column)))
    .map((row) => ({ row, us: timeOf(matrix, row, columns) }))
    .sort((a, b) => a.us - b.us);
  const [fast, slow] = [timed[0], timed.at(-1)];
  if (fast !== undefined && slow !== undefined && slow.us >= leastUs && slow.us >= leastFactor * Math.max(1, fast.us))
    pairs.push(pair('efficiency', fast.row, slow.row, [fast.us, slow.us]));
  return pairs;
}

const timeOf = (matrix: Matrix, row: number, columns: readonly number[]): number =>
  columns.reduce((sum, column) => sum + Math.max(0, matrix.times?.[row * matrix.columns.length + column] ?? 0), 0);
