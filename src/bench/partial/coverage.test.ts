import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { benchPartial, isDev, type PartialBenchOptions } from './coverage.ts';
import { readTaskLines } from './snippets.ts';

const directory = mkdtempSync(join(tmpdir(), 'winnow-partial-'));
const file = (text: string): string => {
  const path = join(directory, `${text.length}.jsonl`);
  writeFileSync(path, text);
  return path;
};

const options: Omit<PartialBenchOptions, 'data'> = {
  half: 'all',
  limit: null,
  language: 'python',
  rounds: 6,
  seed: 1,
  out: null,
  settings: { cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') },
  backend: 'auto',
  signal: new AbortController().signal,
  onProgress: () => {},
};

test('coverage by level: one run and all rounds, a mean over programs', async () => {
  const programs = [
    { id: 'whole', code: 'x = 1\nprint(x)\n' },
    { id: 'missing', code: 'print(value + 1)\n\ndef f(x):\n    return x\n' },
    { id: 'broken', code: 'def :\n' },
  ];
  const { sets } = await benchPartial({
    ...options,
    data: [file(programs.map((one) => JSON.stringify(one)).join('\n'))],
  });
  const means = sets[0]?.levels.map(({ oneRun, union }) => [oneRun.value, union.value].map(Math.round));
  // Of the second, nothing runs as it is, the call at level 2, and all at level 3.
  expect(means).toEqual([
    [33, 33],
    [44, 44],
    [67, 67],
    [67, 67],
  ]);
  expect(sets[0]).toMatchObject({ programs: 3, statements: 5 });
});

test('halves stay where they are', () => {
  // As the figures of docs/measurements/partial.md were split.
  expect(['black/body_0', 'black/body_8', 'flask/body_46'].map(isDev)).toEqual([true, false, true]);
  const ids = Array.from({ length: 1_000 }, (_, index) => `program_${index}`);
  const share = ids.filter(isDev).length / ids.length;
  expect(share).toBeGreaterThan(0.4);
  expect(share).toBeLessThan(0.6);
});

test('what is no program is refused with its line', () => {
  expect(() => readTaskLines(file('{"id": "a", "code": "x"}\n{"id": 3}\n'))).toThrow(/:2 must be/);
  expect(() => readTaskLines(join(directory, 'nowhere.jsonl'))).toThrow(/cannot be read/);
});
