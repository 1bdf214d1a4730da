import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree, type Tree } from '../../test/trees.ts';
import type { WinnowError } from '../base/mod.ts';
import { openRepository, type Snapshot } from '../index/mod.ts';
import { estimateTokens, show, shownText, smallestBudget } from './mod.ts';
import type { Shown, ShowOptions } from './types.ts';

const long = Array.from({ length: 60 }, (_, i) => `        total += step_${i}(value)`).join('\n');

const files = {
  'app/store.py': `import json
from app.paths import home, cache_dir

LIMIT = 10


class Store:
    """Keeps things."""

    def load(self, name):
        """Reads one thing."""
        return json.load(open(home(name)))

    def save(self, name, value):
        total = 0
${long}
        return total


class Other:
    def load(self):
        return LIMIT
`,
  'app/paths.py': 'def home(name):\n    return name\n\n\ndef cache_dir():\n    return home("cache")\n',
  'odd: name #2.md': '# Notes\n\nText.\n\n# Notes\n\nMore.\n',
};

async function snapshotOf(tree: Tree): Promise<Snapshot> {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  await repository.refresh({ workers: 1 });
  const snapshot = repository.snapshot();
  onTestFinished(() => snapshot.close());
  return snapshot;
}

function shown(snapshot: Snapshot, id: string, options?: ShowOptions): Shown {
  const answer = show(snapshot, id, options);
  if (answer.kind !== 'shown') throw new Error(`${id} is ambiguous`);
  return answer.shown;
}

function refusal(work: () => unknown): WinnowError {
  try {
    work();
  } catch (error) {
    return error as WinnowError;
  }
  throw new Error('expected a refusal');
}

describe('what is shown', () => {
  test('of a path from the root of the machine, as stack traces have it', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const whole = (id: string): string => `${snapshot.root}/${id}`;
    expect(shown(snapshot, whole('app/store.py:Store.load'))).toMatchObject({ what: 'symbol', name: 'Store.load' });
    expect(shown(snapshot, whole('app/store.py:4'))).toMatchObject({ what: 'lines', path: 'app/store.py' });
    expect(shown(snapshot, whole('app/paths.py'))).toMatchObject({ what: 'file', path: 'app/paths.py' });
    expect(refusal(() => show(snapshot, '/elsewhere/app/paths.py')).code).toBe('unknown-id');
  });

  test('of an id in quotes, and of a place with a column, as compilers and chats have them', async () => {
    const snapshot = await snapshotOf(makeTree({ ...files, '`odd`.py': 'odd = 1\n' }));
    for (const id of ['`app/store.py:Store.load`', '"app/store.py:Store.load"', "'./app/store.py:Store.load'"])
      expect(shown(snapshot, id)).toMatchObject({ what: 'symbol', name: 'Store.load' });
    for (const id of ['app/store.py:4:17', 'store.py:4:17:', `\`${snapshot.root}/app/store.py:4:1\``])
      expect(shown(snapshot, id)).toMatchObject({ what: 'lines', lines: { first: 4, last: 4 } });
    expect(shown(snapshot, '`odd`.py')).toMatchObject({ what: 'file', path: '`odd`.py' });
    expect(refusal(() => show(snapshot, '``')).code).toBe('unknown-id');
  });

  test('of a symbol', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const method = shown(snapshot, 'app/store.py:Store.load');
    expect(method).toMatchObject({
      what: 'symbol',
      kind: 'method',
      name: 'Store.load',
      lines: { first: 10, last: 12 },
      doc: '"""Reads one thing."""',
      source: { lines: { first: 10, last: 12 }, omitted: null },
      before: null,
    });
    expect(method.signature).toMatch(/^def load\(self, name\):?$/);
    expect(method.source?.text.split('\n')[0]).toBe('    def load(self, name):');
    expect(method.parent?.id).toBe('app/store.py:Store');
    expect(method.after?.id).toBe('app/store.py:Store.save');
    expect(method.imports).toEqual(['import json', 'from app.paths import home, cache_dir']);
    const type = shown(snapshot, 'app/store.py:Store');
    expect(type.children.map(({ id, depth }) => [id, depth])).toEqual([
      ['app/store.py:Store.load', 0],
      ['app/store.py:Store.save', 0],
    ]);
  });

  test('of a file and of lines', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const file = shown(snapshot, 'app/store.py');
    expect(file).toMatchObject({ what: 'file', source: null });
    expect(file.children.map(({ name, depth }) => `${depth} ${name}`)).toEqual(
      expect.arrayContaining(['0 LIMIT', '0 Store', '1 Store.load', '1 Store.save', '0 Other', '1 Other.load']),
    );
    const lines = shown(snapshot, 'app/paths.py:1-2', { context: 2 });
    expect(lines).toMatchObject({
      what: 'lines',
      lines: { first: 1, last: 2 },
      source: { lines: { first: 1, last: 4 } },
    });
    expect(lines.children.map(({ id }) => id)).toEqual(['app/paths.py:home']);
    expect(shown(snapshot, 'app/paths.py:5-99').lines).toEqual({ first: 5, last: 6 });
  });

  test('of a notebook, what its cell says', async () => {
    const source = ['def f(a):\n', '    "Says \\\\n twice."\n', '    return g("ü", a)'];
    const cell = { cell_type: 'code', metadata: {}, source, outputs: [] };
    const book = { cells: [cell], metadata: {}, nbformat: 4 };
    const snapshot = await snapshotOf(makeTree({ 'book.ipynb': JSON.stringify(book, null, 1) }));
    const whole = shown(snapshot, 'book.ipynb:f');
    expect(whole.source?.text).toBe(source.join(''));
    expect(whole.source?.lines).toEqual({ first: 7, last: 9 });
    const around = shown(snapshot, 'book.ipynb:5-7').source?.text.split('\n');
    expect(around).toEqual(['   "metadata": {},', '   "source": [', 'def f(a):']);
    // A cell in one string keeps the numbers of lines.
    const one = JSON.stringify({ ...book, cells: [{ ...cell, source: source.join('') }] }, null, 1);
    const other = await snapshotOf(makeTree({ 'book.ipynb': one }));
    expect(shown(other, 'book.ipynb:f').source?.text).toContain('"source": "def f(a):');
  });

  test('odd paths and names', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const outline = shown(snapshot, 'odd: name #2.md').children.map(({ id }) => id);
    expect(outline).toHaveLength(2);
    for (const id of outline) expect(shown(snapshot, id).id).toBe(id);
    expect(shown(snapshot, 'Notes#2').id).toBe(outline[1]);
    expect(refusal(() => show(snapshot, 'Notes#3')).code).toBe('unknown-id');
    expect(shown(snapshot, outline[1] as string).lines.first).toBe(5);
  });
});

describe('ids', () => {
  test('the end of an id is enough when only one definition has it', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const ends = ['store.py:Store.load', 'Store.load', './app/store.py:Store.load', 'app/store.py:store.load'];
    const divided = ['Store::load', 'app::store::Store::load', 'store.py:Store::load', 'Store#load', 'Store->load()'];
    for (const id of [...ends, ...divided]) {
      expect([id, shown(snapshot, id).id]).toEqual([id, 'app/store.py:Store.load']);
    }
    expect(shown(snapshot, 'store.py').id).toBe('app/store.py');
    expect(shown(snapshot, 'paths.py:1-2').id).toBe('app/paths.py:1-2');
    expect(show(snapshot, 'Store.load').notices.join()).toMatch(/taken for/);
  });

  test('several fits are listed', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const answer = show(snapshot, 'load');
    expect(answer.kind === 'ambiguous' && answer.candidates.map(({ id }) => id)).toEqual([
      'app/store.py:Store.load',
      'app/store.py:Other.load',
    ]);
  });

  test('what does not exist names the nearest', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const near = (id: string) => {
      const error = refusal(() => show(snapshot, id));
      expect(error.code).toBe('unknown-id');
      return error.details.near as string[];
    };
    expect(near('app/store.py:Store.laod')[0]).toBe('app/store.py:Store.load');
    expect(near('cache_dri')[0]).toBe('app/paths.py:cache_dir');
    expect(near('lib/store.py:Nothing')).toContain('app/store.py');
    expect(near('lib/store.py:Store.load')).toContain('app/store.py:Store.load');
    expect(near('app/stoer.py')).toEqual(['app/store.py']);
    expect(near('app/stor.py:Store.load')).toEqual(['app/store.py:Store.load']);
    expect(near('stre.py')).toEqual(['app/store.py']);
    expect(near('Stroe.load')[0]).toBe('app/store.py:Store.load');
    expect(near('Othr.load')[0]).toBe('app/store.py:Other.load');
    expect(near('Other.laod')[0]).toBe('app/store.py:Other.load');
    expect(near('Other::laod')[0]).toBe('app/store.py:Other.load');
    expect(near('store.py:Stor')[0]).toBe('app/store.py:Store');
    expect(near('store.py:Other.laod')[0]).toBe('app/store.py:Other.load');
    expect(near('Nothing.load')).toEqual(['app/store.py:Store.load', 'app/store.py:Other.load']);
    expect(near('pathes.cache_dir')[0]).toBe('app/paths.py:cache_dir');
    expect(refusal(() => show(snapshot, 'app/store.py', { context: -1 })).code).toBe('bad-usage');
  });

  test('a file that was left out is told as such', async () => {
    const binary = Uint8Array.of(1, 0, 2, 255);
    const snapshot = await snapshotOf(makeTree({ ...files, 'app/store.bin': binary, 'app/none.py': '' }));
    for (const [id, words] of [
      ['app/store.bin', 'app/store.bin was left out of the index: it is binary.'],
      ['store.bin:Store', 'app/store.bin was left out of the index: it is binary.'],
      ['app/none.py:1-2', 'app/none.py was left out of the index: it is empty.'],
    ] as const) {
      const error = refusal(() => show(snapshot, id));
      expect([error.code, error.message]).toEqual(['unknown-id', words]);
      expect(error.details.near).toEqual([]);
    }
  });

  test('lines past the end of a file are told, not others shown', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    for (const id of ['app/paths.py:7-7', 'app/paths.py:99-100', 'paths.py:100-99']) {
      const error = refusal(() => show(snapshot, id));
      expect([id, error.code, error.exit]).toEqual([id, 'unknown-id', 1]);
      expect(error.message).toMatch(/app\/paths\.py has 6 lines/);
    }
    expect(shown(snapshot, 'app/paths.py:6-7').lines).toEqual({ first: 6, last: 6 });
  });

  test('a changed file is not shown as it was', async () => {
    const tree = makeTree(files);
    const snapshot = await snapshotOf(tree);
    tree.write('app/paths.py', 'def other():\n    pass\n');
    expect(refusal(() => show(snapshot, 'app/paths.py:home')).message).toMatch(/changed/);
  });
});

test('a budget is never passed; a long body loses its middle', async () => {
  const snapshot = await snapshotOf(makeTree(files));
  const id = fc.constantFrom('app/store.py:Store.save', 'app/store.py:Store', 'app/store.py', 'app/paths.py:1-5');
  fc.assert(
    fc.property(id, fc.integer({ min: smallestBudget, max: 2_000 }), (asked, budgetTokens) => {
      const answer = show(snapshot, asked, { budgetTokens });
      if (answer.kind !== 'shown') throw new Error('ambiguous');
      const text = shownText(answer.shown) + answer.notices.map((notice) => `${notice}\n`).join('');
      expect(estimateTokens(text)).toBeLessThanOrEqual(budgetTokens);
      const { source } = answer.shown;
      if (source === null || source.omitted === null) return;
      const { lines, omitted } = source;
      expect(source.text.split('\n')).toHaveLength(lines.last - lines.first + 1 - (omitted.last - omitted.first + 1));
      expect(omitted.first).toBeGreaterThan(lines.first);
    }),
  );
  const { source } = shown(snapshot, 'app/store.py:Store.save', { budgetTokens: 400 });
  expect(source?.omitted).not.toBeNull();
  expect(source?.text).toMatch(/^ {4}def save/);
  expect(source?.text).toMatch(/return total$/);
});
