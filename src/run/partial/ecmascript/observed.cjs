/**
 * Which function of the program called which, in a round that is asked for it: rows of `winnow.partial/1`.
 *
 * A function says when it begins. Who called it is what stands below it on the engine's own stack, the nearest code of the program, through libraries and what the engine does; so it does not matter how
 * functions end, wait or are resumed. Where anything else of ours lies between, an injected value or what calls functions that nobody called, it was the guess that called, and that is no call of the
 * program. Generators are left out: they begin when their first value is asked for, by whom it may be. Places are those of `winnow.calls/1`.
 *
 * Where an engine rewrites a file once more (types that are code, without a map back), its places are none of the file: that is seen by where a function is told to begin, and such files are left out.
 */
'use strict';
const { first, other } = require('./firstline.cjs');
const { row, gap } = require('./rows.cjs');

/** Looking at the stack takes some 10 to 100 µs, and a round has a second: of a function that began so often, one beginning of as many is looked at, and counts for them. */
const allUntil = 200;
const oneOf = 64;
/** Frames of the engine and of libraries between two functions of the program. */
const mostFrames = 30;
/** Distinct calls; rows of one kind are bounded to as many. */
const mostPairs = 1_000;

/** Ours that only hand on what the program calls. */
const isHandedOn = (path) => /\/\.winnow-partial\/(jsx|element)\.cjs$/.test(path);
const frame = /^\s*at (async )?(?:.*? \()?(?:file:\/\/)?(\/.*?):(\d+):(\d+)\)?$/;

const columnOn = (line, stack) => Number(new RegExp(`firstline\\.cjs:${line}:(\\d+)`).exec(stack)?.[1] ?? 0);
const shift = columnOn(1, first) - columnOn(2, other);

/** @param files those of the program, by number; more may come while it runs */
function observing(files) {
  const pairs = new Map();
  const begun = new Map();
  const paths = new Map();
  /** Files whose places are not told as they are. */
  const moved = new Set();

  const fileAt = (path) => {
    if (!paths.has(path)) paths.set(path, files.find((one) => one && path.endsWith(`/${one.table.runsAs}`)) ?? null);
    return paths.get(path);
  };

  /** @returns the code of the program that called what has just begun; null: nobody did, or a guess */
  const callerOf = (hook, callee, number) => {
    const before = Error.stackTraceLimit;
    const held = {};
    try {
      Reflect.set(Error, 'stackTraceLimit', mostFrames);
      Error.captureStackTrace(held, hook);
    } finally {
      Reflect.set(Error, 'stackTraceLimit', before);
    }
    const lines = String(held.stack).split('\n');
    let isOwn = true;
    for (const line of lines) {
      const found = frame.exec(line);
      if (found === null) continue;
      const [, waits, path, at, column] = found;
      if (waits !== undefined) return null;
      if (path.includes('/.winnow-partial/')) {
        if (isOwn || isHandedOn(path)) continue;
        return null;
      }
      const file = fileAt(path);
      const place = file === null ? [0, 0] : placeIn(file, Number(at), Number(column));
      if (isOwn) {
        // The first is what has begun.
        isOwn = false;
        if (file === callee && isWithin(callee.table.functions[number], place)) continue;
        moved.add(callee);
        return null;
      }
      if (file !== null) return { file, number: functionAt(file, place) };
      if (!path.includes('/node_modules/')) return null;
    }
    return null;
  };

  const begins = (file, number, hook) => {
    const { name, isGenerator } = file.table.functions[number];
    if (isGenerator || name.endsWith('<anonymous>')) return;
    const key = `${file.number} ${number}`;
    const times = (begun.get(key) ?? 0) + 1;
    begun.set(key, times);
    if (times > allUntil && times % oneOf !== 0) return;
    const caller = callerOf(hook, file, number);
    if (caller === null) return;
    const pair = `${caller.file.number} ${caller.number} ${key}`;
    const known = pairs.get(pair) ?? { caller, callee: { file, number }, count: 0 };
    if (known.count === 0 && pairs.size >= mostPairs) return;
    known.count += times > allUntil ? oneOf : 1;
    pairs.set(pair, known);
  };

  const end = () => {
    if (pairs.size >= mostPairs) gap(`calls between more than ${mostPairs} pairs of functions: the rest is left out`);
    for (const { path } of moved) gap(`calls of ${path} are not told: the engine does not say where in it they are`);
    for (const { caller, callee, count } of pairs.values())
      if (!moved.has(caller.file) && !moved.has(callee.file))
        row({ e: 'call', caller: placeOf(caller), callee: placeOf(callee), count });
    pairs.clear();
  };
  return { begins, end };
}

/** In the rewritten text. */
const placeIn = ({ table }, line, column) => [line, line === 1 && !table.isModule ? column - shift : column];

const isBefore = (one, line, column) => one[0] < line || (one[0] === line && one[1] <= column);

const isWithin = ({ from, to }, [line, column]) => isBefore(from, line, column) && !isBefore(to, line, column);

/** The innermost function with a name at a place of the rewritten text; -1: the file's own code. */
function functionAt({ table: { functions } }, place) {
  for (let at = functions.length - 1; at >= 0; at--) {
    if (!functions[at].name.endsWith('<anonymous>') && isWithin(functions[at], place)) return at;
  }
  return -1;
}

function placeOf({ file, number }) {
  const about = file.table.functions[number];
  return about === undefined
    ? { path: file.path, line: 0, name: '<module>' }
    : { path: file.path, line: about.line, name: about.name.replaceAll('<anonymous>.', '').slice(0, 300) };
}

module.exports = { observing };
