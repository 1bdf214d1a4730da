import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { openRunner, type Runner } from '../runner.ts';
import { killAgainAndAgain } from './killing.testing.ts';
import { runOver } from './runover.ts';
import { UndoStore } from './store.ts';
import { changingScript, makeTree, smallTree } from './tree.testing.ts';

/** With the kills of the command in `test/undo.test.ts` they are 200; `perf/undo-kills.ts` does more. */
const kills = { sameFileSystem: 110, otherFileSystem: 74 };

const path = (process.env.PATH ?? '').split(':');
let runner: Runner;
let isNative = false;
const made: string[] = [];

beforeAll(async () => {
  runner = openRunner({ cacheDir: null, path });
  const offers = await runner.offers();
  isNative = offers.some(({ backend, availability }) => backend === 'native' && availability.state === 'ready');
});

afterAll(async () => {
  await runner.close();
  for (const place of made) rmSync(place, { recursive: true, force: true });
});

async function kill(base: string, times: number): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'winnow-kill-'));
  const directory = mkdtempSync(join(base, 'winnow-kill-tree-'));
  made.push(place, directory);
  chmodSync(directory, 0o755);
  makeTree(directory, smallTree);
  const store = new UndoStore({ directory: join(place, 'undo'), path });
  const job = { language: 'bash', files: [{ path: 'c.sh', bytes: Buffer.from(changingScript) }], entry: 'c.sh' };
  const request = { directory, command: '', entryInOver: () => null };
  const { entry } = await runOver(store, runner, job, request, { backend: 'native' });
  const told = await killAgainAndAgain(store, join(place, 'undo'), entry.id, times, seededRandom(Date.now()));
  expect(told.kills).toBeGreaterThanOrEqual(times);
  // Both sides were reached, or the kills came all at the same place.
  expect(told.before).toBeGreaterThan(times / 10);
  expect(told.kept).toBeGreaterThan(times / 10);
}

describe.skipIf(process.platform !== 'linux')('the applier, killed anywhere (Linux: overlays)', () => {
  test('leaves a directory as before or as kept, once the next one has looked', { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    await kill(tmpdir(), kills.sameFileSystem);
  });

  test('also where the store is on another file system', { timeout: 180_000 }, async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    if (!existsSync('/dev/shm')) skip('no second file system here');
    await kill('/dev/shm', kills.otherFileSystem);
  });
});
