import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openRunner, type Runner } from '../runner.ts';
import { reproduce, takeReproduction } from './reproduce.ts';
import type { Reproduction, Snippet } from './types.ts';

const path = (process.env.PATH ?? '').split(':');
let root = '';
const runner: Runner = openRunner({ cacheDir: null, path });
const native = (await runner.offers()).find(({ backend }) => backend === 'native');
const isReady = native?.runtimes.some(({ language, state }) => language === 'python' && state === 'ready') === true;
const lacking = isReady ? '' : ' (skipped: no native Python here)';

const files: Record<string, string> = {
  'shop/__init__.py': 'from .basket import Basket\n',
  'shop/__main__.py': 'import sys\nfrom .basket import read\nread(sys.argv[1])\n',
  'shop/basket.py': [
    'from . import made',
    'class Basket:',
    '    def __init__(self, prices):',
    '        self.prices = checked(prices)',
    '    def total(self):',
    '        return sum(self.prices)',
    'def checked(prices):',
    '    if not prices:',
    '        raise ValueError("empty")',
    '    return prices',
    'def read(path):',
    '    return open(path).read()',
    'hidden = 7',
    '',
  ].join('\n'),
  'shop/made.py': 'import not_installed_anywhere\n',
  'setup.cfg': '[options.entry_points]\nconsole_scripts =\n    sphinx-build = shop.build:main\n',
  'shop/build.py':
    'def main(words):\n    return [settings(one) for one in ("conf.py", "index.rst")]\ndef settings(path):\n    print(open(path).read())\n',
  'tests/test_basket.py': 'from shop import Basket\ndef test_it():\n    assert Basket([1]).total() == 1\n',
};

beforeAll(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'winnow-reproduce-')));
  // As root the sandbox is another user, who is to see it.
  chmodSync(root, 0o755);
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, name)), { recursive: true });
    writeFileSync(join(root, name), text);
  }
});
afterAll(async () => {
  await runner.close();
  rmSync(root, { recursive: true, force: true });
});

const ask = (snippets: readonly Snippet[], background: readonly string[] = []): Promise<Reproduction> =>
  reproduce(runner, { snippets, background, root, roots: [''], packages: ['shop'], python: null, path, stepMs: 2_000 });
const names = (run: Reproduction, step: number): string[] =>
  (run.steps[step]?.ran ?? []).map((one) => run.functions[one.function]?.name ?? '').sort();

describe.skipIf(!isReady)(`an issue’s code against a repository${lacking}`, () => {
  it('tells the functions that each statement ran, where it failed, and what was filled in', async () => {
    const run = await ask(
      [
        { kind: 'source', text: 'import shop\nb = shop.Basket([1, 2])\nb.total()\n' },
        { kind: 'session', statements: ['Basket([])', 'hidden + 1', 'no_such_name', 'while True: pass', 'b.total()'] },
      ],
      ['tests/test_basket.py'],
    );
    expect(run.whole).toBe(true);
    expect(run.steps.map(({ snippet, ended }) => [snippet, ended])).toEqual([
      [0, 'done'],
      [0, 'done'],
      [0, 'done'],
      [1, 'raised'],
      [1, 'done'],
      [1, 'done'],
      [1, 'timed-out'],
      [1, 'done'],
    ]);
    // Importing is not watched; the rest is, statement by statement.
    expect(names(run, 0)).toEqual([]);
    expect(names(run, 1)).toEqual(['__init__', 'checked']);
    expect(names(run, 2)).toEqual(['total']);
    expect(run.steps[3]?.error).toEqual({ type: 'ValueError', message: 'empty' });
    expect(run.steps[3]?.frames.map((one) => [run.functions[one.function]?.name, one.line])).toEqual([
      ['__init__', 4],
      ['checked', 9],
    ]);
    expect(run.filled).toEqual([
      { what: 'not_installed_anywhere', by: 'module' },
      { what: 'Basket', by: 'shop' },
      { what: 'hidden', by: 'shop.basket' },
      { what: 'no_such_name', by: 'a guess: boolean' },
    ]);
    expect(run.background.map((ran) => ran.map((at) => run.functions[at]?.name).sort())).toEqual([
      ['__init__', 'checked', 'test_it', 'total'],
    ]);
  }, 60_000);

  it('guesses what is found nowhere as partial execution does, tells it, and stops what runs long', async () => {
    const run = await ask([
      {
        kind: 'source',
        text: [
          'import shop, absent_library',
          'rate = absent_library.rate(2)',
          'Basket([price * 2 for price in given_prices]).total()',
          'read("missing.txt")',
          'def again():',
          '    return checked(other_prices)',
          'again()',
          'while not never_true: pass',
        ].join('\n'),
      },
    ]);
    expect(run.steps.map(({ ended }) => ended)).toEqual([
      ...['done', 'done', 'done', 'raised', 'done', 'done', 'timed-out'],
    ]);
    expect(names(run, 2)).toEqual(['__init__', 'checked', 'total']);
    expect(run.steps[3]?.error?.type).toBe('FileNotFoundError');
    expect(names(run, 5)).toEqual(['checked']);
    const filled = new Map(run.filled.map(({ what, by }) => [what, by]));
    expect(filled.get('absent_library')).toBe('module');
    expect(filled.get('given_prices')).toBe('a guess: list');
    expect(filled.get('Basket')).toBe('shop');
  }, 60_000);

  it('gives a program to a project that reads programs, calls its tests, and carries out its commands', async () => {
    const run = await ask([
      { kind: 'file', path: 'given.txt', text: 'x' },
      { kind: 'command', words: ['python', '-m', 'shop', 'given.txt'] },
      { kind: 'source', text: 'answer = 42\n' },
      { kind: 'command', words: ['rm', '-rf', root] },
    ]);
    expect(run.steps.map(({ text, ended }) => [text, ended])).toEqual([
      ['shop given.txt', 'done'],
      ['answer = 42', 'done'],
      ['shop issue_2.py', 'done'],
    ]);
    expect(names(run, 0)).toEqual(['read']);
  }, 60_000);

  it('builds the documents that the issue carries, once, with what a project always has', async () => {
    const run = await ask([
      { kind: 'file', path: 'conf.py', text: "autodoc_typehints = 'none'\n" },
      { kind: 'file', path: 'page.rst', text: '.. automodule:: example\n' },
      { kind: 'command', words: ['make', 'latexpdf'] },
    ]);
    expect(run.steps.map(({ text }) => text).filter((text) => text.startsWith('sphinx-build'))).toEqual([
      'sphinx-build -b latex . _build',
    ]);
    expect(run.filled.map(({ what, by }) => [what, by])).toEqual(
      expect.arrayContaining([
        ['index.rst', 'a table of the documents'],
        ['extensions', 'sphinx.ext.autodoc'],
      ]),
    );
    expect(run.functions.map(({ name }) => name)).toContain('settings');
  }, 60_000);

  it('cannot write to the repository', async () => {
    const run = await ask([{ kind: 'source', text: `import shop\nopen(${JSON.stringify(join(root, 'new'))}, 'w')\n` }]);
    expect(run.steps.at(-1)?.ended).toBe('raised');
  }, 60_000);

  it('passes over rows that are none', async () => {
    const { outcome } = await ask([{ kind: 'source', text: 'import shop\n' }]);
    const bytes = new TextEncoder().encode(
      '{"code":0,"path":"../x","line":1,"name":"f"}\nno\n{"step":0,"block":0,"text":"t","ran":[[9,1,0]],"ended":"done","frames":[[1]]}\n[]\n',
    );
    const forged = {
      ...outcome,
      files: [{ path: '.winnow-issue/rows.jsonl', change: 'added' as const, bytes, mode: 0o644 }],
    };
    const run = takeReproduction(forged);
    expect(run.functions).toEqual([]);
    expect(run.steps).toEqual([{ snippet: 0, text: 't', ran: [], ended: 'done', error: null, frames: [] }]);
    expect(run.whole).toBe(false);
  }, 60_000);
});
