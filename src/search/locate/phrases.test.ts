import { expect, onTestFinished, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, readHistory } from '../../index/mod.ts';
import { collect } from './collect.ts';
import { corpusOf } from './corpus.ts';
import { symbolKey } from './evidence.ts';
import { parseIssue } from './issue.ts';
import { pairsIn } from './phrases.ts';

test('a name is a phrase of its parts; signs within code join, others end', () => {
  const pair = [...pairsIn('separability matrix').keys()];
  expect(pair).toHaveLength(1);
  for (const written of ['_separability_matrix(x)', 'SeparabilityMatrix', 'separability.matrix', 'matrix_separability'])
    expect([...pairsIn(written).keys()]).toContain(pair[0]);
  expect([...pairsIn('separability + matrix').keys()]).not.toContain(pair[0]);
  expect(pairsIn('the of and').size).toBe(0);
});

test('a function that holds the words side by side stands above one that holds them apart', async () => {
  const { root, home } = makeTree({
    'a.py': `def first(model):
    matrix = build(model)
    separability = check(matrix)
    return separability


def second(model):
    return _separability_matrix(model)
`,
    'b.py': 'def third():\n    return 1\n',
  });
  const repository = openRepository(root, { home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  onTestFinished(() => {
    snapshot.close();
    repository.close();
  });
  const corpus = corpusOf(snapshot, '');
  const issue = parseIssue('Wrong separability matrix of nested models');
  const { evidence } = collect(corpus, issue, readHistory(root, repository.storeDir));
  const file = corpus.byPath.get('a.py') as number;
  for (const signal of ['phrases', 'phrasesTitle'] as const) {
    const values = evidence.symbols(signal);
    expect(values.get(symbolKey(file, 1))).toBeGreaterThan(0);
    expect(values.has(symbolKey(file, 0))).toBe(false);
  }
  expect(
    evidence
      .noteOf('phrases', `${symbolKey(file, 1)}`)
      ?.split(' ')
      .sort(),
  ).toEqual(['matrix', 'separability']);
});
