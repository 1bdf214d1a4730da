/** What the world does to an index: damage, full disks, other versions, dying workers. */
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { expect, onTestFinished, test } from 'vitest';
import { sourceText } from '../../test/source-text.ts';
import { makeTree, type Tree } from '../../test/trees.ts';
import { seededRandom } from '../base/mod.ts';
import { openRepository } from './repository.ts';
import { dataDirOf } from './store/database.ts';
import { storeFailure } from './store/failures.ts';
import { StoreWriter } from './store/writer.ts';

const files = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`f${i}.ts`, sourceText(i)]));

async function indexed(tree: Tree) {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  await repository.refresh();
  return repository;
}

function edit(storeDir: string, sql: string): void {
  const database = new DatabaseSync(path.join(dataDirOf(storeDir), 'store.sqlite'));
  database.exec(sql);
  database.close();
}

/** So many different words that their segment is a file of its own. */
function largeText(): string {
  const random = seededRandom(1);
  const word = () => Array.from({ length: 16 }, () => String.fromCharCode(97 + random.int(26))).join('');
  return Array.from({ length: 12_000 }, () => Array.from({ length: 6 }, word).join(' ')).join('\n');
}

test('a store that is not one is reported with what to do, and rebuilt on request', async () => {
  const tree = makeTree(files);
  const { storeDir } = await indexed(tree);
  const store = path.join(dataDirOf(storeDir), 'store.sqlite');
  writeFileSync(store, Buffer.alloc(statSync(store).size, 7));
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  const expected = { code: 'index-corrupt', message: expect.stringContaining('winnow index --rebuild PATH') };
  await expect(repository.refresh()).rejects.toMatchObject(expected);
  expect(() => repository.snapshot()).toThrow(expect.objectContaining(expected));
  repository.clear();
  expect(await repository.refresh()).toMatchObject({ added: 20 });
  expect(repository.verify()).toEqual([]);
});

test('a flipped bit, a cut and a missing segment are found, told and never waited for', async () => {
  const tree = makeTree({ ...files, 'large.txt': largeText() });
  const repository = await indexed(tree);
  const data = dataDirOf(repository.storeDir);
  const name = readdirSync(data).find((file) => file.endsWith('.segment')) ?? 'no segment file';
  const content = readFileSync(path.join(data, name));
  for (const part of [0.01, 0.5, 0.999]) {
    const at = Math.floor(content.length * part);
    const changed = Buffer.from(content);
    changed[at] = (changed[at] as number) ^ 16;
    writeFileSync(path.join(data, name), changed);
    expect(repository.verify()).not.toEqual([]);
  }
  writeFileSync(path.join(data, name), content);
  expect(repository.verify()).toEqual([]);
  for (const damage of [() => truncateSync(path.join(data, name), 1000), () => rmSync(path.join(data, name))]) {
    damage();
    const other = openRepository(tree.root, { home: tree.home });
    expect(() => other.snapshot()).toThrow(expect.objectContaining({ code: 'index-corrupt' }));
    expect(other.verify()).not.toEqual([]);
    other.close();
  }
});

test('damaged facts are found by verify and refused when read', async () => {
  const repository = await indexed(makeTree(files));
  edit(
    repository.storeDir,
    "UPDATE facts SET packed = CAST(x'00' || packed AS BLOB) WHERE version = (SELECT min(version) FROM facts)",
  );
  expect(repository.verify()).toEqual([expect.stringContaining('checksum')]);
  const snapshot = repository.snapshot();
  const codes = snapshot.files().map((file) => {
    try {
      return snapshot.facts(file.version).language;
    } catch (error) {
      return (error as { code: string }).code;
    }
  });
  snapshot.close();
  expect(codes.filter((code) => code === 'index-corrupt')).toHaveLength(1);
});

test('an older format is rebuilt without being asked, and that is told', async () => {
  const tree = makeTree(files);
  const { storeDir } = await indexed(tree);
  edit(storeDir, 'UPDATE meta SET format = 0');
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  expect(repository.snapshot().files()).toEqual([]);
  expect(await repository.refresh()).toMatchObject({ added: 20 });
  expect(repository.rebuiltFrom).toBe(0);
  expect(repository.verify()).toEqual([]);
});

test('a newer format is refused', async () => {
  const tree = makeTree(files);
  const { storeDir } = await indexed(tree);
  edit(storeDir, 'UPDATE meta SET format = 1000');
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  tree.write('new.ts', 'x');
  await expect(repository.refresh()).rejects.toMatchObject({ code: 'index-too-new' });
  expect(() => repository.snapshot()).toThrow(expect.objectContaining({ code: 'index-too-new' }));
});

test('a full disk is an error of its own and loses nothing', async () => {
  const repository = await indexed(makeTree(files));
  const writer = new StoreWriter(repository.storeDir);
  const rows = writer.worktree(repository.root, null);
  writer.limitPages(0);
  const huge = {
    ...{ id: writer.reserveVersions(1), path: 'huge.ts', hash: new Uint8Array(20), language: 'typescript' },
    ...{ bytes: 1, lines: 1, chunks: 0, leftOut: null, facts: new Uint8Array(1_000_000) },
  };
  const batch = { versions: [huge], segment: null, files: [], removed: [], pending: 0, rules: {} };
  expect(() => writer.commit(rows, batch)).toThrow(expect.objectContaining({ code: 'disk-full' }));
  writer.close();
  expect(repository.verify()).toEqual([]);
  expect(await repository.refresh()).toMatchObject({ unchanged: 20 });
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  expect(storeFailure(full, 'DIR')).toMatchObject({ code: 'disk-full', exit: 3 });
});

test.skipIf(process.getuid?.() === 0)('a home that cannot be written is named', async () => {
  const tree = makeTree(files);
  mkdirSync(tree.home);
  chmodSync(tree.home, 0o500);
  const repository = openRepository(tree.root, { home: tree.home });
  await expect(repository.refresh()).rejects.toMatchObject({ code: 'store-unwritable' });
});

test.skipIf(process.getuid?.() === 0)('a home that cannot be entered is named, whatever is asked of it', async () => {
  const tree = makeTree(files);
  mkdirSync(tree.home);
  chmodSync(tree.home, 0o000);
  onTestFinished(() => chmodSync(tree.home, 0o700));
  const repository = openRepository(tree.root, { home: tree.home });
  const named = expect.objectContaining({ code: 'store-unwritable', message: expect.stringContaining('WINNOW_HOME') });
  await expect(repository.refresh()).rejects.toEqual(named);
  expect(() => repository.snapshot()).toThrow(named);
  expect(() => repository.verify()).toThrow(named);
  expect(() => repository.clear()).toThrow(named);
});

test('a home that is a file is named', async () => {
  const tree = makeTree(files);
  writeFileSync(tree.home, '');
  const repository = openRepository(tree.root, { home: tree.home });
  await expect(repository.refresh()).rejects.toMatchObject({ code: 'store-unwritable' });
});

test('files that no row names are cleared away by the next writer', async () => {
  const tree = makeTree(files);
  const repository = await indexed(tree);
  const data = dataDirOf(repository.storeDir);
  for (const name of ['77.segment', '78.segment.new']) writeFileSync(path.join(data, name), 'left by a killed writer');
  tree.write('f0.ts', sourceText(99));
  await repository.refresh();
  expect(readdirSync(data).filter((name) => name.includes('segment'))).toEqual([]);
});
