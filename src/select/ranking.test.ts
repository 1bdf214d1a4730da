import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { seededRandom } from '../base/mod.ts';
import { agentless } from './methods/agentless.ts';
import { b4, logGamma } from './methods/b4.ts';
import { codet } from './methods/codet.ts';
import { alphaCode, functionalConsensus, softRisk } from './methods/outputs.ts';
import { pageRank } from './methods/pagerank.ts';
import { mostPassed } from './methods/passed.ts';
import { sStar } from './methods/sstar.ts';
import { methods } from './methods/table.ts';
import { choose, passAt, passAtRandom } from './ranking.ts';
import { matrixOf } from './testmatrix.ts';
import type { ProbeRole } from './types.ts';

const first = (ranking: { groups: readonly { rows: readonly number[] }[] }): readonly number[] =>
  ranking.groups[0]?.rows ?? [];

describe('methods of choosing', () => {
  // Two that agree on two tests, one that passes three alone, one that passes none.
  const matrix = matrixOf(['ppff', 'ppff', 'ffpp', 'ffff'], [3, 1, 1, 9]);

  test('CodeT weighs programs by their root and tests by their number; what passes nothing is not ranked', () => {
    const { groups } = codet.rank(matrix);
    expect(groups).toEqual([
      { score: 4, rows: [0, 1] },
      { score: 2, rows: [2] },
    ]);
  });

  test('the most tests passed ties where the numbers do', () => {
    expect(mostPassed.rank(matrix).groups.map(({ rows }) => rows)).toEqual([[0, 1, 2], [3]]);
  });

  test('B4 prefers the set whose tests the others fail', () => {
    expect(first(b4(1e4).rank(matrix))).toEqual([0, 1]);
    // The released code's own formula, worked out by hand for one set: all programs pass all tests.
    const whole = matrixOf(['pp', 'pp']);
    const beta = (x: number, y: number): number => logGamma(x) + logGamma(y) - logGamma(x + y);
    expect(b4(1e4).rank(whole).groups[0]?.score).toBeCloseTo(2 * beta(1002, 1) + beta(1, 1) + beta(1, 1e4), 8);
  });

  test('clusters are of outputs, whatever tests say; what raised everywhere is in none', () => {
    const outputs = matrixOf(['ff', 'ff', 'pp', 'ee'], [2, 2, 3, 9], ['ab', 'ab', 'cd', 'xx']);
    expect(alphaCode.rank(outputs).groups).toEqual([
      { score: 4, rows: [0, 1] },
      { score: 3, rows: [2] },
    ]);
    expect(first(softRisk.rank(outputs))).toEqual([0, 1]);
    const last = functionalConsensus.rank(outputs).groups.at(-1);
    expect(last).toEqual({ score: -200, rows: [3] });
  });

  test('PageRank: tests that many pass make programs that pass them', () => {
    expect(first(pageRank.rank(matrix))).toEqual([0, 1]);
  });

  test('S* gives a point for each input on which a program agrees with most, among those that pass the most tests', () => {
    const given = matrixOf(['pff', 'pff', 'pff', 'fff'], [1, 1, 1, 9], ['axy', 'axy', 'abz', 'cbz']);
    expect(sStar.rank(given).groups.map(({ rows }) => rows)).toEqual([[0, 1], [2], [3]]);
  });

  test('Agentless: regressions first, then the reproduction result of most, then how often drawn, then the first', () => {
    const roles: ProbeRole[] = ['regression', 'reproduction', 'reproduction'];
    const plain = matrixOf(['fpp', 'pff', 'ppf', 'pff', 'ppf', 'ppf'], [9, 9, 1, 1, 3, 3]);
    const patches = {
      ...plain,
      columns: plain.columns.map((column, at) => ({ ...column, role: roles[at] as ProbeRole })),
    };
    expect(agentless.rank(patches).groups.map(({ rows }) => rows[0])).toEqual([4, 5, 2, 1, 3, 0]);
  });

  test('a choice takes one of each group, tells of ties, and is the seed’s', () => {
    const ranking = {
      groups: [
        { score: 4, rows: [0, 1] },
        { score: 2, rows: [2] },
      ],
    };
    const ids = (seed: number, k: number): number[] =>
      choose(matrix, ranking, k, seededRandom(seed)).map(({ row }) => row);
    expect(ids(1, 9).sort()).toEqual([0, 1, 2]);
    expect(ids(1, 2)).toEqual(ids(1, 2));
    expect(choose(matrix, ranking, 2, seededRandom(1)).map(({ tied }) => tied)).toEqual([2, 1]);
    const firsts = Array.from({ length: 200 }, (_, seed) => ids(seed, 1)[0]);
    // Row 0 was drawn three times as often as row 1.
    expect(firsts.filter((row) => row === 0).length).toBeGreaterThan(120);
    expect(new Set(firsts)).toEqual(new Set([0, 1]));
  });

  test('no method ranks a row twice, names of methods differ, and random has one group', () => {
    const marks = fc.array(fc.stringMatching(/^[pfe]{5}$/), { minLength: 1, maxLength: 12 });
    fc.assert(
      fc.property(marks, (rows) => {
        for (const { rank } of methods) {
          const ranked = rank(matrixOf(rows)).groups.flatMap((group) => group.rows);
          expect(new Set(ranked).size).toBe(ranked.length);
        }
      }),
    );
    expect(new Set(methods.map(({ name }) => name)).size).toBe(methods.length);
    expect(methods[0]?.rank(matrix).groups.length).toBe(1);
  });
});

describe('what a ranking is worth', () => {
  const matrix = matrixOf(['p', 'p', 'f'], [1, 3, 1]);
  const ranking = {
    groups: [
      { score: 2, rows: [0, 1] },
      { score: 1, rows: [2] },
    ],
  };

  test('a drawing of a group is as likely as the other; groups come round again', () => {
    expect(passAt(matrix, ranking, [true, false, true], 1)).toBe(0.25);
    expect(passAt(matrix, ranking, [true, false, false], 3)).toBeCloseTo(1 - 0.75 * 1 * 0.75);
    expect(passAt(matrix, { groups: [] }, [true, false, false], 1)).toBeCloseTo(0.2);
  });

  test('pass@k at random is what drawing k without putting back gives', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.nat(12), fc.integer({ min: 1, max: 12 }), (n, c, k) => {
        fc.pre(c <= n && k <= n);
        const choose = (all: number, some: number): number => {
          let ways = 1;
          for (let i = 0; i < some; i++) ways = (ways * (all - i)) / (i + 1);
          return all < some ? 0 : ways;
        };
        expect(passAtRandom(n, c, k)).toBeCloseTo(1 - choose(n - c, k) / choose(n, k), 9);
      }),
    );
  });
});
