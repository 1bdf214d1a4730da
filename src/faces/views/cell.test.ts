import { expect, test } from 'vitest';
import type { OutputData, ReportData } from '../../run/mod.ts';
import { cellStreams, endingLines, shownText } from './cell.ts';

const shown = (value: Partial<Extract<OutputData, { kind: 'shown' }>>): Extract<OutputData, { kind: 'shown' }> => ({
  kind: 'shown',
  isResult: true,
  text: '',
  isCut: false,
  ...value,
});

const report = (more: Partial<ReportData>): ReportData => ({
  count: 3,
  ending: { kind: 'done' },
  outputs: [],
  omitted: { stdout: 0, stderr: 0 },
  wallMs: 1500,
  cpuMs: null,
  stateLost: false,
  filesLost: false,
  notices: [],
  ...more,
});

test('tables stand in columns, numbers to the right, long cells cut, control characters visible', () => {
  const rows = [
    [1, 'a\x1b[31m', null],
    [100, 'x'.repeat(100), [1]],
  ] as const;
  expect(shownText(shown({ table: { columns: ['n', 'name', 'more'], rows, omittedRows: 7 } }))).toBe(
    [
      `  n  ${'name'.padEnd(60)}  more`,
      `───  ${'─'.repeat(60)}  ────`,
      '  1  a␛[31m',
      `100  ${'x'.repeat(59)}…  [1]`,
      '… 7 more rows',
      '',
    ].join('\n'),
  );
  expect(shownText(shown({ table: { columns: ['a'], rows: [], omittedRows: 0 } }))).toBe('a\n─\n');
});

test('a value is its text; one that was cut says so', () => {
  expect(shownText(shown({ text: '42' }))).toBe('42\n');
  expect(shownText(shown({ text: '[1, 2', isCut: true }))).toBe('[1, 2 …\n');
  expect(shownText(shown({}))).toBe('');
});

test('endings are told in words, and what was lost', () => {
  const error = {
    name: 'ValueError',
    message: 'bad \x1b[2J\nmore',
    line: 2,
    column: null,
    frames: [
      { name: '<module>', cell: 3, file: null, line: 2 },
      { name: 'f', cell: null, file: 'lib.py', line: 9 },
    ],
  };
  expect(endingLines(report({ ending: { kind: 'failed', error } }), [])).toEqual([
    '  cell 3, line 2, in <module>',
    '  lib.py, line 9, in f',
    'ValueError: bad ␛[2J',
    'more',
  ]);
  const check = (more: Partial<ReportData>, expected: RegExp): void =>
    expect(endingLines(report(more), []).join('\n')).toMatch(expected);
  check(
    { ending: { kind: 'interrupted', by: 'wall' } },
    /^cell 3: interrupted after 1\.5 s: no elapsed time left; --wall/,
  );
  check({ ending: { kind: 'out-of-memory' }, stateLost: true }, /no memory left[\s\S]*variables are gone/);
  check({ ending: { kind: 'kernel-ended', code: null, signal: 'SIGKILL' }, filesLost: true }, /by SIGKILL\n.*files/);
  check({ ending: { kind: 'kernel-ended', code: 3, signal: null } }, /with exit code 3/);
  check(
    { omitted: { stdout: 1234, stderr: 0 }, notices: ['told'] },
    /1,234 bytes of stdout were not kept\ncell 3: told/,
  );
  check({ outputs: [shown({ png: 'AAAA' }), shown({ png: 'AAAA' })] }, /2 pictures; --out DIR writes them/);
});

test('all at once, streams are as they were', () => {
  const outputs: OutputData[] = [
    { kind: 'stream', stream: 'stdout', encoding: 'base64', content: '/w==' },
    { kind: 'stream', stream: 'stderr', encoding: 'utf-8', content: 'e\n' },
    shown({ text: '1' }),
  ];
  const { stdout, stderr } = cellStreams(report({ outputs }), ['a.png']);
  expect([[...stdout], Buffer.from(stderr).toString()]).toEqual([[255, 49, 10], 'e\ncell 3: a.png\n']);
});

test('a frame that comes again and again is told three times and counted', () => {
  const frame = (name: string, line: number) => ({ name, cell: 1, file: null, line });
  const frames = [frame('<module>', 4), ...Array.from({ length: 99 }, () => frame('f', 2)), frame('g', 9)];
  const error = { name: 'RecursionError', message: 'too deep', line: 2, column: 1, frames };
  expect(endingLines(report({ ending: { kind: 'failed', error } }), [])).toEqual([
    '  cell 1, line 4, in <module>',
    ...Array.from({ length: 3 }, () => '  cell 1, line 2, in f'),
    '  … the same 96 times more',
    '  cell 1, line 9, in g',
    'RecursionError: too deep',
  ]);
});
