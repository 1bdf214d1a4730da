import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { saveFiles } from './savefiles.ts';
import type { ChangedFile } from './types.ts';

let dir = '';
let out = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-save-'));
  out = join(dir, 'out');
});
afterEach(() => rmSync(dir, { recursive: true }));

const file = (path: string, text = 'new', mode = 0o644): ChangedFile => ({
  path,
  change: 'added',
  bytes: Buffer.from(text),
  mode,
});

test('files and their directories are written, over what is there', async () => {
  mkdirSync(out);
  writeFileSync(join(out, 'a'), 'an older and longer text');
  expect(await saveFiles([file('a'), file('b/c/d', 'deep')], out)).toEqual({ written: ['a', 'b/c/d'], skipped: [] });
  expect(readFileSync(join(out, 'a'), 'utf8')).toBe('new');
  expect(readFileSync(join(out, 'b/c/d'), 'utf8')).toBe('deep');
});

test.each(['a file', 'a link to a file', 'below a file', 'a link to itself'])(
  '%s cannot be the directory',
  async (what) => {
    writeFileSync(join(dir, 'taken'), 'mine');
    symlinkSync('taken', join(dir, 'link'));
    symlinkSync('self', join(dir, 'self'));
    const names: Record<string, string> = {
      'a link to a file': 'link',
      'below a file': 'taken/out',
      'a link to itself': 'self',
    };
    const place = join(dir, names[what] ?? 'taken');
    await expect(saveFiles([], place)).rejects.toMatchObject({ code: 'not-a-directory' });
    expect(readFileSync(join(dir, 'taken'), 'utf8')).toBe('mine');
  },
);

test('a program may be run, and no more', async () => {
  await saveFiles([file('tool', '#!/bin/sh\n', 0o6777)], out);
  expect(lstatSync(join(out, 'tool')).mode & 0o7777).toBe(0o700);
});

test('names that leave are not written', async () => {
  const names = ['../evil', '/tmp/evil', 'a/../../evil', 'a\\..\\..\\evil', 'nul\0', ''];
  const { written, skipped } = await saveFiles(
    names.map((name) => file(name)),
    out,
  );
  expect([written, skipped.map(({ path }) => path)]).toEqual([[], names]);
  expect(readdirSync(dir, { recursive: true })).toEqual(['out']);
});

test('names that show as others are not written', async () => {
  const names = [
    'a\x1b[2Jb',
    'one\ntwo',
    'tab\t',
    'del\x7f',
    'c1\x9b31m',
    'a/\u202etxt.exe',
    'x\u2066',
    'line\u2028two',
  ];
  const { written, skipped } = await saveFiles(
    [...names, 'größe 日本 👩‍🚀.txt', 'שלום'].map((name) => file(name)),
    out,
  );
  expect(skipped.map(({ path }) => path)).toEqual(names);
  expect(written).toEqual(['größe 日本 👩‍🚀.txt', 'שלום']);
  expect(readdirSync(out).sort()).toEqual([...written].sort());
});

test('nothing is written where Git looks for commands, and what only resembles it is', async () => {
  const hooks = [
    '.git/hooks/pre-commit',
    'sub/.GIT/config',
    '.git',
    '.git ./config',
    'git~1/config',
    '.g\u200cit/config',
  ];
  const streams = ['.git::$INDEX_ALLOCATION/config', 'a\\.git\\config'];
  const kept = ['.gitignore', '.github/workflow', 'git/config', 'x.git/config'];
  const { written, skipped } = await saveFiles(
    [...hooks, ...streams, ...kept].map((name) => file(name)),
    out,
  );
  expect(skipped.map(({ path }) => path)).toEqual([...hooks, ...streams]);
  expect(skipped[0]?.reason).toContain('.git');
  expect(written).toEqual(kept);
  expect(readdirSync(out).sort()).toEqual(['.github', '.gitignore', 'git', 'x.git']);
});

test('no link is made, and none is passed through', async () => {
  mkdirSync(out);
  mkdirSync(join(dir, 'outside'));
  writeFileSync(join(dir, 'outside/kept'), 'kept');
  symlinkSync(join(dir, 'outside'), join(out, 'door'));
  symlinkSync(join(dir, 'outside/kept'), join(out, 'window'));
  symlinkSync(join(dir, 'outside/new'), join(out, 'dangling'));
  const { written, skipped } = await saveFiles(
    [
      file('door/evil'),
      file('window'),
      file('dangling'),
      { path: 'made', change: 'symlink', target: '/etc' },
      file('ok'),
    ],
    out,
  );
  expect(written).toEqual(['ok']);
  expect(skipped.map(({ path }) => path)).toEqual(['door/evil', 'window', 'dangling', 'made']);
  expect(readdirSync(join(dir, 'outside'))).toEqual(['kept']);
  expect(readFileSync(join(dir, 'outside/kept'), 'utf8')).toBe('kept');
  expect(readdirSync(out).sort()).toEqual(['dangling', 'door', 'ok', 'window']);
});

test('a file where a directory is needed, and the other way round', async () => {
  mkdirSync(join(out, 'd'), { recursive: true });
  writeFileSync(join(out, 'f'), '');
  const { written, skipped } = await saveFiles([file('f/x'), file('d')], out);
  expect([written, skipped.map(({ path }) => path)]).toEqual([[], ['f/x', 'd']]);
});

test('what was removed or left out is not written', async () => {
  const changes: ChangedFile[] = [
    { path: 'gone', change: 'removed' },
    { path: 'pipe', change: 'left-out', reason: 'it is neither file nor link' },
  ];
  expect(await saveFiles(changes, out)).toEqual({
    written: [],
    skipped: [{ path: 'pipe', reason: 'it is neither file nor link' }],
  });
});

test.skipIf(process.platform !== 'linux')('a directory below /proc is told as well (needs Linux)', async () => {
  await expect(saveFiles([file('a')], '/proc/nowhere/x')).rejects.toMatchObject({ code: 'path-unreadable' });
});

test('a directory several levels down is made', async () => {
  await saveFiles([file('a')], join(out, 'b', 'c'));
  expect(readFileSync(join(out, 'b', 'c', 'a'), 'utf8')).toBe('new');
});
