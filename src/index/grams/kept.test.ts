import { readdirSync, rmSync } from 'node:fs';
import { expect, it } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { gramOf, symbolOf } from './alphabet.ts';
import { type Grams, openGrams } from './grams.ts';
import { keptGrams } from './kept.ts';
import { allOf, type GramQuery } from './query.ts';

const selection = { hidden: false, rules: true, judge: () => null, judgeType: () => null };

function textQuery(text: string): GramQuery {
  const symbols = [...Buffer.from(text)].map((byte) => symbolOf[byte] as number);
  const grams = symbols.slice(2).map((last, at) => gramOf(symbols[at] as number, symbols[at + 1] as number, last));
  return allOf(grams.map((gram) => ({ kind: 'gram', gram }) as const));
}

/** Files that may hold a text, as one request asks for them. */
async function asked(open: typeof openGrams, tree: { root: string; home: string }, text: string): Promise<string[]> {
  const grams: Grams = open(tree.root, { home: tree.home });
  try {
    const walk = await grams.look({ under: '', selection, refresh: true });
    const found = grams.select(walk, textQuery(text)).map((file) => file.path);
    await grams.keep();
    return found.sort();
  } finally {
    grams.close();
  }
}

it('keeps one open for many searches, holds no more files than one does, and sees every edit', async () => {
  const tree = makeTree();
  tree.writeOld('a.txt', 'first words\n');
  tree.writeOld('b/c.txt', 'second words\n');
  const kept = keptGrams();
  await asked(kept.open, tree, 'first');
  expect(await asked(kept.open, tree, 'first')).toEqual(['a.txt']);
  const openFiles = (): number => readdirSync('/proc/self/fd').length;
  const before = process.platform === 'linux' ? openFiles() : 0;
  for (let times = 0; times < 5; times++) expect(await asked(kept.open, tree, 'second')).toEqual(['b/c.txt']);
  if (process.platform === 'linux') expect(openFiles()).toBeLessThanOrEqual(before);
  tree.writeOld('a.txt', 'another text, with second\n');
  expect(await asked(kept.open, tree, 'second')).toEqual(['a.txt', 'b/c.txt']);
  expect(await asked(kept.open, tree, 'first')).toEqual([]);
  kept.close();
});

it('answers while it keeps what it saw, and reads little from then on', async () => {
  const tree = makeTree();
  for (let at = 0; at < 30; at++) tree.writeOld(`${at % 3}/file${at}.txt`, `words of file ${at}, ${'x'.repeat(at)}\n`);
  tree.writeOld('one.txt', 'the rare one\n');
  const kept = keptGrams();
  const grams = kept.open(tree.root, { home: tree.home });
  const look = () => grams.look({ under: '', selection, refresh: true });
  for (let round = 0; round < 3; round++) {
    await look();
    // Nobody waits for it; looks begin before it ends and end behind it.
    const keeping = grams.keep();
    const looks = [look(), look()];
    await keeping;
    for (const walk of await Promise.all(looks))
      expect(grams.select(walk, textQuery('rare')).map(({ path }) => path)).toContain('one.txt');
    const walk = await look();
    expect(grams.select(walk, textQuery('rare')).map(({ path }) => path)).toEqual(['one.txt']);
    expect(grams.select(walk, textQuery('file 29')).map(({ path }) => path)).toContain('2/file29.txt');
  }
  grams.close();
  kept.close();
});

it('takes up what another process wrote, and what it removed and numbered anew', async () => {
  const tree = makeTree();
  tree.writeOld('a.txt', 'first words\n');
  tree.writeOld('b.txt', 'second words\n');
  const kept = keptGrams();
  await asked(kept.open, tree, 'first');
  const grams = kept.open(tree.root, { home: tree.home });
  grams.close();
  // Cleared and made again from other files: the first segment is another one now.
  rmSync(grams.directory, { recursive: true });
  tree.writeOld('a.txt', 'nothing of both\n');
  await asked(openGrams, tree, 'first');
  tree.writeOld('a.txt', 'first words\n');
  await asked(openGrams, tree, 'first');
  expect(await asked(kept.open, tree, 'first')).toEqual(['a.txt']);
  expect(await asked(kept.open, tree, 'second')).toEqual(['b.txt']);
  kept.close();
});
