/** A plain directory of tests: `1.in` with `1.out` or `1.ans`, at any depth, and nothing that says more. */
import { basename } from 'node:path';
import type { Problem, ProblemLimits } from '../types.ts';
import { badData, filesBelow, testsAmong, words } from './files.ts';

/** What a problem that says nothing grants: the time and output of a job of `run`, and what contest judges grant most often, 256 MiB. */
export const usualLimits: ProblemLimits = {
  timeMs: 10_000,
  memoryBytes: 256 * 2 ** 20,
  outputBytes: 16 * 2 ** 20,
  // As packages of Kattis have it where they do not say (`problemtools/config/problem.yaml`).
  compileMs: 60_000,
};

/** @throws WinnowError `bad-data` */
export function readPlainProblem(directory: string): Problem {
  const { tests, notices } = testsAmong(directory, filesBelow(directory), true);
  if (tests.length === 0) throw badData(directory, 'has no tests: files that end in .in were expected.');
  return {
    name: basename(directory),
    title: null,
    format: 'plain',
    directory,
    limits: usualLimits,
    namesTime: false,
    timeFactors: {},
    checker: words,
    tests,
    groups: [],
    notices,
  };
}
