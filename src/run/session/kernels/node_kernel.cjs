/**
 * A kernel of JavaScript or TypeScript: runs cells in Node and says what came of them.
 *
 * A cell is evaluated as a debugger's prompt does it (V8's inspector, replMode): names of earlier cells stay, `let` and `const` may be declared
 * again, `await` stands at the top, and the last expression's value comes back. Nothing of that needs a debugger from outside; the inspector is this
 * process's own. The evaluation happens inside of a script that SIGINT breaks, so that a cell that never returns leaves everything else as it was.
 *
 * Descriptor 3 is the channel and 4 keeps order (`native/cell.ts`). What is used after a cell has run is held by names of this file.
 *
 * Absent: what a cell does after its first `await` cannot be broken while it computes, only while it waits; then the kernel is ended.
 */
'use strict';

const fs = require('node:fs');
const inspector = require('node:inspector');
const { createRequire, stripTypeScriptTypes } = require('node:module');
const vm = require('node:vm');
const { Socket } = require('node:net');
const { withImports, importer } = require('./node_imports.cjs');
const { shownOf, tableOf, errorOf, isSameError } = require('./node_values.cjs');

const kinds = { cell: 1, ready: 1, shown: 2, done: 3 };
const language = process.argv[2];
const { parse, stringify } = JSON;
const { writeSync, readSync } = fs;
const { alloc, concat, from } = Buffer;
const workDir = process.cwd();
process.argv.splice(1);

const sessionKey = Symbol('cell');
const session = new inspector.Session();
session.connect();
/** Runs what the inspector is asked, under a script that SIGINT breaks. */
const breakable = new vm.Script(`globalThis[Symbol.for('winnow.kernel')]()`, { filename: 'node:winnow' });

/** The cell that runs. */
let running = null;

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

async function runCell({ code, count }) {
  const notices = stand();
  const interrupted = new Promise((resolve) => {
    running = { count, interrupt: () => resolve('interrupted') };
  });
  const name = `winnow-cell-${count}`;
  let ending = { kind: 'done' };
  try {
    const plain = language === 'typescript' ? withoutTypes(code) : code;
    const source = withImports(plain);
    const answer = await Promise.race([evaluate(`${source}\n//# sourceURL=${name}`, count), interrupted]);
    if (answer === 'interrupted') ending = { kind: 'interrupted' };
    // A cell that SIGINT broke: the script around it goes on to its end all the same.
    else if (answer.failed !== undefined && /was terminated/.test(answer.failed.message))
      ending = { kind: 'interrupted' };
    else if (answer.exceptionDetails !== undefined) {
      const { exception, lineNumber, columnNumber } = answer.exceptionDetails;
      const thrown = exception === undefined ? undefined : valueOf(exception);
      ending = { kind: 'failed', error: errorOf(thrown, count, { line: lineNumber + 1, column: columnNumber + 1 }) };
    } else if (answer.failed !== undefined) ending = { kind: 'failed', error: errorOf(answer.failed, count, null) };
    else {
      const value = valueOf(answer.result);
      if (value !== undefined && !/;\s*$/.test(code)) show(value, true);
    }
  } catch (error) {
    if (error?.code === 'ERR_SCRIPT_EXECUTION_INTERRUPTED') ending = { kind: 'interrupted' };
    else ending = { kind: 'failed', error: errorOf(error, count, error?.place ?? null) };
  }
  // A rejection that nobody caught is told when the next turn finds it still so.
  await new Promise((resolve) => setImmediate(resolve));
  if (running.uncaught !== undefined && ending.kind === 'done')
    ending = { kind: 'failed', error: errorOf(running.uncaught, count, null) };
  running = null;
  session.post('Runtime.releaseObjectGroup', { objectGroup: 'cell' });
  sync();
  send(kinds.done, { count, ending, notices: [...notices, ...stand(), ...newlyLeft()] });
}

/** One after the other. Awaiting asks no promise for a method that a cell could have replaced. */
async function runCells() {
  if (isBusy) return;
  isBusy = true;
  while (cells.length > 0) await runCell(cells.shift());
  isBusy = false;
}

function evaluate(expression) {
  return new Promise((resolve, reject) => {
    globalThis[Symbol.for('winnow.kernel')] = () => {
      delete globalThis[Symbol.for('winnow.kernel')];
      session.post(
        'Runtime.evaluate',
        { expression, replMode: true, awaitPromise: true, objectGroup: 'cell', allowUnsafeEvalBlockedByCSP: true },
        (error, answer) => resolve(error === null ? answer : { failed: error }),
      );
    };
    try {
      breakable.runInThisContext({ breakOnSigint: true });
    } catch (error) {
      reject(error);
    }
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

process.on('SIGINT', () => running?.interrupt());
process.on('uncaughtException', (error) => {
  // Of a cell that runs: its own. Else of what an earlier one left behind, which is told where it prints.
  if (running !== null && !isSameError(running.uncaught, error)) {
    running.uncaught = error;
  } else process.stderr.write(`Uncaught, after its cell: ${error?.stack ?? error}\n`);
});

streams();
globalThis.require = createRequire(`${workDir}/`);
globalThis.module = { exports: {} };
globalThis.exports = globalThis.module.exports;
globalThis.display = (...values) => {
  for (const value of values) show(value, false);
};
importer(workDir);

let inbox = alloc(0);
const cells = [];
let isBusy = false;
const channel = new Socket({ fd: 3, readable: true, writable: false, allowHalfOpen: true });
channel.on('data', (piece) => {
  inbox = concat([inbox, piece]);
  while (inbox.length >= 5 && inbox.length >= 5 + inbox.readUInt32LE(0)) {
    const cell = parse(inbox.toString('utf8', 5, 5 + inbox.readUInt32LE(0)));
    inbox = inbox.subarray(5 + inbox.readUInt32LE(0));
    cells.push(cell);
  }
  runCells();
});
channel.on('end', () => process.exit(0));
send(kinds.ready, {});
