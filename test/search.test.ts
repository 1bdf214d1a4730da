/** `search` and `show` as a user runs them, on a small repository. */
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { sampleFiles, workspace, writeFiles } from './program.ts';

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
    expect(ids('cache', '--kind', 'class')[0]).toBe('src/cache.ts:LruCache');
    expect(ids('cache', '--kind', 'class', '--meaning', 'off')).toEqual(['src/cache.ts:LruCache']);
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

  test('a regular expression ranks what it matches in, names first, as a hit like others', () => {
    const answer = json('search', '--regex', 'next_?[dD]elay', '--explain');
    expect(answer.query).toEqual({ text: 'next_?[dD]elay', mode: 'regex', inferred: false });
    expect(answer.hits[0]).toMatchObject({
      id: 'src/client.py:RetryPolicy.next_delay',
      kind: 'method',
      language: 'python',
    });
    expect(answer.hits[0].snippet[0].marks).toEqual([{ start: 8, end: 18 }]);
    expect(answer.hits[0].explanation.label).toBe('score (product)');
    expect(answer.total).toEqual({ count: answer.hits.length, moreThan: false });
    const text = run('search', '--regex', 'next_?[dD]elay', 'src', '--limit', '1');
    expect(text.stdout).toMatch(/^src\/client\.py:RetryPolicy\.next_delay.*\n(.*\n)*1 of \d+ matches · regex search ·/);
    expect(
      json('search', '--regex', 'next_?[dD]elay', '--path', 'tests/').hits.every(({ path }: { path: string }) =>
        path.startsWith('tests/'),
      ),
    ).toBe(true);
    expect(
      json('search', '--regex', 'class \\w', '--kind', 'class').hits.every(
        ({ kind }: { kind: string }) => kind === 'class',
      ),
    ).toBe(true);
    expect(run('search', '--regex', 'zzz+qqq').status).toBe(1);
    expect(run('search', '--regex', '(').status).toBe(2);
    expect(run('search', '--regex', 'x', '--clarify').stderr).toContain('--clarify does not go with --regex');
    expect(run('search', 'some words', 'src', '--regex', 'x').status).toBe(2);
  });

  test('a vague query gets a question whose choices are filters; the hits come all the same', () => {
    const vague = join(dir, 'vague');
    const folders = ['billing', 'shipping'];
    const files = folders.flatMap((folder) =>
      [1, 2, 3, 4].map((n) => [
        `${folder}/part${n}.py`,
        `def send_${'abcd'[n - 1]}(message):\n    return message + ${n}\n`,
      ]),
    );
    writeFiles(vague, Object.fromEntries([...files, ['.git/HEAD', 'ref: refs/heads/main\n']]));
    const here = (...words: string[]) => winnow(words, { home, cwd: vague });
    const { clarification, hits } = JSON.parse(here('search', 'send the message', '--clarify', '--json').stdout);
    expect(hits).toHaveLength(8);
    expect(clarification).toMatchObject({ asks: 'module', question: 'Where in the repository?' });
    const narrowings = clarification.choices.map(({ narrowing }: { narrowing: string }) => narrowing);
    expect([...narrowings].sort()).toEqual(['path:billing/', 'path:shipping/']);
    const next = JSON.parse(here('search', clarification.choices[0].query, '--json').stdout);
    expect(next.hits).toHaveLength(4);
    const text = here('search', 'send the message', '--clarify', '--limit', '1');
    expect(text.stdout).toContain(`Add one of these to the query:\n  ${narrowings.join('   ')}\n`);
    const within = here('search', 'send the message', '--clarify', '--budget-tokens', '100');
    expect([within.stdout.includes('Add one'), within.stderr.includes(narrowings[0])]).toEqual([false, true]);
    expect(JSON.parse(here('search', 'send the message', '--json').stdout).clarification).toBeNull();
    expect(JSON.parse(here('search', 'send_a', '--clarify', '--json').stdout).clarification).toBeNull();
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
