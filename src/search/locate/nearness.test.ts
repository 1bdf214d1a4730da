import { expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, readHistory } from '../../index/mod.ts';
import { testEncoder } from '../meaning/encoder.testing.ts';
import { openMeaning } from '../meaning/open.ts';
import { collect } from './collect.ts';
import { corpusOf } from './corpus.ts';
import { type FileSignal, symbolKey } from './evidence.ts';
import { parseIssue } from './issue.ts';
import { askIssue } from './nearness.ts';

const text = 'Evict stale entries\n\nThey stay, and the process dies.';
const signals: readonly FileSignal[] = ['meaningTop', 'meaningMax', 'meaningTitle'];

async function evidenceOf(
  mostExact: number | null,
  encoder = testEncoder(['evict drop', 'stale oldest', 'entries cache']),
) {
  const tree = makeTree({
    'src/cache.py': 'def drop_oldest(cache):\n    pass\n\n\ndef size_of(cache):\n    return 1\n',
    'src/parse.py': 'def read_json(text):\n    return text\n',
    'src/write.py': 'def write_xml(node):\n    return node\n',
    'tests/test_cache.py': 'def test_drop_oldest(cache):\n    assert cache\n',
  });
  const repository = openRepository(tree.root, { home: tree.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  onTestFinished(() => {
    snapshot.close();
    repository.close();
  });
  const corpus = corpusOf(snapshot, '');
  const meaning =
    mostExact === null ? undefined : await askIssue(await openMeaning(snapshot, encoder, { mostExact }), text);
  const history = readHistory(tree.root, repository.storeDir);
  return { corpus, evidence: collect(corpus, parseIssue(text), history, [], meaning).evidence };
}

test.each([
  ['bytes', 1_000],
  ['signs', 0],
])('what speaks of the same in other words stands out, by %s; tests do not', async (_, mostExact) => {
  const { corpus, evidence } = await evidenceOf(mostExact);
  const file = corpus.byPath.get('src/cache.py') as number;
  for (const signal of signals) {
    const values = evidence.files(signal);
    expect(values[file]).toBeGreaterThan(1);
    expect([...values].every((value, at) => at === file || value < (values[file] as number))).toBe(true);
    expect(values[corpus.byPath.get('tests/test_cache.py') as number]).toBe(0);
  }
  const near = evidence.symbols('meaning');
  expect(near.get(symbolKey(file, 0))).toBeGreaterThan(near.get(symbolKey(file, 1)) ?? 0.1);
});

test('without meaning, and without a word that the encoder knows, the signals say nothing', async () => {
  for (const { evidence } of [await evidenceOf(null), await evidenceOf(9, testEncoder([], 8, ['nothing']))]) {
    for (const signal of signals) expect(evidence.files(signal).every((value) => value === 0)).toBe(true);
    expect(evidence.symbols('meaning').size).toBe(0);
  }
});
