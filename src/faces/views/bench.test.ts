import { expect, test } from 'vitest';
import { boardView, retrievalView } from './bench.ts';

const settings = {
  home: undefined,
  encoder: undefined,
  variable: () => undefined,
  cacheDir: '/cache',
  path: [],
  color: false,
  columns: 100,
};
const figure = (value: number) => ({ value, low: value - 0.05, high: value + 0.05, n: 10 });
const scores = {
  mrr: figure(0.5),
  ndcg10: figure(0.6),
  recall1: figure(0.4),
  recall5: figure(0.7),
  recall10: figure(0.8),
};

test('retrieval: systems, differences with their signs, and what did not go well', () => {
  const text = retrievalView(
    {
      schema: 'winnow.bench.retrieval/1',
      split: 'dev',
      mode: 'words',
      documents: 20,
      queries: 10,
      leftOut: 1,
      depth: 100,
      seed: 1,
      indexing: { elapsedMs: 1500, encodingMs: null, files: 18, leftOut: { minified: 2 } },
      systems: [
        { system: 'winnow', scores, p50Ms: 1.23, p95Ms: 4.56, refused: 3 },
        { system: 'bm25-words', scores, p50Ms: 1, p95Ms: 2, refused: 0 },
      ],
      differences: [
        { baseline: 'bm25-words', scores: { ...scores, mrr: { value: 0.01, low: -0.02, high: 0.04, n: 10 } } },
      ],
      out: 'runs/1',
    },
    settings,
  );
  expect(text).toContain('10 judged queries, 20 documents  split dev, mode words, depth 100');
  expect(text).toMatch(/winnow +0\.500 \(0\.450–0\.550\)/);
  expect(text).toContain('+0.010 (−0.020 to +0.040)');
  expect(text).toMatch(/not indexed: .*2/);
  expect(text).toContain('winnow refused 3 of the queries');
  expect(text).toContain('1.2 / 4.6 ms');
  expect(text).toContain('run written to runs/1');
});

test('board: groups and misses', () => {
  const board = {
    mrr: figure(0.5),
    mrrExact: figure(0.4),
    ndcg10: figure(0.6),
    success1: figure(0.4),
    success5: figure(0.7),
    success10: figure(0.8),
    recall10: figure(0.7),
  };
  const text = boardView(
    {
      schema: 'winnow.bench.board/1',
      queries: 10,
      depth: 20,
      seed: 1,
      p50Ms: 1,
      p95Ms: 2,
      groups: [{ split: 'dev', kind: null, scores: board }],
      clarified: [
        {
          split: 'dev',
          report: {
            queries: 10,
            asked: 4,
            answerable: 3,
            before: figure(0.5),
            told: figure(0.6),
            gain: figure(0.1),
            guessed: figure(0.4),
            loss: figure(-0.1),
            amongAsked: null,
          },
        },
      ],
      unknownAnswers: 1,
      misses: [
        {
          id: 'gin-03',
          query: 'who \u001b[31m',
          mode: 'words',
          answers: ['a.go:F'],
          unknown: ['a.go:F'],
          top: [],
          problem: null,
        },
      ],
      out: null,
    },
    settings,
  );
  expect(text).toMatch(/dev all +10 +0\.500/);
  expect(text).toContain('4 of 10 queries, 3 with the answer among the choices');
  expect(text).toMatch(/all queries +0\.500.* 0\.600.* 0\.400/);
  expect(text).toContain('1 answer not in the index under that name');
  expect(text).toContain('gin-03 who ␛[31m (words)');
  expect(text).toContain('came   nothing');
});
