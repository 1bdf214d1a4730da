import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { limits, WinnowError } from '../base/mod.ts';
import { parseQuery, readQuery } from './query.ts';
import type { Query } from './types.ts';

function check(text: string, expected: Partial<Query>): void {
  const empty = {
    words: [],
    phrases: [],
    excluded: [],
    languages: [],
    paths: [],
    excludedPaths: [],
    kinds: [],
    names: [],
  };
  const { text: _text, mode: _mode, inferred: _inferred, ...parts } = parseQuery(text);
  expect(parts).toEqual({ ...empty, ...expected });
}

describe('the language', () => {
  test('words, phrases and exclusions', () => {
    check('how are hooks run', { words: ['how', 'are', 'hooks', 'run'] });
    check('a "two  words" b', { words: ['a', 'two', 'words', 'b'], phrases: ['two words'] });
    check('cache -test -"by hand"', { words: ['cache'], excluded: ['test', 'by hand'] });
    check('"say \\"hi\\" now"', { words: ['say', '"hi"', 'now'], phrases: ['say "hi" now'] });
  });

  test('filters, alternatives and aliases', () => {
    check('x lang:ts,go lang:Py', { words: ['x'], languages: ['typescript', 'go', 'python'] });
    check('x path:src/ -path:*.min.js path:"a b"', {
      words: ['x'],
      paths: ['src/', 'a b'],
      excludedPaths: ['*.min.js'],
    });
    check('kind:classes,fn name:parse', { kinds: ['class', 'function'], names: ['parse'] });
  });

  test('only the four filters are special', () => {
    check('std::vector http://a.b/c foo:bar', { words: ['std::vector', 'http://a.b/c', 'foo:bar'] });
    check('path::join', { words: ['path::join'] });
    check('"lang:go" x', { words: ['lang:go', 'x'], phrases: ['lang:go'] });
  });

  test('a minus is text before digits, minus and arrow', () => {
    check('return -1 --flag -> -', { words: ['return', '-1', '--flag', '->', '-'] });
  });

  test('an open quote is read as words, with a notice', () => {
    const { query, notices } = readQuery('say "hello there');
    expect(query.words).toEqual(['say', 'hello', 'there']);
    expect(notices).toHaveLength(1);
  });
});

describe('modes', () => {
  const modes = (texts: string[]) => texts.map((text) => parseQuery(text).mode);

  test('shapes of names', () => {
    const names =
      'getReadyCount get_ready LFPCW utf8 Engine.ServeHTTP std::vector Box#value (*Engine).Run a->b foo_bar()';
    expect(new Set(modes(names.split(' ')))).toEqual(new Set(['identifier']));
    expect(parseQuery('getReadyCount lang:ts').mode).toBe('identifier');
  });

  test('shapes of words', () => {
    const words = [
      'parser',
      'Parser',
      'read file',
      '1.2.3',
      'e.g.',
      'http://a.b/c',
      '"getReady"',
      'kind:class',
      '-1',
      'foo-bar',
    ];
    expect(new Set(modes(words))).toEqual(new Set(['words']));
  });

  test('a plain word that is a name, and force', () => {
    const isName = (word: string) => word === 'parser';
    expect(parseQuery('parser', { isName }).mode).toBe('identifier');
    expect(parseQuery('parsers', { isName }).mode).toBe('words');
    expect(parseQuery('getReady', { mode: 'words' })).toMatchObject({ mode: 'words', inferred: false });
  });
});

describe('refusals say what to do', () => {
  function refuses(text: string, message: RegExp): void {
    try {
      parseQuery(text);
    } catch (error) {
      expect(error).toBeInstanceOf(WinnowError);
      expect((error as WinnowError).code).toBe('bad-query');
      expect((error as WinnowError).message).toMatch(message);
      return;
    }
    throw new Error(`expected a refusal of ${text}`);
  }

  test('each', () => {
    refuses('', /empty/);
    refuses('  \t\n', /empty/);
    refuses('""', /empty/);
    refuses('-test', /leave out/);
    refuses('x'.repeat(limits.queryBytes + 1), /at most/);
    refuses('lang: go', /no value/);
    refuses('x lang:pyhton', /Did you mean python/);
    refuses('x kind:clas', /Did you mean class/);
    refuses('x -lang:go', /Only path:/);
  });
});

test('never anything but a query or a refusal', () => {
  const unit = fc.constantFrom(
    'a',
    'B',
    '"',
    '-',
    ':',
    ' ',
    '\\',
    'lang:',
    'path:',
    'kind:',
    '*',
    '(',
    ')',
    '::',
    '😀',
    '\0',
  );
  fc.assert(
    fc.property(fc.string({ unit, maxLength: 20 }), (text) => {
      try {
        expect(parseQuery(text).text).toBe(text);
      } catch (error) {
        expect((error as WinnowError).code).toBe('bad-query');
      }
    }),
    { numRuns: 500 },
  );
});

test('what leaves out speaks of texts: the mode is words', () => {
  expect(parseQuery('getReadyCount -json').mode).toBe('words');
  expect(parseQuery('getReadyCount -path:test').mode).toBe('identifier');
  expect(parseQuery('getReadyCount -json', { mode: 'identifier' }).mode).toBe('identifier');
});
