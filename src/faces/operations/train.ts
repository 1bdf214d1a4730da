/** `winnow train`: a word table of one's own, from folders or a list of repositories. */
import { createHash } from 'node:crypto';
import { join, resolve } from 'node:path';
import { z } from 'zod';
import { WinnowError } from '../../base/mod.ts';
import { exampleKinds, mineTexts, type Training, tableDataOf, trainFrom, usualSettings } from '../../embed/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { trainView, tuneView } from '../views/train.ts';
import { checkTablePlace, makeWorkFolder, writeTable } from './train-files.ts';
import { trainHere, tuneOutput } from './train-here.ts';
import { awayTexts, folderSource, listedSources, type Sources, workFolder } from './train-sources.ts';
import type { Operation } from './types.ts';

/** Chosen by the ablations of docs/measurements/meaning.md. */
const usualKinds: (typeof exampleKinds)[number][] = ['definition', 'comment'];
const smallDimension = 128;
/** A table that knows much already learns at this share of the usual rate, or it forgets. */
const goingOn = 0.2;

const input = z.strictObject({
  paths: z.array(z.string()).default([]).describe('Directories of repositories to learn from, whatever their licence'),
  sources: z
    .string()
    .optional()
    .describe('List of repositories at commits, JSON lines; permissively licensed ones are used'),
  repos: z.string().optional().describe('Folder with the clones of --sources: owner+name or owner/name, bare or not'),
  here: z
    .boolean()
    .default(false)
    .describe(
      'Go on from the table that ships, on PATH or this directory, and keep the result only if it answers better there',
    ),
  from: z
    .string()
    .optional()
    .describe(
      'The table to go on from (--here: in place of what ships); of a list, rows of role later are learned from',
    ),
  mix: z
    .number()
    .min(0)
    .max(1)
    .optional()
    .describe('With --from: the mean of that table and of what is learned here, which has this share of it'),
  out: z
    .string()
    .optional()
    .describe('File to write; default: words.table, with --here one beside the index, which search takes by itself'),
  away: z
    .array(z.string())
    .default([])
    .describe(
      'Files of texts that nothing near to is learned from, such as the corpus of a benchmark: JSON lines with text or code',
    ),
  small: z.string().optional().describe('File for a second table of 128 numbers a word, trained on the same pairs'),
  kinds: z
    .array(z.enum(exampleKinds))
    .min(1)
    .default(usualKinds)
    .describe(
      'Who asks for code: its documentation, a comment inside it, a test of it, a commit that changed it, a guide',
    ),
  consistent: z
    .int()
    .min(0)
    .max(4096)
    .default(0)
    .describe('Leave out sentences whose code a first model does not find among the nearest K of 4,096; 0 keeps all'),
  hard: z
    .number()
    .min(0)
    .max(1)
    .default(0)
    .describe('Share of sentences asked together with the wrong answers that a first model takes for right'),
  dropped: z.number().min(0).max(0.9).default(usualSettings.dropped).describe('Share of words hidden at each look'),
  replaced: z
    .number()
    .min(0)
    .max(0.9)
    .default(usualSettings.replaced)
    .describe('Share of words replaced by words of other examples at each look'),
  named: z.number().min(0).max(1).default(usualSettings.named).describe('Share of names that ask, each epoch'),
  queued: z
    .int()
    .min(0)
    .max(16)
    .default(usualSettings.queued)
    .describe('Earlier batches kept as wrong answers; each makes a step about half as long again'),
  momentum: z
    .number()
    .min(0)
    .max(0.9999)
    .default(usualSettings.momentum)
    .describe(
      'With --queued: keep them as a slow copy of the table sees them, which keeps this share of itself a step',
    ),
  dimension: z.int().min(8).max(1024).multipleOf(8).default(256).describe('Numbers a word, a multiple of 8'),
  parts: z
    .string()
    .regex(/^\d+(,\d+){0,7}$/, 'expected numbers with commas between them, such as 256,128')
    .optional()
    .describe(
      'Sizes of tables that are trained apart and then made one of --dimension, which answers better: 256,128,128',
    ),
  join: z
    .string()
    .optional()
    .describe('A table that was trained on other repositories: joined with what is trained here, in its words'),
  vocabulary: z.int().min(100).max(65_535).default(20_000).describe('Words at most; 20,000 of 256 make 5.4 MB'),
  epochs: z.number().min(0.01).max(20).default(usualSettings.epochs).describe('How often each pair is seen'),
  perRepository: z.int().min(10).default(12_000).describe('Sentences taken of one repository at most'),
  seed: z.int().min(0).default(0).describe('The same seed and sources give the same table'),
  workers: z.int().min(1).max(16).default(2).describe('Repositories mined at once'),
  work: z.string().optional().describe('Folder that keeps what was mined, for the next run; default: in the cache'),
});

const quality = z.strictObject({
  queries: z.int(),
  documents: z.int(),
  mrr: z.number(),
  alignment: z.number().describe('Mean squared distance of a sentence and its code'),
  uniformity: z.number().describe('How evenly code is spread: lower is more evenly'),
  marginDegrees: z.number().describe('By how much the right code is nearer than the nearest wrong one'),
});

const trained = z.strictObject({
  out: z.string(),
  bytes: z.int(),
  words: z.int(),
  dimension: z.int(),
  steps: z.int(),
  plannedSteps: z.int(),
  loss: z.number(),
  asked: z
    .array(z.strictObject({ step: z.int(), mrr: z.number() }))
    .describe('Answers to held-out sentences meanwhile'),
  languages: z.record(z.string(), quality).describe('Held-out sentences against held-out code of their language'),
});

const trainOutput = trained.extend({
  schema: z.literal('winnow.train/1'),
  small: trained.nullable().describe('The second table, of --small'),
  repositories: z.int(),
  refused: z.array(z.strictObject({ name: z.string(), reason: z.string() })),
  examples: z.int(),
  heldExamples: z.int(),
  copies: z.int().describe('Examples left out because near copies of them were there'),
  keptAway: z.int().describe('Examples left out because of --away'),
  pairs: z.int(),
  inconsistent: z.int().describe('Sentences left out by --consistent'),
  mined: z.record(
    z.string(),
    z.strictObject({
      documented: z.int(),
      commented: z.int(),
      tested: z.int(),
      changed: z.int(),
      guided: z.int(),
      named: z.int(),
    }),
  ),
  miningS: z.number(),
  trainingS: z.number(),
});

export type TrainOutput = z.output<typeof trainOutput>;

const output = z.discriminatedUnion('schema', [trainOutput, tuneOutput]);

export const train: Operation<typeof input, typeof output> = {
  name: 'train',
  summary: 'a search model of your own, from repositories, on the CPU',
  description: `Reads what people wrote about code (documentation, comments, names) in every language that Winnow parses, and learns from it which words mean the same. What comes out is a table of a few megabytes that \`search --encoder FILE\` uses.

Near copies are left out, also between repositories. Where the list names repositories with the role "held", they are only asked; else one example in twenty is held out. The report says how well held-out sentences find their code, by language. Training that was interrupted goes on where it was; what was mined is kept.

With --here the table that ships goes on learning from your repository, its own words included, in less than a minute. One example in five is held back and asked at the end, of the table as it came and as it became; the result is written only if the 95% interval of the difference lies above nothing. Searches of that repository then use it without being told, unless --out names another place. Exit code 1 says that it does not.`,
  examples: [
    { command: 'winnow train --here', does: 'what ships, tuned to the repository in this directory' },
    { command: 'winnow train ~/src/shop ~/src/tools --out ours.table', does: 'from two repositories' },
    {
      command: 'winnow train --sources models/sources.jsonl --repos clones --parts 256,128,128 --out first.table',
      does: 'what the usual table that ships began as, again',
    },
    {
      command: 'winnow train --sources models/sources.jsonl --repos clones --from first.table --mix 0.7 --epochs 1',
      does: 'and what it became, as docs/model.md has it',
    },
  ],
  input,
  output,
  positional: [{ property: 'paths', label: 'PATH', variadic: true }],
  labels: { repos: 'DIR', work: 'DIR' },
  run: async (given, context) => {
    const { seed, dimension, epochs, vocabulary } = given;
    const path = (name: string): string => resolve(context.cwd, name);
    const work = workFolder(given.work, context.cwd, context.settings.cacheDir);
    checkOptions(given);
    if (given.here) return trainHere({ ...given, from: given.from, out: given.out, work }, context);
    const outs = [path(given.out ?? 'words.table')];
    if (given.small !== undefined) outs.push(path(given.small));
    const sources = sourcesOf(given, path, work);
    makeWorkFolder(work);
    for (const out of outs) checkTablePlace(out);
    const away = await Promise.all(given.away.map((file) => mineTexts(awayTexts(path(file)), loadGrammarFile)));
    const all = sources.train.length + sources.held.length;
    const startedMs = performance.now();
    let minedMs = startedMs;
    let done = 0;
    // A checkpoint belongs to what is trained: other sources or settings are another training. The mean is made after it.
    const names = [...sources.train, ...sources.held].map(({ name, version }) => [name, version]);
    const { kinds, consistent, hard, dropped, replaced, named, queued, momentum } = given;
    const beside = given.join === undefined ? undefined : tableDataOf(path(given.join));
    const start = given.from === undefined ? undefined : tableDataOf(path(given.from));
    const parts = partsOf(given.parts ?? (beside === undefined ? undefined : `${dimension}`));
    const chosen = {
      kinds,
      consistent,
      hard,
      dropped,
      replaced,
      named,
      queued,
      momentum,
      parts,
      epochs,
      vocabulary,
      seed,
    };
    const known = start ?? beside;
    const joins = known === undefined ? null : createHash('sha256').update(known.rows).digest('hex');
    const key = JSON.stringify([names, given.away, chosen, given.perRepository, joins]);
    const mark = createHash('sha256').update(key).digest('hex').slice(0, 12);
    const own = start?.dimension ?? dimension;
    const dimensions = given.small === undefined ? [own] : [own, smallDimension];
    const trainings = await trainFrom({
      ...usualSettings,
      ...chosen,
      train: sources.train,
      held: sources.held,
      away,
      rate: start === undefined ? usualSettings.rate : usualSettings.rate * goingOn,
      dimensions,
      from: start,
      mix: given.mix,
      beside,
      most: given.perRepository,
      work,
      workers: given.workers,
      checkpoint: join(work, `${mark}.checkpoint`),
      load: loadGrammarFile,
      signal: context.signal,
      onMined: (name) => {
        minedMs = performance.now();
        context.progress({ label: 'mining', done: ++done, total: all, detail: name });
      },
      onTrained: ({ step, steps, loss, mrr }) => {
        const found = mrr === null ? '' : `, held-out MRR ${mrr.toFixed(3)}`;
        context.progress({ label: 'training', done: step, total: steps, detail: `loss ${loss.toFixed(2)}${found}` });
      },
    });
    const [table, small] = trainings.map((training, i) => written(training, outs[i] as string));
    const { report } = trainings[0] as Training;
    return {
      schema: 'winnow.train/1' as const,
      ...(table as z.output<typeof trained>),
      small: small ?? null,
      repositories: all,
      refused: [...sources.refused],
      examples: report.examples,
      heldExamples: report.heldExamples,
      pairs: report.pairs,
      inconsistent: report.inconsistent,
      copies: report.counts.copies,
      keptAway: report.counts.keptAway,
      mined: report.counts.byLanguage,
      miningS: (minedMs - startedMs) / 1000,
      trainingS: (performance.now() - minedMs) / 1000,
    };
  },
  render: (found, settings) =>
    found.schema === 'winnow.train/1' ? trainView(found, settings) : tuneView(found, settings),
  exit: (found) => (found.schema === 'winnow.train.here/1' && !found.better ? 1 : 0),
};

function partsOf(given: string | undefined): number[] {
  const parts = (given ?? '')
    .split(',')
    .filter((part) => part !== '')
    .map(Number);
  if (parts.every((part) => part >= 8 && part <= 1024 && part % 8 === 0)) return parts;
  throw new WinnowError('bad-usage', `Expected multiples of 8 from 8 to 1024 for --parts; got ${given}.`);
}

function written({ bytes, report }: Training, out: string): z.output<typeof trained> {
  writeTable(out, bytes);
  const { words, dimension, steps, plannedSteps, loss, asked, byLanguage } = report;
  return {
    out,
    bytes: bytes.length,
    words,
    dimension,
    steps,
    plannedSteps,
    loss,
    asked: [...asked],
    languages: byLanguage,
  };
}

/** What --here takes; the rest says how a table is trained from others' repositories. */
const hereTakes = new Set(['here', 'paths', 'from', 'out', 'seed', 'workers', 'work', 'join', 'mix']);

/** @throws WinnowError `bad-usage` for options that would change nothing */
function checkOptions(given: z.output<typeof input>): void {
  const refuse = (message: string): never => {
    throw new WinnowError('bad-usage', message);
  };
  const usual: Readonly<Record<string, unknown>> = input.parse({});
  const changed = Object.entries(given)
    .filter(([name, value]) => JSON.stringify(value) !== JSON.stringify(usual[name]))
    .map(([name]) => name);
  const { from, join: joins, mix, parts, small } = given;
  if (given.here) {
    if (joins !== undefined) refuse('--join does not go with --here: that goes on from a table, --from.');
    if (mix !== undefined) refuse('--mix does not go with --here: that keeps what it learned, or nothing.');
    const idle = changed.find((name) => !hereTakes.has(name));
    if (idle !== undefined)
      refuse(`${flagOf(idle)} does not go with --here: that tunes a table in one way, which was measured.`);
  } else if (from !== undefined) {
    if ([joins, parts, small].some((flag) => flag !== undefined))
      refuse('--from goes on from one table: without --join, --parts and --small.');
    const idle = changed.find((name) => name === 'dimension' || name === 'vocabulary');
    if (idle !== undefined) refuse(`${flagOf(idle)} does not go with --from: the table has its size and its words.`);
  } else if (mix !== undefined)
    refuse('--mix is a mean with the table that training goes on from: give it with --from.');
}

const flagOf = (name: string): string => `--${name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

function sourcesOf(given: z.output<typeof input>, path: (name: string) => string, work: string): Sources {
  const { from } = given;
  if ((given.sources === undefined) !== (given.repos === undefined)) {
    throw new WinnowError(
      'bad-usage',
      'Expected --sources and --repos together: the list, and the folder of its clones.',
    );
  }
  const folders = given.paths.map((name) => folderSource(path(name)));
  if (given.sources === undefined || given.repos === undefined) {
    if (folders.length === 0) throw new WinnowError('bad-usage', 'Expected directories to learn from, or --sources.');
    return { train: folders, held: [], refused: [] };
  }
  const listed = listedSources(path(given.sources), path(given.repos), join(work, 'trees'), from !== undefined);
  if (listed.train.length + folders.length === 0) {
    throw new WinnowError(
      'bad-usage',
      `Expected a repository to learn from in ${given.sources}: a row of role "train", or with --from one of role "later".`,
    );
  }
  return { ...listed, train: [...listed.train, ...folders] };
}
