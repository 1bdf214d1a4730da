/** `winnow impact SYMBOL|DIFF [PATH]`: what may be affected by a change. The walk is `search`'s; this reads diffs and translates. */
import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { z } from 'zod';
import { systemClock, WinnowError } from '../../base/mod.ts';
import { impactOf, impactOfDiff } from '../../search/mod.ts';
import { impactView } from '../views/impact.ts';
import { nodeSchema, unresolvedSchema } from './graph-schemas.ts';
import { withGraph } from './graphs.ts';
import { completenessSchema } from './schemas.ts';
import type { Context, Operation } from './types.ts';

const input = z.strictObject({
  change: z
    .string()
    .min(1)
    .describe('An id as search prints it, a file with a unified diff, or - for one on standard input'),
  directory: z.string().default('.').describe('The repository, or a directory in it'),
  hops: z.int().min(1).max(50).default(20).describe('Steps to follow, 1 to 50'),
  limit: z
    .int()
    .min(1)
    .max(10_000)
    .default(50)
    .describe('Affected definitions to list, 1 to 10,000; ten times as many test files'),
  refresh: z.boolean().default(true).describe('Answer from the index as it is, without looking for changed files'),
});

const state = z
  .enum(['resolved', 'ambiguous'])
  .describe('resolved when every step on the way is resolved or observed in a run');
const distance = z.int().min(0).describe('Steps from what changed');
const step = z
  .enum(['calls', 'uses', 'inherits', 'implements', 'overrides', 'imports', 'tests', 'dispatch'])
  .describe('How it depends on the one before it; dispatch: it calls what that one overrides');
const from = z.string().describe('Id of the one before it on the way');

const output = z.strictObject({
  schema: z.literal('winnow.impact/1'),
  root: z.string(),
  changed: z.array(nodeSchema).describe('The innermost definitions that the change is in'),
  candidates: z.array(nodeSchema).describe('The definitions that an ambiguous id fits; then nothing else is said'),
  affected: z
    .array(
      z.strictObject({
        node: nodeSchema,
        distance,
        state,
        step,
        from,
        partial: z.boolean().describe('A step of the way was seen in partial runs alone, whose values may be guessed'),
        nearer: z
          .strictObject({ distance, step, from })
          .nullable()
          .describe('A shorter way that is ambiguous somewhere, where the given one is resolved'),
      }),
    )
    .describe('Outside of tests; sure ones first, then by distance'),
  total: z.strictObject({ resolved: z.int(), ambiguous: z.int() }).describe('All that is affected, tests included'),
  tests: z.array(
    z.strictObject({
      path: z.string(),
      tests: z.array(z.strictObject({ node: nodeSchema, distance, state })),
      distance,
      state,
    }),
  ),
  unresolved: z.array(unresolvedSchema),
  outside: z.array(z.string()).describe('Files of the diff that are not in the index'),
  partial: z.boolean().describe('There is more than is listed'),
  completeness: completenessSchema,
  notices: z.array(z.string()),
  elapsedMs: z.strictObject({ open: z.number(), walk: z.number() }),
});

export type ImpactOutput = z.output<typeof output>;

/** A release's worth of changes; a diff beyond it is not read by anybody. */
const largestDiffBytes = 64 * 1024 * 1024;

export const impact: Operation<typeof input, typeof output> = {
  name: 'impact',
  summary: 'what a change to a symbol, or a diff, may affect, and the tests to run',
  description: `Follows callers, users, derived classes, overriding methods and callers of what a method overrides, at any distance, from what changes to what may behave differently; where nothing depends on a changed definition, the files that import it. Tests among them are listed by file as those to run.

The change is a symbol, or a diff: its lines become the innermost definitions that hold them, whether it has been applied or not.

Each answer says at what distance, and whether the way there is sure throughout or ambiguous somewhere. How many call sites of the changed names could not be resolved is said too: callers may be missing there.`,
  examples: [
    { command: 'winnow impact Flask.dispatch_request', does: 'what may change with a method' },
    { command: 'git diff | winnow impact -', does: 'what the changes at hand may affect, and the tests to run' },
    { command: 'winnow impact fix.patch ~/code/project --json', does: 'a patch, for a program' },
  ],
  input,
  output,
  positional: [
    { property: 'change', label: 'SYMBOL|DIFF' },
    { property: 'directory', label: 'PATH' },
  ],
  shortFlags: { limit: 'n' },
  run: async (given, context) => {
    const diff = await diffOf(given.change, context);
    const startedMs = systemClock.elapsedMs();
    return withGraph(given.directory, context, given, ({ snapshot, view, notices }) => {
      const openedMs = systemClock.elapsedMs();
      const options = { hops: given.hops, limit: given.limit, signal: context.signal };
      const answer = diff === null ? impactOf(view, given.change, options) : impactOfDiff(view, diff, options);
      const told = [...new Set([...notices, ...answer.notices])];
      for (const text of told) context.notice(text);
      return {
        schema: 'winnow.impact/1',
        root: snapshot.root,
        ...answer,
        notices: told,
        elapsedMs: {
          open: Math.round(openedMs - startedMs),
          walk: Math.round((systemClock.elapsedMs() - openedMs) * 10) / 10,
        },
      } as ImpactOutput;
    });
  },
  render: impactView,
  // Nothing known to be affected is a negative answer; a diff of nothing but unknown files is one too.
  exit: ({ affected, tests }) => (affected.length > 0 || tests.length > 0 ? 0 : 1),
};

/** @returns the text of a diff, or `null` when what was given is a symbol */
async function diffOf(change: string, context: Context): Promise<string | null> {
  if (change === '-') {
    const text = new TextDecoder().decode(await context.readStdin(largestDiffBytes));
    if (text.trim() !== '') return text;
    throw emptyDiff('on standard input');
  }
  const path = resolve(context.cwd, change);
  const stats = statSync(path, { throwIfNoEntry: false });
  if (stats === undefined || !stats.isFile()) {
    if (/\.(diff|patch)$/.test(change))
      throw new WinnowError('path-not-found', `There is nothing at ${path}. Give a file with a diff, or an id.`, {
        details: { path },
      });
    return null;
  }
  if (stats.size > largestDiffBytes) {
    throw new WinnowError(
      'bad-usage',
      `Expected a diff of at most ${largestDiffBytes} bytes; ${path} has ${stats.size}.`,
      { details: { path } },
    );
  }
  let text: string;
  try {
    text = readFileSync(path, 'utf8');
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    throw new WinnowError('path-unreadable', `${path} cannot be read (${code}).`, { cause, details: { path } });
  }
  // The graph has no node for an empty file, and a diff of nothing is one.
  if (text.trim() === '') throw emptyDiff(`in ${path}`);
  // Any other file is a symbol of its repository.
  return /\.(diff|patch)$/.test(change) || /^(diff --git |--- \S.*\n\+\+\+ |Index: )/.test(text) ? text : null;
}

const emptyDiff = (where: string): WinnowError =>
  new WinnowError('bad-usage', `Expected a unified diff ${where}; it was empty: nothing has changed.`);
