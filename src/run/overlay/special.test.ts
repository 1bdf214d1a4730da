/** Changes to what is more than bytes at a path: pipes, attributes, holes, the directory itself, and directories that are renamed. */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  closeSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRunner, type Runner } from '../runner.ts';
import { type OverRun, runOver } from './runover.ts';
import { UndoStore } from './store.ts';
import { makeTree, toldTree } from './tree.testing.ts';

const path = (process.env.PATH ?? '').split(':');
let base: string;
let runner: Runner;
let isNative = false;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'winnow-special-'));
  chmodSync(base, 0o755);
  runner = openRunner({ cacheDir: null, path });
  const offers = await runner.offers();
  isNative = offers.some(({ backend, availability }) => backend === 'native' && availability.state === 'ready');
});

afterAll(async () => {
  await runner.close();
  rmSync(base, { recursive: true, force: true });
});

let count = 0;
function place(files: Readonly<Record<string, string>>, tree?: string) {
  const own = join(base, String(count++));
  const directory = tree ?? join(own, 'tree');
  makeTree(directory, files);
  const store = new UndoStore({ directory: join(own, 'undo'), path });
  const run = (language: string, script: string): Promise<OverRun> =>
    runOver(
      store,
      runner,
      { language, files: [{ path: 'main', bytes: Buffer.from(script) }], entry: 'main' },
      { directory, command: 'test', entryInOver: () => null },
      { backend: 'native' },
    );
  return { directory, store, run };
}

const python = (code: string, ...words: string[]): string =>
  execFileSync('python3', ['-c', code, ...words], { encoding: 'utf8' });
const makePipe = (at: string): string => python('import os, sys; os.mkfifo(sys.argv[1])', at);
const attributes = (at: string): Record<string, string> =>
  JSON.parse(
    python(
      'import os, sys, json; f = sys.argv[1]; print(json.dumps({n: os.getxattr(f, n).hex() for n in os.listxattr(f)}))',
      at,
    ),
  );

/** Why extended attributes cannot be set below a directory; null: they can. */
function noAttributes(at: string): string | null {
  const set = spawnSync('python3', ['-c', 'import os, sys; os.setxattr(sys.argv[1], "user.trial", b"x")', at]);
  return set.status === 0 ? null : 'the file system has no extended attributes';
}

const isPipe = (at: string): boolean => existsSync(at) && lstatSync(at).isFIFO();

describe.skipIf(process.platform !== 'linux')('over a directory (Linux: overlays)', () => {
  test('a pipe that gets another name stays, and both names are said to be left out', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'a.txt': 'a\n', 'sub/b.txt': 'b\n' });
    for (const name of ['pipe', 'sub/inner']) makePipe(join(directory, name));
    const { entry } = await run('bash', 'mv pipe other; mv sub moved; echo c >> a.txt');
    const { leftOut, changes } = store.changes(entry);
    expect(leftOut.map((one) => one.path).sort()).toEqual(['moved/inner', 'other', 'pipe', 'sub']);
    expect(leftOut.find((one) => one.path === 'sub')?.reason).toContain('sub/inner may have become');
    expect(changes.map((one) => `${one.kind} ${one.path}`)).toEqual([
      'modified a.txt',
      'added moved',
      'added moved/b.txt',
    ]);
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(isPipe(join(directory, 'pipe')) && isPipe(join(directory, 'sub/inner'))).toBe(true);
  });

  test('a pipe that is removed is removed, and comes back, also where the store lies on another file system', async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    const elsewhere = existsSync('/dev/shm') ? mkdtempSync('/dev/shm/winnow-special-') : null;
    if (elsewhere !== null) chmodSync(elsewhere, 0o755);
    try {
      for (const tree of [undefined, ...(elsewhere === null ? [] : [join(elsewhere, 'tree')])]) {
        const { directory, store, run } = place({ 'a.txt': 'a\n' }, tree);
        makePipe(join(directory, 'pipe'));
        const before = toldTree(directory, 'all');
        const { entry } = await run('bash', 'rm pipe');
        expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
        expect(existsSync(join(directory, 'pipe'))).toBe(false);
        expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
        expect(isPipe(join(directory, 'pipe'))).toBe(true);
        expect(toldTree(directory, 'all')).toBe(before);
      }
    } finally {
      if (elsewhere !== null) rmSync(elsewhere, { recursive: true, force: true });
    }
  });

  test('permissions of the directory itself are said to be left out', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'a.txt': 'a\n' });
    const { entry } = await run('bash', 'chmod 700 .; echo b >> a.txt');
    expect(store.changes(entry).leftOut).toEqual([
      { path: '.', reason: 'permissions of the directory itself are not kept' },
    ]);
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(statSync(directory).mode & 0o777).not.toBe(0o700);
    expect(store.changes((await run('bash', 'true')).entry).leftOut).toEqual([]);
  });

  test('extended attributes of changed files are kept, and those of before come back', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'a.txt': 'a\n', 'large.txt': 'x'.repeat(100_000) });
    const why = noAttributes(join(directory, 'a.txt'));
    if (why !== null) skip(why);
    python('import os, sys; os.setxattr(sys.argv[1], "user.mine", b"m")', join(directory, 'large.txt'));
    const before = ['a.txt', 'large.txt'].map((name) => attributes(join(directory, name)));
    const { entry, outcome } = await run(
      'python',
      'import os\nfor n in ("a.txt", "large.txt"):\n    open(n, "a").write("more")\n    os.setxattr(n, "user.its", b"i")\n',
    );
    expect(Buffer.from(outcome.stderr.head).toString()).toBe('');
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(attributes(join(directory, 'a.txt'))).toEqual({ ...before[0], 'user.its': '69' });
    expect(attributes(join(directory, 'large.txt'))).toEqual({ ...before[1], 'user.its': '69' });
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
    expect(['a.txt', 'large.txt'].map((name) => attributes(join(directory, name)))).toEqual(before);
  });

  test('a file of holes counts in the store as what it takes on the disk', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'a.txt': 'a\n' });
    const large = join(directory, 'large');
    mkdirSync(directory, { recursive: true });
    closeSync(openSync(large, 'w'));
    truncateSync(large, 64 << 20);
    const { entry } = await run('bash', 'printf x | dd of=large bs=1 seek=1000 conv=notrunc status=none');
    expect(entry.bytes).toBeLessThan(1 << 20);
    await store.keep(entry);
    expect(store.find('last').bytes).toBeLessThan(1 << 20);
    expect(statSync(large)).toMatchObject({ size: 64 << 20 });
    expect(statSync(large).blocks * 512).toBeLessThan(1 << 20);
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
    expect(readFileSync(large).equals(Buffer.alloc(64 << 20))).toBe(true);
    const fd = openSync(large, 'r+');
    writeSync(fd, 'y', 2000);
    closeSync(fd);
    expect(await store.keep(store.find('last'))).toMatchObject({ result: 'conflict' });
  });

  test('mv renames directories that were there, and it is told as files that are renamed', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'src/deep/a.txt': 'a\n', 'src/b.txt': 'b\n', 'src/c': '-> b.txt' });
    const before = toldTree(directory, 'all');
    const { entry, outcome } = await run('bash', 'mv src lib && ls -R lib && test ! -e src');
    expect(outcome.ending).toMatchObject({ kind: 'exited', code: 0 });
    expect(store.changes(entry).changes.map(({ kind, from, path: to }) => `${kind} ${from ?? ''} ${to}`)).toEqual([
      'added  lib',
      'renamed src/b.txt lib/b.txt',
      'added  lib/c',
      'added  lib/deep',
      'renamed src/deep/a.txt lib/deep/a.txt',
      'removed  src',
      'removed  src/c',
      'removed  src/deep',
    ]);
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(readFileSync(join(directory, 'lib/deep/a.txt'), 'utf8')).toBe('a\n');
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
    expect(toldTree(directory, 'all')).toBe(before);
  });

  test('what is kept already is refused by its own name, with what can be done', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { store, run } = place({ 'a.txt': 'a\n' });
    const { entry } = await run('bash', 'echo b >> a.txt');
    await store.keep(entry);
    await expect(store.keep(store.find('last'))).rejects.toMatchObject({
      code: 'undo-refused',
      message: `Change set ${entry.id} is kept already, so there is nothing to keep; \`winnow undo ${entry.id}\` takes it back.`,
    });
  });
});
