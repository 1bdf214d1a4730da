/**
 * A table with fewer numbers a word that says nearly the same.
 *
 * Rows are turned to the principal directions of what the table makes of sentences and code, and the weakest directions are left out. Likenesses are sums
 * over all directions, so what is lost is what the left-out ones add to them; of tables side by side that is mostly what they do not agree on. What
 * is left is spread evenly over its numbers (`spread.ts`).
 */
import type { TableData } from '../table-file.ts';
import { Bags, mostDocumentWords, mostQueryWords, Reader } from './batch.ts';
import type { Examples } from './corpus.ts';
import { eigenOf } from './eigen.ts';
import { spread } from './spread.ts';

/** Examples that are looked at, evenly over all. */
const looked = 30_000;

/**
 * @param dimension of the table that is wanted; where it is not below the table's, that is given back
 * @param examples in the table's words
 */
export function reduced(table: TableData, dimension: number, examples: Examples): TableData {
  const size = table.dimension;
  if (dimension >= size) return table;
  const vectors = spread(eigenOf(spreadOf(table, examples), size).vectors, dimension, size);
  const words = table.vocabulary.length;
  const rows = new Int8Array(words * dimension);
  const queryWeights = new Float32Array(words);
  const documentWeights = new Float32Array(words);
  const turned = new Float64Array(dimension);
  for (let word = 0; word < words; word++) {
    for (let i = 0; i < dimension; i++) {
      let sum = 0;
      for (let k = 0; k < size; k++) sum += (vectors[i * size + k] as number) * (table.rows[word * size + k] as number);
      turned[i] = sum;
    }
    const unit = Math.max(...turned.map(Math.abs), 1e-9) / 127;
    for (let i = 0; i < dimension; i++) rows[word * dimension + i] = Math.round((turned[i] as number) / unit);
    queryWeights[word] = unit * (table.queryWeights[word] as number);
    documentWeights[word] = unit * (table.documentWeights[word] as number);
  }
  return { ...table, dimension, rows, queryWeights, documentWeights };
}

/** Sum over sentences and code of each vector of length 1 with itself. */
function spreadOf(table: TableData, examples: Examples): Float64Array {
  const size = table.dimension;
  const reader = new Reader(examples, table.vocabulary.length);
  const [queries, documents] = [new Bags(1, mostQueryWords), new Bags(1, mostDocumentWords)];
  const spread = new Float64Array(size * size);
  const step = Math.max(1, Math.floor(examples.count / looked));
  for (let example = 0; example < examples.count; example += step) {
    queries.clear();
    documents.clear();
    reader.addQuery(queries, 2 * example, null);
    reader.addDocument(documents, 2 * example, null);
    addTo(spread, vectorOf(table, queries, true));
    addTo(spread, vectorOf(table, documents, false));
  }
  for (let i = 0; i < size; i++) for (let k = 0; k < i; k++) spread[i * size + k] = spread[k * size + i] as number;
  return spread;
}

function vectorOf(table: TableData, bags: Bags, isQuery: boolean): Float64Array {
  const { dimension, rows, queryWeights, documentWeights, fields } = table;
  const vector = new Float64Array(dimension);
  for (let i = 0; i < bags.size; i++) {
    const word = bags.words[i] as number;
    const often = bags.often[i] as number;
    const field = fields[bags.fields[i] as number] as number;
    const weight = isQuery ? (queryWeights[word] as number) : field * often * (documentWeights[word] as number);
    for (let k = 0; k < dimension; k++)
      vector[k] = (vector[k] as number) + weight * (rows[word * dimension + k] as number);
  }
  return vector;
}

/** The upper half; the other is the same. */
function addTo(spread: Float64Array, vector: Float64Array): void {
  const size = vector.length;
  const squares = vector.reduce((sum, value) => sum + value * value, 0);
  if (squares === 0) return;
  for (let i = 0; i < size; i++) {
    const value = (vector[i] as number) / squares;
    for (let k = i; k < size; k++)
      spread[i * size + k] = (spread[i * size + k] as number) + value * (vector[k] as number);
  }
}
