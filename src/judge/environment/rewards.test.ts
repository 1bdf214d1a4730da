/** The rewards, against values that InterCode's own code and scikit-learn and SciPy give. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { bashReward, erf, round2, similarity } from './bashreward.ts';
import { kendall, sqlReward } from './sqlreward.ts';

const added = (path: string, text: string) => ({
  path,
  change: 'added' as const,
  bytes: Buffer.from(text),
  mode: 0o644,
});
const removed = (path: string) => ({ path, change: 'removed' as const });
const before = new Set(['a.txt', 'dir/b.txt']);

describe('Bash', () => {
  test('gold against itself is 1', () => {
    const state = { files: [added('new.txt', 'x'), removed('a.txt')], output: 'some words' };
    expect(bashReward(state, state, before)).toEqual({
      reward: 1,
      parts: { fileDiff: 0.33, fileChanges: 0.33, answerSimilarity: 0.33 },
      exact: true,
    });
  });
  test.each([
    // erf(1) = 0.8427: a missing change leaves 0.05 of the first part.
    ['a change is missing', { files: [], output: '' }, { files: [removed('a.txt')], output: '' }, 0.72],
    ['content differs', { files: [added('n', 'x')], output: '' }, { files: [added('n', 'y')], output: '' }, 0.67],
    ['nothing printed in common', { files: [], output: 'aa' }, { files: [], output: 'bb' }, 0.67],
    [
      'modified content is not compared',
      { files: [{ ...added('a.txt', 'x'), change: 'modified' as const }], output: '' },
      { files: [{ ...added('a.txt', 'y'), change: 'modified' as const }], output: '' },
      1,
    ],
    [
      'a directory of new files counts once',
      { files: [added('d/x', '1'), added('d/y', '1')], output: '' },
      { files: [], output: '' },
      0.72,
    ],
  ])('%s', (_, agent, gold, reward) => expect(bashReward(agent, gold, before).reward).toBeCloseTo(reward, 10));

  test('similarity is that of TfidfVectorizer', () => {
    // scikit-learn 1.5: TfidfVectorizer().fit_transform([a, b]), product with its transpose.
    expect(similarity('the cat sat', 'the cat ran')).toBeCloseTo(0.503103, 6);
    expect(similarity('a b', 'a b')).toBe(1);
    expect(similarity('a b', 'c d')).toBe(0);
    expect(similarity('', 'word')).toBe(0);
    expect(similarity('Word', 'word')).toBeCloseTo(1, 10);
  });
  test('erf and rounding', () => {
    expect([0, 1, 2, 3].map(erf).map((value) => value.toFixed(6))).toEqual([
      '0.000000',
      '0.842701',
      '0.995322',
      '0.999978',
    ]);
    expect([0.125, 0.375, 0.625, -0.125, 0.333].map(round2)).toEqual([0.12, 0.38, 0.62, -0.12, 0.33]);
  });
  test('a reward lies in [0.01, 1]', () => {
    const state = fc.record({
      files: fc.uniqueArray(fc.tuple(fc.constantFrom('a.txt', 'dir/b.txt', 'n', 'new/x', 'new/y'), fc.string()), {
        selector: ([path]) => path,
      }),
      output: fc.string(),
    });
    fc.assert(
      fc.property(state, state, (a, g) => {
        const make = (one: typeof a) => ({
          files: one.files.map(([path, text]) => added(path, text)),
          output: one.output,
        });
        const { reward } = bashReward(make(a), make(g), before);
        expect(reward).toBeGreaterThanOrEqual(0.01);
        expect(reward).toBeLessThanOrEqual(1);
        expect(bashReward(make(g), make(g), before).reward).toBe(1);
      }),
    );
  });
});

describe('SQL', () => {
  const rows = (...values: unknown[]) => values.map((value) => [value]);
  test.each([
    ['equal', rows(1, 2, 3), rows(1, 2, 3), 1],
    ['both empty', [], [], 1],
    ['no query', null, rows(1), 0],
    ['nothing in common', rows(4), rows(1), 0],
    ['one of two', rows('a'), rows('a', 'b'), 0.5],
    ['the reverse order', rows(3, 2, 1), rows(1, 2, 3), -1],
    ['one swap of three', rows(2, 1, 3), rows(1, 2, 3), 0.33],
    ['duplicates count', rows('a', 'a'), rows('a'), 0.5],
    ['a column more', [['a', 1]], [['a']], 0],
  ])('%s', (_, agent, gold, reward) => expect(sqlReward(agent, gold).reward).toBe(reward));

  test('τ_b with ties is that of SciPy', () => {
    // scipy.stats.kendalltau(['a','b','b','c'], ['a','c','b','c'])
    expect(kendall(['a', 'b', 'b', 'c'], ['a', 'c', 'b', 'c'])).toBeCloseTo(0.8, 10);
    expect(kendall(['a'], ['a'])).toBeNull();
    expect(kendall(['a', 'a'], ['a', 'b'])).toBeNull();
  });
  test('gold against itself is 1, and any reward lies in [-1, 1]', () => {
    const table = fc.array(fc.tuple(fc.oneof(fc.integer({ min: 0, max: 3 }), fc.constantFrom('x', "y'", null))), {
      maxLength: 6,
    });
    fc.assert(
      fc.property(table, table, (agent, gold) => {
        expect(sqlReward(gold, gold).reward).toBe(1);
        expect(Math.abs(sqlReward(agent, gold).reward)).toBeLessThanOrEqual(1);
      }),
    );
  });
});
