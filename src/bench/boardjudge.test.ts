import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { judgeHits, scoreBoardHits } from './boardjudge.ts';

const hit = (id: string, more: { kind?: string; duplicates?: string[] } = {}) => ({
  id,
  path: id.split(':')[0] as string,
  kind: more.kind ?? 'function',
  duplicates: more.duplicates ?? [],
});
const gains = (ids: string[], answers: [string, 1 | 2][]) =>
  judgeHits(
    ids.map((id) => hit(id)),
    answers.map(([at, grade]) => ({ at, grade })),
  ).gains;

describe('a hit reaches an answer', () => {
  test.each<[string, string[], [string, 1 | 2][], number[]]>([
    ['by its id', ['x.py:f', 'a.py:C.f'], [['a.py:C.f', 2]], [0, 2]],
    ['by a later definition of the name', ['a.py:C.f#2'], [['a.py:C.f', 2]], [2]],
    ['by lying in the file', ['a.py:12-40', 'a.py:g'], [['a.py', 1]], [1, 0]],
    ['nearly, by the class around it', ['a.py:C'], [['a.py:C.f', 2]], [1]],
    ['nearly, by a member', ['a.py:C.f'], [['a.py:C', 2]], [1]],
    ['not nearly, when it has grade 1', ['a.py:C'], [['a.py:C.f', 1]], [0]],
    ['not by a name that starts alike', ['a.py:Cat'], [['a.py:C', 2]], [0]],
    ['not by the same name elsewhere', ['b.py:C.f'], [['a.py:C.f', 2]], [0]],
    ['not by lines of its file', ['a.py:1-9'], [['a.py:C.f', 2]], [0]],
  ])('%s', (_, ids, answers, expected) => {
    expect(gains(ids, answers)).toEqual(expected);
  });

  test('by being the constructor of the class', () => {
    const answers = [{ at: 'a.ts:C', grade: 2 as const }];
    expect(judgeHits([hit('a.ts:C.constructor', { kind: 'constructor' })], answers).gains).toEqual([2]);
    expect(judgeHits([hit('a.ts:C.constructor', { kind: 'method' })], answers).gains).toEqual([1]);
  });

  test('by a duplicate folded into it', () => {
    const folded = hit('b.go:Default', { duplicates: ['c.go:Default', 'a.go:Default'] });
    expect(judgeHits([folded], [{ at: 'a.go:Default', grade: 2 }]).gains).toEqual([2]);
  });
});

test('an answer gives its gain once; near first leaves the rest for exact', () => {
  expect(gains(['a.py:C', 'a.py:C.f', 'a.py:C.f#2', 'a.py:C.f.g'], [['a.py:C.f', 2]])).toEqual([1, 1, 0, 0]);
  expect(gains(['a.py:C.f', 'a.py:C'], [['a.py:C.f', 2]])).toEqual([2, 0]);
});

test('scores, by hand', () => {
  const answers = [
    { at: 'a.py:f', grade: 2 as const },
    { at: 'a.py:C.g', grade: 2 as const },
    { at: 'b.py', grade: 1 as const },
  ];
  // gains 0, 1 (class around C.g), 2, 0, 1: DCG = 1/log2 3 + 2/log2 4 + 1/log2 6; best 2 + 2/log2 3 + 1/2
  const scores = scoreBoardHits(
    ['z.py:z', 'a.py:C', 'a.py:f', 'q.py:q', 'b.py:1-3'].map((id) => hit(id)),
    answers,
  );
  const dcg = 1 / Math.log2(3) + 1 + 1 / Math.log2(6);
  expect(scores.ndcg10).toBeCloseTo(dcg / (2.5 + 2 / Math.log2(3)), 12);
  expect(scores).toMatchObject({ mrr: 0.5, mrrExact: 1 / 3, success1: 0, success5: 1, success10: 1, recall10: 0.5 });
});

test('no hit, no score', () => {
  expect(Object.values(scoreBoardHits([], [{ at: 'a.py:f', grade: 2 }]))).toEqual([0, 0, 0, 0, 0, 0, 0]);
});

test('no list of hits scores above 1', () => {
  const name = fc.constantFrom('C', 'C.f', 'C.f.g', 'C.h', 'D', 'f', '1-9', '');
  const id = fc
    .tuple(fc.constantFrom('a.py', 'b.py'), name)
    .map(([path, rest]) => (rest === '' ? path : `${path}:${rest}`));
  const answer = fc.record({ at: id.filter((at) => !at.endsWith('1-9')), grade: fc.constantFrom<1 | 2>(1, 2) });
  fc.assert(
    fc.property(fc.array(id, { maxLength: 20 }), fc.array(answer, { minLength: 1, maxLength: 4 }), (ids, answers) => {
      const judged = [...answers, { at: 'z.py:main', grade: 2 as const }];
      for (const value of Object.values(
        scoreBoardHits(
          ids.map((each) => hit(each)),
          judged,
        ),
      )) {
        expect(value).toBeGreaterThanOrEqual(0);
        expect(value).toBeLessThanOrEqual(1 + 1e-12);
      }
    }),
  );
});
