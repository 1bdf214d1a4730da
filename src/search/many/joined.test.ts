/** A set of repositories answers as one that holds the files of all, score by score, on random trees and queries. */
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, type Snapshot } from '../../index/mod.ts';
import { testEncoder } from '../meaning/encoder.testing.ts';
import type { SearchAnswer } from '../types.ts';
import { JoinedSnapshot } from './joined.ts';
import { searchMany } from './search.ts';

const paths = ['a.py', 'cache.ts', 'docs/readme.md', 'src/cache.py', 'src/deep/run.py', 'tests/test_cache.py', 'z.go'];
const words = ['cache', 'oldest', 'ready', 'parse', 'value', 'count', 'read', 'json', 'evictOldest', 'getReadyCount'];
const word = fc.constantFrom(...words);
const sentence = fc.array(word, { minLength: 1, maxLength: 5 }).map((list) => list.join(' '));
const content = fc
  .array(
    fc.tuple(word, sentence).map(([name, doc]) => `def ${name}(value):\n    """${doc}."""\n    return value\n`),
    { minLength: 1, maxLength: 4 },
  )
  .map((list) => list.join('\n'));
/** Where each repository ends in the sorted paths, so that hits of equal scores have one order. */
const repositories = ['first', 'second', 'third'];
const tree = fc.tuple(
  fc.array(content, { minLength: paths.length, maxLength: paths.length }),
  fc.array(fc.nat(repositories.length - 1), { minLength: paths.length, maxLength: paths.length }),
);
const filter = fc.constantFrom('', '', ' path:src/', ' -path:tests', ' lang:python', ' kind:function', ' -json');
const query = fc.tuple(fc.oneof(sentence, word, fc.constantFrom('gRC', 'evictOldst', 'cach')), filter);

async function setUp(files: Readonly<Record<string, string>>) {
  const made = makeTree(files);
  const repository = openRepository(made.root, { home: made.home });
  await repository.refresh();
  onTestFinished(() => repository.close());
  return made;
}

const plainId = (id: string): string => id.replace(/^[a-z]+\/\//, '');

/** What a search says, with ids as the repositories have them. */
const told = ({ hits, total, meaning, query: { mode } }: SearchAnswer) => ({
  hits: hits.map(({ id, score, duplicates, snippet }) => [plainId(id), score, duplicates.map(plainId), snippet]),
  total,
  meaning,
  mode,
});

describe('a set of repositories', () => {
  test('answers as one repository with the files of all: words, names, filters, meaning', async () => {
    await fc.assert(
      fc.asyncProperty(tree, fc.array(query, { minLength: 3, maxLength: 6 }), async ([contents, homes], queries) => {
        const all = paths.map((path, at) => [path, contents[at] as string] as const);
        const bounds = [...homes].sort();
        const union = await setUp(Object.fromEntries(all));
        const asked = [];
        for (const [number, name] of repositories.entries()) {
          const own = all.filter((_, at) => bounds[at] === number);
          asked.push({ name, root: (await setUp(Object.fromEntries(own))).root });
        }
        const ask = (which: readonly { name: string; root: string }[], text: string, by: 'off' | 'auto' | 'only') =>
          searchMany(which, text, {
            home: union.home,
            refresh: true,
            deadlineMs: null,
            limit: 100,
            by,
            openEncoder: async () => testEncoder(),
          });
        for (const [text, filtered] of queries)
          for (const by of ['off', 'auto', 'only'] as const) {
            const whole = await ask([{ name: 'one', root: union.root }], text + filtered, by);
            const parts = await ask(asked, text + filtered, by);
            expect(told(parts.answer)).toEqual(told(whole.answer));
          }
      }),
      { numRuns: 5 },
    );
  });

  test('gives versions of its own to each snapshot, and their files, facts and sources back', async () => {
    const trees = [
      await setUp({ 'a.py': 'def one():\n    pass\n' }),
      await setUp({ 'a.py': 'def two():\n    pass\n', 'b.py': 'x = 1\n' }),
    ];
    const opened = trees.map(({ root, home }) => openRepository(root, { home }));
    const snapshots = opened.map((repository) => repository.snapshot()) as [Snapshot, Snapshot];
    const joined = new JoinedSnapshot([
      { name: 'p', snapshot: snapshots[0] },
      { name: 'q', snapshot: snapshots[1] },
    ]);
    expect(joined.files().map(({ path }) => path)).toEqual(['p//a.py', 'q//a.py', 'q//b.py']);
    const versions = joined.files().map(({ version }) => version);
    expect(new Set(versions).size).toBe(3);
    const file = joined.file('q//a.py');
    if (file === null) throw new Error('no q//a.py');
    expect(joined.facts(file.version).symbols[0]?.name).toBe('two');
    const source = joined.source(file);
    expect(source.kind === 'source' && Buffer.from(source.bytes).toString()).toBe('def two():\n    pass\n');
    expect(joined.file('a.py')).toBeNull();
    expect(joined.file('none//a.py')).toBeNull();
    for (const snapshot of snapshots) snapshot.close();
    for (const repository of opened) repository.close();
  });
});
