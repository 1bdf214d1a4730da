/** Statements of PostgreSQL's SQL, and which of them cannot be taken back. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { whyIrreversible } from './irreversible.ts';
import { splitStatements } from './statements.ts';

const texts = (text: string): string[] => splitStatements(text).map((statement) => statement.text);

describe('statements', () => {
  test.each([
    ['select 1; select 2', ['select 1', 'select 2']],
    ["select ';'; select 'it''s; '", ["select ';'", "select 'it''s; '"]],
    ["select E'\\';'; select 2", ["select E'\\';'", 'select 2']],
    ["select '\\'; select 2", ["select '\\'", 'select 2']],
    ['select "a;b" -- c;\n; /* ; /* ; */ ; */ select 2', ['select "a;b" -- c;', 'select 2']],
    ['do $$ begin; end $$; select $x$ $$ ; $x$', ['do $$ begin; end $$', 'select $x$ $$ ; $x$']],
    [
      'create function f() returns int begin atomic select 1; select case when true then 2 end; end; select 3',
      ['create function f() returns int begin atomic select 1; select case when true then 2 end; end', 'select 3'],
    ],
    ['select $1; select a$b$c', ['select $1', 'select a$b$c']],
    ['; -- nothing\n;', []],
    ["select 'open", ["select 'open"]],
  ])('%s', (text, expected) => expect(texts(text)).toEqual(expected));

  test('lines are those of the text', () => {
    expect(splitStatements('\n-- a\nselect 1;\n\n/* b\n*/ select\n2').map(({ line }) => line)).toEqual([3, 6]);
  });

  test('any text is read to its end, and quoted semicolons never split', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: fc.constantFrom("'", '"', ';', '$', 'a', ' ', '\n', '-', '/', '*', 'E', '\\') }),
        (text) => {
          for (const statement of splitStatements(text)) expect(text).toContain(statement.text);
        },
      ),
    );
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(texts(`select '${text.replaceAll("'", "''")}'; select 2`)).toHaveLength(2);
      }),
    );
  });
});

describe('what cannot be taken back is named', () => {
  const why = (text: string): string | null => whyIrreversible(splitStatements(text)[0] as never);

  test.each([
    'COMMIT',
    'commit work',
    'END',
    'ROLLBACK',
    'abort',
    'BEGIN',
    'START TRANSACTION READ ONLY',
    "PREPARE TRANSACTION 'x'",
    'VACUUM',
    'vacuum (full) t',
    'CREATE DATABASE x',
    'DROP DATABASE x',
    'ALTER SYSTEM SET a = 1',
    "COPY t TO '/tmp/x'",
    "COPY t FROM PROGRAM 'id'",
    "/* hidden */ COPY (SELECT 1) TO PROGRAM 'id'",
    "SELECT dblink_exec('x', 'y')",
    "SELECT nextval('s')",
    "SELECT pg_catalog.nextval('s')",
    'SELECT "nextval" (\'s\')',
    "select /* */ setval/**/('s', 1)",
    'LISTEN a',
    'NOTIFY a',
    "SELECT pg_notify('a', 'b')",
    "SELECT set_config('a', 'b', false)",
    'SELECT pg_advisory_lock(1)',
    'SELECT pg_try_advisory_lock_shared(1)',
    'CREATE INDEX CONCURRENTLY i ON t (a)',
    'REINDEX TABLE CONCURRENTLY t',
    "DO $$ BEGIN PERFORM nextval('s'); END $$",
    'DO LANGUAGE plpython3u $$ import os $$',
    "CREATE FUNCTION f() RETURNS int AS 'x' LANGUAGE c",
    'SELECT pg_terminate_backend(1)',
    "SELECT lo_export(1, '/tmp/x')",
    "LOAD 'x'",
    'COPY t FROM STDIN',
  ])('%s', (text) => expect(why(text)).toEqual(expect.any(String)));

  test.each([
    'SELECT 1',
    'ROLLBACK TO SAVEPOINT a',
    'ROLLBACK TO a',
    'SAVEPOINT a',
    "SELECT 'COMMIT; nextval(1)'",
    'SELECT commit FROM t',
    'UPDATE t SET "begin" = 1',
    'CREATE FUNCTION f() RETURNS int AS $$ SELECT 1 $$ LANGUAGE sql',
    'ANALYZE t',
    'TRUNCATE t',
    'DROP TABLE t CASCADE',
    'INSERT INTO t VALUES (1) RETURNING a',
    'CREATE INDEX i ON t (a)',
    'SELECT pg_advisory_xact_lock(1)',
  ])('not %s', (text) => expect(why(text)).toBeNull());
});
