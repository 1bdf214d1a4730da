import { expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../test/trees.ts';
import { openRepository, type Snapshot } from '../index/mod.ts';
import { search } from './mod.ts';

const files = {
  'src/store.ts': `export const limit = 10;
export class Store {
  /** Opens the store. */
  openStore(path: string) {
    return openFile(path, limit);
  }
  close() {
    closeFile(this);
  }
}
`,
  'src/file.ts':
    'export function openFile(path: string) {\n  // openFile, then openFile again\n  return openFile(path);\n}\n',
  'tests/store.test.ts': "test('openFile', () => {\n  openFile('ü');\n});\n",
  'notes.md': '# Notes\n\nCall openFile first.\n',
};

async function snapshotOf(content: Readonly<Record<string, string>>): Promise<Snapshot> {
  const tree = makeTree(content);
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  await repository.refresh({ workers: 1 });
  const snapshot = repository.snapshot();
  onTestFinished(() => snapshot.close());
  return snapshot;
}

const ask = (snapshot: Snapshot, source: string, filters = '', more = {}) =>
  search(snapshot, filters, { regex: { source, mayMatch: null }, limit: 100, ...more });

test('a definition of that name stands before uses, those before tests and prose', async () => {
  const snapshot = await snapshotOf(files);
  const { hits, query } = ask(snapshot, 'open(File|Store)\\b');
  expect(query.mode).toBe('regex');
  expect(hits.map(({ id }) => id)).toEqual([
    'src/file.ts:openFile',
    'src/store.ts:Store.openStore',
    'notes.md:Notes',
    'tests/store.test.ts:1-3',
  ]);
});

test('each matching line lies in one hit, whatever is asked', async () => {
  const snapshot = await snapshotOf(files);
  for (const source of ['open', '\\w+File\\(', '^export', ';$', 'ü', 'limit', '[aeiou]{2}', 'store|close', 'x*']) {
    const { hits, total } = ask(snapshot, source);
    expect(total).toEqual({ count: hits.length, moreThan: false });
    const pattern = new RegExp(source, 'u');
    for (const [path, text] of Object.entries(files)) {
      const matching = text
        .split('\n')
        .flatMap((line, at) => (line.trim() !== '' && pattern.test(line) ? [at + 1] : []));
      const within = hits.filter((hit) => hit.path === path);
      // A comment before a definition is part of its piece, not of its lines.
      for (const line of matching)
        expect([source, path, line, within.some(({ lines }) => lines.first - 1 <= line && line <= lines.last)]).toEqual(
          [source, path, line, true],
        );
      if (matching.length === 0) expect([source, within]).toEqual([source, []]);
    }
  }
});

test('filters hold, marks show what matched, and the reasons add up', async () => {
  const snapshot = await snapshotOf(files);
  expect(ask(snapshot, 'openFile', 'kind:method').hits.map(({ id }) => id)).toEqual(['src/store.ts:Store.openStore']);
  expect(ask(snapshot, 'openFile', 'path:tests/').hits.map(({ path }) => path)).toEqual(['tests/store.test.ts']);
  expect(ask(snapshot, 'openFile', '', { under: 'src' }).hits).toHaveLength(2);
  const [best] = ask(snapshot, 'open[F]ile', 'lang:typescript', { explain: true }).hits;
  const line = best?.snippet.find(({ line }) => line === 2);
  expect(line?.marks.map(({ start, end }) => line.text.slice(start, end))).toEqual(['openFile', 'openFile']);
  const [factor, points] = best?.explanation?.children ?? [];
  expect((factor?.value ?? 0) * (points?.value ?? 0)).toBeCloseTo(best?.score ?? -1, 9);
  expect(points?.children.reduce((sum, { value }) => sum + value, 0)).toBeCloseTo(points?.value ?? -1, 9);
});

test('files that cannot match are not read, and what is no expression is told', async () => {
  const snapshot = await snapshotOf(files);
  const asked: string[] = [];
  const mayMatch = (path: string): boolean => {
    asked.push(path);
    return path === 'notes.md';
  };
  expect(search(snapshot, '', { regex: { source: 'openFile', mayMatch } }).hits.map(({ path }) => path)).toEqual([
    'notes.md',
  ]);
  expect(asked.sort()).toEqual(Object.keys(files).sort());
  expect(() => ask(snapshot, 'a(')).toThrow(/cannot be read/);
  expect(() => ask(snapshot, 'a\\nb')).toThrow(/within a line. `winnow grep -U`/);
});
