import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import type { Encoder } from '../../embed/mod.ts';
import { openRepository } from '../../index/mod.ts';
import { type Meaning, openMeaning } from '../mod.ts';
import { search } from '../search.ts';
import type { Explanation, SearchAnswer } from '../types.ts';
import { testEncoder } from './encoder.testing.ts';
import { type MeaningfulOptions, searchWithMeaning } from './search.ts';

const files = {
  'src/cache.ts': `export class Cache {
  dropOldest(): void {
    this.removeFirst();
  }

  countReady(): number {
    return this.ready;
  }
}
`,
  'src/parse.ts': 'export function readJson(text: string): unknown {\n  return parse(text);\n}\n',
  'tests/cache.test.ts': "test('drops', () => {\n  cache.dropOldest();\n});\n",
  'docs/guide.md': '# Guide\n\nHow to read json, and what is dropped.\n',
};

async function setUp(encoder: Encoder, tree: Readonly<Record<string, string>> = files) {
  const made = makeTree(tree);
  const repository = openRepository(made.root, { home: made.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  onTestFinished(() => {
    snapshot.close();
    repository.close();
  });
  let opened = 0;
  const open = (): Promise<Meaning> => {
    opened++;
    return openMeaning(snapshot, encoder);
  };
  return {
    ask: (text: string, options: MeaningfulOptions = {}) => searchWithMeaning(snapshot, text, options, open),
    plain: (text: string) => search(snapshot, text),
    opened: () => opened,
  };
}

const ids = ({ hits }: SearchAnswer): string[] => hits.map(({ id }) => id);

/** Every node must follow from its children as its label says. */
function checkTree({ label, value, children }: Explanation): void {
  const values = children.map((child) => child.value);
  if (label.endsWith('(sum)'))
    expect(value).toBeCloseTo(
      values.reduce((a, b) => a + b, 0),
      9,
    );
  if (label.endsWith('(product)'))
    expect(value).toBeCloseTo(
      values.reduce((a, b) => a * b, 1),
      9,
    );
  children.forEach(checkTree);
}

function find(tree: Explanation, label: string): Explanation | null {
  if (tree.label.startsWith(label)) return tree;
  for (const child of tree.children) {
    const found = find(child, label);
    if (found !== null) return found;
  }
  return null;
}

describe('words and meaning', () => {
  test('what is said in other words is found', async () => {
    const { ask, plain } = await setUp(testEncoder(['evict drop remove', 'stale oldest']));
    expect(plain('evict stale entries').hits).toEqual([]);
    expect(ids(await ask('evict stale entries'))[0]).toBe('src/cache.ts:Cache.dropOldest');
    expect(ids(await ask('evict stale entries', { by: 'only' }))[0]).toBe('src/cache.ts:Cache.dropOldest');
  });

  test('words still count beside meaning, tests are lowered, filters hold', async () => {
    const { ask } = await setUp(testEncoder(['evict drop remove']));
    const found = ids(await ask('evict from the cache dropOldest path:cache', { mode: 'words' }));
    expect(found[0]).toBe('src/cache.ts:Cache.dropOldest');
    expect(found.every((id) => id.includes('cache'))).toBe(true);
    expect(ids(await ask('evict the json lang:markdown'))).toEqual(['docs/guide.md:Guide']);
    expect(ids(await ask('evict things -drops', { mode: 'words' }))).not.toContain('tests/cache.test.ts:1-3');
  });

  test('a name is searched as a name, and no vector is made for it', async () => {
    const encoder = testEncoder();
    const { ask, plain, opened } = await setUp(encoder);
    for (const name of ['readJson', 'dropOldst', 'Cache.countReady', 'gRJ', 'lang:typescript'])
      expect(await ask(name)).toEqual(plain(name));
    expect([opened(), encoder.encoded.length]).toEqual([0, 0]);
  });

  test('without a known word the answer is that of words, and says so', async () => {
    const { ask, plain } = await setUp(testEncoder([], 64, ['drop']));
    const answer = await ask('read the json');
    expect(ids(answer)).toEqual(ids(plain('read the json')));
    expect(answer.hits.map(({ score }) => score)).toEqual(plain('read the json').hits.map(({ score }) => score));
    expect(answer.notices.join()).toContain('knows no word of the query');
  });

  test('by meaning alone, nothing is claimed of words, and what meaning cannot rank is said', async () => {
    const { ask, plain } = await setUp(testEncoder(['evict drop remove'], 64, ['drop', 'evict', 'remov']));
    // No text holds the word; by words it would be taken for a misspelt name.
    const meant = await ask('evict', { by: 'only' });
    expect(ids(meant)).toContain('src/cache.ts:Cache.dropOldest');
    expect([meant.meaning === null, meant.notices]).toEqual([false, []]);
    const unknown = await ask('read the json', { by: 'only' });
    expect([unknown.meaning, unknown.notices]).toEqual([
      null,
      ['The encoder knows no word of the query; there is no meaning to rank by, so it was ranked by words.'],
    ]);
    const name = await ask('dropOldest', { by: 'only' });
    expect(ids(name)).toEqual(ids(plain('dropOldest')));
    expect(name.notices.join()).toContain('read as a name');
    expect((await ask('dropOldest', { by: 'only', mode: 'words' })).notices).toEqual([]);
  });

  test('what is said of meaning is within the budget', async () => {
    const { ask } = await setUp(testEncoder([], 64, ['drop']));
    const answer = await ask('read the json', { budgetTokens: 120 });
    expect(answer.notices.join()).toContain('knows no word');
    expect(answer.tokens).toBeLessThanOrEqual(120);
  });

  test('scores take themselves apart', async () => {
    const { ask } = await setUp(testEncoder(['evict drop remove']));
    for (const by of ['auto', 'only'] as const) {
      const { hits } = await ask('evict the oldest', { explain: true, by });
      expect(hits.length).toBeGreaterThan(1);
      for (const { explanation, score } of hits) {
        if (explanation === null) throw new Error('no explanation');
        checkTree(explanation);
        expect(explanation.value).toBeCloseTo(score, 9);
        for (const part of ['cosine of the vectors', 'nearest words']) expect(find(explanation, part)).not.toBeNull();
        if (by === 'only') expect(find(explanation, 'ranked text')?.value).toBe(0);
      }
    }
  });

  test('an empty repository, and one of a single chunk', async () => {
    expect((await (await setUp(testEncoder(), {})).ask('some words')).hits).toEqual([]);
    const one = await setUp(testEncoder(), { 'a.ts': 'export function only(): void {}\n' });
    expect(ids(await one.ask('only this'))).toEqual(['a.ts:only']);
  });
});
