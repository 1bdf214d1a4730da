/** Sessions on SQLite files of the user's: what is kept, dropped and refused, in the native sandbox. */
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { openSandbox } from '../../native/opensandbox.ts';
import { openSessions } from '../open.ts';
import type { CellReport, Session } from '../types.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-sql-'));
const settings = { cacheDir: join(root, 'cache'), path: (process.env.PATH ?? '').split(':'), parallelism: 1 };
const sandbox = openSandbox(settings);
const availability = await sandbox.availability();
await sandbox.close();
const why = availability.state === 'ready' ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(why !== '')(`SQL sessions on a file${why}`, () => {
  const sessions = openSessions(settings);
  afterAll(async () => {
    await sessions.close();
    rmSync(root, { recursive: true });
  });
  let file = '';
  let count = 0;
  beforeEach(() => {
    file = join(root, `user${count++}.sqlite`);
    const database = new DatabaseSync(file);
    database.exec("CREATE TABLE t (a, b); INSERT INTO t VALUES (1, 'x'), (2, 'y')");
    database.close();
  });
  const begin = (): Promise<Session> =>
    sessions.open({ language: 'sql', backend: 'native', database: { kind: 'sqlite', file } });
  const rows = (report: CellReport): unknown =>
    report.outputs
      .flatMap((output) => (output.kind === 'shown' && output.value.table ? [output.value.table.rows] : []))
      .at(-1);
  function outside(sql: string): unknown[] {
    const database = new DatabaseSync(file);
    const found = database
      .prepare(sql)
      .all()
      .map((row) => Object.values(row as object)[0]);
    database.close();
    return found;
  }

  test('cells work on a copy, which is kept or dropped; copies go with the session', async () => {
    const session = await begin();
    const before = readFileSync(file);
    expect(session.version).toMatch(/^SQLite \d/);
    await session.run("INSERT INTO t VALUES (3, 'z'); UPDATE t SET b = 'q' WHERE a = 1; CREATE TABLE made (c)");
    expect(readFileSync(file).equals(before)).toBe(true);
    expect(await session.database?.changes()).toEqual([
      { name: 'made', change: 'added', addedRows: 0, removedRows: 0, schema: true },
      { name: 't', change: 'modified', addedRows: 2, removedRows: 1, schema: false },
    ]);
    await session.database?.drop();
    expect(rows(await session.run('SELECT * FROM t'))).toEqual([
      [1, 'x'],
      [2, 'y'],
    ]);
    expect(await session.database?.changes()).toEqual([]);
    await session.run('DELETE FROM t WHERE a = 1');
    await session.database?.keep();
    expect(outside('SELECT a FROM t')).toEqual([2]);
    await session.run('DELETE FROM t');
    await session.database?.keep();
    expect(outside('SELECT count(*) FROM t')).toEqual([0]);
    await session.database?.undo();
    expect(outside('SELECT a FROM t')).toEqual([2]);
    await session.database?.undo();
    expect(outside('SELECT a FROM t')).toEqual([1, 2]);
    await expect(session.database?.undo()).rejects.toMatchObject({ code: 'unsupported-job' });
    await session.database?.keep();
    outside('INSERT INTO t VALUES (9, 9) RETURNING a');
    await expect(session.database?.undo()).rejects.toMatchObject({
      code: 'database-changed',
      message: expect.stringMatching(/Changed since: t \+1 row\.$/),
      details: { changes: [{ name: 't', addedRows: 1, removedRows: 0 }] },
    });
    await session.run('INSERT INTO t VALUES (10, 10)');
    await expect(session.database?.keep()).rejects.toMatchObject({
      message: expect.stringMatching(/Changed since: t \+1 row\.$/),
    });
    await session.end();
    expect(readdirSync(join(root, 'cache', 'winnow-databases'))).toEqual([]);
  });

  test('copies of processes that were killed are cleared away', async () => {
    const place = join(root, 'cache', 'winnow-databases');
    const orphan = join(place, '4194305-left');
    mkdirSync(orphan, { recursive: true });
    const session = await begin();
    expect(readdirSync(place)).toEqual([expect.stringMatching(new RegExp(`^${process.pid}-`))]);
    await session.end();
  });

  test('a file that another changed meanwhile is not written, and the session goes on', async () => {
    const session = await begin();
    await session.run('DELETE FROM t');
    outside('INSERT INTO t VALUES (9, 9) RETURNING a');
    await expect(session.database?.keep()).rejects.toMatchObject({ code: 'database-changed' });
    expect(outside('SELECT a FROM t')).toEqual([1, 2, 9]);
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[0]]);
    await session.database?.drop();
    expect(rows(await session.run('SELECT a FROM t'))).toEqual([[1], [2], [9]]);
    await session.run('DELETE FROM t WHERE a = 1');
    await session.database?.keep();
    expect(outside('SELECT a FROM t')).toEqual([2, 9]);
  });

  test('an open transaction is neither kept nor lost', async () => {
    const session = await begin();
    const report = await session.run('BEGIN; DELETE FROM t');
    expect(report.notices.join()).toMatch(/transaction is open/);
    await expect(session.database?.keep()).rejects.toMatchObject({ code: 'database-busy' });
    await session.run('COMMIT');
    await session.database?.keep();
    expect(outside('SELECT count(*) FROM t')).toEqual([0]);
  });

  test('an endless statement is interrupted, its cell leaves what it finished, and the kernel lives', async () => {
    const session = await begin();
    const running = session.run(
      "INSERT INTO t VALUES (3, 'z');\nWITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT max(x) FROM c",
    );
    setTimeout(() => session.interrupt(), 300);
    expect(await running).toMatchObject({ ending: { kind: 'interrupted', by: 'caller' }, stateLost: false });
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[3]]);
  });

  test.each([
    ["ATTACH '/etc/other.sqlite' AS x", 'Refused'],
    ["ATTACH '../outside.sqlite' AS x", 'Refused'],
    ["SELECT load_extension('x')", 'Refused'],
    ['PRAGMA journal_mode = wal', 'Refused'],
    ['.tables', 'Refused'],
    ['SELECT 1;\nSELECT\n nothing', 'SQLITE_ERROR'],
  ])('%s is told', async (sql, name) => {
    const session = await begin();
    expect((await session.run(sql)).ending).toMatchObject({ kind: 'failed', error: { name } });
    expect((await session.run("ATTACH 'beside.sqlite' AS y; CREATE TABLE y.z (a)")).ending).toEqual({ kind: 'done' });
    await session.end();
  });

  test('results are bounded, and a hostile cell takes no more than its own', async () => {
    const session = await begin();
    const many = await session.run(
      'WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 5000) SELECT x FROM c',
    );
    expect(many.outputs[0]).toMatchObject({ value: { table: { omittedRows: 4000 } } });
    for (const sql of [
      'SELECT randomblob(2000000000)',
      'SELECT hex(zeroblob(60000000)) || hex(zeroblob(60000000))',
      'CREATE TABLE big AS WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c LIMIT 400000) SELECT randomblob(4000) AS y FROM c',
    ])
      expect((await session.run(sql)).ending.kind).not.toBe('done');
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[2]]);
  });

  test('a copy of a session has the database too', async () => {
    const session = await begin();
    await session.run('DELETE FROM t WHERE a = 1');
    const { session: forked, differing } = await session.fork();
    expect(differing).toEqual([]);
    await forked.run('DELETE FROM t');
    expect([
      rows(await session.run('SELECT count(*) FROM t')),
      rows(await forked.run('SELECT count(*) FROM t')),
    ]).toEqual([[[1]], [[0]]]);
    await forked.database?.keep();
    await expect(session.database?.keep()).rejects.toMatchObject({ code: 'database-changed' });
  });

  test('the embedded backend works on a file as well', async () => {
    const session = await sessions.open({ language: 'sql', backend: 'embedded', database: { kind: 'sqlite', file } });
    await session.run("INSERT INTO t VALUES (3, 'z')");
    await session.database?.keep();
    expect(outside('SELECT a FROM t')).toEqual([1, 2, 3]);
    await session.end();
  });

  test('a damaged database is not kept', async () => {
    const session = await begin();
    await session.run(
      'PRAGMA writable_schema = on; UPDATE sqlite_schema SET rootpage = 99999; PRAGMA writable_schema = off',
    );
    await expect(session.database?.keep()).rejects.toMatchObject({ code: 'bad-data' });
    expect(outside('SELECT count(*) FROM t')).toEqual([2]);
    expect(statSync(file).size).toBeGreaterThan(0);
  });

  test('what is no database, and databases of other languages, are refused', async () => {
    const open = (path: string, language: 'sql' | 'python' = 'sql') =>
      sessions.open({ language, backend: 'native', database: { kind: 'sqlite', file: path } });
    await expect(open(join(root, 'none'))).rejects.toMatchObject({ code: 'path-not-found' });
    await expect(open(import.meta.filename)).rejects.toMatchObject({ code: 'bad-data' });
    await expect(open(file, 'python')).rejects.toMatchObject({ code: 'bad-job' });
  });
});
