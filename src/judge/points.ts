/** Points of groups of tests, from the verdicts of their tests. */
import type { Problem, TestGroup, TestVerdict } from './types.ts';

/**
 * A test that was skipped or is unjudged gives nothing: points are only ever told for what was shown to be right.
 *
 * @param verdicts of all tests of the problem, in their order
 * @returns null where the problem has no groups
 */
export function pointsOf(
  { groups, tests }: Pick<Problem, 'groups' | 'tests'>,
  verdicts: readonly TestVerdict[],
): { points: number; maxPoints: number } | null {
  if (groups.length === 0) return null;
  const sums = groups.map((group) => {
    const own = verdicts.filter((_, index) => tests[index]?.group === group.name);
    return own.length === 0 ? 0 : group.points * shareOf(group, own);
  });
  const whole = groups.reduce((sum, { points }) => sum + points, 0);
  // Points are decimal numbers of people; 0.1 + 0.2 is to be 0.3.
  return { points: Number(sums.reduce((sum, one) => sum + one, 0).toFixed(6)), maxPoints: Number(whole.toFixed(6)) };
}

function shareOf({ score }: TestGroup, own: readonly TestVerdict[]): number {
  const shares = own.map(({ share }) => share);
  switch (score) {
    case 'all':
      return own.every(({ kind }) => kind === 'accepted') ? 1 : 0;
    case 'share':
      return shares.reduce((sum, share) => sum + share, 0) / shares.length;
    case 'least':
      return Math.min(...shares);
  }
}
