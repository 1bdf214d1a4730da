import { expect, test } from 'vitest';
import type { PartialOutput } from '../operations/run-partial-schemas.ts';
import { painter } from '../paint.ts';
import { partialLines } from './run-partial.ts';

const coverage = { statements: 4, covered: 3, files: [{ path: 'a.py', ran: [1, 2], missed: [4, 5, 6, 9] }] };
const place = { path: 'a.py', line: 2, column: 3 };
const partial: PartialOutput = {
  language: 'python',
  entry: 'a.py',
  function: 'Box.total',
  level: 2,
  levels: [],
  coverage,
  injections: [
    {
      ...place,
      kind: 'name',
      what: 'user',
      type: 'instance',
      value: '<user>',
      source: 'use',
      why: ['it is called'],
      corrected: 0,
    },
  ],
  moreInjections: 2,
  failures: [
    {
      ...place,
      type: 'ValueError',
      message: 'no',
      certainty: 'possible',
      because: [0],
      guessedPath: false,
      after: 'resumed',
    },
    {
      ...place,
      type: 'TypeError',
      message: '\u001b[31mred',
      certainty: 'genuine',
      because: [],
      guessedPath: true,
      after: 'ended',
    },
  ],
  called: ['f'],
  observed: null,
  proposals: null,
  gaps: ['all rounds were spent'],
};

test('coverage first, then genuine errors before possible ones, then what was guessed', () => {
  const lines = partialLines(partial, painter({ color: false }), 100);
  expect(lines[0]).toBe('a.py:Box.total: 3 of 4 statements ran (75%)');
  expect(lines).toContain('did not run: a.py lines 4-6, 9');
  const genuine = lines.findIndex((line) => line.startsWith('genuine error at line 2: TypeError'));
  const possible = lines.findIndex((line) => line.startsWith('possible error at line 2: ValueError'));
  expect(genuine).toBeGreaterThan(0);
  expect(possible).toBeGreaterThan(genuine);
  expect(lines[possible]).toContain('it may come from user');
  expect(lines).toContain('3 values injected');
  expect(lines.at(-1)).toBe('not all: all rounds were spent');
});

test('nothing of a program reaches the terminal as it is', () => {
  expect(partialLines(partial, painter({ color: false }), 100).join('')).not.toContain('\u001b');
});

test('what stands in another file names that file', () => {
  const [injection] = partial.injections;
  const [failure] = partial.failures;
  if (injection === undefined || failure === undefined) throw new Error('expected one of each');
  const elsewhere = {
    ...partial,
    injections: [injection, { ...injection, path: 'b\u001b[31m.py' }],
    failures: [{ ...failure, path: 'b.py' }],
  };
  const lines = partialLines(elsewhere, painter({ color: false }), 100);
  expect(lines.filter((line) => line.includes('2:3 name user')).map((line) => line.split(' name')[0])).toEqual([
    '  2:3',
    '  b␛[31m.py:2:3',
  ]);
  expect(lines.some((line) => line.startsWith('possible error at b.py:2: ValueError'))).toBe(true);
});
