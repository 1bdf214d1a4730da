/**
 * What remains when a program has run, or was ended by an error: the function that was asked for is called, and at level 3 those that never were; then the rest of its rows is told.
 *
 * A program may end its process without its own end, take listeners away, or put something else in the place of what calls them. What is asked of `process` here is taken before that.
 */
'use strict';
const { within } = require('./kept.cjs');
const injections = require('./injections.cjs');
const failures = require('./failures.cjs');
const calling = require('./calling.cjs');
const spent = require('./spent.cjs');
const { row, flush, end, gap } = require('./rows.cjs');
const tables = require('./tables.json');
const plan = require('./plan.json');

/** What runs on by itself is ended after so long, ms: timers and servers of a program that has done all else. */
const restMs = 1_000;
/** Cases of one switch that are asked for in a round. */
const mostCases = 3;
/** Errors that nobody catches, of timers and callbacks, behind which a round still goes on. */
const mostUncaught = 200;

const { level } = plan;
const it = process;
const shown = console;
const { exit, reallyExit } = it;
const { setImmediate: soon, setTimeout: later } = globalThis;
const { apply, defineProperty } = Reflect;
const { apply: applied } = Function.prototype;

/** All files of the program, by number; they come while it runs. */
let all = [];
let observed = null;
let isComplete = false;
let isFinished = false;
let hasFailed = false;
let uncaught = 0;

const complete = () => within(completed);

function completed() {
  if (isComplete) return;
  isComplete = true;
  const files = all.filter((one) => one?.table.isTold);
  const entry = files.find((one) => one.table.isEntry);
  if (plan.function !== null && entry !== undefined) calling.callNamed(entry);
  if (level >= 3) {
    flush();
    callRest(files);
    // Callbacks of timers and promises may bring forth more.
    soon(() => within(() => callRest(files)));
  }
  flush();
  if (level === 1) return;
  later(() => {
    within(() => gap('timers or connections were still at work; the round was ended'));
    leave(it.exitCode);
  }, restMs).unref?.();
}

function callRest(files) {
  if (!spent.isOver()) calling.callAll(files);
}

const finish = () => within(finished);

function finished() {
  if (isFinished) return;
  isFinished = true;
  for (const one of all) {
    if (one?.ways === undefined || !one.table.isTold) continue;
    for (let k = 0; k < one.ways.length; k++) {
      if (one.ways[k] !== 1 && one.ways[k] !== 2) continue;
      // What the function that was asked for does not come to says nothing of it.
      if (calling.isAsking() && !one.asked[k]) continue;
      if (level < 3 && !one.rests(k)) continue;
      const { line, column } = one.table.conditions[k];
      row({ e: 'open', path: one.path, line, column, way: one.ways[k] === 1 ? 'false' : 'true' });
    }
  }
  if (level >= 3) for (const one of all) if (one?.table.isTold) otherCases(one);
  observed?.end();
  for (const text of tables.gaps) gap(text);
  spent.tell();
  end();
}

/** Whether a line is one of a function that began because of the one that was asked for, where one was. */
function isReached(one, line) {
  if (!calling.isAsking()) return true;
  return one.table.functions.some((about, at) => one.reached[at] && line >= about.line && line <= about.lastLine);
}

/** A value that chose one case of a switch is asked to choose another. */
function otherCases(one) {
  for (const { what, line, column, cases } of one.table.switches) {
    const known = injections.byText(one.path, what);
    if (known === null || !isReached(one, line)) continue;
    const left = cases.filter(
      ([text, statement]) => statement >= 0 && !one.c[statement] && /^(['"][^'"\\]*['"]|-?\d+)$/.test(text),
    );
    for (const [text] of left.slice(0, mostCases))
      row({
        e: 'want',
        path: one.path,
        line: known.place.line,
        column: known.place.column,
        kind: known.kind,
        what: injections.shown(what),
        type: /^['"]/.test(text) ? 'text' : 'integer',
        value: text,
        source: 'forced',
        why: [`the case of ${text} at line ${line}:${column} never ran`],
      });
  }
}

/** The end of the process, whatever the program does when it hears of it. */
function leave(code) {
  try {
    apply(exit, it, [code]);
  } catch {
    // A listener of the program's failed.
  }
  finish();
  if (typeof reallyExit === 'function') apply(reallyExit, it, [typeof code === 'number' ? code : 1]);
}

function show(error) {
  if (spent.isEnd(error)) return;
  try {
    shown.error(error);
  } catch {
    // An error that cannot be shown.
  }
}

const listeners = [
  [
    'uncaughtException',
    (error) => {
      failures.failed(error, 'ended');
      hasFailed = true;
      show(error);
      it.exitCode ||= 1;
      flush();
      // Without us the program would be over; what remains is ours.
      if (!isComplete) complete();
      else if (level < 3) leave(1);
      if (level < 3) soon(() => leave(1));
      if (++uncaught === mostUncaught) {
        gap(`${mostUncaught} errors were caught by nobody; the round was ended`);
        leave(1);
      }
    },
  ],
  [
    'unhandledRejection',
    (error) => {
      failures.failed(error, 'ended');
      show(error);
      it.exitCode ||= 1;
      if (!hasFailed && level < 3) {
        hasFailed = true;
        if (!isComplete) complete();
        soon(() => leave(1));
      }
    },
  ],
  ['beforeExit', complete],
  ['exit', finish],
];

/** Node calls a listener by its `apply`, which the program may have replaced for all functions. */
for (const one of listeners) {
  const [, work] = one;
  one[1] = (value) => within(() => work(value));
  defineProperty(one[1], 'apply', { __proto__: null, value: applied });
}

function listen() {
  for (const [event, listener] of listeners) if (!it.listeners(event).includes(listener)) it.on(event, listener);
}

/** `process` tells us first when it is ended from within, and keeps us when the program takes all listeners away. */
function watch() {
  const { removeAllListeners } = it;
  if (typeof removeAllListeners === 'function')
    it.removeAllListeners = function (...events) {
      const given = apply(removeAllListeners, this, events);
      within(listen);
      return given;
    };
  for (const [name, told] of [
    ['reallyExit', finish],
    ['abort', flush],
    ['kill', flush],
  ]) {
    const real = it[name];
    if (typeof real !== 'function') continue;
    it[name] = function (...args) {
      told();
      return apply(real, this, args);
    };
  }
  if (level < 3 && plan.function === null) return;
  it.exit = (code) => {
    if (!isComplete) complete();
    flush();
    return apply(exit, it, [code ?? it.exitCode]);
  };
}

/** @param files those of the program, by number @param calls what tells of calls, or null */
function begin(files, calls) {
  all = files;
  observed = calls;
  listen();
  watch();
  // What ends at once has told its statements.
  flush();
}

module.exports = { begin, entryRan: () => soon(complete) };
