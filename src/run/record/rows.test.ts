import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { callWays, readCallRows, writeCallRows } from './rows.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

const row = {
  caller: { path: 'a.py', line: 0, name: '<module>' },
  callee: { path: 'b/c.py', line: 3, name: 'C.m' },
  callLine: 7,
  callColumn: 5,
  count: 2,
  how: 'direct',
};
const line = (change: object): string => JSON.stringify({ ...row, ...change });

describe('reading what a program wrote', () => {
  test('the same call of several processes is one row', () => {
    const read = readCallRows([bytes(`${line({})}\n{"dropped":3}\n`), bytes(`${line({ count: 5 })}\n`)]);
    expect(read).toEqual({ rows: [{ ...row, count: 7 }], dropped: 3, unreadable: 0 });
  });
  test.each([
    ['no JSON', '{"caller":'],
    ['no object', '[1]'],
    ['a path out of the root', line({ caller: { ...row.caller, path: '../a.py' } })],
    ['an absolute path', line({ callee: { ...row.callee, path: '/etc/passwd' } })],
    ['a negative line', line({ callLine: -1 })],
    ['a count that is none', line({ count: 1.5 })],
    ['an unknown way', line({ how: 'magic' })],
    ['a callee that is left out', line({ callee: undefined })],
    ['a name without end', line({ callee: { ...row.callee, name: 'x'.repeat(2_000) } })],
  ])('%s is counted and not believed', (_, text) => {
    expect(readCallRows([bytes(`${text}\n`)])).toEqual({ rows: [], dropped: 0, unreadable: 1 });
  });
  test('what a row has beside is not taken over', () => {
    const caller = { ...row.caller, more: 1 };
    expect(readCallRows([bytes(line({ caller, __proto__: null, extra: 'x' }))]).rows).toEqual([row]);
  });
  test('never throws, whatever the bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 400 }), (any) => void readCallRows([any])));
    fc.assert(fc.property(fc.json(), (any) => void readCallRows([bytes(any)])));
  });
});

test('what is written is read again', () => {
  const place = fc.record({
    path: fc.constantFrom('a.ts', 'é/b.py'),
    line: fc.nat(),
    name: fc.string({ maxLength: 20, unit: 'grapheme' }),
  });
  const any = fc.record({
    caller: place,
    callee: fc.option(place),
    callLine: fc.nat(),
    callColumn: fc.nat(),
    count: fc.nat(),
    how: fc.constantFrom(...callWays),
  });
  fc.assert(
    fc.property(fc.array(any), fc.nat(), (rows, dropped) => {
      const once = readCallRows([writeCallRows({ rows, dropped: 0, unreadable: 0 })]);
      expect(readCallRows([writeCallRows({ ...once, dropped })])).toEqual({ ...once, dropped });
    }),
  );
});
