/**
 * Tables of the same words as one: each word's vectors side by side.
 *
 * Two tables that were trained from different draws err in different places, so that the mean of their likenesses is better than either; side by
 * side they are one table of the sum of their dimensions, and cost what one such table costs. Each word keeps one weight for queries and one for
 * documents: the geometric mean of its weights, and what differs of both goes into the length of its part.
 */
import type { TableData } from '../table-file.ts';

const least = 1e-9;

/** @param tables with the same vocabulary, at least one */
export function joined(tables: readonly TableData[]): TableData {
  const [first] = tables;
  if (first === undefined) throw new Error('Expected a table to join.');
  if (tables.length === 1) return first;
  const { vocabulary } = first;
  if (tables.some((table) => table.vocabulary.join(' ') !== vocabulary.join(' ')))
    throw new Error('Expected tables of the same words.');
  const dimension = tables.reduce((sum, table) => sum + table.dimension, 0);
  const rows = new Int8Array(vocabulary.length * dimension);
  const queryWeights = new Float32Array(vocabulary.length);
  const documentWeights = new Float32Array(vocabulary.length);
  const vector = new Float64Array(dimension);
  for (let word = 0; word < vocabulary.length; word++) {
    const parts = tables.map((table) => partOf(table, word));
    const query = meanOf(parts.map((part) => part.query));
    const document = meanOf(parts.map((part) => part.document));
    let at = 0;
    for (const part of parts) {
      const scale = Math.exp((part.query - query + part.document - document) / 2) / part.length;
      for (const value of part.row) vector[at++] = value * scale;
    }
    const unit = Math.max(...vector.map(Math.abs), least) / 127;
    for (let i = 0; i < dimension; i++) rows[word * dimension + i] = Math.round((vector[i] as number) / unit);
    queryWeights[word] = unit * Math.exp(query);
    documentWeights[word] = unit * Math.exp(document);
  }
  const field = (i: 0 | 1 | 2 | 3): number =>
    Math.exp(meanOf(tables.map(({ fields }) => Math.log(Math.max(least, fields[i])))));
  return {
    dimension,
    vocabulary,
    fields: [field(0), field(1), field(2), field(3)],
    queryWeights,
    documentWeights,
    rows,
  };
}

/** A row with its length, and the logarithms of its word's weights were the row of length 1. */
function partOf({ dimension, rows, queryWeights, documentWeights }: TableData, word: number) {
  const row = rows.subarray(word * dimension, (word + 1) * dimension);
  const length = Math.sqrt(row.reduce((sum, value) => sum + value * value, 0)) || 1;
  const logOf = (weight: number): number => Math.log(Math.max(least, weight * length));
  return { row, length, query: logOf(queryWeights[word] as number), document: logOf(documentWeights[word] as number) };
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
