/** `winnow locate --run`: the issue's own code goes to the sandbox, and what came of it is told. What runs is `search`'s choice, how is `run`'s; this joins the two. */
import { resolve } from 'node:path';
import { z } from 'zod';
import type { Snapshot } from '../../index/mod.ts';
import { openRunner, type Reproduction, reproduce } from '../../run/mod.ts';
import { issueProgram } from '../../search/mod.ts';
import type { Context } from './types.ts';

export const issueRunSchema = z.strictObject({
  runtime: z.string().describe('Version of Python; empty when nothing began'),
  statements: z
    .array(
      z.strictObject({
        text: z.string(),
        functions: z.int().describe('Functions of the repository that it ran'),
        ended: z.enum(['done', 'raised', 'exited', 'timed-out']),
        error: z.strictObject({ type: z.string(), message: z.string() }).nullable(),
      }),
    )
    .describe('Statements of the issue, in the order in which they ran'),
  functions: z.int().describe('Functions of the repository that ran in any statement'),
  tests: z.int().describe('Tests of the project that were run beside it, for what is common'),
  filled: z
    .array(z.strictObject({ what: z.string(), by: z.string().nullable() }))
    .describe('What was missing, and what took its place: where a name was found, or what was guessed; null: nothing'),
  unimported: z.array(z.strictObject({ package: z.string(), reason: z.string() })),
  whole: z.boolean().describe('All of the issue’s code was gone through; else the run was stopped before'),
});

/** @returns null when there is nothing that could run @throws WinnowError as `reproduce` does */
export async function runIssue(
  snapshot: Snapshot,
  text: string,
  python: string | undefined,
  context: Context,
): Promise<Reproduction | null> {
  const program = issueProgram(snapshot, text);
  if (program === null) return null;
  const { path, cacheDir } = context.settings;
  const runner = openRunner({ cacheDir: resolve(cacheDir, 'run'), path });
  try {
    return await reproduce(
      runner,
      {
        ...program,
        root: snapshot.root,
        python: python === undefined ? null : resolve(context.cwd, python),
        path,
      },
      context.signal,
    );
  } finally {
    await runner.close();
  }
}

export function toldRun({
  runtime,
  steps,
  background,
  filled,
  unimported,
  whole,
}: Reproduction): z.output<typeof issueRunSchema> {
  const ran = new Set(steps.flatMap((step) => step.ran.map((one) => one.function)));
  return {
    runtime,
    statements: steps.map(({ text, ran: own, ended, error }) => ({ text, functions: own.length, ended, error })),
    functions: ran.size,
    tests: background.length,
    filled: [...filled],
    unimported: [...unimported],
    whole,
  };
}
