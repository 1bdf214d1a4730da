// A reporter of jest. Tests run in workers or in contexts of their own, so nothing that they do reaches this module.
'use strict';
const { write, start, end, cut, short, placeOf, told, first, NAME, MESSAGE, DETAILS } = require('./rows.cjs');

const states = {
  passed: 'passed',
  failed: 'failed',
  pending: 'skipped',
  skipped: 'skipped',
  todo: 'skipped',
  disabled: 'skipped',
};

module.exports = class Reporter {
  onRunStart() {
    let version = '';
    try {
      version = require(require.resolve('jest/package.json', { paths: [process.cwd()] })).version;
    } catch {
      // A package may keep its package.json to itself; the runner is then told without its version.
    }
    write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
    write({ e: 'runner', name: 'jest', version });
  }

  onTestFileResult(test, result) {
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
      const text = (one.failureMessages ?? []).join('\n');
      const late = /Exceeded timeout of \d+ ms/.test(text);
      const { message, stack } = text === '' ? { message: undefined, stack: undefined } : told(text);
      end(
        n,
        late ? 'timed-out' : (states[one.status] ?? 'error'),
        one.duration,
        text === '' ? undefined : { message, stack },
      );
    }
  }

  onRunComplete(_contexts, results) {
    // `success` is worked out only after this.
    const { numFailedTests, numRuntimeErrorTestSuites, snapshot } = results;
    const isGood = numFailedTests === 0 && numRuntimeErrorTestSuites === 0 && snapshot?.failure !== true;
    write({ e: 'end', code: isGood ? 0 : 1 });
  }
};
