/**
 * An index survives being killed at any instant: nothing that a refresh reported is lost,
 * nothing half done is seen, no one has to repair anything, and the end is that of an
 * unharmed run.
 *
 * `WINNOW_KILLS=200` makes the full run; the default is a sample of it.
 */
import { spawn } from 'node:child_process';
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { seededRandom } from '../src/base/mod.ts';
import { openRepository, type Repository } from '../src/index/mod.ts';
import { sourceText } from './source-text.ts';
import { makeTree, type Tree } from './trees.ts';

const kills = Number(process.env.WINNOW_KILLS ?? 10);
const program = fileURLToPath(new URL('./programs/edit-and-index.ts', import.meta.url));

/** Runs the program and kills it `afterMs` after its first line. @returns what it said was in the index, in order */
async function indexAndKill(
  tree: Tree,
  seed: number,
  rounds: number,
  afterMs: number,
): Promise<Record<string, number | null>[]> {
  const child = spawn(process.execPath, [program, tree.root, tree.home, String(seed), String(rounds)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    // Loading the program takes longer than what is to be tested.
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(tree.home, 'compiled') },
  });
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const exit = new Promise((resolve) => child.once('close', resolve));
  const loaded = new Promise((resolve) => child.stdout.once('data', resolve));
  await Promise.race([loaded, exit]);
  await Promise.race([sleep(afterMs), exit]);
  child.kill('SIGKILL');
  await exit;
  // The last line may be cut short.
  return said
    .split('\n')
    .slice(0, -1)
    .map((line) => JSON.parse(line));
}

/** Path → number in the names of its functions, by its facts. */
function numbers(repository: Repository): Map<string, number> {
  const snapshot = repository.snapshot();
  const found = new Map<string, number>();
  for (const file of snapshot.files()) {
    found.set(file.path, Number(snapshot.facts(file.version).symbols[0]?.name.replace('subject', '')));
  }
  snapshot.close();
  return found;
}

/** Path → number, by the postings. */
function postedNumbers(repository: Repository): Map<string, number> {
  const snapshot = repository.snapshot();
  const found = new Map<string, number>();
  for (const { segment, live } of snapshot.segments(null)) {
    for (const term of segment.termsWithPrefix('subject', 1_000_000)) {
      for (const doc of segment.postings(term)?.docs ?? []) {
        const at = segment.versionIndex(doc);
        const file = live === null || live[at] === 1 ? snapshot.fileOfVersion(segment.versions[at] as number) : null;
        if (file !== null && /^subject\d+$/.test(term)) found.set(file.path, Number(term.replace('subject', '')));
      }
    }
  }
  snapshot.close();
  return found;
}

const sorted = (map: ReadonlyMap<string, number>) => [...map].sort(([a], [b]) => (a < b ? -1 : 1));

test(`an index killed ${kills} times is sound each time`, { timeout: 60_000 + kills * 5_000 }, async () => {
  const random = seededRandom(2026);
  const tree = makeTree();
  const durable = new Map<string, number | null>();
  let refreshes = 0;
  for (let kill = 1; kill <= kills; kill++) {
    for (const done of await indexAndKill(tree, kill, 1_000, random.next() * 900)) {
      refreshes++;
      for (const [file, number] of Object.entries(done)) durable.set(file, number);
    }
    const repository = openRepository(tree.root, { home: tree.home });
    expect(repository.verify()).toEqual([]);
    const found = numbers(repository);
    expect(sorted(postedNumbers(repository))).toEqual(sorted(found));
    // Only a removal that was not reported any more may have taken a file away.
    const lost = [...durable].filter(([file, number]) => {
      const now = found.get(file);
      return number !== null && (now === undefined ? existsSync(path.join(tree.root, file)) : now < number);
    });
    expect(lost).toEqual([]);
    await repository.refresh();
    expect(repository.verify()).toEqual([]);
    const now = numbers(repository);
    // What was removed last, or edited without a word, is as the disk has it.
    for (const [file, number] of durable) {
      if (number !== null && now.has(file)) expect(now.get(file)).toBeGreaterThanOrEqual(number);
    }
    durable.clear();
    for (const [file, number] of now) durable.set(file, number);
    repository.close();
  }
  // Kills that only hit starting processes would show nothing; a busy machine has half as many refreshes as kills.
  expect(refreshes).toBeGreaterThan(kills / 3);
  const survivor = openRepository(tree.root, { home: tree.home });
  const fresh = openRepository(tree.root, { home: `${tree.home}-fresh` });
  await fresh.refresh();
  expect(sorted(numbers(survivor))).toEqual(sorted(numbers(fresh)));
  expect(sorted(postedNumbers(survivor))).toEqual(sorted(postedNumbers(fresh)));
  // What killed writers left unfinished was cleared away.
  expect(readdirSync(path.join(survivor.storeDir, 'data')).filter((name) => name.endsWith('.new'))).toEqual([]);
  survivor.close();
  fresh.close();
});

test('processes that edit and refresh at once do no harm', { timeout: 60_000 }, async () => {
  const tree = makeTree(Object.fromEntries(Array.from({ length: 130 }, (_, i) => [`dir0/file${i}.ts`, sourceText(i)])));
  const said = await Promise.all([indexAndKill(tree, 1, 6, 50_000), indexAndKill(tree, 2, 6, 50_000)]);
  expect(said.map((lines) => lines.length)).toEqual([7, 7]);
  const repository = openRepository(tree.root, { home: tree.home });
  expect(repository.verify()).toEqual([]);
  await repository.refresh();
  const fresh = openRepository(tree.root, { home: `${tree.home}-fresh` });
  await fresh.refresh();
  expect(sorted(numbers(repository))).toEqual(sorted(numbers(fresh)));
  repository.close();
  fresh.close();
});
