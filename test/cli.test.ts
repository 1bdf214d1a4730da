/** The command line's own behaviour: help, bad use, exit codes, streams. */
import { spawn, spawnSync } from 'node:child_process';
import { closeSync, existsSync, openSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { sections, verbHelp } from '../src/faces/cli/help.ts';
import { shapeOf } from '../src/faces/cli/shape.ts';
import { operationTable } from '../src/faces/operations/table.ts';
import { environment, launcher, root, winnow, workspace } from './program.ts';

const { dir, home, remove } = workspace();
afterAll(remove);
const run = (...words: string[]) => winnow(words, { home });

describe('help', () => {
  test('without words where there is no repository, with --help, and as a verb', () => {
    for (const words of [[], ['--help'], ['-h'], ['help']]) {
      const { status, stdout, stderr } = winnow(words, { home, cwd: dir });
      expect([status, stderr]).toEqual([0, '']);
      expect(stdout).not.toContain('undefined');
    }
    const firsts = operationTable.map(({ name }) => name.split(' ')[0] ?? '');
    expect(sections.flatMap(({ verbs }) => verbs).toSorted()).toEqual([...new Set(firsts)].toSorted());
  });

  test('of each verb', async () => {
    for (const row of operationTable) {
      const operation = await row.load();
      const text = verbHelp(operation, shapeOf(operation), {
        home,
        encoder: undefined,
        variable: () => undefined,
        cacheDir: home,
        path: [],
        color: false,
        columns: 100,
      });
      expect(text).toContain(`Usage  winnow ${row.name}`);
      expect(text).toContain('--json');
      for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    }
  });

  test('of a verb, both ways, without colours in a pipe', () => {
    const { status, stdout, stderr } = run('search', '--help');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^winnow search: /);
    expect(stdout).not.toContain('\x1b');
    expect(run('help', 'search').stdout).toBe(stdout);
  });

  test('the version is that of the package', () => {
    const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { version: string };
    expect(run('--version')).toEqual({ status: 0, stdout: `winnow ${version}\n`, stderr: '' });
  });
});

describe('bad use: exit code 2, one line, the way out', () => {
  const check = (words: string[], message: RegExp): void => {
    const { status, stdout, stderr } = run(...words);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error\[bad-usage\]: .*\n$/);
    expect(stderr).toMatch(message);
  };
  test('a misspelt verb', () => check(['serach', 'x'], /Did you mean `winnow search`\?/));
  test('an unknown verb', () => check(['frobnicate'], /Verbs: search, /));
  test('a misspelt flag', () => check(['search', 'x', '--limt', '3'], /Did you mean --limit\?/));
  test('a missing argument', () => check(['search'], /Expected a query\. Give one, or a pattern/));
  test('a value out of range', () => check(['search', 'x', '-n', '0'], /--limit must be at least 1; it was 0\./));
  test('an unknown setting', () => {
    const { status, stderr } = winnow(['languages'], { home, env: { ...environment(home), WINNOW_HMOE: 'x' } });
    expect(status).toBe(2);
    expect(stderr).toContain('Did you mean WINNOW_HOME?');
  });
  test('told as JSON when JSON was asked for', () => {
    const { status, stdout, stderr } = run('search', 'x', '--json', '--limit', 'many');
    expect([status, stdout]).toEqual([2, '']);
    expect(JSON.parse(stderr)).toEqual({
      error: { code: 'bad-usage', message: expect.stringContaining('--limit'), details: { verb: 'search' } },
    });
  });
});

describe('streams', () => {
  test.skipIf(!existsSync('/dev/full'))(
    'a full disk under the output is told as such (skipped without /dev/full)',
    () => {
      for (const words of [['languages'], ['languages', '--json'], ['--help']]) {
        const full = openSync('/dev/full', 'w');
        const { status, stderr } = winnow(words, { home, stdio: ['ignore', full, 'pipe'] });
        closeSync(full);
        expect(status).toBe(3);
        expect(stderr).toMatch(words.includes('--json') ? /^\{"error":\{"code":"disk-full"/ : /^error\[disk-full\]: /);
        expect(stderr).toContain('could not be written');
      }
    },
  );

  test.skipIf(!existsSync('/dev/full'))('a full disk under the messages does not cost the exit code', () => {
    const full = openSync('/dev/full', 'w');
    const { status } = winnow(['frobnicate'], { home, stdio: ['ignore', 'pipe', full] });
    closeSync(full);
    expect(status).toBe(2);
  });

  test('a reader that stops early is no failure', async () => {
    const child = spawn(process.execPath, [launcher, 'languages', '--json'], { env: environment(home) });
    child.stdout.destroy();
    let stderr = '';
    child.stderr.on('data', (data) => {
      stderr += data;
    });
    const status = await new Promise((resolve) => child.on('close', resolve));
    expect([status, stderr]).toEqual([0, '']);
  });

  test('colours when forced, none with NO_COLOR', () => {
    const colored = winnow(['--help'], { home, env: { ...environment(home), FORCE_COLOR: '1' } });
    expect(colored.stdout).toContain('\x1b[1m');
    const plain = winnow(['--help'], { home, env: { ...environment(home), FORCE_COLOR: '1', NO_COLOR: '1' } });
    expect(plain.stdout).not.toContain('\x1b');
  });

  test('no warnings of Node reach a user', () => {
    expect(run('languages').stderr).toBe('');
  });
});

const oldNode = ['/usr/bin/node', '/usr/local/bin/node'].find((path) => {
  const { stdout } = spawnSync(path, ['--version'], { encoding: 'utf8' });
  return /^v(20|21|22|23)\./.test(stdout ?? '');
});

describe.skipIf(oldNode === undefined)('on an older Node (skipped where none is installed)', () => {
  const old = oldNode as string;
  test('the same answer and exit code', () => {
    const options = { encoding: 'utf8', env: environment(home) } as const;
    expect(spawnSync(old, [launcher, '--version'], options).stdout).toBe(run('--version').stdout);
    expect(spawnSync(old, [launcher, 'frobnicate'], options).status).toBe(2);
  });
  test('setting up when all is set up installs nothing and says nothing', () => {
    const started = Date.now();
    const { status, stdout, stderr } = spawnSync(old, [join(root, 'setup.mjs')], { encoding: 'utf8' });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
    expect(Date.now() - started).toBeLessThan(15_000);
  });
});
