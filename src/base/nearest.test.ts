import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const verbs = ['search', 'show', 'index', 'languages', 'completions'];
const check = (wanted: string, expected: readonly string[]): void => expect(nearest(wanted, verbs)).toEqual(expected);

test('one slip is forgiven: missing, extra, wrong or swapped letters', () => {
  check('serch', ['search']);
  check('searchh', ['search']);
  check('saerch', ['search']);
  check('shwo', ['show']);
  check('SEARCH', ['search']);
});

test('a beginning of three letters or more is enough', () => {
  check('lang', ['languages']);
  check('comp', ['completions']);
});

test('what resembles nothing has no neighbours', () => {
  check('frobnicate', []);
  check('', []);
});
