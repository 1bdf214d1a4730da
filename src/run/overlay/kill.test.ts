import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
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
const kills = { sameFileSystem: 118, otherFileSystem: 74, layer: 30 };

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
  for (const at of mounts) execFileSync('umount', ['-l', at]);
  for (const place of made) rmSync(place, { recursive: true, force: true });
});

async function kill(base: string, times: number, isLayer = false): Promise<void> {
  const place = mkdtempSync(join(tmpdir(), 'winnow-kill-'));
  const directory = mkdtempSync(join(base, 'winnow-kill-tree-'));
  made.push(place, directory);
  chmodSync(directory, 0o755);
  makeTree(directory, smallTree);
  const store = new UndoStore({ directory: join(place, 'undo'), path });
  const job = { language: 'bash', files: [{ path: 'c.sh', bytes: Buffer.from(changingScript) }], entry: 'c.sh' };
  const request = { directory, command: '', entryInOver: () => null };
  const { entry } = await runOver(store, runner, job, request, { backend: 'native' });
  if (isLayer) {
    layOver(directory, place);
    // The directory is another one now, by its device, that holds the same.
    const file = join(place, 'undo/entries', entry.id, 'entry.json');
    const { dev, ino } = statSync(directory, { bigint: true });
    const known = JSON.parse(readFileSync(file, 'utf8'));
    writeFileSync(file, JSON.stringify({ ...known, device: String(dev), inode: String(ino) }));
  }
  const told = await killAgainAndAgain(store, join(place, 'undo'), entry.id, times, seededRandom(Date.now()));
  expect(told.kills).toBeGreaterThanOrEqual(times);
  // Both sides were reached, or the kills came all at the same place.
  expect(told.before).toBeGreaterThan(times / 10);
  expect(told.kept).toBeGreaterThan(times / 10);
}

const mounts: string[] = [];

/** Makes what lies in a directory the lower layer of an overlay, as in a container: its directories cannot be renamed then. */
function layOver(directory: string, place: string): void {
  const [upper, work] = [join(place, 'upper'), join(place, 'work')];
  for (const one of [upper, work]) mkdirSync(one, { mode: 0o755 });
  const options = `lowerdir=${directory},upperdir=${upper},workdir=${work}`;
  execFileSync('mount', ['-t', 'overlay', 'overlay', '-o', options, directory]);
  mounts.push(directory);
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

  test('also where the directory lies on an overlay, which renames no directories', { timeout: 180_000 }, async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    if (process.getuid?.() !== 0) skip('only root mounts an overlay here');
    await kill(tmpdir(), kills.layer, true);
  });
});
