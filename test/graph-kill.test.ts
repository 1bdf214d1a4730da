/**
 * A graph survives that the process that builds it is killed at any instant: the next one opens, and says what one that
 * was never harmed says. `WINNOW_KILLS=200` makes the full run; the default is a sample of it.
 */
import { spawn } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom } from '../src/base/mod.ts';
import { openGraph, openRepository } from '../src/index/mod.ts';
import { describeGraph } from './graphs.ts';
import { makeTree } from './trees.ts';

const kills = Math.ceil(Number(process.env.WINNOW_KILLS ?? 10) / 2);
const program = fileURLToPath(new URL('./programs/edit-and-graph.ts', import.meta.url));

/** Kills the program so long after its first line. @returns how many graphs it opened */
async function openAndKill(root: string, home: string, seed: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [program, root, home, String(seed)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Loading the program takes longer than what is to be tested.
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(home, 'compiled') },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  await Promise.race([new Promise((resolve) => child.stdout.once('data', resolve)), exit]);
  await Promise.race([sleep(afterMs), exit]);
  child.kill('SIGKILL');
  await exit;
  return said.split('opened').length - 1;
}

test(`a graph whose builder was killed ${kills} times is sound each time`, {
  timeout: 60_000 + kills * 5_000,
}, async () => {
  const random = seededRandom(2026);
  const tree = makeTree();
  let opened = 0;
  for (let kill = 1; kill <= kills; kill++) {
    // Until one builder has come to its end each has longer than the last: how long it takes goes by the machine.
    const patience = opened > 0 ? 1 : 2 ** (kill - 1);
    opened += await openAndKill(tree.root, tree.home, kill, (200 + random.next() * 1_200) * patience);
    const survivor = openRepository(tree.root, { home: tree.home });
    const unharmed = openRepository(tree.root, { home: `${tree.home}-${kill}` });
    expect(describeGraph(await openGraph(survivor))).toBe(describeGraph(await openGraph(unharmed)));
    expect(survivor.verify()).toEqual([]);
    survivor.close();
    unharmed.close();
  }
  expect(opened).toBeGreaterThan(0);
  const last = openRepository(tree.root, { home: tree.home });
  await openGraph(last);
  await last.tidy();
  expect(readdirSync(path.join(last.storeDir, 'data')).filter((name) => name.endsWith('.new'))).toEqual([]);
  last.close();
});
