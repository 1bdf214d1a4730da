/** `winnow train --here`: the table that ships goes on learning from the user's own repositories. */
import { resolve } from 'node:path';
import { z } from 'zod';
import { tableDataOf, tune } from '../../embed/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { open } from './repository.ts';
import { checkTablePlace, makeWorkFolder, writeTable } from './train-files.ts';
import { folderSource } from './train-sources.ts';
import { tunedTableOf } from './tuned.ts';
import type { Context } from './types.ts';

export const tuneOutput = z.strictObject({
  schema: z.literal('winnow.train.here/1'),
  out: z.array(z.string()).describe('The files written, one for each repository; none when the table is not better'),
  automatic: z.boolean().describe('Whether search takes what was written without being told'),
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
  makeWorkFolder(given.work);
  if (given.out !== undefined) checkTablePlace(resolve(context.cwd, given.out));
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
  const out = !tuned.better
    ? []
    : given.out === undefined
      ? [...new Set(folders.map((folder) => ownFile(folder, context)))]
      : [resolve(context.cwd, given.out)];
  for (const file of out) writeTable(file, bytes);
  const elapsedS = (performance.now() - startedMs) / 1000;
  return {
    schema: 'winnow.train.here/1',
    out,
    automatic: out.length > 0 && given.out === undefined,
    ...tuned,
    elapsedS,
  };
}

/** Beside the repository's index, where `search` looks for it. */
function ownFile(folder: string, context: Context): string {
  const repository = open(folder, context);
  try {
    return tunedTableOf(repository.storeDir);
  } finally {
    repository.close();
  }
}
