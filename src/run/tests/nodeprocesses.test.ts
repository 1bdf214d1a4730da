import { expect, it } from 'vitest';
import type { Outcome } from '../types.ts';
import { withProcesses } from './nodeprocesses.ts';
import { tellRows } from './report.ts';
import { seal } from './rows.ts';

const key = 'k';
const json = (rows: readonly object[]): Buffer => Buffer.from(rows.map((row) => `${JSON.stringify(row)}\n`).join(''));

it('a test in whose time the runner ended its file took too long, and did not crash', () => {
  const name = 'a.test.js';
  const rows = [
    { e: 'late', file: name },
    {
      e: 'broken',
      name,
      message: 'the process of this file ended: test timed out after 3000ms',
      details: '',
      at: null,
    },
    { e: 'end', code: 1 },
  ].map((row, number) => `${number} ${JSON.stringify(row)}`);
  const sealed = Buffer.from(rows.map((row) => `${seal(key, row)} ${row}\n`).join(''));
  const each = json([
    { e: 'process', file: name },
    { e: 'begin', name: 'spin' },
  ]);
  const ending = { kind: 'exited', code: 1 } as const;
  const files = [
    { path: '.winnow-tests/rows.txt', bytes: sealed },
    { path: '.winnow-tests/each-7.jsonl', bytes: each },
  ];
  const told = withProcesses(tellRows(sealed, key, ending), { ending, files } as unknown as Outcome, key, []);
  expect(told.tests).toMatchObject([{ name: 'spin', state: 'timed-out', message: expect.stringContaining('3000ms') }]);
  expect([told.broken, told.notes[0]]).toEqual([[], expect.stringMatching(/^a\.test\.js took longer/)]);
});
