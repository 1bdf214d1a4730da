import { chmodSync, globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRunner, type Runner } from '../runner.ts';
import type { Job } from '../types.ts';
import { type OverRun, runOver } from './runover.ts';
import { UndoStore } from './store.ts';
import { makeTree, toldTree } from './tree.testing.ts';
import type { StoreLimits } from './types.ts';

const path = (process.env.PATH ?? '').split(':');
let base: string;
let runner: Runner;
let isNative = false;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'winnow-overlay-'));
  chmodSync(base, 0o755);
  runner = openRunner({ cacheDir: null, path });
  isNative = (await runner.offers()).some(
    ({ backend, availability }) => backend === 'native' && availability.state === 'ready',
  );
});

afterAll(async () => {
  await runner.close();
  rmSync(base, { recursive: true, force: true });
});

let count = 0;
const files = {
  'a.txt': 'one\ntwo\nthree\n',
  'bin/tool': '#!/bin/sh\necho tool\n',
  'deep/er/b.txt': 'b\n',
  'deep/er/c.txt': 'c\n',
  link: '-> a.txt',
  'data.bin': 'a\0b',
  'old name.txt': 'the same bytes\n',
};

/** A tree, a store, and what a Bash script did to the one through the other. */
async function over(
  script: string,
  given: { files?: Record<string, string>; limits?: StoreLimits; job?: Partial<Job> } = {},
) {
  const place = join(base, String(count++));
  const directory = join(place, 'tree');
  makeTree(directory, given.files ?? files);
  const store = new UndoStore({
    directory: join(place, 'undo'),
    path,
    ...(given.limits === undefined ? {} : { limits: given.limits }),
  });
  const again = (other: string, job: Partial<Job> = {}): Promise<OverRun> =>
    runOver(
      store,
      runner,
      {
        language: 'bash',
        files: [{ path: 'main.sh', bytes: new TextEncoder().encode(other) }],
        entry: 'main.sh',
        ...job,
      },
      { directory, command: 'test', entryInOver: () => null },
      { backend: 'native' },
    );
  const before = toldTree(directory, 'all');
  const run = await again(script, given.job);
  expect(toldTree(directory, 'all')).toBe(before);
  const changes = store.changes(run.entry);
  const kinds = changes.changes.map(({ kind, path: one }) => `${kind} ${one}`);
  return {
    place,
    directory,
    store,
    run,
    changes,
    kinds,
    before,
    again,
    stdout: Buffer.from(run.outcome.stdout.head).toString(),
  };
}

const everything = `
echo four >> a.txt; rm -r deep; mkdir -p new/dir; echo x > new/dir/x; chmod 700 bin/tool; mv 'old name.txt' 'new name.txt'
ln -s new/dir/x way; rm link; mkdir link; echo in > link/file; printf 'a\\0c' > data.bin`;

describe.skipIf(process.platform !== 'linux')('a program over a directory (Linux: overlays)', () => {
  test('sees it at its own path as its current directory, and leaves it as it was', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { stdout, directory, kinds } = await over('pwd; cat a.txt; echo changed > a.txt; cat a.txt; ls');
    expect(stdout).toBe(`${directory}\none\ntwo\nthree\nchanged\na.txt\nbin\ndata.bin\ndeep\nlink\nold name.txt\n`);
    expect(kinds).toEqual(['modified a.txt']);
  });

  test('its changes are told by what they are, kept, undone, and kept again', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { kinds, changes, store, run, directory, before } = await over(everything);
    expect(kinds).toEqual([
      'modified a.txt',
      'mode bin/tool',
      'modified data.bin',
      'removed deep',
      'removed deep/er',
      'removed deep/er/b.txt',
      'removed deep/er/c.txt',
      'replaced link',
      'added link/file',
      'added new',
      'renamed new name.txt',
      'added new/dir',
      'added new/dir/x',
      'added way',
    ]);
    expect(changes.changes[0]?.diff).toBe('@@ -1,3 +1,4 @@\n one\n two\n three\n+four\n');
    expect(changes.changes[2]).toMatchObject({ diff: null, noDiff: 'binary' });
    expect(changes.changes[10]).toMatchObject({ from: 'old name.txt', diff: null, noDiff: null });
    expect(await store.keep(run.entry)).toMatchObject({ result: 'kept', notices: [] });
    const kept = toldTree(directory);
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('one\ntwo\nthree\nfour\n');
    expect(readFileSync(join(directory, 'link/file'), 'utf8')).toBe('in\n');
    expect(store.changes(store.find(run.entry.id)).changes[0]?.diff).toContain('+four');
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
    expect(toldTree(directory, 'all')).toBe(before);
    expect(await store.keep(store.find('last'))).toMatchObject({ result: 'kept' });
    expect(toldTree(directory)).toBe(kept);
  });

  test('what changed underneath is a conflict, whatever it was, and nothing is applied', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    for (const [change, where] of [
      [(tree: string) => writeFileSync(join(tree, 'a.txt'), 'mine\n'), 'a.txt'],
      [(tree: string) => rmSync(join(tree, 'a.txt')), 'a.txt'],
      [(tree: string) => chmodSync(join(tree, 'bin/tool'), 0o644), 'bin/tool'],
      [(tree: string) => writeFileSync(join(tree, 'new'), 'mine\n'), 'new'],
      [(tree: string) => writeFileSync(join(tree, 'deep/er/d.txt'), 'mine\n'), 'deep/er/d.txt'],
      [
        (tree: string) => {
          rmSync(join(tree, 'deep'), { recursive: true });
          symlinkSync('/tmp', join(tree, 'deep'));
        },
        'deep',
      ],
    ] as const) {
      const { store, run, directory } = await over(everything);
      change(directory);
      const mine = toldTree(directory, 'all');
      const answer = await store.keep(run.entry);
      expect(answer.result).toBe('conflict');
      if (answer.result === 'conflict') expect(answer.conflicts.map((one) => one.path)).toContain(where);
      expect(toldTree(directory, 'all')).toBe(mine);
      expect(store.find('last').state).toBe('pending');
    }
  });

  test('a file that is written underneath while the program runs is a conflict', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const place = join(base, 'moving');
    makeTree(place, files);
    const undo = join(base, 'moving-undo');
    const store = new UndoStore({ directory: undo, path });
    const script = 'until grep -q theirs a.txt; do sleep 0.05; done; echo mine >> a.txt';
    const job = { language: 'bash', files: [{ path: 'm.sh', bytes: new TextEncoder().encode(script) }], entry: 'm.sh' };
    const request = { directory: place, command: '', entryInOver: () => null };
    const running = runOver(store, runner, job, request, { backend: 'native' });
    // The overlay stands once its place for new contents is there.
    const hasBegun = (): boolean => globSync('entries/*/out/after', { cwd: undo }).length > 0;
    while (!hasBegun()) await new Promise((resolve) => setTimeout(resolve, 5));
    await new Promise((resolve) => setTimeout(resolve, 20));
    writeFileSync(join(place, 'a.txt'), 'theirs\n');
    const { entry } = await running;
    expect(await store.keep(entry)).toMatchObject({ result: 'conflict', conflicts: [{ path: 'a.txt' }] });
    expect(readFileSync(join(place, 'a.txt'), 'utf8')).toBe('theirs\n');
  });

  test('undo of what was changed since is refused with the difference, and changes nothing', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { store, run, directory } = await over(everything);
    await store.keep(run.entry);
    writeFileSync(join(directory, 'a.txt'), 'one\ntwo\nthree\nfour\nfive\n');
    writeFileSync(join(directory, 'new/dir/mine'), 'mine\n');
    const mine = toldTree(directory, 'all');
    const answer = await store.undo(store.find('last'));
    expect(answer).toMatchObject({
      result: 'conflict',
      conflicts: [{ path: 'a.txt' }, { path: 'new/dir/mine', diff: '@@ -1,1 +0,0 @@\n-mine\n' }],
    });
    if (answer.result === 'conflict')
      expect(answer.conflicts[0]?.diff).toBe('@@ -2,4 +2,3 @@\n two\n three\n four\n-five\n');
    expect(toldTree(directory, 'all')).toBe(mine);
    expect(store.find('last')).toMatchObject({ state: 'kept', undoable: true });
  });
});
