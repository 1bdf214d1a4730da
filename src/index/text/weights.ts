/**
 * What a word is worth, by where it stands: BM25F's weights, the one table to tune.
 *
 * Weighted term frequency (Robertson and Zaragoza 2009, "The Probabilistic Relevance
 * Framework", §3.6): wtf = Σ_f weight_f · tf_f / (1 − b_f + b_f · length_f / pivot_f).
 * The pivots are constants, not the average lengths of the corpus at hand, so that a
 * score does not change when an unrelated file does, segments made apart can be merged,
 * and a level can be stored with the posting. Changing anything here changes what stored
 * levels mean: `weightsFingerprint` differs and the text index is built anew.
 */
import { termsOf } from '../../code/mod.ts';
import { type FieldName, fieldNames } from './types.ts';

export interface FieldWeight {
  /** Factor of the field's frequency, ≥ 0. */
  readonly weight: number;
  /** How much length counts against it, in [0, 1]. */
  readonly b: number;
  /** Length in terms at which nothing is taken off. */
  readonly pivot: number;
  /** Counts 1 + ln tf instead of tf: prose repeats its subject without being more about it. */
  readonly damped: boolean;
}

/**
 * Weights and b of name, signature, doc and body as measured on CoSQA (MRR 0.386 against
 * 0.367 unweighted); path and the lower k1 from issue localization (SWE-bench Lite).
 * Pivots: mean lengths of the fields where they are not empty, over 30,447 chunks of twelve repositories
 * (medians: name 3, qualified 4, path 7, signature 8, doc 22, body 26).
 */
export const fieldWeights: Readonly<Record<FieldName, FieldWeight>> = {
  name: { weight: 6, b: 0.75, pivot: 4, damped: false },
  qualified: { weight: 1, b: 0.5, pivot: 4, damped: false },
  path: { weight: 1.5, b: 0.5, pivot: 8, damped: false },
  signature: { weight: 1, b: 0.5, pivot: 11, damped: false },
  doc: { weight: 2.5, b: 0.5, pivot: 45, damped: true },
  body: { weight: 1, b: 0.75, pivot: 76, damped: false },
};

/** Saturation of weighted frequencies. Not stored in segments: free to change. */
export const saturation = 3;

/** Frequencies or lengths of the six fields. */
export type PerField = Readonly<Record<FieldName, number>>;

/**
 * Weighted term frequency of BM25F.
 *
 * @param frequencies occurrences of the term in each field
 * @param lengths terms in each field
 */
export function weightedFrequency(frequencies: PerField, lengths: PerField): number {
  let sum = 0;
  for (const field of fieldNames) sum += fieldShare(field, frequencies[field], lengths[field]);
  return sum;
}

/** What one field adds to `weightedFrequency`. */
export function fieldShare(field: FieldName, frequency: number, length: number): number {
  return frequency === 0 ? 0 : weightOf(field, frequency) / lengthDivisor(field, length);
}

/** Weight of so many occurrences in a field of pivotal length. @param frequency ≥ 1 */
export function weightOf(field: FieldName, frequency: number): number {
  const { weight, damped } = fieldWeights[field];
  return weight * (damped ? 1 + Math.log(frequency) : frequency);
}

/** What a field's length takes off: more than 1 past the pivot. */
export function lengthDivisor(field: FieldName, length: number): number {
  const { b, pivot } = fieldWeights[field];
  return 1 - b + (b * length) / pivot;
}

/** Smallest weighted frequency told apart; a word once in a body of 8,000 terms. */
const smallest = 0.01;
/** Step between levels: at most 2% off. 254 of them reach 211, where saturation has given 99% of its all. */
const step = 1.04;

/** The weighted frequency that each level stands for; level 0 is never stored. */
export const wtfOfLevel: Float64Array = Float64Array.from({ length: 256 }, (_, level) =>
  level === 0 ? 0 : smallest * step ** (level - 1),
);

/** (k1 + 1) · wtf / (k1 + wtf) of each level: what BM25 makes of it, in [0, k1 + 1). */
export const gainOfLevel: Float64Array = wtfOfLevel.map((wtf) => ((saturation + 1) * wtf) / (saturation + wtf));

const logOfStep = Math.log(step);

/** The level in [1, 255] nearest to a weighted frequency, on a log scale. @param wtf > 0 */
export function levelOf(wtf: number): number {
  const level = 1 + Math.round(Math.log(wtf / smallest) / logOfStep);
  return Math.max(1, Math.min(level, 255));
}

/** Words whose terms change when term-making does: humps, acronyms, digits, stems, accents, pairs. */
const probe = 'getReadyCount parse_XMLFile2 sha256sum Indexing generalizations café 数据库 0xDEADBEEF a1b2c3d4e5';

let fingerprint: number | undefined;

/** 32-bit hash (FNV-1a) of everything that decides which terms and levels a segment holds. */
export function weightsFingerprint(): number {
  if (fingerprint === undefined) {
    const text = JSON.stringify([fieldWeights, smallest, step, termsOf(probe)]);
    let hash = 0x811c9dc5;
    for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
    fingerprint = hash >>> 0;
  }
  return fingerprint;
}
