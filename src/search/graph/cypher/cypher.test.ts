/** Cypher over the graph of a small real tree: what each clause, pattern, operator and function gives, and where faults are shown. */

import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openView } from '../../../../test/graph-view.ts';
import { WinnowError } from '../../../base/mod.ts';
import { type Cell, queryGraph } from '../query.ts';
import type { GraphView } from '../view.ts';
import type { CypherOptions } from './run.ts';

const files = {
  'app/base.py': `class Base:
    def run(self):
        self.step()

    def step(self):
        pass


class Middle(Base):
    def step(self):
        helper_of_nobody()


class Leaf(Middle):
    limit = 3

    def step(self):
        """Takes a step."""
        super().step()
`,
  'app/util.py': `COUNT = 0


def helper():
    other()
    other()


def other():
    return COUNT


def ping():
    pong()


def pong():
    ping()
`,
  'tests/test_leaf.py': `from app.base import Leaf
from app.util import helper


def test_leaf():
    Leaf().run()
    helper()
`,
};

let view: GraphView;
let close: () => void;
beforeAll(async () => {
  ({ view, close } = await openView(files));
});
afterAll(() => close());

/** Rows as lines: nodes by what follows the colon of their ids. */
function lines(query: string, options: CypherOptions = {}): string[] {
  const text = (cell: Cell): string => {
    if (cell === null || typeof cell !== 'object') return String(cell);
    if (Array.isArray(cell)) return `[${cell.map(text).join(',')}]`;
    if ('label' in cell) return cell.id.slice(cell.id.indexOf(':') + 1);
    if ('type' in cell) return cell.type;
    if ('nodes' in cell) return cell.nodes.map(text).join('>');
    throw new Error('no such cell');
  };
  return queryGraph(view, query, options).rows.map((row) => row.map(text).join(' '));
}

const check = (query: string, ...expected: string[]): void => test(query, () => expect(lines(query)).toEqual(expected));

describe('patterns', () => {
  check("MATCH (c:Class {name: 'Leaf'}) RETURN c", 'Leaf');
  check("MATCH (c:Class)-[:INHERITS]->(b {name: 'Base'}) RETURN c", 'Middle');
  check("MATCH (b {name: 'Base'})<-[:INHERITS]-(c:Class) RETURN c.name", 'Middle');
  check("MATCH (c:Class)-[:INHERITS*]->(b:Class {name: 'Base'}) RETURN c.name ORDER BY c.name", 'Leaf', 'Middle');
  check("MATCH (c)-[:INHERITS*2]->(b:Class {name: 'Base'}) RETURN c.name", 'Leaf');
  check("MATCH (c)-[:INHERITS*0..1]->(b:Class {name: 'Base'}) RETURN c.name ORDER BY c.name", 'Base', 'Middle');
  check("MATCH (c {name: 'Leaf'})-[:INHERITS*..9]->(b) RETURN b.name", 'Middle', 'Base');
  check(
    "MATCH p = (:Class {name: 'Leaf'})-[:INHERITS*]->(:Class {name: 'Base'}) RETURN p, length(p)",
    'Leaf>Middle>Base 2',
  );
  check(
    "MATCH p = (:Class {name: 'Base'})<-[:INHERITS*]-(:Class {name: 'Leaf'}) RETURN nodes(p)",
    '[Base,Middle,Leaf]',
  );
  check(
    "MATCH (f {name: 'helper'})-[r:CALLS]->(g) RETURN g, r, r.sites, r.state, r.line, r.rule",
    'other CALLS 2 resolved 5 scope',
  );
  check("MATCH (a {name: 'ping'})-[:CALLS]-(b) RETURN b, count(*)", 'pong 2');
  check("MATCH (a {name: 'ping'})--(b) RETURN b.name ORDER BY b.name", 'pong', 'pong', 'util.py');
  check("MATCH (a {name: 'ping'})-[r:CALLS*]->(a) RETURN size(r)", '2');
  check("MATCH (a {name: 'ping'})-[:CALLS*]->(b) RETURN b.name", 'pong', 'ping');
  check(
    'MATCH (a:Function)-[:CALLS]->(b)-[:CALLS]->(a) RETURN a.name, b.name ORDER BY a.name',
    'ping pong',
    'pong ping',
  );
  // Within one MATCH no relationship is used twice; between two, it may be.
  check("MATCH (t)-[:CALLS]->(x {name: 'helper'}), (u)-[:CALLS]->(x) RETURN u.name");
  check("MATCH (t)-[:CALLS]->(x {name: 'helper'}) MATCH (u)-[:CALLS]->(x) RETURN u.name", 'test_leaf');
  check("MATCH (a:Class {name: 'Base'}), (b:Class {name: 'Leaf'}) RETURN a.name + b.name", 'BaseLeaf');
  check('MATCH (n:Class|Global) RETURN n.name ORDER BY n.name', 'Base', 'COUNT', 'Leaf', 'Middle');
  check('MATCH (n:Callable) WHERE n:Method RETURN DISTINCT n.name ORDER BY n.name', 'run', 'step');
  check('MATCH (n:Symbol:Field) RETURN n.name', 'limit');
  check(
    'MATCH (f:File)-[:IMPORTS]->(g:File) RETURN f.path, g.name ORDER BY g.name',
    'tests/test_leaf.py base.py',
    'tests/test_leaf.py util.py',
  );
  check(
    'MATCH (m)-[:OVERRIDES]->(n) RETURN m, n ORDER BY m.qualifiedName',
    'Leaf.step Middle.step',
    'Middle.step Base.step',
  );
  check("MATCH (:Function {name: 'test_leaf'})-[:TESTS]->(n:Function) RETURN n", 'helper');
  check(
    "MATCH (f)-[r:USES]->(g:Global {name: 'COUNT'}) RETURN f, type(r), startNode(r), endNode(r)",
    'other USES other COUNT',
  );
  check(
    'MATCH (d:Directory)-[:CONTAINS]->(f:File) RETURN d.path, f.name ORDER BY f.name',
    'app base.py',
    'tests test_leaf.py',
    'app util.py',
  );
});

describe('clauses', () => {
  check(
    "MATCH (f:Function) WHERE f.path STARTS WITH 'app' OPTIONAL MATCH (f)-[:CALLS]->(g) RETURN f.name, g.name ORDER BY f.name",
    'helper other',
    'other null',
    'ping pong',
    'pong ping',
  );
  check("OPTIONAL MATCH (f:Function {name: 'nobody'}) RETURN f", 'null');
  check("MATCH (f:Function {name: 'nobody'}) RETURN count(f)", '0');
  check('MATCH (c:Class) WITH c ORDER BY c.name DESC LIMIT 2 RETURN c.name', 'Middle', 'Leaf');
  check(
    'MATCH (c:Class)-[:CONTAINS]->(m:Method) WITH c, count(m) AS methods WHERE methods > 1 RETURN c.name, methods',
    'Base 2',
  );
  check(
    'MATCH (c:Class)-[:CONTAINS]->(m:Method) RETURN c.name, collect(m.name) ORDER BY count(m) DESC, c.name',
    'Base [run,step]',
    'Leaf [step]',
    'Middle [step]',
  );
  check('MATCH (f:Function) RETURN f.name AS name ORDER BY f.line SKIP 1 LIMIT 2', 'test_leaf', 'other');
  check('MATCH (m:Method) RETURN DISTINCT m.name ORDER BY m.name', 'run', 'step');
  check(
    'MATCH (m:Method) RETURN count(m), count(DISTINCT m.name), min(m.line), max(m.line), sum(m.lines), avg(m.lines)',
    '4 2 2 17 9 2.25',
  );
  check(
    "MATCH (c:Class {name: 'Leaf'}) RETURN c.name AS n UNION MATCH (c:Class {name: 'Leaf'}) RETURN c.name AS n",
    'Leaf',
  );
  check('RETURN 1 AS n UNION ALL RETURN 1 AS n', '1', '1');
  check("UNWIND ['Base', 'Leaf', 'None'] AS name MATCH (c:Class) WHERE c.name = name RETURN c.name", 'Base', 'Leaf');
  check('UNWIND range(1, 10, 3) AS n RETURN n', '1', '4', '7', '10');
  check('UNWIND [] AS n RETURN n');
  check("MATCH (c:Class {name: 'Leaf'}) WITH *, 1 AS one RETURN *", 'Leaf 1');
  check('MATCH (c:Class) WITH *, count(*) AS n RETURN c.name, n ORDER BY c.name', 'Base 1', 'Leaf 1', 'Middle 1');
  check(
    'MATCH (a)-[:CALLS]->(b) WITH b, count(DISTINCT a) AS n WHERE n = 1 WITH b.name AS name ORDER BY name LIMIT 1 RETURN name',
    'Leaf',
  );
  check('MATCH (n:Class) RETURN n.name ORDER BY n.name LIMIT 0');
  check('// a comment\nMATCH (n:Class) /* another */ RETURN count(*) AS `how many`;', '3');
  test('columns are named as written', () => {
    expect(queryGraph(view, 'MATCH (c:Class) RETURN c.name, count( * ) AS n').columns).toEqual(['c.name', 'n']);
  });
});

describe('expressions', () => {
  check("MATCH (f:Function) WHERE EXISTS { (f)-[:CALLS]->(:Function {name: 'other'}) } RETURN f.name", 'helper');
  check('MATCH (f:Function) WHERE exists((f)-[:USES]->(:Global)) RETURN f.name', 'other');
  check('MATCH (f:Function) WHERE NOT (f)<-[:CALLS]-() RETURN f.name ORDER BY f.name', 'test_leaf');
  check(
    "MATCH (c:Class) RETURN c.name, CASE WHEN c.name = 'Base' THEN 'root' ELSE 'below' END AS place ORDER BY c.name",
    'Base root',
    'Leaf below',
    'Middle below',
  );
  check("RETURN CASE 2 WHEN 1 THEN 'one' WHEN 2 THEN 'two' END, CASE 3 WHEN 1 THEN 'one' END", 'two null');
  check('RETURN [x IN range(1, 5) WHERE x % 2 = 1 | x * x]', '[1,9,25]');
  check(
    'RETURN all(x IN [1, 2] WHERE x > 0), any(x IN [1] WHERE x > 1), none(x IN [1] WHERE x > 1), single(x IN [1, 2] WHERE x > 1)',
    'true false true true',
  );
  check(
    "RETURN 'Ab-C' =~ '(?i)[a-b]b-c', 'A1' =~ '(?i)a\\d', 'A ' =~ '(?i)a\\S', 'É' =~ '(?i)é|x', 'k' =~ '(?i)[G-M]'",
    'true true false true true',
  );
  check('MATCH (m:Method) WITH m.name AS name, count(m) AS n RETURN name, n ORDER BY n DESC, name', 'step 3', 'run 1');
  check('MATCH (m:Method) RETURN m.name AS name, count(*) ORDER BY count(*) DESC, m.name', 'step 3', 'run 1');
  check('RETURN 1 + 2 * 3 ^ 2, (1 + 2) * 3, 7 / 2, 7.0 / 2, -7 % 4, 1 / 0', '19 9 3.5 3.5 -3 null');
  check(
    'RETURN 1 < 2 < 3, 3 > 2 > 2, 1 <> 2, NOT true XOR true, true OR null, false AND null, null = null',
    'true false true true true false null',
  );
  check(
    "RETURN 'a' + 1, [1] + 2, 'abc' CONTAINS 'b', 'abc' ENDS WITH 'c', 'x' IN ['x'], 'abc' =~ 'a.*', 'ABC' =~ '(?i)abc'",
    'a1 [1,2] true true true true true',
  );
  check(
    'RETURN [1, 2, 3][0], [1, 2, 3][-1], [1, 2, 3][1..], [1, 2, 3][..2], [1][5], null IS NULL, 1 IS NOT NULL',
    '1 3 [2,3] [1,2] null true true',
  );
  check(
    "RETURN toLower('A'), toUpper('a'), trim(' a '), size('abc'), split('a.b', '.'), replace('aa', 'a', 'b'), substring('abcd', 1, 2), left('abc', 2), right('abc', 1), reverse('ab')",
    'a A a 3 [a,b] bb bc ab c ba',
  );
  check(
    "RETURN size('é😀'), left('😀b', 1), right('a😀', 1), substring('😀bc', 1, 1), 'a😀b'[1..2], 'a😀b'[-2..], split('é😀', ''), reverse('a😀')",
    '2 😀 😀 b 😀 😀b [é,😀] 😀a',
  );
  check("RETURN left('ab', -1), right('ab', 0), substring('😀', 5), 'a😀'[2..1], 'ab'[-1..-2]", '    ');
  check(
    "RETURN head([1, 2]), last([1, 2]), tail([1, 2]), coalesce(null, 3), toInteger('4'), toFloat('1.5'), toString(2), abs(-1), round(1.6), floor(1.6), ceil(1.2), sign(-2)",
    '1 2 [2] 3 4 1.5 2 1 2 1 2 -1',
  );
  check(`RETURN 'it\\'s', "a\\nb" = 'a\nb', 1e3, .5`, "it's true 1000 0.5");
  check(
    "MATCH (m:Method {qualifiedName: 'Leaf.step'}) RETURN m.id, m.kind, m.language, m.line, m.endLine, m.lines, m.signature, m.doc, m.exported, labels(m)",
    'app/base.py:Leaf.step method python 17 19 3 def step(self) """Takes a step.""" true [Method]',
  );
  check("MATCH (f:Function {name: 'ping'}) RETURN f.code", 'def ping():\n    pong()');
  check("MATCH (d:Directory {path: 'app'}) RETURN d.id, d.line, d.qualifiedName", 'app/ null null');
});

describe("CodexGraph's names", () => {
  check(
    "MATCH (m:MODULE)-[:CONTAINS]->(c:CLASS)-[:HAS_METHOD]->(f:METHOD {name: 'run'}) RETURN m.file_path, c.name, f.class",
    'app/base.py Base Base',
  );
  check('MATCH (c:CLASS)-[:HAS_FIELD]->(f:FIELD) RETURN c.name, f.name', 'Leaf limit');
  check('MATCH (f:FUNCTION)-[:USES]->(g:GLOBAL_VARIABLE) RETURN f.name, g.name', 'other COUNT');
  check("MATCH (c:CLASS {name: 'Leaf'})-[:INHERITS]->(b:CLASS) RETURN b.signature", 'class Middle(Base)');
});

/** @param column one-based column of the caret */
const checkFault = (query: string, column: number, message: RegExp): void =>
  test(`fault: ${query.slice(0, 70)}`, () => {
    let thrown: unknown = null;
    try {
      lines(query);
    } catch (error) {
      thrown = error;
    }
    expect(thrown).toBeInstanceOf(WinnowError);
    const { code, details } = thrown as WinnowError;
    expect((thrown as WinnowError).message).toMatch(message);
    expect([code, details.column]).toEqual(['bad-query', column]);
  });

describe('faults stand where they are', () => {
  checkFault('', 1, /Expected MATCH.*end of the query/);
  checkFault('MATCH (a) RETRUN a', 11, /found "RETRUN"/);
  checkFault('MATCH (a', 9, /Expected \)/);
  checkFault('MATCH (a)-[:CALLS->(b) RETURN a', 18, /Expected \]/);
  checkFault("MATCH (a {name: 'x) RETURN a", 17, /closing '/);
  checkFault('MATCH (a:Clas) RETURN a', 10, /label Clas.*Class\?/);
  checkFault('MATCH (a)-[:CALS]->() RETURN a', 13, /type CALS.*CALLS\?/);
  checkFault('MATCH (a) RETURN a.nmae', 20, /no property nmae.*name\?/);
  checkFault("MATCH (a {nam: 'x'}) RETURN a", 11, /no property nam/);
  checkFault('MATCH ()-[r:CALLS]->() RETURN r.name', 33, /Relationships have no property/);
  checkFault('MATCH (a) RETURN b', 18, /Nothing is named b/);
  checkFault('MATCH (a) WITH a.name AS n RETURN a', 35, /Nothing is named a/);
  checkFault('MATCH (a) RETURN nosuch(a)', 18, /no function nosuch/);
  checkFault('MATCH (a) RETURN size()', 18, /takes 1 arguments, not 0/);
  checkFault('MATCH (a) WHERE count(a) > 1 RETURN a', 17, /belong into RETURN/);
  checkFault('MATCH (a) RETURN count(count(a))', 24, /not into one another/);
  checkFault('MATCH (a)-[a:CALLS]->() RETURN a', 10, /a is a node already/);
  checkFault('RETURN 1 AS a, 2 AS a', 8, /Two things/);
  checkFault('RETURN 1 AS a UNION RETURN 1 AS b', 21, /same names/);
  checkFault('MATCH (a) RETURN a LIMIT -1', 26, /at least 0/);
  checkFault('MATCH (a)-[*1..500]->(b) RETURN a', 10, /at most 100/);
  checkFault('MATCH (a)-[*3..1]->(b) RETURN a', 10, /rise/);
  checkFault("MATCH (a) WHERE a.name =~ '(' RETURN a", 27, /regular expression/);
  checkFault("MATCH (a) WHERE a.name =~ '(a)\\\\1' RETURN a", 27, /linear time/);
  checkFault('MATCH (a) RETURN $x', 18, /Parameters/);
  checkFault('MATCH (a) RETURN a ;;', 21, /end of the query/);
  checkFault('MATCH p = shortestPath((a)--(b)) RETURN p', 11, /shortestPath is not supported/);
  for (const [query, column] of [
    ['CREATE (a) RETURN a', 1],
    ['MATCH (a) DELETE a', 11],
    ['MATCH (a) SET a.name = 1 RETURN a', 11],
    ['MERGE (a) RETURN a', 1],
    ['MATCH (a) REMOVE a.name RETURN a', 11],
  ] as const)
    checkFault(query, column, /can only be read/);
  checkFault("LOAD CSV FROM 'x' AS y RETURN y", 1, /LOAD reads other files/);
  checkFault('CALL db.labels()', 1, /no procedures/);
  checkFault(`RETURN ${'('.repeat(5_000)}1${')'.repeat(5_000)}`, 208, /levels of nesting/);
  checkFault(`RETURN ${'NOT '.repeat(5_000)}true`, 1 + 'RETURN '.length + 4 * 200, /levels of nesting/);
  checkFault(`RETURN ${Array(20_000).fill('1').join('+')}`, 1, /shorter chains/);
  test('the message shows the line and a caret below the place', () => {
    expect(() => lines('MATCH (a)\nRETURN a.nmae')).toThrow(/\(line 2, column 10\)\n {2}RETURN a\.nmae\n {11}\^$/);
  });
});

describe('bounds', () => {
  test('a cross product of everything ends in time and says so', () => {
    const started = performance.now();
    const answer = queryGraph(view, 'MATCH (a), (b), (c), (d), (e), (f) RETURN count(*)', { timeMs: 100 });
    expect(answer.cut).toBe('time');
    expect(answer.notices[0]).toMatch(/may be too little/);
    expect(performance.now() - started).toBeLessThan(3_000);
  });
  const doubled = (what: string): string => `WITH ${what} AS x ${'WITH x + x AS x '.repeat(60)}RETURN size(x)`;
  checkFault(doubled("'0123456789'"), 367, /at most 30000000/);
  checkFault(doubled('[1, 2]'), 345, /at most 30000000/);
  checkFault(`WITH [1] AS x ${'WITH [x, x] AS x '.repeat(60)}RETURN x`, 343, /at most 30000000/);
  checkFault(`WITH 'a' AS x ${"WITH replace(x, 'a', 'aaaaaaaaaa') AS x ".repeat(20)}RETURN x`, 300, /at most 30000000/);
  checkFault('RETURN 1, range(1, 10001)', 11, /at most 10000 numbers, this one gives 10001/);
  checkFault('WITH 1000000000 AS n RETURN range(1, n)', 29, /at most 10000/);
  const numbers = 'UNWIND range(1, 1000) AS a UNWIND range(1, 1200) AS b';
  test('what is counted holds no rows', () => {
    const sums = `${numbers} RETURN count(*), sum(a), min(b), max(b), avg(a), count(DISTINCT a)`;
    const answer = queryGraph(view, sums, { timeMs: 60_000 });
    expect(answer).toMatchObject({ rows: [[1_200_000, 600_600_000, 1, 1_200, 500.5, 1_000]], cut: null });
    const grouped = `${numbers} RETURN a % 2 AS odd, count(*) AS n ORDER BY count(b), odd`;
    expect(queryGraph(view, grouped, { timeMs: 60_000 })).toMatchObject({
      rows: [
        [0, 600_000],
        [1, 600_000],
      ],
      cut: null,
    });
  });
  test.each([
    ['sorted', `${numbers} RETURN a, b ORDER BY b LIMIT 1`, 1],
    ['grouped', `${numbers} RETURN a, b, count(*)`, 5],
    ['collected', `${numbers} RETURN size(collect(a))`, 1_000_000],
    ['told apart', `${numbers} RETURN count(DISTINCT [a, b])`, 1_000_000],
  ])('what is held is bounded, and the notice says so: %s', (_, query, expected) => {
    const answer = queryGraph(view, query, { timeMs: 60_000, rows: 5 });
    expect(answer.cut).toBe('held');
    expect(answer.notices[0]).toMatch(/more than 200,000 rows/);
    const [first] = answer.rows;
    expect(first?.length === 1 ? first[0] : answer.rows.length).toBe(expected);
  });
  test('rows end at the limit', () => {
    const answer = queryGraph(view, 'MATCH (a) RETURN a', { rows: 2 });
    expect([answer.rows.length, answer.cut]).toEqual([2, 'rows']);
    expect(queryGraph(view, 'MATCH (c:Class) RETURN c', { rows: 3 }).cut).toBeNull();
  });
  test('a LIMIT ends the work behind it', () => {
    expect(queryGraph(view, 'MATCH (a), (b), (c), (d), (e), (f) RETURN a LIMIT 1', { timeMs: 1_000 }).cut).toBeNull();
  });
});
