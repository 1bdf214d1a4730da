import { appendFileSync, linkSync, mkdirSync, renameSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { makeTree, type Tree } from '../../../test/trees.ts';
import { seededRandom } from '../../base/mod.ts';
import { openGrams } from './grams.ts';
import { keptGrams } from './kept.ts';
import { isLocal, TreeWatch } from './watch.ts';

const selection = { hidden: false, rules: true, judge: () => null, judgeType: () => null };
const onLinux = { skip: process.platform !== 'linux' };

/** What a search of this moment is told of every file: how long it is, and whether it is as it was when its grams were taken. */
async function seen(open: typeof openGrams, tree: Tree, under = '', keep = false): Promise<Seen> {
  const grams = open(tree.root, { home: tree.home });
  try {
    const { files } = await grams.look({ under, selection, refresh: true });
    const known = files.filter((file) => file.known).map((file) => file.path);
    const all = files.map((file) => `${file.path} ${file.bytes}`).sort();
    if (keep) await grams.keep();
    return { all, known: new Set(known) };
  } finally {
    grams.close();
  }
}

interface Seen {
  readonly all: readonly string[];
  readonly known: ReadonlySet<string>;
}

/** A tree whose lists and files have stood for an hour, indexed. */
async function settled(tree: Tree, directories: readonly string[]): Promise<void> {
  const old = new Date(Date.now() - 3_600_000);
  for (const directory of ['', ...directories]) utimesSync(path.join(tree.root, directory), old, old);
  await seen(openGrams, tree, '', true);
}

describe('a directory that is watched', onLinux, () => {
  async function watching(tree: Tree, directory: string): Promise<TreeWatch> {
    const watch = new TreeWatch(tree.root);
    await watch.settle();
    watch.follow(['', directory]);
    await nextTurn();
    await watch.settle();
    watch.looking('');
    watch.looking(directory);
    return watch;
  }

  it('is clean until something happens in it, and no event is late', async () => {
    const tree = makeTree({ 'a/one.txt': 'one', 'two.txt': 'two' });
    const watch = await watching(tree, 'a/');
    try {
      await watch.settle();
      expect([watch.isClean(''), watch.isClean('a/')]).toEqual([true, true]);
      for (const change of [
        () => appendFileSync(path.join(tree.root, 'a/one.txt'), 'more'),
        () => utimesSync(path.join(tree.root, 'a/one.txt'), 1, 1),
        () => writeFileSync(path.join(tree.root, 'a/new.txt'), 'new'),
        () => renameSync(path.join(tree.root, 'a/new.txt'), path.join(tree.root, 'a/newer.txt')),
        () => rmSync(path.join(tree.root, 'a/newer.txt')),
      ]) {
        change();
        await watch.settle();
        expect([watch.isClean(''), watch.isClean('a/')]).toEqual([true, false]);
        watch.looking('a/');
      }
    } finally {
      watch.close();
    }
  });

  it('is not trusted where another took its place', async () => {
    const tree = makeTree({ 'a/one.txt': 'one', 'b/one.txt': 'two' });
    const watch = await watching(tree, 'a/');
    try {
      renameSync(path.join(tree.root, 'a'), path.join(tree.root, 'c'));
      renameSync(path.join(tree.root, 'b'), path.join(tree.root, 'a'));
      await watch.settle();
      expect(watch.isClean('a/')).toBe(false);
      watch.looking('a/');
      expect(watch.isClean('a/')).toBe(false);
    } finally {
      watch.close();
    }
  });
});

it('tells file systems that others change from local ones', () => {
  const mounts = (more: string): string =>
    `22 1 254:0 / / rw,relatime - ext4 /dev/vda rw\n30 22 0:30 / /mnt/far rw - nfs4 far:/ rw\n31 22 0:31 / /with\\040space rw - 9p host rw\n${more}`;
  expect(isLocal('/srv/code', mounts(''))).toBe(true);
  expect(isLocal('/mnt/far/code', mounts(''))).toBe(false);
  expect(isLocal('/mnt/farther', mounts(''))).toBe(true);
  expect(isLocal('/with space/code', mounts(''))).toBe(false);
  expect(isLocal('/mnt', mounts(''))).toBe(false);
  expect(isLocal('/mnt/far/code', mounts('40 30 0:40 / /mnt/far/code rw - tmpfs none rw\n'))).toBe(true);
  expect(isLocal('/home', '')).toBe(false);
});

it('gives what a look at every file gives, whatever is edited in between', async () => {
  const tree = makeTree();
  const directories = ['a', 'a/b', 'c', '.hidden'];
  const files = ['one.txt', 'a/two.txt', 'a/b/three.txt', 'c/four.txt', 'c/five.txt', '.hidden/six.txt', 'c/.seven'];
  for (const file of files) tree.writeOld(file, `text of ${file}`);
  await settled(tree, directories);
  const kept = keptGrams();
  const outside = path.join(path.dirname(tree.root), 'linked');
  linkSync(path.join(tree.root, 'c/five.txt'), outside);
  const random = seededRandom(7);
  const at = (file: string): string => path.join(tree.root, file);
  const changes: (() => void)[] = [
    () => appendFileSync(at(files[random.int(4)] as string), 'x'),
    () => tree.writeOld(files[random.int(files.length)] as string, `text ${random.int(1000)}`),
    () => appendFileSync(outside, 'through the other link'),
    () => tree.write(`c/new${random.int(3)}.txt`, 'new'),
    () => rmSync(at(`c/new${random.int(3)}.txt`), { force: true }),
    () => {
      renameSync(at('a/b'), at('moved'));
      mkdirSync(at('a/b'));
      tree.writeOld('a/b/three.txt', 'text of a/b/three.txt');
      rmSync(at('moved'), { recursive: true });
    },
    () => tree.write('c/.gitignore', random.int(2) === 0 ? 'four.txt\n' : ''),
    () => {},
    () => {},
  ];
  let known = 0;
  for (let step = 0; step < 80; step++) {
    // First only edits in place: a change of a list has all directories looked at.
    (changes[random.int(step < 40 ? 3 : changes.length)] as () => void)();
    const under = ['', '', 'c/', 'a/'][random.int(4)] as string;
    if (random.int(12) === 0) await seen(openGrams, tree, '', true);
    const expected = await seen(openGrams, tree, under);
    const found = await seen(kept.open, tree, under, random.int(15) === 0);
    expect(found.all, `step ${step}`).toEqual(expected.all);
    // It may have to read what another process has learned; never may it know a file that changed.
    expect(
      [...found.known].filter((file) => !expected.known.has(file)),
      `step ${step}`,
    ).toEqual([]);
    known += found.known.size;
  }
  expect(known).toBeGreaterThan(20);
  kept.close();
});
