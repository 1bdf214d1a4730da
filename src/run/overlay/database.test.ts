/** Keeps of SQLite files in the undo store: taken back and put in again after their session, refused where that would lose something, killed anywhere. */
import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { seededRandom } from '../../base/mod.ts';
import { copyOut, fingerprint } from '../database/lockedfile.ts';
import { killAgainAndAgain } from './killing.testing.ts';
import { UndoStore } from './store.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-undo-database-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
let here = '';
let store: UndoStore;
const path = (process.env.PATH ?? '').split(':');
const at = (name: string): string => join(here, name);

beforeEach(() => {
  here = mkdtempSync(join(root, `${count++} ü?#-`));
  store = new UndoStore({ directory: at('undo'), path });
});

function say(sql: string, file = at('a')): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function rows(sql = 'SELECT x FROM t ORDER BY x'): unknown[] {
  const database = new DatabaseSync(at('a'));
  const found = database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row as object)[0]);
  database.close();
  return found;
}

const table = 'CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)';

/** Keeps what a statement does to a copy, as a session does. */
async function keep(sql: string) {
  const [before, after] = [at(`before${count}`), at(`after${count++}`)];
  await copyOut(at('a'), before);
  await copyOut(at('a'), after);
  say(sql, after);
  const fingerprints = { before: await fingerprint(before), after: await fingerprint(after) };
  const changes = [{ name: 't', change: 'modified', addedRows: 1, removedRows: 0, schema: false } as const];
  return store.keepDatabase({ name: at('a'), command: 'session keep a', changes, fingerprints, after });
}

async function other(script: string): Promise<ChildProcess> {
  const code = `import { DatabaseSync } from 'node:sqlite'; const db = new DatabaseSync(process.argv[1]); ${script}; console.log('ready'); setInterval(() => {}, 1000);`;
  const child = spawn(process.execPath, ['--input-type=module', '-e', code, '--', at('a')], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

async function ended(child: ChildProcess): Promise<void> {
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
}

const isLinux = process.platform === 'linux';

describe.skipIf(!isLinux).each(['delete', 'wal'])('in journal mode %s (Linux: the applier)', (mode) => {
  beforeEach(() => say(`PRAGMA journal_mode=${mode}; ${table}`));

  test('a keep is undone, kept again, and undone, and the journal mode stays', async () => {
    const { id, result } = await keep('INSERT INTO t VALUES (3); CREATE TABLE u (y)');
    expect([result, rows()]).toEqual(['kept', [1, 2, 3]]);
    expect(store.find(id)).toMatchObject({
      state: 'kept',
      undoable: true,
      kind: 'session',
      directory: here,
      database: { kind: 'sqlite', name: at('a'), changes: [{ name: 't', addedRows: 1 }] },
    });
    expect(await store.undo(store.find(id))).toMatchObject({ result: 'undone' });
    expect(rows()).toEqual([1, 2]);
    expect(rows("SELECT count(*) FROM sqlite_schema WHERE name = 'u'")).toEqual([0]);
    await expect(store.undo(store.find(id))).rejects.toMatchObject({ code: 'undo-refused' });
    expect(await store.keep(store.find(id))).toMatchObject({ result: 'kept' });
    expect(rows()).toEqual([1, 2, 3]);
    expect(await store.undo(store.find(id))).toMatchObject({ result: 'undone' });
    expect([rows(), rows('PRAGMA journal_mode'), rows('PRAGMA integrity_check')]).toEqual([[1, 2], [mode], ['ok']]);
    expect(readdirSync(here).filter((name) => name.startsWith('a-'))).toEqual([]);
  });

  test('what was changed again since is left alone, and nothing is lost', async () => {
    const { id } = await keep('INSERT INTO t VALUES (3)');
    say('INSERT INTO t VALUES (4)');
    expect(await store.undo(store.find(id))).toMatchObject({
      result: 'conflict',
      conflicts: [{ path: 'a', why: 'its content is another one now' }],
    });
    expect([rows(), store.find(id).state]).toEqual([[1, 2, 3, 4], 'kept']);
    // So that what differs can be told.
    expect(store.databaseSide(store.find(id), 'after')).not.toBeNull();
  });

  test('a process that holds the file keeps it', async () => {
    const { id } = await keep('INSERT INTO t VALUES (3)');
    const child = await other("db.exec('BEGIN IMMEDIATE; INSERT INTO t VALUES (77)')");
    await expect(store.undo(store.find(id))).rejects.toMatchObject({ code: 'database-busy' });
    await ended(child);
    expect([rows(), store.find(id).state]).toEqual([[1, 2, 3], 'kept']);
    expect(await store.undo(store.find(id))).toMatchObject({ result: 'undone' });
  });
});

describe.skipIf(!isLinux)('a kept database (Linux: the applier)', () => {
  beforeEach(() => say(table));

  test('that another changed before it is kept is not written, and leaves no entry', async () => {
    const [before, after] = [at('before'), at('after')];
    await copyOut(at('a'), before);
    await copyOut(at('a'), after);
    say('INSERT INTO t VALUES (9)');
    const fingerprints = { before: await fingerprint(before), after: await fingerprint(after) };
    const kept = await store.keepDatabase({ name: at('a'), command: '', changes: [], fingerprints, after });
    expect(kept.result).toBe('conflict');
    expect([rows(), store.list()]).toEqual([[1, 2, 9], []]);
  });

  test('whose file is gone, a link, or no database any more is told', async () => {
    const { id } = await keep('INSERT INTO t VALUES (3)');
    renameSync(at('a'), at('moved'));
    const told = { result: 'conflict', conflicts: [{ why: 'it is not there any more' }] };
    expect(await store.undo(store.find(id))).toMatchObject(told);
    symlinkSync(at('moved'), at('a'));
    expect(await store.undo(store.find(id))).toMatchObject(told);
    rmSync(at('a'));
    writeFileSync(at('a'), 'SQLite format 3\0 and then nothing of the kind'.padEnd(4096, 'x'));
    await expect(store.undo(store.find(id))).rejects.toMatchObject({ code: 'undo-refused' });
    rmSync(at('a'));
    renameSync(at('moved'), at('a'));
    expect(await store.undo(store.find(id))).toMatchObject({ result: 'undone' });
  });

  test('is bounded like all that the store holds', async () => {
    const { id } = await keep('INSERT INTO t SELECT randomblob(200000)');
    expect(store.find(id).bytes).toBeGreaterThan(200_000);
    const small = new UndoStore({ directory: at('undo'), path, limits: { bytes: 100_000, ageMs: 1e9, entries: 10 } });
    expect((await small.sweep()).join()).toMatch(/can no longer be undone/);
    expect(store.find(id)).toMatchObject({ state: 'kept', undoable: false, bytes: 0 });
    await expect(store.undo(store.find(id))).rejects.toThrow(/more than the store may hold/);
    expect(existsSync(join(at('undo'), 'entries', id, 'database'))).toBe(false);
  });

  test('is as before or as kept whenever the applier is killed', { timeout: 120_000 }, async () => {
    const { id } = await keep(
      'CREATE TABLE u (x, y); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 50) INSERT INTO u SELECT i, randomblob(900) FROM c',
    );
    await store.undo(store.find(id));
    const tell = (): string => JSON.stringify([rows(), rows('SELECT name FROM sqlite_schema ORDER BY name')]);
    const told = await killAgainAndAgain(store, at('undo'), id, 60, seededRandom(7), tell);
    expect(told.before).toBeGreaterThan(6);
    expect(told.kept).toBeGreaterThan(6);
    expect(statSync(at('a')).size).toBeGreaterThan(0);
  });
});

describe('what was committed to a server', () => {
  const request = { name: 'u@h:5432/d', command: 'session keep d', changes: [] };

  test('is in the history and cannot be undone', async () => {
    const commit = store.beginCommit(request);
    expect(store.find(commit.id)).toMatchObject({
      state: 'keeping',
      database: { kind: 'postgres', name: 'u@h:5432/d' },
    });
    // Whoever commits lives, so nobody settles it.
    if (isLinux) expect(await store.recover()).toEqual([]);
    commit.committed();
    expect(store.find(commit.id)).toMatchObject({ state: 'kept', undoable: false, whyNot: 'committed to the server' });
    if (isLinux)
      await expect(store.undo(store.find(commit.id))).rejects.toThrow(/cannot be undone: committed to the server/);
  });

  test('or was not, or nobody knows', () => {
    store.beginCommit(request).failed(null);
    expect(store.list()).toEqual([]);
    store.beginCommit(request).failed('the connection ended');
    expect(store.find('last')).toMatchObject({ state: 'kept', undoable: false, whyNot: 'the connection ended' });
  });
});
