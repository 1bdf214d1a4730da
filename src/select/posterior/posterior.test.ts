import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { ask } from '../asking.ts';
import { preferencePairs } from '../pairs.ts';
import { matrixOf } from '../testmatrix.ts';
import { doubt } from './doubt.ts';
import { type Cluster, clustersOf, featureNames, questionsFailedByAll } from './features.ts';
import { type Foretold, fitFirstMap, withFirst } from './firstchance.ts';
import { fitPosterior, type LabelledProblem } from './fit.ts';
import { afterFailures, beliefOf, believe } from './posterior.ts';

describe('the posterior', () => {
  test('clusters are of equal outputs; what raises everywhere, or left, is in none', () => {
    const matrix = matrixOf(['ppf', 'ppf', 'fff', 'eee'], [2, 1, 1, 5], ['abc', 'abc', 'xyz', 'eee']);
    const clusters = clustersOf(matrix);
    expect(clusters.map(({ rows, drawn }) => [rows, drawn])).toEqual([
      [[0, 1], 3],
      [[2], 1],
    ]);
    const at = (name: (typeof featureNames)[number]): number[] =>
      clusters.map(({ features }) => features[featureNames.indexOf(name)] as number);
    expect(at('size')).toEqual([Math.log(3 / 9), Math.log(1 / 9)]);
    expect(at('joint')[0]).toBe(-0);
    expect(at('joint')[1]).toBeLessThan(0);
    expect(at('varied')).toEqual([Math.log(1.01), Math.log(1.01)]);
  });

  test('chances and that of none add up to 1, for any matrix', () => {
    const marks = fc.array(fc.stringMatching(/^[pfe]{4}$/), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(marks, (rows) => {
        const { clusters, none } = beliefOf(matrixOf(rows));
        expect(clusters.reduce((sum, { chance }) => sum + chance, none)).toBeCloseTo(1, 9);
        for (const { chance } of clusters) expect(chance).toBeGreaterThanOrEqual(0);
      }),
      { numRuns: 50 },
    );
    expect(beliefOf(matrixOf(['ee'])).none).toBe(1);
  });

  test('programs that agree and fail every test are less likely right with each question; one that passes something is not touched', () => {
    const ofOne = (marks: string, outputs = 'abcdefgh'): number => beliefOf(matrixOf([marks], [9], [outputs])).none;
    expect(ofOne('ffffffff')).toBeGreaterThan(0.95);
    expect(ofOne('f', 'a')).toBeGreaterThan(ofOne('p', 'a'));
    // Equal outputs are one question, however many tests ask it.
    expect(ofOne('ffffffff', 'aaaaaaaa')).toBe(ofOne('f', 'a'));
    expect(questionsFailedByAll(matrixOf(['pfff'], [9], ['abcd']))).toBe(0);
    const inputs = matrixOf(['ffff'], [9], ['abcd']);
    const untested = { ...inputs, columns: inputs.columns.map((one) => ({ ...one, way: 'input' as const })) };
    expect(questionsFailedByAll(untested)).toBe(0);
    const belief = believe(clustersOf(inputs));
    expect(afterFailures(belief, 0)).toBe(belief);
  });

  test('little to go by is not much to be sure of, and more never makes it less', () => {
    const ofAgreeing = (programs: number, questions: number): number => {
      const outputs = 'abcdefghijklmnopqrstuvwxyz'.slice(0, questions);
      return beliefOf(matrixOf(['p'.repeat(questions)], [programs], [outputs])).clusters[0]?.chance ?? 0;
    };
    expect(ofAgreeing(1, 1)).toBeLessThan(0.4);
    expect(ofAgreeing(1, 20)).toBeLessThan(0.5);
    expect(ofAgreeing(3, 1)).toBeLessThan(0.6);
    expect(ofAgreeing(100, 20)).toBeGreaterThan(0.75);
    for (const [less, more] of [
      [ofAgreeing(1, 5), ofAgreeing(2, 5)],
      [ofAgreeing(2, 5), ofAgreeing(50, 5)],
      [ofAgreeing(20, 1), ofAgreeing(20, 9)],
    ] as const)
      expect(less).toBeLessThan(more);
    // Who is less likely than one of which nothing is known does not gain by it.
    expect(doubt(0.05, { programs: 1, questions: 1 })).toBe(1);
    expect(doubt(0, { programs: 0, questions: 0 })).toBe(1);
  });

  test('learning finds what decided, and chances come true', () => {
    const random = seededRandom(7);
    const truth = [0, 2, 0, 1];
    const draw = (): LabelledProblem => {
      const clusters: Cluster[] = Array.from({ length: 4 }, (_, row) => ({
        rows: [row],
        drawn: 1,
        features: featureNames.map(() => 4 * random.next() - 2),
      }));
      const parts = clusters.map(({ features }) =>
        Math.exp(features.reduce((sum, x, i) => sum + x * (truth[i] ?? 0), 0)),
      );
      let ticket = random.next() * parts.reduce((sum, part) => sum + part, 0) * 1.25;
      const right = parts.map((part) => {
        const isRight = ticket >= 0 && ticket < part;
        ticket -= part;
        return isRight ? 1 : 0;
      });
      return { clusters, right };
    };
    const weights = fitPosterior(Array.from({ length: 240 }, draw));
    expect(weights.cluster[1]).toBeGreaterThan(1.2);
    expect(weights.cluster[3]).toBeGreaterThan(0.5);
    for (const still of [0, 2]) expect(Math.abs(weights.cluster[still] ?? 9)).toBeLessThan(0.4);
    const fresh = Array.from({ length: 300 }, draw).map(({ clusters, right }) => {
      const [first] = believe(clusters, weights).clusters;
      return { chance: first?.chance ?? 0, right: right[first?.rows[0] ?? 0] ?? 0 };
    });
    const mean = (of: (one: (typeof fresh)[number]) => number): number =>
      fresh.reduce((sum, one) => sum + of(one), 0) / 300;
    expect(Math.abs(mean(({ chance }) => chance) - mean(({ right }) => right))).toBeLessThan(0.08);
  });
});

describe('what the chance of a first choice is worth', () => {
  test('whoever was too sure is told so; whoever was not is left nearly alone', () => {
    const random = seededRandom(3);
    const drawn = (worth: (chance: number) => number): Foretold[] =>
      Array.from({ length: 300 }, () => {
        const chance = random.next();
        return { chance, right: random.next() < worth(chance) ? 1 : 0 };
      });
    const honest = fitFirstMap(drawn((chance) => chance));
    expect(Math.abs(honest.slope - 1) + Math.abs(honest.shift)).toBeLessThan(0.5);
    const bold = fitFirstMap(drawn((chance) => 0.3 + 0.4 * chance));
    expect(bold.slope).toBeLessThan(0.7);
    const [at] = withFirst([0.95, 0.02], 0.03, bold).chances;
    expect(at).toBeLessThan(0.85);
    expect(fitFirstMap([])).toEqual({ shift: 0, slope: 1 });
  });

  test('chances still add up to 1, fall, and lie in [0, 1], whatever the map', () => {
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 6 }),
        fc.double({ min: -5, max: 5, noNaN: true }),
        fc.double({ min: 0, max: 5, noNaN: true }),
        (parts, shift, slope) => {
          const sum = parts.reduce((total, part) => total + part, 0.1);
          const chances = parts.map((part) => part / sum).sort((a, b) => b - a);
          const mapped = withFirst(chances, 0.1 / sum, { shift, slope });
          expect(mapped.chances.reduce((total, chance) => total + chance, mapped.none)).toBeCloseTo(1, 9);
          for (const [at, chance] of mapped.chances.entries()) {
            expect(chance).toBeGreaterThanOrEqual(0);
            expect(chance).toBeLessThanOrEqual((mapped.chances[at - 1] ?? 1) + 1e-12);
          }
        },
      ),
    );
  });
});

describe('questions to a person', () => {
  const matrix = matrixOf(['ppfff', 'pfpff', 'pffpf', 'pfffp'], [3, 3, 3, 3], ['abcde', 'axydz', 'auvww', 'akllm']);

  test('what all agree on is not asked; answers find the right cluster', async () => {
    const asked: number[] = [];
    const { ranking, chance, questions } = await ask(matrix, {
      most: 4,
      sure: 0.9,
      answer: async ({ column }) => {
        asked.push(column);
        return column === 0 || column === 3;
      },
    });
    expect(asked).not.toContain(0);
    expect(ranking.groups[0]?.rows).toEqual([2]);
    expect(chance).toBeGreaterThan(0.6);
    expect(questions.every(({ bits }, at) => bits > 0 && asked[at] === questions[at]?.column)).toBe(true);
  });

  test('a known answer counts also where another question would tell more', async () => {
    const { questions, ranking } = await ask(matrix, {
      most: 2,
      sure: 1,
      first: [4],
      answer: async ({ column }) => (column === 4 ? true : null),
    });
    expect(questions.map(({ column, answer }) => [column, answer])[0]).toEqual([4, true]);
    expect(ranking.groups[0]?.rows).toEqual([3]);
  });

  test('who cannot say changes nothing, and is not asked the same again', async () => {
    const { questions, ranking, none } = await ask(matrix, { most: 10, sure: 1, answer: async () => null });
    expect(new Set(questions.map(({ column }) => column)).size).toBe(questions.length);
    const before = beliefOf(matrix);
    expect(none).toBe(before.none);
    expect(ranking.groups[0]?.score).toBe(before.clusters[0]?.chance);
    expect((await ask(matrix, { most: 0, sure: 1, answer: async () => true })).questions).toEqual([]);
  });
});

describe('preference pairs', () => {
  test('the best of the ranking before the last; the quick before the slow of those that pass the same', () => {
    const plain = matrixOf(['pp', 'pp', 'ff']);
    const matrix = { ...plain, times: Int32Array.from([100, 100, 400, 700, 5, 5]) };
    const candidates = ['quick', 'slow', 'wrong'].map((id) => ({ id, source: `# ${id}`, drawn: 1 }));
    const task = { id: 't', entryPoint: 'f', context: '', candidates, probes: [] };
    const pairs = preferencePairs({ task, matrix, missing: 0 });
    expect(pairs.map(({ kind, better, worse }) => [kind, better, worse])).toEqual([
      ['correctness', '# quick', '# wrong'],
      ['efficiency', '# quick', '# slow'],
    ]);
    const even = { ...plain, times: Int32Array.from([100, 100, 120, 120, 5, 5]) };
    expect(preferencePairs({ task, matrix: even, missing: 0 })).toHaveLength(1);
    expect(preferencePairs({ task, matrix: matrixOf(['pp']), missing: 0 })).toEqual([]);
  });
});
