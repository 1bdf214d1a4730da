/** Tables made of tables, word by word: what a word has in each, and how what comes of it is kept in 8 bits. */
import type { TableData } from '../table-file.ts';

/** Below which no weight lies: they are averaged by their logarithms. */
const least = 1e-9;

export const logOf = (weight: number): number => Math.log(Math.max(least, weight));

export interface WordPart {
  readonly row: Int8Array;
  /** 1 for a row of nothing, which stays nothing. */
  readonly length: number;
  /** Logarithms of the word's weights were the row of length 1. */
  readonly query: number;
  readonly document: number;
}

export function partOf({ dimension, rows, queryWeights, documentWeights }: TableData, word: number): WordPart {
  const row = rows.subarray(word * dimension, (word + 1) * dimension);
  const length = lengthOf(row);
  return {
    row,
    length,
    query: logOf((queryWeights[word] as number) * length),
    document: logOf((documentWeights[word] as number) * length),
  };
}

export function lengthOf(row: Int8Array | Float64Array): number {
  let sum = 0;
  for (const value of row) sum += value * value;
  return Math.sqrt(sum) || 1;
}

/**
 * A table of words that are made one by one.
 *
 * @param logField logarithm of the weight of a field
 * @param word writes a word's vector into `vector`, and gives the logarithms of its weights
 */
export function tableOf(
  vocabulary: TableData['vocabulary'],
  dimension: number,
  logField: (field: 0 | 1 | 2 | 3) => number,
  word: (word: number, vector: Float64Array) => { readonly query: number; readonly document: number },
): TableData {
  const rows = new Int8Array(vocabulary.length * dimension);
  const queryWeights = new Float32Array(vocabulary.length);
  const documentWeights = new Float32Array(vocabulary.length);
  const vector = new Float64Array(dimension);
  for (let at = 0; at < vocabulary.length; at++) {
    const { query, document } = word(at, vector);
    const unit = Math.max(...vector.map(Math.abs), least) / 127;
    for (let i = 0; i < dimension; i++) rows[at * dimension + i] = Math.round((vector[i] as number) / unit);
    queryWeights[at] = unit * Math.exp(query);
    documentWeights[at] = unit * Math.exp(document);
  }
  const field = (i: 0 | 1 | 2 | 3): number => Math.exp(logField(i));
  return {
    dimension,
    vocabulary,
    fields: [field(0), field(1), field(2), field(3)],
    queryWeights,
    documentWeights,
    rows,
  };
}
