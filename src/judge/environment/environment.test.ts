/** Environments on real sessions: what an agent sees, what it gets, and what it cannot find. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { openRunner } from '../../run/mod.ts';
import { madeTree } from './madetree.ts';
import { readMysqlDump } from './mysqldump.ts';
import { type EnvironmentRequest, type OpenEnvironment, openEnvironment } from './open.ts';
import { readTasks } from './tasks.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-env-'));
const settings = { cacheDir: join(root, 'cache'), path: (process.env.PATH ?? '').split(':'), parallelism: 1 };
const runner = openRunner(settings);
const native = (await runner.offers()).find(({ backend }) => backend === 'native')?.availability;
await runner.close();
const why = native?.state === 'ready' ? '' : ` (skipped: ${native?.reason ?? 'no native sandbox here'})`;
afterAll(() => rmSync(root, { recursive: true }));

function file(name: string, text: string | Uint8Array): string {
  const path = join(root, name);
  writeFileSync(path, text);
  return path;
}

const dump = `CREATE DATABASE IF NOT EXISTS \`shop\` /*!40100 DEFAULT */;
USE \`shop\`;
DROP TABLE IF EXISTS \`item\`;
CREATE TABLE \`item\` (
  \`Item_ID\` int NOT NULL AUTO_INCREMENT,
  \`Name\` text COLLATE utf8mb4_general_ci COMMENT 'a; b',
  \`Kind\` enum('x','y') CHARACTER SET utf8mb4 DEFAULT NULL,
  PRIMARY KEY (\`Item_ID\`,\`Name\`(100)),
  KEY \`name\` (\`Name\`),
  CONSTRAINT \`f\` FOREIGN KEY (\`Kind\`) REFERENCES \`kind\` (\`Kind\`)
) ENGINE=InnoDB;
-- a comment; with a semicolon
INSERT INTO \`item\` VALUES (1,'it\\'s; a "bolt"','x'),(2,'nut\\n','y'),(3,'gear',NULL);`;

describe('what is read', () => {
  test('tasks of every layout, packed or not', () => {
    const lines = '{"nl": "list", "cmd": "ls"}\n\n{"query": "count", "gold": ["a", "b"]}\n';
    expect(readTasks(file('a.jsonl', lines), 'bash')).toMatchObject([
      { id: '0', query: 'list', gold: 'ls' },
      { id: '1', gold: 'a\nb' },
    ]);
    expect(readTasks(file('a.gz', gzipSync(lines)), 'bash')).toHaveLength(2);
    const python =
      '[{"query": "q", "gold": "def f(): pass", "tests": ["assert f()"], "task_id": 9, "test_setup_code": ""}]';
    expect(readTasks(file('a.json', python), 'python')).toMatchObject([{ id: '9', tests: ['assert f()'] }]);
  });
  test.each([
    ['{"nl": "x"}', 'a gold'],
    ['{', 'line 1'],
    ['[{]', 'JSON array'],
    ['{"query": "q", "gold": {"a": 1}}', 'its gold must be a text'],
  ])('%s is told', (text, said) => {
    expect(() => readTasks(file('bad', text), 'bash')).toThrow(
      expect.objectContaining({ code: 'bad-data', message: expect.stringContaining(said) }),
    );
  });
  test('a dump of MySQL', () => {
    const script = readMysqlDump(dump).get('shop') ?? '';
    expect(script).toContain(`'it''s; a "bolt"'`);
    expect(script).not.toMatch(/AUTO_INCREMENT|COLLATE|enum|KEY `name`|FOREIGN/);
  });
  test('a tree for a command has what it names, and not what it makes', () => {
    const paths = madeTree('find src -name "*.java" | xargs grep foo; cp in/a.txt out.txt; mkdir made').map(
      ({ path }) => path,
    );
    expect(paths).toEqual(expect.arrayContaining(['src/inner.txt', 'one.java', 'in/a.txt']));
    expect(paths).not.toContain('made');
    expect(paths).not.toContain('grep');
    expect(madeTree('ls a')).toEqual(madeTree('ls a'));
  });
});

describe.skipIf(why !== '')(`episodes${why}`, () => {
  const opened: OpenEnvironment[] = [];
  afterAll(async () => {
    for (const one of opened) await one.close();
  });
  function open(
    kind: EnvironmentRequest['kind'],
    data: string,
    more: Partial<EnvironmentRequest> = {},
  ): OpenEnvironment {
    const one = openEnvironment({ kind, data, databases: null, tree: null, backend: 'native', ...more }, settings);
    opened.push(one);
    return one;
  }

  test('Bash: state is kept from action to action, files and output are rewarded', async () => {
    const secret = 'printf secret-4711 > made.txt; echo done';
    const { environment } = open('bash', file('bash.jsonl', JSON.stringify({ nl: 'make it', cmd: secret })), {
      limits: { stepsMost: 6, observationBytes: 300 },
    });
    expect(await environment.reset(0)).toMatchObject({ task: '0', query: 'make it' });
    await environment.step('x=5; cd docs');
    expect((await environment.step('echo $x; pwd')).observation).toBe('5\n/work/docs\n');
    expect(await environment.step('false')).toMatchObject({
      observation: '[exit status 1]\n',
      reward: 0,
      done: false,
      info: { executed: true },
    });
    const flood = await environment.step('seq 100000');
    expect(flood.observation.length).toBeLessThan(400);
    expect(flood.observation).toContain(' bytes …]');
    // The gold has not run yet, and nothing of it is there.
    expect(
      (await environment.step('grep -r secret-4711 /work /tmp /run /proc/*/environ /proc/*/cmdline 2>/dev/null'))
        .observation,
    ).toMatch(/^\[exit status [12]\]\n$/);
    const last = await environment.step('cd ..; printf wrong > made.txt; echo done');
    expect(last).toMatchObject({
      done: true,
      reward: 0.67,
      info: { steps: 6, reward: { parts: { fileDiff: 0.33, fileChanges: 0, answerSimilarity: 0.33 }, exact: false } },
    });
    await expect(environment.step('ls')).rejects.toMatchObject({ code: 'bad-usage' });
    await environment.reset(0);
    await environment.step(secret);
    expect(await environment.step('submit')).toMatchObject({
      done: true,
      reward: 1,
      info: { reward: { exact: true } },
    });
    expect(environment.transcript.map(({ action }) => action)).toEqual([secret, 'submit']);
  });

  test('Bash: an action that never ends, and one that kills its session, are observations', async () => {
    const { environment } = open('bash', file('slow.jsonl', JSON.stringify({ nl: 'q', cmd: 'echo hi' })), {
      limits: { stepMs: 700 },
    });
    await environment.reset(0);
    expect(await environment.step('sleep 100')).toMatchObject({
      observation: expect.stringContaining('[stopped: out of time]'),
      info: { executed: false },
    });
    expect((await environment.step('kill -9 $$')).observation).toContain('kernel-ended');
    await environment.step('echo hi');
    expect((await environment.step('submit')).reward).toBe(1);
  });

  test('SQL: rows and their order are rewarded, on a database of a dump', async () => {
    const tasks = [
      { query: 'names', gold: 'SELECT Name FROM item ORDER BY Item_ID', db: 'shop' },
      { query: 'none', gold: 'SELECT 1', db: 'nowhere' },
    ];
    const { environment, isMade } = open('sql', file('sql.json', JSON.stringify(tasks)), {
      databases: file('dump.sql', dump),
    });
    expect(isMade).toBe(false);
    const played = async (...actions: string[]): Promise<number> => {
      await environment.reset(0);
      for (const action of actions) await environment.step(action);
      return (await environment.step('submit')).reward;
    };
    expect(await played('SELECT Name FROM item ORDER BY Item_ID')).toBe(1);
    expect(await played('SELECT Name FROM item ORDER BY Item_ID DESC')).toBeLessThan(1);
    expect(await played('SELECT Name FROM item WHERE Item_ID = 1')).toBeCloseTo(1 / 3, 10);
    expect(await played('SELECT nothing')).toBe(0);
    expect(await played()).toBe(0);
    // What an agent does to its database is not the gold's.
    expect(await played('DELETE FROM item', 'SELECT Name FROM item')).toBe(0);
    await expect(environment.reset(1)).rejects.toMatchObject({ code: 'bad-data' });
    await expect(environment.reset('no-such')).rejects.toMatchObject({ code: 'unknown-id' });
  });

  test('SQL: without databases, small ones are made in which the gold finds something', async () => {
    const task = {
      query: 'q',
      gold: "SELECT count(*) FROM people WHERE Nation = 'Peru'",
      db: 'p',
      db_tables: { people: ['People_ID', 'Nation'] },
    };
    const { environment, isMade } = open('sql', file('made.json', JSON.stringify([task])));
    expect(isMade).toBe(true);
    await environment.reset(0);
    expect((await environment.step("SELECT count(*) > 0 FROM people WHERE Nation = 'Peru'")).observation).toContain(
      '1',
    );
    await environment.step(task.gold);
    expect((await environment.step('submit')).reward).toBe(1);
  });

  test('Python: the share of hidden tests is rewarded', async () => {
    const task = {
      query: 'double',
      gold: 'def double(n):\n    return 2 * n',
      tests: ['assert double(1) == 2', 'assert double(0) == 0', 'assert double(-3) == -6'],
      test_setup_code: '',
    };
    const { environment } = open('python', file('py.json', JSON.stringify([task])));
    const played = async (code: string, submit: string): Promise<number> => {
      await environment.reset(0);
      await environment.step(code);
      return (await environment.step(submit)).reward;
    };
    expect(await played('def mine(n):\n    return n + n', 'submit mine')).toBe(1);
    expect(await played('def mine(n):\n    return abs(2 * n)', 'submit mine')).toBeCloseTo(2 / 3, 10);
    expect(await played('x = 1', 'submit nothing_here')).toBe(0);
    expect(await played('def double(n):\n    return 2 * n', 'submit')).toBe(1);
    expect(await played('x = 1', 'submit __import__("os").system("x")')).toBe(0);
    const equal =
      'class E:\n    __eq__ = lambda s, o: True\n    __repr__ = lambda s: "2"\ndef double(n):\n    return E()';
    expect(await played(equal, 'submit')).toBe(0);
    const patched =
      'import builtins\nclass AssertionError(BaseException): pass\nclass I(int):\n    __eq__ = lambda s, o: True\ndef double(n):\n    return I(7)';
    expect(await played(patched, 'submit')).toBe(0);
  });
});
