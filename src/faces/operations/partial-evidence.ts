/** What partial runs told of a definition, a file or lines (`winnow run --partial --observe`), for answers of `show` and `graph`. */
import { z } from 'zod';
import type { PartialRun, Snapshot } from '../../index/mod.ts';

const line = z.int().min(1);

export const partialRunsSchema = z
  .array(
    z.strictObject({
      run: z.string().describe('The program that ran: a path, with the function after a colon'),
      level: z.int().min(1).max(4).describe('Level of honesty of the round that was told'),
      ran: z.array(line).describe('Lines of statements that ran'),
      missed: z.array(line).describe('Lines of statements that did not'),
    }),
  )
  .describe(
    'Partial runs with --observe that ran some of these lines since the file last changed: observed, with guessed values',
  );

export type PartialRunsOutput = z.output<typeof partialRunsSchema>;

/** @param lines from 1, both included; null: all of the file */
export function partialRunsOf(
  snapshot: Snapshot,
  path: string,
  lines: { readonly first: number; readonly last: number } | null,
): PartialRunsOutput {
  const file = snapshot.file(path);
  if (file === null) return [];
  const within = (all: readonly number[]): number[] =>
    all.filter((at) => lines === null || (at >= lines.first && at <= lines.last));
  return snapshot
    .ranPartially(file.version)
    .map(({ ran, missed, ...run }: PartialRun) => ({ ...run, ran: within(ran), missed: within(missed) }))
    .filter(({ ran }) => ran.length > 0);
}
