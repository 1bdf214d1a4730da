import { execFileSync } from 'node:child_process';
import { chmodSync, readdirSync, renameSync, statSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { sourceText } from '../../test/source-text.ts';
import { asGit, makeTree, type Tree } from '../../test/trees.ts';
import { openRepository } from './repository.ts';
import { takeLock } from './store/lock.ts';
import type { Repository, Snapshot } from './types.ts';

function open(tree: Tree, at = ''): Repository {
  const repository = openRepository(path.join(tree.root, at), { home: tree.home });
  onTestFinished(() => repository.close());
  return repository;
}

function withSnapshot<T>(repository: Repository, work: (snapshot: Snapshot) => T): T {
  const snapshot = repository.snapshot();
  try {
    return work(snapshot);
  } finally {
    snapshot.close();
  }
}

/** Paths of live files that hold the term, by the segments. */
function filesWith(snapshot: Snapshot, term: string): string[] {
  const paths = new Set<string>();
  for (const { segment, live } of snapshot.segments(null)) {
    for (const doc of segment.postings(term)?.docs ?? []) {
      const at = segment.versionIndex(doc);
      if (live === null || live[at] === 1)
        paths.add(snapshot.fileOfVersion(segment.versions[at] as number)?.path ?? '?');
    }
  }
  return [...paths].sort();
}

const find = (repository: Repository, term: string) =>
  withSnapshot(repository, (snapshot) => filesWith(snapshot, term));
const paths = (repository: Repository) =>
  withSnapshot(repository, (snapshot) => snapshot.files().map((file) => file.path));

const numbered = (count: number, from = 0) =>
  Object.fromEntries(Array.from({ length: count }, (_, i) => [`src/file${i + from}.ts`, sourceText(i + from)]));

test('what is on disk is found; edits, additions and deletions at the next refresh', async () => {
  const tree = makeTree({ 'a.ts': sourceText(1), 'b/c.py': 'def subject2():\n    pass\n' });
  const repository = open(tree);
  expect(await repository.refresh()).toMatchObject({ added: 2, changed: 0, removed: 0, unchanged: 0, busy: false });
  expect(find(repository, 'subject1')).toEqual(['a.ts']);
  expect(await repository.refresh()).toMatchObject({ added: 0, changed: 0, removed: 0, unchanged: 2, bytesParsed: 0 });
  tree.write('a.ts', sourceText(3));
  tree.write('d.ts', sourceText(4));
  tree.remove('b');
  expect(await repository.refresh()).toMatchObject({ added: 1, changed: 1, removed: 1, unchanged: 0 });
  expect(['subject1', 'subject2', 'subject3', 'subject4'].map((term) => find(repository, term))).toEqual([
    [],
    [],
    ['a.ts'],
    ['d.ts'],
  ]);
  expect(repository.verify()).toEqual([]);
});

test('many files go through workers and come out the same as one by one', async () => {
  const files = numbered(120);
  const [many, few] = [makeTree(files), makeTree()];
  const [parallel, serial] = [open(many), open(few)];
  await parallel.refresh({ workers: 2 });
  for (const [at, [file, text]] of Object.entries(files).entries()) {
    few.writeOld(file, text);
    if (at % 8 === 7) await serial.refresh();
  }
  expect(paths(parallel)).toEqual(Object.keys(files).sort());
  expect(paths(serial)).toEqual(paths(parallel));
  for (const n of [0, 7, 55, 119]) expect(find(serial, `subject${n}`)).toEqual(find(parallel, `subject${n}`));
  const facts = (repository: Repository) =>
    withSnapshot(repository, (snapshot) => snapshot.files().map((file) => ({ ...snapshot.facts(file.version) })));
  expect(facts(parallel)).toEqual(facts(serial));
  expect([parallel.verify(), serial.verify()]).toEqual([[], []]);
  // Small segments were merged on the way.
  expect(withSnapshot(serial, (snapshot) => snapshot.segments(null).length)).toBeLessThanOrEqual(9);
});

test('a snapshot stays what it was through edits, merges and even the deletion of the index', async () => {
  const tree = makeTree(numbered(3));
  const repository = open(tree);
  await repository.refresh();
  const snapshot = repository.snapshot();
  for (let i = 0; i < 20; i++) {
    tree.write('src/file0.ts', sourceText(100 + i));
    await repository.refresh();
  }
  tree.remove('src/file1.ts');
  await repository.refresh();
  await repository.tidy();
  repository.clear();
  expect(snapshot.files().map((file) => file.path)).toEqual(['src/file0.ts', 'src/file1.ts', 'src/file2.ts']);
  expect([filesWith(snapshot, 'subject0'), filesWith(snapshot, 'subject119')]).toEqual([['src/file0.ts'], []]);
  expect(snapshot.facts(snapshot.files()[1]?.version ?? 0).symbols[0]?.name).toBe('subject1');
  snapshot.close();
  expect(paths(repository)).toEqual([]);
  await repository.refresh();
  expect(find(repository, 'subject119')).toEqual(['src/file0.ts']);
});

test('source is given only while it is what was indexed', async () => {
  const tree = makeTree({
    'same.ts': sourceText(1),
    'edited.ts': sourceText(2),
    'gone.ts': sourceText(3),
    'link.ts': sourceText(4),
  });
  const repository = open(tree);
  await repository.refresh();
  tree.write('edited.ts', sourceText(5));
  tree.remove('gone.ts');
  tree.remove('link.ts');
  symlinkSync('same.ts', path.join(tree.root, 'link.ts'));
  // New stamp, same content.
  tree.write('same.ts', sourceText(1));
  withSnapshot(repository, (snapshot) => {
    const kinds = snapshot.files().map((file) => [file.path, snapshot.source(file).kind]);
    expect(kinds).toEqual([
      ['edited.ts', 'changed'],
      ['gone.ts', 'gone'],
      ['link.ts', 'changed'],
      ['same.ts', 'source'],
    ]);
  });
});

test('an edit that leaves size and time as they were, right after indexing, is noticed', async () => {
  const tree = makeTree();
  const file = tree.write('a.ts', sourceText(1));
  const { atime, mtime } = statSync(file);
  const repository = open(tree);
  await repository.refresh();
  writeFileSync(file, sourceText(2));
  utimesSync(file, atime, mtime);
  await repository.refresh();
  expect(find(repository, 'subject2')).toEqual(['a.ts']);
});

test('a touched file is hashed, not parsed', async () => {
  const tree = makeTree(numbered(12));
  const repository = open(tree);
  await repository.refresh();
  const version = withSnapshot(repository, (snapshot) => snapshot.file('src/file1.ts')?.version);
  for (const [file, text] of Object.entries(numbered(12))) tree.write(file, text);
  expect(await repository.refresh()).toMatchObject({ added: 0, changed: 0, unchanged: 12, bytesParsed: 0 });
  expect(withSnapshot(repository, (snapshot) => snapshot.file('src/file1.ts')?.version)).toBe(version);
});

test('a second worktree and a branch switch parse only what differs', async () => {
  const tree = makeTree();
  for (const [file, text] of Object.entries(numbered(30))) {
    tree.writeOld(`main/${file}`, text);
    tree.writeOld(`linked/${file}`, text);
  }
  tree.write('main/.git/HEAD', '');
  tree.write('main/.git/worktrees/linked/commondir', '../..\n');
  tree.write('linked/.git', `gitdir: ${tree.root}/main/.git/worktrees/linked\n`);
  tree.writeOld('linked/src/file3.ts', sourceText(300));
  const [main, linked] = [open(tree, 'main'), open(tree, 'linked')];
  await main.refresh();
  const second = await linked.refresh();
  expect(second.bytesParsed).toBe(sourceText(300).length);
  expect([find(main, 'subject300'), find(main, 'subject3')]).toEqual([[], ['src/file3.ts']]);
  expect([find(linked, 'subject300'), find(linked, 'subject3')]).toEqual([['src/file3.ts'], []]);
  const switchTo = (from: number) => {
    for (let i = 10; i < 20; i++) tree.write(`main/src/file${i}.ts`, sourceText(i + from));
  };
  switchTo(500);
  expect((await main.refresh()).changed).toBe(10);
  switchTo(0);
  expect(await main.refresh()).toMatchObject({ changed: 10, bytesParsed: 0 });
  expect([main.verify(), linked.verify()]).toEqual([[], []]);
});

test('what no worktree holds is dropped when it is much, and not before', async () => {
  const tree = makeTree(numbered(20));
  const repository = open(tree);
  await repository.refresh();
  const versions = () => {
    const store = new DatabaseSync(path.join(repository.storeDir, 'data/store.sqlite'));
    const count = store.prepare('SELECT count(*) AS n FROM version').get()?.n;
    store.close();
    return count;
  };
  tree.remove('src/file0.ts');
  await repository.refresh();
  await repository.tidy();
  expect(versions()).toBe(20);
  for (let i = 1; i < 15; i++) tree.remove(`src/file${i}.ts`);
  await repository.refresh();
  await repository.tidy();
  expect(versions()).toBe(5);
  expect(find(repository, 'subject17')).toEqual(['src/file17.ts']);
  expect(repository.verify()).toEqual([]);
});

test('a hundred edits of one file leave few segments and few versions', async () => {
  const tree = makeTree(numbered(3));
  const repository = open(tree);
  for (let i = 0; i < 100; i++) {
    tree.write('src/file1.ts', sourceText(i));
    await repository.refresh();
  }
  expect(find(repository, 'subject99')).toEqual(['src/file1.ts']);
  expect(find(repository, 'subject98')).toEqual([]);
  const store = new DatabaseSync(path.join(repository.storeDir, 'data/store.sqlite'));
  expect(store.prepare('SELECT count(*) AS n FROM segment').get()?.n).toBeLessThan(10);
  expect(store.prepare('SELECT count(*) AS n FROM version').get()?.n).toBeLessThan(15);
  store.close();
  expect(repository.verify()).toEqual([]);
});

test('while another process writes: wait, then answer from what is committed and say so', async () => {
  const tree = makeTree(numbered(2));
  const repository = open(tree);
  await repository.refresh();
  const lock = await takeLock(repository.storeDir, 0);
  tree.write('src/file0.ts', sourceText(9));
  expect(await repository.refresh({ waitMs: 50 })).toMatchObject({ busy: true });
  expect(withSnapshot(repository, (snapshot) => snapshot.completeness.stale)).toBe(true);
  expect(find(repository, 'subject0')).toEqual(['src/file0.ts']);
  const waiting = repository.refresh({ waitMs: 10_000 });
  setTimeout(() => lock?.release(), 100);
  expect(await waiting).toMatchObject({ busy: false, changed: 1 });
  expect(withSnapshot(repository, (snapshot) => snapshot.completeness.stale)).toBe(false);
});

test('before the first refresh a snapshot is empty and stale, and leaves nothing on disk', () => {
  const tree = makeTree(numbered(2));
  const repository = open(tree);
  const { completeness } = repository.snapshot();
  expect(completeness).toEqual({ pendingFiles: 0, indexedFiles: 0, leftOut: {}, stale: true });
  expect(repository.verify()).toEqual([]);
  expect(readdirSync(path.dirname(tree.home))).toEqual(['tree']);
});

test('a partial index can be seen by others and says how much is missing', async () => {
  const tree = makeTree(numbered(300));
  const other = open(tree);
  const seen: number[] = [];
  await open(tree).refresh({
    workers: 2,
    onProgress: ({ phase }) => {
      if (phase !== 'parse') return;
      withSnapshot(other, ({ completeness }) => {
        expect(completeness.stale).toBe(true);
        expect(completeness.indexedFiles + completeness.pendingFiles).toBe(300);
        seen.push(completeness.pendingFiles);
      });
    },
  });
  expect(seen[0]).toBe(300);
  expect(withSnapshot(other, ({ completeness }) => completeness.pendingFiles)).toBe(0);
});

test('a cancelled refresh keeps what was committed and the next one goes on', async () => {
  const tree = makeTree(numbered(300));
  const repository = open(tree);
  const stop = new AbortController();
  const running = repository.refresh({
    signal: stop.signal,
    onProgress: ({ phase, filesDone }) => phase === 'parse' && filesDone > 0 && stop.abort(),
  });
  await expect(running).rejects.toMatchObject({ code: 'cancelled' });
  withSnapshot(repository, ({ completeness }) =>
    expect(completeness.pendingFiles + completeness.indexedFiles).toBeLessThanOrEqual(300),
  );
  await repository.refresh();
  expect(paths(repository)).toHaveLength(300);
  expect(repository.verify()).toEqual([]);
});

test('what is left out is counted by reason, and looked at again only when it changes', async () => {
  const tree = makeTree({ 'a.ts': sourceText(1), 'empty.ts': '', 'binary.dat': '\0\u0001\u0002\0' });
  const repository = open(tree);
  symlinkSync('a.ts', path.join(tree.root, 'link.ts'));
  execFileSync('mkfifo', [path.join(tree.root, 'pipe.ts')]);
  execFileSync('truncate', ['-s', '100M', path.join(tree.root, 'sparse.json')]);
  const leftOut = { empty: 1, binary: 1, symlink: 1, 'not-a-file': 1, 'too-large': 1 };
  expect(await repository.refresh()).toMatchObject({ added: 1, leftOut });
  expect(await repository.refresh()).toMatchObject({ added: 0, unchanged: 1, leftOut });
  withSnapshot(repository, (snapshot) => {
    expect(snapshot.completeness).toMatchObject({ leftOut, indexedFiles: 1 });
    expect(snapshot.file('empty.ts')).toBeNull();
  });
  tree.write('empty.ts', sourceText(2));
  tree.remove('link.ts');
  const { empty, symlink, ...rest } = leftOut;
  expect(await repository.refresh()).toMatchObject({ added: 1, removed: 0, leftOut: rest });
  expect([empty, symlink]).toEqual([1, 1]);
  tree.write('a.ts', '');
  expect(await repository.refresh()).toMatchObject({ removed: 1, leftOut: { ...rest, empty: 1 } });
});

test.skipIf(process.getuid?.() === 0)('unreadable files are counted and found once they can be read', async () => {
  const tree = makeTree({ 'a.ts': sourceText(1), 'b.ts': sourceText(2) });
  chmodSync(path.join(tree.root, 'b.ts'), 0);
  const repository = open(tree);
  expect(await repository.refresh()).toMatchObject({ added: 1, leftOut: { unreadable: 1 } });
  chmodSync(path.join(tree.root, 'b.ts'), 0o600);
  expect(await repository.refresh()).toMatchObject({ added: 1, leftOut: {} });
});

test('rules that change hide files and bring them back', async () => {
  const tree = makeTree(numbered(3));
  asGit(tree);
  const repository = open(tree);
  await repository.refresh();
  tree.write('.winnowignore', 'file1.ts\n.winnowignore\n');
  expect(await repository.refresh()).toMatchObject({ removed: 1, unchanged: 2 });
  tree.remove('.winnowignore');
  expect(await repository.refresh()).toMatchObject({ added: 1, bytesParsed: 0 });
});

test('names with spaces, newlines and other scripts are indexed under their names', async () => {
  const names = ['with space.ts', 'line\nbreak.ts', '日本語.ts', '\u{1F600}.ts', "it's.ts"];
  const tree = makeTree(Object.fromEntries(names.map((name, i) => [name, sourceText(i)])));
  const repository = open(tree);
  await repository.refresh();
  expect(paths(repository)).toEqual([...names].sort());
  expect(find(repository, 'subject2')).toEqual(['日本語.ts']);
});

test('two repositories open at once in one process and refreshed together agree', async () => {
  const tree = makeTree(numbered(40));
  const [one, other] = [open(tree), open(tree)];
  await Promise.all([one.refresh({ waitMs: 20_000 }), other.refresh({ waitMs: 20_000 })]);
  expect(paths(one)).toEqual(paths(other));
  tree.write('src/file0.ts', sourceText(77));
  await other.refresh();
  await one.refresh();
  expect([find(one, 'subject77'), find(other, 'subject77')]).toEqual([['src/file0.ts'], ['src/file0.ts']]);
  expect(one.verify()).toEqual([]);
});

test('filters become masks of segments', async () => {
  const repository = open(makeTree(numbered(10)));
  await repository.refresh();
  withSnapshot(repository, (snapshot) => {
    const [view] = snapshot.segments((file) => file.path.endsWith('3.ts'));
    expect(view?.live).toBeNull();
    expect(view?.admitted?.reduce((sum, bit) => sum + bit, 0)).toBe(1);
  });
});

test('an index that moved with its home still opens', async () => {
  const tree = makeTree(numbered(2));
  await open(tree).refresh();
  renameSync(tree.home, `${tree.home}2`);
  const moved = openRepository(tree.root, { home: `${tree.home}2` });
  expect(await moved.refresh()).toMatchObject({ unchanged: 2, bytesParsed: 0 });
  moved.close();
});
