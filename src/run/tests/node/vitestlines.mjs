// A setup file of vitest, run before each file of tests where that runs: counts lines between a test's beginning and its end.
import { openSync, writeSync } from 'node:fs';
import { createRequire } from 'node:module';
import { threadId } from 'node:worker_threads';
import { afterAll, afterEach, beforeEach } from 'vitest';

const { begin, take, tell } = createRequire(import.meta.url)('./lines.cjs');
const { cut, short, NAME } = createRequire(import.meta.url)('./shown.cjs');

let file = null;
const put = (row) => {
  file ??= openSync(new URL(`lines-${process.pid}-${threadId}.jsonl`, import.meta.url), 'a', 0o600);
  writeSync(file, `${JSON.stringify(row)}\n`);
};
begin(put, true);

/** As the reporter calls it. */
function nameOf(test) {
  const names = [test.name];
  for (let suite = test.suite; suite && suite !== test.file && suite.name !== ''; suite = suite.suite)
    names.unshift(suite.name);
  return cut([short(test.file.filepath), ...names].join(' > '), NAME);
}

// Taking is dear: before a test only where hooks of a suite may have run since the test before it. This file's own hook after each test is the last, as vitest
// has it where nothing else is said (`sequence.hooks`).
let last;
beforeEach(({ task }) => {
  if (last !== task.suite || last === undefined) take(null);
  last = task.suite;
});
afterEach(({ task }) => take(nameOf(task)));
afterAll(tell);
