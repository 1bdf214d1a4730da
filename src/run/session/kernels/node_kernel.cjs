/**
 * A kernel of JavaScript or TypeScript: runs cells in Node and says what came of them.
 *
 * A cell is evaluated as a debugger's prompt does it (V8's inspector, replMode): names of earlier cells stay, `let` and `const` may be declared
 * again, `await` stands at the top, and the last expression's value comes back. Nothing of that needs a debugger from outside; the inspector is this
 * process's own. A cell that never returns is ended by V8, told so by another thread (`node_watch.cjs`), and everything else is as it was.
 *
 * Descriptor 3 is the channel and 4 keeps order (`native/cell.ts`). What is used after a cell has run is held by names of this file. When V8 ends a cell it
 * takes all that is on the stack, so of what comes after a cell nothing may depend on what called it: who ends it is settled by `state`, and `finish` does the rest.
 */
'use strict';

const fs = require('node:fs');
const inspector = require('node:inspector');
const { createRequire, stripTypeScriptTypes } = require('node:module');
const { join } = require('node:path');
const { promiseHooks } = require('node:v8');
const { Worker } = require('node:worker_threads');
const { withImports, importer } = require('./node_imports.cjs');
const { shownOf, tableOf, errorOf, isSameError } = require('./node_values.cjs');

const kinds = { ready: 1, shown: 2, done: 3 };
const language = process.argv[2];
const { stringify } = JSON;
const { writeSync, readSync } = fs;
const { alloc, concat, from } = Buffer;
const workDir = process.cwd();
process.argv.splice(1);

const sessionKey = Symbol('cell');
const session = new inspector.Session();
session.connect();
/** The number of the cell that runs, and of the last that was begun (`node_watch.cjs`). */
const state = new Int32Array(new SharedArrayBuffer(8));
const { compareExchange, store } = Atomics;

/** The cell that runs, until its end is told. */
let running = null;
/**
 * The promise of each cell that has no end yet. The inspector tells when one is collected, which nothing would bring to an end, and it does so
 * while no JavaScript may run, which is the end of the process.
 */
const held = new Map();
const cells = [];
/** The cell that was interrupted before it could begin. */
let unwanted = 0;

function sync() {
  try {
    writeSync(4, '.');
    readSync(4, alloc(1));
  } catch {}
}

function writeAll(fd, bytes) {
  let at = 0;
  while (at < bytes.length) {
    try {
      at += writeSync(fd, bytes, at);
    } catch (error) {
      // A stream of the session's is a pipe, which this process does not block on where a cell has changed that.
      if (error.code !== 'EAGAIN') throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function send(kind, value) {
  const payload = from(stringify(value));
  const head = alloc(5);
  head.writeUInt32LE(payload.length, 0);
  head.writeUInt8(kind, 4);
  writeAll(3, concat([head, payload]));
}

function show(value, isResult) {
  const shown = shownOf(value);
  if (shown === null) return;
  sync();
  send(kinds.shown, { ...shown, isResult });
}

/** Standard streams that write at once, so that what was written is out when a cell ends, and in the order in which it was written. */
function streams() {
  let lastFd = 0;
  for (const [name, fd] of [
    ['stdout', 1],
    ['stderr', 2],
  ]) {
    const stream = process[name];
    stream.write = (chunk, encoding, callback) => {
      if (lastFd !== fd && lastFd !== 0) sync();
      lastFd = fd;
      const bytes = typeof chunk === 'string' ? from(chunk, typeof encoding === 'string' ? encoding : 'utf8') : chunk;
      writeAll(fd, bytes);
      const done = typeof encoding === 'function' ? encoding : callback;
      if (typeof done === 'function') process.nextTick(done);
      return true;
    };
  }
  const { table } = console;
  console.table = (data, columns) => {
    const shown = tableOf(data, columns);
    if (shown === null) table.call(console, data, columns);
    else {
      sync();
      send(kinds.shown, { ...shown, isResult: false });
    }
  };
}

/** A value that the inspector told of, as this process has it. */
function valueOf(remote) {
  if (remote.objectId !== undefined) {
    let value;
    globalThis[sessionKey] = (it) => {
      value = it;
    };
    session.post('Runtime.callFunctionOn', {
      objectId: remote.objectId,
      functionDeclaration: `function () { const [key] = Object.getOwnPropertySymbols(globalThis).filter((one) => one.description === 'cell'); globalThis[key](this); }`,
    });
    delete globalThis[sessionKey];
    return value;
  }
  if (remote.unserializableValue !== undefined) {
    const text = remote.unserializableValue;
    return text.endsWith('n') ? BigInt(text.slice(0, -1)) : Number(text);
  }
  return remote.value;
}

/** Starts the next cell, if none is at it. */
function runNext() {
  if (running !== null || cells.length === 0) return;
  const { code, count } = cells[0];
  running = { count, code, notices: [], uncaught: undefined };
  store(state, 1, count);
  if (compareExchange(state, 0, 0, count) !== 0) {
    // What an earlier cell left is being ended, and then this one is begun.
    running = null;
    return;
  }
  cells.shift();
  running.notices.push(...stand());
  let source;
  try {
    if (unwanted === count) {
      end(count, { kind: 'interrupted' });
      return;
    }
    source = withImports(language === 'typescript' ? withoutTypes(code) : code);
  } catch (error) {
    end(count, { kind: 'failed', error: errorOf(error, count, error?.place ?? null) });
    return;
  }
  // The first promise that is made is the cell's own.
  const unhook = promiseHooks.onInit((promise) => {
    held.set(count, promise);
    unhook();
  });
  session.post(
    'Runtime.evaluate',
    {
      expression: `${source}\n//# sourceURL=winnow-cell-${count}`,
      replMode: true,
      awaitPromise: true,
      objectGroup: 'cell',
      allowUnsafeEvalBlockedByCSP: true,
    },
    (error, answer) => {
      held.delete(count);
      // Else it is over already, or is being ended.
      if (compareExchange(state, 0, count, 0) === count) finish(error === null ? told(answer) : failedBy(error));
    },
  );
}

function end(count, ending) {
  if (compareExchange(state, 0, count, 0) === count) finish(ending);
}

const failedBy = (error) => ({ kind: 'failed', error: errorOf(error, running.count, null) });

/** Shows the value of a cell, or tells how it failed. */
function told({ result, exceptionDetails }) {
  try {
    if (exceptionDetails !== undefined) {
      const { exception, lineNumber, columnNumber } = exceptionDetails;
      const thrown = exception === undefined ? undefined : valueOf(exception);
      const place = { line: lineNumber + 1, column: columnNumber + 1 };
      return { kind: 'failed', error: errorOf(thrown, running.count, place) };
    }
    const value = valueOf(result);
    if (value !== undefined && !/;\s*$/.test(running.code)) show(value, true);
    return { kind: 'done' };
  } catch (error) {
    return { kind: 'failed', error: errorOf(error, running.count, error?.place ?? null) };
  }
}

/** Tells the end of the cell that runs, in the next turn: a rejection that nobody caught is told when that finds it still so. */
function finish(ending) {
  setImmediate(() => {
    const { count, notices, uncaught } = running;
    const end =
      uncaught !== undefined && ending.kind === 'done'
        ? { kind: 'failed', error: errorOf(uncaught, count, null) }
        : ending;
    running = null;
    session.post('Runtime.releaseObjectGroup', { objectGroup: 'cell' });
    sync();
    send(kinds.done, { count, ending: end, notices: [...notices, ...stand(), ...newlyLeft()] });
    runNext();
  });
}

/** Types become blanks, so that lines and columns stay; what has no blanks (enums, namespaces) is transformed. */
function withoutTypes(code) {
  try {
    return stripTypeScriptTypes(code, { mode: 'strip' });
  } catch (error) {
    if (error.code !== 'ERR_UNSUPPORTED_TYPESCRIPT_SYNTAX') throw placed(error);
    return stripTypeScriptTypes(code, { mode: 'transform' });
  }
}

/** What is no TypeScript is told with its place at the head of the stack: `:LINE`, lines around it, a caret below. */
function placed(error) {
  const [, line, caret] = /^[^\n]*:(\d+)\n(?:[^\n]*\n)*?( *)\^/.exec(error.stack) ?? [];
  if (line !== undefined) error.place = { line: Number(line), column: caret.length + 1 };
  return error;
}

/** A current directory, and the right to use the work directory, whatever a cell did to them. */
function stand() {
  const notices = [];
  try {
    if ((fs.statSync(workDir).mode & 0o700) !== 0o700) {
      fs.chmodSync(workDir, 0o755);
      notices.push('The work directory could not be used any more; its rights are set again.');
    }
    process.cwd();
  } catch {
    process.chdir(workDir);
    notices.push('The current directory was removed; the session stands in its work directory again.');
  }
  return notices;
}

let left = 0;

/** Processes that outlive the cell: all that there are, less this one and the first of the namespace. */
function newlyLeft() {
  const before = left;
  left = fs.readdirSync('/proc').filter((name) => /^\d+$/.test(name)).length - 2;
  return left > before ? [`Processes that go on after the cell: ${left - before}.`] : [];
}

/** SIGINT is for the programs that a cell has started; the cell hears of it by its channel. Below the listeners, which a cell can take away. */
const { internalBinding } = require('internal/test/binding');
const ignored = new (internalBinding('signal_wrap').Signal)();
ignored.onsignal = () => {};
ignored.unref();
ignored.start(2);
process.on('uncaughtException', (error) => {
  // Of a cell that runs: its own. Else of what an earlier one left behind, which is told where it prints.
  if (running !== null && !isSameError(running.uncaught, error)) {
    running.uncaught = error;
  } else process.stderr.write(`Uncaught, after its cell: ${error?.stack ?? error}\n`);
});

streams();
// Node loads what it takes types away with at its first use, which is no cell's time.
if (language === 'typescript') stripTypeScriptTypes('');
globalThis.require = createRequire(`${workDir}/`);
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
globalThis.display = (...values) => {
  for (const value of values) show(value, false);
};
importer(workDir);

// 32 MB are several times what the thread needs.
const watch = new Worker(join(__dirname, 'node_watch.cjs'), {
  workerData: state.buffer,
  execArgv: [],
  resourceLimits: { maxOldGenerationSizeMb: 32, maxYoungGenerationSizeMb: 2 },
});
watch.on('message', ({ ready, cell, interrupt, terminated, cleared, end: isOver }) => {
  if (ready) send(kinds.ready, {});
  else if (isOver) process.exit(0);
  else if (cleared !== undefined) {
    compareExchange(state, 0, -cleared.count, 0);
    take(cleared);
  } else if (cell !== undefined) take(cell);
  else if (terminated !== undefined) {
    if (compareExchange(state, 0, -terminated, 0) === -terminated) finish({ kind: 'interrupted' });
  } else if (compareExchange(state, 0, interrupt, 0) === interrupt) finish({ kind: 'interrupted' });
  else unwanted = interrupt;
});

let taken = 0;

/** A cell comes twice when its coming may have been lost with what V8 ended. */
function take(cell) {
  if (cell.count > taken) cells.push(cell);
  taken = cell.count;
  runNext();
}

watch.on('error', (error) => {
  throw error;
});
