import fc from 'fast-check';
import { expect, test } from 'vitest';
import { pointsOf } from './points.ts';
import type { JudgeTest, TestGroup, TestVerdict } from './types.ts';

const group = (name: string, points: number, score: TestGroup['score']): TestGroup => ({
  name,
  points,
  score,
  after: [],
});
const tests = (names: readonly string[]): JudgeTest[] => names.map((name) => ({ group: name }) as JudgeTest);
const verdicts = (shares: readonly number[]): TestVerdict[] =>
  shares.map((share) => ({ kind: share === 1 ? 'accepted' : 'wrong-answer', share }) as TestVerdict);

function check(score: TestGroup['score'], shares: readonly number[], points: number): void {
  test(`${score} of ${shares.join(' ')} is ${points}`, () => {
    const problem = { groups: [group('a', 10, score)], tests: tests(shares.map(() => 'a')) };
    expect(pointsOf(problem, verdicts(shares))).toEqual({ points, maxPoints: 10 });
  });
}
check('all', [1, 1], 10);
check('all', [1, 0.9], 0);
check('share', [1, 0.5], 7.5);
check('least', [1, 0.5], 5);

test('no groups, no points', () => expect(pointsOf({ groups: [], tests: [] }, [])).toBe(null));

test('points lie between none and all, and all is reached by whole tests alone', () => {
  const scores = fc.constantFrom<TestGroup['score']>('all', 'share', 'least');
  const shares = fc.array(fc.constantFrom(0, 0.25, 1), { minLength: 1, maxLength: 6 });
  fc.assert(
    fc.property(fc.array(fc.tuple(scores, shares), { minLength: 1, maxLength: 4 }), (groups) => {
      const problem = {
        groups: groups.map(([score], index) => group(String(index), 10, score)),
        tests: groups.flatMap(([, own], index) => tests(own.map(() => String(index)))),
      };
      const result = pointsOf(problem, verdicts(groups.flatMap(([, own]) => own)));
      const isWhole = groups.every(([, own]) => own.every((share) => share === 1));
      expect(result?.points).toBeGreaterThanOrEqual(0);
      expect(result?.points === result?.maxPoints).toBe(isWhole);
    }),
  );
});
