/**
 * An edge's kind, state, rule, ranks and length of its site in one number of 32 bits.
 *
 *   0–2 kind   3 ambiguous   4 observed   5–8 rule   9–12 rank   13–16 rank as resolved   17 observed in partial runs only   18–31 length of the site
 */
import { type EdgeKind, type EdgeState, edgeKinds, type ResolutionRule, resolutionRules } from './types.ts';

export interface EdgeTraits {
  readonly kind: EdgeKind;
  readonly ambiguous: boolean;
  readonly rule: ResolutionRule;
  /** 0 to 15. */
  readonly rank: number;
  /** Bytes of the site; longer ones are cut. */
  readonly length: number;
}

const maxLength = 0x3fff;
const ambiguousBit = 1 << 3;
const observedBit = 1 << 4;
const partialBit = 1 << 17;
const rankMask = 0xf << 9;

export const flagsOf = ({ kind, ambiguous, rule, rank, length }: EdgeTraits): number =>
  (edgeKinds.indexOf(kind) |
    (ambiguous ? ambiguousBit : 0) |
    (resolutionRules.indexOf(rule) << 5) |
    (rank << 9) |
    (rank << 13) |
    (Math.min(length, maxLength) << 18)) >>>
  0;

export const kindOf = (flags: number): EdgeKind => edgeKinds[flags & 7] as EdgeKind;
export const ruleOf = (flags: number): ResolutionRule => resolutionRules[(flags >>> 5) & 15] as ResolutionRule;
export const rankOf = (flags: number): number => (flags >>> 9) & 15;
export const lengthOf = (flags: number): number => flags >>> 18;
export const isAmbiguous = (flags: number): boolean => (flags & ambiguousBit) !== 0;
export const isObserved = (flags: number): boolean => (flags & observedBit) !== 0;
/** Only runs with guessed values took it. */
export const isPartial = (flags: number): boolean => (flags & partialBit) !== 0;

export function stateOf(flags: number): EdgeState {
  if (isObserved(flags)) return 'observed';
  return isAmbiguous(flags) ? 'ambiguous' : 'resolved';
}

/** The edge as resolved, without what runs said. */
export const unobserved = (flags: number): number =>
  ((flags & ~(observedBit | partialBit | rankMask)) | (((flags >>> 13) & 15) << 9)) >>> 0;

/** The edge as a run saw it, or a partial one. */
export const observed = (flags: number, partial = false): number =>
  (flags | observedBit | (partial ? partialBit : 0)) >>> 0;

export const withRank = (flags: number, rank: number): number =>
  ((flags & ~rankMask) | (Math.min(rank, 15) << 9)) >>> 0;
