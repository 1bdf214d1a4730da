/**
 * Tables of the same words as one: each word's vectors side by side.
 *
 * Two tables that were trained from different draws err in different places, so that the mean of their likenesses is better than either; side by
 * side they are one table of the sum of their dimensions, and cost what one such table costs. Each word keeps one weight for queries and one for
 * documents: the geometric mean of its weights, and what differs of both goes into the length of its part.
 */
import type { TableData } from '../table-file.ts';
import { logOf, partOf, tableOf } from './tablewords.ts';

/** @param tables with the same vocabulary, at least one */
export function joined(tables: readonly TableData[]): TableData {
  const [first] = tables;
  if (first === undefined) throw new Error('Expected a table to join.');
  if (tables.length === 1) return first;
  const { vocabulary } = first;
  if (tables.some((table) => table.vocabulary.join(' ') !== vocabulary.join(' ')))
    throw new Error('Expected tables of the same words.');
  const dimension = tables.reduce((sum, table) => sum + table.dimension, 0);
  const logField = (i: 0 | 1 | 2 | 3): number => meanOf(tables.map(({ fields }) => logOf(fields[i])));
  return tableOf(vocabulary, dimension, logField, (word, vector) => {
    const parts = tables.map((table) => partOf(table, word));
    const query = meanOf(parts.map((part) => part.query));
    const document = meanOf(parts.map((part) => part.document));
    let at = 0;
    for (const part of parts) {
      const scale = Math.exp((part.query - query + part.document - document) / 2) / part.length;
      for (const value of part.row) vector[at++] = value * scale;
    }
    return { query, document };
  });
}

const meanOf = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
