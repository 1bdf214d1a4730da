/**
 * A table that goes on learning from one repository, and is kept only if it answers better there.
 *
 * The repository's own words that the table lacks get rows of their own, beginning as the sum of their pieces. Its examples are parted: most
 * are learned from, some tell when to stop, and one in five is asked only at the end, once of the table as it came and once of the table
 * as it became. It is better when the whole 95% interval of the mean difference lies above nothing; a handful of queries that happen to go well
 * do not do.
 */
import { seededRandom, WinnowError } from '../../base/mod.ts';
import type { LoadFile } from '../../code/mod.ts';
import { type TableData, writeTable } from '../table-file.ts';
import { createPieces } from '../words.ts';
import { type Pairs, pairsOf } from './batch.ts';
import { buildCorpus, type Corpus } from './corpus.ts';
import { evaluate, type Question } from './evaluate.ts';
import { mineAll, type ToMine } from './miners.ts';
import { askingModel } from './model.ts';
import { type TrainProgress, type TrainSettings, trainTable, usualSettings } from './trainer.ts';

/** More epochs than from nothing, since there are few pairs, and smaller batches for as many steps: docs/measurements/meaning.md. */
export const tuneSettings: TrainSettings = { ...usualSettings, batch: 512, rate: 3e-3, epochs: 12, askEvery: 10 };
/** Words of the repository that get rows of their own. */
const addedWords = 4000;
const whoAsks = ['definition', 'comment', 'test', 'change'] as const;
/** Fewer queries cannot tell better from worse. */
const leastQueries = 40;
const mostQueries = 2000;
const draws = 1000;

export interface TuneOptions {
  readonly repositories: readonly ToMine[];
  readonly base: TableData;
  readonly work: string;
  readonly workers: number;
  readonly load: LoadFile;
  readonly seed: number;
  readonly settings?: TrainSettings | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onMined?: ((name: string) => void) | undefined;
  readonly onTrained?: ((progress: TrainProgress) => void) | undefined;
}

export interface Tuned {
  /** The tuned table's file, whether it is better or not. */
  readonly bytes: Uint8Array;
  readonly better: boolean;
  readonly queries: number;
  readonly pairs: number;
  readonly wordsAdded: number;
  readonly steps: number;
  readonly mrrBefore: number;
  readonly mrrAfter: number;
  /** Mean difference with its paired 95% interval. */
  readonly gain: { readonly value: number; readonly low: number; readonly high: number };
}

/** @throws WinnowError `bad-data` when the repository says too little about its code to learn from and to judge by */
export async function tune(options: TuneOptions): Promise<Tuned> {
  const { repositories, base, work, seed, signal } = options;
  const settings = options.settings ?? tuneSettings;
  const mining = { ...options, shards: work, most: 100_000, kinds: whoAsks };
  const train = await mineAll(repositories, mining);
  signal?.throwIfAborted();
  const shared = { train, held: [], away: [], base: base.vocabulary };
  const before = buildCorpus({ ...shared, vocabulary: 0 });
  const after = buildCorpus({ ...shared, vocabulary: addedWords });
  const parts = partsOf(after);
  const asked = parts.judge.asked.filter((pair) => after.train.kinds[pair >>> 1] === 0);
  if (asked.length < leastQueries) {
    throw new WinnowError(
      'bad-data',
      `Expected at least ${leastQueries * 5} functions with a sentence of documentation to learn from and to judge by; found about ${asked.length * 5}. The table that ships stays.`,
    );
  }
  const start = extended(base, after.vocabulary);
  const trained = await trainTable({
    ...settings,
    seed,
    dimension: base.dimension,
    corpus: after,
    pairs: parts.learn,
    held: { examples: after.train, pairs: parts.stop },
    start,
    signal,
    onProgress: options.onTrained,
  });
  const pairs = seededRandom(seed).shuffle([...asked]);
  const question: Question = { language: '', pairs, queries: Math.min(mostQueries, pairs.length) };
  const own = answers(base, before, question);
  const tuned = answers(trained.table, after, question);
  const differences = tuned.map((value, i) => value - (own[i] as number));
  const gain = interval(differences, seed);
  return {
    bytes: writeTable(trained.table),
    better: gain.low > 0,
    queries: question.queries,
    pairs: parts.learn.asked.length + parts.learn.named.length,
    wordsAdded: after.vocabulary.length - base.vocabulary.length,
    steps: trained.steps,
    mrrBefore: mean(own),
    mrrAfter: mean(tuned),
    gain,
  };
}

/** Examples that stand together are learned, or asked, together. */
const together = 25;

function partsOf({ train }: Corpus): { learn: Pairs; stop: Pairs; judge: Pairs } {
  const all = Array.from({ length: train.count }, (_, i) => i);
  const of = (parts: readonly number[]): Pairs =>
    pairsOf(
      train,
      all.filter((example) => parts.includes(Math.floor((train.of[example] as number) / together) % 10)),
    );
  return { learn: of([0, 1, 2, 4, 5, 6, 8]), stop: of([9]), judge: of([3, 7]) };
}

/** The table with rows for more words: sums of their pieces. */
export function extended(base: TableData, vocabulary: readonly string[]): TableData {
  const { dimension } = base;
  const known = base.vocabulary.length;
  const pieces = createPieces(base.vocabulary);
  const rows = new Int8Array(vocabulary.length * dimension);
  rows.set(base.rows);
  const queryWeights = new Float32Array(vocabulary.length);
  const documentWeights = new Float32Array(vocabulary.length);
  queryWeights.set(base.queryWeights);
  documentWeights.set(base.documentWeights);
  const random = seededRandom(known);
  for (let word = known; word < vocabulary.length; word++) {
    const sum = new Float64Array(dimension);
    const parts = pieces(vocabulary[word] as string);
    for (const part of parts) {
      for (let i = 0; i < dimension; i++) {
        sum[i] =
          (sum[i] as number) + (base.documentWeights[part] as number) * (base.rows[part * dimension + i] as number);
      }
    }
    // A word without known pieces begins anywhere, and weighs little until it has learned.
    if (parts.length === 0) for (let i = 0; i < dimension; i++) sum[i] = 1e-3 * (random.next() - 0.5);
    const unit = Math.max(...sum.map(Math.abs), 1e-9) / 127;
    for (let i = 0; i < dimension; i++) rows[word * dimension + i] = Math.round((sum[i] as number) / unit);
    queryWeights[word] = unit;
    documentWeights[word] = unit;
  }
  return { ...base, vocabulary, rows, queryWeights, documentWeights };
}

function answers(table: TableData, corpus: Corpus, question: Question): Float64Array {
  const model = askingModel(table, corpus.rarity);
  return evaluate(model, corpus.train, question).reciprocals;
}

const mean = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0) / values.length;

/** Bootstrap over queries (Efron 1979). */
function interval(differences: Float64Array, seed: number): Tuned['gain'] {
  const random = seededRandom(seed);
  const means = Float64Array.from({ length: draws }, () => {
    let sum = 0;
    for (let i = 0; i < differences.length; i++) sum += differences[random.int(differences.length)] as number;
    return sum / differences.length;
  }).sort();
  return {
    value: mean(differences),
    low: means[Math.floor(0.025 * draws)] as number,
    high: means[Math.ceil(0.975 * draws) - 1] as number,
  };
}
