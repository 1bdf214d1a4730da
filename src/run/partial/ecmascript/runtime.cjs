/**
 * The hooks of files rewritten for partial execution (`code/instrument/partial-ecmascript.ts`), in the program's own process.
 *
 * Each file takes hooks of its own, `file(n)`. Their names are short because they stand in every line. What remains when the program has run is `ending.cjs`.
 */
'use strict';
const { within, world: globals } = require('./kept.cjs');
const injections = require('./injections.cjs');
const instances = require('./instances.cjs');
const failures = require('./failures.cjs');
const world = require('./world.cjs');
const calling = require('./calling.cjs');
const spent = require('./spent.cjs');
const ending = require('./ending.cjs');
const jsx = require('./jsx.cjs');
const { observing } = require('./observed.cjs');
const { counting, expressions } = require('./scope.cjs');
const { statements, flush, gap } = require('./rows.cjs');
const tables = require('./tables.json');
const plan = require('./plan.json');

const { level } = plan;
const { defineProperty } = Reflect;
/** Rounds of a loop that rests on something injected; a loop of the program's own runs until its limit. */
const mostRounds = 500;
/** Rounds of a loop whose condition is an instance itself. */
const loopTrue = 2;
/** Errors that one statement goes on behind. */
const mostResumed = 50;
/** Decorators of a file that are told to be left out: some frameworks have one at every member. */
const mostDecorators = 100;

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
    /** Functions that were begun since the one that was asked for was. */
    reached: new Uint8Array(table.functions.length),
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

/** Names and what stands for them; no Map, whose methods are the program's to replace. */
const names = { __proto__: null };
const undefinedName = (file) => (number) => {
  const site = file.table.sites[number];
  const name = site.what;
  if (name in globals) return globals[name];
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
  const asked = new Uint8Array(conditions.length);
  file.ways = ways;
  file.asked = asked;
  const known = { __proto__: null };
  const rests = (k) => {
    known[k] ||= within(() => failures.injectedBehind(file, conditions[k].reads).size > 0);
    return known[k];
  };
  file.rests = rests;
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
      // At level 2 another guess may stand behind it, and no condition of the program's own is changed.
      if (!way === asked && (level > 2 || rests(k))) {
        used[k]++;
        const origin = {
          path: file.path,
          line,
          column,
          kind: 'branch',
          what: `condition at line ${line}`,
          root: 'forced',
        };
        within(() => injections.forced(origin, 'boolean', String(asked), 'the other way of it never ran'));
        way = asked;
      }
    }
    ways[k] |= way ? 1 : 2;
    if (calling.isAsking()) asked[k] = 1;
    return way;
  };
}

function loopsOf(file) {
  const rounds = new Uint32Array(file.table.statements.length);
  const bound = { __proto__: null };
  const isBound = (k) => {
    const span = file.table.spans.find((one) => one.statement === k);
    const rests = span !== undefined && failures.injectedBehind(file, span.reads).size > 0;
    if (rests) gap(`a loop over injected values at ${file.path}:${span.line} was left after ${mostRounds} rounds`);
    return rests;
  };
  return (k) => {
    if (spent.rounds() && level > 1) return true;
    if (++rounds[k] < mostRounds || level === 1) return false;
    if (bound[k] === undefined) bound[k] = within(() => isBound(k));
    return bound[k];
  };
}

function resumingOf(file) {
  const times = new Uint32Array(file.table.statements.length);
  const goesOn = (error, at) => {
    if (spent.isEnd(error) || within(() => error instanceof RangeError && /call stack/i.test(error.message)))
      return false;
    return failures.failed(error, 'resumed', at);
  };
  const instead = (error, site, line, column) => {
    if (!goesOn(error, null)) throw error;
    const known = site < 0 ? null : file.table.sites[site];
    const what = known?.what ?? `the value at line ${line}`;
    const origin = { kind: 'result', what, path: file.path, file, line, column, root: 'forced', depth: 1 };
    return within(() => injections.value(known?.guess ?? null, origin));
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
  const isHeld = new Uint8Array(functions.length);
  const hold = (number, held) => {
    if (number < 0 || isHeld[number]) return;
    isHeld[number] = 1;
    within(() => file.registry.set(number, held));
  };
  const plain = (name) => name.slice(name.lastIndexOf('.') + 1);
  const members = (numbers, owner) => {
    const maker = numbers.find((one) => functions[one]?.kind === 'constructor');
    for (const number of numbers) {
      const key = plain(functions[number]?.name ?? '');
      if (key.startsWith('#')) continue;
      const isStatic = !(key in (owner.prototype ?? {})) && key in owner;
      hold(number, { owner, key, isStatic, constructorAbout: functions[maker] });
    }
  };
  return {
    r: (number, value) => hold(number, { value }),
    R(number, name, value) {
      if (name !== '' && value.name === '')
        defineProperty(value, 'name', { __proto__: null, value: name, configurable: true });
      hold(number, { value });
      return value;
    },
    k: (numbers, owner) => within(() => members(numbers, owner)),
    o(numbers, object) {
      within(() => {
        for (const number of numbers) hold(number, { object, key: plain(functions[number]?.name ?? '') });
      });
      return object;
    },
  };
}

const file = (number) => within(() => hooksOf(number));

function hooksOf(number) {
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
      if (calling.isAsking()) one.reached[k] = 1;
      spent.begins();
      if (observed !== null) observed.begins(one, k, begins);
    },
    s: flush,
    v: (k, value) => {
      c[k] = 1;
      return value;
    },
    x: (k, error) => within(() => failures.threw(one, k, error)),
    u: (error) => {
      if (error === null) return;
      try {
        failures.failed(error, 'caught');
      } catch {
        // Of an endless recursion, where the stack has no room to tell it.
      }
    },
    q: world.requiring(one),
    m: world.importing(one),
    i: world.binding(one),
    j: one.table.elements === null ? null : jsx.elementsOf(one),
    g: world.argumentsOf(one),
    d: () => within(() => leftOut(one)),
    D: (wanted) => within(() => declare(one, wanted)),
    E: ending.entryRan,
    ...resumingOf(one),
    ...registering(one),
  };
}

/** Decorators are told to be left out. */
function leftOut(one) {
  for (const { what, line, column } of one.table.decorators.slice(0, mostDecorators))
    injections.value(
      { type: 'none', from: 'nothing', why: ['no engine here has decorators: it was left out'] },
      { kind: 'call', what, path: one.path, file: one, line, column, root: 'decorators', depth: 0 },
    );
}

/** Names that the program assigns but nowhere declares. */
function declare(one, wanted) {
  for (const name of wanted) {
    if (name in globals) continue;
    let held;
    let isSet = false;
    Object.defineProperty(globals, name, {
      configurable: true,
      enumerable: false,
      get() {
        if (!isSet) {
          isSet = true;
          const site = one.siteOf(name) ?? { line: 1, column: 1, guess: null };
          const origin = { kind: 'name', what: name, path: one.path, file: one, root: `free:${name}`, depth: 0 };
          held = within(() => injections.value(site.guess, { ...origin, line: site.line, column: site.column }));
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

ending.begin(all, observed);

module.exports = { file };
