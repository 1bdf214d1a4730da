/**
 * Training from beginning to end: mine, choose, number, train, report.
 *
 * Three ways in share it: the table that ships, from a list of repositories; a table of one's own, from any folders; and a table
 * that goes on from another on one's own repository (`tune.ts`).
 */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { deserialize, serialize } from 'node:v8';
import { WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import { readTable, type TableData, writeTable } from '../table-file.ts';
import { leastBody, type Pairs, pairsOf } from './batch.ts';
import { buildCorpus, type Corpus, type CorpusCounts, type Examples } from './corpus.ts';
import { joined } from './join.ts';
import { meanTable } from './mean.ts';
import { type MineReply, mineAll, type ToMine } from './miners.ts';
import { reduced } from './reduce.ts';
import { look, type RefineSettings, refined } from './refine.ts';
import type { ExampleKind, Shard } from './shard.ts';
import {
  answersOf,
  type Trained,
  type TrainOptions,
  type TrainProgress,
  type TrainSettings,
  trainTable,
} from './trainer.ts';

export interface TrainingOptions extends Omit<TrainSettings, 'dimension'>, RefineSettings {
  /** One table is trained of each, multiples of 8. */
  readonly dimensions: readonly number[];
  /**
   * Dimensions of tables that are trained apart and stand side by side, multiples of 8; each of `dimensions` is then made of those that are no larger by
   * leaving out the weakest directions. Empty: each is trained by itself.
   */
  readonly parts: readonly number[];
  /**
   * A table that was trained on other repositories and stays as it is: its words are the vocabulary, and it stands beside what is trained, `parts` or
   * else `dimensions`.
   */
  readonly beside?: TableData | undefined;
  /** A table to go on from, instead of from chance: its words are the vocabulary, its size the only one of `dimensions`, and nothing stands beside it. */
  readonly from?: TableData | undefined;
  /** With `from`: what comes out is the mean of both, of which the new training has this share, in [0, 1]. Without it, the new training alone. */
  readonly mix?: number | undefined;
  /** Who may ask, beside names. */
  readonly kinds: readonly ExampleKind[];
  readonly train: readonly ToMine[];
  /** Repositories that only ask; where there are none, one pair in twenty is held out. */
  readonly held: readonly ToMine[];
  /** What nothing near to is learned from: shards of `mineTexts`. */
  readonly away: readonly Shard[];
  /** At most this many words; at most 65,535, the largest number that examples hold. */
  readonly vocabulary: number;
  /** Sentences taken of a repository, so that none outweighs the others. */
  readonly most: number;
  /** Folder that keeps what was mined and where training stands. */
  readonly work: string;
  readonly workers: number;
  readonly load: LoadFile;
  readonly checkpoint: string;
  readonly signal?: AbortSignal | undefined;
  readonly onMined?: ((name: string, reply: MineReply | null) => void) | undefined;
  readonly onTrained?: ((progress: TrainProgress) => void) | undefined;
}

export interface TrainingReport extends Omit<Trained, 'table'> {
  readonly dimension: number;
  /** Pairs left out because a first model did not find their code. */
  readonly inconsistent: number;
  readonly words: number;
  readonly examples: number;
  readonly heldExamples: number;
  readonly counts: CorpusCounts;
}

export interface Training {
  /** The table's file. */
  readonly bytes: Uint8Array;
  readonly table: TableData;
  readonly report: TrainingReport;
}

/**
 * @returns a training for each of `dimensions`
 * @throws WinnowError `too-little` when there is next to nothing to learn from; the signal's reason when it says stop
 */
export async function trainFrom(options: TrainingOptions): Promise<Training[]> {
  const { train, held, away, vocabulary, work, checkpoint, onTrained: onProgress } = options;
  const mining = { ...options, shards: work };
  const heldShards = await mineAll(held, mining);
  const trainShards = await mineAll(train, mining);
  options.signal?.throwIfAborted();
  const kinds = new Set(options.kinds);
  const known = options.from ?? options.beside;
  const words = known === undefined ? { vocabulary } : { vocabulary: 0, base: known.vocabulary };
  const corpus = buildCorpus({ train: trainShards, held: heldShards, away, guided: kinds.has('guide'), ...words });
  const parts = held.length > 0 ? apart(corpus, kinds) : drawn(corpus.train, kinds);
  checkEnough(parts.pairs);
  const pairs = await refine(parts, corpus, options);
  const trainings: Training[] = [];
  const own = { ...options, ...parts, pairs, corpus, start: options.from, onProgress };
  const made = options.parts.length === 0 ? null : madeOf(await trainParts(own), options.dimensions, own);
  for (const [i, dimension] of options.dimensions.entries()) {
    const alone = made?.[i] ?? (await trainTable({ ...own, dimension, checkpoint: `${checkpoint}-${dimension}` }));
    const { table, ...trained } = mixed(alone, own);
    const report = {
      ...trained,
      dimension,
      words: corpus.vocabulary.length,
      examples: corpus.train.count,
      heldExamples: corpus.held.count,
      inconsistent: parts.pairs.asked.length - pairs.asked.length,
      counts: corpus.counts,
    };
    trainings.push({ bytes: writeTable(table), table, report });
  }
  rmSync(firstOf(checkpoint), { force: true });
  for (const part of options.parts.keys()) rmSync(partOf(checkpoint, part), { force: true });
  return trainings;
}

/** Half of what `--here` asks for. Of fewer, a table learns these very words and answers nothing. */
const leastPairs = 100;

function checkEnough({ asked, named }: Pairs): void {
  const found = asked.length + named.length;
  if (found >= leastPairs) return;
  throw new WinnowError(
    'too-little',
    `Expected at least ${leastPairs} sentences of documentation, comments and names to learn from; found ${found}, near copies and code of fewer than ${leastBody} words not counted. Give more repositories.`,
  );
}

type Own = Omit<TrainOptions, 'dimension'> &
  Pick<TrainingOptions, 'parts' | 'beside' | 'from' | 'mix'> & { readonly checkpoint: string };

const partOf = (checkpoint: string, part: number): string => `${checkpoint}-part${part}`;

/**
 * Trains tables one after the other. Each is kept until all sizes are made. Tables of one size have seeds that follow each
 * other; those of different sizes differ from the first draw on.
 */
async function trainParts(options: Own): Promise<Trained[]> {
  const { parts, checkpoint, seed } = options;
  const trained: Trained[] = [];
  for (const [part, dimension] of parts.entries()) {
    const path = partOf(checkpoint, part);
    if (!existsSync(path)) {
      const before = parts.slice(0, part).filter((other) => other === dimension).length;
      const own = { ...options, dimension, seed: seed + before, checkpoint: `${path}-checkpoint` };
      const { table, ...rest } = await trainTable(own);
      writeFileSync(path, serialize({ ...rest, bytes: writeTable(table) }));
    }
    const { bytes, ...rest } = deserialize(readFileSync(path)) as Omit<Trained, 'table'> & { bytes: Uint8Array };
    trained.push({ ...rest, table: readTable(bytes, path) });
  }
  return trained;
}

/**
 * A table of each size, of the parts that are no larger than it: what a large part tells apart by many directions is lost in few, and then it does
 * more harm than good (docs/measurements/meaning.md).
 */
function madeOf(parts: readonly Trained[], dimensions: readonly number[], own: Own): Trained[] {
  const { corpus, held, beside } = own;
  return dimensions.map((dimension) => {
    const fitting = parts.filter(({ table }) => table.dimension <= dimension);
    const chosen = fitting.length > 0 ? fitting : parts;
    const tables = chosen.map((part) => part.table);
    if (beside !== undefined) tables.unshift(beside);
    const table = reduced(joined(tables), dimension, corpus.train);
    return { ...(chosen.at(-1) as Trained), table, byLanguage: answersOf(table, corpus, held) };
  });
}

/** The mean with what was gone on from, where one is asked for. */
function mixed(trained: Trained, { from, mix, corpus, held }: Own): Trained {
  if (from === undefined || mix === undefined) return trained;
  const table = meanTable(from, trained.table, mix);
  return { ...trained, table, byLanguage: answersOf(table, corpus, held) };
}

/** Small, since it only has to tell what is near from what is far. */
const firstDimension = 128;
const firstOf = (checkpoint: string): string => `${checkpoint}-first`;

/** Pairs as a first model leaves them; that model is kept until training has ended, so that an interruption does not cost it. */
async function refine(parts: Parts, corpus: Corpus, options: TrainingOptions): Promise<Pairs> {
  const { consistent, hard, seed, checkpoint, signal, onTrained: onProgress } = options;
  if (consistent === 0 && hard === 0) return parts.pairs;
  const path = firstOf(checkpoint);
  if (!existsSync(path)) {
    const dimension = Math.min(firstDimension, ...options.dimensions);
    const own = { ...options, ...parts, dimension, corpus, checkpoint: `${path}-checkpoint`, onProgress };
    writeFileSync(path, writeTable((await trainTable(own)).table));
  }
  const first = readTable(readFileSync(path), path);
  return refined(parts.pairs, look(corpus, parts.pairs, first, seed, signal), { consistent, hard });
}

interface Parts {
  readonly pairs: Pairs;
  readonly held: { readonly examples: Examples; readonly pairs: Pairs };
}

const everyOne = ({ count }: Examples): number[] => Array.from({ length: count }, (_, i) => i);

const apart = (corpus: Corpus, kinds: ReadonlySet<ExampleKind>): Parts => ({
  pairs: pairsOf(corpus.train, everyOne(corpus.train), kinds),
  held: { examples: corpus.held, pairs: pairsOf(corpus.held, everyOne(corpus.held)) },
});

/** Examples that stand together are held out together: neighbours resemble each other. */
const together = 25;
const everyNth = 20;

/** Holds out one run of examples in twenty; what tests and commits say of them with them. */
export function drawn(examples: Examples, kinds: ReadonlySet<ExampleKind>): Parts {
  const isHeld = (example: number): boolean =>
    Math.floor((examples.of[example] as number) / together) % everyNth === everyNth - 1;
  const all = everyOne(examples);
  return {
    pairs: pairsOf(
      examples,
      all.filter((example) => !isHeld(example)),
      kinds,
    ),
    held: { examples, pairs: pairsOf(examples, all.filter(isHeld)) },
  };
}
