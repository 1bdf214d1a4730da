// A reporter of node:test. Events come in the order of definition; what a test is inside of is known by its nesting.
'use strict';
const { write, start, end, cut, short, placeOf, told, NAME, MESSAGE, DETAILS } = require('./rows.cjs');
const { existsSync } = require('node:fs');

// A reporter is a generator of what is to be printed, which is nothing here.
// biome-ignore lint/correctness/useYield: the rows go to a file
module.exports = async function* (source) {
  write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
  write({ e: 'runner', name: 'node:test', version: process.versions.node });
  const names = [];
  let failures = 0;
  /** The last that each file's process said on standard error: why it could not be loaded. */
  const spoken = new Map();
  for await (const { type, data } of source) {
    if (type === 'test:stderr' && spoken.size < 1000) {
      spoken.set(data.file, `${spoken.get(data.file) ?? ''}${data.message}`.slice(-4000));
    } else if (type === 'test:start') {
      names.length = data.nesting;
      names[data.nesting] = data.name;
    } else if (type === 'test:pass' || type === 'test:fail') {
      const { nesting, name, details } = data;
      const error = details?.error;
      const why = error?.failureType;
      const isSuite = details?.type === 'suite';
      if (type === 'test:fail') failures++;
      // A suite is as its tests are, unless what is set up around them failed.
      if (isSuite && (type === 'test:pass' || why === 'subtestsFailed')) continue;
      const full = [...names.slice(0, nesting), name].join(' > ');
      const cause = error?.cause ?? error;
      // A file that failed as a whole is told as a test that has the file's path as its name.
      const isFile = nesting === 0 && type === 'test:fail' && existsSync(name) && error?.exitCode !== undefined;
      if (isFile) {
        const stack = spoken.get(name) ?? told(cause).stack;
        const reason = /^\w*(?:Error|Exception)\b.*$/m.exec(stack)?.[0] ?? told(cause).message;
        const text = `the process of this file ended with ${error.signal ?? `exit code ${error.exitCode}`}: ${reason}`;
        write({
          e: 'broken',
          name: cut(short(name), NAME),
          message: cut(text, MESSAGE),
          details: cut(stack, DETAILS),
          at: placeOf(stack),
        });
        continue;
      }
      const n = start(full, data.file, data.line);
      const skip = data.skip !== undefined && data.skip !== false;
      const todo = data.todo !== undefined && data.todo !== false;
      const state =
        type === 'test:pass'
          ? skip
            ? 'skipped'
            : 'passed'
          : todo
            ? 'expected-failure'
            : why === 'testTimeoutFailure'
              ? 'timed-out'
              : why === 'cancelledByParent'
                ? 'not-run'
                : isSuite || why === 'hookFailed'
                  ? 'error'
                  : 'failed';
      const said = typeof data.skip === 'string' ? data.skip : cause;
      end(n, state, details?.duration_ms, state === 'passed' ? undefined : said);
    }
  }
  write({ e: 'end', code: failures > 0 ? 1 : 0 });
};
