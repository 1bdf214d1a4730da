/**
 * How well a table in training finds code it has not seen.
 *
 * Sentences of held-out examples ask; all held-out code of the same language is searched, by name, signature and body. Beside the mean
 * reciprocal rank stand three measures of the space itself: alignment and uniformity (Wang and Isola 2020, arXiv:2005.10242: the lower the
 * better, both), and the mean angular margin, by which the right code is nearer to its query than the nearest wrong one, in
 * degrees.
 */
import { type Random, seededRandom } from '../../base/mod.ts';
import { Bags, mostDocumentWords, mostQueryWords, type Pair, Reader } from './batch.ts';
import type { Examples } from './corpus.ts';
import type { Model } from './model.ts';
import { compare, encode } from './step.ts';

export interface Quality {
  /** Queries asked. */
  readonly queries: number;
  /** Pieces of code searched. */
  readonly documents: number;
  readonly mrr: number;
  /** Mean squared distance of a query and its code: 0 to 4. */
  readonly alignment: number;
  /** ln of the mean of e^(−2 · squared distance) over pairs of code: −8 to 0. */
  readonly uniformity: number;
  /** Degrees, −180 to 180. */
  readonly marginDegrees: number;
  /** 1 / rank of each query, for comparing two tables pair by pair. */
  readonly reciprocals: Float64Array;
}

/** Queries and code by language, drawn once. */
export interface Question {
  readonly language: string;
  /** The first `queries` are asked for. */
  readonly pairs: readonly Pair[];
  readonly queries: number;
}

export interface QuestionLimits {
  readonly queries: number;
  readonly documents: number;
  /** Languages with fewer telling sentences are not asked. */
  readonly least: number;
  readonly seed: number;
}

export function questionsOf(examples: Examples, asked: Uint32Array, limits: QuestionLimits): Question[] {
  const random = seededRandom(limits.seed);
  return examples.languageNames.flatMap((language, number) => {
    // Comments inside functions are no questions about a piece of code that search ranks.
    const own = [...asked].filter((pair) => {
      const example = pair >>> 1;
      return examples.languages[example] === number && examples.kinds[example] === 0;
    });
    if (own.length < limits.least) return [];
    const pairs = random.shuffle(own).slice(0, limits.documents);
    return [{ language, pairs, queries: Math.min(limits.queries, pairs.length) }];
  });
}

export function evaluate(model: Model, examples: Examples, { pairs, queries }: Question): Quality {
  const { shape, floats, at } = model;
  const { batch, dimension, words } = shape;
  const reader = new Reader(examples, words);
  const documentVectors = encodeAll(model, pairs, 'document', reader);
  const queryVectors = encodeAll(model, pairs.slice(0, queries), 'query', reader);
  const best = new Float64Array(queries).fill(-1);
  const above = new Float64Array(queries);
  const reciprocals = new Float64Array(queries);
  let alignment = 0;
  let margin = 0;
  for (let top = 0; top < queries; top += batch) {
    const rows = Math.min(batch, queries - top);
    floats.set(queryVectors.subarray(top * dimension, (top + rows) * dimension), at.queries);
    for (let left = 0; left < pairs.length; left += batch) {
      const columns = Math.min(batch, pairs.length - left);
      floats.set(documentVectors.subarray(left * dimension, (left + columns) * dimension), at.documents);
      compare(model);
      for (let i = 0; i < rows; i++) {
        const own = cosine(queryVectors, documentVectors, top + i, dimension);
        for (let j = 0; j < columns; j++) {
          if (left + j === top + i) continue;
          const likeness = floats[at.likeness + i * batch + j] as number;
          if (likeness > own) above[top + i] = (above[top + i] as number) + 1;
          if (likeness > (best[top + i] as number)) best[top + i] = likeness;
        }
      }
    }
  }
  for (let i = 0; i < queries; i++) {
    const own = cosine(queryVectors, documentVectors, i, dimension);
    reciprocals[i] = 1 / (1 + (above[i] as number));
    alignment += 2 - 2 * own;
    margin += angle(best[i] as number) - angle(own);
  }
  return {
    queries,
    documents: pairs.length,
    mrr: reciprocals.reduce((sum, one) => sum + one, 0) / queries,
    reciprocals,
    alignment: alignment / queries,
    uniformity: uniformityOf(documentVectors, pairs.length, dimension, seededRandom(0)),
    marginDegrees: margin / queries,
  };
}

const angle = (value: number): number => (Math.acos(Math.min(1, Math.max(-1, value))) * 180) / Math.PI;

function cosine(one: Float32Array, other: Float32Array, row: number, dimension: number): number {
  let sum = 0;
  for (let i = row * dimension; i < (row + 1) * dimension; i++) sum += (one[i] as number) * (other[i] as number);
  return sum;
}

/** Vectors of all pairs' sentences, or of their code, one after the other. */
export function encodeAll(
  model: Model,
  pairs: readonly Pair[],
  side: 'query' | 'document',
  reader: Reader,
): Float32Array {
  const { batch, dimension } = model.shape;
  const bags = new Bags(batch, batch * (side === 'query' ? mostQueryWords : mostDocumentWords));
  const vectors = new Float32Array(pairs.length * dimension);
  for (let from = 0; from < pairs.length; from += batch) {
    bags.clear();
    for (const pair of pairs.slice(from, from + batch)) {
      if (side === 'query') reader.addQuery(bags, pair, null);
      else reader.addDocument(bags, pair, null);
    }
    encode(model, bags, side, model.at.queries);
    const found = model.floats.subarray(model.at.queries, model.at.queries + bags.count * dimension);
    vectors.set(found, from * dimension);
  }
  return vectors;
}

const uniformityPairs = 20_000;

function uniformityOf(vectors: Float32Array, count: number, dimension: number, random: Random): number {
  let sum = 0;
  for (let i = 0; i < uniformityPairs; i++) {
    const [one, other] = [random.int(count), random.int(count)];
    let squares = 0;
    for (let k = 0; k < dimension; k++) {
      squares += ((vectors[one * dimension + k] as number) - (vectors[other * dimension + k] as number)) ** 2;
    }
    sum += Math.exp(-2 * squares);
  }
  return Math.log(sum / uniformityPairs);
}
