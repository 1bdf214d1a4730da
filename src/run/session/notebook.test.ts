import { spawnSync } from 'node:child_process';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { OutputData, ReportData } from './host/celldata.ts';
import type { TranscriptRow } from './host/transcript.ts';
import { defaultSessionLimits } from './limits.ts';
import { cellText, differenceOf, notebookOf, readNotebook } from './notebook.ts';

const description = {
  language: 'python',
  backend: 'native',
  version: 'CPython 3.11.2',
  limits: defaultSessionLimits,
  determinism: { seed: 7, clockMs: null },
  files: ['data.csv'],
} as const;

const report = (outputs: readonly OutputData[], ending: ReportData['ending'] = { kind: 'done' }): ReportData => ({
  count: 1,
  ending,
  outputs,
  omitted: { stdout: 0, stderr: 0 },
  wallMs: 1234.5,
  cpuMs: null,
  stateLost: false,
  filesLost: false,
  notices: [],
});

const stream = (content: string, name: 'stdout' | 'stderr' = 'stdout'): OutputData => ({
  kind: 'stream',
  stream: name,
  encoding: 'utf-8',
  content,
});
const png = Buffer.from('iVBORw0KGgo=', 'base64').toString('base64');

/** One of each kind. */
const rows: readonly TranscriptRow[] = [
  { kind: 'cell', code: 'print("a")', report: report([stream('a\n'), stream('b', 'stderr')]) },
  {
    kind: 'cell',
    code: 'x',
    report: report([
      { kind: 'shown', isResult: false, text: '<Figure>', isCut: false, png },
      {
        kind: 'shown',
        isResult: true,
        text: '[{"a": 1}]',
        isCut: false,
        json: [{ a: 1 }],
        table: { columns: ['a', '<b>'], rows: [[1, '<script>']], omittedRows: 3 },
      },
    ]),
  },
  { kind: 'restart' },
  {
    kind: 'cell',
    code: 'null',
    report: report([{ kind: 'shown', isResult: true, text: 'null', isCut: false, json: null }]),
  },
  {
    kind: 'cell',
    code: '1/0',
    report: report([{ kind: 'stream', stream: 'stdout', encoding: 'base64', content: '/w==' }], {
      kind: 'failed',
      error: {
        name: 'ZeroDivisionError',
        message: 'division by zero',
        line: 1,
        column: null,
        frames: [{ name: '<module>', cell: 1, file: null, line: 1 }],
      },
    }),
  },
  { kind: 'cell', code: 'loop()', report: report([], { kind: 'interrupted', by: 'caller' }) },
  { kind: 'cell', code: 'exit(3)', report: report([], { kind: 'kernel-ended', code: 3, signal: null }) },
];

test('a notebook gives back its cells, what they gave, and what it takes to run them again', () => {
  const { session, cells } = readNotebook(JSON.stringify(notebookOf(description, rows)));
  expect(session).toEqual({ language: 'python', backend: 'native', seed: 7, clockMs: null, files: ['data.csv'] });
  const ran = rows.filter((row) => row.kind === 'cell');
  expect(cells.map(({ code }) => code)).toEqual(ran.map(({ code }) => code));
  for (const [index, { gave }] of cells.entries()) {
    const now = cellText(ran[index]?.report as ReportData);
    expect(gave).not.toBeNull();
    if (gave !== null) expect(differenceOf(gave, now)).toBeNull();
  }
  expect(cells.map(({ restartsBefore }) => restartsBefore)).toEqual([false, false, true, false, false, false]);
  expect(cells.map(({ interruptedAfterMs }) => interruptedAfterMs)).toEqual([null, null, null, null, 1235, null]);
});

test('what differs is told by its first line', () => {
  const of = (outputs: readonly OutputData[], ending?: ReportData['ending']) => cellText(report(outputs, ending));
  const shown = (text: string, more = {}): OutputData => ({
    kind: 'shown',
    isResult: true,
    text,
    isCut: false,
    ...more,
  });
  const check = (before: ReturnType<typeof of>, now: ReturnType<typeof of>, expected: string | null): void =>
    expect(differenceOf(before, now)).toEqual(expected);
  check(of([stream('a\nb\n')]), of([stream('a\n'), stream('b\n')]), null);
  check(of([stream('a\nb\n')]), of([stream('a\nc\n')]), 'stdout: line 2 was "b" and is "c"');
  check(of([stream('a')]), of([stream('a', 'stderr')]), 'stdout: line 1 was "a" and is ""');
  check(of([shown('1')]), of([]), 'it showed 1 values and now 0');
  check(
    of([shown('x', { png })]),
    of([shown('x', { png: 'AAAA' })]),
    expect.stringMatching(/^value 1: line 3 was "picture /) as never,
  );
  check(of([]), of([], { kind: 'out-of-memory' }), 'it was done and now ended with "out-of-memory: "');
});

test('markup of a table is text in the page that shows it', () => {
  const pages = [...JSON.stringify(notebookOf(description, rows)).matchAll(/"text\/html":"([^"]*)"/g)].map(
    ([, html]) => html,
  );
  expect(pages).toEqual([expect.stringContaining('<th>&#60;b&#62;</th>')]);
  expect(pages[0]).toContain('<td>&#60;script&#62;</td>');
});

describe('what is no notebook is refused', () => {
  test.each([
    '',
    '{',
    '[]',
    '{"cells": {}}',
    '{"cells": [], "nbformat": 3}',
    '{"cells": [], "nbformat": 4, "metadata": {"kernelspec": {"language": "cobol"}}}',
  ])('%j', (text) => {
    expect(() => readNotebook(text)).toThrow(expect.objectContaining({ code: 'bad-data' }));
  });
  test('and any JSON in its place gives cells or that error', () => {
    fc.assert(
      fc.property(fc.json(), fc.json(), (cells, metadata) => {
        try {
          readNotebook(
            `{"nbformat": 4, "cells": [${cells}, {"cell_type": "code", "outputs": [${cells}]}], "metadata": ${metadata}}`,
          );
        } catch (error) {
          expect(error).toMatchObject({ code: 'bad-data' });
        }
      }),
    );
  });
});

const python = spawnSync('python3', ['-c', 'import nbformat'], { encoding: 'utf8' });
const noValidator = python.status === 0 ? '' : 'takes Python’s nbformat';

test.skipIf(noValidator !== '')(`Jupyter's own validator takes it (skipped: ${noValidator || 'never'})`, () => {
  const check = 'import json, sys, nbformat; nbformat.validate(json.load(sys.stdin)); print("valid")';
  const input = JSON.stringify(notebookOf(description, rows));
  const { stdout, stderr } = spawnSync('python3', ['-c', check], { encoding: 'utf8', input });
  expect([stderr, stdout]).toEqual(['', 'valid\n']);
});
