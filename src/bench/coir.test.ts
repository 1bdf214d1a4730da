/**
 * Tasks in CoIR's layouts. The Parquet files in `test/fixtures/coir` were written by pyarrow 26: Snappy, Zstandard, gzip and plain, one row group and several,
 * with and without dictionaries, pages of both versions, a column that is a struct.
 */
import { cpSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { makeTree } from '../../test/trees.ts';
import { type CorpusDocument, readCorpus, readJudgements, readQueries, splitsOf } from './beir.ts';
import { benchRetrieval } from './retrieval.ts';

const fixtures = fileURLToPath(new URL('../../test/fixtures/coir', import.meta.url));
const row = (value: unknown): string => `${JSON.stringify(value)}\n`;

/** The same task as JSON lines, in folders as they may be put together by hand. */
function asLines(): string {
  const document = (id: string, text: string) => row({ _id: id, text, language: 'python' });
  const { root } = makeTree({
    'corpus/corpus.jsonl':
      document(
        'd1',
        'def drop_oldest(cache):\n    """Removes the entry that was used least recently."""\n    cache.pop(next(iter(cache)))\n',
      ) +
      document(
        'd2',
        'def read_json(path):\n    """Parses a file."""\n    with open(path) as handle:\n        return json.load(handle)\n',
      ) +
      document('d3', 'def größe(text):\n    """Length in characters, 日本."""\n    return len(text)\n'),
    'queries.jsonl':
      row({ _id: 'q1', text: 'remove the least recently used entry' }) +
      row({ _id: 'q2', text: 'parse a json file' }) +
      row({ _id: 'q3', text: 'length of a text' }),
    'qrels/test.jsonl':
      row({ 'query-id': 'q1', 'corpus-id': 'd1', score: 1 }) + row({ 'query-id': 'q2', 'corpus-id': 'd2', score: 1 }),
  });
  return root;
}

describe.each([
  ['as it is now', () => path.join(fixtures, 'now'), ['test', 'train']],
  ['as it was before', () => path.join(fixtures, 'before'), ['test']],
  ['as JSON lines', asLines, ['test']],
])('a task %s', (_, at, splits) => {
  test('is read whole', async () => {
    const dir = at();
    const documents: CorpusDocument[] = [];
    for await (const document of readCorpus(dir)) documents.push(document);
    expect(documents.map(({ id, language }) => [id, language])).toEqual(['d1', 'd2', 'd3'].map((id) => [id, 'python']));
    expect(documents[2]?.text).toBe('def größe(text):\n    """Length in characters, 日本."""\n    return len(text)\n');
    expect((await readQueries(dir)).map(({ id }) => id)).toEqual(['q1', 'q2', 'q3']);
    expect(splitsOf(dir)).toEqual(splits);
    expect([...(await readJudgements(dir, 'test'))].map(([query, grades]) => [query, ...grades])).toEqual([
      ['q1', ['d1', 1]],
      ['q2', ['d2', 1]],
    ]);
  });

  test('runs', async () => {
    const { documents, queries, systems, split } = await benchRetrieval({ dir: at() });
    expect([documents, queries, split, systems[0]?.scores.mrr.value]).toEqual([3, 2, 'test', 1]);
  });
});

test('a Parquet file that is cut short, damaged or none is told by its name', async () => {
  const { root } = makeTree();
  cpSync(path.join(fixtures, 'now'), root, { recursive: true });
  const file = path.join(root, 'queries/queries-00000-of-00001.parquet');
  const whole = readFileSync(file);
  const refused = { code: 'bad-data', message: expect.stringContaining('queries-00000-of-00001.parquet') };
  truncateSync(file, 200);
  await expect(readQueries(root)).rejects.toMatchObject(refused);
  writeFileSync(file, '<html>Sign in</html>');
  await expect(readQueries(root)).rejects.toMatchObject(refused);
  writeFileSync(file, whole.fill(0xff, 4, 60));
  await expect(readQueries(root)).rejects.toMatchObject(refused);
});

test('what a task lacks is told', async () => {
  const empty = makeTree().root;
  await expect(readQueries(empty)).rejects.toMatchObject({
    code: 'path-not-found',
    message: expect.stringContaining('queries.jsonl'),
  });
  await expect(benchRetrieval({ dir: empty })).rejects.toMatchObject({ code: 'bad-data' });
  await expect(benchRetrieval({ dir: path.join(empty, 'no') })).rejects.toMatchObject({ code: 'path-not-found' });
});
