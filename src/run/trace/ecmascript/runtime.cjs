/**
 * What rewritten JavaScript reports to (`code/instrument/trace-ecmascript.ts`), in the program's own process: winnow.recording/1.
 *
 * A hook is given its function's frame, so that frames of generators and async functions, which interleave, are told apart. While a place has run
 * less than `firstHits` times, its events are written; past that they are only counted. The last ones are told when a run before has said how often
 * each line runs. Nothing here asks for the time: where clocks are virtual, that would change what the program sees. What was recorded is written
 * out after so many events, and in endless loops after 4,096, 8,192, 16,384… steps.
 *
 * Names are short because they stand in every line of the program.
 */
'use strict';
const fs = require('node:fs');
const { countsFor } = require('./counts.cjs');
const { textsFor } = require('./texts.cjs');
const { valuesFor } = require('./values.cjs');
const { writerFor } = require('./writer.cjs');
const tables = require('./tables.json');

const { plan, points, effects, branches, codes, notes, startsProcesses } = tables;

const { level, limits } = plan;
const { firstHits } = limits;
const isCounted = level === 'coverage' || level === 'counts';
const withValues = level === 'values';
const { stringify } = JSON;
const { apply } = Reflect;
const { min } = Math;

const writer = writerFor(limits, { plan, codes });
/** Code of the program runs for the trace: it is not told. */
let asking = false;
function quietly(ask) {
  const before = [firstNow, top, ready, unwound, thrown, isThrown, writer.skipped, writer.dropped];
  [firstNow, top, ready, unwound, asking] = [-1, null, null, [], true];
  try {
    return ask();
  } catch (error) {
    return typeof error === 'object' && error !== null ? 'threw an error' : 'threw';
  } finally {
    asking = false;
    [firstNow, top, ready, unwound, thrown, isThrown, writer.skipped, writer.dropped] = before;
  }
}
/** Asked for with the first value that may be one: the module is then loaded, by the program. */
const madeUp = plan.madeUp === null ? () => null : (value) => require(`../${plan.madeUp}`).madeUp(value);
const values = valuesFor(limits, plan.askObjects ? quietly : null, madeUp);
const { lineText, branchText, valueText, writeText, callText } = textsFor(tables, values);

/** How often each point ran; with `coverage` only whether it did. */
const c = level === 'coverage' ? new Uint8Array(points.length + 1) : new Float64Array(points.length + 1);
/** Steps of what may run for ever. */
const o = new Int32Array(points.length + 1);
const whenTrue = new Float64Array(branches.length);
const whenFalse = new Float64Array(branches.length);
const began = new Float64Array(codes.length);

let frames = 0;
/** The frame that is running, and below it by `parent` those that wait for it. */
let top = null;
/** `top`, while nothing is to be put right before its next event. */
let ready = null;
/** Frames that something threw through; what it was shows when it is caught. */
let unwound = [];
let thrown = null;
let isThrown = false;

/** Executions of a place up to which events are written; -1 when there are too many. */
let firstNow = limits.events > 0 ? firstHits : -1;
/** And those past which they are. */
const lastFrom = new Float64Array(points.length).fill(Number.POSITIVE_INFINITY);
const lastCallsFrom = new Float64Array(codes.length).fill(Number.POSITIVE_INFINITY);
/** Executions of a point that are still to pass without a call; of how many. */
const q = new Int32Array(points.length + 1);
const inChunk = new Float64Array(points.length + 1);
/** So many pass at most: then it is seen to that what there is is written out. */
const chunk = 65_536;
const timesOf = (k) => (level === 'coverage' ? +(c[k] !== 0 || o[k] !== 0) : c[k] + inChunk[k] - q[k]);
const { hits, foresee } = countsFor(tables, writer, { c, timesOf, whenTrue, whenFalse });
foresee(lastFrom, lastCallsFrom);
/** Objects that may have changed while events were not written: the last so many. */
const dirty = [];
const mostDirty = 1024;
let dirtyAt = 0;
let lastDirty = null;

const number = (f) => (f === null ? 0 : f.n);

// Writing, and holding back.

function emit(text) {
  writer.event(text);
  if (!writer.hasRoom()) firstNow = -1;
}

/** Objects that are to be said before the next event of a frame. */
function say(f) {
  const rows = values.take();
  const frame = f === null ? (frames > 0 ? 1 : 0) : f.n;
  for (let at = 0; at < rows.length; at++) emit(`"e":"object","f":${frame}${rows[at]}`);
}

const whats = ['call', 'return', 'yield', 'resume'];
const branchWays = ['true', 'false', 'case'];

function soil(value) {
  if (value === lastDirty || typeof value !== 'object' || value === null) return;
  lastDirty = value;
  dirty[dirtyAt++ & (mostDirty - 1)] = value;
}

/** What may have changed while events were not written. */
function clean(f) {
  const late = values.takeLate();
  if (dirtyAt === 0 && late.length === 0) return;
  const count = min(dirtyAt, mostDirty);
  dirtyAt = 0;
  lastDirty = null;
  for (let at = 0; at < late.length; at++) values.touch(late[at]);
  for (let at = 0; at < count; at++) {
    values.touch(dirty[at]);
    dirty[at] = null;
  }
  say(f);
}

/** Steps until what there is is written out; twice as many each time. */
let ticks = 0;
let nextTick = 1;
function tick() {
  if (++ticks < nextTick) return;
  nextTick *= 2;
  hits();
  writer.flush();
}

// Frames.

/** Bits of a frame. */
const [live, resting, direct, choosing, returning] = [1, 2, 4, 8, 16];

function ended(f) {
  f.bits &= ~live;
  f.on = false;
  top = f.parent;
  ready = unwound.length > 0 ? null : top;
}

function begin(f) {
  f.parent = top;
  f.bits = (f.bits & ~resting) | live;
  f.on = true;
  top = f;
}

/** Makes the frame of a hook the running one. */
function settle(f) {
  if (unwound.length > 0) resolve(isThrown, thrown);
  if (f !== top) {
    if (f.bits & resting) {
      begin(f);
      emitOf(f, `"e":"resume","f":${f.n},"to":null`);
    } else if (f.on) {
      while (top !== null && top !== f) {
        unwound[unwound.length] = top;
        ended(top);
      }
      top = f;
      if (unwound.length > 0) resolve(isThrown, thrown);
    } else begin(f);
  }
  ready = f;
}

/** `at` of a frame: the point that was told last, -1 before the first, and below that -2 less one that was not told. */
const lineNow = (f) => (f.at === -1 ? codes[f.code][3] : points[f.at < 0 ? -f.at - 2 : f.at][1]);
const skips = (f) => f.at < -1 || (f.at === -1 && !(f.bits & direct));

function raise(f, isKnown, error) {
  if (f.raised !== null && isKnown && f.raised.error === error) return;
  f.raised = isKnown ? { error } : null;
  const said = isKnown ? values.error(error) : ['', ''];
  emitOf(f, `"e":"raise","f":${f.n},"l":${lineNow(f)},"t":${stringify(said[0])},"m":${stringify(said[1])}`);
}

/** An event of a frame: left out when its line was. */
function emitOf(f, text) {
  if (skips(f)) writer.dropped++;
  else emit(text);
}

function resolve(isKnown, error) {
  const all = unwound;
  unwound = [];
  for (let at = 0; at < all.length; at++) {
    const f = all[at];
    if (!isKnown && codes[f.code][2] === 'generator') {
      // Closed from outside before its end.
      emitOf(f, valueText(f.n, 'return', undefined));
      continue;
    }
    raise(f, isKnown, error);
    emitOf(f, `"e":"unwind","f":${f.n}`);
  }
  thrown = null;
  isThrown = false;
  ready = top;
}

// Hooks. The first argument is the frame; numbers are rows of the tables.

/** A function begins. */
function e(code) {
  return enter(code, null);
}

/** A function begins with arguments. */
function h(code, ...args) {
  return enter(code, args);
}

function enter(code, args) {
  if (ready !== top) settle(top);
  const count = ++began[code];
  const isDirect = count <= firstNow || count > lastCallsFrom[code];
  const f = {
    n: ++frames,
    code,
    parent: top,
    on: true,
    bits: isDirect ? live | direct : live,
    at: -1,
    result: undefined,
    raised: null,
  };
  if (!isDirect) {
    writer.dropped++;
    if (args !== null) for (let at = 0; at < args.length; at++) soil(args[at]);
  } else {
    const from = top === null ? 0 : top.n;
    let given = null;
    if (args !== null) {
      values.begin();
      clean(top);
      given = [];
      for (let at = 0; at < args.length; at++) given[at] = values.text(args[at]);
      say(top);
    }
    emit(callText(f.n, code, from, given));
  }
  top = ready = f;
  return f;
}

function finish(f, what, value) {
  // A generator that began long ago may rest for ever anew: that goes by its lines.
  if (f.bits & direct && (what === 1 || !skips(f))) {
    if (withValues) {
      values.begin();
      clean(f);
      const text = valueText(f.n, whats[what], value);
      say(f);
      emit(text);
    } else emit(valueText(f.n, whats[what], value));
  } else {
    writer.dropped++;
    if (withValues) soil(value);
  }
}

/** It returns. */
function r(f, value) {
  if (f !== ready) settle(f);
  finish(f, 1, value);
  f.on = false;
  f.bits &= ~live;
  ready = top = f.parent;
  return value;
}

/** It returns, when what is `finally` to run has run. */
function R(f, value) {
  f.bits |= returning;
  f.result = value;
  return value;
}

/** It ended without saying so. */
function x(f) {
  if (f !== top) settle(f);
  if (f.bits & returning) r(f, f.result);
  else {
    unwound[unwound.length] = f;
    ended(f);
  }
}

/** An async function ends by what was thrown. */
function g(f, error) {
  if (unwound.length > 0) resolve(true, error);
  if (f !== top) settle(f);
  unwound[unwound.length] = f;
  ended(f);
  resolve(true, error);
  return error;
}

function y(f, value) {
  if (f !== ready) settle(f);
  finish(f, 2, value);
  ended(f);
  f.bits |= resting;
  return value;
}

function z(f, value) {
  if (unwound.length > 0) resolve(isThrown, thrown);
  if (f !== top) {
    if (codes[f.code][2] !== 'generator') {
      // Nothing runs below what goes on by itself; what still seems to, waits.
      for (; top !== null; ended(top)) top.bits |= resting;
    }
    begin(f);
  }
  ready = f;
  finish(f, 3, value);
  return value;
}

/** A line is about to run, and is to be told, or the count of those that are not is used up. */
function l(f, k) {
  if (asking) {
    f.at = -k - 2;
    q[k] = 0;
    return;
  }
  const count = c[k] + inChunk[k] + 1;
  c[k] = count;
  writer.skipped += inChunk[k];
  if (count > firstNow && count <= lastFrom[k]) {
    f.at = -k - 2;
    writer.skipped++;
    q[k] = inChunk[k] = min(lastFrom[k] - count, chunk);
    tick();
    return;
  }
  q[k] = inChunk[k] = 0;
  if (f !== ready) settle(f);
  f.at = k;
  if (withValues) {
    values.begin();
    clean(f);
  }
  emit(lineText(f.n, k));
}

/** A statement ran: what it wrote, and what it may have changed. */
function d(f, k, ...all) {
  if (skips(f)) {
    for (let at = 0; at < all.length; at++) soil(all[at]);
    return;
  }
  const writes = effects[k][0];
  if (f !== ready) settle(f);
  values.begin();
  clean(f);
  for (let at = writes.length; at < all.length; at++) values.touch(all[at]);
  const texts = [];
  for (let at = 0; at < writes.length; at++) texts[at] = values.text(all[at]);
  say(f);
  for (let at = 0; at < writes.length; at++) emit(writeText(f.n, writes[at], texts[at]));
}

/** A value passes through, after which something was written. */
function v(f, k, value, ...after) {
  const args = [f, k];
  for (let at = 0; at < after.length; at++) args[at + 2] = after[at];
  apply(d, null, args);
  return value;
}

function branched(f, k, way) {
  if (skips(f)) return;
  if (f !== ready) settle(f);
  emit(branchText(f.n, k, branchWays[way]));
}

/** A condition was decided. */
function b(f, k, value) {
  if (value) {
    whenTrue[k]++;
    if (f.at >= -1) branched(f, k, 0);
  } else {
    whenFalse[k]++;
    if (f.at >= -1) branched(f, k, 1);
  }
  return value;
}

/** It was decided whether there is something. */
function n(f, k, value) {
  const is = value !== null && value !== undefined;
  if (is) whenTrue[k]++;
  else whenFalse[k]++;
  branched(f, k, is ? 0 : 1);
  return value;
}

/** A switch is about to choose. */
function s(f, value) {
  f.bits |= choosing;
  return value;
}

/** A case begins: chosen, or come to from the one before. */
function j(f, k) {
  if (!(f.bits & choosing)) return;
  f.bits &= ~choosing;
  whenTrue[k]++;
  branched(f, k, 2);
}

/** One more item of what a loop goes over. */
function i(f, k, branch) {
  if (k >= 0) {
    if (--q[k] < 0) l(f, k);
    else f.at = -k - 2;
  }
  whenTrue[branch]++;
  branched(f, branch, 0);
}

/** Something is about to be thrown. */
function t(f, error) {
  if (f !== ready) settle(f);
  raise(f, true, error);
  f.bits &= ~returning;
  thrown = error;
  isThrown = true;
  return error;
}

/** Something was caught, at a row that decides nothing. */
function u(f, k, ...caught) {
  const isKnown = caught.length > 0 || isThrown;
  const error = caught.length > 0 ? caught[0] : thrown;
  if (unwound.length > 0) resolve(isKnown, error);
  thrown = error;
  isThrown = isKnown;
  if (f !== ready) settle(f);
  raise(f, isKnown, error);
  f.raised = null;
  f.bits &= ~returning;
  thrown = null;
  isThrown = false;
  emitOf(f, `"e":"branch","f":${f.n},"l":${lineNow(f)},"way":"exception","to":${branches[k][1]}`);
}

// The end.

function close() {
  if (unwound.length > 0) resolve(isThrown, thrown);
  values.begin();
  clean(top);
  // Objects that there was no time for, and those that may have changed unseen, are told as they are at the end.
  for (let once = 0; once < 100; once++) {
    const late = values.takeLate();
    const known = once === 0 ? values.known() : [];
    if (late.length === 0 && known.length === 0) break;
    values.begin();
    for (let at = 0; at < late.length; at++) values.touch(late[at]);
    for (let at = 0; at < known.length; at++) values.touch(known[at]);
    say(top);
  }
  hits();
  for (let k = 0; k < points.length; k++) {
    writer.skipped += inChunk[k] - q[k];
    if (!isCounted) c[k] = timesOf(k);
    q[k] = inChunk[k] = 0;
  }
  writer.end();
}

/** Nobody caught it: frames are left, if any are still there. */
function uncaught(error) {
  if (unwound.length > 0) resolve(true, error);
  while (top !== null) {
    unwound[unwound.length] = top;
    ended(top);
  }
  resolve(true, error);
}

hits();
writer.flush();
for (let at = 0; at < notes.length; at++)
  writer.event(`"e":"note","f":0,"about":"${notes[at][0]}","text":${stringify(notes[at][1])}`);
require('./watch.cjs').watch({
  close,
  uncaught,
  output(stream, text) {
    if (isCounted) return;
    if (firstNow >= 0) emit(`"e":"output","f":${number(top)},"s":"${stream}","text":${stringify(text)}`);
    else writer.dropped++;
  },
  note: (about, text) =>
    void writer.event(`"e":"note","f":${number(top)},"about":"${about}","text":${stringify(text)}`),
  fs,
  startsProcesses,
});

module.exports = { c, o, q, k: tick, e, h, S: soil, r, R, x, g, y, z, l, d, v, b, n, s, j, i, t, u };
