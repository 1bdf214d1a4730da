/**
 * The operations table: every verb of every face, one line each.
 *
 * A row is light, so that a program that needs one verb loads one verb; `name` and
 * `summary` must equal those of the operation it loads (a test says so).
 */
import type { Operation } from './types.ts';

export interface OperationRow {
  readonly name: string;
  readonly summary: string;
  load(): Promise<Operation>;
}

export const operationTable: readonly OperationRow[] = [
  {
    name: 'completions',
    summary: 'a completion script for bash, zsh or fish',
    load: async () => (await import('./completions.ts')).completions,
  },
];
