import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { checkJob } from '../../checkjob.ts';
import { openEmbeddedBackend } from '../backend.ts';
import { keepingFailure, keptBytes } from './kept.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-kept-'));
afterAll(() => rmSync(dir, { recursive: true }));

test('what cannot be kept is made, nothing of it is left, and the reason can be asked for', () => {
  const bytes = Buffer.from('made');
  expect(keptBytes(dir, 'entry', () => bytes)).toBe(bytes);
  expect(keepingFailure()).toBeNull();
  // Stands for every failure of a disk: a directory has the entry's place.
  mkdirSync(join(dir, 'taken'));
  expect(keptBytes(dir, 'taken', () => bytes)).toBe(bytes);
  expect(keepingFailure()).toMatch(/EISDIR|EEXIST|EPERM|ENOTEMPTY/);
  expect(readdirSync(dir).sort()).toEqual(['entry', 'taken']);
});

test('an engine goes on without what its cache did not take, and the outcome says so', async () => {
  const cacheDir = join(dir, 'cache');
  const settings = { cacheDir, path: [] };
  const job = checkJob({
    language: 'lua',
    entry: 'main.lua',
    files: [{ path: 'main.lua', bytes: Buffer.from('print(1)') }],
  });
  const run = async () => {
    const backend = openEmbeddedBackend(settings);
    const { stdout, notices } = await backend.run(job);
    await backend.close();
    return { printed: Buffer.from(stdout.head).toString(), told: notices.filter((text) => text.includes(cacheDir)) };
  };
  expect(await run()).toEqual({ printed: '1\n', told: [] });
  const entries = readdirSync(cacheDir).filter((name) => statSync(join(cacheDir, name)).isFile());
  expect(entries.length).toBeGreaterThan(0);
  for (const name of entries) {
    rmSync(join(cacheDir, name));
    mkdirSync(join(cacheDir, name));
  }
  rmSync(join(cacheDir, 'filled'), { recursive: true });
  const { printed, told } = await run();
  expect(printed).toBe('1\n');
  expect(told).toEqual([expect.stringMatching(/^Nothing more can be kept in .*, so lua starts slowly each time\.$/)]);
  expect(readdirSync(join(cacheDir, 'filled'))).toEqual([]);
});
