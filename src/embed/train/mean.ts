/**
 * The mean of two tables of the same words: what a table knew, and what it became by learning further.
 *
 * A table that goes on learning forgets some of what the new repositories do not show. Since it began as the other one, their vectors lie in the same
 * directions and can be averaged word by word; the mean keeps most of what was known and much of what was learned (Wortsman et al. 2022, WiSE-FT,
 * arXiv:2109.01903, §3; ours in docs/measurements/meaning.md). Tables that were trained apart lie in different directions: those are joined (`join.ts`).
 */
import type { TableData } from '../table-file.ts';
import { lengthOf, logOf, partOf, tableOf } from './tablewords.ts';

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
  const logField = (i: 0 | 1 | 2 | 3): number => mean(logOf(one.fields[i]), logOf(other.fields[i]));
  return tableOf(vocabulary, dimension, logField, (word, vector) => {
    const [a, b] = [partOf(one, word), partOf(other, word)];
    for (let i = 0; i < dimension; i++)
      vector[i] = mean((a.row[i] as number) / a.length, (b.row[i] as number) / b.length);
    const length = lengthOf(vector);
    for (let i = 0; i < dimension; i++) vector[i] = (vector[i] as number) / length;
    return { query: mean(a.query, b.query), document: mean(a.document, b.document) };
  });
}
