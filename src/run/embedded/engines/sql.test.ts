import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';
import { runnerOf } from '../testjob.ts';
import { sqlEngine } from './sql.ts';

const run = runnerOf(sqlEngine, 'main.sql');
const exited = (code: number) => ({ kind: 'exited', code });

const scripts = [
  `create table t(a integer primary key, b text, c real, d blob);
   insert into t values (1, 'x', 1.5, x'41'), (2, null, 1e100, x'42'), (3, 'it''s; ok', -0.1, null);
   select * from t; select count(*), avg(c) > 0 from t; -- a comment; with a semicolon
   select a, b from t where a > 1 order by a desc;`,
  "select 1, 1.0, 1e20, 3.0e-5, 0.5 + 0.25, 9223372036854775807, -0.0, null, '', 'a|b', x'6162';",
  'with recursive n(i) as (select 1 union all select i + 1 from n where i < 5) select group_concat(i), sum(i) from n;',
  "select json_extract('{\"a\":[1,2]}', '$.a[1]'), printf('%.3f', 2.0 / 3), upper('é'), length('é'), substr('hello', 2, 3);",
  "select date('2024-02-28', '+2 days'), strftime('%Y-%W', '2024-01-07'), julianday('2000-01-01');",
  '.headers on\nselect 1 as one, 2 as "two words";\n.mode csv\nselect \'a,b\' as x, null as y, 5 as z;\n.headers off\n.mode list\n.separator ", "\n.nullvalue NULL\nselect 1, null;\n.print done',
  "select 'one'; select * from\n  (select 2\n.5);\nselect 'three'",
  'begin; create table a(x); insert into a values (1); rollback; select count(*) from sqlite_master;',
  'create table e(x unique); insert into e values (1); insert or ignore into e values (1); insert into e values (1) on conflict do nothing; select * from e;',
];
const real = spawnSync('sqlite3', ['--version']).status === 0;
test.skipIf(!real)('prints what the shell of SQLite prints (skipped where sqlite3 is not installed)', async () => {
  for (const script of scripts) {
    const shell = spawnSync('sqlite3', ['-batch', '-bail'], { input: script, encoding: 'utf8' });
    expect((await run(script)).stdout).toBe(shell.stdout);
  }
});

test('rows, text and bytes come out as SQLite holds them', async () => {
  const ran = await run(
    "create table t(a, b); insert into t values (1, 'x'), (2, null); select * from t; select x'ff41';",
  );
  expect([...ran.bytes]).toEqual([...Buffer.from('1|x\n2|\n'), 0xff, 0x41, 0x0a]);
  expect(ran.ending).toEqual(exited(0));
});

test('the first error ends the script', async () => {
  const ran = await run('select 1; select nope; select 2;');
  expect([ran.stdout, ran.stderr, ran.ending]).toEqual(['1\n', 'Error: no such column: nope\n', exited(1)]);
  expect((await run('selec 1;')).stderr).toContain('syntax error');
  expect((await run('.tables')).stderr).toContain('.tables: not one of .headers');
});

test('a database file given as an argument comes back when it was changed', async () => {
  const made = await run('create table t(a); insert into t values (5);', { args: ['my.db'] });
  expect(Object.keys(made.files)).toEqual(['my.db']);
  expect(made.files['my.db']).toMatch(/^SQLite format 3/);
  const attached = await run(
    "attach 'other.db' as o; create table o.z(x); insert into o.z values (1); select * from o.z;",
  );
  expect([attached.stdout, Object.keys(attached.files)]).toEqual(['1\n', ['other.db']]);
});

test('limits end a script in the way they are called', async () => {
  const endless = 'with recursive n(i) as (select 1 union all select i + 1 from n) select ';
  expect((await run(`${endless} max(i) from n;`, { limits: { fuel: 50_000_000 } })).ending).toEqual({
    kind: 'out-of-fuel',
  });
  expect((await run(`${endless} printf('%1000d', i) from n;`)).ending).toEqual({
    kind: 'output-limit',
    stream: 'stdout',
  });
  const memory = await run(`${endless} group_concat(hex(zeroblob(100000))) from n;`, {
    limits: { fuel: null, memoryBytes: 64 * 2 ** 20 },
  });
  expect(memory.ending.kind).toMatch(/out-of-memory/);
  const files = await run(`create table t(a); insert into t ${endless} zeroblob(100000) from n limit 1000;`, {
    args: ['big.db'],
  });
  expect(files.stderr).toMatch(/disk is full/);
});

test('clock and chance are those of the job; no script finds what another left', async () => {
  const script = "select datetime('now'), datetime('now', 'localtime'), random(), hex(randomblob(4));";
  const [a, b] = [
    await run(script, { seed: 1, timeZone: 'Asia/Tokyo' }),
    await run(script, { seed: 1, timeZone: 'Asia/Tokyo' }),
  ];
  expect(a).toEqual(b);
  expect(a.stdout).toMatch(/^2023-11-14 22:13:20\|2023-11-15 07:13:20\|/);
  expect((await run(script, { seed: 2 })).stdout.split('|')[2]).not.toBe(a.stdout.split('|')[2]);
  await run("attach '/tmp/x.db' as x; create table x.left(a); pragma user_version = 7; create table main.left(a);");
  expect(
    (
      await run(
        "select count(*) from sqlite_master; pragma user_version; attach '/tmp/x.db' as x; select count(*) from x.sqlite_master;",
      )
    ).stdout,
  ).toBe('0\n0\n0\n');
});

test.each([
  ["select load_extension('x');", /no such function|not authorized/],
  ["attach '/etc/passwd' as p; select * from p.sqlite_master;", /unable to open/],
  ["select readfile('/etc/passwd');", /no such function/],
  ["select writefile('x', 'y');", /no such function/],
  ['.shell id', /not one of/],
  [".import '|id' t", /not one of/],
])('%s leads nowhere', async (script, stderr) => {
  const ran = await run(script);
  expect([ran.stdout, ran.files]).toEqual(['', {}]);
  expect(ran.stderr).toMatch(stderr);
});
