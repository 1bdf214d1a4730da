/** What a method of choosing is: a name, where it comes from, and a ranking of a matrix's rows. It sees nothing else. */
import type { Matrix, Ranking } from '../types.ts';

export interface Method {
  /** As on a command line. */
  readonly name: string;
  readonly title: string;
  readonly source: string;
  rank(matrix: Matrix): Ranking;
}
