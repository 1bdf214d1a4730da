// Loaded into every process that the tests run in: counts lines for each test, by hooks around all of a file's tests.
'use strict';
// node:test starts a process for each file and says so; the one that only watches them has nothing to count.
if (process.env.NODE_TEST_CONTEXT !== undefined) {
  const { openSync, writeSync } = require('node:fs');
  const { join } = require('node:path');
  const { begin, take, finish } = require('./lines.cjs');
  let file = null;
  const put = (row) => {
    file ??= openSync(join(__dirname, `lines-${process.pid}.jsonl`), 'a', 0o600);
    writeSync(file, `${JSON.stringify(row)}\n`);
  };
  begin(put);
  const { afterEach, beforeEach } = require('node:test');
  /** Names of the tests that have begun, one inside of the other. */
  const open = [];
  beforeEach((t) => {
    take(open.at(-1) ?? null);
    open.push(t.fullName ?? t.name);
  });
  afterEach(() => {
    take(open.pop() ?? null);
  });
  process.once('exit', finish);
}
