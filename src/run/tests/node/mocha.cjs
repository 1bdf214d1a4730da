// A reporter of mocha, and its counting of lines: tests run in this process, one after the other.
'use strict';
const { write, start, end, cut, placeOf, told, plan, NAME, MESSAGE, DETAILS } = require('./rows.cjs');
const { take, finish } = require('./lines.cjs');

module.exports = class Reporter {
  constructor(runner) {
    write({ e: 'runtime', name: 'Node.js', version: process.versions.node });
    write({
      e: 'runner',
      name: 'mocha',
      version: require(require.resolve('mocha/package.json', { paths: [process.argv[1], process.cwd()] })).version,
    });
    const numbers = new Map();
    const name = (test) => test.titlePath().join(' > ');
    let failures = 0;
    const begin = (test) => {
      const n = start(name(test), test.file, 0);
      numbers.set(test, n);
      return n;
    };
    const finished = (test, state, error) => {
      const n = numbers.get(test) ?? begin(test);
      numbers.delete(test);
      take(n);
      end(n, state, test.duration, error);
    };
    runner.once('start', () => {
      const names = [];
      runner.suite.eachTest((test) => names.push(cut(name(test), NAME)));
      for (let at = 0; at < names.length; at += 500) write({ e: 'tests', names: names.slice(at, at + 500) });
      take(null);
    });
    runner.on('test', (test) => {
      take(null);
      begin(test);
    });
    runner.on('pass', (test) => finished(test, 'passed'));
    runner.on('pending', (test) => finished(test, 'skipped'));
    runner.on('fail', (test, error) => {
      failures++;
      const late = error?.code === 'ERR_MOCHA_TIMEOUT';
      if (test.type === 'hook') {
        const n = start(name(test), test.file, 0);
        end(n, late ? 'timed-out' : 'error', test.duration, error);
      } else finished(test, late ? 'timed-out' : 'failed', error);
    });
    // A test that is tried again is told once.
    runner.on('retry', (test) => numbers.delete(test));
    runner.once('end', () => {
      if (plan.coverage) finish();
      write({ e: 'end', code: failures > 0 ? 1 : 0 });
    });
  }
};

process.once('uncaughtExceptionMonitor', (error) => {
  const { message, stack } = told(error);
  write({
    e: 'broken',
    name: 'loading',
    message: cut(message, MESSAGE),
    details: cut(stack, DETAILS),
    at: placeOf(stack),
  });
});
