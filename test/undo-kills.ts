/**
 * Kills `winnow run --in DIR --keep`, with its whole process group, at random instants between its start and its end.
 *
 * Each time every process of it is waited for, since the one that applies changes is in a session of its own and is to survive. Then the directory must be
 * exactly as before, or exactly as kept; where it was kept it is undone, and must be exactly as before again.
 */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Random } from '../src/base/mod.ts';
import { UndoStore } from '../src/run/mod.ts';
import { toldTree } from '../src/run/overlay/tree.testing.ts';
import { environment, launcher } from './program.ts';

export interface CliKills {
  readonly kills: number;
  readonly before: number;
  readonly kept: number;
  /** What an unkilled one took, ms. */
  readonly wholeMs: number;
}

/** @param words of `winnow`, a run that keeps @throws Error when the directory was anything else */
export async function killRuns(
  words: readonly string[],
  tree: string,
  home: string,
  times: number,
  random: Random,
): Promise<CliKills> {
  const store = new UndoStore({ directory: join(home, 'undo'), path: (process.env.PATH ?? '').split(':') });
  const before = toldTree(tree, 'all');
  const start = performance.now();
  await run(words, home, null);
  const wholeMs = performance.now() - start;
  const kept = toldTree(tree, 'none');
  if (toldTree(tree, 'all') === before) throw new Error('the run that is to be killed changes nothing');
  const told = { kills: 0, before: 0, kept: 0 };
  for (;;) {
    if (toldTree(tree, 'all') !== before) {
      const [entry] = store.list();
      if (entry?.state !== 'kept') throw new Error(`the directory is changed and the latest entry is ${entry?.state}`);
      await store.undo(entry);
      if (toldTree(tree, 'all') !== before) throw new Error(`undo did not lead back:\n${toldTree(tree, 'all')}`);
    }
    if (told.kills === times) return { ...told, wholeMs };
    if (await run(words, home, random.next() * wholeMs * 1.1)) told.kills++;
    await applierEnds(home);
    const now = toldTree(tree, 'all');
    if (now === before) told.before++;
    else if (toldTree(tree, 'none') === kept) told.kept++;
    else throw new Error(`after kill ${told.kills} the directory is neither as before nor as kept:\n${now}`);
  }
}

/** @returns whether it was killed before it ended */
async function run(words: readonly string[], home: string, killAfterMs: number | null): Promise<boolean> {
  const child = spawn(process.execPath, [launcher, ...words], {
    env: environment(home),
    detached: true,
    stdio: 'ignore',
  });
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, signal) => resolve(signal)));
  if (killAfterMs !== null) {
    await Promise.race([ended, sleep(killAfterMs)]);
    try {
      process.kill(-(child.pid as number), 'SIGKILL');
    } catch {
      // It has ended.
    }
  }
  return (await ended) === 'SIGKILL';
}

/** Waits until nobody applies anything below this home. */
async function applierEnds(home: string): Promise<void> {
  const applies = (): boolean =>
    readdirSync('/proc').some((pid) => {
      if (!/^\d+$/.test(pid)) return false;
      try {
        const words = readFileSync(`/proc/${pid}/cmdline`, 'utf8').split('\0');
        return words.some((word) => word.endsWith('applier.py')) && words.includes(join(home, 'undo'));
      } catch {
        return false;
      }
    });
  while (applies()) await sleep(5);
}
