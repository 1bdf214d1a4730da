/** A toy project through the real thing: its suite is recorded, its functions run partially, and both are compared. */
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { keptCache } from '../../../test/keptcache.ts';
import { openRunner } from '../../run/mod.ts';
import { benchFidelity, type FidelityOptions, halfOf } from './fidelity.ts';
import { errorScores } from './fidelityerrors.ts';
import { type Recording, readRecording, recordingText } from './fidelityfile.ts';
import { isProductPath, recordSuite } from './fidelityrecord.ts';

const work = mkdtempSync(join(tmpdir(), 'winnow-fidelity-'));
afterAll(() => rmSync(work, { recursive: true, force: true }));
const settings = { cacheDir: keptCache, path: (process.env.PATH ?? '').split(':') };
const signal = new AbortController().signal;

const runner = openRunner(settings);
const python = (await runner.offers())
  .find(({ backend }) => backend === 'native')
  ?.runtimes.find(({ language }) => language === 'python');
await runner.close();
const reason = python?.state === 'ready' ? '' : ' (skipped: no native Python here)';

const files = {
  'shop.py': `RATE = 2

def total(prices, name):
    """The sum."""
    sum_of = 0
    for price in prices:
        sum_of += price * RATE
    return name.upper() + ': ' + str(sum_of)

def shown(title):
    return title.strip()
`,
  'tests/test_shop.py': `import unittest
import shop

class Shop(unittest.TestCase):
    def test_total(self):
        self.assertEqual(shop.total([1, 2], 'a'), 'A: 6')
    def test_shown(self):
        self.assertEqual(shop.shown(' x '), 'x')
`,
  'tests/__init__.py': '',
  'setup.py': '',
};

let known: Promise<Recording> | null = null;
const recorded = (): Promise<Recording> => {
  known ??= recordSuite({
    files: Object.entries(files).map(([path, text]) => ({ path, bytes: new TextEncoder().encode(text) })),
    links: [],
    root: join(work, 'shop'),
    python: null,
    paths: [],
    arguments: [],
    read: [],
    runner: 'unittest',
    under: [],
    wallMs: 60_000,
    settings,
    signal,
  }).then(({ recording }) => recording);
  return known;
};

describe(`a project${reason}`, () => {
  test.skipIf(reason !== '')('is recorded, and its file gives it back', async () => {
    const recording = await recorded();
    expect(recording.tests).toEqual({ passed: 2 });
    expect([...recording.sources.keys()]).toEqual(['shop.py']);
    expect(recording.functions.map(({ name, calls }) => [name, calls])).toEqual([
      ['total', 1],
      ['shown', 1],
    ]);
    const path = join(work, 'shop.jsonl');
    writeFileSync(path, recordingText(recording));
    expect(await readRecording(path)).toEqual(recording);
  });

  test.skipIf(reason !== '')('is compared with what was guessed', async () => {
    const path = join(work, 'again.jsonl');
    writeFileSync(path, recordingText(await recorded()));
    const wrong = join(work, 'wrong.jsonl');
    writeFileSync(wrong, `${JSON.stringify({ id: 'one', code: "count = 3\nprint('a' + count)\n" })}\n`);
    const options: FidelityOptions = {
      recordings: [path],
      levels: [2],
      ways: ['body', 'repository'],
      half: 'all',
      functions: 5,
      seed: 1,
      packages: [],
      typeErrors: wrong,
      withoutError: 1,
      out: join(work, 'run'),
      settings,
      signal,
      onProgress: () => {},
    };
    const { parts, projects, typeErrors } = await benchFidelity(options);
    expect(projects).toEqual([
      { project: 'shop', commit: null, half: halfOf('shop'), functions: 2, sites: expect.any(Number), drawn: 2 },
    ]);
    expect(parts.map(({ way, functions, failed }) => [way, functions, failed])).toEqual([
      ['body', 2, {}],
      ['repository', 2, {}],
    ]);
    // Alone: prices, RATE, name, title are missing, and nothing of it was guessed from this project.
    const [body] = parts;
    expect(body?.scores?.kinds.name?.values).toBe(4);
    expect(body?.scores?.baselines.instance.type?.value).toBe(0);
    const rows = readFileSync(join(work, 'run', 'rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as Record<string, unknown>);
    const title = rows.find(({ way, what }) => way === 'body' && what === 'title');
    expect(title).toMatchObject({ line: 1, kind: 'name', injected: { type: 'text' }, hits: { type: 1 } });
    expect(typeErrors?.genuineTypeError.reported).toEqual({ withError: 1, without: 0 });
    expect(typeErrors?.verdicts).toHaveLength(2);
  });
});

test.each([
  ['src/click/core.py', true],
  ['boltons/iterutils.py', true],
  ['tests/test_core.py', false],
  ['src/pkg/test/x.py', false],
  ['setup.py', false],
  ['docs/conf.py', false],
  ['src/pkg/latest.py', true],
  ['README.md', false],
])('%s is a part of the product: %s', (path, expected) => {
  expect(isProductPath(path)).toBe(expected);
});

test('precision and recall go by snippets', () => {
  const verdict = (hasError: boolean, isReported: boolean) => ({
    id: '',
    hasError,
    genuine: isReported ? [{ type: 'TypeError', message: '', line: 1 }] : [],
    possible: [],
  });
  const verdicts = [
    verdict(true, true),
    verdict(true, true),
    verdict(true, false),
    verdict(false, true),
    verdict(false, false),
  ];
  const { reported, precision, recall } = errorScores(verdicts, ({ genuine }) => genuine.length > 0, 1);
  expect(reported).toEqual({ withError: 2, without: 1 });
  expect([precision?.value, recall.value]).toEqual([2 / 3, 2 / 3]);
  expect(errorScores([verdict(true, false)], () => false, 1).precision).toBe(null);
});
