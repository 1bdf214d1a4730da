import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { readCorpus, readJudgements, readQueries, splitsOf } from './beir.ts';
import { readLines } from './lines.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'winnow-beir-'));
});
afterEach(() => rmSync(dir, { recursive: true }));

const write = (name: string, content: string | Uint8Array): void => {
  mkdirSync(dirname(join(dir, name)), { recursive: true });
  writeFileSync(join(dir, name), content);
};
const corpus = async () => {
  const out = [];
  for await (const document of readCorpus(dir)) out.push(document);
  return out;
};

describe('corpus', () => {
  test('is read in order, with optional title and language', async () => {
    write(
      'corpus.jsonl',
      '{"_id":"d1","title":"T","text":"one"}\n{"_id":2,"text":"two","metadata":{"language":"Python"}}\n',
    );
    expect(await corpus()).toEqual([
      { id: 'd1', title: 'T', text: 'one', language: null },
      { id: '2', title: '', text: 'two', language: 'python' },
    ]);
  });

  test('byte-order mark, CRLF, blank lines, no last newline, raw U+2028 inside a string', async () => {
    write('corpus.jsonl', '\uFEFF{"_id":"a","text":"x\u2028y"}\r\n\r\n{"_id":"b","text":"z"}');
    expect((await corpus()).map(({ id, text }) => [id, text])).toEqual([
      ['a', 'x\u2028y'],
      ['b', 'z'],
    ]);
  });

  const refused = async (content: string, message: RegExp) => {
    write('corpus.jsonl', content);
    await expect(corpus()).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(message) });
  };
  test('broken JSON names file and line', () =>
    refused('{"_id":"a","text":"x"}\n{"_id":\n', /corpus\.jsonl:2: expected a JSON object/));
  test('an array is no document', () => refused('[1]\n', /:1: expected a JSON object; came \[1\]/));
  test('missing text', () => refused('{"_id":"a"}', /:1: expected a string under "text"; came nothing/));
  test('missing id', () => refused('{"text":"a"}', /an id .* under "_id"; came nothing/));
  test('an id twice', () =>
    refused('{"_id":"a","text":""}\n{"_id":"a","text":""}', /:2: expected an id that no line before/));
  test('missing file', async () => {
    await expect(corpus()).rejects.toMatchObject({ code: 'path-not-found' });
  });
});

test('queries', async () => {
  write('queries.jsonl', '{"_id":"q1","text":"how"}\n{"_id":"q2","text":"why","metadata":{}}\n');
  expect(await readQueries(dir)).toEqual([
    { id: 'q1', text: 'how' },
    { id: 'q2', text: 'why' },
  ]);
});

describe('judgements', () => {
  const plain = (judged: Awaited<ReturnType<typeof readJudgements>>) =>
    Object.fromEntries([...judged].map(([query, grades]) => [query, Object.fromEntries(grades)]));

  test('with a header, CRLF and several grades', async () => {
    write('qrels/dev.tsv', 'query-id\tcorpus-id\tscore\r\nq1\td1\t2\r\nq1\td2\t1\r\nq2\td1\t0\r\n');
    expect(plain(await readJudgements(dir, 'dev'))).toEqual({ q1: { d1: 2, d2: 1 }, q2: {} });
  });
  test('without a header', async () => {
    write('qrels/dev.tsv', 'q1\td1\t1\n');
    expect(plain(await readJudgements(dir, 'dev'))).toEqual({ q1: { d1: 1 } });
  });
  test("TREC's four columns", async () => {
    write('qrels/dev.tsv', 'q1\t0\td1\t1\nq1\tQ0\td7\t3\n');
    expect(plain(await readJudgements(dir, 'dev'))).toEqual({ q1: { d1: 1, d7: 3 } });
  });
  test.each([
    ['a\tb\tc\nq1\td1\n', /dev\.tsv:2: expected three cells between tabs/],
    ['q1\td1\t1\nq1\td2\tx\n', /:2: expected a number as grade; came "x"/],
    ['q1\td1\t1\nq1\td2\t\n', /:2: expected a number as grade/],
    ['q1\td1\t1\nq1\td1\t2\n', /:2: expected the grade 1 given before; came 2/],
    ['q1 d1 1\n', /:1: expected three cells between tabs/],
  ])('%j is refused', async (content, message) => {
    write('qrels/dev.tsv', content);
    await expect(readJudgements(dir, 'dev')).rejects.toMatchObject({
      code: 'bad-data',
      message: expect.stringMatching(message),
    });
  });
  test('splits are named', () => {
    expect(splitsOf(dir)).toEqual([]);
    write('qrels/test.tsv', '');
    write('qrels/dev.tsv', '');
    write('qrels/notes.txt', '');
    expect(splitsOf(dir)).toEqual(['dev', 'test']);
  });
});

describe('lines', () => {
  const all = async (name: string) => {
    const out = [];
    for await (const line of readLines(join(dir, name))) out.push(line);
    return out;
  };
  test('longer than a read block, numbered', async () => {
    const long = 'ä'.repeat(1_500_000);
    write('f', `${long}\nb\r\n\nc`);
    expect(await all('f')).toEqual([
      { number: 1, text: long },
      { number: 2, text: 'b' },
      { number: 3, text: '' },
      { number: 4, text: 'c' },
    ]);
  });
  test('.gz is unpacked; a damaged one is an error with the file', async () => {
    write('f.gz', gzipSync('a\nb\n'));
    expect((await all('f.gz')).map((line) => line.text)).toEqual(['a', 'b']);
    write('g.gz', gzipSync('a\nb\n').subarray(0, 15));
    await expect(all('g.gz')).rejects.toMatchObject({ code: 'bad-data', message: expect.stringMatching(/g\.gz/) });
    await expect(all('none.gz')).rejects.toMatchObject({ code: 'path-not-found' });
  });
  test('a directory cannot be read', async () => {
    mkdirSync(join(dir, 'sub'));
    await expect(all('sub')).rejects.toMatchObject({ code: 'path-unreadable' });
  });
  test('an empty file has no lines', async () => {
    write('f', '');
    expect(await all('f')).toEqual([]);
  });
});
