import { appendFileSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { defaultSessionLimits } from '../limits.ts';
import type { ReportData } from './celldata.ts';
import {
  keptSession,
  keptSessions,
  keptSessionsIn,
  pruneKept,
  type SessionDescription,
  Transcript,
  transcriptRows,
} from './transcript.ts';

let directory = '';
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'winnow-transcript-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const described = (id: string, createdMs = 1): SessionDescription => ({
  id,
  name: null,
  language: 'python',
  backend: 'native',
  version: 'CPython 3.11.2',
  limits: defaultSessionLimits,
  determinism: {},
  files: [],
  over: null,
  from: null,
  createdMs,
});

const report = (count: number, content: string): ReportData => ({
  count,
  ending: { kind: 'done' },
  outputs: [{ kind: 'stream', stream: 'stdout', encoding: 'utf-8', content }],
  omitted: { stdout: 0, stderr: 0 },
  wallMs: 1,
  cpuMs: 1,
  stateLost: false,
  filesLost: false,
  notices: [],
});

test('rows come back in their order, without the half of one that a kill left', () => {
  const transcript = new Transcript(directory, described('s-a'));
  transcript.add({ kind: 'cell', code: 'a\n"b"', report: report(1, 'x') });
  transcript.add({ kind: 'restart' });
  appendFileSync(transcript.path, '{"kind":"cell","code":"ha');
  expect(transcriptRows(directory, 's-a').map(({ kind }) => kind)).toEqual(['cell', 'restart']);
  expect(keptSession(directory, 's-a')).toMatchObject({ end: 'lost', endedMs: null });
  transcript.end('idle');
  transcript.end('ended');
  expect(keptSession(directory, 's-a')).toMatchObject({ end: 'idle', endedMs: expect.any(Number) });
  expect(transcriptRows(directory, 's-none')).toEqual([]);
  expect(keptSession(directory, '../s-a')).toBeNull();
});

test('a transcript that is full keeps code before outputs, then nothing, and says so', () => {
  const bounds = { outputsBytes: 40_000, wholeBytes: 50_000 };
  const transcript = new Transcript(directory, described('s-a'), null, bounds);
  const add = (count: number, code: string, content: string): void =>
    transcript.add({ kind: 'cell', code, report: report(count, content) });
  for (let count = 1; count <= 5; count++) add(count, `c${count}`, 'x'.repeat(12_000));
  const rows = transcriptRows(directory, 's-a');
  expect(rows.map((row) => (row.kind === 'cell' ? row.report.outputs.length : null))).toEqual([1, 1, 1, 0, 0]);
  expect(rows[4]).toMatchObject({ report: { notices: [expect.stringMatching(/is full/)] } });
  for (let count = 6; count <= 20; count++) add(count, 'y'.repeat(5_000), '');
  expect(transcriptRows(directory, 's-a').at(-1)).toEqual({ kind: 'full' });
  expect(statSync(transcript.path).size).toBeLessThan(bounds.wholeBytes + 100);
  transcript.end('ended');
});

test('a fork begins with the rows of what it was made from', () => {
  const first = new Transcript(directory, described('s-a'));
  first.add({ kind: 'cell', code: 'a', report: report(1, '') });
  const second = new Transcript(directory, described('s-b', 2), first.path);
  second.add({ kind: 'cell', code: 'b', report: report(2, '') });
  const codes = (id: string) => transcriptRows(directory, id).map((row) => (row.kind === 'cell' ? row.code : row.kind));
  expect([codes('s-a'), codes('s-b')]).toEqual([['a'], ['a', 'b']]);
});

test('of those that are over the newest are kept', () => {
  for (let index = 0; index < keptSessions + 3; index++)
    new Transcript(directory, described(`s-${index}`, index)).end('ended');
  pruneKept(directory, new Set(['s-1']));
  const ids = keptSessionsIn(directory).map(({ description }) => description.id);
  expect(ids).toHaveLength(keptSessions + 1);
  expect(ids.slice(0, 2)).toEqual(['s-1', 's-3']);
});
