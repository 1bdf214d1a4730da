import fc from 'fast-check';
import { expect, test } from 'vitest';
import { coverageOf, partialFormat, readRows, unionOf } from './rows.ts';

const bytesOf = (...rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(rows.map((row) => (typeof row === 'string' ? row : JSON.stringify(row))).join('\n'));
const head = { format: partialFormat, language: 'python', level: 2 };
const statements = { e: 'statements', path: 'a.py', lines: [1, 2, 2, 4] };
const injected = {
  e: 'injected',
  path: 'a.py',
  line: 2,
  column: 5,
  kind: 'name',
  what: 'user',
  type: 'instance',
  value: '<user>',
  source: 'use',
  why: ['its attribute name is read at line 2'],
  corrected: 0,
};
const failed = {
  e: 'failed',
  path: 'a.py',
  line: 4,
  column: 1,
  type: 'TypeError',
  message: 'no',
  certainty: 'possible',
  because: [0, 7],
  guessedPath: false,
  after: 'ended',
};

test('rows of a round are read, and what points to nothing is dropped', () => {
  const rows = readRows(
    bytesOf(head, statements, { e: 'ran', path: 'a.py', ran: [0] }, injected, failed, {
      e: 'ran',
      path: 'a.py',
      ran: [2],
    }),
  );
  expect(rows?.files).toEqual([{ path: 'a.py', statements: [1, 2, 2, 4], ran: new Set([0, 2]) }]);
  expect(rows?.injections.map(({ what }) => what)).toEqual(['user']);
  expect(rows?.failures[0]?.because).toEqual([0]);
  expect(rows?.ended).toBe(false);
  expect(rows?.unreadable).toBe(0);
});

test('the last row says that the round was not stopped', () => {
  const rows = readRows(bytesOf(head, { e: 'end', more: 3 }));
  expect([rows?.ended, rows?.moreInjections]).toEqual([true, 3]);
});

test('what is no row is counted', () => {
  const bad = [
    'no json',
    '[]',
    { e: 'what' },
    { ...injected, type: 'str' },
    { ...injected, line: -1 },
    { ...failed, certainty: 'sure' },
    { e: 'ran', path: 'b.py', ran: [0] },
    { e: 'ran', path: 'a.py', ran: [4] },
    statements,
    { e: 'called', name: 'x'.repeat(2_000) },
  ];
  expect(readRows(bytesOf(head, statements, ...bad))?.unreadable).toBe(bad.length);
});

test('nothing is read without a head', () => {
  expect(readRows(bytesOf(statements, injected))).toBeNull();
});

test('coverage counts statements and tells lines', () => {
  const rows = readRows(bytesOf(head, statements, { e: 'ran', path: 'a.py', ran: [0, 1] }));
  expect(coverageOf(rows?.files ?? [])).toEqual({
    statements: 4,
    covered: 2,
    files: [{ path: 'a.py', ran: [1, 2], missed: [4] }],
  });
});

test('a union has what either has', () => {
  const round = fc.set(fc.nat(9)).map((ran) => [{ path: 'a', statements: [...Array(10).keys()], ran: new Set(ran) }]);
  fc.assert(
    fc.property(round, round, (one, other) => {
      const both = unionOf(one, other)[0]?.ran ?? new Set();
      expect([...both].sort()).toEqual([...new Set([...(one[0]?.ran ?? []), ...(other[0]?.ran ?? [])])].sort());
    }),
  );
});

test('any bytes are read without failing', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      expect(readRows(bytesOf(head, ...values.map((value) => JSON.stringify(value))))).not.toBeNull();
    }),
  );
});
