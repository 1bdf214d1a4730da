/**
 * The table while it is trained: single precision, with gradients and Adam's memory, in one WebAssembly memory.
 *
 * What is learned: a vector for each word; for each word the logarithm of its weight in queries, and of its weight in documents; the logarithm
 * of each field's weight; and that of the scale of likenesses. All are stepped by Adam, the few numbers three times as fast as the vectors.
 */
import { type Random, seededRandom } from '../../base/mod.ts';
import type { TableData } from '../table-file.ts';
import { mostDocumentWords } from './batch.ts';
import { createKernels, type Kernels, keptOfFirst, keptOfSecond } from './kernels.ts';

/** Name, signature, documentation, body: what fields weigh at the start. From the trial, which learned 1.07, 0.5, 0.53, 0.51. */
const startFields = [1, 0.4, 0.5, 0.5] as const;
/** Words that are everywhere still weigh something at the start. */
const leastRarity = 0.3;
/** Likenesses are cosines times this: the trial began with 20 too. */
const startScale = 20;
const largestScale = 100;
/** Weights and scalars learn this much faster than vectors. */
const scalarHaste = 3;
const epsilon = 1e-8;

export interface ModelShape {
  readonly words: number;
  /** Multiple of 8. */
  readonly dimension: number;
  /** Multiple of 8. */
  readonly batch: number;
  /** Words that a batch can hold. */
  readonly batchWords: number;
  /** Pairs of earlier batches that are kept as wrong answers: a multiple of `batch`, 0 for none. */
  readonly queue: number;
  /** Whether the queue is of a slow copy of the vectors. */
  readonly slow: boolean;
}

/** A few learned numbers with their gradients and Adam's memory. */
export interface Scalars {
  readonly values: Float64Array;
  readonly gradient: Float64Array;
  readonly first: Float64Array;
  readonly second: Float64Array;
}

function scalars(values: ArrayLike<number>): Scalars {
  const { length } = values;
  return {
    values: Float64Array.from(values),
    gradient: new Float64Array(length),
    first: new Float64Array(length),
    second: new Float64Array(length),
  };
}

export interface Model {
  readonly shape: ModelShape;
  readonly kernels: Kernels;
  readonly floats: Float32Array;
  readonly integers: Int32Array;
  /** Places in `floats`; bytes are four times as much. */
  readonly at: Readonly<Record<Region, number>>;
  readonly queryWeights: Scalars;
  readonly documentWeights: Scalars;
  readonly fields: Scalars;
  readonly scale: Scalars;
  readonly queued: Queued;
}

/** What stands in the queue; its vectors are in the model's memory. */
export interface Queued {
  /** Which code each queued pair asks for. */
  readonly codes: Float64Array;
  /** Batches that were put into it, ever. */
  batches: number;
}

type Region =
  | ('vectors' | 'gradient' | 'first' | 'second')
  | ('slow' | 'queuedQueries' | 'queuedDocuments')
  | ('queries' | 'documents' | 'queryGradient' | 'documentGradient' | 'packed')
  | ('likeness' | 'turned' | 'beyond' | 'spare')
  | ('words' | 'weights' | 'dots');

export function createModel(shape: ModelShape, rarity: Float32Array, random: Random): Model {
  const { words, dimension, batch, batchWords, queue, slow } = shape;
  const sizes: readonly (readonly [Region, number])[] = [
    ...(['vectors', 'gradient', 'first', 'second'] as const).map((region) => [region, words * dimension] as const),
    ['slow', slow ? words * dimension : 0],
    ['queuedQueries', queue * dimension],
    ['queuedDocuments', queue * dimension],
    ...(['queries', 'documents', 'queryGradient', 'documentGradient', 'packed'] as const).map(
      (region) => [region, batch * dimension] as const,
    ),
    ['likeness', batch * batch],
    ['turned', batch * batch],
    ['beyond', 2 * batch * queue],
    ['spare', queue > 0 ? batch * dimension : 0],
    ...(['words', 'weights', 'dots'] as const).map((region) => [region, batchWords] as const),
  ];
  const at = {} as Record<Region, number>;
  let end = 0;
  for (const [region, size] of sizes) {
    at[region] = end;
    end += Math.ceil(size / 4) * 4;
  }
  const memory = new WebAssembly.Memory({ initial: Math.ceil((4 * end) / 65_536) });
  const floats = new Float32Array(memory.buffer);
  const spread = 1 / Math.sqrt(dimension);
  for (let i = 0; i < words * dimension; i++) floats[at.vectors + i] = spread * gaussian(random);
  const weights = Float64Array.from(rarity, (value) => Math.log(Math.max(value, leastRarity)));
  return {
    shape,
    kernels: createKernels(memory),
    floats,
    integers: new Int32Array(memory.buffer),
    at,
    queryWeights: scalars(weights),
    documentWeights: scalars(weights),
    fields: scalars(startFields.map(Math.log)),
    scale: scalars([Math.log(startScale)]),
    queued: { codes: new Float64Array(queue), batches: 0 },
  };
}

/** Starts from a table that was trained before. Its words and dimension must be the model's. */
export function startFrom(model: Model, table: TableData): void {
  const { dimension } = table;
  // The file's weights hold each row's scale: rows at their mean length of 1 carry none.
  for (let word = 0; word < table.vocabulary.length; word++) {
    let squares = 0;
    for (let i = 0; i < dimension; i++) squares += (table.rows[word * dimension + i] as number) ** 2;
    const length = Math.sqrt(squares) || 1;
    for (let i = 0; i < dimension; i++) {
      model.floats[model.at.vectors + word * dimension + i] = (table.rows[word * dimension + i] as number) / length;
    }
    model.queryWeights.values[word] = Math.log(Math.max(1e-6, (table.queryWeights[word] as number) * length));
    model.documentWeights.values[word] = Math.log(Math.max(1e-6, (table.documentWeights[word] as number) * length));
  }
  for (const [i, field] of table.fields.entries()) model.fields.values[i] = Math.log(Math.max(1e-6, field));
}

/** Pairs that a model compares at once when it only answers. */
export const askedAtOnce = 1024;

/** A model that answers as a table does. @param rarity of the table's words */
export function askingModel(table: TableData, rarity: Float32Array): Model {
  const shape = {
    words: table.vocabulary.length,
    dimension: table.dimension,
    batch: askedAtOnce,
    batchWords: askedAtOnce * mostDocumentWords,
    queue: 0,
    slow: false,
  };
  const model = createModel(shape, rarity, seededRandom(0));
  startFrom(model, table);
  return model;
}

/** Box and Muller 1958. */
const gaussian = (random: Random): number =>
  Math.sqrt(-2 * Math.log(1 - random.next())) * Math.cos(2 * Math.PI * random.next());

/** @param step counted from 1 */
export function stepModel(model: Model, rate: number, step: number): void {
  const { at, kernels, shape } = model;
  const correction = Math.sqrt(1 - keptOfSecond ** step);
  const corrected = correction / (1 - keptOfFirst ** step);
  const [values, gradient, first, second] = [at.vectors, at.gradient, at.first, at.second].map((place) => 4 * place);
  kernels.adam(
    values as number,
    gradient as number,
    first as number,
    second as number,
    Math.ceil((shape.words * shape.dimension) / 4) * 4,
    rate * corrected,
    epsilon * correction,
  );
  for (const group of [model.queryWeights, model.documentWeights, model.fields, model.scale]) {
    stepScalars(group, scalarHaste * rate * corrected, epsilon * correction);
  }
  model.scale.values[0] = Math.min(model.scale.values[0] as number, Math.log(largestScale));
}

function stepScalars({ values, gradient, first, second }: Scalars, rate: number, small: number): void {
  for (let i = 0; i < values.length; i++) {
    const slope = gradient[i] as number;
    const mean = keptOfFirst * (first[i] as number) + (1 - keptOfFirst) * slope;
    const square = keptOfSecond * (second[i] as number) + (1 - keptOfSecond) * slope * slope;
    first[i] = mean;
    second[i] = square;
    values[i] = (values[i] as number) - (rate * mean) / (Math.sqrt(square) + small);
    gradient[i] = 0;
  }
}

/** The table as it is written and searched with: rows as integers of 8 bits. */
export function tableOf(model: Model, vocabulary: readonly string[]): TableData {
  const { dimension } = model.shape;
  const rows = new Int8Array(vocabulary.length * dimension);
  const queryWeights = new Float32Array(vocabulary.length);
  const documentWeights = new Float32Array(vocabulary.length);
  for (let word = 0; word < vocabulary.length; word++) {
    const from = model.at.vectors + word * dimension;
    let largest = 0;
    for (let i = 0; i < dimension; i++) largest = Math.max(largest, Math.abs(model.floats[from + i] as number));
    const unit = Math.max(largest, 1e-12) / 127;
    for (let i = 0; i < dimension; i++)
      rows[word * dimension + i] = Math.round((model.floats[from + i] as number) / unit);
    queryWeights[word] = unit * Math.exp(model.queryWeights.values[word] as number);
    documentWeights[word] = unit * Math.exp(model.documentWeights.values[word] as number);
  }
  const [name, signature, doc, body] = [...model.fields.values].map(Math.exp) as [number, number, number, number];
  return { dimension, vocabulary, fields: [name, signature, doc, body], queryWeights, documentWeights, rows };
}
