import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { benchBoard } from './board.ts';
import { readBoard } from './boardfile.ts';

const commit = 'df87db7b0462fb764ef73fa00561adf8ad047572';
let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-board-'));
  const root = join(dir, 'repos', 'tiny');
  mkdirSync(join(root, '.git'), { recursive: true });
  writeFileSync(join(root, '.git', 'HEAD'), `${commit}\n`);
  writeFileSync(
    join(root, 'store.py'),
    'class Basket:\n    def add_fruit(self, fruit):\n        self.fruits.append(fruit)\n',
  );
  writeFileSync(join(root, 'clock.py'), 'def tick_forever(seconds):\n    """Waits between the ticks of a clock."""\n');
});
afterEach(() => rmSync(dir, { recursive: true }));

const row = (id: string, more: object) => ({
  id,
  repo: 'nobody/tiny',
  commit,
  split: 'dev',
  kind: 'question',
  query: 'ticks of a clock',
  answers: [{ at: 'clock.py:tick_forever', grade: 2 }],
  ...more,
});
const write = (rows: object[]): string => {
  const path = join(dir, 'board.jsonl');
  writeFileSync(path, rows.map((each) => `${JSON.stringify(each)}\n`).join(''));
  return path;
};
const options = (rows: object[]) => ({ board: write(rows), repos: join(dir, 'repos'), home: join(dir, 'home') });

test('asks dev queries, judges hits, lists misses; held ones only on demand', async () => {
  const rows = [
    row('tiny-01', {}),
    row('tiny-02', {
      kind: 'identifier',
      query: 'add_fruit',
      answers: [{ at: 'store.py:Basket.add_fruit', grade: 2 }],
    }),
    row('tiny-03', { query: 'walrus husbandry' }),
    row('tiny-04', { split: 'held' }),
  ];
  const report = await benchBoard(options(rows));
  expect(report.queries).toBe(3);
  expect(report.groups.map(({ split, kind }) => [split, kind])).toEqual([
    ['dev', null],
    ['dev', 'question'],
    ['dev', 'identifier'],
  ]);
  expect(report.rows.slice(0, 2).map(({ mode, scores }) => [mode, scores.mrrExact])).toEqual([
    ['words', 1],
    ['identifier', 1],
  ]);
  expect(report.misses.map(({ id }) => id)).toEqual(['tiny-03']);
  expect(report.unknownAnswers).toBe(0);
  const all = await benchBoard({ ...options(rows), held: true });
  expect(all.groups.at(-1)).toMatchObject({ split: 'held', kind: 'question' });
});

test('a question back is answered by one who knows and by one who guesses', async () => {
  for (const folder of ['post', 'bank'])
    for (const n of [1, 2, 3, 4]) {
      mkdirSync(join(dir, 'repos', 'tiny', folder), { recursive: true });
      const text = `def send_${'abcd'[n - 1]}(message):\n    return message + ${n}\n`;
      writeFileSync(join(dir, 'repos', 'tiny', folder, `part${n}.py`), text);
    }
  const rows = [
    row('tiny-01', { query: 'send the message', answers: [{ at: 'post/part4.py:send_d', grade: 2 }] }),
    row('tiny-02', {}),
  ];
  const asked = await benchBoard({ ...options(rows), clarify: true });
  const [vague, clear] = asked.rows.map(({ clarified }) => clarified);
  expect(vague).toMatchObject({ asks: 'module', answerable: true });
  expect([...(vague?.choices ?? [])].sort()).toEqual(['path:bank/', 'path:post/']);
  expect(vague?.told).toBeGreaterThanOrEqual(vague?.before ?? 1);
  // The other choice holds no answer.
  expect(vague?.guessed).toBeCloseTo((vague?.told ?? 0) / 2);
  expect(clear).toMatchObject({ asks: null, before: 1, told: 1, guessed: 1 });
  expect(asked.clarified).toMatchObject([{ split: 'dev', report: { queries: 2, asked: 1, answerable: 1 } }]);
});

describe('a repository that is not as the board wants it', () => {
  test('at another commit: says which commands bring it there', async () => {
    const other = commit.replace('d', 'e');
    await expect(benchBoard(options([row('tiny-01', { commit: other })]))).rejects.toMatchObject({
      code: 'bad-usage',
      message: expect.stringMatching(new RegExp(`stands on ${commit}. Run: git -C .*tiny fetch origin ${other}`)),
    });
  });
  test('missing: says how to get it', async () => {
    await expect(benchBoard(options([row('gone-01', { repo: 'nobody/gone' })]))).rejects.toThrow(
      /no such folder. Run: git clone https:\/\/github.com\/nobody\/gone/,
    );
  });
  test('found by its own name too', async () => {
    const report = await benchBoard(options([row('short-01', {})]));
    expect(report.queries).toBe(1);
  });
});

describe('the board file', () => {
  test.each([
    [row('a-1', { answers: [] }), /:1: expected a list of answers/],
    [row('a-1', { answers: [{ at: 'x', grade: 1 }] }), /at least one answer of grade 2/],
    [row('a-1', { answers: [{ at: 'x', grade: 3 }] }), /expected an answer/],
    [row('a-1', { split: 'train' }), /one of dev, held under "split"; came "train"/],
    [row('a-1', { query: '' }), /text under "query"; came ""/],
  ])('%# is refused with file and line', async (bad, message) => {
    await expect(readBoard(write([bad]))).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(message),
    });
  });

  test('the board of this project reads', async () => {
    const rows = await readBoard(join(import.meta.dirname, '..', '..', 'test', 'boards', 'repositories.jsonl'));
    expect(rows.filter(({ split }) => split === 'dev').length).toBe(rows.length / 2);
    expect(rows.length).toBe(
      readFileSync(join(import.meta.dirname, '..', '..', 'test', 'boards', 'repositories.jsonl'), 'utf8')
        .trim()
        .split('\n').length,
    );
  });
});
