import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { benchRetrieval, plainWords } from './retrieval.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-retrieval-'));
  mkdirSync(join(dir, 'qrels'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const lines = (rows: object[]) => rows.map((row) => `${JSON.stringify(row)}\n`).join('');
const write = (files: { corpus: object[]; queries: object[]; qrels: string; split?: string }) => {
  writeFileSync(join(dir, 'corpus.jsonl'), lines(files.corpus));
  writeFileSync(join(dir, 'queries.jsonl'), lines(files.queries));
  writeFileSync(join(dir, 'qrels', `${files.split ?? 'test'}.tsv`), files.qrels);
};

const functions = [
  { _id: 'sum', text: 'def add_all(numbers):\n    """Sum of the numbers."""\n    return total(numbers)\n' },
  { _id: 'read', text: 'def load(path):\n    """Read a file into memory."""\n    return open(path).read()\n' },
  { _id: 'copy', text: 'def duplicate(path):\n    """Copy a directory tree."""\n    return shutil.copytree(path)\n' },
  { _id: 'same', text: 'def duplicate(path):\n    """Copy a directory tree."""\n    return shutil.copytree(path)\n' },
];
const small = () =>
  write({
    corpus: functions,
    queries: [
      { _id: 'q1', text: 'sum of numbers' },
      { _id: 'q2', text: 'read a file' },
      { _id: 'q3', text: 'copy directory tree' },
      { _id: 'q4', text: 'xylophone' },
      { _id: 'unjudged', text: 'read' },
    ],
    qrels: 'query-id\tcorpus-id\tscore\nq1\tsum\t1\nq2\tread\t1\nq3\tsame\t1\nq4\tsum\t1\nq5\tsum\t1\n',
  });

describe('a small corpus', () => {
  test('is indexed, asked and scored; duplicates of a hit count after it', async () => {
    small();
    const report = await benchRetrieval({ dir, language: 'python', baselines: ['words', 'subtokens'] });
    expect(report).toMatchObject({ split: 'test', documents: 4, queries: 4, leftOut: 1, depth: 100 });
    expect(report.indexing).toMatchObject({ files: 4, leftOut: {} });
    expect(report.systems.map(({ system }) => system)).toEqual(['winnow', 'bm25-words', 'bm25-subtokens']);
    const ranks = report.rows.filter((row) => row.system === 'winnow').map((row) => row.rank);
    expect(ranks.slice(0, 2)).toEqual([1, 1]);
    expect(ranks[2]).toBeLessThanOrEqual(2);
    expect(ranks[3]).toBeNull();
    const [own] = report.systems;
    expect(own?.scores.mrr.value).toBeCloseTo((2 + 1 / (ranks[2] as number)) / 4, 12);
    expect(own?.scores.recall10.value).toBe(0.75);
    expect(report.differences.map(({ baseline }) => baseline)).toEqual(['bm25-words', 'bm25-subtokens']);
  });

  test('the run folder holds command, rows and a summary that follows from them', async () => {
    small();
    const out = join(dir, 'run');
    const report = await benchRetrieval({ dir, language: 'python', limit: 2, seed: 7, out });
    expect(readdirSync(out).sort()).toEqual(['command.json', 'rows.jsonl', 'summary.json']);
    const rows = readFileSync(join(out, 'rows.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(rows.map((row) => row.query)).toEqual(['q1', 'q2']);
    const summary = JSON.parse(readFileSync(join(out, 'summary.json'), 'utf8'));
    expect(summary.systems[0].scores.mrr.value).toBe(rows.reduce((sum, row) => sum + row.scores.mrr, 0) / rows.length);
    expect(JSON.parse(readFileSync(join(out, 'command.json'), 'utf8'))).toMatchObject({ seed: 7, suite: 'retrieval' });
    expect(report.queries).toBe(2);
    await expect(benchRetrieval({ dir, out })).rejects.toThrow(/without a run/);
  });

  test('leaves nothing in the temporary directory, also when it fails', async () => {
    const scratch = () => readdirSync(tmpdir()).filter((name) => name.startsWith('winnow-bench-'));
    const before = new Set(scratch());
    small();
    await benchRetrieval({ dir });
    await expect(benchRetrieval({ dir, language: 'klingon' })).rejects.toThrow(/one of c, c\+\+, cpp/);
    await expect(benchRetrieval({ dir, signal: AbortSignal.abort() })).rejects.toMatchObject({ code: 'cancelled' });
    expect(scratch().filter((name) => !before.has(name))).toEqual([]);
  });
});

test('titles are searched, in text and in code', async () => {
  const corpus = [
    { _id: 'a', title: 'Walrus husbandry', text: 'Keep it cold.' },
    { _id: 'b', title: 'Other', text: 'Keep it warm.' },
    { _id: 'c', title: 'Penguin counter', text: 'int n;', metadata: { language: 'c' } },
  ];
  write({
    corpus,
    queries: [
      { _id: 'q', text: 'walrus' },
      { _id: 'r', text: 'penguin counter' },
    ],
    qrels: 'q\ta\t1\nr\tc\t1\n',
    split: 'dev',
  });
  const report = await benchRetrieval({ dir });
  expect(report.split).toBe('dev');
  expect(report.rows.map((row) => row.rank)).toEqual([1, 1]);
});

describe('bad data', () => {
  test('no split, or one that is not there', async () => {
    await expect(benchRetrieval({ dir })).rejects.toMatchObject({ code: 'bad-data' });
    small();
    await expect(benchRetrieval({ dir, split: 'dev' })).rejects.toThrow(/one of the splits test; came --split dev/);
  });
  test('ids that do not meet', async () => {
    write({ corpus: functions, queries: [{ _id: 'x', text: 'x' }], qrels: 'q1\tsum\t1\n' });
    await expect(benchRetrieval({ dir })).rejects.toThrow(/Do the ids agree/);
  });
});

test('what would be syntax of our query language becomes words', () => {
  expect(plainWords('python -c "print" path:x LANG:y a-b std::path::join')).toBe(
    'python  c  print  path : x LANG : y a-b std::path::join',
  );
  expect(plainWords('-1 --flag ->')).toBe('-1 --flag ->');
});
