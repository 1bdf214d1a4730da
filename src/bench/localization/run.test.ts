import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRunner } from '../../run/mod.ts';
import { convertCommits, pseudoIssues } from '../convert/commits.ts';
import { type Instance, readInstances, writeInstances } from './instances.ts';
import { benchLocalization, worstRank } from './run.ts';
import { Worktree } from './worktree.ts';

const runner = openRunner({ cacheDir: null, path: (process.env.PATH ?? '').split(':') });
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const isReady = native?.runtimes.some(({ language, state }) => language === 'python' && state === 'ready') === true;
const lacking = isReady ? '' : ' (skipped: no native Python here)';

const gitIsMissing = spawnSync('git', ['--version']).status !== 0;
const withGit = describe.skipIf(gitIsMissing);
const title = gitIsMissing ? 'on a real repository (skipped: git is not installed)' : 'on a real repository';

let dir: string;
let clone: string;

function git(...words: string[]): string {
  const { status, stdout, stderr } = spawnSync(
    'git',
    ['-c', 'gc.auto=0', '-c', 'user.name=a', '-c', 'user.email=a@b.c', ...words],
    {
      cwd: clone,
      encoding: 'utf8',
      env: { PATH: process.env.PATH, HOME: dir },
    },
  );
  if (status !== 0) throw new Error(`git ${words.join(' ')}: ${stderr}`);
  return stdout.trim();
}

function commit(files: Record<string, string | null>, message: string): string {
  for (const [path, text] of Object.entries(files)) {
    if (text === null) rmSync(join(clone, path), { recursive: true });
    else {
      mkdirSync(dirname(join(clone, path)), { recursive: true });
      writeFileSync(join(clone, path), text);
    }
  }
  git('add', '-A');
  git('commit', '-q', '-m', message);
  return git('rev-parse', 'HEAD');
}

const clock = 'def tick_forever(seconds):\n    """Waits between the ticks of a clock."""\n    return seconds\n';
const money = 'def round_half_even(cents):\n    """Rounds cents as bankers do."""\n    return round(cents)\n';
let fix = '';

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-localization-'));
  clone = join(dir, 'clones', 'nobody+shop');
  mkdirSync(clone, { recursive: true });
  if (gitIsMissing) return;
  git('init', '-q', '-b', 'main');
  commit({ 'clock.py': clock, 'money.py': money, 'thing/inner.py': 'x = 1\n', flat: 'a file' }, 'Everything');
  fix = commit(
    {
      'clock.py': clock.replace('return seconds', 'return max(seconds, 1)'),
      'tests/test_clock.py': 'def test_ticks():\n    assert tick_forever(0) == 1\n',
    },
    'Fix the ticks of the clock when it waits for no seconds at all\n\nIt should wait for one second at least between ticks.\n\nSigned-off-by: a <a@b.c>\n',
  );
  commit({ thing: null, flat: null }, 'Remove things');
  commit({ thing: 'now a file\n', 'flat/now.py': 'a = "directory"\n' }, 'The other way round');
});
afterAll(async () => {
  await runner.close();
  rmSync(dir, { recursive: true });
});

const options = (path: string) => ({
  instances: path,
  repos: join(dir, 'clones'),
  work: join(dir, 'work'),
  home: join(dir, 'home'),
});

withGit(title, () => {
  test('commits become instances, and locate is measured on them', async () => {
    const path = join(dir, 'shop.jsonl');
    expect(
      convertCommits({ repository: clone, name: 'nobody/shop', limit: 5, windows: 1, body: true, target: path }),
    ).toBe(1);
    const [instance] = readInstances(path);
    expect(instance?.problemStatement).not.toContain('Signed-off-by');
    expect(instance?.patch).toBe(
      '--- a/clock.py\n+++ b/clock.py\n@@ -3,1 +3,1 @@\n-    return seconds\n+    return max(seconds, 1)\n',
    );
    const out = join(dir, 'run');
    const report = await benchLocalization({ ...options(path), out });
    expect(report.rows[0]).toMatchObject({
      goldFiles: ['clock.py'],
      goldFunctions: ['clock.py:tick_forever'],
      fileRank: 1,
      functionRank: 1,
      problem: null,
    });
    expect(report.groups[0]?.files.file1).toMatchObject({ value: 1, n: 1 });
    expect(existsSync(join(out, 'rows.jsonl'))).toBe(true);
    // The answer of the commit to come is not to be seen: neither its files nor its message.
    expect(existsSync(join(dir, 'work', 'nobody+shop', 'tests'))).toBe(false);
    expect(readFileSync(join(dir, 'work', 'nobody+shop', '.git', 'HEAD'), 'utf8').trim()).toBe(
      git('rev-parse', `${fix}~1`),
    );
  });

  test.skipIf(!isReady)(`the code of issues runs, and what it adds is told${lacking}`, async () => {
    chmodSync(dir, 0o755);
    const path = join(dir, 'ran.jsonl');
    const problemStatement = 'Waits\n\n```python\nimport clock\nclock.tick_forever(0)\n```\n';
    const patch = '--- a/clock.py\n+++ b/clock.py\n@@ -3,1 +3,1 @@\n-    return seconds\n+    return max(seconds, 1)\n';
    const rest = { repo: 'nobody/shop', baseCommit: git('rev-parse', `${fix}~1`), patch };
    writeInstances(path, [
      { id: 'code', problemStatement, ...rest },
      { id: 'words', problemStatement: 'The clock waits', ...rest },
    ]);
    const report = await benchLocalization({
      ...options(path),
      running: { runner, path: (process.env.PATH ?? '').split(':'), python: () => null },
    });
    expect(report.rows.map(({ id, run }) => [id, run?.statements, run?.functions])).toEqual([
      ['code', 2, 1],
      ['words', undefined, undefined],
    ]);
    expect(report.runs).toMatchObject({ carry: 1, ran: 1, filled: 0 });
    expect(report.runs?.difference.file1?.value).toBe(0);
  });

  test('examples are what the commit added to tests', () => {
    const wanted = { repository: clone, name: 'nobody/shop', limit: 5, windows: 1, examples: true };
    // The second instance would get one; the first, here the only one, does not.
    expect(pseudoIssues(wanted)[0]?.problemStatement).not.toContain('```');
  });

  test('a worktree is exactly its commit, also where files and directories change places', () => {
    const worktree = new Worktree(join(clone, '.git'), join(dir, 'placed'), 'nobody/shop');
    const ids = git('rev-list', 'main').split('\n');
    for (const id of [...ids, ...ids.reverse()]) {
      worktree.place(id);
      for (const line of git('ls-tree', '-r', id).split('\n')) {
        const [, , hash = '', path = ''] = line.split(/\s+/);
        expect(git('hash-object', join(dir, 'placed', path))).toBe(hash);
      }
      expect(existsSync(join(dir, 'placed', 'thing', 'inner.py'))).toBe(git('ls-tree', '-r', id).includes('inner.py'));
    }
    worktree.close();
  });

  test('a commit that is not there is said', () => {
    const worktree = new Worktree(join(clone, '.git'), join(dir, 'placed2'), 'nobody/shop');
    expect(() => worktree.place('1'.repeat(40))).toThrow(/it is not there/);
    worktree.close();
  });
});

const instance: Instance = {
  id: 'nobody__shop-1',
  repo: 'nobody/other',
  baseCommit: 'a'.repeat(40),
  problemStatement: 'x',
  patch: 'y',
};

test('a missing clone is told with what to run', async () => {
  const path = join(dir, 'missing.jsonl');
  writeInstances(path, [instance]);
  await expect(benchLocalization(options(path))).rejects.toThrow(
    /git clone --bare https:\/\/github\.com\/nobody\/other/,
  );
});

describe('instances', () => {
  const check = (name: string, line: string, message: RegExp) =>
    test(name, () => {
      const path = join(dir, 'bad.jsonl');
      writeFileSync(path, line);
      expect(() => readInstances(path)).toThrow(message);
    });
  const row = { instance_id: 'a', repo: 'b/c', base_commit: 'a'.repeat(40), problem_statement: 'x', patch: 'y' };
  check('no JSON', '\nhello\n', /bad\.jsonl:2: expected one JSON object/);
  check('nothing', '\n', /there is none/);
  check('no patch', JSON.stringify({ ...row, patch: '' }), /text under "patch"/);
  check('a short commit', JSON.stringify({ ...row, base_commit: 'abc' }), /full commit id/);
  check('a repository that is none', JSON.stringify({ ...row, repo: '../x' }), /owner\/name/);
  check('an id twice', `${JSON.stringify(row)}\n${JSON.stringify(row)}`, /:2: expected an id that no line/);
  test('no file', () => expect(() => readInstances(join(dir, 'none'))).toThrow(/cannot be read \(ENOENT\)/));
});

test('the rank of an answer is that of its worst-placed part', () => {
  expect(worstRank(['a', 'b', 'c'], ['c', 'a'])).toBe(3);
  expect(worstRank(['a', 'b'], ['a', 'x'])).toBeNull();
  expect(worstRank(['a'], [])).toBeNull();
});
