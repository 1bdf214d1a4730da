// Which lines ran between two moments, by V8's own counting of blocks, which is taken and set to zero at each test's end.
'use strict';
const { Session } = require('node:inspector');
const { readFileSync } = require('node:fs');
const { join } = require('node:path');
const { fileURLToPath } = require('node:url');

const root = join(__dirname, '..');
let session = null;
let emit = null;
const numbers = new Map();
const sources = new Map();

/** @param put is given rows. Only what is loaded after this is counted. */
function begin(put) {
  emit = put;
  session = new Session();
  session.connect();
  session.post('Profiler.enable');
  session.post('Profiler.startPreciseCoverage', { callCount: true, detailed: true });
}

/** What ran since the last time. @param of number or name of a test; null: of none */
function take(of) {
  if (session === null) return;
  let result = [];
  session.post('Profiler.takePreciseCoverage', (_, taken) => {
    result = taken?.result ?? [];
  });
  const files = {};
  let any = false;
  for (const script of result) {
    const source = sourceOf(script.url);
    if (source === null || !script.functions.some(({ ranges }) => ranges.some(({ count }) => count > 0))) continue;
    const lines = linesIn(source, script.functions);
    if (lines === '') continue;
    files[numberOf(source)] = lines;
    any = true;
  }
  if (any) emit(typeof of === 'string' ? { e: 'lines', of, files } : { e: 'lines', n: of, files });
}

function finish() {
  if (session === null) return;
  take(null);
  for (const source of sources.values())
    if (source !== null && numbers.has(source.path))
      emit({ e: 'able', n: numberOf(source), lines: ranges(source.able) });
  session.disconnect();
  session = null;
}

function numberOf({ path }) {
  let number = numbers.get(path);
  if (number === undefined) {
    number = numbers.size;
    numbers.set(path, number);
    emit({ e: 'file', n: number, path });
  }
  return number;
}

/** The text of a script of the project; null of any other. */
function sourceOf(url) {
  const known = sources.get(url);
  if (known !== undefined) return known;
  let found = null;
  if (url.startsWith('file://')) {
    const file = fileURLToPath(url);
    const path = file.startsWith(`${root}/`) ? file.slice(root.length + 1) : '';
    if (path !== '' && !path.startsWith('.winnow-tests/') && !path.split('/').includes('node_modules')) {
      try {
        found = laidOut(path, readFileSync(file, 'utf8'));
      } catch {
        // A script that is gone by now, or never was a file: it has no lines to tell.
      }
    }
  }
  sources.set(url, found);
  return found;
}

/** Where each line begins and ends, white space left out, and which lines have code: more than white space and a comment from their beginning. */
function laidOut(path, text) {
  const lines = [];
  const able = [];
  let at = 0;
  let inComment = false;
  for (const line of text.split('\n')) {
    const trimmed = line.trim();
    const start = at + (line.length - line.trimStart().length);
    let code = trimmed !== '' && !trimmed.startsWith('//') && !trimmed.startsWith('#!');
    if (inComment || trimmed.startsWith('/*')) {
      const end = trimmed.indexOf('*/');
      inComment = end < 0;
      code = end >= 0 && trimmed.slice(end + 2).trim() !== '';
    }
    lines.push(code ? [start, start + trimmed.length] : null);
    if (code) able.push(lines.length);
    at += line.length + 1;
  }
  return { path, lines, able, length: text.length };
}

/** A later range stands inside of an earlier one: its count is the truer. */
function linesIn({ lines, length }, functions) {
  const counts = new Uint8Array(length);
  const all = functions.flatMap((one) => one.ranges);
  all.sort((a, b) => a.startOffset - b.startOffset || b.endOffset - a.endOffset);
  for (const { startOffset, endOffset, count } of all) counts.fill(count > 0 ? 1 : 0, startOffset, endOffset);
  const found = [];
  for (let line = 0; line < lines.length; line++) {
    const span = lines[line];
    if (span === null) continue;
    const at = counts.indexOf(1, span[0]);
    if (at >= 0 && at < span[1]) found.push(line + 1);
  }
  return ranges(found);
}

/** `1-3,7` */
function ranges(lines) {
  const parts = [];
  for (let at = 0; at < lines.length; at++) {
    const from = lines[at];
    while (lines[at + 1] === lines[at] + 1) at++;
    parts.push(from === lines[at] ? `${from}` : `${from}-${lines[at]}`);
  }
  return parts.join(',');
}

module.exports = { begin, take, finish };
