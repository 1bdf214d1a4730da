// Loaded into every process that node:test starts for a file: writes a row when a test begins and when it ends, at once.
//
// The runner hears of tests only later, through a stream, so a process that is killed or that ends by itself loses what it had to tell.
// Rows are unsealed, because the key must not be where tests run: they are asked only about a file whose process did not come to its end.
'use strict';
const { isMainThread } = require('node:worker_threads');
if (process.env.NODE_TEST_CONTEXT !== undefined && isMainThread) {
  const { openSync, writeSync } = require('node:fs');
  const { join } = require('node:path');
  const { after, afterEach, beforeEach } = require('node:test');
  const { cut, placeOf, short, told } = require('./shown.cjs');
  // Processes that tests start are no tests, and get the environment without us.
  const rest = (process.env.NODE_OPTIONS ?? '')
    .split(' ')
    .filter((word) => !word.includes('/.winnow-tests/'))
    .join(' ');
  if (rest === '') delete process.env.NODE_OPTIONS;
  else process.env.NODE_OPTIONS = rest;
  const file = openSync(join(__dirname, `each-${process.pid}.jsonl`), 'a', 0o600);
  const put = (row) => {
    try {
      writeSync(file, `${JSON.stringify(row)}\n`);
    } catch {
      // A test closed every descriptor that it could find.
    }
  };
  const now = performance.now.bind(performance);
  const begun = new Map();
  put({ e: 'process', file: short(process.argv[1]) });
  beforeEach((t) => {
    const name = t.fullName ?? t.name;
    begun.set(name, now());
    put({ e: 'begin', name: cut(name, 2000) });
  });
  afterEach((t) => {
    const name = t.fullName ?? t.name;
    const { error } = t;
    const { message, stack } = told(error?.cause ?? error);
    const state = error?.failureType === 'testTimeoutFailure' ? 'timed-out' : t.passed === true ? 'passed' : 'failed';
    put({
      e: 'end',
      name: cut(name, 2000),
      state,
      ms: Math.round((now() - (begun.get(name) ?? now())) * 10) / 10,
      message: state === 'passed' ? '' : cut(message, 2000),
      details: state === 'passed' ? '' : cut(stack, 20000),
      at: state === 'passed' ? null : placeOf(stack),
    });
  });
  // The first hook after all tests: whatever ends the process later, its tests were over.
  after(() => put({ e: 'over' }));
  // With nothing left to wait for, the runner tells of all tests, unless the process does not end after all.
  process.once('beforeExit', () => put({ e: 'drained' }));
  process.once('exit', (code) => put({ e: 'exit', code }));
}
