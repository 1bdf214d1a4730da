/**
 * One score of words and meaning.
 *
 * Scores of ranked text and cosines have no common scale, so each is counted in its own standard deviations over the candidates of
 * both, and the two are added with fixed weights (z-score fusion). Written so that words keep their numbers:
 *
 *     score = words + factor of kind and place × (weight · σ(words)/σ(cosine) · (cosine − least cosine)
 *                                               + weight · σ(words)/σ(nearest) · (nearest − least nearest))
 *
 * which orders as the sum of z-scores does, is never negative, and leaves a query without meaning exactly as it was. `nearest` is how near the
 * nearest word of the chunk comes to each word of the query (MaxSim). Where no candidate holds any word of the query, σ(words) is taken for 1.
 */
import { meaningWeights } from '../weights.ts';

export type MeaningPart = keyof typeof meaningWeights;

/** What one part of meaning adds, and from what. */
export interface PartShare {
  /** What was measured: a cosine, or nearness of words. */
  readonly value: number;
  /** The least of the candidates. */
  readonly least: number;
  /** What a unit above the least adds. */
  readonly unit: number;
}

/** What meaning adds to a candidate's score. */
export interface MeaningShare {
  /** Of the chunk's kind and file, as with words. */
  readonly factor: number;
  readonly parts: Partial<Record<MeaningPart, PartShare>>;
}

export const shareValue = ({ factor, parts }: MeaningShare): number =>
  factor * Object.values(parts).reduce((sum, part) => sum + partValue(part), 0);

export const partValue = ({ value, least, unit }: PartShare): number => unit * (value - least);

/**
 * @param words scores by words
 * @param values of a part, in the same order
 * @param measured which of them deviations are taken over: the same however many hits are wanted
 */
export function partShares(
  part: MeaningPart,
  words: readonly number[],
  values: ArrayLike<number>,
  measured: (at: number) => boolean,
): PartShare[] {
  const all = Array.from(values);
  const least = all.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const some = <T>(list: readonly T[]): T[] => list.filter((_, at) => measured(at));
  const [ofWords, ofPart] = [deviation(some(words)), deviation(some(all))];
  // All alike: this part tells nothing.
  const unit = ofPart === 0 ? 0 : (meaningWeights[part] * (ofWords === 0 ? 1 : ofWords)) / ofPart;
  return all.map((value) => ({ value, least, unit }));
}

function deviation(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  return Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
}
