import { expect, test } from 'vitest';
import { Baseline, baselineTerms } from './baseline.ts';

test('whole words keep identifiers together', () => {
  expect(baselineTerms('def getReadyCount(foo_bar): # 2x ünïcode', 'words')).toEqual([
    'def',
    'getreadycount',
    'foo_bar',
    '2x',
    'ünïcode',
  ]);
});

test('sub-tokens split identifiers, acronyms and digits', () => {
  expect(baselineTerms('getHTTPResponse2Code foo_bar XML ABc', 'subtokens')).toEqual([
    'get',
    'http',
    'response',
    '2',
    'code',
    'foo',
    'bar',
    'xml',
    'a',
    'bc',
  ]);
  expect(baselineTerms('日本', 'subtokens')).toEqual(['日本']);
});

test("scores follow Robertson's formula", () => {
  // lengths 2, 4, 1; mean 7/3. "red" is in two of three: idf = ln(1 + 1.5/2.5) = 0.470
  //   short: 0.470 · 2.2 / (1 + 1.2 (0.25 + 0.75 · 2 / 2.333)) = 0.4985
  //   long:  0.470 · 2·2.2 / (2 + 1.2 (0.25 + 0.75 · 4 / 2.333)) = 0.5386: the second "red" outweighs the length
  // "blue" is in one: idf = ln(1 + 2.5/1.5) = 0.981; short: 1.0405 more
  const index = new Baseline('words');
  index.add('short', 'red blue');
  index.add('long', 'red red green green');
  index.add('other', 'green');
  expect(index.search('red', 10)).toEqual(['long', 'short']);
  expect(index.search('red blue', 10)).toEqual(['short', 'long']);
  expect(index.search('red', 1)).toEqual(['long']);
  expect(index.search('violet', 10)).toEqual([]);
});

test('equal scores keep the order of adding', () => {
  const index = new Baseline('words');
  for (const id of ['c', 'a', 'b']) index.add(id, 'same');
  expect(index.search('same', 10)).toEqual(['c', 'a', 'b']);
});

test('nothing added, nothing found', () => {
  expect(new Baseline('words').search('x', 5)).toEqual([]);
});
