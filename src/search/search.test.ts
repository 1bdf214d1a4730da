import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { makeTree, type Tree } from '../../test/trees.ts';
import type { WinnowError } from '../base/mod.ts';
import { openRepository, type Snapshot, saturation } from '../index/mod.ts';
import { answerText, estimateTokens, search, smallestBudget } from './mod.ts';
import type { Explanation, SearchOptions } from './types.ts';

const files = {
  'src/cache.ts': `/** Keeps the values used last. */
export class LruCache {
  private count = 0;

  /** Drops the value that was not used for the longest time. */
  evictOldest(): void {
    this.count--;
    const key = this.firstKey();
    if (key !== undefined) {
      this.remove(key);
    }
  }

  getReadyCount(): number {
    return this.count;
  }
}

export const cacheLimit = 100;
`,
  'tests/cache.test.ts': `import { LruCache } from '../src/cache';

test('evicts the oldest value', () => {
  const cache = new LruCache();
  cache.evictOldest();
  expect(cache.getReadyCount()).toBe(0);
});
`,
  'vendor/cache.ts': `/** Keeps the values used last. */
export class LruCache {
  private count = 0;

  /** Drops the value that was not used for the longest time. */
  evictOldest(): void {
    this.count--;
    const key = this.firstKey();
    if (key !== undefined) {
      this.remove(key);
    }
  }

  getReadyCount(): number {
    return this.count;
  }
}

export const cacheLimit = 100;
`,
  'src/überfluß.py': 'def straße_finden(name):\n    """Finds a street by its name."""\n    return 数据库[name]\n',
  'README.md': '# Caches\n\nThe cache evicts its oldest value.\n',
};

async function snapshotOf(tree: Tree): Promise<Snapshot> {
  const repository = openRepository(tree.root, { home: tree.home });
  onTestFinished(() => repository.close());
  await repository.refresh({ workers: 1 });
  const snapshot = repository.snapshot();
  onTestFinished(() => snapshot.close());
  return snapshot;
}

const ids = (snapshot: Snapshot, text: string, options?: SearchOptions) =>
  search(snapshot, text, options).hits.map(({ id }) => id);

/** What the node's value must be by its label and children, or `null` for a leaf. */
function worth({ label, children }: Explanation): number | null {
  const values = children.map(({ value }) => value);
  if (label.endsWith('(sum)')) return values.reduce((a, b) => a + b, 0);
  if (label.endsWith('(product)')) return values.reduce((a, b) => a * b, 1);
  if (label.endsWith('(saturation)')) {
    const wtf = values[0] as number;
    return ((saturation + 1) * wtf) / (saturation + wtf);
  }
  return null;
}

function checkTree(node: Explanation): void {
  const expected = worth(node);
  if (expected !== null) expect([node.label, node.value]).toEqual([node.label, expect.closeTo(expected, 9)]);
  if (node.label.endsWith('(stored level)')) {
    const counted = node.children.reduce((sum, { value }) => sum + value, 0);
    expect(Math.abs(counted / node.value - 1)).toBeLessThan(0.021);
  }
  for (const child of node.children) checkTree(child);
}

describe('hits', () => {
  test('say what they are, where, and why', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const [hit] = search(snapshot, 'drop what was not used longest').hits;
    expect(hit).toMatchObject({
      id: 'src/cache.ts:LruCache.evictOldest',
      path: 'src/cache.ts',
      language: 'typescript',
      kind: 'method',
      name: 'LruCache.evictOldest',
      lines: { first: 6, last: 12 },
      signature: 'evictOldest(): void',
      body: null,
      explanation: null,
      duplicates: ['vendor/cache.ts:LruCache.evictOldest'],
    });
    const marked = hit?.snippet.flatMap(({ text, marks }) => marks.map(({ start, end }) => text.slice(start, end)));
    expect(marked).toEqual(['Drops', 'not', 'used', 'longest']);
    expect(hit?.snippet.map(({ line }) => line)).toEqual([5, 6]);
  });

  test('tests and vendored code come after, unless asked for', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    expect(ids(snapshot, 'evict oldest value')[0]).toBe('src/cache.ts:LruCache.evictOldest');
    const ofTest = (text: string) =>
      search(snapshot, text).hits.find(({ path }) => path.startsWith('tests/'))?.score ?? 0;
    expect(ofTest('evict oldest testing')).toBeGreaterThan(1.5 * ofTest('evict oldest'));
    expect(ids(snapshot, 'LruCache')).toEqual(['src/cache.ts:LruCache']);
  });

  test('phrases, exclusions and filters', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    expect(ids(snapshot, '"cache evicts its OLDEST"')).toEqual(['README.md:Caches']);
    expect(ids(snapshot, '"evicts its cache"')).toEqual([]);
    expect(ids(snapshot, 'oldest -vendor -test -caches').every((id) => id.startsWith('src/'))).toBe(true);
    expect(ids(snapshot, 'oldest -"oldest value"').some((id) => id.startsWith('README'))).toBe(false);
    expect(ids(snapshot, 'cache limit kind:constant')).toContain('src/cache.ts:cacheLimit');
    expect(ids(snapshot, 'cache name:evict*')).toContain('src/cache.ts:LruCache.evictOldest');
    expect(ids(snapshot, 'cache', { under: 'tests' }).every((id) => id.startsWith('tests/'))).toBe(true);
  });

  test('other alphabets are found', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    expect(ids(snapshot, 'strasse street')).toEqual(['src/überfluß.py:straße_finden']);
    expect(ids(snapshot, '数据库')).toEqual(['src/überfluß.py:straße_finden']);
  });

  test('each score is explained by a tree that adds up', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    for (const text of ['drop oldest value', 'gRC', 'LruCache.evictOldest', 'cache limit', 'cache kind:class']) {
      const { hits } = search(snapshot, text, { explain: true });
      expect(hits.length).toBeGreaterThan(0);
      for (const { score, explanation } of hits) {
        expect(explanation?.value).toBeCloseTo(score, 9);
        checkTree(explanation as Explanation);
      }
    }
  });
});

describe('modes', () => {
  test('a word that is a name, a name that is not, a name only used', async () => {
    const snapshot = await snapshotOf(
      makeTree({ ...files, 'src/env.ts': 'export const home = process.env.CACHE_HOME;\n' }),
    );
    const mode = (text: string) => {
      const { query, notices } = search(snapshot, text);
      return [query.mode, query.inferred, notices.length > 0];
    };
    expect(mode('LruCache')).toEqual(['identifier', true, false]);
    expect(mode('count')).toEqual(['identifier', true, false]);
    expect(mode('oldest')).toEqual(['words', true, false]);
    expect(mode('CACHE_HOME')).toEqual(['words', true, true]);
    expect(mode('evictOldst')).toEqual(['identifier', true, true]);
    expect(search(snapshot, 'oldest', { mode: 'identifier' }).query).toMatchObject({
      mode: 'identifier',
      inferred: false,
    });
    expect(ids(snapshot, 'get ready count', { mode: 'identifier' })[0]).toBe('src/cache.ts:LruCache.getReadyCount');
  });

  test('nothing found names the nearest', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const { hits, notices } = search(snapshot, 'evictOlder lang:go');
    expect(hits).toEqual([]);
    expect(notices.join()).toMatch(/Nothing was found within the filters.* evictOldest/);
    expect(search(snapshot, 'evctOldst zzzz').notices.join()).toMatch(/Nearest names: .*evictOldest/);
    expect(search(snapshot, '"->"').notices.join()).toMatch(/no letters or digits/);
  });

  test('an empty repository', async () => {
    const snapshot = await snapshotOf(makeTree());
    for (const text of ['cache', 'getReady', 'kind:class', '"a b"']) expect(ids(snapshot, text)).toEqual([]);
  });
});

test('a file that changed or went away is left out, with a notice', async () => {
  const tree = makeTree(files);
  const snapshot = await snapshotOf(tree);
  tree.write('src/cache.ts', 'export const other = 1;\n');
  const changed = search(snapshot, 'evict oldest value');
  expect(changed.hits.some(({ path }) => path === 'src/cache.ts')).toBe(false);
  expect(changed.notices.join()).toMatch(/src\/cache\.ts has changed/);
  tree.remove('vendor');
  expect(search(snapshot, 'LruCache').hits).toEqual([]);
});

describe('options', () => {
  test('out of range are refused, an aborted search is cancelled', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const refuses = (options: SearchOptions, code: string) => {
      try {
        search(snapshot, 'cache', options);
      } catch (error) {
        expect((error as WinnowError).code).toBe(code);
        return;
      }
      throw new Error('expected a refusal');
    };
    refuses({ limit: 0 }, 'bad-usage');
    refuses({ limit: 1001 }, 'bad-usage');
    refuses({ budgetTokens: smallestBudget - 1 }, 'bad-usage');
    refuses({ signal: AbortSignal.abort() }, 'cancelled');
  });

  test('a budget is never passed, and larger ones hold more', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    const query = fc.constantFrom('evict oldest value', 'LruCache', 'cache', 'kind:method', 'zzz nothing', 'count');
    fc.assert(
      fc.property(query, fc.integer({ min: smallestBudget, max: 1_500 }), (text, budgetTokens) => {
        const answer = search(snapshot, text, { budgetTokens });
        expect(estimateTokens(answerText(answer))).toBeLessThanOrEqual(budgetTokens);
        expect(answer.tokens).toBe(estimateTokens(answerText(answer)));
        const free = search(snapshot, text);
        expect(answer.hits.map(({ id }) => id)).toEqual(free.hits.slice(0, answer.hits.length).map(({ id }) => id));
        if (answer.hits.length < free.hits.length) expect(answer.notices.join()).toMatch(/left out/);
      }),
    );
    const roomy = search(snapshot, 'evict oldest value', { budgetTokens: 5_000 });
    expect(roomy.hits.every(({ body }) => body !== null)).toBe(true);
    const tight = search(snapshot, 'evict oldest value', { budgetTokens: smallestBudget });
    expect(tight.hits.every(({ body }) => body === null)).toBe(true);
  });

  test('bodies on request', async () => {
    const snapshot = await snapshotOf(makeTree(files));
    expect(search(snapshot, 'getReadyCount', { body: true }).hits[0]?.body).toMatch(/^getReadyCount\(\): number \{/);
  });
});
