/** Sessions on a real PostgreSQL server: what is kept, dropped, refused, interrupted and lost. */
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serverPrograms, startServer, type TestServer, testPassword } from '../../database/connection.testing.ts';
import { connect, readServerAddress } from '../../database/connection.ts';
import { openSessions } from '../open.ts';
import type { CellReport, Session, SessionLimits } from '../types.ts';

test.each([
  ['postgres://u@h/d', { host: 'h', port: 5432, user: 'u', database: 'd', encryption: 'verified' }],
  ['postgresql://u@127.0.0.1:7/', { host: '127.0.0.1', port: 7, user: 'u', database: 'u', encryption: 'none' }],
  ['postgres://u@localhost/d?sslmode=require', { encryption: 'unverified' }],
  ['postgres://u@/d?host=/tmp/x', { host: '/tmp/x', encryption: 'none' }],
  ['postgres://u%40x@[::1]/a%20b', { host: '::1', user: 'u@x', database: 'a b' }],
])('the address %s', (url, expected) => expect(readServerAddress(url)).toMatchObject(expected));

test.each([
  'postgres://u:secret@h/d',
  'mysql://u@h/d',
  'postgres://h/d',
  'postgres://u@h/d?options=-c',
  'x',
  'postgres://u@h/d?sslmode=no',
])('no address: %s', (url) => {
  expect(() => readServerAddress(url)).toThrow(expect.objectContaining({ code: 'bad-usage' }));
  expect(() => readServerAddress(url)).not.toThrow(/secret/);
});

const why = serverPrograms() === null ? ' (skipped: no PostgreSQL server is installed here)' : '';

describe.skipIf(why !== '')(`sessions on a server${why}`, () => {
  let server: TestServer;
  let session: Session;
  const opened = openSessions({ cacheDir: null, path: ['/usr/bin', '/bin'] });
  const sessions: Session[] = [];
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(async () => {
    await opened.close();
    server?.stop();
  });

  async function begin(
    options: {
      limits?: Partial<SessionLimits>;
      grantIrreversible?: boolean;
      url?: string;
      password?: string | null;
    } = {},
  ): Promise<Session> {
    const made = await opened.open({
      language: 'sql',
      backend: 'auto',
      limits: options.limits ?? {},
      database: {
        kind: 'postgres',
        url: options.url ?? `postgres://postgres@127.0.0.1:${server.port}/postgres`,
        password: options.password === undefined ? testPassword : options.password,
        grantIrreversible: options.grantIrreversible ?? false,
      },
    });
    sessions.push(made);
    return made;
  }
  beforeEach(async () => {
    for (const one of sessions.splice(0)) await one.end();
    server.psql(
      "DROP TABLE IF EXISTS t; CREATE TABLE t (x int PRIMARY KEY, y text); INSERT INTO t VALUES (1, 'a'), (2, 'b')",
    );
    session = await begin();
  });
  const outside = (sql = 'SELECT x FROM t ORDER BY x'): string[] =>
    server
      .psql(sql)
      .split('\n')
      .filter((line) => line !== '');
  const rows = (report: CellReport): unknown =>
    report.outputs
      .flatMap((output) => (output.kind === 'shown' && output.value.table ? [output.value.table.rows] : []))
      .at(-1);

  test('cells are one transaction, which is kept or dropped', async () => {
    expect(session.version).toMatch(/^PostgreSQL \d/);
    await session.run("INSERT INTO t VALUES (3, 'c')");
    expect(rows(await session.run('SELECT * FROM t WHERE x > 1 ORDER BY x'))).toEqual([
      [2, 'b'],
      [3, 'c'],
    ]);
    expect(outside()).toEqual(['1', '2']);
    expect(await session.database?.changes()).toEqual([
      { name: 'INSERT', change: 'modified', addedRows: 1, removedRows: 0, schema: false },
    ]);
    await session.database?.drop();
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[2]]);
    await session.run('UPDATE t SET y = upper(y); CREATE TABLE made (a int)');
    await session.database?.keep();
    expect(outside('SELECT y FROM t ORDER BY x')).toEqual(['A', 'B']);
    expect(outside("SELECT count(*) FROM pg_class WHERE relname = 'made'")).toEqual(['1']);
    expect(await session.database?.changes()).toEqual([]);
    server.psql('DROP TABLE made');
  });

  test('a cell that fails is rolled back alone, with the line of the error', async () => {
    await session.run("INSERT INTO t VALUES (3, 'c')");
    const report = await session.run("INSERT INTO t VALUES (4, 'd');\nSELECT\n  nothing FROM t");
    expect(report.ending).toMatchObject({ kind: 'failed', error: { name: '42703', line: 3, column: 3 } });
    expect((await session.run("INSERT INTO t VALUES (3, 'again')")).ending).toMatchObject({
      kind: 'failed',
      error: { name: '23505' },
    });
    expect(rows(await session.run('SELECT x FROM t ORDER BY x'))).toEqual([[1], [2], [3]]);
    await session.database?.keep();
    expect(outside()).toEqual(['1', '2', '3']);
  });

  test('values are plain, rows bounded, notices told', async () => {
    const report = await session.run(
      `SELECT 1::int2, 9007199254740993, 1.5::float8, 'NaN'::float8, true, NULL, '{"a":[1]}'::jsonb, 1.10::numeric, '\\x00ff'::bytea, ARRAY[1,2]`,
    );
    expect(rows(report)).toEqual([
      [1, '9007199254740993', 1.5, 'NaN', true, null, { a: [1] }, '1.10', '\\x00ff', '{1,2}'],
    ]);
    const many = await session.run('SELECT * FROM generate_series(1, 50000)');
    expect(many.outputs[0]).toMatchObject({ value: { table: { omittedRows: 49_000, columns: ['generate_series'] } } });
    const noticed = await session.run("DO $$ BEGIN RAISE NOTICE 'hear'; END $$");
    expect(noticed.outputs).toMatchObject([{ kind: 'stream', stream: 'stderr' }]);
    expect((await session.run('SELECT * FROM t WHERE false')).outputs[0]).toMatchObject({
      value: { table: { columns: ['x', 'y'], rows: [] } },
    });
    expect((await session.run('DELETE FROM t')).outputs[0]).toMatchObject({
      isResult: true,
      value: { json: { changes: 2 } },
    });
  });

  test('what cannot be taken back is named and refused before anything of its cell runs', async () => {
    const report = await session.run("INSERT INTO t VALUES (5, 'e');\nCOMMIT");
    expect(report.ending).toMatchObject({
      kind: 'failed',
      error: { name: 'Irreversible', line: 2, message: expect.stringContaining('commit') },
    });
    for (const sql of ["COPY t TO PROGRAM 'id'", 'VACUUM', "SELECT pg_notify('a', 'b')", 'SELECT pg_advisory_lock(1)'])
      expect((await session.run(sql)).ending).toMatchObject({ kind: 'failed', error: { name: 'Irreversible' } });
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[2]]);
    expect(outside()).toEqual(['1', '2']);
  });

  test('no text smuggles a COMMIT past the reader', async () => {
    await session.run('SET standard_conforming_strings = off');
    await session.run("INSERT INTO t VALUES (6, 'f')");
    for (const sql of [
      "SELECT '\\'; COMMIT; SELECT '1'",
      'SELECT $a$ ; COMMIT $b$',
      'SELECT 1 \u0000; COMMIT',
      "SELECT U&'\\' ; COMMIT --'",
    ])
      await session.run(sql).catch(() => {});
    expect(outside()).toEqual(['1', '2']);
  });

  test('with a grant they run, and what is no longer held is told', async () => {
    const granted = await begin({ grantIrreversible: true });
    const report = await granted.run("INSERT INTO t VALUES (7, 'g'); COMMIT; INSERT INTO t VALUES (8, 'h')");
    expect(report.ending).toEqual({ kind: 'done' });
    expect(report.notices.join(' ')).toMatch(/cannot be taken back.*cannot be dropped/s);
    await granted.database?.drop();
    expect(outside()).toEqual(['1', '2', '7']);
  });

  test('an interrupt stops the statement, and the cell alone is rolled back', async () => {
    await session.run("INSERT INTO t VALUES (3, 'c')");
    const running = session.run("INSERT INTO t VALUES (4, 'd'); SELECT pg_sleep(60)");
    setTimeout(() => session.interrupt(), 300);
    const report = await running;
    expect(report).toMatchObject({ ending: { kind: 'interrupted', by: 'caller' }, stateLost: false });
    expect(report.wallMs).toBeLessThan(3000);
    expect(rows(await session.run('SELECT x FROM t ORDER BY x'))).toEqual([[1], [2], [3]]);
  });

  test('a request to stop a statement that had just ended does not stop the next', async () => {
    const connection = await connect(
      readServerAddress(`postgres://postgres@127.0.0.1:${server.port}/`),
      testPassword,
      () => {},
    );
    for (let round = 0; round < 5; round++) {
      const short = connection.run('SELECT 1');
      await Promise.resolve();
      connection.cancel();
      // It may be in time or not.
      await short.catch(() => {});
      expect(await connection.run('SELECT pg_sleep(0.05)')).toMatchObject({ rows: 1 });
    }
    await connection.end();
  });

  test('the time of a cell is kept by the server and by us', async () => {
    const short = await begin({ limits: { cellMs: 400 } });
    expect((await short.run('SELECT pg_sleep(60)')).ending).toMatchObject({ kind: 'interrupted', by: 'wall' });
    const own = await session.run('SET statement_timeout = 10; SELECT pg_sleep(60)');
    expect(own.ending).toMatchObject({ kind: 'failed', error: { name: '57014' } });
    expect((await short.run('SET statement_timeout = 0')).ending).toEqual({ kind: 'done' });
    expect((await short.run('SELECT pg_sleep(60)')).ending).toMatchObject({ kind: 'interrupted', by: 'wall' });
    expect((await short.run('SELECT 1')).ending).toEqual({ kind: 'done' });
  });

  test('a connection that is lost is told, and the next cell connects anew', async () => {
    await session.run("INSERT INTO t VALUES (3, 'c')");
    server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'winnow'");
    // Whether the cell finds the connection lost or loses it, it is no answer from a transaction without the row.
    expect(await session.run('SELECT 1')).toMatchObject({ ending: { kind: 'kernel-ended' }, stateLost: true });
    expect(await session.database?.changes()).toEqual([]);
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[2]]);
    await session.run("INSERT INTO t VALUES (4, 'd')");
    server.psql("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'winnow'");
    await new Promise((resolve) => setTimeout(resolve, 200));
    await expect(session.database?.keep()).rejects.toMatchObject({ code: 'connection-lost' });
    expect(await session.database?.changes()).toEqual([]);
    expect((await session.run('SELECT 1')).ending.kind).toBe('done');
    expect(outside()).toEqual(['1', '2']);
  });

  test('a server that crashes in the middle of a cell, and one that is gone', async () => {
    const running = session.run("INSERT INTO t VALUES (4, 'd'); SELECT pg_sleep(60)");
    await new Promise((resolve) => setTimeout(resolve, 300));
    server.crash();
    expect(await running).toMatchObject({ ending: { kind: 'kernel-ended' }, stateLost: true });
    await expect(session.run('SELECT 1')).rejects.toMatchObject({ code: 'connection-failed' });
    server.start();
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[2]]);
  });

  test('a constraint that is checked at COMMIT: nothing is kept, and the server says why', async () => {
    await session.run('CREATE TABLE u (x int REFERENCES t DEFERRABLE INITIALLY DEFERRED); INSERT INTO u VALUES (99)');
    await expect(session.database?.keep()).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringContaining('foreign key'),
    });
    expect(outside("SELECT count(*) FROM pg_class WHERE relname = 'u'")).toEqual(['0']);
  });

  test('the savepoint of a cell is not a cell’s to touch', async () => {
    await session.run("INSERT INTO t VALUES (3, 'c')");
    expect((await session.run('RELEASE SAVEPOINT winnow_cell')).ending).toMatchObject({ kind: 'failed' });
    expect((await session.run('SAVEPOINT a; DELETE FROM t; ROLLBACK TO a; RELEASE a')).ending).toEqual({
      kind: 'done',
    });
    expect(rows(await session.run('SELECT count(*) FROM t'))).toEqual([[3]]);
  });

  test('a wrong password is told without it, and the socket works too', async () => {
    const wrong = begin({ password: 'secret-one' });
    await expect(wrong).rejects.toMatchObject({
      code: 'connection-failed',
      message: expect.not.stringContaining('secret-one'),
    });
    const local = await begin({
      url: `postgres://postgres@/postgres?host=${server.directory}`.replace('@/', `@localhost:${server.port}/`),
      password: null,
    });
    expect(rows(await local.run('SELECT 1'))).toEqual([[1]]);
    await expect(local.fork()).rejects.toMatchObject({ code: 'unsupported-job' });
  });

  test('an encrypted connection works, can be interrupted, and is refused where nobody vouches for the server', async () => {
    if (!server.isEncrypted) return;
    const url = `postgres://postgres@127.0.0.1:${server.port}/postgres`;
    const encrypted = await begin({ url: `${url}?sslmode=require` });
    expect(rows(await encrypted.run('SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()'))).toEqual([[true]]);
    const running = encrypted.run('SELECT pg_sleep(60)');
    setTimeout(() => encrypted.interrupt(), 300);
    expect(await running).toMatchObject({ ending: { kind: 'interrupted' }, stateLost: false });
    await expect(begin({ url: `${url}?sslmode=verify-full` })).rejects.toMatchObject({ code: 'connection-failed' });
  });

  test('two sessions at once do not see each other', async () => {
    const second = await begin();
    await Promise.all([
      session.run("UPDATE t SET y = 'one' WHERE x = 1"),
      second.run("UPDATE t SET y = 'two' WHERE x = 2"),
    ]);
    expect(rows(await second.run('SELECT y FROM t ORDER BY x'))).toEqual([['a'], ['two']]);
    await session.end();
    await second.database?.keep();
    expect(outside('SELECT y FROM t ORDER BY x')).toEqual(['a', 'two']);
  });
});
