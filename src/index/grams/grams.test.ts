import { readdirSync, readFileSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { asGit, makeTree, type Tree } from '../../../test/trees.ts';
import { openRepository } from '../repository.ts';
import { gramOf, symbolOf } from './alphabet.ts';
import { GramGatherer } from './gather.ts';
import { type Grams, openGrams } from './grams.ts';
import { allOf, type GramQuery, oneOf } from './query.ts';
import { encodeSegment, GramSegment, hashBytes } from './segment.ts';
import type { Selection } from './walk.ts';

const usual: Selection = { hidden: false, rules: true, judge: () => null, judgeType: () => null };

const gram = (text: string): GramQuery => {
  const [a, b, c] = Buffer.from(text);
  return { kind: 'gram', gram: gramOf(symbolOf[a ?? 0] ?? 0, symbolOf[b ?? 0] ?? 0, symbolOf[c ?? 0] ?? 0) };
};

async function files(
  grams: Grams,
  query: GramQuery = { kind: 'any' },
  selection = usual,
  under = '',
): Promise<string[]> {
  const walk = await grams.look({ under, selection, refresh: true });
  return grams
    .select(walk, query)
    .map((file) => file.path)
    .sort();
}

/** A tree whose directories changed long ago, so that their lists are trusted. */
function settle(tree: Tree): void {
  const old = new Date(Date.now() - 3_600_000);
  const visit = (directory: string): void => {
    for (const entry of readdirSync(directory, { withFileTypes: true }))
      if (entry.isDirectory()) visit(path.join(directory, entry.name));
    utimesSync(directory, old, old);
  };
  visit(tree.root);
}

async function kept(tree: Tree): Promise<Grams> {
  const grams = openGrams(tree.root, { home: tree.home });
  await files(grams);
  expect(await grams.keep()).toBe(true);
  return grams;
}

describe('a segment', () => {
  it('gives for any gram the documents that hold it', () => {
    const contents = fc.array(fc.string({ unit: fc.constantFrom('a', 'B', '(', ' ', '\n', 'é', '0'), maxLength: 40 }), {
      minLength: 1,
      maxLength: 60,
    });
    const tree = makeTree();
    fc.assert(
      fc.property(contents, (texts) => {
        const gatherer = new GramGatherer();
        for (const text of texts) gatherer.add(Buffer.from(text), Buffer.byteLength(text));
        const file = path.join(tree.root, 's.grams');
        writeFileSync(file, encodeSegment(new Uint8Array(hashBytes * texts.length), gatherer.turned()));
        const segment = new GramSegment(file);
        const grams = new Map<number, Set<number>>();
        texts.forEach((text, doc) => {
          for (const line of Buffer.from(text).toString('latin1').split('\n'))
            for (let at = 0; at + 3 <= line.length; at++) {
              const [a, b, c] = [0, 1, 2].map((i) => symbolOf[line.charCodeAt(at + i)] as number) as [
                number,
                number,
                number,
              ];
              const key = gramOf(a, b, c);
              grams.set(key, (grams.get(key) ?? new Set()).add(doc));
            }
        });
        for (const [key, docs] of grams) {
          const found: number[] = [];
          segment.forEach(key, (doc) => found.push(doc));
          expect(found).toEqual([...docs].sort((x, y) => x - y));
        }
        expect(segment.weight(gramOf(63, 63, 63))).toBe(0);
        segment.close();
      }),
      { seed: 30, numRuns: 150 },
    );
  });

  it('holds long lists as bitmaps and gives them alike', () => {
    const gatherer = new GramGatherer();
    const count = 3_000;
    for (let doc = 0; doc < count; doc++) gatherer.add(Buffer.from(doc % 2 ? 'abc' : doc % 7 ? 'xyz' : 'abcxyz'), 6);
    const tree = makeTree();
    const file = path.join(tree.root, 's.grams');
    writeFileSync(file, encodeSegment(new Uint8Array(hashBytes * count), gatherer.turned()));
    const segment = new GramSegment(file);
    let found = 0;
    segment.forEach((gram('abc') as { gram: number }).gram, (doc) => {
      found++;
      expect(doc % 2 === 1 || doc % 7 === 0).toBe(true);
    });
    expect(found).toBe(
      Array.from({ length: count }, (_, doc) => doc % 2 === 1 || doc % 7 === 0).filter(Boolean).length,
    );
    segment.close();
  });
});

describe('the grams of a tree', () => {
  it('leave out what cannot match, and read what is new or changed', async () => {
    const tree = makeTree({ 'a.ts': 'alpha beta', 'b/c.ts': 'ALPHA', 'd.ts': 'gamma' });
    settle(tree);
    const grams = await kept(tree);
    expect(await files(grams, gram('alp'))).toEqual(['a.ts', 'b/c.ts']);
    expect(await files(grams, allOf([gram('alp'), gram('bet')]))).toEqual(['a.ts']);
    expect(await files(grams, oneOf([gram('bet'), gram('amm')]))).toEqual(['a.ts', 'd.ts']);
    expect(await files(grams, gram('zzz'))).toEqual([]);
    tree.write('d.ts', 'alphabet');
    tree.write('b/new.ts', 'x');
    tree.remove('a.ts');
    expect(await files(grams, gram('alp'))).toEqual(['b/c.ts', 'b/new.ts', 'd.ts']);
    grams.close();
  });

  it('are there for the next process, and for another worktree with the same content', async () => {
    const tree = makeTree({ 'main/.git/HEAD': '', 'main/a.ts': 'alpha', 'main/b.ts': 'beta' });
    tree.write('main/.git/worktrees/linked/commondir', '../..\n');
    tree.writeOld('linked/.git', 'gitdir: ../main/.git/worktrees/linked\n');
    tree.writeOld('linked/other.ts', 'alpha');
    settle(tree);
    const main = openGrams(path.join(tree.root, 'main'), { home: tree.home });
    await files(main);
    await main.keep();
    main.close();
    const again = openGrams(path.join(tree.root, 'main'), { home: tree.home });
    expect(await files(again, gram('alp'))).toEqual(['a.ts']);
    again.close();
    const before = readdirSync(main.directory).filter((name) => name.endsWith('.grams'));
    const linked = openGrams(path.join(tree.root, 'linked'), { home: tree.home });
    await files(linked);
    await linked.keep();
    expect(await files(linked, gram('bet'))).toEqual([]);
    expect(await files(linked, gram('alp'))).toEqual(['other.ts']);
    linked.close();
    expect(linked.directory).toBe(main.directory);
    expect(readdirSync(main.directory).filter((name) => name.endsWith('.grams'))).toEqual(before);
  });

  it('read everything again when their files are damaged or gone', async () => {
    const tree = makeTree({ 'a.ts': 'alpha', 'b.ts': 'beta' });
    settle(tree);
    const whole = await kept(tree);
    whole.close();
    for (const name of readdirSync(whole.directory)) {
      if (name === 'lock.sqlite') continue;
      const file = path.join(whole.directory, name);
      const bytes = readFileSync(file);
      for (const hurt of [
        () => truncateSync(file, bytes.length - 3),
        () =>
          writeFileSync(
            file,
            bytes.map((byte, at) => (at === bytes.length - 5 ? byte ^ 1 : byte)),
          ),
        () => writeFileSync(file, ''),
      ]) {
        hurt();
        const grams = openGrams(tree.root, { home: tree.home });
        expect(await files(grams, gram('alp'))).toContain('a.ts');
        grams.close();
        writeFileSync(file, bytes);
      }
    }
  });

  it('mend themselves when a segment was lost', async () => {
    const tree = makeTree({ 'a.ts': 'alpha', 'b.ts': 'beta' });
    settle(tree);
    const whole = await kept(tree);
    whole.close();
    writeFileSync(path.join(whole.directory, '1.grams'), 'gone');
    const grams = openGrams(tree.root, { home: tree.home });
    expect(await files(grams, gram('alp'))).toEqual(['a.ts', 'b.ts']);
    expect(grams.worthKeeping()).toBe(true);
    await grams.keep();
    expect(await files(grams, gram('alp'))).toEqual(['a.ts']);
    grams.close();
  });

  it('are right after a writer was killed between its files', async () => {
    const tree = makeTree({ 'a.ts': 'alpha' });
    settle(tree);
    const first = await kept(tree);
    first.close();
    const treeFile = readdirSync(first.directory).find((name) => name.endsWith('.tree')) as string;
    const before = readFileSync(path.join(first.directory, treeFile));
    tree.writeOld('b.ts', 'beta');
    const second = openGrams(tree.root, { home: tree.home });
    await files(second);
    await second.keep();
    second.close();
    // The segment was written, the tree was not, and another one was begun.
    writeFileSync(path.join(first.directory, treeFile), before);
    writeFileSync(path.join(first.directory, '9.grams.new'), 'half');
    const third = openGrams(tree.root, { home: tree.home });
    expect(await files(third, gram('bet'))).toEqual(['b.ts']);
    await third.keep();
    expect(await files(third, gram('bet'))).toEqual(['b.ts']);
    expect(await files(third, gram('alp'))).toEqual(['a.ts']);
    expect(readdirSync(first.directory)).not.toContain('9.grams.new');
    third.close();
  });

  it('stay few: small segments are merged, with what is dead left out', async () => {
    const tree = makeTree({ 'a.ts': 'alpha' });
    settle(tree);
    const grams = await kept(tree);
    for (let round = 0; round < 24; round++) {
      tree.writeOld('a.ts', `round${String.fromCharCode(97 + round).repeat(3)}`);
      tree.writeOld(`more/${round}.ts`, `keep${round}`);
      settle(tree);
      await files(grams);
      await grams.keep();
    }
    expect(readdirSync(grams.directory).filter((name) => name.endsWith('.grams')).length).toBeLessThan(15);
    expect(await files(grams, gram('xxx'))).toEqual(['a.ts']);
    expect(await files(grams, gram('kee'))).toHaveLength(24);
    expect(await files(grams, gram('ep1'))).toHaveLength(11);
    grams.close();
  });

  it('cover the files that ripgrep would search', async () => {
    const tree = makeTree({
      '.gitignore': '*.log\n/build/\n',
      '.ignore': '!kept.log\n',
      'a.log': '',
      'kept.log': '',
      'build/x.ts': '',
      'sub/.gitignore': '!b.log\n',
      'sub/b.log': '',
      '.hidden/x.ts': '',
      'node_modules/m/x.js': '',
    });
    const grams = openGrams(tree.root, { home: tree.home });
    // Without git, what git ignores is not ignored.
    expect(await files(grams)).toEqual(['a.log', 'build/x.ts', 'kept.log', 'node_modules/m/x.js', 'sub/b.log']);
    grams.close();
    asGit(tree);
    const inGit = openGrams(tree.root, { home: tree.home });
    expect(await files(inGit)).toEqual(['kept.log', 'node_modules/m/x.js', 'sub/b.log']);
    expect(await files(inGit, { kind: 'any' }, { ...usual, hidden: true })).toContain('.hidden/x.ts');
    expect(await files(inGit, { kind: 'any' }, { ...usual, rules: false })).toContain('build/x.ts');
    expect(await files(inGit, { kind: 'any' }, usual, 'sub/')).toEqual(['sub/b.log']);
    expect(await files(inGit, { kind: 'any' }, usual, 'build/')).toEqual(['build/x.ts']);
    settle(tree);
    await files(inGit);
    await inGit.keep();
    tree.write('.gitignore', '*.js\n');
    expect(await files(inGit)).toEqual(['a.log', 'build/x.ts', 'kept.log', 'sub/b.log']);
    tree.remove('.ignore');
    expect(await files(inGit)).toEqual(['a.log', 'build/x.ts', 'kept.log', 'sub/b.log']);
    inGit.close();
  });

  it('answer without looking when asked to', async () => {
    const tree = makeTree({ 'a.ts': 'alpha' });
    settle(tree);
    const grams = await kept(tree);
    tree.write('b.ts', 'alpha');
    const walk = await grams.look({ under: '', selection: usual, refresh: false });
    expect(grams.select(walk, gram('alp')).map((file) => file.path)).toEqual(['a.ts']);
    grams.close();
  });

  it('equal a search without them, whatever is edited in between', async () => {
    const names = ['a.ts', 'b.ts', 'd/a.ts', 'd/e/f.ts', 'd/.gitignore', '.gitignore'];
    const edits = fc.array(
      fc.tuple(fc.constantFrom(...names), fc.constantFrom('alpha', 'beta alpha', 'b*', 'e/', null), fc.boolean()),
      { minLength: 1, maxLength: 8 },
    );
    await fc.assert(
      fc.asyncProperty(edits, async (steps) => {
        const tree = makeTree({ '.git/HEAD': '', 'a.ts': 'alpha' });
        const grams = openGrams(tree.root, { home: tree.home });
        for (const [name, content, keep] of steps) {
          if (content === null) {
            if ((await files(grams)).includes(name)) tree.remove(name);
          } else tree.write(name, content);
          const selected = await files(grams, gram('alp'));
          const fresh = openGrams(tree.root, { home: path.join(tree.home, 'none') });
          const all = await files(fresh);
          fresh.close();
          const must = all.filter((file) => readFileSync(path.join(tree.root, file), 'utf8').includes('alp'));
          expect(selected).toEqual(expect.arrayContaining(must));
          expect(all).toEqual(expect.arrayContaining(selected));
          if (keep) await grams.keep();
        }
        grams.close();
      }),
      { seed: 31, numRuns: 40 },
    );
  });
});

describe('verification', () => {
  it('finds nothing wrong with what was kept, and every kind of damage', async () => {
    const tree = makeTree({ 'a.txt': 'alpha beta', 'b/c.txt': 'gamma delta' });
    (await kept(tree)).close();
    const repository = openRepository(tree.root, { home: tree.home });
    const directory = path.join(repository.storeDir, 'grams');
    expect(repository.verify()).toEqual([]);
    for (const name of readdirSync(directory).filter((one) => /\.(grams|tree)$/.test(one))) {
      const file = path.join(directory, name);
      const whole = readFileSync(file);
      for (const at of [3, 30, whole.length >> 1, whole.length - 3]) {
        const damaged = Uint8Array.from(whole);
        damaged[at] = (damaged[at] as number) ^ 64;
        writeFileSync(file, damaged);
        expect([name, at, repository.verify()]).toEqual([name, at, [expect.stringContaining(name)]]);
      }
      writeFileSync(file, whole.subarray(0, whole.length - 5));
      expect(repository.verify()).toEqual([expect.stringContaining(name)]);
      writeFileSync(file, whole);
    }
    expect(repository.verify()).toEqual([]);
    repository.clear();
    expect(readdirSync(directory).filter((one) => /\.(grams|tree)$/.test(one))).toEqual([]);
    repository.close();
  });
});
