import { describe, expect, it } from 'vitest';
import type { Ending } from '../types.ts';
import { tellLines, tellRows } from './report.ts';
import { seal } from './rows.ts';

const key = 'key';
const sealed = (rows: readonly unknown[]): Uint8Array =>
  new TextEncoder().encode(
    rows
      .map((row, at) => {
        const text = `${at} ${JSON.stringify(row)}`;
        return `${seal(key, text)} ${text}\n`;
      })
      .join(''),
  );
const tell = (rows: readonly unknown[], ended: Ending = { kind: 'exited', code: 0 }) =>
  tellRows(sealed(rows), key, ended);
const begun = (names: readonly string[]) => [
  { e: 'tests', names },
  { e: 'start', n: 0, name: names[0], file: 'a.py', line: 3 },
];
const passed = { e: 'test', n: 0, state: 'passed', ms: 1.5, message: '', details: '', at: null };

describe('what rows tell', () => {
  it('gives every test that was found a state', () => {
    const { tests, code } = tell([...begun(['a', 'b']), passed], { kind: 'timed-out', clock: 'wall' });
    expect(tests.map(({ name, state }) => [name, state])).toEqual([
      ['a', 'passed'],
      ['b', 'not-run'],
    ]);
    expect(code).toBeNull();
  });

  it('tells what became of the test that was running', () => {
    const state = (ended: Ending) => tell(begun(['a']), ended).tests[0]?.state;
    expect(state({ kind: 'timed-out', clock: 'cpu' })).toBe('timed-out');
    expect(state({ kind: 'exited', code: 0 })).toBe('crashed');
    expect(state({ kind: 'crashed', signal: 'SIGSEGV', reason: 'ended by SIGSEGV' })).toBe('crashed');
    expect(state({ kind: 'out-of-memory' })).toBe('crashed');
  });

  it('counts tests of one name one by one', () => {
    const { tests } = tell([...begun(['a', 'a', 'a']), passed]);
    expect(tests.map(({ state }) => state)).toEqual(['passed', 'not-run', 'not-run']);
  });

  it('tells of files whose tests were never told', () => {
    const rows = [
      { e: 'files', names: ['a.js', 'b.js', 'c.js', 'd.js'] },
      { e: 'open', name: 'a.js' },
      { e: 'over', name: 'a.js' },
      { e: 'open', name: 'b.js' },
      { e: 'open', name: 'c.js' },
      { e: 'start', n: 0, name: 'c.js > t', file: 'c.js', line: 0 },
    ];
    const { tests, notes } = tell(rows, { kind: 'exited', code: 0 });
    expect(tests.map(({ name, state }) => [name, state])).toEqual([
      ['c.js > t', 'crashed'],
      ['b.js', 'crashed'],
      ['d.js', 'not-run'],
    ]);
    expect(notes).toHaveLength(2);
    const whole = tell([...rows.slice(0, 4), { e: 'end', code: 1 }], { kind: 'exited', code: 1 });
    expect(whole.tests.map(({ state }) => state)).toEqual(['not-run', 'not-run', 'not-run']);
  });

  it('does not believe a state that there is none of, nor a test that never began', () => {
    const { tests } = tell([...begun(['a']), { ...passed, state: 'brilliant' }, { ...passed, n: 9 }]);
    expect(tests.map(({ state }) => state)).toEqual(['error']);
  });

  it('puts lines to their tests', () => {
    const { coverage } = tell([
      ...begun(['a']),
      { e: 'file', n: 0, path: 'src/x.py' },
      { e: 'lines', n: null, files: { 0: '1' } },
      { e: 'lines', n: 0, files: { 0: '2-3', 7: '9' } },
      { e: 'able', n: 0, lines: '1-4' },
    ]);
    expect(coverage.tests).toEqual(new Map([['a', new Map([['src/x.py', [2, 3]]])]]));
    expect(coverage.loading).toEqual(new Map([['src/x.py', [1]]]));
    expect(coverage.able).toEqual(new Map([['src/x.py', [1, 2, 3, 4]]]));
  });

  it('adds up lines that several processes wrote', () => {
    const file = (...rows: unknown[]) =>
      new TextEncoder().encode(`${rows.map((row) => JSON.stringify(row)).join('\n')}\nno row`);
    const { tests } = tellLines([
      file({ e: 'file', n: 0, path: 'a.js' }, { e: 'lines', of: 't', files: { 0: '1' } }),
      file(
        { e: 'file', n: 0, path: 'b.js' },
        { e: 'file', n: 1, path: 'a.js' },
        { e: 'lines', of: 't', files: { 0: '5', 1: '2' } },
      ),
    ]);
    expect(tests).toEqual(
      new Map([
        [
          't',
          new Map([
            ['a.js', [1, 2]],
            ['b.js', [5]],
          ]),
        ],
      ]),
    );
  });
});
