/**
 * What rewritten JavaScript reports to (`code/instrument/trace-ecmascript.ts`), in the program's own process: winnow.trace/1.
 *
 * A hook is given its function's frame, so that frames of generators and async functions, which interleave, are told apart. While a place has run
 * less than `firstHits` times, its events are written as they come; from then on they are kept in a ring of its own as they are, and made
 * into text only when they are written. Nothing here asks for the time: where clocks are virtual, that would change what the program sees. What
 * was recorded is written out after so many events, and in endless loops after 4,096, 8,192, 16,384… steps.
 *
 * Names are short because they stand in every line of the program.
 */
'use strict';
const fs = require('node:fs');
const { valuesFor } = require('./values.cjs');
const { writerFor } = require('./writer.cjs');
const { plan, points, effects, branches, codes, files, notes } = require('./tables.json');

const { level, limits } = plan;
const { firstHits, lastHits } = limits;
const isCounted = level === 'coverage' || level === 'counts';
const withValues = level === 'values';
const { stringify } = JSON;
const { sort } = Array.prototype;
const { apply, ownKeys } = Reflect;

const writer = writerFor(limits, { plan, codes });
const values = valuesFor(limits);

/** How often each point ran. */
const c = new Float64Array(points.length + 1);
const whenTrue = new Float64Array(branches.length);
const whenFalse = new Float64Array(branches.length);
const began = new Float64Array(codes.length);

let frames = 0;
/** The frame that is running, and below it by `parent` those that wait for it. */
let top = null;
/** Frames that something threw through; what it was shows when it is caught. */
let unwound = [];
let thrown = null;
let isThrown = false;

let order = 0;
let heldSince = 0;
/** Rings with something in them. */
let active = [];
const pointRings = [];
const codeRings = [];
/** Objects that events which are held back may have changed. */
const dirty = Object.defineProperties(new Set(), {
  add: { value: Set.prototype.add },
  clear: { value: Set.prototype.clear },
  forEach: { value: Set.prototype.forEach },
  size: Object.getOwnPropertyDescriptor(Set.prototype, 'size'),
});
let lastDirty = null;
const mostDirty = 10_000;

const number = (f) => (f === null ? 0 : f.n);

// Texts of events, without the brace before.

const lineWord = level === 'blocks' ? 'block' : 'line';
const lineText = (f, k) => `"e":"${lineWord}","f":${f.n},"l":${points[k][1]},"c":${points[k][0]}`;
function branchText(f, k, way) {
  const row = branches[k];
  const to = way === 'false' ? row[3] : row[2];
  return `"e":"branch","f":${f.n},"l":${row[1]},"way":"${way}"${to > 0 ? `,"to":${to}` : ''}`;
}
const valueText = (f, word, value, depth) =>
  `"e":"${word}","f":${f.n},"to":${withValues ? values.text(value, depth) : 'null'}`;
function writeText(f, row, value) {
  const scope = row[1] === 'local' ? '' : `,"in":"${row[1]}"`;
  return `"e":"write","f":${f.n},"v":${stringify(row[0])},"to":${value}${scope}`;
}
function callText(f, args) {
  const names = codes[f.code][5];
  let given = '';
  for (let at = 0; at < names.length; at++)
    given += `${at === 0 ? '' : ','}[${stringify(names[at])},${args === null ? 'null' : args[at]}]`;
  return `"e":"call","f":${f.n},"c":${f.code},"from":${f.from}${given === '' ? '' : `,"args":[${given}]`}`;
}

// Writing, and holding back.

/** An event that is written now; what was held back comes before. */
function emit(text) {
  if (active.length > 0) release();
  writer.event(text);
}

/** Objects that are to be said before the next event of a frame. */
function say(f) {
  const rows = values.take();
  const frame = f === null ? (frames > 0 ? 1 : 0) : f.n;
  for (let at = 0; at < rows.length; at++) emit(`"e":"object","f":${frame}${rows[at]}`);
}

function release() {
  const slots = [];
  for (let at = 0; at < active.length; at++) {
    const ring = active[at];
    for (let one = 0; one < ring.slots.length; one++) {
      const slot = ring.slots[one];
      if (slot.used) slots[slots.length] = slot;
      slot.used = false;
    }
    ring.active = false;
  }
  active = [];
  apply(sort, slots, [(a, b) => a.order - b.order]);
  // What objects hold is said with the next event that is not held back.
  for (let at = 0; at < slots.length; at++) writeSlot(slots[at]);
}

/** What is in a slot, in pairs or triples that begin with what they are. */
const held = { effect: 0, branch: 1, ended: 2, call: 3, nothing: 4 };
const branchWays = ['true', 'false', 'case', 'exception', 'next'];

function writeSlot(slot) {
  const { frame: f, data } = slot;
  if (slot.point >= 0) writer.row(lineText(f, slot.point));
  for (let at = 0; at < slot.length; ) {
    const what = data[at];
    const k = data[at + 1];
    if (what === held.effect) {
      const writes = effects[k][0];
      for (let one = 0; one < writes.length; one++)
        writer.row(writeText(f, writes[one], values.text(data[at + 2 + one], -1)));
      at += 2 + writes.length;
    } else if (what === held.branch) {
      writer.row(branchText(f, k, branchWays[data[at + 2]]));
      at += 3;
    } else if (what === held.ended) {
      writer.row(valueText(f, k, data[at + 2], -1));
      at += 3;
    } else if (what === held.call) {
      const given = [];
      for (let one = 0; one < k.length; one++) given[one] = values.text(k[one], -1);
      writer.row(callText(f, given));
      at += 2;
    } else {
      writer.row(k);
      at += 2;
    }
  }
}

function slotOf(rings, key, f, point) {
  let ring = rings[key];
  if (ring === undefined) {
    ring = { slots: [], at: -1, active: false };
    rings[key] = ring;
  }
  if (!ring.active) {
    ring.active = true;
    active[active.length] = ring;
  }
  ring.at = ring.at + 1 >= lastHits ? 0 : ring.at + 1;
  let slot = ring.slots[ring.at];
  if (slot === undefined) {
    slot = { order: 0, frame: null, point: -1, data: [], length: 0, used: false };
    if (lastHits > 0) ring.slots[ring.at] = slot;
  }
  if (slot.used || lastHits === 0) {
    if (slot.point >= 0 || lastHits === 0) writer.skipped++;
    else writer.dropped++;
  }
  slot.order = order++;
  slot.frame = f;
  slot.point = point;
  slot.length = 0;
  slot.used = true;
  if ((++heldSince & 4095) === 0) tick();
  return slot;
}

function soil(value) {
  if (typeof value !== 'object' || value === null || value === lastDirty) return;
  lastDirty = value;
  if (dirty.size < mostDirty) dirty.add(value);
}

/** What may have changed while events were held back. */
function clean(f) {
  lastDirty = null;
  const late = values.takeLate();
  if (dirty.size === 0 && late.length === 0) return;
  const all = late;
  dirty.forEach((one) => {
    all[all.length] = one;
  });
  dirty.clear();
  if (active.length > 0) release();
  for (let at = 0; at < all.length; at++) values.touch(all[at]);
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

function ended(f) {
  f.on = false;
  top = f.parent;
}

/** Makes the frame of a hook the running one. */
function settle(f) {
  if (unwound.length > 0) resolve(isThrown, thrown);
  if (f === top) return;
  if (f.rests) {
    f.rests = false;
    f.parent = top;
    f.on = true;
    top = f;
    if (f.isDirect) emit(`"e":"resume","f":${f.n},"to":null`);
  } else if (f.on) {
    while (top !== null && top !== f) {
      unwound[unwound.length] = top;
      ended(top);
    }
    top = f;
    if (unwound.length > 0) resolve(isThrown, thrown);
  } else {
    f.parent = top;
    f.on = true;
    top = f;
  }
}

const lineNow = (f) => (f.at < 0 ? codes[f.code][3] : points[f.at][1]);

function raise(f, isKnown, error) {
  if (f.raised && f.error === error) return;
  f.raised = isKnown;
  f.error = error;
  const said = isKnown ? values.error(error) : ['', ''];
  emitOf(f, `"e":"raise","f":${f.n},"l":${lineNow(f)},"t":${stringify(said[0])},"m":${stringify(said[1])}`);
}

/** An event of a frame: held back when its call or its line was. */
function emitOf(f, text) {
  if (f.held === null && writer.hasRoom()) emit(text);
  else {
    const slot = f.held?.used && f.held.frame === f ? f.held : slotOf(codeRings, f.code, f, -1);
    slot.data[slot.length++] = held.nothing;
    slot.data[slot.length++] = text;
  }
}

function resolve(isKnown, error) {
  const all = unwound;
  unwound = [];
  for (let at = 0; at < all.length; at++) {
    const f = all[at];
    if (!isKnown && codes[f.code][2] === 'generator') {
      // Closed from outside before its end.
      emitOf(f, valueText(f, 'return', undefined));
      continue;
    }
    raise(f, isKnown, error);
    emitOf(f, `"e":"unwind","f":${f.n}`);
  }
  thrown = null;
  isThrown = false;
}

// Hooks. The first argument is the frame; numbers are rows of the tables.

/** A function begins. */
function e(code, ...args) {
  if (unwound.length > 0) resolve(isThrown, thrown);
  const isDirect = ++began[code] <= firstHits && writer.hasRoom();
  const f = {
    n: ++frames,
    code,
    parent: top,
    from: top === null ? 0 : top.n,
    on: true,
    rests: false,
    at: -1,
    held: null,
    isDirect,
    chooses: false,
    returns: false,
    result: undefined,
    raised: false,
    error: null,
  };
  if (isDirect) {
    values.begin();
    clean(top);
    const given = [];
    for (let at = 0; at < args.length; at++) given[at] = values.text(args[at]);
    say(f);
    emit(callText(f, given));
  } else {
    const slot = slotOf(codeRings, code, f, -1);
    slot.data[slot.length++] = held.call;
    slot.data[slot.length++] = args;
    if (withValues) for (let at = 0; at < args.length; at++) soil(args[at]);
    f.held = slot;
  }
  top = f;
  return f;
}

function finish(f, word, value) {
  if (f.isDirect && writer.hasRoom()) {
    if (withValues) {
      values.begin();
      clean(f);
      const text = valueText(f, word, value);
      say(f);
      emit(text);
    } else emit(valueText(f, word, value));
  } else {
    const slot = slotOf(codeRings, f.code, f, -1);
    slot.data[slot.length++] = held.ended;
    slot.data[slot.length++] = word;
    slot.data[slot.length++] = value;
    if (withValues) soil(value);
  }
}

/** It returns. */
function r(f, value) {
  if (f !== top || unwound.length > 0) settle(f);
  finish(f, 'return', value);
  ended(f);
  return value;
}

/** It returns, when what is `finally` to run has run. */
function R(f, value) {
  f.returns = true;
  f.result = value;
  return value;
}

/** It ended without saying so. */
function x(f) {
  if (f !== top) settle(f);
  if (f.returns) r(f, f.result);
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
  if (f !== top || unwound.length > 0) settle(f);
  finish(f, 'yield', value);
  f.rests = true;
  ended(f);
  return value;
}

function z(f, value) {
  if (unwound.length > 0) resolve(isThrown, thrown);
  if (f !== top) {
    if (codes[f.code][2] !== 'generator') {
      // Nothing runs below what goes on by itself; what still seems to, waits.
      for (; top !== null; ended(top)) top.rests = true;
    }
    f.rests = false;
    f.on = true;
    f.parent = top;
    top = f;
  }
  finish(f, 'resume', value);
  return value;
}

/** A line is about to run. */
function l(f, k) {
  if (f !== top || unwound.length > 0) settle(f);
  f.at = k;
  if (++c[k] <= firstHits && writer.hasRoom()) {
    f.held = null;
    if (withValues) {
      values.begin();
      clean(f);
    }
    emit(lineText(f, k));
  } else f.held = slotOf(pointRings, k, f, k);
}

/** A statement ran: what it wrote, and what it may have changed. */
function d(f, k) {
  const writes = effects[k][0];
  const count = writes.length + effects[k][1];
  const slot = f.held;
  if (slot?.used && slot.frame === f) {
    const { data } = slot;
    data[slot.length++] = held.effect;
    data[slot.length++] = k;
    for (let at = 0; at < count; at++) {
      // biome-ignore lint/complexity/noArguments: an array for each statement would cost more than all else here
      const value = arguments[at + 2];
      if (at < writes.length) data[slot.length++] = value;
      soil(value);
    }
    return;
  }
  if (!writer.hasRoom()) {
    writer.dropped += writes.length;
    return;
  }
  if (f !== top || unwound.length > 0) settle(f);
  values.begin();
  clean(f);
  for (let at = writes.length; at < count; at++) {
    // biome-ignore lint/complexity/noArguments: as above
    values.touch(arguments[at + 2]);
  }
  const texts = [];
  for (let at = 0; at < writes.length; at++) {
    // biome-ignore lint/complexity/noArguments: as above
    texts[at] = values.text(arguments[at + 2]);
  }
  say(f);
  for (let at = 0; at < writes.length; at++) emit(writeText(f, writes[at], texts[at]));
}

/** A value passes through, after which something was written. */
function v(f, k, value, ...after) {
  const args = [f, k];
  for (let at = 0; at < after.length; at++) args[at + 2] = after[at];
  apply(d, null, args);
  return value;
}

function branched(f, k, way) {
  const slot = f.held;
  if (slot?.used && slot.frame === f) {
    const { data } = slot;
    data[slot.length++] = held.branch;
    data[slot.length++] = k;
    data[slot.length++] = way;
  } else if (!writer.hasRoom()) writer.dropped++;
  else {
    if (f !== top || unwound.length > 0) settle(f);
    emit(branchText(f, k, branchWays[way]));
  }
}

/** A condition was decided. */
function b(f, k, value) {
  if (value) {
    whenTrue[k]++;
    branched(f, k, 0);
  } else {
    whenFalse[k]++;
    branched(f, k, 1);
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
  f.chooses = true;
  return value;
}

/** A case begins: chosen, or come to from the one before. */
function j(f, k) {
  if (!f.chooses) return;
  f.chooses = false;
  whenTrue[k]++;
  branched(f, k, 2);
}

/** One more item of what a loop goes over. */
function i(f, k, branch) {
  if (k >= 0) l(f, k);
  whenTrue[branch]++;
  branched(f, branch, 0);
}

/** Something is about to be thrown. */
function t(f, error) {
  if (f !== top || unwound.length > 0) settle(f);
  raise(f, true, error);
  f.returns = false;
  thrown = error;
  isThrown = true;
  return error;
}

/** Something was caught. */
function u(f, line, ...caught) {
  const isKnown = caught.length > 0 || isThrown;
  const error = caught.length > 0 ? caught[0] : thrown;
  thrown = error;
  isThrown = isKnown;
  if (unwound.length > 0) resolve(isKnown, error);
  thrown = error;
  isThrown = isKnown;
  if (f !== top) settle(f);
  raise(f, isKnown, error);
  f.raised = false;
  f.error = null;
  f.returns = false;
  thrown = null;
  isThrown = false;
  emitOf(f, `"e":"branch","f":${f.n},"l":${lineNow(f)},"way":"exception","to":${line}`);
}

// Counts, and the end.

/** What is known of a file's lines and ways from its static rows; counts are looked up when they are written. */
const linesOf = {};
const waysOf = {};
for (const name of files) {
  linesOf[name] = [];
  waysOf[name] = [];
}
for (let k = 0; k < points.length; k++) {
  const { length } = points[k];
  for (let at = 1; at < length; at++) linesOf[codes[points[k][0]][0]].push([points[k][at], k]);
}
for (let k = 0; k < branches.length; k++) {
  const [code, line, yes, no] = branches[k];
  const ways = waysOf[codes[code < 0 ? points[-1 - code][0] : code][0]];
  if (yes !== 0 && yes !== line) ways.push([line, yes, code < 0 ? c : whenTrue, code < 0 ? -1 - code : k]);
  if (no !== 0 && no !== line) ways.push([line, no, code < 0 ? c : whenFalse, code < 0 ? -1 - code : k]);
}

function hits() {
  for (let at = 0; at < files.length; at++) {
    const name = files[at];
    const lines = { __proto__: null };
    for (let one = 0; one < linesOf[name].length; one++) {
      const row = linesOf[name][one];
      const sum = (lines[row[0]] ?? 0) + c[row[1]];
      lines[row[0]] = level === 'coverage' && sum > 0 ? 1 : sum;
    }
    const ways = { __proto__: null };
    for (let one = 0; one < waysOf[name].length; one++) {
      const row = waysOf[name][one];
      const key = `${row[0]},${row[1]}`;
      const sum = (ways[key] ?? 0) + row[2][row[3]];
      ways[key] = level === 'coverage' && sum > 0 ? 1 : sum;
    }
    writer.always(`"e":"hits","file":${stringify(name)},"lines":[${pairs(lines)}],"ways":[${pairs(ways)}]`);
  }
}

function pairs(counts) {
  let text = '';
  const keys = ownKeys(counts);
  for (let at = 0; at < keys.length; at++) text += `${at === 0 ? '' : ','}[${keys[at]},${counts[keys[at]]}]`;
  return text;
}

function close() {
  if (unwound.length > 0) resolve(isThrown, thrown);
  values.begin();
  clean(top);
  // Objects too large to look at often are told as they are at the end.
  for (let once = 0; once < 100 && dirty.size === 0; once++) {
    const late = values.takeLate();
    if (late.length === 0) break;
    values.begin();
    for (let at = 0; at < late.length; at++) values.touch(late[at]);
    say(top);
  }
  if (active.length > 0) release();
  hits();
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
  writer.event(`"e":"note","f":0,"about":"tracer","text":${stringify(notes[at])}`);
require('./watch.cjs').watch({
  close,
  uncaught,
  output(stream, text) {
    if (isCounted) return;
    if (writer.hasRoom()) emit(`"e":"output","f":${number(top)},"s":"${stream}","text":${stringify(text)}`);
    else writer.dropped++;
  },
  note: (about, text) =>
    void writer.event(`"e":"note","f":${number(top)},"about":"${about}","text":${stringify(text)}`),
  fs,
});

module.exports = { c, k: tick, e, r, R, x, g, y, z, l, d, v, b, n, s, j, i, t, u };
