import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { milliseconds, table } from './markdown.ts';
import { hasGnuTime, measure, shell } from './measure.ts';

let dir: string;
let scratch: string;

const compare = (...args: string[]) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'compare.ts'), ...args], {
    encoding: 'utf8',
    env: { ...process.env, TMPDIR: scratch },
  });

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-compare-'));
  scratch = join(dir, 'scratch');
  mkdirSync(scratch);
});
afterAll(() => rmSync(dir, { recursive: true }));

describe('two programs', () => {
  test('the slower one is told, with a ratio and an interval', () => {
    const done = compare('--a', 'sleep 0.02', '--b', 'sleep 0.08', '--runs', '4', '--json');
    expect(done.status).toBe(0);
    const report = JSON.parse(done.stdout);
    expect(report.a.runs).toHaveLength(4);
    expect(report.ratio.wall.value).toBeGreaterThan(1.5);
    expect(report.ratio.wall.low).toBeLessThanOrEqual(report.ratio.wall.value);
    expect(report.ratio.wall.n).toBe(4);
  });

  test('take turns', () => {
    const log = join(dir, 'log');
    compare('--a', `printf a >> ${log}`, '--b', `printf b >> ${log}`, '--runs', '3', '--warmup', '2');
    expect(execFileSync('cat', [log], { encoding: 'utf8' })).toBe('ababababab');
  });

  test('--fail-above makes it a check', () => {
    expect(compare('--a', 'sleep 0.01', '--b', 'sleep 0.1', '--runs', '3', '--fail-above', '1.5').status).toBe(1);
    expect(compare('--a', 'sleep 0.1', '--b', 'sleep 0.01', '--runs', '3', '--fail-above', '1.5').status).toBe(0);
  });

  test('a failing command stops the comparison and is shown', () => {
    const done = compare('--a', 'true', '--b', 'echo broken >&2; exit 4');
    expect(done.status).toBe(3);
    expect(done.stderr).toMatch(/b exited with 4[\s\S]*broken/);
    expect(compare('--a', 'exit 1', '--b', 'true', '--runs', '1', '--accept', '0,1').status).toBe(0);
  });

  test.each([
    [['--a', 'true']],
    [['--a', 'true', '--b', 'true', '--runs', '0']],
    [['--a', 'true', '--b', 'true', '--wat']],
    [['--a', 'true', '--b', 'true', '--rev-a', 'x', '--rev-b', 'y']],
    [['--a', 'true', '--b', 'true', 'stray']],
  ])('bad use: %j', (args) => {
    const done = compare(...args);
    expect(done.status).toBe(2);
    expect(done.stderr).toContain('usage:');
  });
});

test('two revisions run in worktrees of their own, which are gone afterwards', () => {
  const repository = join(dir, 'repository');
  mkdirSync(join(repository, 'bin'), { recursive: true });
  const git = (...args: string[]) =>
    execFileSync('git', ['-C', repository, '-c', 'user.name=t', '-c', 'user.email=t@t', ...args], { encoding: 'utf8' });
  git('init', '-q');
  const log = join(dir, 'revisions');
  for (const word of ['old', 'new']) {
    const program = `require('node:fs').appendFileSync(process.argv[2], '${word} ')`;
    writeFileSync(join(repository, 'bin', 'winnow.js'), program);
    git('add', '.');
    git('commit', '-qm', word);
  }
  const args = ['--repo', repository, '--rev-a', 'HEAD~1', '--rev-b', 'HEAD', '--runs', '2', '--warmup', '0'];
  const done = compare(...args, '--', log);
  expect(done.stderr).toBe('');
  expect(done.status).toBe(0);
  expect(execFileSync('cat', [log], { encoding: 'utf8' })).toBe('old new old new ');
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(compare('--repo', repository, '--rev-a', 'HEAD', '--rev-b', 'nothing').status).toBe(3);
  expect(git('worktree', 'list').trim().split('\n')).toHaveLength(1);
  expect(readdirSync(scratch)).toEqual([]);
});

describe('measure', () => {
  test('wall time, exit code and standard error', async () => {
    const cost = await measure(shell('sleep 0.05; echo gone >&2; exit 3', dir));
    expect(cost.wallMs).toBeGreaterThan(49);
    expect(cost.exit).toBe(3);
    expect(cost.stderr).toBe('gone\n');
  });

  test.skipIf(!hasGnuTime)('processor time and peak memory (needs GNU time)', async () => {
    const program =
      'const held = Buffer.alloc(2e8, 1); const end = Date.now() + 200; while (Date.now() < end) held[0]++';
    const cost = await measure({ argv: [process.execPath, '-e', program], cwd: dir });
    expect(cost.cpuMs).toBeGreaterThan(100);
    expect(cost.peakBytes).toBeGreaterThan(2e8);
  });

  test('a program that does not exist is a failed run or an error, never a figure', async () => {
    const cost = await measure({ argv: ['no-such-program-here'], cwd: dir }).catch((error: Error) => error);
    expect(cost instanceof Error || cost.exit !== 0).toBe(true);
  });
});

test('tables are padded Markdown', () => {
  expect(
    table([
      ['', 'n'],
      ['long name', '1'],
    ]),
  ).toBe('|           | n   |\n|-----------|-----|\n| long name | 1   |');
  expect([milliseconds(0.1234), milliseconds(1234), milliseconds(12345)]).toEqual(['0.123 ms', '1.23 s', '12.3 s']);
});
