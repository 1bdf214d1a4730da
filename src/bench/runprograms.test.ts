import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { readPrograms } from './runprograms.ts';

const dir = mkdtempSync(join(tmpdir(), 'winnow-programs-'));
afterAll(() => rmSync(dir, { recursive: true, force: true }));
mkdirSync(join(dir, 'repo/run'), { recursive: true });
const rows = '{"task_id":"a","solution":"one"}\nno json\n{"task_id":"b","samples":["two","three"]}\n';
writeFileSync(join(dir, 'outside.jsonl'), rows);
writeFileSync(join(dir, 'repo/samples.jsonl'), rows);
symlinkSync(join(dir, 'outside.jsonl'), join(dir, 'repo/link.jsonl'));

function read(samples: unknown, problem = 'b') {
  writeFileSync(
    join(dir, 'repo/run/command.json'),
    JSON.stringify({ directory: join(dir, 'repo'), settings: { samples } }),
  );
  return readPrograms(join(dir, 'repo/run'), problem, join(dir, 'repo'));
}

test('programs of one problem, by their places among its samples', () => {
  const { programs, left } = read('samples.jsonl');
  expect(programs).toEqual([
    { sample: 0, source: 'two', isWhole: true },
    { sample: 1, source: 'three', isWhole: true },
  ]);
  expect(left).toBe('1 lines of the samples are no JSON.');
});

test.each([
  ['../outside.jsonl', /outside of the run’s repository/],
  ['link.jsonl', /outside of the run’s repository/],
  ['/etc/passwd', /outside of the run’s repository/],
  ['gone.jsonl', /not there any more/],
  ['buggy', /that the data has as "buggy"/],
  [7, /does not say where/],
])('samples %j are not read, and it says why', (samples, expected) => {
  const { programs, left } = read(samples);
  expect(programs).toEqual([]);
  expect(left?.replace("'", '’')).toMatch(expected);
});

test('a problem without a program is told', () => {
  expect(read('samples.jsonl', 'c').left).toContain('no program of this problem');
});
