/** What a session adds to its kernel, on the smallest real one: limits and requests that are not sound, history within bounds, patterns. */
import { describe, expect, test } from 'vitest';
import { WinnowError } from '../../base/mod.ts';
import { History } from './history.ts';
import { checkCell, checkSession, defaultSessionLimits, mostCellBytes } from './limits.ts';
import { checkPattern, matches } from './pattern.ts';
import type { CellReport, SessionRequest } from './types.ts';

const codeOf = (act: () => unknown): string => {
  try {
    act();
  } catch (error) {
    if (error instanceof WinnowError) return error.code;
    throw error;
  }
  return 'fine';
};

test('a cell of more code than it may have is refused before it travels anywhere', () => {
  expect(codeOf(() => checkCell('x'.repeat(mostCellBytes)))).toBe('fine');
  expect(codeOf(() => checkCell('é'.repeat(mostCellBytes / 2 + 1)))).toBe('bad-job');
});

describe('requests', () => {
  const check = (change: object): string =>
    codeOf(() => checkSession({ language: 'python', backend: 'auto', ...change } as SessionRequest));

  test.each([
    [{}, 'fine'],
    [{ language: 'klingon' }, 'unknown-language'],
    [{ backend: 'moon' }, 'bad-job'],
    [{ limits: { cellMs: 0 } }, 'bad-job'],
    [{ limits: { cellMs: Number.NaN } }, 'bad-job'],
    [{ limits: { memoryBytes: 1 } }, 'bad-job'],
    [{ limits: { wallMs: 5 } }, 'bad-job'],
    [{ limits: { totalMs: 2 ** 40 } }, 'bad-job'],
    [{ files: [{ path: '../up', bytes: new Uint8Array(0) }] }, 'bad-job'],
    [{ env: { 'A=B': '1' } }, 'bad-job'],
    [{ determinism: { seed: -1 } }, 'bad-job'],
    [{ grants: { read: ['relative'] } }, 'bad-job'],
  ])('%j: %s', (change, expected) => expect(check(change)).toBe(expected));

  test('what is not said has its default', () => {
    const { limits } = checkSession({ language: 'bash', backend: 'auto', limits: { cellMs: 5 } });
    expect(limits).toEqual({ ...defaultSessionLimits, cellMs: 5 });
  });
});

describe('patterns', () => {
  test.each([
    ['**', 'a/b.txt', true],
    ['*.txt', 'a.txt', true],
    ['*.txt', 'a/b.txt', false],
    ['**/*.txt', 'a.txt', true],
    ['**/*.txt', 'a/b/c.txt', true],
    ['a/**', 'a/b/c.txt', true],
    ['{a,b}.txt', 'b.txt', true],
    ['[ab].txt', 'c.txt', false],
  ])('%s names %s: %s', (pattern, path, expected) => {
    checkPattern(pattern);
    expect(matches(pattern, path)).toBe(expected);
  });

  test.each(['', '/etc/*', '../*', 'a/../../b', 'a\0b', '{a,b}'.repeat(9), 'x'.repeat(1001)])('%j is refused', (one) =>
    expect(codeOf(() => checkPattern(one))).toBe('bad-job'),
  );
});

describe('history', () => {
  const report = (count: number, bytes: number): CellReport => ({
    count,
    ending: { kind: 'done' },
    outputs: bytes === 0 ? [] : [{ kind: 'stream', stream: 'stdout', bytes: new Uint8Array(bytes) }],
    omitted: { stdout: 0, stderr: 0 },
    wallMs: 1,
    cpuMs: 1,
    stateLost: false,
    filesLost: false,
    notices: [],
  });

  test('old outputs are let go and counted, endings and the newest outputs stay', () => {
    const history = new History();
    for (let count = 1; count <= 40; count++) history.add(`cell ${count}`, report(count, 2 ** 20));
    const held = history.cells.map(({ report }) => report.outputs.length);
    expect(history.cells.length).toBe(40);
    expect(held.filter((one) => one > 0).length).toBe(8);
    expect(held.at(-1)).toBe(1);
    expect(history.cells[0]?.report.omitted.stdout).toBe(2 ** 20);
    expect(history.cells[0]?.report.notices.join()).toMatch(/let go/);
  });

  test('a copy goes its own way', () => {
    const history = new History();
    history.add('one', report(1, 10));
    const copy = history.copy();
    history.add('two', report(2, 10));
    expect(copy.cells.length).toBe(1);
    expect(copy.steps.length).toBe(1);
  });

  test('files of more than a job may have cannot be put in again', () => {
    const history = new History();
    const bytes = new Uint8Array(200 * 2 ** 20);
    history.addFiles([{ path: 'a', bytes }]);
    expect(history.hole).toBeNull();
    history.addFiles([{ path: 'b', bytes }]);
    expect(history.hole).toMatch(/put in/);
  });
});
