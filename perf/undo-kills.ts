/**
 * The kill tests of undo in full: `node perf/undo-kills.ts [COMMANDS [APPLIERS [SEED]]]`, by default 200 kills of the command and 50 of the applier on
 * each of two file systems. Prints one line of JSON; fails loudly where a directory was neither as before nor as kept.
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { seededRandom } from '../src/base/mod.ts';
import { openRunner, runOver, UndoStore } from '../src/run/mod.ts';
import { killAgainAndAgain } from '../src/run/overlay/killing.testing.ts';
import { changingScript, makeTree, smallTree } from '../src/run/overlay/tree.testing.ts';
import { killRuns } from '../test/undo-kills.ts';

const [commands = 200, appliers = 50, seed = 1] = process.argv.slice(2).map(Number);
const path = (process.env.PATH ?? '').split(':');
const place = mkdtempSync(join(tmpdir(), 'winnow-kills-'));
chmodSync(place, 0o755);
const random = seededRandom(seed);
const rows: Record<string, unknown> = {};

const tree = join(place, 'tree');
makeTree(tree, smallTree);
writeFileSync(join(place, 'change.sh'), changingScript);
const home = join(place, 'home');
mkdirSync(home);
if (commands > 0)
  rows.commands = await killRuns(
    ['run', join(place, 'change.sh'), '--in', tree, '--keep'],
    tree,
    home,
    commands,
    random,
  );

const runner = openRunner({ cacheDir: null, path });
for (const [name, base] of [
  ['sameFileSystem', place],
  ['otherFileSystem', '/dev/shm'],
] as const) {
  if (appliers === 0 || !existsSync(base)) continue;
  const directory = mkdtempSync(join(base, 'winnow-tree-'));
  chmodSync(directory, 0o755);
  makeTree(directory, smallTree);
  const store = new UndoStore({ directory: join(place, name), path });
  const job = { language: 'bash', files: [{ path: 'c.sh', bytes: Buffer.from(changingScript) }], entry: 'c.sh' };
  const request = { directory, command: '', entryInOver: () => null };
  const { entry } = await runOver(store, runner, job, request, { backend: 'native' });
  rows[name] = await killAgainAndAgain(store, join(place, name), entry.id, appliers, random);
  rmSync(directory, { recursive: true });
}
await runner.close();
rmSync(place, { recursive: true, force: true });
console.log(JSON.stringify({ seed, ...rows }));
