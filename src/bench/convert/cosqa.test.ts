import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { createParser, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { convertCosqa, withoutDocstrings } from './cosqa.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
});

describe('docstrings are taken out', () => {
  test.each([
    ['one line', 'def f(x):\n    """Doc."""\n    return x\n', 'def f(x):\n    return x\n'],
    ['many lines, raw, CRLF', 'def f(x):\r\n    r"""Doc\r\n    more."""\r\n    return x', 'def f(x):\r\n    return x'],
    ['single quotes', "def f():\n  'Doc'\n  return 1", 'def f():\n  return 1'],
    [
      'of nested functions too',
      'def f():\n    """A."""\n    def g():\n        """B."""\n        return 1\n    return g',
      'def f():\n    def g():\n        return 1\n    return g',
    ],
    [
      'after text outside ASCII',
      'def f(x="äöü€😀"):\n    """Döc."""\n    return "ß"\n',
      'def f(x="äöü€😀"):\n    return "ß"\n',
    ],
    [
      'but not other strings and comments',
      'def f():\n    # why\n    s = """no doc"""\n    return s\n',
      'def f():\n    # why\n    s = """no doc"""\n    return s\n',
    ],
    ['but not a comment above', '# about f\ndef f():\n    return 1\n', '# about f\ndef f():\n    return 1\n'],
  ])('%s', async (_, code, expected) => {
    expect(await withoutDocstrings(code, parser)).toBe(expected);
  });
});

describe('conversion', () => {
  let dir: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'winnow-cosqa-'));
  });
  afterEach(() => rmSync(dir, { recursive: true }));
  const read = (name: string) => readFileSync(join(dir, 'out', name), 'utf8');

  test('writes corpus, queries and judgements', async () => {
    writeFileSync(join(dir, 'codebase.jsonl.gz'), gzipSync('{"idx": 0, "code": "def f():\\n    \\"d\\"\\n    g()"}\n'));
    writeFileSync(join(dir, 'queries_dev.jsonl'), '{"idx": "q-1", "query": "how to g", "gold": 0}\n');
    const options = { source: dir, out: join(dir, 'out') };
    expect(await convertCosqa({ ...options, stripDocstrings: true })).toEqual({
      documents: 1,
      stripped: 1,
      queries: { dev: 1 },
    });
    expect(JSON.parse(read('corpus.jsonl'))).toEqual({
      _id: '0',
      title: '',
      text: 'def f():\n    g()',
      metadata: { language: 'python' },
    });
    expect(JSON.parse(read('queries.jsonl'))).toEqual({ _id: 'q-1', text: 'how to g' });
    expect(read('qrels/dev.tsv')).toBe('query-id\tcorpus-id\tscore\nq-1\t0\t1\n');
  });

  test('wrong input names file and line', async () => {
    const options = { source: dir, out: join(dir, 'out') };
    await expect(convertCosqa(options)).rejects.toThrow(/codebase\.jsonl or codebase\.jsonl\.gz/);
    writeFileSync(join(dir, 'codebase.jsonl'), '{"idx": 0, "code": "x"}\n');
    await expect(convertCosqa(options)).rejects.toThrow(/queries_<split>\.jsonl/);
    writeFileSync(join(dir, 'queries_dev.jsonl'), '{"idx": "q", "query": "x", "gold": 4}\n');
    await expect(convertCosqa(options)).rejects.toThrow(
      /queries_dev\.jsonl:1: expected "gold" to be the idx .* came 4/,
    );
  });
});

const cosqa = process.env.WINNOW_DATA === undefined ? null : join(process.env.WINNOW_DATA, 'cosqa');

test.skipIf(cosqa === null)(
  'CoSQA itself converts (skipped unless WINNOW_DATA names the folder that holds cosqa/)',
  async () => {
    const out = mkdtempSync(join(tmpdir(), 'winnow-cosqa-'));
    try {
      const report = await convertCosqa({ source: cosqa as string, out });
      expect(report).toEqual({ documents: 6267, stripped: 0, queries: { dev: 500 } });
    } finally {
      rmSync(out, { recursive: true });
    }
  },
);
