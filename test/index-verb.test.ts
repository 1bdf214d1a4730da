/** `index` as a user runs it: status, verification, damage and repair, interruption. */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { environment, launcher, sampleFiles, workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const sample = join(dir, 'sample');
beforeAll(() => {
  writeFiles(sample, sampleFiles);
  expect(winnow(['index'], { home, cwd: sample }).status).toBe(0);
});
afterAll(remove);

const run = (...words: string[]) => winnow(words, { home, cwd: sample });
const json = (...words: string[]) => JSON.parse(run(...words, '--json').stdout);

describe('index', () => {
  test('status changes nothing and says what is held', () => {
    const status = json('index', '--status');
    expect(status).toMatchObject({ schema: 'winnow.index/1', action: 'status', report: null, problems: null });
    expect(status.languages.python.files).toBe(2);
    expect(status.storeBytes).toBeGreaterThan(0);
  });

  test('notebooks that cannot be read as such are told', () => {
    const books = join(dir, 'books');
    writeFiles(books, {
      'good.ipynb': '{"cells": [{"cell_type": "code", "source": ["def f(:\\n"]}]}\n',
      'cut.ipynb': '{"cells": [{"cell_type": "code", "source": ["def load(x):\\n"',
      'other.ipynb': '{"a": 1}\n',
    });
    const here = (...words: string[]) => winnow(['index', ...words], { home, cwd: books }).stdout;
    expect(here()).toContain('broken    2 notebooks, read as plain text: cut.ipynb, other.ipynb\n');
    expect(JSON.parse(here('--status', '--json')).brokenNotebooks).toEqual(['cut.ipynb', 'other.ipynb']);
    expect(json('index', '--status').brokenNotebooks).toEqual([]);
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
  const other = join(dir, 'big-home');
  const body = Array.from(
    { length: 25 },
    (_, i) => `export function part${i}(a: number) {\n  return a * ${i};\n}\n`,
  ).join('\n');
  const files = 2_000;
  writeFiles(big, Object.fromEntries(Array.from({ length: files }, (_, i) => [`m${i % 50}/file${i}.ts`, body + i])));
  const child = spawn(process.execPath, [launcher, 'index', big], { env: environment(other) });
  let told = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (data) => {
      told += data;
    });
  }
  const closed = new Promise((resolve) => child.on('close', resolve));
  // Once it has begun to write, it is in the middle of it.
  while (!existsSync(join(other, 'repos')) && child.exitCode === null) await new Promise((go) => setTimeout(go, 5));
  child.kill('SIGINT');
  expect([await closed, told]).toEqual([130, '']);
  const after = winnow(['search', 'part24', '--limit', '1', '--json', big], { home: other });
  expect(JSON.parse(after.stdout).completeness).toMatchObject({ indexedFiles: files, pendingFiles: 0 });
});
