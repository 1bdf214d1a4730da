/**
 * The mean of two tables of the same words: what a table knew, and what it became by learning further.
 *
 * A table that goes on learning forgets some of what the new repositories do not show. Since it began as the other one, their vectors lie in the same
 * directions and can be averaged word by word; the mean keeps most of what was known and much of what was learned (Wortsman et al. 2022, WiSE-FT,
 * arXiv:2109.01903, §3; ours in docs/measurements/meaning.md). Tables that were trained apart lie in different directions: those are joined (`join.ts`).
 */
import type { TableData } from '../table-file.ts';

const least = 1e-9;

/**
 * Each word's vectors are brought to length 1 and averaged; its weights, and those of the fields, are averaged by their logarithms.
 *
 * @param share of `other`, in [0, 1]: 0 is `one` and 1 is `other`, but for the rounding to 8 bits
 */
export function meanTable(one: TableData, other: TableData, share: number): TableData {
  const { dimension, vocabulary } = one;
  if (dimension !== other.dimension || vocabulary.join(' ') !== other.vocabulary.join(' '))
    throw new Error('Expected tables of the same words and dimension.');
  if (!(share >= 0 && share <= 1)) throw new Error(`Expected a share from 0 to 1; got ${share}.`);
  const mean = (a: number, b: number): number => (1 - share) * a + share * b;
  const logMean = (a: number, b: number): number => mean(Math.log(Math.max(least, a)), Math.log(Math.max(least, b)));
  const rows = new Int8Array(vocabulary.length * dimension);
  const queryWeights = new Float32Array(vocabulary.length);
  const documentWeights = new Float32Array(vocabulary.length);
  const vector = new Float64Array(dimension);
  for (let word = 0; word < vocabulary.length; word++) {
    const [a, b] = [rowOf(one, word), rowOf(other, word)];
    for (let i = 0; i < dimension; i++) {
      vector[i] = mean((a.row[i] as number) / a.length, (b.row[i] as number) / b.length);
    }
    const length = lengthOf(vector);
    const unit = Math.max(...vector.map((value) => Math.abs(value / length)), least) / 127;
    for (let i = 0; i < dimension; i++) rows[word * dimension + i] = Math.round((vector[i] as number) / length / unit);
    queryWeights[word] = unit * Math.exp(logMean(a.query, b.query));
    documentWeights[word] = unit * Math.exp(logMean(a.document, b.document));
  }
  const field = (i: 0 | 1 | 2 | 3): number => Math.exp(logMean(one.fields[i], other.fields[i]));
  return {
    dimension,
    vocabulary,
    fields: [field(0), field(1), field(2), field(3)],
    queryWeights,
    documentWeights,
    rows,
  };
}

/** A row with its length, and its word's weights as they were with a row of length 1. */
function rowOf({ dimension, rows, queryWeights, documentWeights }: TableData, word: number) {
  const row = rows.subarray(word * dimension, (word + 1) * dimension);
  const length = lengthOf(row);
  return {
    row,
    length,
    query: (queryWeights[word] as number) * length,
    document: (documentWeights[word] as number) * length,
  };
}

/** 1 for a row of nothing, which stays nothing. */
function lengthOf(row: Int8Array | Float64Array): number {
  let sum = 0;
  for (const value of row) sum += value * value;
  return Math.sqrt(sum) || 1;
}
