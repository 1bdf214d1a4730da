/**
 * The loop of training: batches, steps, questions to what is held out, and when to stop.
 *
 * The rate of learning rises over the first steps and then falls in a line to nothing. Now and then held-out sentences are asked; the
 * table that answered best is the one that is returned, and training ends early when it has not got better for a while. Everything is drawn
 * from the seed and the number of the step, so that a run that was interrupted goes on from its checkpoint as if it had not been.
 */
import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { deserialize, serialize } from 'node:v8';
import { seededRandom } from '../../base/mod.ts';
import type { TableData } from '../table-file.ts';
import {
  Bags,
  epochOf,
  groupSize,
  mostDocumentWords,
  mostQueryWords,
  type Pair,
  type Pairs,
  Reader,
  type Showing,
} from './batch.ts';
import type { Corpus, Examples } from './corpus.ts';
import { evaluate, type Quality, questionsOf } from './evaluate.ts';
import { askingModel, createModel, type Model, type Scalars, startFrom, stepModel, tableOf } from './model.ts';
import { enqueue } from './queue.ts';
import { learn } from './step.ts';

export interface TrainSettings extends Showing {
  /** Multiple of 8. */
  readonly dimension: number;
  /** Pairs a step, a multiple of 8. */
  readonly batch: number;
  readonly epochs: number;
  readonly rate: number;
  readonly seed: number;
  /** Steps between questions to what is held out. */
  readonly askEvery: number;
  /** Batches that are kept as wrong answers beyond the batch; 0 for none. */
  readonly queued: number;
  /** Share of the slow copy, which the queue is of, that stays as it was each step; 0 for no copy. */
  readonly momentum: number;
}

/**
 * Batch, rate and epochs as in the trial that design.md tells of: more epochs than two fit what is seen and lose on what is not.
 */
export const usualSettings: TrainSettings = {
  dimension: 256,
  batch: 1024,
  epochs: 2,
  rate: 3e-3,
  seed: 0,
  askEvery: 250,
  dropped: 0.1,
  replaced: 0,
  named: 0.15,
  queued: 0,
  momentum: 0,
};

export interface TrainProgress {
  readonly step: number;
  readonly steps: number;
  /** Mean over the last steps. */
  readonly loss: number;
  /** Mean over languages of the last questions; null before the first. */
  readonly mrr: number | null;
}

export interface TrainOptions extends TrainSettings {
  readonly corpus: Corpus;
  readonly pairs: Pairs;
  /** Examples that are asked for while training, and their pairs. */
  readonly held: { readonly examples: Examples; readonly pairs: Pairs };
  /** A table to go on from, with the corpus's vocabulary. */
  readonly start?: TableData | undefined;
  /** A file that training goes on from after an interruption; deleted at the end. */
  readonly checkpoint?: string | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onProgress?: ((progress: TrainProgress) => void) | undefined;
}

export interface Trained {
  readonly table: TableData;
  readonly steps: number;
  readonly plannedSteps: number;
  readonly pairs: number;
  readonly loss: number;
  /** After each round of questions: mean MRR over languages. */
  readonly asked: readonly { readonly step: number; readonly mrr: number }[];
  readonly byLanguage: Readonly<Record<string, Omit<Quality, 'reciprocals'>>>;
}

/**
 * Questions while training: enough to tell better from worse, few enough to take a second. A small repository has few, and
 * few tell when it gets worse, where none would let it learn by heart.
 */
const whileTraining = { queries: 300, documents: 2000, least: 20, seed: 1 };
/** Questions at the end; fewer would be no figure. */
const atTheEnd = { queries: 1000, documents: 5000, least: 50, seed: 2 };
const warmSteps = 50;
/** The rate never falls below this share of itself. */
const leastRate = 0.01;
/** Rounds of questions without a better answer after which training ends. */
const patience = 4;

export async function trainTable(options: TrainOptions): Promise<Trained> {
  const { corpus, pairs, held, settings, state } = prepare(options);
  const { model } = state;
  const { batch, rate, seed, askEvery } = settings;
  const questions = questionsOf(held.examples, held.pairs.asked, whileTraining);
  const reader = new Reader(corpus.train, corpus.vocabulary.length, settings);
  const queries = new Bags(batch, batch * mostQueryWords);
  const documents = new Bags(batch, batch * mostDocumentWords);
  const perEpoch = Math.max(
    1,
    Math.floor(epochOf(pairs, corpus.train, settings.named, seededRandom(seed)).length / batch),
  );
  const steps = Math.max(1, Math.round(perEpoch * settings.epochs));
  let epoch: Pair[] = [];
  let epochNumber = -1;
  for (; state.step < steps && state.worse < patience; ) {
    options.signal?.throwIfAborted();
    const wanted = Math.floor(state.step / perEpoch);
    if (wanted !== epochNumber) {
      epochNumber = wanted;
      epoch = epochOf(pairs, corpus.train, settings.named, seededRandom(seed + 7919 * wanted));
    }
    const from = (state.step % perEpoch) * batch;
    const chosen = epoch.slice(from, from + batch);
    if (chosen.length < batch) break;
    const random = seededRandom(seed + 104_729 * (state.step + 1));
    queries.clear();
    documents.clear();
    for (const pair of chosen) {
      reader.addQuery(queries, pair, random);
      reader.addDocument(documents, pair, random);
    }
    const codes = chosen.map((pair) => corpus.train.of[pair >>> 1] as number);
    const loss = learn(model, codes, queries, documents);
    if (model.shape.queue > 0) enqueue(model, { query: queries, document: documents }, codes, settings.momentum);
    state.loss = state.loss === 0 ? loss : 0.98 * state.loss + 0.02 * loss;
    const warm = Math.min(1, (state.step + 1) / warmSteps);
    stepModel(model, rate * Math.max(leastRate, warm * (1 - state.step / steps)), state.step + 1);
    state.step++;
    const isLast = state.step === steps;
    if (questions.length > 0 && (state.step % askEvery === 0 || isLast)) {
      const mrr = mean(questions.map((question) => evaluate(model, held.examples, question).mrr));
      state.asked.push({ step: state.step, mrr });
      state.worse = mrr > state.best ? 0 : state.worse + 1;
      if (mrr > state.best) {
        state.best = mrr;
        state.bestVectors = vectorsOf(model).slice();
        state.bestScalars = groupsOf(model).map(({ values }) => values.slice());
      }
      if (options.checkpoint !== undefined && !isLast) keep(options.checkpoint, state);
    }
    options.onProgress?.({ step: state.step, steps, loss: state.loss, mrr: state.asked.at(-1)?.mrr ?? null });
    // A breath for signals and progress.
    if (state.step % 4 === 0) await setImmediate();
  }
  if (state.bestVectors !== null) {
    vectorsOf(model).set(state.bestVectors);
    for (const [i, group] of groupsOf(model).entries()) group.values.set(state.bestScalars[i] as Float64Array);
  }
  if (options.checkpoint !== undefined) rmSync(options.checkpoint, { force: true });
  return {
    table: tableOf(model, corpus.vocabulary),
    steps: state.step,
    plannedSteps: steps,
    pairs: pairs.asked.length + pairs.named.length,
    loss: state.loss,
    asked: state.asked,
    byLanguage: answers(model, held),
  };
}

function answers(model: Model, held: TrainOptions['held']): Trained['byLanguage'] {
  const last = questionsOf(held.examples, held.pairs.asked, atTheEnd);
  return Object.fromEntries(
    last.map((question) => {
      const { reciprocals: _, ...quality } = evaluate(model, held.examples, question);
      return [question.language, quality];
    }),
  );
}

/** How well a table answers what is held out. @param table with the corpus's vocabulary */
export function answersOf(table: TableData, corpus: Corpus, held: TrainOptions['held']): Trained['byLanguage'] {
  return answers(askingModel(table, corpus.rarity), held);
}

interface State {
  readonly model: Model;
  step: number;
  loss: number;
  best: number;
  worse: number;
  asked: { step: number; mrr: number }[];
  bestVectors: Float32Array | null;
  bestScalars: Float64Array[];
}

function prepare(options: TrainOptions) {
  const { corpus, pairs, start, checkpoint } = options;
  const all = pairs.asked.length + pairs.named.length;
  // Few pairs: smaller batches, so that there are steps at all.
  const batch = Math.min(options.batch, Math.max(groupSize, Math.floor(all / 40 / groupSize) * groupSize));
  const settings = { ...options, batch };
  const shape = {
    words: corpus.vocabulary.length,
    dimension: options.dimension,
    batch,
    batchWords: batch * mostDocumentWords,
    queue: options.queued * batch,
    slow: options.queued > 0 && options.momentum > 0,
  };
  const model = createModel(shape, corpus.rarity, seededRandom(options.seed));
  if (start !== undefined) startFrom(model, start);
  const state: State = {
    model,
    step: 0,
    loss: 0,
    best: -1,
    worse: 0,
    asked: [],
    bestVectors: null,
    bestScalars: [],
  };
  if (checkpoint !== undefined && existsSync(checkpoint)) restore(checkpoint, state);
  return { corpus, pairs, held: options.held, settings, state };
}

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const groupsOf = (model: Model): Scalars[] => [model.queryWeights, model.documentWeights, model.fields, model.scale];
const vectorsOf = ({ floats, at, shape }: Model): Float32Array =>
  floats.subarray(at.vectors, at.vectors + shape.words * shape.dimension);
/** Vectors, gradients, Adam's memory and the queue lie one after the other. */
const learnedOf = ({ floats, at }: Model): Float32Array => floats.subarray(at.vectors, at.queries);

function keep(path: string, { model, ...rest }: State): void {
  const { shape, queued } = model;
  const kept = { shape, learned: learnedOf(model), groups: groupsOf(model), queued, rest };
  writeFileSync(`${path}.part`, serialize(kept));
  renameSync(`${path}.part`, path);
}

/** A checkpoint of another shape is of another training: it is left alone until it is written over. */
function restore(path: string, state: State): void {
  const { model } = state;
  const kept = deserialize(readFileSync(path)) as {
    shape: Model['shape'];
    learned: Float32Array;
    groups: Scalars[];
    queued: Model['queued'];
    rest: Omit<State, 'model'>;
  };
  if (JSON.stringify(kept.shape) !== JSON.stringify(model.shape)) return;
  learnedOf(model).set(kept.learned);
  for (const [i, group] of groupsOf(model).entries()) {
    const from = kept.groups[i] as Scalars;
    for (const part of ['values', 'gradient', 'first', 'second'] as const) group[part].set(from[part]);
  }
  model.queued.codes.set(kept.queued.codes);
  model.queued.batches = kept.queued.batches;
  Object.assign(state, kept.rest);
}
