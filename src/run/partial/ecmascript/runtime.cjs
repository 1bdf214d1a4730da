/**
 * The hooks of files rewritten for partial execution (`code/instrument/partial-ecmascript.ts`), in the program's own process.
 *
 * Each file takes hooks of its own, `file(n)`. Their names are short because they stand in every line. When the program has run, or was ended by an error,
 * what remains is done: the function that was asked for is called, and at level 3 those that never were.
 */
'use strict';
const { within } = require('./kept.cjs');
const injections = require('./injections.cjs');
const instances = require('./instances.cjs');
const failures = require('./failures.cjs');
const world = require('./world.cjs');
const calling = require('./calling.cjs');
const jsx = require('./jsx.cjs');
const { observing } = require('./observed.cjs');
const { counting, expressions } = require('./scope.cjs');
const { row, statements, flush, end, gap } = require('./rows.cjs');
const tables = require('./tables.json');
const plan = require('./plan.json');

const { level } = plan;
/** Rounds of a loop that rests on something injected; a loop of the program's own runs until its limit. */
const mostRounds = 500;
/** Rounds of a loop whose condition is an instance itself. */
const loopTrue = 2;
/** Errors that one statement goes on behind. */
const mostResumed = 50;
/** Decorators of a file that are told to be left out: some frameworks have one at every member. */
const mostDecorators = 100;
/** What runs on by itself is ended after so long, ms: timers and servers of a program that has done all else. */
const restMs = 1_000;

const all = [];
const observed = plan.calls ? observing(all) : null;
/** Functions that were begun. */
const entered = tables.files.map(({ functions }) => new Uint8Array(functions.length));
/** Statements are told before any file runs: one may never come to run. */
const covered = tables.files.map((table, number) => {
  const { path, statements: lines, functions, isTold } = table;
  const bytes = new Uint8Array(lines.length);
  const alone = expressions(table);
  const begins = functions.map(({ line }) => line);
  if (!isTold) return bytes;
  if (alone.includes(1)) statements(path, begins, entered[number], alone);
  else statements(path, lines, bytes, counting(table));
  return bytes;
});

function newFile(number) {
  const table = tables.files[number];
  const bySite = new Map(table.sites.map((site) => [site.what, site]));
  const byMember = new Map();
  const byCall = new Map();
  for (const site of table.sites) {
    const name = injections.lastName(site.what);
    const kind = site.what.endsWith('()') ? byCall : /\.[\w$#]+$/.test(site.what) ? byMember : null;
    if (kind !== null && (!kind.has(name) || kind.get(name).guess.type === 'instance')) kind.set(name, site);
  }
  const file = {
    number,
    table,
    path: table.path,
    c: covered[number],
    entered: entered[number],
    registry: new Map(),
    edges: new Map(table.edges),
    siteOf: (what) => bySite.get(what),
    memberOf: (name) => byMember.get(name),
    callOf: (name) => byCall.get(name),
    has: (what) => bySite.has(what),
    membersOf: (what) => memberNames(table, what),
  };
  failures.add(file);
  return file;
}

const memberMemo = new Map();
function memberNames(table, what) {
  const key = `${table.path} ${what}`;
  let found = memberMemo.get(key);
  if (found === undefined) {
    const begin = what === '{}' ? '' : `${what}.`;
    found = [];
    for (const { what: one } of table.sites)
      if (begin !== '' && one.startsWith(begin) && /^[\w$]+$/.test(one.slice(begin.length)))
        found[found.length] = one.slice(begin.length);
    memberMemo.set(key, found);
  }
  return found;
}

/** Rounds of all loops after which it is asked how long the program runs, and the time after which loops are left, ms: half of what a round has. */
const mostTicks = 200_000;
const longestMs = plan.wallMs ?? 1_200;
const isVirtual = process.versions.quickjs !== undefined;
/** Where clocks are virtual, rounds stand for time: QuickJS runs some 3 million short ones in that time. */
const mostVirtualTicks = 3_000_000;

const { now } = performance;
const clock = () => now.call(performance);
const began = clock();
let ticks = 0;
let nextTick = 4096;
let isLate = false;
function tick() {
  if (++ticks >= nextTick) {
    nextTick *= 2;
    flush();
  }
  if (isLate || ticks % mostTicks !== 0) return isLate;
  isLate = isVirtual ? ticks >= mostVirtualTicks : clock() - began > longestMs;
  if (isLate) gap('the program ran long; from then on every loop was left at once');
  return isLate;
}

/** Names and what stands for them; no Map, whose methods are the program's to replace. */
const names = { __proto__: null };
const undefinedName = (file) => (number) => {
  const site = file.table.sites[number];
  const name = site.what;
  if (name in globalThis) return globalThis[name];
  if (name in names) return names[name];
  const { line, column } = site;
  const origin = { kind: 'name', what: name, path: file.path, file, line, column, root: `free:${name}`, depth: 0 };
  names[name] = within(() => injections.value(site.guess, origin));
  return names[name];
};

function conditionsOf(file) {
  const { conditions } = file.table;
  const ways = new Uint8Array(conditions.length);
  const rounds = new Uint32Array(conditions.length);
  const forced = conditions.map(({ line, column }) =>
    plan.forced.find((one) => one.path === file.path && one.line === line && one.column === column),
  );
  const used = new Uint8Array(conditions.length);
  file.ways = ways;
  return (k, value) => {
    const { isLoop, isGuard, line, column } = conditions[k];
    let way = value;
    if (level > 1 && instances.isInstance(value)) {
      way = injections.truth() !== isGuard;
      // A loop over something that is always there would not end.
      if (isLoop) way = way && rounds[k]++ % (loopTrue + 1) < loopTrue;
    }
    const given = forced[k];
    if (given !== undefined && (!isLoop || used[k] < 2)) {
      const asked = given.way === 'true';
      if (Boolean(way) !== asked) {
        used[k]++;
        const origin = {
          path: file.path,
          line,
          column,
          kind: 'branch',
          what: `condition at line ${line}`,
          root: 'forced',
        };
        injections.forced(origin, 'boolean', String(asked), 'the other way of it never ran');
        way = asked;
      }
    }
    ways[k] |= way ? 1 : 2;
    return way;
  };
}

function loopsOf(file) {
  const rounds = new Uint32Array(file.table.statements.length);
  const bound = new Map();
  return (k) => {
    if (tick() && level > 1) return true;
    if (++rounds[k] < mostRounds || level === 1) return false;
    if (!bound.has(k)) {
      const span = file.table.spans.find((one) => one.statement === k);
      const rests = span !== undefined && failures.injectedBehind(file, span.reads).size > 0;
      bound.set(k, rests);
      if (rests) gap(`a loop over injected values at ${file.path}:${span.line} was left after ${mostRounds} rounds`);
    }
    return bound.get(k);
  };
}

function resumingOf(file) {
  const times = new Uint32Array(file.table.statements.length);
  const goesOn = (error, at) => {
    if (error instanceof RangeError && /call stack/i.test(error.message)) return false;
    if (error !== null && typeof error === 'object' && error.winnowExit) return false;
    return failures.failed(error, 'resumed', at);
  };
  const instead = (error, site, line, column) => {
    if (!goesOn(error, null)) throw error;
    const known = site < 0 ? null : file.table.sites[site];
    const what = known?.what ?? `the value at line ${line}`;
    return injections.value(known?.guess ?? null, {
      kind: 'result',
      what,
      path: file.path,
      file,
      line,
      column,
      root: 'forced',
      depth: 1,
    });
  };
  return {
    e(k, error) {
      if (++times[k] > mostResumed || !goesOn(error, { file, statement: k })) throw error;
    },
    w(site, line, column, make) {
      try {
        return make();
      } catch (error) {
        return instead(error, site, line, column);
      }
    },
    async W(site, line, column, make) {
      try {
        return await make();
      } catch (error) {
        return instead(error, site, line, column);
      }
    },
  };
}

function registering(file) {
  const { functions } = file.table;
  const hold = (number, held) => {
    if (number >= 0 && !file.registry.has(number)) file.registry.set(number, held);
  };
  const plain = (name) => name.slice(name.lastIndexOf('.') + 1);
  return {
    r: (number, value) => hold(number, { value }),
    R(number, name, value) {
      if (name !== '' && value.name === '') Object.defineProperty(value, 'name', { value: name, configurable: true });
      hold(number, { value });
      return value;
    },
    k(numbers, owner) {
      const maker = numbers.find((one) => functions[one]?.kind === 'constructor');
      for (const number of numbers) {
        const key = plain(functions[number]?.name ?? '');
        if (key.startsWith('#')) continue;
        const isStatic = !(key in (owner.prototype ?? {})) && key in owner;
        hold(number, { owner, key, isStatic, constructorAbout: functions[maker] });
      }
    },
    o(numbers, object) {
      for (const number of numbers) hold(number, { object, key: plain(functions[number]?.name ?? '') });
      return object;
    },
  };
}

function file(number) {
  const one = newFile(number);
  all[number] = one;
  const { c } = one;
  if (one.table.isEntry && level > 1) world.watch(one);
  return {
    c,
    n: undefinedName(one),
    b: conditionsOf(one),
    t: (value) =>
      level > 1 && plan.truth !== 'true' && instances.isInstance(value) && !injections.truth() ? undefined : value,
    l: loopsOf(one),
    f: function begins(k) {
      // What comes may never end: that is told from outside, with what stands before it.
      if (one.entered[k] === 0) flush();
      one.entered[k] = 1;
      if (observed !== null) observed.begins(one, k, begins);
    },
    s: flush,
    v: (k, value) => {
      c[k] = 1;
      return value;
    },
    x: (k, error) => failures.threw(one, k, error),
    u: (error) => {
      if (error !== null) failures.failed(error, 'caught');
    },
    q: world.requiring(one),
    m: world.importing(one),
    i: world.binding(one),
    j: one.table.elements === null ? null : jsx.elementsOf(one),
    g: world.argumentsOf(one),
    d: () => {
      for (const { what, line, column } of one.table.decorators.slice(0, mostDecorators))
        injections.value(
          { type: 'none', from: 'nothing', why: ['no engine here has decorators: it was left out'] },
          { kind: 'call', what, path: one.path, file: one, line, column, root: 'decorators', depth: 0 },
        );
    },
    D: (wanted) => declare(one, wanted),
    E: () => setImmediate(complete),
    ...resumingOf(one),
    ...registering(one),
  };
}

/** Names that the program assigns but nowhere declares. */
function declare(one, wanted) {
  for (const name of wanted) {
    if (name in globalThis) continue;
    let held;
    let isSet = false;
    Object.defineProperty(globalThis, name, {
      configurable: true,
      enumerable: false,
      get() {
        if (!isSet) {
          isSet = true;
          const site = one.siteOf(name) ?? { line: 1, column: 1, guess: null };
          held = injections.value(site.guess, {
            kind: 'name',
            what: name,
            path: one.path,
            file: one,
            line: site.line,
            column: site.column,
            root: `free:${name}`,
            depth: 0,
          });
        }
        return held;
      },
      set(value) {
        isSet = true;
        held = value;
      },
    });
  }
}

// The end.

let isComplete = false;
function complete() {
  if (isComplete) return;
  isComplete = true;
  const files = all.filter((one) => one?.table.isTold);
  const entry = files.find((one) => one.table.isEntry);
  if (plan.function !== null && entry !== undefined) calling.callNamed(entry);
  if (level >= 3) {
    flush();
    calling.callAll(files);
    // Callbacks of timers and promises may bring forth more.
    setImmediate(() => calling.callAll(files));
  }
  flush();
  if (level === 1) return;
  setTimeout(() => {
    gap('timers or connections were still at work; the round was ended');
    process.exit();
  }, restMs).unref?.();
}

function finish() {
  for (const one of all) {
    if (one?.ways === undefined || !one.table.isTold) continue;
    for (let k = 0; k < one.ways.length; k++) {
      if (one.ways[k] !== 1 && one.ways[k] !== 2) continue;
      const { line, column } = one.table.conditions[k];
      row({ e: 'open', path: one.path, line, column, way: one.ways[k] === 1 ? 'false' : 'true' });
    }
  }
  if (level >= 3) for (const one of all) if (one?.table.isTold) otherCases(one);
  observed?.end();
  for (const text of tables.gaps) gap(text);
  end();
}

/** Cases of one switch that are asked for in a round. */
const mostCases = 3;

/** A value that chose one case of a switch is asked to choose another. */
function otherCases(one) {
  for (const { what, line, column, cases } of one.table.switches) {
    const known = injections.byText(one.path, what);
    if (known === null) continue;
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

const { exit } = process;
let hasFailed = false;

function show(error) {
  try {
    within(() => console.error(error));
  } catch {
    // The program's own `console`, or an error that cannot be shown.
  }
}

process.on('uncaughtException', (error) => {
  failures.failed(error, 'ended');
  hasFailed = true;
  show(error);
  process.exitCode ||= 1;
  flush();
  // Without us the program would be over; what remains is ours.
  if (!isComplete) complete();
  else if (level < 3) exit.call(process, 1);
  if (level < 3) setImmediate(() => exit.call(process, 1));
});
process.on('unhandledRejection', (error) => {
  failures.failed(error, 'ended');
  show(error);
  process.exitCode ||= 1;
  if (!hasFailed && level < 3) {
    hasFailed = true;
    if (!isComplete) complete();
    setImmediate(() => exit.call(process, 1));
  }
});
process.on('beforeExit', () => complete());
if (level >= 3 || plan.function !== null)
  process.exit = (code) => {
    if (!isComplete) complete();
    flush();
    return exit.call(process, code ?? process.exitCode);
  };
process.on('exit', () => within(finish));

module.exports = { file };
