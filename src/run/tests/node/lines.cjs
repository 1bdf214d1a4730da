// Which lines ran between two moments, by V8's own counting of blocks, which is taken and set to zero at each test's end.
'use strict';
const { Session } = require('node:inspector');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { fileURLToPath } = require('node:url');
const { layout, plain } = require('./layout.cjs');

const root = join(__dirname, '..');
let session = null;
let emit = null;
let isMade = false;
const numbers = new Map();
const texts = new Map();
/** By the script's number: the same file may be loaded again, as other code. */
const scripts = new Map();
/** Path → lines that have code. */
const able = new Map();

/**
 * @param put is given rows. Only what is loaded after this is counted.
 * @param made whether what runs was made of the files, so that the script itself must be looked at
 */
function begin(put, made = false) {
  if (session !== null) return;
  emit = put;
  isMade = made;
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
  // Stays so: each time that it begins it tells of all scripts there are, which takes longer than the tests of a file.
  if (made) session.post('Debugger.enable');
}

/** What ran since the last time. @param of number or name of a test; null: of none */
function take(of) {
  if (session === null) return;
  const ran = new Map();
  const result = post('Profiler.takePreciseCoverage')?.result ?? [];
  look(result.filter(({ scriptId, url }) => !scripts.has(scriptId) && textOf(url) !== null));
  for (const { scriptId, functions } of result) {
    const script = scripts.get(scriptId);
    if (!script || !functions.some(({ ranges }) => ranges.some(({ count }) => count > 0))) continue;
    const known = ran.get(script.path) ?? new Set();
    ran.set(script.path, known);
    linesIn(script, functions, known);
  }
  const files = {};
  for (const [path, lines] of ran) if (lines.size > 0) files[numberOf(path)] = ranges(lines);
  if (Object.keys(files).length > 0)
    emit(typeof of === 'string' ? { e: 'lines', of, files } : { e: 'lines', n: of, files });
  // At once, because the process may end in the next test.
  for (const [path, lines] of able) {
    if (!numbers.has(path)) continue;
    emit({ e: 'able', n: numberOf(path), lines: ranges(lines) });
    able.delete(path);
  }
}

/** What a process that goes on has to tell so far. */
function tell() {
  take(null);
}

function finish() {
  if (session === null) return;
  tell();
  session.disconnect();
  session = null;
}

/** Calls without waiting: this session is of the thread it lives in. */
function post(method, values) {
  let answer = null;
  session.post(method, values, (_, given) => {
    answer = given;
  });
  return answer;
}

/** Takes scripts of the project into account when they are first counted. */
function look(found) {
  for (const { scriptId, url, functions } of found) {
    const { file, path, text } = textOf(url);
    const script = isMade ? (post('Debugger.getScriptSource', { scriptId })?.scriptSource ?? '') : text;
    const places = isMade ? layout(script, text, file) : plain(text, 0);
    const length = Math.max(script.length, ...functions.map(({ ranges: all }) => all[0].endOffset));
    scripts.set(scriptId, places === null ? null : { path, places, length });
    if (places === null) continue;
    const lines = able.get(path) ?? new Set();
    able.set(path, lines);
    for (const [line] of places) lines.add(line);
  }
}

function numberOf(path) {
  let number = numbers.get(path);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(path, number);
    emit({ e: 'file', n: number, path });
  }
  return number;
}

/** A file of the project as it lies there; null of any other. */
function textOf(url) {
  const known = texts.get(url);
  if (known !== undefined) return known;
  let found = null;
  const isAddress = url.startsWith('file://');
  if (isAddress || (isMade && url.startsWith('/'))) {
    const file = isAddress ? fileURLToPath(url) : url;
    const path = file.startsWith(`${root}/`) ? file.slice(root.length + 1) : '';
    if (path !== '' && !path.startsWith('.winnow-tests/') && !path.split('/').includes('node_modules')) {
      try {
        found = { file, path, text: readFileSync(file, 'utf8') };
      } catch {
        // A script that is gone by now, or never was a file: it has no lines to tell.
      }
    }
  }
  texts.set(url, found);
  return found;
}

/** A later range stands inside of an earlier one: its count is the truer. */
function linesIn({ places, length }, functions, into) {
  const counts = new Uint8Array(length);
  const all = functions.flatMap((one) => one.ranges);
  all.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of all) counts.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  for (const [line, start, end] of places) {
    let at = start;
    while (at < end && counts[at] === 0) at++;
    if (at < end) into.add(line);
  }
}

/** `1-3,7` */
function ranges(set) {
  const lines = [...set].sort((a, b) => a - b);
  const parts = [];
  for (let at = 0; at < lines.length; at++) {
    const from = lines[at];
    while (lines[at + 1] === lines[at] + 1) at++;
    parts.push(from === lines[at] ? `${from}` : `${from}-${lines[at]}`);
  }
  return parts.join(',');
}

module.exports = { begin, take, tell, finish };
