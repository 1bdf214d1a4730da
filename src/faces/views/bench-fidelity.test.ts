/** What a person sees of fidelity, from an answer as the verb gives it. */
import { expect, test } from 'vitest';
import type { BenchFidelityOutput } from '../operations/bench-fidelity.ts';
import type { Settings } from '../operations/types.ts';
import { fidelityView, recordValuesView } from './bench-fidelity.ts';

const settings: Settings = {
  home: undefined,
  encoder: undefined,
  variable: () => undefined,
  cacheDir: '/nowhere',
  path: [],
  color: false,
  columns: 100,
};

const half = { value: 0.5, low: 0.25, high: 0.75, n: 4 };
const measures = { type: half, strict: half, usual: half, truth: null, size: half };
const scores = { reported: { withError: 3, without: 1 }, precision: null, recall: half };

const output: BenchFidelityOutput = {
  schema: 'winnow.bench.fidelity/1',
  seed: 1,
  half: 'dev',
  projects: [{ project: 'shop', commit: 'c0ffee1234567', half: 'dev', functions: 9, sites: 40, drawn: 2 }],
  parts: [
    {
      way: 'body',
      level: 2,
      functions: 2,
      failed: { 'no Python here': 1 },
      notRecorded: { module: 3 },
      scores: {
        values: 4,
        measures,
        baselines: { instance: measures, frequent: measures, chance: measures, names: measures },
        kinds: {
          name: { values: 4, type: half, baselines: { instance: 0.1, frequent: 0.2, chance: null, names: 0.4 } },
        },
        sources: { use: { values: 4, type: 0.5 } },
        projects: { shop: { values: 4, type: 0.5 } },
      },
      confusion: {},
    },
    { way: 'repository', level: 2, functions: 2, failed: {}, notRecorded: {}, scores: null, confusion: {} },
  ],
  typeErrors: {
    level: 4,
    withError: 5,
    without: 9,
    failed: 0,
    genuine: scores,
    genuineTypeError: scores,
    anyTypeError: scores,
    verdicts: [],
  },
};

test('guesses, what stands beside them, and errors are tables', () => {
  expect(
    fidelityView(output, settings)
      .split('\n')
      .map((line) => line.trimEnd()),
  ).toEqual([
    '1 project, half: dev, seed 1',
    '        commit      half  functions  sites  drawn',
    '  shop  c0ffee1234  dev   9          40     2',
    '',
    'bodies alone, level 2: 2 functions, 4 values compared',
    '            type                 strict               usual                truth  size',
    ...['guessed ', 'instance', 'frequent', 'chance  ', 'names   '].map(
      (name) => `  ${name}  ${'0.500 (0.250–0.750)  '.repeat(3)}–      0.500 (0.250–0.750)`,
    ),
    '',
    '  type, by kind  values  guessed              instance  frequent  chance  names',
    '  name           4       0.500 (0.250–0.750)  0.100     0.200     –       0.400',
    '',
    '  type, by source  values  guessed',
    '  use              4       0.500',
    '  not run: 1: no Python here',
    '  injected where nothing was recorded: 3 module',
    '',
    'in their repository, level 2: 2 functions',
    '  nothing was injected where something was recorded',
    '',
    'type errors: 5 snippets with one, 9 without, level 4',
    '  reported             with  without  precision  recall',
    '  a genuine error      3     1        –          0.500 (0.250–0.750)',
    '  a genuine TypeError  3     1        –          0.500 (0.250–0.750)',
    '  any TypeError        3     1        –          0.500 (0.250–0.750)',
    '',
  ]);
});

test('a recording says what is in it', () => {
  const text = recordValuesView(
    {
      schema: 'winnow.bench.record-values/1',
      project: 'shop',
      commit: null,
      runner: 'pytest 9.0.1 on CPython 3.13.0',
      ending: 'finished',
      tests: { passed: 2 },
      functions: 2,
      completed: 1,
      sites: { name: 7 },
      unreadable: 1,
      out: 'shop.jsonl',
      cpuMs: null,
    },
    settings,
  );
  expect(text).toBe(`shop: 2 functions recorded
pytest 9.0.1 on CPython 3.13.0; the suite finished: 2 passed

  name  7

1 function always came to the end; written to shop.jsonl
1 row could not be read
`);
});
