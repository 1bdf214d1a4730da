/**
 * Training from beginning to end: mine, choose, number, train, report.
 *
 * Three ways in share it: the table that ships, from a list of repositories; a table of one's own, from any folders; and a table
 * that goes on from another on one's own repository (`tune.ts`).
 */
import type { LoadFile } from '../../code/mod.ts';
import { type TableData, writeTable } from '../table-file.ts';
import { type Pairs, pairsOf } from './batch.ts';
import { buildCorpus, type Corpus, type CorpusCounts, type Examples } from './corpus.ts';
import { type MineReply, mineAll, type ToMine } from './miners.ts';
import type { Shard } from './shard.ts';
import { type Trained, type TrainProgress, type TrainSettings, trainTable } from './trainer.ts';

export interface TrainingOptions extends TrainSettings {
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

/** @throws WinnowError `bad-data` when there is nothing to learn from; the signal's reason when it says stop */
export async function trainFrom(options: TrainingOptions): Promise<Training> {
  const { train, held, away, vocabulary, work, checkpoint, onTrained } = options;
  const mining = { ...options, shards: work };
  const heldShards = await mineAll(held, mining);
  const trainShards = await mineAll(train, mining);
  options.signal?.throwIfAborted();
  const corpus = buildCorpus({ train: trainShards, held: heldShards, away, vocabulary });
  const parts = held.length > 0 ? apart(corpus) : drawn(corpus.train);
  const { table, ...trained } = await trainTable({ ...options, ...parts, corpus, checkpoint, onProgress: onTrained });
  const { counts } = corpus;
  const [examples, heldExamples] = [corpus.train.count, corpus.held.count];
  const report = { ...trained, words: corpus.vocabulary.length, examples, heldExamples, counts };
  return { bytes: writeTable(table), table, report };
}

interface Parts {
  readonly pairs: Pairs;
  readonly held: { readonly examples: Examples; readonly pairs: Pairs };
}

const everyOne = ({ count }: Examples): number[] => Array.from({ length: count }, (_, i) => i);

const apart = (corpus: Corpus): Parts => ({
  pairs: pairsOf(corpus.train, everyOne(corpus.train)),
  held: { examples: corpus.held, pairs: pairsOf(corpus.held, everyOne(corpus.held)) },
});

/** Examples that stand together are held out together: neighbours resemble each other. */
const together = 25;
const everyNth = 20;

/** Holds out one run of examples in twenty. */
export function drawn(examples: Examples): Parts {
  const isHeld = (example: number): boolean => Math.floor(example / together) % everyNth === everyNth - 1;
  const all = everyOne(examples);
  return {
    pairs: pairsOf(
      examples,
      all.filter((example) => !isHeld(example)),
    ),
    held: { examples, pairs: pairsOf(examples, all.filter(isHeld)) },
  };
}
