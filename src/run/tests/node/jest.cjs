// A reporter of jest. Tests run in workers or in contexts of their own, so nothing that they do reaches this module.
'use strict';
const { write, start, end, cut, short, placeOf, told, first, NAME, MESSAGE, DETAILS } = require('./rows.cjs');
const { found } = require('./jestfound.cjs');

const states = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

function stateOf({ status, failureMessages }) {
  const text = (failureMessages ?? []).join('\n');
  const late = /Exceeded timeout of \d+ ms/.test(text);
  return { state: late ? 'timed-out' : (states[status] ?? 'error'), error: text === '' ? undefined : told(text) };
}

/** Files that have begun, with the tests that ran in them so far (jest 29 and later tell of them): what is left when the process ends. */
const open = new Map();
/** jest gives tests `process.exit`, which ends jest itself where it runs them in its own process. */
process.once('exit', () => {
  for (const [path, tests] of open)
    for (const { name, line, state, ms, error } of tests) {
      const n = start(name, path, line);
      // Without an end it is one that the process ended in.
      if (state !== undefined) end(n, state, ms, error);
    }
});

module.exports = class Reporter {
  onRunStart(results) {
    // A sequencer may take fewer of them: a part (`--shard`) of all.
    if (results?.numTotalTestSuites === found.length)
      for (let at = 0; at < found.length; at += 500)
        write({ e: 'files', names: found.slice(at, at + 500).map((path) => cut(short(path), NAME)) });
    let version = '';
    try {
      version = require(require.resolve('jest/package.json', { paths: [process.cwd()] })).version;
    } catch {
      // A package may keep its package.json to itself; the runner is then told without its version.
    }
    write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
    write({ e: 'runner', name: 'jest', version });
  }

  onTestFileStart({ path }) {
    write({ e: 'open', name: cut(short(path), NAME) });
    open.set(path, []);
  }

  onTestCaseStart({ path }, { ancestorTitles, title }) {
    open.get(path)?.push({ name: [short(path), ...ancestorTitles, title].join(' > '), line: 0 });
  }

  onTestCaseResult({ path }, one) {
    const name = [short(path), ...one.ancestorTitles, one.title].join(' > ');
    const begun = open.get(path)?.find((other) => other.name === name && other.state === undefined);
    if (begun !== undefined) Object.assign(begun, { line: one.location?.line ?? 0, ms: one.duration }, stateOf(one));
  }

  onTestFileResult(test, result) {
    write({ e: 'over', name: cut(short(test.path), NAME) });
    open.delete(test.path);
    if (result.testExecError || (result.failureMessage && result.testResults.length === 0 && !result.skipped)) {
      const { stack } = told(result.testExecError ?? result.failureMessage);
      const { message } = result.testExecError
        ? told(result.testExecError)
        : { message: first(stack.replace(/^\s*● .*$/m, '')) };
      write({
        e: 'broken',
        name: cut(short(test.path), NAME),
        message: cut(message, MESSAGE),
        details: cut(told(result.failureMessage).stack || stack, DETAILS),
        at: placeOf(stack),
      });
      return;
    }
    for (const one of result.testResults) {
      const name = [short(test.path), ...one.ancestorTitles, one.title].join(' > ');
      const n = start(name, test.path, one.location?.line ?? 0);
      const { state, error } = stateOf(one);
      end(n, state, one.duration, error);
    }
  }

  onRunComplete(_contexts, results) {
    open.clear();
    // `success` is worked out only after this.
    const { numFailedTests, numRuntimeErrorTestSuites, snapshot } = results;
    const isGood = numFailedTests === 0 && numRuntimeErrorTestSuites === 0 && snapshot?.failure !== true;
    write({ e: 'end', code: isGood ? 0 : 1 });
  }
};
