/**
 * What rewritten JavaScript reports to (`code/instrument/ecmascript.ts`), in the program's own process.
 *
 * A call sets `current`, the function that begins next takes it. Whether it was really called there, and not by a library that the call
 * went into or by the language (a getter, an iterator), the stack tells; it is asked for the first, the fourth, the sixteenth…
 * time that a pair of call and function comes up, because asking takes some 10 µs. Rows are written when the process or thread ends, and
 * while new ones come, at most once a second, since test runners kill their workers.
 *
 * No code of the program is called: values pass through here untouched, and classes are only compared by identity.
 */
'use strict';
const fs = require('node:fs');
const path = require('node:path');
const { isMainThread, threadId } = require('node:worker_threads');
const { pathToFileURL } = require('node:url');

const { setTimeout: later } = require('node:timers');
const { captureStackTrace } = Error;
const { openSync, writeSync, closeSync, renameSync } = fs;
const { stringify } = JSON;

/** Distinct rows; more are counted and dropped. */
const rowLimit = 200_000;
const writeEveryMs = 1_000;
/** How far down the stack a caller of the project is looked for below libraries. */
const stackDepth = 40;

const root = path.dirname(__dirname) + path.sep;
const rootUrl = pathToFileURL(root).href;

/** @type {Map<string, object>} */
const files = new Map();
const functions = []; // { file, row, edges }
const calls = []; // { file, row, count, direct, edges: classes }
const classes = new WeakMap();
let current = -1;
let last = -1;
let rowCount = 0;
let dropped = 0;
let waiting = false;
let busy = false;

/** @returns path below the root, or undefined for other code */
function projectPath(name) {
  if (typeof name !== 'string') return undefined;
  const query = name.indexOf('?');
  const plain = query < 0 ? name : name.slice(0, query);
  const relative = plain.startsWith(root)
    ? plain.slice(root.length)
    : plain.startsWith(rootUrl)
      ? decodeURI(plain.slice(rootUrl.length))
      : undefined;
  return relative !== undefined && files.has(relative) ? relative : undefined;
}

function stack() {
  const { prepareStackTrace, stackTraceLimit } = Error;
  Error.stackTraceLimit = stackDepth;
  Error.prepareStackTrace = (_error, frames) => frames;
  const holder = {};
  captureStackTrace(holder, stack);
  const frames = holder.stack;
  Error.stackTraceLimit = stackTraceLimit;
  Error.prepareStackTrace = prepareStackTrace;
  return Array.isArray(frames) ? frames : [];
}

/** Function row of the file that a line is in; the innermost. */
function functionAt(file, line) {
  let best = -1;
  for (const [index, row] of file.functions.entries()) {
    if (row[0] > line || row[3] < line || row[2] === 'class') continue;
    if (best < 0 || row[3] - row[0] <= file.functions[best][3] - file.functions[best][0]) best = index;
  }
  return best;
}

/** Who called a function: looked up once, then remembered by the pair. */
function classify(begun, site) {
  const frames = stack().filter((frame) => !frame.isAsync());
  // enter of this file, $we of the rewritten file, the function, its caller.
  const at = frames.findIndex((frame) => frame.getFunctionName() === '$we') + 1;
  const own = frames[at];
  if (at === 0 || own === undefined) return null;
  const { row } = begun;
  const isGenerator = row[2] === 'generator';
  // A generator begins when its first value is asked for, most often where it was called.
  const above = frames.slice(at + 1);
  const caller = isGenerator ? above.find((frame) => projectPath(frame.getFileName()) !== undefined) : above[0];
  const callerPath = caller === undefined ? undefined : projectPath(caller.getFileName());
  if (site >= 0 && callerPath === calls[site].file.path && row[2] !== 'accessor') {
    const call = calls[site].row;
    const here =
      !calls[site].file.exact ||
      (caller.getLineNumber() === call[3] && (call[4] === 0 || isGenerator || caller.getColumnNumber() === call[4]));
    if (here) return { how: 'direct', site, from: null, line: 0 };
  }
  for (const frame of above) {
    const name = projectPath(frame.getFileName());
    if (name === undefined) continue;
    const file = files.get(name);
    const line = file.exact ? frame.getLineNumber() : 0;
    let from = file.exact ? functionAt(file, line) : -1;
    if (!file.exact) {
      const called = frame.getFunctionName();
      if (called !== null) from = file.functions.findIndex((one) => one[1] === called || one[1].endsWith(`.${called}`));
    }
    return { how: frame === caller ? 'implicit' : 'through', site: -1, from: { file, from }, line };
  }
  return null;
}

function noteNew() {
  if (waiting) return;
  waiting = true;
  later(() => {
    waiting = false;
    write();
  }, writeEveryMs).unref();
}

function enter(begun) {
  const site = current;
  current = -1;
  if (busy) return;
  const key = site >= 0 ? site : -2 - last;
  let edge = begun.edges.get(key);
  if (edge === undefined) {
    if (rowCount >= rowLimit) {
      dropped++;
      return;
    }
    rowCount++;
    edge = { count: 0, ask: 1, found: [] };
    begun.edges.set(key, edge);
    noteNew();
  }
  edge.count++;
  if (edge.count !== edge.ask) return;
  edge.ask *= 4;
  busy = true;
  try {
    const found = classify(begun, site);
    if (found === null) return;
    const same = (one) =>
      one.how === found.how &&
      one.site === found.site &&
      one.line === found.line &&
      one.from?.file === found.from?.file &&
      one.from?.from === found.from?.from;
    if (!edge.found.some(same)) edge.found.push(found);
  } finally {
    busy = false;
  }
}

/** Whether a file runs as it was rewritten: a tool that compiles it further moves its lines and columns. */
function isExact([line, column]) {
  const frames = stack();
  const frame = frames[frames.findIndex((one) => one.getFunctionName() === '$wr')];
  return frame !== undefined && frame.getLineNumber() === line && frame.getColumnNumber() === column;
}

function open(name, place, functionRows, callRows) {
  const known = files.get(name);
  if (known !== undefined) return known.reporter;
  const file = { path: name, functions: functionRows, exact: isExact(place), reporter: null };
  const firstFunction = functions.length;
  const firstCall = calls.length;
  for (const row of functionRows) functions.push({ file, row, edges: new Map() });
  for (const row of callRows) calls.push({ file, row, count: 0, made: null });
  const begin = (number) => {
    const call = calls[firstCall + number];
    if (call.count++ === 0) noteNew();
    current = last = firstCall + number;
  };
  file.reporter = {
    enter: (number) => enter(functions[firstFunction + number]),
    call: begin,
    construct(number, called) {
      current = last = firstCall + number;
      if (typeof called !== 'function') return;
      const made = classes.get(called);
      if (made === undefined) return;
      const call = calls[firstCall + number];
      call.made ??= new Map();
      call.made.set(made, (call.made.get(made) ?? 0) + 1);
    },
    made: (number, called) => void classes.set(called, functions[firstFunction + number]),
  };
  files.set(name, file);
  return file.reporter;
}

const placeOfRow = (file, row) =>
  row === undefined ? { path: file.path, line: 0, name: '<module>' } : { path: file.path, line: row[0], name: row[1] };

/** A nameless function calls for the one around it: rows are in the order of the text, and inner ones end earlier. */
function callerPlace(file, from) {
  let index = from;
  while (index >= 0 && file.functions[index][1].endsWith('<anonymous>')) {
    const inner = file.functions[index];
    let outer = index - 1;
    while (outer >= 0 && (file.functions[outer][3] < inner[3] || file.functions[outer][2] === 'class')) outer--;
    index = outer;
  }
  return placeOfRow(file, index < 0 ? undefined : file.functions[index]);
}

function* rows() {
  const merged = new Map();
  const add = (row, count) => {
    const key = stringify(row);
    const known = merged.get(key);
    if (known === undefined) merged.set(key, { ...row, count });
    else known.count += count;
  };
  const reached = new Set();
  for (const { file, row, edges } of functions) {
    for (const { count, found } of edges.values()) {
      for (const { how, site, from, line } of found) {
        const call = site >= 0 ? calls[site] : null;
        if (call !== null) reached.add(site);
        const caller = call !== null ? callerPlace(call.file, call.row[0]) : callerPlace(from.file, from.from);
        const callee = placeOfRow(file, row);
        const isConstructor = row[2] === 'constructor';
        const callLine = call !== null ? call.row[1] : line;
        const callColumn = call !== null ? call.row[2] : 0;
        add(
          { caller, callee, callLine, callColumn, how: isConstructor && how === 'direct' ? 'construct' : how },
          count,
        );
      }
    }
  }
  for (const [site, { file, row, count, made }] of calls.entries()) {
    if (count === 0) continue;
    const caller = callerPlace(file, row[0]);
    const at = { callLine: row[1], callColumn: row[2] };
    for (const [begun, times] of made ?? [])
      add({ caller, callee: placeOfRow(begun.file, begun.row), ...at, how: 'class' }, times);
    if (!reached.has(site) && made === null) add({ caller, callee: null, ...at, how: 'direct' }, count);
  }
  yield* merged.values();
}

function write() {
  const name = path.join(__dirname, `${process.pid}-${threadId}.js.jsonl`);
  try {
    const file = openSync(`${name}~`, 'w');
    let part = '';
    for (const row of rows()) {
      part += `${stringify(row)}\n`;
      if (part.length > 65_536) {
        writeSync(file, part);
        part = '';
      }
    }
    writeSync(file, `${part}{"dropped":${dropped}}\n`);
    closeSync(file);
    renameSync(`${name}~`, name);
  } catch {
    // The directory is gone or full: a recording must not be what a program fails by.
  }
}

process.on('exit', write);
// Test runners end their workers so. A program that listens itself decides itself what happens then.
const onTerm = () => {
  write();
  if (process.listenerCount('SIGTERM') > 1) return;
  process.removeListener('SIGTERM', onTerm);
  process.kill(process.pid, 'SIGTERM');
};
if (isMainThread) process.on('SIGTERM', onTerm);

module.exports = { open };
