import { expect, test } from 'vitest';
import { makeTree } from '../../../test/trees.ts';
import { openRepository, readHistory } from '../../index/mod.ts';
import type { LocateAnswer } from './answer.ts';
import { locate } from './locate.ts';
import type { IssueRun } from './ran.ts';

const body = (name: string): string => `def ${name}(basket):\n    return [one for one in basket.articles]\n`;
const files = {
  'shop/__init__.py': '',
  'shop/first.py': body('sum_of_articles'),
  'shop/second.py': `import functools\n\n\n@functools.lru_cache\n${body('count_of_articles')}`,
  'shop/third.py': body('list_of_articles'),
};

async function ask(run?: IssueRun) {
  const tree = makeTree(files);
  const repository = openRepository(tree.root, { home: tree.home });
  await repository.refresh();
  const snapshot = repository.snapshot();
  try {
    return locate(snapshot, 'The articles of a basket are wrong', readHistory(tree.root, repository.storeDir), {
      ...(run === undefined ? {} : { run }),
      explain: true,
    });
  } finally {
    snapshot.close();
    repository.close();
  }
}

/** What a signal adds to a function's score. */
function partOf({ functions: found }: LocateAnswer, name: string, signal: string): number | undefined {
  return found
    .find((one) => one.name === name)
    ?.explanation?.children.find(({ label }) => label === 'run')
    ?.children.find(({ label }) => label === signal)?.value;
}

const functions = [
  { path: 'shop/first.py', line: 1, name: 'sum_of_articles' },
  // A decorator's line is the first of the function; a comprehension counts for the function around it.
  { path: 'shop/second.py', line: 4, name: 'count_of_articles' },
  { path: 'shop/second.py', line: 6, name: '<listcomp>' },
  { path: 'elsewhere.py', line: 1, name: 'f' },
];
const ran = (...all: number[]) => all.map((at) => ({ function: at, calls: 1, depth: 0 }));
const done = { ended: 'done' as const, frames: [] };

test('what the issue’s code ran comes before what reads alike, and says so', async () => {
  const plain = await ask();
  const answer = await ask({ functions, steps: [{ ran: ran(1, 2, 3), ...done }], background: [] });
  expect(answer.functions[0]?.name).toBe('count_of_articles');
  expect(answer.files[0]?.path).toBe('shop/second.py');
  expect(answer.functions[0]?.reasons.map(({ signal }) => signal)).toContain('ran');
  const score = (of: typeof answer): number =>
    of.functions.find(({ name }) => name === 'count_of_articles')?.score ?? 0;
  expect(score(answer)).toBeGreaterThan(score(plain));
  expect(answer.functions[0]?.explanation?.children.map(({ label }) => label)).toContain('run');
});

test('what every test runs counts less than what only the issue’s code runs', async () => {
  const run = { functions, steps: [{ ran: ran(0, 1), ...done }], background: Array.from({ length: 6 }, () => [0]) };
  const { functions: found } = await ask(run);
  expect(found[0]?.name).toBe('count_of_articles');
  const few = await ask({ ...run, background: [[0]] });
  // One test is no measure of what is common.
  expect(partOf(few, 'sum_of_articles', 'ranRare')).toBe(partOf(few, 'count_of_articles', 'ranRare'));
});

test('the statement that failed counts more than those before', async () => {
  const answer = await ask({
    functions,
    steps: [
      { ran: ran(0), ...done },
      { ran: ran(1), ended: 'raised', frames: [] },
      { ran: [], ...done },
    ],
    background: [],
  });
  expect(partOf(answer, 'count_of_articles', 'ranLast')).toBeGreaterThan(0);
  expect(partOf(answer, 'sum_of_articles', 'ranLast') ?? 0).toBe(0);
});

test('the function that the code failed in counts most of those on the stack', async () => {
  const frames = [
    { function: 0, line: 2 },
    { function: 1, line: 5 },
  ];
  const answer = await ask({
    functions,
    steps: [{ ran: ran(0, 1), ended: 'raised', frames }],
    background: [],
  });
  const [inner, outer] = ['count_of_articles', 'sum_of_articles'].map((name) => partOf(answer, name, 'ranFrame'));
  expect(outer).toBeCloseTo(0.8 * (inner ?? 0));
  expect(outer).toBeGreaterThan(0);
});
