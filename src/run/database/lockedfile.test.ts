/** Copies out of and back into SQLite files, with other processes at them. */
import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync, symlinkSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeEach, describe, expect, test } from 'vitest';
import { copyOut, databaseFile, fingerprint, putBack } from './lockedfile.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-lockedfile-'));
afterAll(() => rmSync(root, { recursive: true }));
let count = 0;
let here = '';
beforeEach(() => {
  here = mkdtempSync(join(root, `${count++}-`));
});
const at = (name: string): string => join(here, name);

function make(file: string, sql: string): void {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
}

function rows(file: string, sql = 'SELECT x FROM t ORDER BY x'): unknown[] {
  const database = new DatabaseSync(file, { readOnly: true });
  const found = database
    .prepare(sql)
    .all()
    .map((row) => Object.values(row as object)[0]);
  database.close();
  return found;
}

const table = 'CREATE TABLE t (x); INSERT INTO t VALUES (1), (2)';

/** Another process that has the file open and does something to it; resolves when it says so. */
async function other(script: string): Promise<ChildProcess> {
  const code = `import { DatabaseSync } from 'node:sqlite'; const db = new DatabaseSync(process.argv[1], { timeout: 5000 });
${script}; console.log('ready'); setInterval(() => {}, 1000);`;
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

describe.each(['delete', 'wal'])('in journal mode %s', (mode) => {
  const setUp = async (): Promise<string> => {
    make(at('a'), `PRAGMA journal_mode=${mode}; ${table}`);
    await copyOut(at('a'), at('base'));
    make(at('a2'), '');
    await copyOut(at('base'), at('work'));
    make(at('work'), 'INSERT INTO t VALUES (3); CREATE TABLE u (y)');
    return fingerprint(at('base'));
  };

  test('a copy has the content and copies of one content have one fingerprint', async () => {
    const before = await setUp();
    await copyOut(at('a'), at('again'));
    expect(await fingerprint(at('again'))).toBe(before);
    expect(await fingerprint(at('work'))).not.toBe(before);
    expect(rows(at('base'))).toEqual([1, 2]);
  });

  test('what was changed aside is put back, and the journal mode stays', async () => {
    const before = await setUp();
    await putBack(at('work'), at('a'), before, at('scratch'));
    expect(rows(at('a'))).toEqual([1, 2, 3]);
    expect(rows(at('a'), 'PRAGMA journal_mode')).toEqual([mode]);
    expect(rows(at('a'), 'PRAGMA integrity_check')).toEqual(['ok']);
    // And taken back: the same, the other way round.
    await putBack(at('base'), at('a'), await fingerprint(at('work')), at('scratch2'));
    expect(rows(at('a'))).toEqual([1, 2]);
  });

  test('a file that another changed meanwhile is left alone', async () => {
    const before = await setUp();
    const writer = await other('db.exec("INSERT INTO t VALUES (99)"); db.close()');
    await expect(putBack(at('work'), at('a'), before, at('scratch'))).rejects.toMatchObject({
      code: 'database-changed',
    });
    expect(rows(at('a'))).toEqual([1, 2, 99]);
    await ended(writer);
  });

  test('a copy is whole while another process writes without pause', async () => {
    make(at('a'), `PRAGMA journal_mode=${mode}; CREATE TABLE t (x, y)`);
    const child = await other(`
      const add = db.prepare('INSERT INTO t VALUES (?, ?)');
      let n = 0;
      setInterval(() => { for (let i = 0; i < 5; i++) { db.exec('BEGIN IMMEDIATE'); add.run(n, 'a'.repeat(500)); add.run(n, 'b'.repeat(500)); db.exec('COMMIT'); n++; } }, 3)`);
    for (let round = 0; round < 3; round++) {
      await copyOut(at('a'), at(`copy${round}`));
      expect(rows(at(`copy${round}`), 'PRAGMA integrity_check')).toEqual(['ok']);
      expect(
        rows(at(`copy${round}`), 'SELECT count(*) FROM (SELECT x FROM t GROUP BY x HAVING count(*) <> 2)'),
      ).toEqual([0]);
    }
    await ended(child);
  });

  test('a process in the middle of a transaction keeps its lock, and nothing is written', async () => {
    const before = await setUp();
    const child = await other('db.exec("BEGIN IMMEDIATE; INSERT INTO t VALUES (77)")');
    await expect(putBack(at('work'), at('a'), before, at('scratch'))).rejects.toMatchObject({ code: 'database-busy' });
    await ended(child);
    expect(rows(at('a'))).toEqual([1, 2]);
  });
});

test('what lies in the WAL of a process that was killed is copied too', async () => {
  make(at('a'), `PRAGMA journal_mode=wal; ${table}`);
  await ended(await other('db.exec("INSERT INTO t VALUES (3)")'));
  expect(statSync(at('a-wal')).size).toBeGreaterThan(0);
  await copyOut(at('a'), at('copy'));
  expect(rows(at('copy'))).toEqual([1, 2, 3]);
});

test('a program that has the file open with no transaction sees what was put back', async () => {
  make(at('a'), table);
  await copyOut(at('a'), at('base'));
  await copyOut(at('base'), at('work'));
  make(at('work'), 'INSERT INTO t VALUES (3)');
  const open = new DatabaseSync(at('a'));
  const before = open.prepare('SELECT count(*) AS n FROM t').get();
  await putBack(at('work'), at('a'), await fingerprint(at('base')), at('scratch'));
  expect([before, open.prepare('SELECT count(*) AS n FROM t').get()]).toMatchObject([{ n: 2 }, { n: 3 }]);
  open.close();
});

test('a kill while it is put back leaves the file as before or as kept', async () => {
  const many =
    'CREATE TABLE t (x, pad); WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c LIMIT 4000) INSERT INTO t SELECT i, randomblob(1000) FROM c';
  make(at('origin'), many);
  await copyOut(at('origin'), at('base'));
  await copyOut(at('base'), at('work'));
  make(at('work'), 'UPDATE t SET x = -x');
  const [before, after] = [await fingerprint(at('base')), await fingerprint(at('work'))];
  const module = JSON.stringify(join(import.meta.dirname, 'lockedfile.ts'));
  const script = `import { putBack } from ${module}; const a = process.argv; console.log('go');
await putBack(a[1], a[2], a[3], a[4]); console.log('done'); setInterval(() => {}, 1000)`;
  const seen = new Set<string>();
  for (let round = 0; round < 6; round++) {
    const [file, scratch] = [at(`file${round}`), at(`scratch${round}`)];
    writeFileSync(file, readFileSync(at('base')));
    const child = spawn(
      process.execPath,
      ['--input-type=module', '-e', script, '--', at('work'), file, before, scratch],
      {
        stdio: ['ignore', 'pipe', 'inherit'],
      },
    );
    await new Promise((resolve) => child.stdout.once('data', resolve));
    await new Promise((resolve) => setTimeout(resolve, round * 10));
    await ended(child);
    // A copy rolls an unfinished journal back, as any program that opens the file does.
    await copyOut(file, at(`seen${round}`));
    const held = await fingerprint(at(`seen${round}`));
    expect([before, after]).toContain(held);
    seen.add(held);
  }
  expect(seen.size).toBeGreaterThan(0);
});

test('what is no database is told', async () => {
  writeFileSync(at('text'), 'no database at all');
  await expect(databaseFile(at('text'))).rejects.toMatchObject({ code: 'bad-data' });
  await expect(databaseFile(at('none'))).rejects.toMatchObject({ code: 'path-not-found' });
  await expect(databaseFile(here)).rejects.toMatchObject({ code: 'bad-data' });
  spawnSync('mkfifo', [at('pipe')]);
  await expect(databaseFile(at('pipe'))).rejects.toMatchObject({ code: 'bad-data' });
  writeFileSync(at('broken'), Buffer.concat([Buffer.from('SQLite format 3\0'), Buffer.alloc(200, 7)]));
  await expect(copyOut(await databaseFile(at('broken')), at('copy'))).rejects.toMatchObject({ code: 'bad-data' });
});

test('a file that is gone, or became a link, is not written', async () => {
  make(at('a'), table);
  await copyOut(at('a'), at('base'));
  unlinkSync(at('a'));
  await expect(putBack(at('base'), at('a'), 'any', at('s'))).rejects.toMatchObject({ code: 'database-changed' });
  make(at('elsewhere'), table);
  symlinkSync(at('elsewhere'), at('a'));
  await expect(putBack(at('base'), at('a'), 'any', at('s'))).rejects.toMatchObject({ code: 'database-changed' });
});
