/**
 * What a chance is worth with few programs or few questions.
 *
 * Weights are learned where a hundred programs answered dozens of questions, and where all of a hundred agree most are right. One program alone agrees with itself, and two that agree on one question have shown little; so the
 * log-odds of a first choice are drawn towards low ones, the more the less there is: λ · log-odds + (1 − λ) · base, λ = n/(n + κ) · q/(q + μ), n programs and q questions. As a sample's
 * share is drawn towards a prior that counts for κ draws (a beta prior), but of the chance and not of the shares, which rank. It never makes surer, moves no cluster past another, and what it takes goes to none being right.
 * κ, μ and the base are those under which parts of problems came true (docs/measurements/selection.md).
 */
export interface Amount {
  /** As often as drawn. */
  readonly programs: number;
  readonly questions: number;
}

export const shippedDoubt = { programs: 1, questions: 0.5, base: -2.5 } as const;

const least = 1e-9;
const logOdds = (chance: number): number => Math.log(Math.max(chance, least) / Math.max(1 - chance, least));

/** @param first the chance of the likeliest cluster, [0, 1] @returns what all chances are multiplied by, [0, 1] */
export function doubt(first: number, { programs, questions }: Amount): number {
  if (first <= 0) return 1;
  const trust = (programs / (programs + shippedDoubt.programs)) * (questions / (questions + shippedDoubt.questions));
  const worth = 1 / (1 + Math.exp(-(trust * logOdds(first) + (1 - trust) * shippedDoubt.base)));
  return Math.min(1, worth / first);
}
