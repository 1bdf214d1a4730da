/** `graph`, `query`, `impact`, `map` and the tools of published agents as a user runs them, on a small repository and on bad input. */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { estimateTokens } from '../src/search/mod.ts';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const shop = join(dir, 'shop');
const files = {
  '.git/HEAD': 'ref: refs/heads/main\n',
  'shop/base.py': `class Store:
    """Keeps things."""

    def __init__(self, path):
        self.path = path

    def save(self, item):
        self.check(item)
        return self.path

    def check(self, item):
        raise NotImplementedError


class DiskStore(Store):
    def check(self, item):
        ping(3)
        return item.valid()


def ping(n):
    return pong(n - 1) if n else 0


def pong(n):
    return ping(n)
`,
  'shop/app.py': `from shop.base import DiskStore, Store

LIMIT = 10


def main(path):
    store = DiskStore(path)
    store.save(make_item())
    return LIMIT


def make_item():
    return unknown_factory().build()


def relay(thing):
    thing.save(1)


def untouched():
    return None
`,
  'shop/spare.py': 'class Chest:\n    def save(self, item):\n        return item\n',
  'tests/test_app.py': `from shop.app import main


def test_main():
    assert main('x') == 10


def test_nothing():
    pass
`,
  'web/page.lua': 'function render(x)\n  return helper(x)\nend\n\nfunction helper(x)\n  return x\nend\n',
  'README.md': '# Shop\n',
};

const run = (...words: string[]) => winnow(words, { home, cwd: shop });
const json = (...words: string[]) => {
  const { stdout, stderr } = run(...words, '--json');
  if (stdout === '') throw new Error(stderr);
  return JSON.parse(stdout);
};

beforeAll(() => {
  writeFiles(shop, files);
  expect(run('index').stderr).toBe('');
});
afterAll(remove);

interface Neighbour {
  readonly node: { readonly id: string };
  readonly state: string;
  readonly distance: number;
}

describe('graph', () => {
  /** What a relation leads to, as ids with states that are not plain. */
  const ids = (symbol: string, relation: string, ...more: string[]): string[] =>
    json('graph', symbol, '--relation', relation, ...more).relations[0].neighbours.map(
      ({ node, state }: Neighbour) => `${node.id}${state === 'resolved' ? '' : ` ${state}`}`,
    );

  test('callers with their states, and what could not be resolved', () => {
    const answer = json('graph', 'Store.save', '--relation', 'callers');
    expect(answer).toMatchObject({
      schema: 'winnow.graph/1',
      symbol: { id: 'shop/base.py:Store.save', kind: 'method' },
    });
    const [callers] = answer.relations;
    expect(callers).toMatchObject({ relation: 'callers', total: 2, reached: 2, partial: false });
    expect(callers.neighbours).toMatchObject([
      { node: { id: 'shop/app.py:main' }, state: 'resolved', sites: [{ line: 8, text: 'store.save(make_item())' }] },
      { node: { id: 'shop/app.py:relay' }, state: 'ambiguous', rule: 'same-name' },
    ]);
    expect(answer.unresolved).toEqual({ name: 'save', external: 0, unknown: 0, ambiguous: 1 });
  });

  test('the other relations', () => {
    expect(ids('main', 'callees')).toContain('shop/base.py:Store.save');
    expect(ids('DiskStore', 'bases')).toEqual(['shop/base.py:Store']);
    expect(ids('Store', 'derived')).toEqual(['shop/base.py:DiskStore']);
    expect(ids('DiskStore.check', 'overrides')).toEqual(['shop/base.py:Store.check']);
    const { relations, through } = json('graph', 'DiskStore.check', '--relation', 'callers');
    expect(relations).toMatchObject([{ relation: 'callers', total: 0 }]);
    expect(through).toMatchObject([{ node: { id: 'shop/base.py:Store.check' }, callers: 1 }]);
    const silent = run('graph', 'DiskStore.check', '--relation', 'callers');
    expect(silent.status).toBe(1);
    expect(silent.stdout).toContain('callers (0)\nAlso called through shop/base.py:Store.check (1 caller).\n');
    expect(json('graph', 'DiskStore.check', '--relation', 'callers', '--path', 'tests/').through).toEqual([]);
    expect(json('graph', 'Store.check').through).toEqual([]);
    expect(ids('Store.check', 'overridden-by')).toEqual(['shop/base.py:DiskStore.check']);
    expect(ids('shop/base.py', 'importers')).toEqual(['shop/app.py']);
    expect(ids('app.py:main', 'tests', '--kind', 'function')).toEqual(['tests/test_app.py:test_main']);
    expect(ids('LIMIT', 'users')).toEqual(['shop/app.py:main']);
    expect(ids('shop/', 'members')).toEqual(['shop/app.py', 'shop/base.py', 'shop/spare.py']);
  });

  test('several hops, cycles, filters and pages', () => {
    expect(ids('ping', 'callers', '--hops', '20')).toEqual([
      'shop/base.py:DiskStore.check',
      'shop/base.py:pong',
      ...ids('ping', 'callers', '--hops', '20').slice(2),
    ]);
    const all = ids('Store.save', 'callers', '--hops', '3');
    expect(all).toContain('tests/test_app.py:test_main');
    expect(ids('Store.save', 'callers', '--hops', '3', '--path', 'tests/')).toEqual(['tests/test_app.py:test_main']);
    expect(ids('Store.save', 'callers', '--state', 'resolved')).toEqual(['shop/app.py:main']);
    expect(ids('Store.save', 'callers', '--limit', '1', '--offset', '1')).toEqual(['shop/app.py:relay ambiguous']);
  });

  test('a person sees a tree with evidence', () => {
    const { status, stdout } = run('graph', 'Store.save');
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^shop\/base\.py:Store\.save {2}method {2}7–9\n {2}def save\(self, item\)\n\ncallers \(2\)\n/,
    );
    expect(stdout).toMatch(/shop\/app\.py:main {2}function {2}6–9 {2}\w+\n +8 {2}store\.save\(make_item\(\)\)\n/);
    expect(stdout).toContain('1 call site of the name save is ambiguous.');
    expect(run('graph', 'untouched', '--relation', 'callers').stdout).toContain('callers (0)');
  });

  test('pictures are what other programs read', () => {
    const dot = run('graph', 'Store.save', '--format', 'dot').stdout;
    expect(dot).toMatch(/^digraph winnow \{[\s\S]*n\d+ -> n0 \[label="calls", style=dashed\];[\s\S]*\}\n$/);
    const mermaid = run('graph', 'Store.save', '--format', 'mermaid').stdout;
    expect(mermaid).toMatch(/^flowchart LR\n {2}n0\["Store\.save<br\/>shop\/base\.py"\]\n/);
    const svg = run('graph', 'Store.save', '--format', 'svg').stdout;
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg"[\s\S]*<\/svg>\n$/);
    expect(svg.match(/<rect class="box/g)).toHaveLength(
      json('graph', 'Store.save').relations.flatMap((r: { neighbours: [] }) => r.neighbours).length + 1,
    );
    expect(svg).not.toMatch(/https?:(?!\/\/www\.w3\.org)/);
  });

  test('a budget is kept, and what was left out is told', () => {
    for (const budget of [50, 120]) {
      const { stdout } = run('graph', 'Store', '--budget-tokens', String(budget));
      expect(estimateTokens(stdout)).toBeLessThanOrEqual(budget);
      expect(stdout).toContain('shop/base.py:Store');
    }
    expect(run('graph', 'Store', '--budget-tokens', '60').stderr).toContain('left out');
  });

  test('unknown, ambiguous and unresolvable', () => {
    const unknown = run('graph', 'mian');
    expect([unknown.status, unknown.stdout]).toEqual([1, '']);
    expect(unknown.stderr).toMatch(/^error\[unknown-id\].*Nearest: shop\/app\.py:main/);
    expect(run('graph', 'shop/ap.py').stderr).toMatch(/Nearest: shop\/app\.py\.$/m);
    expect(run('graph', ' ').status).toBe(1);
    const several = run('graph', 'save');
    expect(several.status).toBe(1);
    expect(several.stdout).toMatch(
      /Several definitions fit[\s\S]*shop\/base\.py:Store\.save[\s\S]*shop\/spare\.py:Chest\.save/,
    );
    expect(run('graph', 'untouched', '--relation', 'callers').status).toBe(1);
    expect(run('graph', 'main', '--relation', 'nephews').stderr).toMatch(/^error\[bad-usage\]/);
  });
});

describe('query', () => {
  test('a table for a person, rows for a program', () => {
    const cypher = "MATCH (c:Class)-[:CONTAINS]->(m:Method {name: 'save'}) RETURN c.name, m ORDER BY c.name";
    expect(run('query', cypher).stdout).toMatch(
      /^c\.name {2}m\n─+ {2}─+\nChest {3}shop\/spare\.py:Chest\.save\nStore {3}shop\/base\.py:Store\.save\n2 rows/,
    );
    expect(json('query', cypher)).toMatchObject({
      schema: 'winnow.query/1',
      columns: ['c.name', 'm'],
      rows: [
        ['Chest', { id: 'shop/spare.py:Chest.save', label: 'Method', name: 'save', path: 'shop/spare.py', line: 2 }],
        ['Store', { id: 'shop/base.py:Store.save', line: 7 }],
      ],
      cut: null,
    });
  });
  test('faults have carets, writes are refused, nothing is a negative answer', () => {
    const fault = run('query', 'MATCH (c:Clas) RETURN c');
    expect([fault.status, fault.stdout]).toEqual([2, '']);
    expect(fault.stderr).toMatch(/Did you mean Class\?.*\(line 1, column 10\)\n {2}MATCH \(c:Clas\) RETURN c\n {11}\^/);
    expect(run('query', 'MATCH (c) DETACH DELETE c').stderr).toMatch(/DETACH writes, and the graph can only be read/);
    expect(run('query', "MATCH (c:Class {name: 'Nobody'}) RETURN c").status).toBe(1);
  });
  test('what is unbounded is cut, and says so', () => {
    const { status, stderr } = run('query', 'MATCH (a), (b), (c), (d), (e), (f) RETURN count(*)', '--time', '200ms');
    expect(status).toBe(0);
    expect(stderr).toMatch(/^note: .*may be too little/);
    expect(run('query', 'MATCH (a) RETURN a', '--time', '0s').stderr).toMatch(/^error\[bad-usage\].*at least 1ms/);
    expect(run('query', 'MATCH (a) RETURN a', '--limit', '2').stderr).toMatch(/more rows than the limit/);
  });
});

describe('impact', () => {
  test('of a symbol: callers at any distance, and tests', () => {
    const answer = json('impact', 'Store.save');
    expect(answer).toMatchObject({ schema: 'winnow.impact/1', changed: [{ id: 'shop/base.py:Store.save' }] });
    expect(answer.affected).toMatchObject([
      { node: { id: 'shop/app.py:main' }, distance: 1, state: 'resolved', step: 'calls' },
      { node: { id: 'shop/app.py:relay' }, distance: 1, state: 'ambiguous' },
    ]);
    expect(answer.tests).toMatchObject([
      { path: 'tests/test_app.py', tests: [{ node: { name: 'test_main' }, distance: 2, state: 'resolved' }] },
    ]);
    expect(answer.tests[0].tests).toHaveLength(1);
    expect(answer.unresolved).toEqual([{ name: 'save', external: 0, unknown: 0, ambiguous: 1 }]);
  });
  test('of what is reached for sure, by a shorter way in doubt too: both', () => {
    writeFileSync(
      join(shop, 'near.py'),
      'class Near:\n    def nudge(self): ...\n\ndef help(n: Near): n.nudge()\n\ndef both(n, x=None):\n    help(Near())\n    n.nudge()\n',
    );
    onTestFinished(() => rmSync(join(shop, 'near.py')));
    const both = json('impact', 'Near.nudge').affected.find(
      ({ node }: { node: { name: string } }) => node.name === 'both',
    );
    expect(both).toMatchObject({
      distance: 2,
      state: 'resolved',
      from: 'near.py:help',
      nearer: { distance: 1, step: 'calls', from: 'near.py:Near.nudge' },
    });
    expect(run('impact', 'Near.nudge').stdout).toMatch(
      /both.* {2}2 steps, calls near\.py:help {2}or 1 step, calls {2}ambiguous/,
    );
  });
  test('of an override: callers of what it replaces', () => {
    const { affected } = json('impact', 'DiskStore.check');
    expect(affected[0]).toMatchObject({
      node: { id: 'shop/base.py:Store.save' },
      step: 'dispatch',
      state: 'ambiguous',
    });
  });
  const diff = `--- a/shop/base.py
+++ b/shop/base.py
@@ -7,3 +7,3 @@
     def save(self, item):
-        self.check(item)
+        self.check(item, True)
         return self.path
--- a/shop/gone.py
+++ b/shop/gone.py
@@ -1 +1 @@
-x
+y
`;
  test('of a diff, from a file and from standard input', () => {
    writeFileSync(join(dir, 'fix.patch'), diff);
    const answer = json('impact', join(dir, 'fix.patch'));
    expect(answer.changed).toMatchObject([{ id: 'shop/base.py:Store.save' }]);
    expect(answer.outside).toEqual(['shop/gone.py']);
    const { stdout, status } = winnow(['impact', '-'], { home, cwd: shop, input: diff });
    expect(status).toBe(0);
    expect(stdout).toMatch(/tests to run \(1 test in 1 file\)\n {2}tests\/test_app\.py\n {4}test_main {2}2 steps\n/);
  });
  test('of files that are not in the index nothing is denied', () => {
    const gone = diff.slice(diff.indexOf('--- a/shop/gone.py'));
    const { stdout, status } = winnow(['impact', '-'], { home, cwd: shop, input: gone });
    expect(status).toBe(1);
    expect(stdout).not.toContain('No call site');
    expect(stdout).toContain('What depends on the file that is not in the index is not known.');
    expect(winnow(['impact', '-'], { home, cwd: shop, input: diff }).stdout).toMatch(
      /1 call site of the name save is ambiguous\.\nWhat depends on the file that is not in the index/,
    );
  });
  test('what nothing depends on says so; what is no diff is bad data', () => {
    const { status, stdout, stderr } = run('impact', 'README.md');
    expect(status).toBe(1);
    expect(stdout).toContain('may be affected (0)');
    expect(stderr).toContain('No test is known to reach this');
    // Importers of the file are the last resort, and never sure.
    expect(json('impact', 'untouched').tests).toMatchObject([
      { path: 'tests/test_app.py', tests: [], state: 'ambiguous' },
    ]);
    expect(run('impact', 'untouched').stdout).toContain('tests to run (1 test file)\n');
    writeFileSync(join(dir, 'nothing.txt'), '\n');
    expect(run('impact', join(dir, 'nothing.txt'))).toMatchObject({ status: 2, stdout: '' });
    expect(run('impact', join(dir, 'nothing.txt')).stderr).toMatch(/^error\[bad-usage\].*it was empty/);
    expect(winnow(['impact', '-'], { home, cwd: shop, input: 'hello\n' })).toMatchObject({ status: 2, stdout: '' });
    expect(winnow(['impact', '-'], { home, cwd: shop, input: '' }).stderr).toMatch(/^error\[bad-usage\]/);
    expect(run('impact', 'nowhere.diff').stderr).toMatch(/^error\[path-not-found\]/);
  });
});

describe('map', () => {
  test('signatures by file within a budget', () => {
    for (const budget of [50, 100]) {
      const { status, stdout } = run('map', '--budget-tokens', String(budget));
      expect(status).toBe(0);
      expect(estimateTokens(stdout)).toBeLessThanOrEqual(budget);
    }
    const { stdout } = run('map');
    expect(stdout).toMatch(/^shop\/base\.py\n {3}1 class Store\n…\n {3}4 {3}def __init__\(self, path\)\n/);
    expect(stdout).toContain('README.md');
    expect(json('map')).toMatchObject({
      schema: 'winnow.map/1',
      files: [{ path: 'shop/base.py' }, {}, {}, {}, {}, {}],
    });
  });
  test('focus and words move what is asked for to the front', () => {
    expect(run('map', '--words', 'chest').stdout).toMatch(/^shop\/spare\.py\n/);
    expect(run('map', 'web').stdout).not.toContain('shop/');
    expect(run('map', '--focus', 'tests/').stdout).toMatch(/^(?:shop\/app|tests\/test_app)\.py\n/);
    expect(run('map', '--focus', 'nowhere').stderr).toMatch(/^error\[path-not-found\]/);
    expect(run('map', '--focus', 'shop/bse.py').stderr).toMatch(/Nearest: shop\/base\.py\.$/m);
  });
});

describe('the tools of published agents', () => {
  const text = (...words: string[]): string => run('tool', ...words).stdout;
  test('the group has help, a misspelt name its nearest, and the repository is the last word as elsewhere', () => {
    const { status, stdout } = run('tool', '--help');
    expect(status).toBe(0);
    expect(stdout).toContain('winnow tool has 13 parts');
    expect(stdout).toMatch(/\n {2}search-class +AutoCodeRover: .*\n +also search_class\n/);
    expect(run('help', 'tool').stdout).toBe(stdout);
    expect(run('tool').status).toBe(2);
    expect(run('tool').stderr).toMatch(/needs a second word.*winnow tool --help/);
    expect(run('tool', 'serach_class', 'Store').stderr).toContain('Did you mean `winnow tool search_class`');
    const elsewhere = (...words: string[]) => winnow(['tool', ...words], { home, cwd: dir });
    expect(elsewhere('search_class', 'Store', shop).stdout).toBe(text('search_class', 'Store'));
    expect(elsewhere('get_code_around_line', 'base.py', '2', '1', shop).stdout).toContain('Keeps things');
    expect(elsewhere('RetrieveEntity', 'shop/base.py:Store', '--directory', shop).status).toBe(0);
  });
  test("AutoCodeRover's ten search calls, by its names", () => {
    expect(text('search_class', 'Store')).toMatch(
      /<file>shop\/base\.py<\/file>\n<class>Store<\/class>\n<code>\nclass Store\n {4}def __init__/,
    );
    expect(text('get_class_full_snippet', 'DiskStore')).toContain('return item.valid()');
    expect(text('search_class_in_file', 'DiskStore', 'base.py')).toContain('return item.valid()');
    expect(text('search_method', 'save')).toMatch(/^Found 2 methods with name save/);
    expect(text('search_method_in_class', 'save', 'Chest')).toMatch(/<class>Chest<\/class> <func>save<\/func>/);
    expect(text('search_method_in_file', 'main', 'shop/app.py')).toContain('store.save(make_item())');
    expect(text('search_code', 'make_item()')).toMatch(
      /^Found 2 snippets containing `make_item\(\)`[\s\S]*8 {5}store\.save/,
    );
    expect(text('search_code_in_file', 'thing.save(', 'app.py')).toContain('<func>relay</func>');
    expect(text('get_code_around_line', 'shop/app.py', '8', '1')).toMatch(/<code>\n7 .*\n8 .*\n9 .*\n<\/code>/);
    expect(text('get_file_content', 'spare.py')).toContain('class Chest');
    expect(run('tool', 'search-class', 'Nobody')).toMatchObject({
      status: 1,
      stdout: 'Could not find class Nobody in the codebase.\n',
    });
    expect(json('tool', 'search-method', 'main').pieces).toMatchObject([
      { id: 'shop/app.py:main', functionName: 'main', className: null },
    ]);
  });
  test("LocAgent's three", () => {
    expect(text('SearchEntity', 'make_item', 'keeps things')).toMatch(
      /`shop\/app\.py:make_item`[\s\S]*Found by search[\s\S]*shop\/base\.py:Store/,
    );
    expect(text('RetrieveEntity', 'shop/app.py:main')).toContain('store.save(make_item())');
    expect(text('TraverseGraph', 'shop/app.py:main', '--traversal-depth', '1')).toMatch(
      /^shop\/app\.py:main\n[\s\S]*├── invokes ── shop\/base\.py:DiskStore\n/,
    );
    expect(text('TraverseGraph', 'Store', '--direction', 'upstream', '--dependency-type-filter', 'inherits')).toBe(
      'shop/base.py:Store\n└── inherits by ── shop/base.py:DiskStore\n',
    );
    expect(text('TraverseGraph', 'shop/', '--dependency-type-filter', 'contains', '--traversal-depth', '2')).toMatch(
      /^shop\/\n├── contains ── shop\/app\.py\n│ {3}├── .*\n[\s\S]*│ {3}└── .*\n[\s\S]*\n└── contains ── shop\/spare\.py\n {4}└── contains ── shop\/spare\.py:Chest\n$/,
    );
    expect(run('tool', 'RetrieveEntity', 'shop/app.py:mian').status).toBe(1);
  });
});

test('no control character of a file name reaches the terminal, in text, pictures or errors', () => {
  const host = join(dir, 'host');
  writeFiles(host, { '.git/HEAD': '', 'a\x1b[31mred.py': 'def flare():\n    pass\n\ndef lit():\n    flare()\n' });
  for (const words of [
    ...['tree', 'list', 'dot', 'svg', 'mermaid'].map((format) => ['graph', 'flare', '--format', format]),
    ['graph', 'red.py:flame'],
    ['impact', 'flare'],
    ['map'],
    ['query', 'MATCH p = (a)-[r:CALLS]->(b) RETURN p, r, a, b.path'],
    ['tool', 'search_method', 'flare'],
    ['tool', 'TraverseGraph', '/'],
    ['locate', '--text', 'flare is never lit'],
  ]) {
    const { stdout, stderr } = winnow(words, { home, cwd: host });
    expect([words, `${stdout}${stderr}`]).toEqual([words, expect.stringContaining('red.py')]);
    expect(`${stdout}${stderr}`).not.toContain('\x1b');
  }
});

test('an index that cannot be written answers from what it has, and says that it is behind', () => {
  const [tree, sealed] = [join(dir, 'sealed'), join(dir, 'sealed-home')];
  writeFiles(tree, { 'a.py': 'def walk(): step()\ndef step(): pass\n', 'b.py': 'x = 1\n' });
  const at = (...words: string[]) => winnow(words, { home: sealed, cwd: tree });
  expect(at('graph', 'step').status).toBe(0);
  const [store = ''] = readdirSync(join(sealed, 'repos'));
  // A folder where the lock belongs refuses writers whoever they are, the administrator too.
  rmSync(join(sealed, 'repos', store, 'lock.sqlite'), { force: true });
  mkdirSync(join(sealed, 'repos', store, 'lock.sqlite'));
  writeFiles(tree, { 'b.py': 'from a import step\ndef late(): step()\n' });
  for (const [words, found] of [
    [['graph', 'a.py:step'], 'a.py:walk'],
    [['impact', 'a.py:step'], 'a.py:walk'],
    [['locate', '--text', 'walk makes no step'], 'a.py'],
    [['search', 'step'], 'a.py'],
    [['query', 'MATCH (a)-[:CALLS]->(b) RETURN a.name'], 'walk'],
  ] as const) {
    const { status, stdout, stderr } = at(...words);
    expect([status, stdout]).toEqual([0, expect.stringContaining(found)]);
    expect(stderr).toMatch(/^note: This answer is from the index as it is.*cannot be written/);
  }
  expect(at('index')).toMatchObject({ status: 3 });
});

test('an empty repository has answers too', () => {
  const empty = join(dir, 'empty');
  writeFiles(empty, { '.git/HEAD': 'ref: refs/heads/main\n' });
  const there = (...words: string[]) => winnow(words, { home, cwd: empty });
  expect(there('map')).toMatchObject({ status: 1, stderr: '' });
  expect(there('graph', 'x').stderr).toMatch(/^error\[unknown-id\]/);
  expect(there('query', 'MATCH (n:Class) RETURN count(n)').stdout).toContain('0\n1 row');
  expect(there('impact', '-').stderr).toMatch(/^error\[bad-usage\]/);
});
