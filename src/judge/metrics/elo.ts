/**
 * A rating among people who took part in the same contests, as CodeElo gives models one.
 *
 * Quan et al. 2025 (CodeElo), arXiv:2501.01257, §3.3, after Codeforces' own rating: the rating with which the rank that was reached is the one to be expected. A later study (arXiv:2602.05891) found
 * that the order of submissions moves such a rating by up to 394 and the choice of contests by up to 1,122; so its mean over contests is to be given with an interval over contests (`bench metric elo` does).
 */
import { WinnowError } from '../../base/mod.ts';

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
