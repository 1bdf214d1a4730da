import path from 'node:path';
import { beforeAll, describe, expect, test } from 'vitest';
import { loadGrammarFile } from '../../test/grammarfiles.ts';
import { makeTree } from '../../test/trees.ts';
import { createStyleReader, type StyleFacts, type StyleReader } from '../code/mod.ts';
import { benchStyle, nameLikeness, namesLikeness, nameWeights } from './style.ts';

let reader: StyleReader;
beforeAll(async () => {
  reader = await createStyleReader(loadGrammarFile);
});

const factsOf = async (file: string, text: string): Promise<StyleFacts> => {
  const facts = await reader.read(file, Buffer.from(text));
  if (facts === null) throw new Error(`${file} was not read`);
  return facts;
};

describe('names', () => {
  test.each([
    ['count', 'count', 1],
    ['count', 'counts', 1 - 1 / 6],
    ['kitten', 'sitting', 1 - 3 / 7],
    ['ab', 'xy', 0],
    ['größe', 'grösse', 1 - 2 / 6],
  ])('%s and %s are alike by %d', (one, other, likeness) => {
    expect(nameLikeness(one, other)).toBeCloseTo(likeness, 12);
  });

  test('are averaged by weight towards the nearest, and the lesser of both directions counts', () => {
    // Of 6 occurrences `data` has 3: ln 2; each of the others ln 6.
    const weights = nameWeights([['data', 'path'], ['data', 'file'], ['data'], ['mode']]);
    expect([...weights].map(([name, weight]) => [name, Math.exp(weight)])).toEqual([
      ['data', expect.closeTo(2, 9)],
      ['path', expect.closeTo(6, 9)],
      ['file', expect.closeTo(6, 9)],
      ['mode', expect.closeTo(6, 9)],
    ]);
    const one = (Math.log(2) + 0.5 * Math.log(6)) / (Math.log(2) + Math.log(6)); // path ~ data by 2 of 4 letters
    expect(namesLikeness(['data', 'path'], ['data'], weights)).toBeCloseTo(one, 12);
    expect(namesLikeness(['data'], ['data', 'path'], weights)).toBeCloseTo(one, 12);
    expect(namesLikeness([], ['data'], weights)).toBeNull();
    // All weights 0.
    expect(namesLikeness(['a'], ['a'], nameWeights([['a'], ['a']]))).toBe(1);
  });
});

describe('what is read of code', () => {
  test('Python, as the reference implementation reads it', async () => {
    const { variables, calls } = await factsOf(
      'a.py',
      'import json\n\ndef read_all(path, _mode=1):\n    data = open(path, mode=_mode).read()\n    self.cache_hits += 1\n    return json.loads(data, hook=fix(path))\n',
    );
    expect([...variables].sort()).toEqual(['all', 'data', 'hook', 'mode', 'path', 'read'].sort());
    expect([...calls].sort()).toEqual(['fix', 'loads', 'open', 'read']);
  });

  test.each([
    [
      'a.java',
      'class A { int f(int countAll) { return list.get(countAll) + helper(this.size); } }',
      ['A', 'countAll', 'f', 'list'],
      ['get', 'helper'],
    ],
    [
      'a.ts',
      'import x from "y";\nconst total_sum = items.reduce((sum) => add(sum));\nnew Map();',
      ['sum', 'total'],
      ['Map', 'add', 'reduce'],
    ],
    ['a.go', 'package a\nfunc f(n int) { m := strings.Repeat(s, n); g(m) }', ['f', 'm', 'n', 's'], ['Repeat', 'g']],
    [
      'a.rs',
      'use std::fs;\nfn f(n: u8) { let m = fs::read(n); println!("{}", m); }',
      ['f', 'm', 'n'],
      ['println', 'read'],
    ],
    ['a.c', '#include <stdio.h>\nint f(int n) { return g(n, p->q); }', ['f', 'n'], ['g']],
    ['a.rb', 'def f(n)\n  m = items.map(n)\n  puts m\nend\n', ['f', 'items', 'm', 'n'], ['map', 'puts']],
    ['a.cs', 'class A { int F(int n) { return list.Get(n); } }', ['A', 'F', 'n'], ['Get']],
    ['a.php', '<?php\nfunction f($n) { $m = $list->get($n); return g($m); }', ['$list', '$m', '$n'], ['g', 'get']],
  ])('%s', async (file, text, variables, calls) => {
    const facts = await factsOf(file, text);
    expect([...facts.variables].sort()).toEqual(variables);
    expect([...facts.calls].sort()).toEqual(calls);
  });

  test('what has no grammar is not read', async () => {
    expect(await reader.read('a.txt', Buffer.from('some text\n'))).toBeNull();
    expect(await reader.read('a.py', Buffer.from(''))).toBeNull();
  });
});

const loop =
  'def total(items):\n    result = 0\n    for item in items:\n        result += weigh(item)\n    return result\n';
const renamed = loop.replaceAll('result', 'acc').replaceAll('item', 'elem');
const rebuilt = 'def total(items):\n    return sum(weigh(item) for item in items)\n';
const line = (left: string, right: string, more: object = {}) =>
  `${JSON.stringify({ left, right, language: 'python', ...more })}\n`;

describe('pairs', () => {
  test('of JSON lines: a change of names leaves the structure, a change of structure the names', async () => {
    const { root } = makeTree({
      'pairs.jsonl': line(loop, loop) + line(loop, renamed, { id: 'renamed' }) + line(loop, rebuilt, { id: 'rebuilt' }),
    });
    const { pairs, scores, tooLarge } = await benchStyle({ left: path.join(root, 'pairs.jsonl'), right: null });
    const [same, names, structure] = pairs;
    expect(same).toEqual({ id: '1', language: 'python', names: 1, calls: 1, structure: 1, similarity: 1 });
    expect(names).toMatchObject({ id: 'renamed', calls: 1, structure: 1 });
    expect(names?.names).toBeLessThan(0.6);
    expect(structure?.structure).toBeLessThan(0.7);
    expect(structure?.names ?? 0).toBeGreaterThan(names?.names ?? 1);
    expect(scores.similarity?.n).toBe(3);
    expect(tooLarge).toBe(0);
  });

  test('of directories, by place; what stands alone or has no grammar is counted', async () => {
    const { root } = makeTree({
      'one/a.py': loop,
      'one/sub/b.py': loop,
      'one/only.py': loop,
      'one/notes.txt': 'notes',
      'one/mixed.h': 'int f(void);\n',
      'two/a.py': renamed,
      'two/sub/b.py': loop,
      'two/notes.txt': 'notes',
      'two/mixed.h': 'class A { public: int f(); };\n',
    });
    const report = await benchStyle({ left: path.join(root, 'one'), right: path.join(root, 'two') });
    expect(report.pairs.map(({ id }) => id)).toEqual(['a.py', 'sub/b.py']);
    expect(report.leftOut).toEqual({ 'one side only': 1, 'not code with a grammar': 1, 'two languages': 1 });
  });

  test('too large for their trees to be compared have no structure', async () => {
    const large = Array.from({ length: 1_500 }, (_, i) => `x${i} = f(y, ${i})\n`).join('');
    const { root } = makeTree({ 'a.py': large, 'b.py': `${large}f(y)\n` });
    const same = await benchStyle({ left: path.join(root, 'a.py'), right: path.join(root, 'a.py') });
    expect([same.pairs[0]?.structure, same.tooLarge]).toEqual([1, 0]);
    const { pairs, tooLarge } = await benchStyle({ left: path.join(root, 'a.py'), right: path.join(root, 'b.py') });
    expect([pairs[0]?.structure, pairs[0]?.names, tooLarge]).toEqual([null, 1, 1]);
  });

  test.each([
    ['a line that is no pair', { 'p.jsonl': '{"left": "x = 1", "language": "python"}\n' }, 'p.jsonl', null, 'bad-data'],
    [
      'an unknown language',
      { 'p.jsonl': '{"left": "x", "right": "x", "language": "klingon"}\n' },
      'p.jsonl',
      null,
      'bad-data',
    ],
    ['no code', { 'p.jsonl': '' }, 'p.jsonl', null, 'bad-usage'],
    ['a directory alone', { 'd/a.py': loop }, 'd', null, 'bad-usage'],
    ['a file and a directory', { 'a.py': loop, 'd/a.py': loop }, 'a.py', 'd', 'bad-usage'],
    ['nothing there', { 'a.py': loop }, 'a.py', 'b.py', 'path-not-found'],
  ])('%s is refused', async (_, files, left, right, code) => {
    const { root } = makeTree(files as unknown as Record<string, string>);
    const asked = { left: path.join(root, left), right: right === null ? null : path.join(root, right) };
    await expect(benchStyle(asked)).rejects.toMatchObject({ code });
  });
});
