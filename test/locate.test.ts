/** `winnow locate` as users run it: what it prints, how it ends, what it refuses. */
import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRepository } from '../src/index/mod.ts';
import { takeLock } from '../src/index/store/lock.ts';
import { winnow } from './keptprogram.ts';
import { environment, launcher, sampleFiles, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const tree = join(dir, 'tree');
beforeAll(() => {
  writeFiles(tree, sampleFiles);
  writeFiles(dir, {
    'issue.md': 'Delays grow too fast\n\nThe wait before the next attempt of a failed request doubles each time.\n',
    'empty.md': ' \n',
    'binary.md': Uint8Array.of(1, 0, 2, 255),
    'coverage.json': '{"tests": [{"name": "t", "passed": false, "lines": {"src/cache.ts": [13]}}]}',
    'elsewhere.json':
      '{"tests": [{"name": "t", "passed": false, "lines": {"src/cache.ts": [13], "far/away.ts": [1]}}]}',
    'passing.json': '{"tests": [{"name": "t", "passed": true, "lines": {}}]}',
  });
});
afterAll(remove);
const run = (words: string[], input = '') => winnow(['locate', ...words], { home, cwd: dir, input });

test('files, classes and functions with reasons; the answer is stable JSON', () => {
  const { status, stdout } = run(['issue.md', 'tree']);
  expect(status).toBe(0);
  expect(stdout).toMatch(/^files\n {2}src\/client\.py/);
  expect(stdout).toContain('RetryPolicy.next_delay');
  const json = JSON.parse(run(['issue.md', 'tree', '--json']).stdout);
  expect(json).toMatchObject({ schema: 'winnow.locate/1', history: { extent: 'none' } });
  expect(json.files[0].path).toBe('src/client.py');
  expect(json.functions[0].id).toBe('src/client.py:RetryPolicy.next_delay');
});

test('from standard input and from words, the path after them', () => {
  const trace = 'Traceback (most recent call last):\n  File "/x/src/client.py", line 21, in send\nConnectionError\n';
  expect(run(['-', 'tree'], trace).stdout).toContain('src/client.py:Client.send');
  expect(run(['--text', 'oldest entry is not dropped', 'tree']).stdout).toContain('LruCache.evictOldest');
});

test('a budget bounds what is printed', () => {
  const { stdout } = run(['issue.md', 'tree', '--budget-tokens', '60']);
  expect(stdout.length).toBeLessThanOrEqual(60 * 3);
  expect(stdout).toContain('src/client.py');
});

test('coverage of a failing test decides', () => {
  const { stdout } = run(['issue.md', 'tree', '--coverage', 'coverage.json']);
  expect(stdout).toMatch(/^files\n {2}src\/cache\.ts/);
  expect(stdout).toContain('run by failing tests');
});

describe('coverage says what it could not use', () => {
  const check = (name: string, words: string[], expected: RegExp, unexpected = /--failing/) =>
    test(name, () => {
      const { status, stderr } = run(['issue.md', 'tree', '--coverage', ...words]);
      expect(status).toBe(0);
      expect(stderr).toMatch(expected);
      expect(stderr).not.toMatch(unexpected);
    });
  check(
    'a name that no failing test has',
    ['coverage.json', '--failing', 'test_none', '--failing', 't'],
    /No failing test of the coverage has a name that ends with "test_none"/,
    /ends with "t"/,
  );
  check(
    'one file that is not here',
    ['elsewhere.json'],
    /A file of the coverage is no source file .*: far\/away\.ts\./,
  );
});

const git = (...words: string[]) =>
  spawnSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', '-c', 'commit.gpgsign=false', ...words], {
    cwd: dir,
    encoding: 'utf8',
    env: { PATH: process.env.PATH, HOME: dir },
  });
const gitIsMissing = git('--version').status !== 0;

describe.skipIf(gitIsMissing)(`history${gitIsMissing ? ' (skipped: git is not installed)' : ''}`, () => {
  test('of a shallow clone: notice and last line say the same', () => {
    const past = join(dir, 'past');
    writeFiles(past, sampleFiles);
    git('init', '-q', '-b', 'main', 'past');
    for (const subject of ['First', 'Delays of retries', 'Delays again']) {
      writeFiles(past, { 'src/client.py': `${sampleFiles['src/client.py']}# ${subject}\n` });
      git('-C', 'past', 'add', '-A');
      git('-C', 'past', 'commit', '-q', '-m', subject);
    }
    const told = (name: string, ...depth: string[]): { stderr: string; last: string } => {
      expect(git('clone', '-q', ...depth, `file://${past}`, name).stderr).toBe('');
      const { stdout, stderr } = run(['issue.md', name]);
      return { stderr, last: stdout.trimEnd().split('\n').at(-1) ?? '' };
    };
    const one = told('of-one', '--depth', '1');
    expect(one.stderr).toContain('The clone is shallow: no past change could be read.');
    expect(one.last).toContain(' · 0 commits of shallow history · ');
    const two = told('of-two', '--depth', '2');
    expect(two.stderr).toContain('The clone is shallow: only one past change could be read.');
    expect(two.last).toContain(' · 1 commit of shallow history · ');
    const whole = told('of-all');
    expect([whole.stderr, whole.last]).toEqual(['', expect.stringContaining(' · 2 commits of whole history · ')]);
  });
});

test('nothing fits: exit 1', () => {
  const { status, stdout } = run(['--text', 'zzyzx', 'tree']);
  expect(status).toBe(1);
  expect(stdout).toContain('Nothing in this repository fits the issue.');
});

describe('refused with exit 2', () => {
  const check = (name: string, words: string[], message: RegExp) =>
    test(name, () => {
      const { status, stdout, stderr } = run(words);
      expect([status, stdout]).toEqual([2, '']);
      expect(stderr).toMatch(message);
    });
  check('no issue', [], /Expected an issue/);
  check('an empty one', ['empty.md', 'tree'], /is empty/);
  check('a binary file', ['binary.md', 'tree'], /is binary/);
  check('no such file', ['none.md', 'tree'], /Give a file, or the text itself with --text/);
  check('a text and a file', ['--text', 'x', 'issue.md', 'tree'], /--text came with issue.md and tree/);
  check('a text without words', ['--text', '?!', 'tree'], /holds no word/);
  check('an unknown signal', ['issue.md', 'tree', '--without', 'luck'], /luck/);
  check('a failing test without coverage', ['issue.md', 'tree', '--failing', 't'], /--failing goes with --coverage/);
  check('a formula without coverage', ['issue.md', 'tree', '--formula', 'op2'], /--formula goes with --coverage/);
  check(
    'coverage without a failing test',
    ['issue.md', 'tree', '--coverage', 'passing.json'],
    /at least one failing test/,
  );
});

test('while another process reads the repository for the first time, it is waited for', async () => {
  const cold = join(dir, 'cold-home');
  const repository = openRepository(tree, { home: cold });
  mkdirSync(repository.storeDir, { recursive: true });
  const lock = await takeLock(repository.storeDir, 0);
  const child = spawn(process.execPath, [launcher, 'locate', 'issue.md', 'tree'], { cwd: dir, env: environment(cold) });
  let stdout = '';
  child.stdout.on('data', (text) => {
    stdout += text;
  });
  // Longer than a refresh waits by itself for whoever writes.
  setTimeout(() => lock?.release(), 3_500);
  const [status] = await once(child, 'close');
  repository.close();
  expect(stdout).toMatch(/^files\n {2}src\/client\.py/);
  expect(status).toBe(0);
}, 30_000);
