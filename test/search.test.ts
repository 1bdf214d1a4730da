/** `search`, `show` and `index` as a user runs them, on a small repository and on bad ones. */
import { spawn } from 'node:child_process';
import { chmodSync, readdirSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { environment, launcher, sampleFiles, winnow, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const sample = join(dir, 'sample');
/** All but `.git/HEAD`, which makes the sample a repository. */
const sourceFiles = Object.keys(sampleFiles).length - 1;
const run = (...words: string[]) => winnow(words, { home, cwd: sample });
const json = (...words: string[]) => JSON.parse(run(...words, '--json').stdout);
const ids = (...words: string[]): string[] => json('search', ...words).hits.map((hit: { id: string }) => hit.id);

beforeAll(() => {
  writeFiles(sample, sampleFiles);
  expect(run('index').stderr).toBe('');
});
afterAll(remove);

describe('search', () => {
  test('a question finds the function that answers it, above the test of it', () => {
    const found = ids('when is a failed request tried again');
    expect(found[0]).toBe('src/client.py:RetryPolicy');
    expect(ids('next delay doubled')[0]).toBe('src/client.py:RetryPolicy.next_delay');
  });

  test('an identifier by name, humps and qualified name', () => {
    expect(ids('hashKey')[0]).toBe('src/cache.ts:hashKey');
    expect(ids('gRC')[0]).toBe('src/cache.ts:LruCache.getReadyCount');
    expect(ids('Store.OpenSession')[0]).toBe('store/store.go:Store.OpenSession');
  });

  test('the person sees id, kind, lines, the matching line and the mode', () => {
    const { status, stdout, stderr } = run('search', 'evictOldest');
    expect([status, stderr]).toEqual([0, '']);
    expect(stdout).toMatch(/^src\/cache\.ts:LruCache\.evictOldest {2}method {2}\d+–\d+ {2}[\d.]+\n/);
    expect(stdout).toMatch(/^ +6 {2}evictOldest\(\): void \{$/m);
    expect(stdout).toMatch(/identifier search \(inferred\)/);
  });

  test('a program sees the documented object', () => {
    const answer = json('search', 'evict oldest', '--limit', '1');
    expect(answer).toMatchObject({
      schema: 'winnow.search/1',
      root: expect.stringMatching(/sample$/),
      query: { text: 'evict oldest', mode: 'words', inferred: true },
      completeness: { indexedFiles: sourceFiles, pendingFiles: 0, stale: false },
      notices: [],
    });
    expect(answer.hits).toHaveLength(1);
    expect(answer.hits[0]).toMatchObject({ path: 'src/cache.ts', language: 'typescript', kind: 'method', body: null });
  });

  test('filters by flag and in the query mean the same', () => {
    expect(ids('session disk', '--lang', 'go')).toEqual(ids('session disk lang:go'));
    expect(ids('retry', '--path', 'tests/')).toEqual(ids('retry path:tests/'));
    expect(ids('retry', '--path', 'tests/').every((id) => id.startsWith('tests/'))).toBe(true);
    expect(ids('cache', '--kind', 'class')).toEqual(['src/cache.ts:LruCache']);
  });

  test('a directory in the repository narrows the search to it', () => {
    const below = winnow(['search', 'retry', 'tests', '--json'], { home, cwd: sample });
    for (const hit of JSON.parse(below.stdout).hits) expect(hit.path).toMatch(/^tests\//);
  });

  test('the reasons behind a score, on demand', () => {
    expect(json('search', 'evict oldest').hits[0].explanation).toBeNull();
    const { explanation, score } = json('search', 'evict oldest', '--explain').hits[0];
    expect(explanation.value).toBeCloseTo(score, 3);
    expect(explanation.children.length).toBeGreaterThan(0);
    expect(run('search', 'evict oldest', '--explain').stdout).toMatch(/[├└] /);
  });

  test('bodies, and a budget that is kept', () => {
    expect(json('search', 'evictOldest', '--body').hits[0].body).toContain('this.entries.delete(oldest)');
    const { tokens } = json('search', 'retry cache session', '--budget-tokens', '60');
    expect(tokens).toBeGreaterThan(0);
    expect(tokens).toBeLessThanOrEqual(60);
  });

  test('nothing found is exit code 1, told plainly', () => {
    const { status, stdout } = run('search', 'xylophone');
    expect(status).toBe(1);
    expect(stdout).toContain('matches');
    const asked = run('search', 'xylophone', '--json');
    expect([asked.status, JSON.parse(asked.stdout).hits]).toEqual([1, []]);
  });

  test('a change on disk is in the next answer; so is a removal', () => {
    writeFiles(sample, { 'src/late.py': 'def brand_new_marmalade():\n    return 1\n' });
    expect(ids('brand_new_marmalade')).toEqual(['src/late.py:brand_new_marmalade']);
    rmSync(join(sample, 'src/late.py'));
    expect(ids('brand_new_marmalade')).not.toContain('src/late.py:brand_new_marmalade');
  });
});

describe('show', () => {
  test('the source of a hit', () => {
    const { status, stdout } = run('show', 'src/client.py:RetryPolicy.next_delay');
    expect(status).toBe(0);
    expect(stdout).toContain('return 2 ** attempt');
  });
  test('an unknown id is a negative answer that names the nearest', () => {
    const { status, stderr } = run('show', 'src/client.py:RetryPolicy.next_dely');
    expect(status).toBe(1);
    expect(stderr).toMatch(/^error\[unknown-id\].*RetryPolicy\.next_delay/);
  });
});

describe('bad queries: explained, exit code 2', () => {
  const check = (query: string): void => {
    const { status, stdout, stderr } = run('search', '--', query);
    expect([status, stdout]).toEqual([2, '']);
    expect(stderr).toMatch(/^error\[bad-query\]: /);
  };
  test('empty', () => check(''));
  test('spaces', () => check('   '));
  test('huge', () => check('x '.repeat(20_000)));
  test('only exclusions', () => check('-foo -path:src'));
  test('an unknown filter value', () => check('x lang:klingon'));
  test('odd ones are answered', () => {
    for (const query of ['"unclosed', '((((', '\\', '*', '🦆', 'a\u0001b', '"""', ':', 'lang']) {
      const { status, stderr } = run('search', '--', query);
      expect([0, 1, 2]).toContain(status);
      expect(stderr).not.toContain('bug');
    }
  });
});

describe('bad places', () => {
  const check = (path: string, code: string, exit: number): void => {
    const { status, stderr } = winnow(['search', 'x', path], { home, cwd: dir });
    expect(stderr).toMatch(new RegExp(`^error\\[${code}\\]: `));
    expect(status).toBe(exit);
  };
  test('a path that is not there', () => check('nowhere', 'path-not-found', 2));
  test('a file', () => check('sample/README.md', 'not-a-directory', 2));
  test.skipIf(process.getuid?.() === 0)('a directory that may not be read (skipped for root, who may)', () => {
    const locked = join(dir, 'locked');
    writeFiles(locked, { 'a.py': 'x = 1\n' });
    chmodSync(locked, 0o000);
    check('locked', 'path-unreadable', 3);
    chmodSync(locked, 0o700);
  });
  test('an empty directory', () => {
    writeFiles(join(dir, 'empty'), { '.keep/x': '' });
    expect(winnow(['search', 'x', 'empty'], { home, cwd: dir }).status).toBe(1);
  });
  test('odd names, loops and rubbish are indexed or counted, never fatal', () => {
    const odd = join(dir, 'odd');
    writeFiles(odd, {
      'with space/a b.py': 'def spaced_out():\n    pass\n',
      'with\nnewline.py': 'def new_line():\n    pass\n',
      'binary.py': new Uint8Array([0, 1, 2, 3, 0, 255]),
      'empty.py': '',
      'broken.ts': 'export function halfOpen( { if (',
      'long.js': `var x = "${'y'.repeat(3_000_000)}";`,
      'latin.py': Buffer.from('# caf\xe9\ndef latin_one():\n    pass\n', 'latin1'),
      'escape.py': 'def escape_me():\n    """\x1b[31mred\x1b[0m \x07 bell"""\n',
    });
    writeFileSync(Buffer.concat([Buffer.from(`${odd}/bad-`), Buffer.from([0xff]), Buffer.from('.py')]), 'x = 1\n');
    symlinkSync('.', join(odd, 'loop'));
    const at = (query: string) => winnow(['search', query, 'odd'], { home, cwd: dir });
    expect(at('spaced_out').stdout).toContain('with space/a b.py:spaced_out');
    expect(at('new_line').stdout).toContain('with␊newline.py:new_line');
    expect(at('halfOpen').stdout).toContain('broken.ts');
    expect(at('latin_one').status).toBe(0);
    const escaped = at('escape_me bell');
    expect(escaped.status).toBe(0);
    expect(escaped.stdout.includes('\x1b') || escaped.stdout.includes('\x07')).toBe(false);
    const { leftOut } = JSON.parse(
      winnow(['index', 'odd', '--status', '--json'], { home, cwd: dir }).stdout,
    ).completeness;
    expect(leftOut).toMatchObject({ binary: 1, symlink: 1, 'name-not-utf8': 1 });
  });
  test('an index that cannot be written', () => {
    writeFiles(dir, { 'a-file': '' });
    const { status, stderr } = winnow(['search', 'x', 'sample'], {
      home,
      cwd: dir,
      env: { ...environment(home), WINNOW_HOME: join(dir, 'a-file') },
    });
    expect(stderr).toMatch(/^error\[store-unwritable\]: /);
    expect(status).toBe(3);
  });
});

describe('index', () => {
  test('status changes nothing and says what is held', () => {
    const status = json('index', '--status');
    expect(status).toMatchObject({ schema: 'winnow.index/1', action: 'status', report: null, problems: null });
    expect(status.languages.python.files).toBe(2);
    expect(status.storeBytes).toBeGreaterThan(0);
  });

  test('a second run has nothing to do', () => {
    expect(json('index').report).toMatchObject({ added: 0, changed: 0, removed: 0 });
  });

  test('two tasks at once are refused', () => expect(run('index', '--verify', '--tidy').status).toBe(2));

  test('tidy and verify leave it sound', () => {
    expect(run('index', '--tidy').status).toBe(0);
    expect(json('index', '--verify').problems).toEqual([]);
  });

  test('no progress in a pipe', () => expect(run('index', '--rebuild').stderr).toBe(''));

  test('damage is found, explained, and mended on request', () => {
    const other = join(dir, 'other-home');
    const here = (...words: string[]) => winnow(words, { home: other, cwd: sample });
    expect(here('index').status).toBe(0);
    for (const entry of readdirSync(other, { recursive: true, withFileTypes: true })) {
      const path = join(entry.parentPath, entry.name);
      if (entry.isFile() && statSync(path).size > 0) writeFileSync(path, Buffer.alloc(statSync(path).size, 0x5a));
    }
    const { status, stderr } = here('search', 'hashKey');
    expect(stderr).toMatch(/^error\[index-corrupt\]: .*--rebuild/);
    expect(status).toBe(3);
    expect(here('index', '--rebuild').status).toBe(0);
    expect(here('search', 'hashKey').stdout).toContain('src/cache.ts:hashKey');
  });
});

test('Ctrl-C ends a run with 130, without a word, and the next run goes on', async () => {
  const big = join(dir, 'big');
  const body = Array.from(
    { length: 60 },
    (_, i) => `export function part${i}(a: number): number {\n  return a * ${i};\n}\n`,
  ).join('\n');
  writeFiles(big, Object.fromEntries(Array.from({ length: 3_000 }, (_, i) => [`m${i % 50}/file${i}.ts`, body + i])));
  const child = spawn(process.execPath, [launcher, 'index', big], { env: environment(home) });
  let told = '';
  child.stdout.on('data', (data) => {
    told += data;
  });
  child.stderr.on('data', (data) => {
    told += data;
  });
  setTimeout(() => child.kill('SIGINT'), 1_000);
  const status = await new Promise((resolve) => child.on('close', resolve));
  expect([status, told]).toEqual([130, '']);
  const after = winnow(['search', 'part59', '--limit', '1', '--json', big], { home });
  expect(JSON.parse(after.stdout).completeness).toMatchObject({ indexedFiles: 3_000, pendingFiles: 0 });
});
