import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { readJudgements, readQueries } from '../beir.ts';
import { type CodeNetOptions, convertCodeNet } from './codenet.ts';
import { type CodeNetProblem, readProblems } from './codenetfiles.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-codenet-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (path: string, text: string): void => {
  mkdirSync(dirname(join(dir, path)), { recursive: true });
  writeFileSync(join(dir, path), text);
};
const lines = (name: string): Record<string, unknown>[] =>
  readFileSync(join(dir, 'out', name), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));

const problems = 'id,name,dataset,time_limit,memory_limit,rating,tags,complexity\n';
const submissions =
  'submission_id,problem_id,user_id,date,language,original_language,filename_ext,status,cpu_time,memory,code_size,accuracy\n';
const row = (id: number, problem: string, user: number, language: string, ending: string, status: string): string =>
  `s${String(id).padStart(9, '0')},${problem},u${String(user).padStart(9, '0')},1480319506,${language},${language},${ending},${status},60,15496,219,4/4\n`;

/** Two problems; the second has no sample, and one of its programs is not there. */
function writeData(): void {
  write(
    'metadata/problem_list.csv',
    `${problems}p00001,"Hills, ""top"" 3",AIZU,1000,131072,,,\np00002,Sum,AtCoder,,-1,,,\n`,
  );
  write(
    'metadata/p00001.csv',
    submissions +
      row(1, 'p00001', 1, 'Python', 'py', 'Accepted') +
      row(2, 'p00001', 2, 'Python', 'py', 'Accepted') +
      row(3, 'p00001', 2, 'Python', 'py', 'Accepted') +
      row(4, 'p00001', 3, 'Python', 'py', 'Wrong Answer') +
      row(5, 'p00001', 4, 'C++', 'cpp', 'Accepted'),
  );
  write(
    'metadata/p00002.csv',
    submissions +
      row(6, 'p00002', 1, 'Python', 'py', 'Accepted') +
      row(7, 'p00002', 2, 'Python', 'py', 'Accepted') +
      row(8, 'p00002', 3, 'Python', 'py', 'Accepted'),
  );
  for (const id of [1, 2, 3, 4]) write(`data/p00001/Python/s00000000${id}.py`, `print(${id})\n`);
  write('data/p00001/C++/s000000005.cpp', 'int main() {}\n');
  for (const id of [6, 7]) write(`data/p00002/Python/s00000000${id}.py`, `print(${id})\n`);
  write('derived/input_output/data/p00001/input.txt', '1 2 3\n');
  write('derived/input_output/data/p00001/output.txt', '3\n');
}

const convert = (options: Partial<CodeNetOptions> = {}) =>
  convertCodeNet({
    source: dir,
    out: join(dir, 'out'),
    languages: [],
    queryLanguage: null,
    perProblem: 10,
    seed: 1,
    ...options,
  });

test('problems have their limits, where the data has any', async () => {
  writeData();
  const read: CodeNetProblem[] = [];
  for await (const problem of readProblems(dir)) read.push(problem);
  expect(read).toEqual([
    { id: 'p00001', name: 'Hills, "top" 3', timeLimitMs: 1000, memoryLimitBytes: 131072 * 1024 },
    { id: 'p00002', name: 'Sum', timeLimitMs: null, memoryLimitBytes: null },
  ]);
});

test('accepted programs of different users ask for and answer each other', async () => {
  writeData();
  const report = await convert({ languages: ['Python'] });
  expect(report).toMatchObject({ problems: 2, samples: 1, documents: 2, queries: 2 });
  expect((await readQueries(join(dir, 'out'))).length).toBe(2);
  const problemOf = new Map(lines('runs.jsonl').map(({ id, problem }) => [id, problem]));
  for (const [query, answers] of await readJudgements(join(dir, 'out'), 'test'))
    for (const answer of answers.keys()) expect(problemOf.get(answer)).toBe(problemOf.get(query));
  // The user of s2 also gave s3; s4 was wrong, s5 is C++.
  expect(problemOf.has('s000000002')).not.toBe(problemOf.has('s000000003'));
  expect(problemOf.has('s000000004') || problemOf.has('s000000005')).toBe(false);
});

test('across languages, the query is of one and what it finds of the other', async () => {
  writeData();
  const report = await convert({ languages: ['C++'], queryLanguage: 'Python' });
  expect(report).toMatchObject({ problems: 1, documents: 1, queries: 1 });
  expect(lines('corpus.jsonl')).toMatchObject([
    { _id: 's000000005', metadata: { language: 'cpp', problem: 'p00001' } },
  ]);
});

test('programs come with their sample and limits, to be run', async () => {
  writeData();
  await convert({ languages: ['C++'], queryLanguage: 'Python' });
  const sample = { stdin: '1 2 3\n', expected: '3\n', timeLimitMs: 1000, memoryLimitBytes: 131072 * 1024 };
  expect(lines('runs.jsonl')).toMatchObject([
    { problem: 'p00001', language: 'Python', status: 'Accepted', ...sample },
    { id: 's000000005', language: 'C++', path: join(dir, 'data/p00001/C++/s000000005.cpp'), ...sample },
  ]);
});

test('the same seed gives the same task', async () => {
  writeData();
  await convert();
  const first = readFileSync(join(dir, 'out/runs.jsonl'), 'utf8');
  await convert();
  expect(readFileSync(join(dir, 'out/runs.jsonl'), 'utf8')).toBe(first);
});

test.each([
  ['no table of problems', () => rmSync(join(dir, 'metadata/problem_list.csv')), /problem_list\.csv/],
  ['another header', () => write('metadata/p00001.csv', 'id,user\n'), /p00001\.csv:1: expected a column submission_id/],
  [
    'a field too few',
    () => write('metadata/p00001.csv', `${submissions}s1,p00001\n`),
    /p00001\.csv:2: expected 12 fields/,
  ],
  [
    'a path in a language',
    () => write('metadata/p00001.csv', submissions + row(1, 'p00001', 1, '../..', 'py', 'Accepted')),
    /p00001\.csv:2: expected the name of a language/,
  ],
  [
    'a quotation mark that is never closed',
    () => write('metadata/problem_list.csv', `${problems}p00001,"Hills\n`),
    /quotation mark that ends a field/,
  ],
  ['nothing unpacked', () => rmSync(join(dir, 'data'), { recursive: true }), /accepted submissions of two users/],
])('%s is told', async (_, harm, message) => {
  writeData();
  harm();
  await expect(convert()).rejects.toThrow(message);
});
