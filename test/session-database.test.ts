/** SQL sessions on a user's database, through the command line: SQLite files by copy, PostgreSQL by transaction. */
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { serverPrograms, startServer, type TestServer, testPassword } from '../src/run/database/connection.testing.ts';
import { openSandbox } from '../src/run/native/opensandbox.ts';
import { winnow } from './keptprogram.ts';
import { environment, type Ran, workspace } from './program.ts';

const { dir, home, remove } = workspace();
beforeAll(() => mkdirSync(dir, { recursive: true }));
afterAll(() => {
  const place = join(home, 'sessions');
  const names = existsSync(place) ? readdirSync(place).filter((name) => /^host-\d+\.json$/.test(name)) : [];
  for (const name of names)
    try {
      process.kill((JSON.parse(readFileSync(join(place, name), 'utf8')) as { pid: number }).pid, 'SIGTERM');
    } catch {
      // It has ended.
    }
  remove();
});

const run = (words: readonly string[], env: Readonly<Record<string, string>> = {}): Ran =>
  winnow(['session', ...words], { home, cwd: dir, env: { ...environment(home), ...env } });

const sandbox = openSandbox({ cacheDir: null, path: ['/usr/bin', '/bin'], parallelism: 1 });
const availability = await sandbox.availability();
await sandbox.close();
const noSandbox = availability.state === 'ready' ? '' : ` (skipped: ${availability.reason})`;

describe.skipIf(noSandbox !== '')(`an SQLite file${noSandbox}`, () => {
  const file = join(dir, 'shop.sqlite');
  const open = (act: (database: DatabaseSync) => void): void => {
    const database = new DatabaseSync(file);
    act(database);
    database.close();
  };
  const count = (): number => {
    let found = -1;
    open((database) => {
      found = Number(database.prepare('SELECT count(*) AS n FROM t').get()?.n);
    });
    return found;
  };

  test('is worked on aside, kept, taken back, and left alone when another changed it', () => {
    open((database) => database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1)'));
    expect(run(['new', '--lang', 'sql', '--database', 'shop.sqlite', '--name', 'shop'])).toMatchObject({ status: 0 });
    expect(run(['run', 'shop', 'INSERT INTO t VALUES (2), (3)']).stdout).toContain('2 rows changed');
    expect(count()).toBe(1);
    expect(run(['changes', 'shop']).stdout).toMatch(/Not yet in .*shop\.sqlite:\n {2}t: \+2 rows/);
    expect(JSON.parse(run(['keep', 'shop', '--json']).stdout)).toMatchObject({
      schema: 'winnow.session.keep/1',
      did: 'keep',
      changes: [{ name: 't', addedRows: 2, removedRows: 0 }],
      entry: expect.stringMatching(/^\w{8}$/),
    });
    expect(count()).toBe(3);
    expect(run(['undo', 'shop']).status).toBe(0);
    expect(count()).toBe(1);
    expect(run(['drop', 'shop']).status).toBe(0);
    expect(run(['run', 'shop', 'SELECT count(*) AS n FROM t']).stdout).toContain('1');
    open((database) => database.exec('INSERT INTO t VALUES (9)'));
    run(['run', 'shop', 'DELETE FROM t']);
    expect(run(['keep', 'shop'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('error[database-changed]'),
    });
    expect(count()).toBe(2);
    expect(run(['end', 'shop']).status).toBe(0);
  });

  test('end --keep keeps first, and a session whose keep is refused goes on', () => {
    open((database) => database.exec('DELETE FROM t'));
    expect(run(['new', '--lang', 'sql', '--database', 'shop.sqlite', '--name', 'ending'])).toMatchObject({ status: 0 });
    run(['run', 'ending', 'INSERT INTO t VALUES (1), (2)']);
    open((database) => database.exec('INSERT INTO t VALUES (7)'));
    expect(run(['end', 'ending', '--keep'])).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('error[database-changed]'),
    });
    expect(run(['drop', 'ending']).status).toBe(0);
    run(['run', 'ending', 'INSERT INTO t VALUES (1), (2)']);
    const { status, stdout } = run(['end', 'ending', '--keep']);
    expect(stdout).toMatch(/Kept in .*shop\.sqlite:\n {2}t: \+2 rows\nwinnow undo \w{8} takes it back/);
    expect({ status, rows: count() }).toEqual({ status: 0, rows: 3 });
  });

  test('a keep is in the history and undone when its session has ended, but not over what came since', () => {
    const verb = (...words: string[]) => winnow(words, { home, cwd: dir });
    rmSync(file, { force: true });
    open((database) => database.exec('CREATE TABLE t (a); INSERT INTO t VALUES (1), (9)'));
    run(['new', '--lang', 'sql', '--database', 'shop.sqlite', '--name', 'two']);
    run(['run', 'two', 'DELETE FROM t; INSERT INTO t VALUES (7)']);
    const kept = run(['keep', 'two']);
    const id = /winnow undo (\w{8}) takes it back/.exec(kept.stdout)?.[1] ?? 'none';
    expect(run(['end', 'two']).status).toBe(0);
    expect(verb('history').stdout).toMatch(
      new RegExp(`${id} .* kept {2}1 table .*\\n.*session keep two {2}in .*shop.sqlite`),
    );
    expect(verb('history', id).stdout).toContain('\n  t: +1 row, -2 rows\n');
    const left = readFileSync(file);
    open((database) => database.exec('INSERT INTO t VALUES (8), (9)'));
    const conflict = verb('undo', id);
    expect(conflict.status).toBe(1);
    expect(conflict.stdout).toContain('its content is another one now');
    expect(conflict.stdout).toContain('changed since: t: +2 rows');
    expect(count()).toBe(3);
    writeFileSync(file, left);
    const undone = verb('undo', id);
    expect(undone.stdout).toMatch(/undone: .*shop\.sqlite is as it was before/);
    expect(count()).toBe(2);
    expect(verb('keep', id)).toMatchObject({ status: 0, stdout: expect.stringMatching(/^kept in .*shop.sqlite/) });
    expect(count()).toBe(1);
  });

  test('bad use is told', () => {
    expect(run(['new', '--lang', 'sql', '--database', 'none.sqlite'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('path-not-found'),
    });
    expect(run(['new', '--lang', 'sql', '--database', 'shop.sqlite', '--connection', 'postgres://u@h/d']).status).toBe(
      2,
    );
    expect(run(['new', '--lang', 'python', '--database', 'shop.sqlite'])).toMatchObject({
      status: 2,
      stderr: expect.stringContaining('Only a session of sql'),
    });
    const secret = run(['new', '--lang', 'sql', '--connection', 'postgres://u:hush-hush@h/d']);
    expect(secret).toMatchObject({ status: 2, stderr: expect.not.stringContaining('hush-hush') });
  });
});

const noServer = serverPrograms() === null ? ' (skipped: no PostgreSQL server is installed here)' : '';

describe.skipIf(noServer !== '')(`a PostgreSQL server${noServer}`, () => {
  let server: TestServer;
  beforeAll(async () => {
    server = await startServer();
  });
  afterAll(() => server?.stop());
  beforeEach(() => server.psql('DROP TABLE IF EXISTS t; CREATE TABLE t (x int); INSERT INTO t VALUES (1)'));

  test('a session is one transaction; the password comes from a named variable and is written nowhere', () => {
    const words = [
      'new',
      '--lang',
      'sql',
      '--name',
      'pg',
      '--connection',
      `postgres://postgres@127.0.0.1:${server.port}/postgres`,
    ];
    expect(run([...words, '--password-variable', 'MY_SECRET'], { MY_SECRET: 'wrong-one' })).toMatchObject({
      status: 3,
      stderr: expect.stringMatching(/connection-failed(?!.*wrong-one)/s),
    });
    expect(run([...words, '--password-variable', 'MY_SECRET'], { MY_SECRET: testPassword })).toMatchObject({
      status: 0,
    });
    run(['run', 'pg', 'INSERT INTO t VALUES (2), (3)']);
    expect(server.psql('SELECT count(*) FROM t').trim()).toBe('1');
    const refused = run(['run', 'pg', "COPY t TO PROGRAM 'id'"]);
    expect(refused.status).toBe(1);
    expect(refused.stdout + refused.stderr).toContain('cannot be taken back');
    expect(run(['changes', 'pg']).stdout).toContain('INSERT: +2 rows');
    expect(run(['keep', 'pg']).status).toBe(0);
    expect(winnow(['history'], { home, cwd: dir }).stdout).toMatch(
      /kept, cannot be undone: committed to the server {2}1 kind of statement\n.*session keep pg {2}in postgres@127/,
    );
    expect(winnow(['undo', 'last'], { home, cwd: dir })).toMatchObject({
      status: 1,
      stderr: expect.stringContaining('cannot be undone: committed to the server'),
    });
    expect(server.psql('SELECT count(*) FROM t').trim()).toBe('3');
    run(['run', 'pg', 'DELETE FROM t']);
    expect(run(['drop', 'pg']).status).toBe(0);
    expect(server.psql('SELECT count(*) FROM t').trim()).toBe('3');
    expect(run(['undo', 'pg']).status).toBe(2);
    for (const path of readdirSync(home, { recursive: true, encoding: 'utf8' })) {
      let text = '';
      try {
        text = readFileSync(join(home, path), 'latin1');
      } catch {
        // A directory, or a socket.
      }
      expect(text).not.toContain(Buffer.from(testPassword, 'utf8').toString('latin1'));
    }
    expect(run(['end', 'pg']).status).toBe(0);
  });
});
