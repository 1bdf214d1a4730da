// Rows of a report, each sealed, as `python/winnow_rows.py` writes them. The plan with the key is read and removed when this is loaded.
'use strict';
const { createHmac } = require('node:crypto');
const { openSync, readFileSync, unlinkSync, writeSync } = require('node:fs');
const { join } = require('node:path');
const { root, cut, short, placeOf, told, NAME } = require('./shown.cjs');
const { stringify } = JSON;

const MESSAGE = 2000;
const DETAILS = 20000;

const planPath = join(__dirname, 'plan.json');
const plan = JSON.parse(readFileSync(planPath, 'utf8'));
unlinkSync(planPath);
const file = openSync(join(__dirname, 'rows.txt'), 'a', 0o600);
let number = 0;
let nextTest = 0;

function write(row) {
  const text = `${number++} ${stringify(row)}`;
  writeSync(file, `${createHmac('sha256', plan.key).update(text).digest('hex').slice(0, 32)} ${text}\n`);
}

function start(name, path, line) {
  const n = nextTest++;
  write({ e: 'start', n, name: cut(name, NAME), file: cut(short(path), NAME), line: line ?? 0 });
  return n;
}

function end(n, state, ms, error) {
  const { message, stack } = told(error);
  write({
    e: 'test',
    n,
    state,
    ms: Math.round((ms ?? 0) * 10) / 10,
    message: cut(message, MESSAGE),
    details: state === 'failed' || state === 'error' || state === 'timed-out' ? cut(stack, DETAILS) : '',
    at: placeOf(stack),
  });
}

const first = (text) =>
  text
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? '';

module.exports = { plan, root, write, start, end, cut, short, placeOf, told, first, NAME, MESSAGE, DETAILS };
