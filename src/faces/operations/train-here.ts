/** `winnow train --here`: the table that ships goes on learning from the user's own repositories. */
import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { z } from 'zod';
import { tableDataOf, tune } from '../../embed/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { folderSource } from './train-sources.ts';
import type { Context } from './types.ts';

export const tuneOutput = z.strictObject({
  schema: z.literal('winnow.train.here/1'),
  out: z.string().nullable().describe('The file written; null when the table is not better'),
  better: z.boolean(),
  queries: z.int().describe('Held-out sentences, asked once of both tables'),
  pairs: z.int(),
  wordsAdded: z.int(),
  steps: z.int(),
  mrrBefore: z.number(),
  mrrAfter: z.number(),
  gain: z
    .strictObject({ value: z.number(), low: z.number(), high: z.number() })
    .describe('Paired, with its 95% interval'),
  elapsedS: z.number(),
});

export type TuneOutput = z.output<typeof tuneOutput>;

export interface TuneInput {
  readonly paths: readonly string[];
  readonly from: string | undefined;
  readonly out: string | undefined;
  readonly seed: number;
  readonly workers: number;
  readonly work: string;
}

export async function trainHere(given: TuneInput, context: Context): Promise<TuneOutput> {
  const startedMs = performance.now();
  const folders = (given.paths.length > 0 ? given.paths : ['.']).map((path) => resolve(context.cwd, path));
  const base = tableDataOf(given.from === undefined ? undefined : resolve(context.cwd, given.from));
  mkdirSync(given.work, { recursive: true });
  let mined = 0;
  const { bytes, ...tuned } = await tune({
    repositories: folders.map(folderSource),
    base,
    work: given.work,
    workers: given.workers,
    load: loadGrammarFile,
    seed: given.seed,
    signal: context.signal,
    onMined: (name) => context.progress({ label: 'mining', done: ++mined, total: folders.length, detail: name }),
    onTrained: ({ step, steps, loss }) =>
      context.progress({ label: 'training', done: step, total: steps, detail: `loss ${loss.toFixed(2)}` }),
  });
  const out = given.out === undefined ? ownFile(folders, context) : resolve(context.cwd, given.out);
  if (tuned.better) {
    mkdirSync(dirname(out), { recursive: true });
    writeFileSync(out, bytes);
  }
  const elapsedS = (performance.now() - startedMs) / 1000;
  return { schema: 'winnow.train.here/1', out: tuned.better ? out : null, ...tuned, elapsedS };
}

/** One file for the same repositories, however often they are learned from. */
function ownFile(folders: readonly string[], { settings }: Context): string {
  const mark = createHash('sha256').update(folders.join('\n')).digest('hex').slice(0, 8);
  return join(settings.cacheDir, 'models', `${basename(folders[0] as string)}-${mark}.table`);
}
