// jest's own runner of a file of tests, with lines counted between a test's beginning and its end. Each process of jest writes a file of its own.
'use strict';
const { openSync, writeSync } = require('node:fs');
const { dirname, join } = require('node:path');
const { begin, take, tell } = require('./lines.cjs');
const { cut, short, NAME } = require('./shown.cjs');

let file = null;
const put = (row) => {
  file ??= openSync(join(__dirname, `lines-${process.pid}.jsonl`), 'a', 0o600);
  writeSync(file, `${JSON.stringify(row)}\n`);
};
begin(put, true);

/** It is a dependency of a dependency, which some installers put where only that one finds it. */
function circus() {
  let from = process.cwd();
  for (const name of ['jest', '@jest/core', 'jest-cli', 'jest-config'])
    try {
      from = dirname(require.resolve(`${name}/package.json`, { paths: [from] }));
    } catch {
      // The next may be found from where the last was.
    }
  const found = require(require.resolve('jest-circus/runner', { paths: [from] }));
  return found.default ?? found;
}

const run = circus();

/** As the reporter calls it. */
function nameOf(test, path) {
  const names = [test.name];
  for (let block = test.parent; block?.parent; block = block.parent) names.unshift(block.name);
  return cut([short(path), ...names].join(' > '), NAME);
}

module.exports = async (globalConfig, config, environment, runtime, path, ...more) => {
  const own = environment.handleTestEvent?.bind(environment);
  // Taking is dear: before a test only when more than the test before it can have run.
  let isBetween = true;
  environment.handleTestEvent = async (event, state) => {
    if (event.name === 'hook_start' && /All$/.test(event.hook.type)) isBetween = true;
    if (event.name === 'test_start' && isBetween) take(null);
    if (event.name === 'test_start') isBetween = false;
    await own?.(event, state);
    if (event.name === 'test_done') take(nameOf(event.test, path));
  };
  const result = await run(globalConfig, config, environment, runtime, path, ...more);
  tell();
  return result;
};
