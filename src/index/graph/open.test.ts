/** The graph of a real tree: kept beside the store, fresh whenever it is opened, and rebuilt from whatever state it is found in. */
import { mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { describeGraph, edgesOf } from '../../../test/graphs.ts';
import { makeTree, type Tree } from '../../../test/trees.ts';
import { type Graph, observeCalls, openGraph, openRepository, type Repository } from '../mod.ts';

const files = {
  'a.py': 'from b import g\n\ndef f(x):\n  g()\n  x.go()\n',
  'b.py': 'def g():\n  pass\n\nclass B:\n  def go(self):\n    pass\n',
  'c.py': 'class C:\n  def go(self):\n    pass\n',
  'README.md': '# Read me\n',
};

function open(tree: Tree): Repository {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  return repository;
}

/** As a process of its own would see it. */
const freshly = (tree: Tree): Promise<Graph> => openGraph(open(tree));

const kept = (repository: Repository): string[] =>
  readdirSync(path.join(repository.storeDir, 'data'))
    .filter((name) => name.includes('.graph'))
    .map((name) => path.join(repository.storeDir, 'data', name))
    .sort();

test('a graph is there at the first call, and the same one as long as nothing changes', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  const graph = await openGraph(repository);
  expect(edgesOf(graph, 'a.py:f')).toEqual([
    'b.py:g resolved import',
    'b.py:B.go ambiguous same-name',
    'c.py:C.go ambiguous same-name 1',
  ]);
  expect(await openGraph(repository)).toBe(graph);
  expect(graph.completeness).toMatchObject({ stale: false, pendingFiles: 0 });
});

test('calls at once read the links once', async () => {
  // As many as are read by threads, which tell how far they are.
  const many = Array.from({ length: 130 }, (_, n) => [`f${n}.py`, `def f${n}():\n  pass\n`]);
  const tree = makeTree(Object.fromEntries(many));
  const repository = open(tree);
  await repository.refresh();
  const readers = new Set<number>();
  const asked = [0, 1, 2, 3].map((call) =>
    openGraph(repository, { refresh: false, onProgress: ({ phase }) => void (phase === 'links' && readers.add(call)) }),
  );
  const [graph, ...others] = await Promise.all(asked);
  expect(readers.size).toBe(1);
  for (const other of others) expect(other).toBe(graph);
});

test('another process reads what was kept, and it says the same', async () => {
  const tree = makeTree(files);
  const graph = await freshly(tree);
  expect(describeGraph(await freshly(tree))).toBe(describeGraph(graph));
});

test('changes are seen at the next call, and graphs that are held do not change', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  const before = await openGraph(repository);
  const described = describeGraph(before);
  tree.write('b.py', 'def g():\n  pass\n');
  tree.remove('README.md');
  tree.write('sub/d.py', 'import a\na.f(1)\n');
  const after = await openGraph(repository);
  expect(edgesOf(after, 'a.py:f')).toEqual(['b.py:g resolved import', 'c.py:C.go ambiguous unique-name']);
  expect(edgesOf(after, 'sub/d.py')).toEqual(['a.py:f resolved import']);
  expect(after.nodeOf('README.md', -1)).toBe(-1);
  expect(describeGraph(before)).toBe(described);
  expect(describeGraph(await freshly(tree))).toBe(describeGraph(after));
});

test('damaged, cut and foreign files of a graph are as good as none', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  const described = describeGraph(await openGraph(repository));
  const [graphFile = '', restFile = ''] = kept(repository);
  const flip = (file: string): void => {
    const bytes = readFileSync(file);
    bytes[bytes.length >> 1] = (bytes[bytes.length >> 1] as number) ^ 1;
    writeFileSync(file, bytes);
  };
  const harms = [
    () => truncateSync(graphFile, 100),
    () => truncateSync(graphFile, 0),
    () => flip(graphFile),
    () => flip(restFile),
    () => writeFileSync(restFile, 'something else'),
    () => writeFileSync(graphFile, readFileSync(restFile)),
  ];
  for (const harm of harms) {
    harm();
    expect(describeGraph(await freshly(tree))).toBe(described);
    tree.write('c.py', `${files['c.py']}# one more\n`);
    expect(edgesOf(await freshly(tree), 'a.py:f')).toHaveLength(3);
    tree.write('c.py', files['c.py']);
    expect(describeGraph(await freshly(tree))).toBe(described);
  }
});

test('a graph whose store was deleted is built anew', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  const described = describeGraph(await openGraph(repository));
  repository.clear();
  expect(describeGraph(await openGraph(repository))).toBe(described);
});

test('what a run saw settles what was ambiguous, and adds what nothing had led to', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  await openGraph(repository);
  const f = { path: 'a.py', line: 4, name: 'f' };
  const report = await observeCalls(repository, [
    { caller: f, callee: { path: 'c.py', line: 2, name: 'go' }, callLine: 5, count: 3 },
    {
      caller: { ...f, line: 0, name: '<module>' },
      callee: { path: 'b.py', line: 5, name: 'B.go' },
      callLine: 0,
      count: 1,
    },
    { caller: f, callee: { path: 'elsewhere.py', line: 1, name: 'x' }, callLine: 0, count: 1 },
  ]);
  expect(report).toEqual({ kept: 2, unknown: 1 });
  const observed = ['b.py:g resolved import', 'b.py:B.go ambiguous same-name 1', 'c.py:C.go observed same-name'];
  const graph = await openGraph(repository);
  expect(edgesOf(graph, 'a.py:f')).toEqual(observed);
  expect(edgesOf(graph, 'a.py')).toEqual(['b.py:B.go observed run']);

  // It outlives changes as long as both have their names.
  tree.write('c.py', `# moved\n${files['c.py']}`);
  tree.write('a.py', `import c\n${files['a.py']}`);
  expect(edgesOf(await openGraph(repository), 'a.py:f')).toEqual([
    'b.py:g resolved import',
    'b.py:B.go ambiguous same-name 1',
    'c.py:C.go observed same-name',
  ]);
  tree.write('c.py', 'class C:\n  def other(self):\n    pass\n');
  expect(edgesOf(await freshly(tree), 'a.py:f')).toEqual(['b.py:g resolved import', 'b.py:B.go ambiguous unique-name']);
});

test('what a partial run saw is marked, moves nothing that a real run took, and is forgotten when either file changes', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  const calls = (line: number, name: string, path: string) => [
    { caller: { path: 'a.py', line: 4, name: 'f' }, callee: { path, line, name }, callLine: 5, count: 1 },
  ];
  const seen = async () =>
    (await openGraph(repository))
      .out((await openGraph(repository)).named('f')[0] as number, { kinds: ['calls'] })
      .map(({ state, partial, rank }) => `${state}${partial ? ' partial' : ''} ${rank}`);
  const before = await seen();
  expect(before).toEqual(['resolved 0', 'ambiguous 0', 'ambiguous 1']);
  await observeCalls(repository, calls(2, 'C.go', 'c.py'), { partial: true });
  expect(await seen()).toEqual(['resolved 0', 'ambiguous 1', 'observed partial 0']);
  await observeCalls(repository, calls(5, 'B.go', 'b.py'));
  expect(await seen()).toEqual(['resolved 0', 'observed 0', 'observed partial 1']);
  tree.write('c.py', `${files['c.py']}# changed\n`);
  expect(await seen()).toEqual(['resolved 0', 'observed 0', 'ambiguous 1']);
});

test('a tree without code has a graph of files, and an empty one of its root alone', async () => {
  const graph = await freshly(makeTree({ 'docs/x.md': '# X\n' }));
  expect(graph.nodeCount).toBe(3);
  expect(graph.out(graph.directory('docs'), { kinds: ['contains'] })).toHaveLength(1);
  expect((await freshly(makeTree())).nodeCount).toBe(1);
});

test('a class used in very many places gives pages of its callers', async () => {
  const many: Record<string, string> = { 'hub.py': 'def hub(): pass\n' };
  for (let file = 0; file < 50; file++) {
    many[`m${file}.py`] =
      `from hub import hub\n${Array.from({ length: 100 }, (_, i) => `def f${i}(): hub()\n`).join('')}`;
  }
  const graph = await freshly(makeTree(many));
  const hub = graph.named('hub')[0] as number;
  const kinds = ['calls'] as const;
  expect(graph.countIn(hub, { kinds })).toBe(5_000);
  const all = graph.in(hub, { kinds });
  expect(graph.in(hub, { kinds, offset: 4_990, limit: 20 })).toEqual(all.slice(4_990));
  expect(graph.in(hub, { kinds, offset: 7, limit: 3 })).toEqual(all.slice(7, 10));
});

test('a home that cannot be written costs only the keeping', async () => {
  const tree = makeTree(files);
  const repository = open(tree);
  await repository.refresh();
  const data = path.join(repository.storeDir, 'data');
  // A folder where a file belongs refuses writers whoever they are, the administrator too.
  rmSync(path.join(repository.storeDir, 'lock.sqlite'), { force: true });
  mkdirSync(path.join(repository.storeDir, 'lock.sqlite'));
  for (const ending of ['graph', 'graph-rest']) {
    const name = `${path.basename(repository.storeDir).split('-').at(-1)}.${ending}`;
    mkdirSync(path.join(data, name, 'in the way'), { recursive: true });
  }
  const reasons: string[] = [];
  const graph = await openGraph(repository, { onUnkept: (reason) => reasons.push(reason) });
  expect(describeGraph(graph)).toBe(describeGraph(await freshly(makeTree(files))));
  expect(reasons).toEqual([expect.stringMatching(/./)]);
  // A file that has changed meanwhile takes nothing from what the others say.
  tree.write('c.py', 'changed = True\n');
  const behind = await openGraph(open(tree), { refresh: false });
  expect(edgesOf(behind, 'a.py:f')).toEqual(edgesOf(graph, 'a.py:f'));
});
