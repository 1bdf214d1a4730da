import { spawnSync } from 'node:child_process';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { winnow } from './keptprogram.ts';
import { workspace, writeFiles } from './program.ts';

const { dir, home, remove } = workspace();
const hasPython = spawnSync('python3', ['--version']).status === 0;
const name = hasPython ? 'winnow run ID --partial' : 'winnow run ID --partial (skipped: python3 is not installed)';

const files = {
  'app/__init__.py': '',
  'app/util.py': 'def double(x):\n    return x * 2\n',
  'app/core.py': `from .util import double
import helpers
import requests

LIMIT = 3


class Box:
    def __init__(self, items):
        self.items = items

    def total(self):
        return sum(double(one) for one in self.items) + helpers.one()

    def fetch(self, url):
        got = requests.get(url)
        return double(got.status_code)


def make(count):
    box = Box([1] * count)
    return box.total()
`,
  'shop/__init__.py':
    'import os\nfrom paying.cards import card\ntry:\n    import speedups\nexcept ImportError:\n    speedups = None\n',
  'shop/till.py': 'def change(paid):\n    return paid - 1\n',
  'desk/__init__.py': 'from .app import App\n',
  'desk/app.py':
    'import web\nfrom . import line\n\nclass App(web.Base):\n    def start(self, port):\n        return super().start(port + 1)\n',
  'desk/line.py':
    '@decorate\ndef command():\n    pass\n\ncommand.params.insert(0, 1)\n\ndef best(text):\n    return text + "!"\n',
  'desk/parts/view.py': 'from ..line import best\n\ndef shown(text):\n    return best(text)\n',
  'helpers.py': 'def one():\n    return 1\n',
  'web/util.ts': 'export function double(x: number): number {\n  return x * 2;\n}\n',
  'web/core.ts': `import { double } from './util';

export class Crate {
  items: number[];
  constructor(items: number[]) {
    this.items = items;
  }
  total(): number {
    return double(this.items.length);
  }
}
`,
};

beforeAll(() => writeFiles(dir, files));
afterAll(remove);

const run = (id: string, cwd = dir) => winnow(['run', id, '--partial', '--json'], { home, cwd });
const told = (id: string, cwd = dir) => {
  const ran = run(id, cwd);
  if (ran.stdout === '') throw new Error(ran.stderr);
  return JSON.parse(ran.stdout).partial;
};
const injected = ({ injections }: { injections: { kind: string; what: string }[] }): string[] =>
  injections.filter(({ kind }) => kind === 'module' || kind === 'name').map(({ what }) => what);

(hasPython ? describe : describe.skip)(name, () => {
  test('a hit of a search runs as it is named, with the files that its imports come to', () => {
    const found = JSON.parse(winnow(['search', 'total of a box', '--json'], { home, cwd: dir }).stdout);
    const hit = found.hits.find(
      ({ language, kind }: { language: string; kind: string }) => language === 'python' && kind === 'method',
    );
    const partial = told(hit.id);
    expect([partial.entry, partial.function, partial.coverage.covered]).toEqual(['app/core.py', 'Box.total', 1]);
    expect(injected(partial)).toEqual(['requests']);
  });

  test('a module that a file around it needs is put in, and one that it can do without is not', () => {
    const partial = told('shop/till.py:change');
    expect(partial.coverage.covered).toBe(1);
    expect(injected(partial)).toEqual(['paying', 'paying.cards']);
    // Where they are asked for: that file ran before the one that was named had a line.
    const places = partial.injections.map(
      ({ what, path, line }: { what: string; path: string; line: number }) => `${path}:${line} ${what}`,
    );
    expect(places).toEqual(
      expect.arrayContaining(['paying', 'paying.cards', 'paying.cards.card'].map((one) => `shop/__init__.py:2 ${one}`)),
    );
  });

  test('a package that ends early for want of what is missing keeps none of its modules back', () => {
    const best = told('desk/line.py:best');
    expect([best.coverage.covered, best.level]).toEqual([1, 4]);
    const halted = best.injections.find(({ what }: { what: string }) => what === 'desk.line');
    expect(halted.why).toEqual([expect.stringMatching(/^its own code ends at line 1 with NameError/)]);
    const shown = told('desk/parts/view.py:shown');
    expect([shown.entry, shown.coverage.covered]).toEqual(['desk/parts/view.py', 1]);
  });

  test('what a missing base class would have given is injected, and no error of the program', () => {
    const start = told('desk/app.py:App.start');
    expect([start.coverage.covered, start.failures]).toEqual([1, []]);
  });

  test('a file of a repository is one of its package', () => {
    writeFiles(dir, {
      'kept/.git/HEAD': 'ref: refs/heads/main\n',
      'kept/pack/__init__.py': '',
      'kept/pack/a.py': 'from .b import two\nprint(two + lost)\n',
      'kept/pack/b.py': 'two = 2\n',
    });
    const partial = told('kept/pack/a.py');
    expect([partial.entry, partial.coverage.covered, injected(partial)]).toEqual(['pack/a.py', 2, ['lost']]);
  });

  test('a class runs by its methods, in both languages', () => {
    expect(told('app/core.py:Box').called).toEqual(['Box.__init__', 'Box.total', 'Box.fetch']);
    const crate = told('Crate');
    expect(crate.called).toEqual(expect.arrayContaining(['Crate.constructor', 'Crate.total']));
    expect(injected(crate)).toEqual([]);
  });

  test.each([
    ['app/core.py:13', 'Box.total'],
    ['app/core.py:8-18', 'Box'],
    ['web/core.ts:9', 'Crate.total'],
  ])('%s is %s', (id, expected) => {
    expect(told(id).function).toBe(expected);
  });

  test('ids are meant from where they are typed, and lines outside of definitions are their file', () => {
    expect(told('core.py:13', `${dir}/app`).function).toBe('Box.total');
    const ran = winnow(['run', 'app/core.py:1-5', '--partial', '--level', '2'], { home, cwd: dir });
    expect(ran.stderr).toMatch(/no function or class; all of app\/core.py is run[\s\S]*^core.py: /m);
  });

  test('calls of the program itself, and the lines that ran, go to its graph, marked, until a file changes', () => {
    const seen = (id: string) => {
      const { relations } = JSON.parse(winnow(['graph', id, '-r', 'callees', '--json'], { home, cwd: dir }).stdout);
      return relations.flatMap((one: { neighbours: { partial: boolean; node: { id: string } }[] }) =>
        one.neighbours.filter(({ partial }) => partial).map(({ node }) => node.id),
      );
    };
    const ran = winnow(['run', 'app/core.py:make', '--partial', '--observe', '--json'], { home, cwd: dir });
    expect(JSON.parse(ran.stdout).partial.observed).toEqual({ kept: 4, unknown: 0 });
    expect(seen('app/core.py:make')).toEqual(['app/core.py:Box.__init__', 'app/core.py:Box.total']);
    const impact = JSON.parse(winnow(['impact', 'app/core.py:Box.total', '--json'], { home, cwd: dir }).stdout);
    expect(
      impact.affected.map((one: { partial: boolean; node: { id: string } }) => [one.node.id, one.partial]),
    ).toContainEqual(['app/core.py:make', true]);
    const asked = 'MATCH (a)-[r:CALLS]->(b) WHERE r.partial RETURN b.name ORDER BY b.name';
    const rows = JSON.parse(winnow(['query', asked, '--json'], { home, cwd: dir }).stdout).rows;
    expect(rows.flat()).toEqual(['__init__', 'double', 'one', 'total']);
    const { coverage, level } = JSON.parse(ran.stdout).partial;
    const [{ ran: lines, missed }] = coverage.files;
    const evidence = (verb: string) =>
      JSON.parse(winnow([verb, 'app/core.py:make', '--json'], { home, cwd: dir }).stdout).partialRuns;
    expect(lines.length).toBeGreaterThan(0);
    expect(evidence('show')).toEqual([{ run: 'app/core.py:make', level, ran: expect.arrayContaining(lines), missed }]);
    expect(evidence('graph')).toEqual(evidence('show'));
    const called = JSON.parse(
      winnow(['show', 'app/core.py:Box.total', '--json'], { home, cwd: dir }).stdout,
    ).partialRuns;
    expect(called).toMatchObject([{ run: 'app/core.py:make', level }]);
    expect(called[0].ran.length).toBeGreaterThan(0);
    expect(winnow(['show', 'app/core.py:make'], { home, cwd: dir }).stdout).toContain(
      `partial run of app/core.py:make, level ${level}: `,
    );
    writeFiles(dir, { 'app/core.py': `${files['app/core.py']}# changed\n` });
    expect(seen('app/core.py:make')).toEqual([]);
    expect(evidence('show')).toEqual([]);
  });

  test('lines that ran of a package below `src` are told without git as well', () => {
    writeFiles(dir, {
      'laid/src/pack/__init__.py': '',
      'laid/src/pack/sums.py': 'def twice(x):\n    y = x * 2\n    return y\n',
    });
    const here = { home, cwd: `${dir}/laid` };
    winnow(['run', 'src/pack/sums.py:twice', '--partial', '--observe', '--level', '2'], here);
    expect(JSON.parse(winnow(['show', 'src/pack/sums.py:twice', '--json'], here).stdout).partialRuns).toMatchObject([
      { run: 'src/pack/sums.py:twice', ran: [1, 2, 3] },
    ]);
  });

  test('what fits several definitions or none says which there are', () => {
    expect(run('app/core.py:8-22')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/Several.*core.py:Box, .*core.py:make/),
    });
    expect(run('total')).toMatchObject({
      stdout: '',
      stderr: expect.stringMatching(/Several.*Box\.total.*Crate\.total/),
    });
    expect(run('app/core.py:gone')).toMatchObject({
      stdout: '',
      stderr: expect.stringContaining('no function or class gone'),
    });
    expect(run('app/gone.py:make2')).toMatchObject({ stdout: '', stderr: expect.stringContaining('is no id here') });
    expect(run('app/core.py:900')).toMatchObject({ stdout: '', stderr: expect.stringContaining('900') });
    expect(run('gone.py')).toMatchObject({ stdout: '', stderr: expect.stringContaining('does not exist') });
  });
});
