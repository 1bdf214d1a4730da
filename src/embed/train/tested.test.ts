import { beforeAll, describe, expect, test } from 'vitest';
import { createParser, encodeUtf8, type Parser } from '../../code/mod.ts';
import { loadGrammarFile } from '../../index/mod.ts';
import { ambiguous, testSayings } from './tested.ts';

let parser: Parser;
beforeAll(async () => {
  parser = await createParser(loadGrammarFile);
});

const defined = new Map([
  ['parse_url', 3],
  ['parseUrl', 3],
  ['parse_url_path', 4],
  ['ParseUrl', 3],
  ['connect', 5],
  ['open', ambiguous],
]);

async function sayings(path: string, text: string) {
  const bytes = encodeUtf8(text);
  const parsed = await parser.parse(path, bytes);
  if (parsed.kind !== 'facts') throw new Error(`${path} was skipped`);
  return testSayings(bytes, parsed.facts, defined);
}

describe('a test tells of the function that it names and calls', () => {
  test.each<[string, string, string, string]>([
    [
      'Python',
      'test_a.py',
      'def test_parse_url_keeps_empty_port():\n    assert parse_url("a:") == 1\n    done()\n',
      'parse url keeps empty port',
    ],
    [
      'Go',
      'a_test.go',
      'package a\n\nfunc TestParseUrlKeepsEmptyPort(t *testing.T) {\n\tx := ParseUrl("a:")\n\tcheck(x)\n}\n',
      'parse url keeps empty port',
    ],
    [
      'JavaScript',
      'a.test.js',
      "test('parse url: keeps an empty port', () => {\n  expect(parseUrl('a:')).toBe(1);\n});\n",
      'parse url: keeps an empty port',
    ],
    [
      'Ruby',
      'a_spec.rb',
      'describe "x" do\n  it "keeps an empty port when it will parse a url" do\n    parse_url("a:")\n  end\nend\n',
      'keeps an empty port when it will parse a url',
    ],
  ])('%s', async (_, path, text, sentence) => {
    expect(await sayings(path, text)).toEqual([{ sentence, of: 3 }]);
  });

  test('its own words, where it has documentation', async () => {
    const text =
      'def test_parse_url():\n    """A port that is empty is kept as it came."""\n    assert parse_url("a:")\n    done()\n';
    expect(await sayings('test_a.py', text)).toEqual([{ sentence: 'A port that is empty is kept as it came.', of: 3 }]);
  });

  test('the longest name of several', async () => {
    const text = 'def test_parse_url_path_of_empty_query():\n    parse_url("a")\n    parse_url_path("a")\n';
    expect(await sayings('test_a.py', text)).toEqual([expect.objectContaining({ of: 4 })]);
  });

  test('the only candidate, where it has a name of several words', async () => {
    const text = (name: string) => `def test_empty_port_is_kept():\n    x = ${name}("a")\n    assert x == 1\n`;
    expect(await sayings('test_a.py', text('parse_url'))).toEqual([{ sentence: 'empty port is kept', of: 3 }]);
    expect(await sayings('test_a.py', text('connect'))).toEqual([]);
  });
});

describe('nothing is told', () => {
  test.each<[string, string]>([
    ['by a name that several definitions have', 'def test_open_keeps_empty_port():\n    open("a")\n    done()\n'],
    ['by a test that says nothing but the name', 'def test_parse_url():\n    parse_url("a")\n    done()\n'],
    ['by a helper', 'def make_url_with_empty_port():\n    parse_url("a")\n    done()\n'],
    ['of a function that is not called', 'def test_parse_url_keeps_empty_port():\n    x = 1\n    assert x == 1\n'],
  ])('%s', async (_, text) => {
    expect(await sayings('test_a.py', text)).toEqual([]);
  });
});
