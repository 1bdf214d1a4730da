/**
 * One step of training: a batch of pairs in, gradients out.
 *
 * Symmetric InfoNCE (van den Oord et al. 2018; Radford et al. 2021): each query must find its code among all code of the batch, and each
 * code its query. The likenesses are cosines, so all of them lie within ±1 and one exponential serves both directions. A code that
 * stands in the batch twice (asked for by its sentence and by its name) is not a wrong answer to itself.
 */
import type { Bags } from './batch.ts';
import { pack, transpose } from './kernels.ts';
import type { Model, Scalars } from './model.ts';
import { compareBeyond, sendBeyond } from './queue.ts';

/** Vectors shorter than this have no direction. */
const noLength = 1e-9;

/**
 * Vectors of length 1 of all bags.
 *
 * @param out place that they are written to
 * @param vectors place of the words' vectors
 * @returns their lengths before
 */
export function encode(
  model: Model,
  bags: Bags,
  side: 'query' | 'document',
  out: number,
  vectors = model.at.vectors,
): Float64Array {
  const { kernels, floats, integers, at, shape } = model;
  const { dimension } = shape;
  const weights = weigh(model, bags, side);
  integers.set(bags.words.subarray(0, bags.size), at.words);
  floats.set(weights, at.weights);
  const lengths = new Float64Array(bags.count);
  for (let bag = 0; bag < bags.count; bag++) {
    const from = bag === 0 ? 0 : (bags.ends[bag - 1] as number);
    const row = out + bag * dimension;
    const count = (bags.ends[bag] as number) - from;
    kernels.gather(4 * (at.words + from), 4 * (at.weights + from), count, 4 * vectors, 4 * row, dimension);
    let squares = 0;
    for (let i = 0; i < dimension; i++) squares += (floats[row + i] as number) ** 2;
    const length = Math.max(Math.sqrt(squares), noLength);
    lengths[bag] = length;
    for (let i = 0; i < dimension; i++) floats[row + i] = (floats[row + i] as number) / length;
  }
  return lengths;
}

function weigh(model: Model, bags: Bags, side: 'query' | 'document'): Float32Array {
  const learned = (side === 'query' ? model.queryWeights : model.documentWeights).values;
  const fields = side === 'query' ? null : Float64Array.from(model.fields.values, Math.exp);
  const weights = new Float32Array(bags.size);
  for (let i = 0; i < bags.size; i++) {
    const weight = (bags.often[i] as number) * Math.exp(learned[bags.words[i] as number] as number);
    weights[i] = fields === null ? weight : weight * (fields[bags.fields[i] as number] as number);
  }
  return weights;
}

/** likeness = queries · documentsᵀ, of a whole batch. */
export function compare(model: Model): void {
  const { floats, at, kernels, shape } = model;
  const { batch, dimension } = shape;
  const size = batch * dimension;
  const packed = floats.subarray(at.packed, at.packed + size);
  pack(floats.subarray(at.documents, at.documents + size), packed, {
    depth: dimension,
    columns: batch,
    transposed: true,
  });
  kernels.multiply(4 * at.queries, 4 * at.packed, 4 * at.likeness, batch, dimension, batch);
}

/**
 * Adds the gradients of a batch.
 *
 * @param codes which code each pair asks for, as many as the batch's size: the same number is the same code
 * @returns the loss before the step
 */
export function learn(model: Model, codes: readonly number[], queries: Bags, documents: Bags): number {
  const { floats, at, kernels, shape } = model;
  const { batch, dimension } = shape;
  const queryLengths = encode(model, queries, 'query', at.queries);
  const documentLengths = encode(model, documents, 'document', at.documents);
  compare(model);
  const { loss, shares } = slopes(model, codes);
  const size = batch * dimension;
  const packed = floats.subarray(at.packed, at.packed + size);
  const likeness = floats.subarray(at.likeness, at.likeness + batch * batch);
  pack(floats.subarray(at.documents, at.documents + size), packed, {
    depth: batch,
    columns: dimension,
    transposed: false,
  });
  kernels.multiply(4 * at.likeness, 4 * at.packed, 4 * at.queryGradient, batch, batch, dimension);
  transpose(likeness, floats.subarray(at.turned, at.turned + batch * batch), batch);
  pack(floats.subarray(at.queries, at.queries + size), packed, { depth: batch, columns: dimension, transposed: false });
  kernels.multiply(4 * at.turned, 4 * at.packed, 4 * at.documentGradient, batch, batch, dimension);
  if (shape.queue > 0) {
    sendBeyond(model, 'query', shares.query);
    sendBeyond(model, 'document', shares.document);
  }
  sendBack(model, documents, 'document', documentLengths);
  sendBack(model, queries, 'query', queryLengths);
  return loss;
}

/** Turns likenesses into the slope of the loss along each; adds the scale's. @returns with it what slopes along the queue are multiplied by */
function slopes(
  model: Model,
  codes: readonly number[],
): { loss: number; shares: Record<'query' | 'document', Float64Array> } {
  const { floats, at, shape, scale } = model;
  const { batch } = shape;
  const factor = Math.exp(scale.values[0] as number);
  const rows = new Float64Array(batch);
  const columns = new Float64Array(batch);
  const cells = floats.subarray(at.likeness, at.likeness + batch * batch);
  const powers = floats.subarray(at.turned, at.turned + batch * batch);
  const sameAs = repeatsOf(codes);
  for (let i = 0; i < batch; i++) {
    let sum = 0;
    const start = i * batch;
    for (let j = 0; j < batch; j++) {
      // At most 1, whatever the row: cosines are at most 1.
      const power = Math.exp(factor * ((cells[start + j] as number) - 1));
      powers[start + j] = power;
      sum += power;
      columns[j] = (columns[j] as number) + power;
    }
    rows[i] = sum;
  }
  for (const [i, j] of sameAs) {
    const power = powers[i * batch + j] as number;
    rows[i] = (rows[i] as number) - power;
    columns[j] = (columns[j] as number) - power;
    powers[i * batch + j] = 0;
  }
  let loss = 0;
  let scaleSlope = 0;
  const share = factor / (2 * batch);
  const beyond =
    shape.queue > 0
      ? {
          query: compareBeyond(model, 'query', codes, factor),
          document: compareBeyond(model, 'document', codes, factor),
        }
      : null;
  if (beyond !== null) {
    for (let i = 0; i < batch; i++) {
      rows[i] = (rows[i] as number) + (beyond.query.sums[i] as number);
      columns[i] = (columns[i] as number) + (beyond.document.sums[i] as number);
      scaleSlope += (share * (beyond.query.products[i] as number)) / (rows[i] as number);
      scaleSlope += (share * (beyond.document.products[i] as number)) / (columns[i] as number);
    }
  }
  for (let i = 0; i < batch; i++) {
    const start = i * batch;
    const own = Math.max(powers[start + i] as number, 1e-37);
    loss += Math.log(Math.max(rows[i] as number, 1e-37) / own) + Math.log(Math.max(columns[i] as number, 1e-37) / own);
    const perRow = 1 / Math.max(rows[i] as number, 1e-37);
    for (let j = 0; j < batch; j++) {
      const chance = (powers[start + j] as number) * (perRow + 1 / ((columns[j] as number) || 1e-37));
      const slope = share * (i === j ? chance - 2 : chance);
      scaleSlope += slope * (cells[start + j] as number);
      cells[start + j] = slope;
    }
  }
  scale.gradient[0] = (scale.gradient[0] as number) + scaleSlope;
  const sharesOf = (sums: Float64Array): Float64Array => sums.map((sum) => share / Math.max(sum, 1e-37));
  return { loss: loss / (2 * batch), shares: { query: sharesOf(rows), document: sharesOf(columns) } };
}

/** Places of a batch, both ways, that hold the same code. */
function repeatsOf(codes: readonly number[]): (readonly [number, number])[] {
  const places = new Map<number, readonly number[]>();
  const found: (readonly [number, number])[] = [];
  for (const [place, code] of codes.entries()) {
    const before = places.get(code) ?? [];
    for (const other of before) found.push([other, place], [place, other]);
    places.set(code, [...before, place]);
  }
  return found;
}

/** From slopes along vectors of length 1 to those of words' vectors, of their weights, and of fields. */
function sendBack(model: Model, bags: Bags, side: 'query' | 'document', lengths: Float64Array): void {
  const { floats, integers, at, kernels, shape, fields } = model;
  const { dimension } = shape;
  const isQuery = side === 'query';
  const [rows, slopesAt] = isQuery ? [at.queries, at.queryGradient] : [at.documents, at.documentGradient];
  const learned: Scalars = isQuery ? model.queryWeights : model.documentWeights;
  const weights = weigh(model, bags, side);
  integers.set(bags.words.subarray(0, bags.size), at.words);
  floats.set(weights, at.weights);
  for (let bag = 0; bag < bags.count; bag++) {
    const from = bag === 0 ? 0 : (bags.ends[bag - 1] as number);
    const count = (bags.ends[bag] as number) - from;
    const [row, slope] = [rows + bag * dimension, slopesAt + bag * dimension];
    let along = 0;
    for (let i = 0; i < dimension; i++) along += (floats[row + i] as number) * (floats[slope + i] as number);
    const length = lengths[bag] as number;
    for (let i = 0; i < dimension; i++) {
      floats[slope + i] = ((floats[slope + i] as number) - along * (floats[row + i] as number)) / length;
    }
    kernels.scatter(
      4 * (at.words + from),
      4 * (at.weights + from),
      count,
      4 * at.vectors,
      4 * at.gradient,
      4 * slope,
      4 * (at.dots + from),
      dimension,
    );
  }
  for (let i = 0; i < bags.size; i++) {
    const slope = (weights[i] as number) * (floats[at.dots + i] as number);
    const word = bags.words[i] as number;
    learned.gradient[word] = (learned.gradient[word] as number) + slope;
    const field = bags.fields[i] as number;
    if (!isQuery) fields.gradient[field] = (fields.gradient[field] as number) + slope;
  }
}
