// A reporter of node:test. Events come in the order of definition; what a test is inside of is known by its nesting.
'use strict';
const { plan, write, start, end, cut, short, placeOf, told, NAME, MESSAGE, DETAILS } = require('./rows.cjs');
const { existsSync, readdirSync, readFileSync, statSync } = require('node:fs');
const { join, resolve } = require('node:path');

// A reporter is a generator of what is to be printed, which is nothing here.
// biome-ignore lint/correctness/useYield: the rows go to a file
module.exports = async function* (source) {
  write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
  write({ e: 'runner', name: 'node:test', version: process.versions.node });
  const names = [];
  let failures = 0;
  /** The last that each file's process said on standard error: why it could not be loaded. */
  const spoken = new Map();
  if (plan.testMs !== null) watch(plan.testMs);
  for await (const { type, data } of source) {
    if (type === 'test:stderr' && spoken.size < 1000) {
      spoken.set(data.file, `${spoken.get(data.file) ?? ''}${data.message}`.slice(-4000));
    } else if (type === 'test:enqueue') {
      // Asked only about a file that ended early; a suite is no test, and a file's own row neither.
      if (data.nesting === 0 && data.type === 'test' && !isFileOf(data))
        write({ e: 'waiting', file: cut(short(data.file), NAME), name: cut(data.name, NAME) });
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
      if (nesting === 0 && isFileOf(data)) {
        if (type === 'test:pass') {
          // It stands for tests that nobody was told of, or there were none: never for one that passed.
          write({ e: 'alone', file: cut(short(resolve(name)), NAME) });
          continue;
        }
        const stack = spoken.get(data.file ?? name) ?? spoken.get(name) ?? told(cause).stack;
        const reason = /^\w*(?:Error|Exception)\b.*$/m.exec(stack)?.[0] ?? told(cause).message;
        const ended = error?.signal ?? (error?.exitCode === undefined ? 'no result' : `exit code ${error.exitCode}`);
        // Before version 22 the time of one test is the time of a file too, and the runner is the first to end it.
        if (why === 'testTimeoutFailure') write({ e: 'late', file: cut(short(resolve(name)), NAME) });
        const text = `the process of this file ended with ${ended}: ${reason}`;
        write({
          e: 'broken',
          name: cut(short(resolve(name)), NAME),
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

/** The row of a file as a whole has the file's path as its name. */
function isFileOf({ name, file }) {
  return file === undefined ? /[.][cm]?[jt]s$/.test(name) && existsSync(name) : resolve(name) === resolve(file);
}

/** A test that never yields hears no timer of its own process: a process that is silent in a test for this long, and a second, is ended. */
function watch(ms) {
  const seen = new Map();
  const look = () => {
    for (const entry of readdirSync(__dirname)) {
      const pid = Number(/^each-([0-9]+)[.]jsonl$/.exec(entry)?.[1] ?? 0);
      const known = seen.get(pid);
      if (pid < 2 || known?.done === true) continue;
      const path = join(__dirname, entry);
      const { size } = statSync(path);
      if (known?.size !== size) seen.set(pid, { size, since: performance.now(), done: false });
      else if (performance.now() - known.since > ms + 1000) {
        known.done = /"e":"(over|exit)"/.test(readFileSync(path, 'utf8'));
        if (known.done || !isInTest(readFileSync(path, 'utf8'))) continue;
        known.done = true;
        write({ e: 'late', pid });
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It has ended meanwhile.
        }
      }
    }
  };
  setInterval(() => {
    try {
      look();
    } catch {
      // The tests took the directory away.
    }
  }, 200).unref();
}

const isInTest = (text) => text.split('{"e":"begin"').length > text.split('{"e":"end"').length;
