/** The measure itself, on a project of two files whose recording is known. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { share } from './call-edges.ts';

const root = mkdtempSync(join(tmpdir(), 'winnow-call-edges-'));
afterAll(() => rmSync(root, { recursive: true, force: true }));

test('an interval is Wilson’s and stays between 0 and 1', () => {
  // Wilson 1927 as tabulated by others: 8 of 10 gives 49.0 to 94.3%.
  expect(share(8, 10).low).toBeCloseTo(0.4902, 3);
  expect(share(8, 10).high).toBeCloseTo(0.9433, 3);
  expect(share(0, 5).low).toBe(0);
  expect(share(5, 5).high).toBe(1);
  expect(share(0, 0)).toMatchObject({ low: 0, high: 1 });
});

const place = (path: string, line: number, name: string) => ({ path, line, name });
const module = place('a.py', 0, '<module>');
const row = (callee: object | null, callLine: number, callColumn: number, how = 'direct', caller: object = module) =>
  JSON.stringify({ caller, callee, callLine, callColumn, count: 1, how });

test('recall and precision are those of the recording', { timeout: 60_000 }, () => {
  writeFileSync(join(root, 'b.py'), 'def right(): pass\ndef replaced(): pass\ndef unseen(f): return f()\n');
  writeFileSync(
    join(root, 'a.py'),
    'from b import right, replaced, unseen\nright()\nreplaced()\nunseen(right)\nright() if 0 else None\n',
  );
  const rows = [
    row(place('b.py', 1, 'right'), 2, 1),
    // Something else was put in its place: the edge is wrong.
    row(null, 3, 1),
    row(place('b.py', 3, 'unseen'), 4, 1),
    row(place('b.py', 1, 'right'), 3, 23, 'direct', place('b.py', 3, 'unseen')),
    row(place('b.py', 1, 'right'), 0, 0, 'through'),
  ];
  writeFileSync(join(root, 'calls.jsonl'), `${rows.join('\n')}\n`);
  const script = join(import.meta.dirname, 'call-edges.ts');
  const ran = spawnSync(process.execPath, [script, '--repo', root, '--calls', join(root, 'calls.jsonl'), '--json'], {
    encoding: 'utf8',
  });
  expect(ran.stderr).toBe('');
  const report = JSON.parse(ran.stdout);
  expect(report.precision).toMatchObject({ right: 2, of: 3 });
  const calls = report.recall.find((one: { how: string; tests: boolean }) => one.how === 'call' && !one.tests);
  // What a parameter holds is not resolved.
  expect(calls).toMatchObject({ resolved: 2, of: 3 });
  expect(report.wrong).toMatchObject([{ site: 'a.py:3:1', callee: 'b.py::replaced', ran: [] }]);
});

test('wrong use ends with 2', () => {
  const ran = spawnSync(process.execPath, [join(import.meta.dirname, 'call-edges.ts')], { encoding: 'utf8' });
  expect(ran.status).toBe(2);
  expect(ran.stderr).toMatch(/^usage: /);
});
