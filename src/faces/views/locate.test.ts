import { expect, test } from 'vitest';
import type { Settings } from '../operations/types.ts';
import { locateView } from './locate.ts';

test('statements of the issue that ran out of time are told apart from those that raised an error', () => {
  const statements = ['done', 'raised', 'timed-out'].map((ended) => ({ ended }));
  const run = { statements, functions: 2, tests: 0, filled: [], unimported: [], whole: true };
  const output = {
    ...{ files: [], classes: [], functions: [], tokens: null, issue: { frames: 0 }, run },
    history: { extent: 'none', commits: 0 },
    completeness: { indexedFiles: 3 },
    elapsedMs: { refresh: 0, history: 0, run: 0, locate: 1 },
  } as unknown as Parameters<typeof locateView>[0];
  expect(locateView(output, { color: false, columns: 80 } as Settings)).toContain(
    '3 statements, 1 raised an error, 1 ran out of time, 2 functions of the repository ran',
  );
});

test('a chance is not rounded to certainty, nor to nothing', () => {
  const file = (path: string, score: number) => ({ path, language: 'python', score, reasons: [], explanation: null });
  const settings = { color: false, columns: 80 } as Settings;
  const shares = (...scores: number[]): string[] => {
    const output = {
      files: scores.map((score, at) => file(`f${at}.py`, score)),
      classes: [],
      functions: [],
      tokens: null,
      issue: { frames: 0 },
      run: null,
      history: { extent: 'none', commits: 0 },
      completeness: { indexedFiles: 3 },
      elapsedMs: { refresh: 0, history: 0, run: 0, locate: 1 },
    } as unknown as Parameters<typeof locateView>[0];
    return [...locateView(output, settings).matchAll(/f\d\.py {2}(\S+)/g)].map(([, share]) => share as string);
  };
  expect(shares(0.9996, 0.0003, 0.0001)).toEqual(['>99%', '<1%', '<1%']);
  expect(shares(1)).toEqual(['100%']);
  expect(shares(0.62, 0.375, 0.005)).toEqual(['62%', '38%', '1%']);
});
