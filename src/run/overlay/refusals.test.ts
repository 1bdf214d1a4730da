/** What may not happen to a directory, and what is said instead: full and read-only disks, two at once, hostile names, a store past its bounds. */
import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openRunner, type Runner } from '../runner.ts';
import { realDirectory } from './realdirectory.ts';
import { type OverRun, runOver } from './runover.ts';
import { UndoStore } from './store.ts';
import { makeTree, toldTree } from './tree.testing.ts';
import type { StoreLimits } from './types.ts';

const path = (process.env.PATH ?? '').split(':');
let base: string;
let runner: Runner;
let isNative = false;

beforeAll(async () => {
  base = mkdtempSync(join(tmpdir(), 'winnow-refusals-'));
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
function place(files: Readonly<Record<string, string>>, limits?: StoreLimits, tree?: string) {
  const own = join(base, String(count++));
  const directory = tree ?? join(own, 'tree');
  makeTree(directory, files);
  const undo = join(own, 'undo');
  const store = new UndoStore({ directory: undo, path, ...(limits === undefined ? {} : { limits }) });
  const run = (script: string): Promise<OverRun> =>
    runOver(
      store,
      runner,
      { language: 'bash', files: [{ path: 'm.sh', bytes: Buffer.from(script) }], entry: 'm.sh' },
      { directory, command: 'test', entryInOver: () => null },
      { backend: 'native' },
    );
  return { directory, undo, store, run };
}

const isRoot = process.getuid?.() === 0;

/** A file system of so many bytes, mounted for the time of a test. */
async function mounted(bytes: number, act: (at: string) => Promise<void>): Promise<void> {
  const at = join(base, `mount-${count++}`);
  mkdirSync(at);
  execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${bytes},mode=755`, 'tmpfs', at]);
  try {
    await act(at);
  } finally {
    execFileSync('umount', ['-l', at]);
  }
}

function canMount(): boolean {
  if (!isRoot) return false;
  try {
    const at = join(base, 'trial');
    mkdirSync(at, { recursive: true });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', at], { stdio: 'ignore' });
    execFileSync('umount', [at]);
    return true;
  } catch {
    return false;
  }
}

describe.skipIf(process.platform !== 'linux')('over a directory (Linux: overlays)', () => {
  test('of two that keep at once one waits for the other, and meets what it left', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store, run } = place({ 'a.txt': 'a\n' });
    const [one, other] = [await run('echo one >> a.txt'), await run('echo other >> a.txt')];
    const answers = await Promise.all([store.keep(one.entry), store.keep(other.entry)]);
    expect(answers.map(({ result }) => result).sort()).toEqual(['conflict', 'kept']);
    const won = answers[0]?.result === 'kept' ? 'one' : 'other';
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe(`a\n${won}\n`);
    const again = await Promise.allSettled([
      store.undo(store.find(one.entry.id)),
      store.undo(store.find(one.entry.id)),
    ]);
    expect(again.filter(({ status }) => status === 'rejected')).toHaveLength(1);
  });

  test('a directory whose name is no UTF-8 is worked on, found by what is read of its name or by a link, unless several read alike', async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    const { store } = place({ 'a.txt': 'a\n' });
    const own = mkdtempSync(join(base, 'bytes-'));
    chmodSync(own, 0o755);
    execFileSync('bash', ['-c', `mkdir $'caf\\xe9'; echo a > $'caf\\xe9/a.txt'; ln -s $'caf\\xe9' way`], { cwd: own });
    const name = readdirSync(own).find((one) => one !== 'way') ?? '';
    const held = (): string => execFileSync('bash', ['-c', "cat $'caf\\xe9/a.txt'"], { cwd: own, encoding: 'utf8' });
    const bytes = Buffer.from('pwd; echo b >> a.txt');
    const job = { language: 'bash', files: [{ path: 'm.sh', bytes }], entry: 'm.sh' };
    const request = { directory: join(own, name), command: 'test', entryInOver: () => null };
    const { outcome, entry } = await runOver(store, runner, job, request, { backend: 'native' });
    expect(Buffer.from(outcome.stdout.head).toString()).toBe(`${own}/caf%E9\n`);
    expect(outcome.notices).toContain(
      `the path of the directory is no UTF-8, so the program found it at ${own}/caf%E9`,
    );
    expect(entry.directory).toBe(`${own}/caf\udce9`);
    expect(store.changes(entry).changes).toMatchObject([{ path: 'a.txt', diff: expect.stringContaining('+b') }]);
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(held()).toBe('a\nb\n');
    expect(await store.undo(store.find(entry.id))).toMatchObject({ result: 'undone' });
    expect(held()).toBe('a\n');
    expect(realDirectory(join(own, 'way'))).toBe(entry.directory);
    execFileSync('bash', ['-c', `mkdir $'caf\\xff'`], { cwd: own });
    expect(() => realDirectory(join(own, name))).toThrow(/2 names in .* read as caf\ufffd, .* Rename one of them/);
  });

  test('a full disk or a read-only one refuses a keep, and nothing is applied', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    if (!canMount()) skip('no file system can be mounted here');
    await mounted(1 << 20, async (tree) => {
      const { store, run } = place({ 'a.txt': 'a\n', 'b.txt': 'b\n' }, undefined, tree);
      const before = toldTree(tree, 'all');
      const { entry } = await run('echo more >> a.txt; head -c 3000000 /dev/zero > large; rm b.txt');
      await expect(store.keep(entry)).rejects.toMatchObject({ code: 'disk-full' });
      expect(toldTree(tree, 'all')).toBe(before);
      const small = await run('echo more >> a.txt');
      execFileSync('mount', ['-o', 'remount,ro', tree]);
      await expect(store.keep(small.entry)).rejects.toMatchObject({ code: 'undo-refused' });
      expect(toldTree(tree, 'all')).toBe(before);
      execFileSync('mount', ['-o', 'remount,rw', tree]);
      expect(await store.keep(store.find(small.entry.id))).toMatchObject({ result: 'kept' });
    });
  });

  test('entries whose files are damaged are told, refused, and stand in no other’s way', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, undo: own, run, store } = place({ 'a.txt': 'a\n' });
    const { entry } = await run('echo more >> a.txt');
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    // Each field of another type than it was written with.
    const sound = JSON.parse(readFileSync(join(own, 'entries', entry.id, 'entry.json'), 'utf8'));
    const wrong = { command: 1, owner: 'me', bytes: 'x', counts: { added: 'x' }, database: 7, irreversible: 'no' };
    const inner = Object.fromEntries(
      Object.entries(wrong).map(([name, value]) => [`has-${name}`, JSON.stringify({ ...sound, [name]: value })]),
    );
    const texts = {
      none: null,
      empty: '',
      text: '{"format":1',
      list: '[]',
      other: '{"format":9}',
      half: '{"format":1,"state":"kept"}',
      ...inner,
    };
    for (const [id, text] of Object.entries(texts)) {
      mkdirSync(join(own, 'entries', id));
      if (text !== null) writeFileSync(join(own, 'entries', id, 'entry.json'), text);
    }
    expect(store.list().map(({ id }) => id)).toEqual([entry.id]);
    const damaged = store.damaged();
    expect(Object.fromEntries(damaged.map(({ id, problem }) => [id, problem]))).toEqual({
      none: 'its entry.json cannot be read (ENOENT)',
      empty: 'its entry.json is no JSON',
      text: 'its entry.json is no JSON',
      list: 'its entry.json is no object',
      other: 'its entry.json is of format 9, which this Winnow does not know',
      half: 'its entry.json lacks its state, its time or its directory',
      ...Object.fromEntries(
        Object.keys(wrong).map((name) => [
          `has-${name}`,
          `the "${name}" of its entry.json is of another type than it was written with`,
        ]),
      ),
    });
    expect(() => store.find('half')).toThrow(/half cannot be kept or undone: .* remove that directory to forget it/);
    for (const name of ['journal.json', 'out/manifest']) {
      const file = join(own, 'entries', entry.id, name);
      const whole = readFileSync(file, 'utf8');
      const mistyped =
        name === 'journal.json'
          ? whole.replace('"times": {', '"times": {"x": "soon", ')
          : whole.replace(/"path": ?"/, '"path": "../');
      expect(mistyped).not.toBe(whole);
      for (const text of ['', '1\n', '{}\n', mistyped]) {
        writeFileSync(file, text);
        await expect(store.undo(store.find(entry.id))).rejects.toMatchObject({
          code: 'undo-refused',
          message: expect.stringContaining('damaged'),
        });
      }
      writeFileSync(file, whole);
    }
    expect(readFileSync(join(directory, 'a.txt'), 'utf8')).toBe('a\nmore\n');
    expect(await store.undo(store.find(entry.id))).toMatchObject({ result: 'undone' });
  });

  test('a file system that is mounted inside is not seen, and that is said', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    if (!canMount()) skip('no file system can be mounted here');
    const { directory, run } = place({ 'a.txt': 'a\n', 'in side/': '' });
    execFileSync('mount', ['-t', 'tmpfs', 'tmpfs', join(directory, 'in side')]);
    try {
      const { outcome } = await run('true');
      expect(outcome.notices.join('\n')).toContain(`empty directories there: ${directory}/in side`);
    } finally {
      execFileSync('umount', ['-l', join(directory, 'in side')]);
    }
  });

  test('a run whose command was killed is dropped by the next that recovers, which says so', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, undo, store } = place({ 'a.txt': 'a\n' });
    const { id } = store.begin({ directory, command: 'test', kind: 'run', irreversible: [] });
    expect(await store.recover()).toEqual([]);
    const file = join(undo, 'entries', id, 'entry.json');
    // As that of a process that is gone: no process started at the machine's own start with this number.
    writeFileSync(file, readFileSync(file, 'utf8').replace(/("owner":"\d+)-\d+-\d+/, '$1-4194304-1'));
    expect(await store.recover()).toEqual([`${id} was cut off while its program ran; what it had changed is dropped`]);
    expect(store.find(id)).toMatchObject({ state: 'dropped', bytes: 0 });
    await expect(store.keep(store.find(id))).rejects.toThrow('was dropped');
  });

  test('a manifest that names what lies elsewhere is not believed', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    for (const hostile of ['../evil', '/evil', 'a//b', './a', 'x/../../evil']) {
      const { directory, undo, store, run } = place({ 'a.txt': 'a\n' });
      const { entry } = await run('echo x > made');
      const manifest = join(undo, 'entries', entry.id, 'out', 'manifest');
      writeFileSync(manifest, readFileSync(manifest, 'utf8').replace('"made"', JSON.stringify(hostile)));
      const before = toldTree(base, 'none').replaceAll(/.*undo.*\n?/g, '');
      await expect(store.keep(entry)).rejects.toThrow();
      expect(toldTree(base, 'none').replaceAll(/.*undo.*\n?/g, '')).toBe(before);
      expect(existsSync(join(directory, 'made'))).toBe(false);
    }
  });

  test('a program cannot reach past its overlay', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, run, store } = place({ 'a.txt': 'a\n', out: `-> ${base}/outside`, 'deep/up': '-> ../..' });
    writeFileSync(join(base, 'outside'), 'outside\n');
    const before = toldTree(directory, 'all');
    const { outcome, entry } = await run(
      'echo x > out; cat out; echo y > deep/up/escaped; ls deep/up; ls -A /run/over; echo z > /run/over/out/z; mknod n b 8 0; ln a.txt hard; echo w >> hard; true',
    );
    const said = Buffer.from(outcome.stdout.head).toString();
    expect(said).not.toContain('outside');
    expect(Buffer.from(outcome.stderr.head).toString()).toMatch(/n: Operation not permitted/);
    expect(toldTree(directory, 'all')).toBe(before);
    expect(readFileSync(join(base, 'outside'), 'utf8')).toBe('outside\n');
    expect(existsSync(join(directory, '..', 'escaped'))).toBe(false);
    const paths = store.changes(entry).changes.map((change) => change.path);
    expect(paths).toEqual(expect.arrayContaining(['a.txt', 'hard']));
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(readFileSync(join(base, 'outside'), 'utf8')).toBe('outside\n');
  });

  test('another name of a file keeps what it held', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, run, store } = place({ 'a.txt': 'a\n' });
    linkSync(join(directory, 'a.txt'), join(directory, '..', 'elsewhere.txt'));
    const { entry } = await run('echo more >> a.txt');
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    expect(readFileSync(join(directory, '..', 'elsewhere.txt'), 'utf8')).toBe('a\n');
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
    expect(statSync(join(directory, 'a.txt')).ino).toBe(statSync(join(directory, '..', 'elsewhere.txt')).ino);
  });

  test('the store holds no more than it may: the oldest kept ones lose their undo, which is told', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    // An entry takes what was there before and a copy of what is new, for diffs.
    const limits = { bytes: 450_000, ageMs: 86_400_000, entries: 3 };
    const { run, store } = place({ big: 'x'.repeat(100_000) }, limits);
    const ids: string[] = [];
    const told: string[] = [];
    for (const letter of ['a', 'b', 'c', 'd']) {
      const { entry, notices } = await run(`head -c 100000 /dev/zero | tr '\\0' ${letter} > big`);
      ids.push(entry.id);
      told.push(...notices, ...(await store.keep(entry)).notices);
    }
    expect(told.join('\n')).toContain(`${ids[0]} can no longer be undone`);
    expect(store.list().map(({ undoable }) => undoable)).toEqual([true, true, false]);
    await expect(store.undo(store.find(ids[1] as string))).rejects.toMatchObject({ code: 'undo-refused' });
    expect(await store.undo(store.find('last'))).toMatchObject({ result: 'undone' });
  });

  test('an undo over what came since shows the diff, of a file of some 100 KB too, and what is held for that counts', async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, run, store } = place({ big: 'a line of text\n'.repeat(7_000) });
    const { entry } = await run('echo kept >> big; head -c 60000 /dev/zero > fresh');
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    // What was there before, and copies of both new contents.
    expect(store.find(entry.id).bytes).toBeGreaterThan(2 * 105_000 + 60_000);
    appendFileSync(join(directory, 'big'), 'since\n');
    expect(await store.undo(store.find(entry.id))).toMatchObject({
      result: 'conflict',
      conflicts: [{ path: 'big', diff: expect.stringContaining('-since') }],
    });
  });

  test('a refused undo tells what differs: of binaries, large texts, what is too large to be held, and what was removed', async ({
    skip,
  }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, run, store } = place({ gone: 'as it was\n' });
    const { entry } = await run(
      'printf "a\\0b" > binary; seq 300000 > large; head -c 17000000 /dev/zero > huge; rm gone; seq 9 > text; chmod +x text',
    );
    expect(await store.keep(entry)).toMatchObject({ result: 'kept' });
    writeFileSync(join(directory, 'binary'), Buffer.from('a\0c'));
    appendFileSync(join(directory, 'large'), 'since\n');
    appendFileSync(join(directory, 'huge'), 'since');
    writeFileSync(join(directory, 'gone'), 'made anew\n');
    const applied = await store.undo(store.find(entry.id));
    const told = applied.result === 'conflict' ? applied.conflicts : [];
    const notes = Object.fromEntries(told.map(({ path, diff, note }) => [path, diff ?? note]));
    expect(notes).toEqual({
      binary: expect.stringMatching(
        /^there now 3 bytes of SHA-256 [0-9a-f]{12}, kept 3 of [0-9a-f]{12}; they differ from byte 2 on$/,
      ),
      large: '@@ -299998,4 +299998,3 @@\n 299998\n 299999\n 300000\n-since\n',
      huge: expect.stringMatching(/^there now 17000005 bytes of .*, kept 17000000 of .* is not held any more/),
      gone: '@@ -1,1 +0,0 @@\n-made anew\n',
    });
  });

  test('files past the limit stop the program, and its changes are not lost sight of', async ({ skip }) => {
    if (!isNative) skip('no native sandbox here');
    const { directory, store } = place({ 'a.txt': 'a\n' });
    const before = toldTree(directory, 'all');
    const { outcome, entry } = await runOver(
      store,
      runner,
      {
        language: 'bash',
        files: [
          {
            path: 'm.sh',
            bytes: Buffer.from('for i in 1 2 3 4 5 6 7 8 9; do head -c 3000000 /dev/zero > f$i; sleep 0.2; done'),
          },
        ],
        entry: 'm.sh',
        limits: { fileBytes: 4 << 20 },
      },
      { directory, command: 'test', entryInOver: () => null },
      { backend: 'native' },
    );
    expect(outcome.ending).toMatchObject({ kind: 'crashed', reason: expect.stringContaining('--file-bytes') });
    expect(store.changes(entry).problem).toBeNull();
    expect(await store.undo(entry)).toMatchObject({ result: 'dropped' });
    expect(toldTree(directory, 'all')).toBe(before);
  });
});
