/**
 * A rating among people who took part in the same contests, as CodeElo gives models one.
 *
 * Quan et al. 2025 (CodeElo), arXiv:2501.01257, §3.3, after Codeforces' own rating: the rating with which the rank that was reached is the one to be expected. A later study (arXiv:2602.05891) found
 * that the order of submissions moves such a rating by up to 394 and the choice of contests by up to 1,122; so it never stands here without an interval over contests.
 */
import { seededRandom, WinnowError } from '../../base/mod.ts';

export interface Contest {
  /** Ratings of those who took part. */
  readonly ratings: readonly number[];
  /** Rank among them, from 1: 1 + those who did better. Ties may give half ranks. */
  readonly rank: number;
}

/** Ratings are looked for between these; who beats all is rated the upper, who beats none the lower. */
const [lowest, highest] = [0, 5_000];

/** Rank to be expected of rating r: 1 + Σ 1 / (1 + 10^((r − R_i) / 400)). */
export const expectedRank = (rating: number, ratings: readonly number[]): number =>
  ratings.reduce((rank, other) => rank + 1 / (1 + 10 ** ((rating - other) / 400)), 1);

/**
 * The rating whose expected rank is the one that was reached, by bisection, in [0, 5,000].
 *
 * @throws WinnowError `bad-usage` when there is nobody to be rated among, or the rank is none
 */
export function ratingOf({ ratings, rank }: Contest): number {
  if (ratings.length === 0 || !(rank >= 1) || rank > ratings.length + 1)
    throw new WinnowError(
      'bad-usage',
      `A rank from 1 to ${ratings.length + 1} among at least one rating was expected; it was ${rank}.`,
    );
  let [low, high] = [lowest, highest];
  for (let step = 0; step < 60; step++) {
    const middle = (low + high) / 2;
    // A higher rating is expected to have a smaller rank.
    if (expectedRank(middle, ratings) > rank) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

export interface Rated {
  readonly rating: number;
  /** The middle 95% of bootstrap means over contests. */
  readonly low: number;
  readonly high: number;
  readonly contests: number;
}

/**
 * Mean rating over contests, with its percentile bootstrap interval over contests.
 *
 * @param contests one at least
 * @throws WinnowError `bad-usage`
 */
export function eloOf(contests: readonly Contest[], { seed = 1, resamples = 2000 } = {}): Rated {
  if (contests.length === 0) throw new WinnowError('bad-usage', 'A rating takes one contest at least; there is none.');
  const ratings = contests.map(ratingOf);
  const mean = (values: readonly number[]): number => values.reduce((sum, one) => sum + one, 0) / values.length;
  const random = seededRandom(seed);
  const means = Array.from({ length: resamples }, () =>
    mean(ratings.map(() => ratings[random.int(ratings.length)] as number)),
  ).sort((a, b) => a - b);
  const at = (share: number): number => means[Math.round(share * (means.length - 1))] as number;
  return { rating: mean(ratings), low: at(0.025), high: at(0.975), contests: contests.length };
}
