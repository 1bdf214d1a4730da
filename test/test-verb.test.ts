/** `winnow test` as a user meets it: exit codes, selection, bad use, and what `locate` makes of the lines. Runners are tested beside `src/run/tests`. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { keepIn } from './keptcache.ts';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
keepIn(home);
const at = join(dir, 'project');
beforeAll(() => {
  writeFiles(at, {
    'setup.cfg': '',
    'shop.py': 'def total(prices):\n    return sum(prices)\n\n\ndef cheapest(prices):\n    best = 0\n    return best\n',
    'tests/__init__.py': '',
    'tests/test_shop.py': `import unittest
from shop import cheapest, total


class ShopTest(unittest.TestCase):
    def test_total(self):
        self.assertEqual(total([1, 2]), 3)

    def test_cheapest(self):
        self.assertEqual(cheapest([3, 2]), 2)
`,
    'venv/pyvenv.cfg': '',
    'venv/lib/broken.py': '(',
  });
  writeFiles(join(dir, 'empty'), { 'readme.txt': 'nothing\n' });
});
afterAll(remove);

const python = existsSync('/usr/bin/python3') && existsSync('/usr/bin/bwrap');
const missing = python ? '' : ' (skipped: no bubblewrap or no python3 below /usr)';

describe.skipIf(!python)(`winnow test${missing}`, () => {
  test('a failed test is exit code 1 and tells where; a path and a name select', () => {
    const all = winnow(['test', at, '--python', '/usr/bin/python3'], { home });
    expect(all.stdout).toContain('failed  tests.test_shop.ShopTest.test_cheapest  tests/test_shop.py:10');
    expect([all.status, /1 passed, 1 failed {2}\(unittest/.test(all.stdout)]).toEqual([1, true]);
    const one = winnow(['test', join(at, 'tests'), '--only', 'total', '--python', '/usr/bin/python3'], { home });
    expect([one.status, /^1 passed {2}/.test(one.stdout)]).toEqual([0, true]);
  });

  test('lines of each test lead locate to the fault', () => {
    const lines = join(dir, 'lines.json');
    const { stdout } = winnow(['test', at, '--json', '--python', '/usr/bin/python3', '--save-coverage', lines], {
      home,
    });
    expect(JSON.parse(stdout)).toMatchObject({
      schema: 'winnow.test/1',
      passed: false,
      counts: { passed: 1, failed: 1 },
    });
    expect(JSON.parse(readFileSync(lines, 'utf8')).tests).toContainEqual({
      name: 'tests.test_shop.ShopTest.test_cheapest',
      passed: false,
      lines: { 'shop.py': [6, 7], 'tests/test_shop.py': [10] },
    });
    const located = winnow(['locate', at, '--text', 'wrong result', '--coverage', lines, '--json'], { home });
    expect(JSON.parse(located.stdout).functions[0]).toMatchObject({ name: 'cheapest' });
  });
});

describe.skipIf(!python)(`winnow test --observe${missing}`, () => {
  test('the calls that tests made settle an ambiguous edge of the graph', () => {
    const shapes = join(dir, 'shapes');
    writeFiles(shapes, {
      'setup.cfg': '',
      'shapes.py': `class Circle:
    def area(self):
        return 3


class Square:
    def area(self):
        return 4


def measure(shape):
    return shape.area()
`,
      'test_shapes.py': `import unittest
from shapes import Circle, measure


class ShapeTest(unittest.TestCase):
    def test_measure(self):
        self.assertEqual(measure(Circle()), 3)
`,
    });
    const states = (): unknown => {
      const { stdout } = winnow(['graph', 'shapes.py:measure', shapes, '-r', 'callees', '--json'], { home });
      const { relations } = JSON.parse(stdout) as {
        relations: { neighbours: { node: { id: string }; state: string }[] }[];
      };
      return relations.flatMap(({ neighbours }) => neighbours.map(({ node, state }) => [node.id, state]));
    };
    expect(states()).toEqual([
      ['shapes.py:Circle.area', 'ambiguous'],
      ['shapes.py:Square.area', 'ambiguous'],
    ]);
    const calls = join(dir, 'calls.jsonl');
    const run = winnow(['test', shapes, '--python', '/usr/bin/python3', '--observe', '--record-calls', calls], {
      home,
    });
    expect([run.status, run.stdout]).toEqual([0, expect.stringContaining('calls were added to the graph')]);
    expect(states()).toEqual([
      ['shapes.py:Circle.area', 'observed'],
      ['shapes.py:Square.area', 'ambiguous'],
    ]);
    expect(readFileSync(calls, 'utf8')).not.toContain('.winnow-tests');
  });
});

test('what is no project of tests, no runner and no environment is told', () => {
  const none = winnow(['test', join(dir, 'empty')], { home });
  expect([none.status, none.stderr]).toEqual([2, expect.stringContaining('--runner')]);
  const environment = winnow(['test', at, '--python', join(dir, 'empty')], { home });
  expect([environment.status, environment.stderr]).toEqual([2, expect.stringContaining('virtual environment')]);
});
