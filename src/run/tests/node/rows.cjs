// Rows of a report, each sealed, as `python/winnow_rows.py` writes them. The plan with the key is read and removed when this is loaded.
'use strict';
const { createHmac } = require('node:crypto');
const { openSync, readFileSync, unlinkSync, writeSync } = require('node:fs');
const { join, relative, isAbsolute, sep } = require('node:path');
const { fileURLToPath } = require('node:url');
const { stringify } = JSON;

const root = join(__dirname, '..');
const NAME = 2000;
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

function cut(text, most) {
  const whole = typeof text === 'string' ? text : String(text ?? '');
  return whole.length <= most ? whole : `${whole.slice(0, most - 1)}…`;
}

/** A path below the project, or as it is. */
function short(path) {
  if (typeof path !== 'string' || path === '') return '';
  const plain = path.startsWith('file:') ? fileURLToPath(path) : path;
  if (!isAbsolute(plain)) return plain;
  const within = relative(root, plain);
  return within.startsWith('..') ? plain : within.split(sep).join('/');
}

/** The first frame of a stack that is the project's own. */
function placeOf(stack) {
  for (const line of String(stack ?? '').split('\n')) {
    const found = /(?:\(|at |\s|^)((?:file:\/\/)?\/[^\s()]+?):(\d+)(?::\d+)?\)?$/.exec(line.trimEnd());
    if (found === null) continue;
    const path = short(found[1]);
    if (!isAbsolute(path) && !path.startsWith('.winnow-tests') && !path.split('/').includes('node_modules'))
      return [cut(path, NAME), Number(found[2])];
  }
  return null;
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

/** Colours that runners put into their messages. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what is looked for
const colours = /\u001b\[[0-9;]*m/g;

function told(error) {
  if (error === undefined || error === null) return { message: '', stack: '' };
  if (typeof error === 'string') {
    // A message and its stack in one.
    const stack = error.replace(colours, '');
    return { message: stack.split(/\n\s+at /)[0].trim(), stack };
  }
  const message = String(error.message ?? error).replace(colours, '');
  const stack = String(error.stack ?? '').replace(colours, '');
  return { message, stack: stack.includes(message) || stack === '' ? stack || message : `${message}\n${stack}` };
}

const first = (text) =>
  text
    .split('\n')
    .find((line) => line.trim() !== '')
    ?.trim() ?? '';

module.exports = { plan, root, write, start, end, cut, short, placeOf, told, first, NAME, MESSAGE, DETAILS };
