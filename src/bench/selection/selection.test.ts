import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { benchSelection, type SelectionOptions, type SelectionReport } from './selection.ts';

const canRun = spawnSync('bwrap', ['--version']).status === 0 && spawnSync('python3', ['--version']).status === 0;
const name = canRun ? 'the selection table' : 'the selection table (skipped: bubblewrap or python3 is not installed)';
const dir = mkdtempSync(join(tmpdir(), 'winnow-selection-'));
afterAll(() => rmSync(dir, { recursive: true }));

const prompt = (entry: string): string => `def ${entry}(x):\n`;
const check = (expected: string): string =>
  `def check(candidate):\n    for x in range(5):\n        assert candidate(x) == ${expected}\n`;
const lines = (rows: readonly object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const file = (path: string, text: string): string => {
  writeFileSync(join(dir, path), text);
  return join(dir, path);
};

const files = {
  problems: file(
    'problems.jsonl',
    lines([
      {
        task_id: 'one',
        prompt: prompt('one'),
        entry_point: 'one',
        canonical_solution: '    return x + 1\n',
        test: check('x + 1'),
      },
      {
        task_id: 'two',
        prompt: prompt('two'),
        entry_point: 'two',
        canonical_solution: '    return 2 * x\n',
        test: check('2 * x'),
      },
    ]),
  ),
  solutions: file(
    'solutions.jsonl',
    lines([
      { prompt: prompt('one'), samples: ['    return x + 1\n', '    return 1 + x\ndef more():\n', '    return x\n'] },
      { prompt: prompt('two'), samples: ['    return x + x\n', '    return x * x\n', '    return 3\n'] },
    ]),
  ),
  tests: file(
    'tests.jsonl',
    lines([
      { prompt: prompt('one'), samples: ['one(1) == 2\nassert one(2) == 3\nassert one(', 'one(4) == 5'] },
      // What follows the second test is part of it, and no function may hold it.
      { prompt: prompt('two'), samples: ['two(1) == 2\nassert two(3) == 6', 'two(5) == 10\nfrom os import *'] },
    ]),
  ),
};

const bench = (options: Partial<SelectionOptions>): Promise<SelectionReport> =>
  benchSelection({
    files,
    testsPerSample: 5,
    callMs: 100,
    keyMs: 3_000,
    against: ['codet'],
    literal: false,
    patient: false,
    inputs: 0,
    matrices: null,
    plus: null,
    limit: null,
    seed: 1,
    out: null,
    settings: { cacheDir: join(dir, 'cache'), path: (process.env.PATH ?? '').split(':') },
    signal: new AbortController().signal,
    onProgress: () => {},
    ...options,
  });
const passOf = ({ rows }: SelectionReport, method: string): number =>
  rows.find((row) => row.method === method)?.pass[0]?.value ?? Number.NaN;

(canRun ? describe : describe.skip)(name, () => {
  test('programs are judged, methods compared, and matrices kept and read again', async () => {
    const matrices = join(dir, 'matrices.jsonl');
    const report = await bench({ matrices, out: join(dir, 'run') });
    expect([report.problems, report.programs, report.pairs, report.ran]).toEqual([2, 6, 18, 18]);
    expect(passOf(report, 'codet')).toBe(100);
    expect(passOf(report, 'random')).toBeCloseTo((100 * (2 / 3 + 1 / 3)) / 2);
    expect(passOf(report, 'posterior')).toBeGreaterThan(0);
    expect(report.own?.questions?.[0]).toMatchObject({ most: 0, asked: 0 });
    expect(report.own?.coverage.at(-1)?.right).toBeCloseTo(passOf(report, 'posterior') / 100);
    const again = await bench({ matrices });
    expect(again.ran).toBe(0);
    expect(again.rows.map(({ pass }) => pass[0])).toEqual(report.rows.map(({ pass }) => pass[0]));
    const more = await bench({ matrices, inputs: 3, limit: 1 });
    expect([more.ran, more.pairs]).toEqual([3 * 3, 3 * (3 + 3)]);
    expect(passOf(more, 'codet')).toBe(100);
    expect(
      readFileSync(join(dir, 'run', 'rows.jsonl'), 'utf8')
        .trimEnd()
        .split('\n'),
    ).toHaveLength(2);
  });

  test('in the literal mode one test that no function may hold fails all, as in CodeT’s harness', async () => {
    const report = await bench({ literal: true });
    expect(passOf(report, 'codet')).toBeCloseTo((100 + 100 / 3) / 2);
    expect(report.own).toBeNull();
    await expect(bench({ literal: true, inputs: 1 })).rejects.toThrow('not literal');
    expect(report.rows.some(({ method }) => method === 'soft-risk')).toBe(false);
  });

  test('a problem whose own program fails its hidden tests is left out and named; damaged files are refused', async () => {
    const [one = '', two = ''] = readFileSync(files.problems, 'utf8').trimEnd().split('\n');
    const problems = file('keys.jsonl', `${one}\n${two.replace('2 * x\\n"', '3 * x\\n"')}\n`);
    const report = await bench({ files: { ...files, problems } });
    expect(report.excluded).toEqual([{ task: 'two', reason: 'its own program is wrong: assertion' }]);
    expect([report.problems, passOf(report, 'random')]).toEqual([1, expect.closeTo((100 * 2) / 3)]);
    const twice = file('twice.jsonl', `${one}\n${one}\n`);
    await expect(bench({ files: { ...files, problems: twice } })).rejects.toThrow('"one" stands in it twice');
    const cut = join(dir, 'cut.gz');
    writeFileSync(cut, gzipSync(readFileSync(files.tests)).subarray(0, 40));
    await expect(bench({ files: { ...files, tests: cut } })).rejects.toThrow('cut off or damaged');
  });

  test('the stricter key finds what the tests let through', async () => {
    const inputs = (entry: string, of: string) => ({
      ...{ task_id: entry, prompt: prompt(entry), entry_point: entry, canonical_solution: `    return ${of}\n` },
      ...{ base_input: [[1]], plus_input: [[7], [100]], atol: 0 },
    });
    // Right for the numbers below five alone, as the problem's own test asks.
    const plus = file('plus.jsonl', lines([inputs('one', 'x + 1'), inputs('two', '2 * x if x < 5 else 0')]));
    const report = await bench({ plus });
    expect(passOf(report, 'random')).toBeCloseTo((100 * (2 / 3)) / 2);
    const short = file('short.jsonl', lines([inputs('one', 'x + 1')]));
    await expect(bench({ plus: short })).rejects.toThrow('Expected a row of problem two');
  });
});
