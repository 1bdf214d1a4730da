import { expect, test } from 'vitest';
import { painter } from '../paint.ts';
import { progressLine } from './progress.ts';

function terminal(isTTY: boolean) {
  const written: string[] = [];
  return { isTTY, columns: 60, written, write: (text: string) => written.push(text) };
}

const paint = painter({ color: false });
const step = { label: 'parse', done: 50, total: 200, detail: '3 MB/s' };

test('nothing at all in a pipe', () => {
  const stream = terminal(false);
  let now = 0;
  const line = progressLine(stream, paint, () => now);
  now = 5_000;
  line.report(step);
  line.clear();
  expect(stream.written).toEqual([]);
});

test('short work shows nothing; long work one line, redrawn seldom and taken away', () => {
  const stream = terminal(true);
  let now = 0;
  const line = progressLine(stream, paint, () => now);
  line.report(step);
  line.clear();
  expect(stream.written).toEqual([]);
  now = 1_000;
  line.report(step);
  now = 1_010;
  line.report(step);
  expect(stream.written).toHaveLength(1);
  expect(stream.written[0]).toContain(' 25%  parse 50 of 200  3 MB/s');
  line.clear();
  line.clear();
  expect(stream.written).toHaveLength(2);
  expect(stream.written[1]).toBe('\r\x1b[2K');
});

test('the line never wraps', () => {
  const stream = terminal(true);
  let now = 0;
  const line = progressLine(stream, paint, () => now);
  now = 1_000;
  line.report({ label: 'parse', done: 1, total: null, detail: 'x'.repeat(500) });
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the escape sequence that clears the line
  expect(stream.written[0]?.replace(/\r\x1b\[2K/, '').length).toBeLessThanOrEqual(59);
});
