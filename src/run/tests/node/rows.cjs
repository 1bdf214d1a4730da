// Rows of a report, each sealed, as `python/winnow_rows.py` writes them. The plan with the key is read and removed when this is loaded.
'use strict';
const { createHmac } = require('node:crypto');
const { closeSync, fstatSync, mkdirSync, openSync, readFileSync, readSync, statSync, unlinkSync, writeSync } =
  require('node:fs');
const { join } = require('node:path');
const { root, cut, short, placeOf, told, NAME } = require('./shown.cjs');
const { stringify } = JSON;

const MESSAGE = 2000;
const DETAILS = 20000;

const planPath = join(__dirname, 'plan.json');
const plan = JSON.parse(readFileSync(planPath, 'utf8'));
unlinkSync(planPath);
const path = join(__dirname, 'rows.txt');
/** Read as well as written: what was in it can be had when it has no name any more. */
let file = openSync(path, 'a+', 0o600);
let id = idOf(fstatSync(file));
let number = 0;
let nextTest = 0;

function write(row) {
  const text = `${number++} ${stringify(row)}`;
  try {
    keep();
  } catch {
    // Where the file cannot be put back, rows go on into the one without a name.
  }
  writeSync(file, `${createHmac('sha256', plan.key).update(text).digest('hex').slice(0, 32)} ${text}\n`);
}

function idOf({ ino, dev }) {
  return `${dev}:${ino}`;
}

/** Opens the file again where a test closed its descriptor, and puts it back where a test took it away, with the rows that were in it. */
function keep() {
  const own = has(() => idOf(fstatSync(file))) === id;
  const there = has(() => idOf(statSync(path)));
  if (own && there === id) return;
  if (there === null) mkdirSync(__dirname, { recursive: true });
  else if (own) unlinkSync(path);
  const before = file;
  file = openSync(path, 'a+', 0o600);
  id = idOf(fstatSync(file));
  if (!own) return;
  const part = Buffer.alloc(1 << 20);
  for (let at = 0; ; ) {
    const size = readSync(before, part, 0, part.length, at);
    if (size === 0) break;
    for (let done = 0; done < size; ) done += writeSync(file, part, done, size - done);
    at += size;
  }
  closeSync(before);
}

function has(look) {
  try {
    return look();
  } catch {
    return null;
  }
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
