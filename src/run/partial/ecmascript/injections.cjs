/**
 * Values in the place of missing ones: which is taken, where it is told, and from what it comes.
 *
 * A guess stands beside the text that tells a value (`user.name`), and was made from its uses before the run (`code/instrument/partialuses.ts`). A fix of
 * the plan goes before it. Where nothing is known the value is an instance (`instances.cjs`), which takes on what is asked of it.
 */
'use strict';
const { row, cut, gap, flush } = require('./rows.cjs');
const plan = require('./plan.json');

/** Values made in one round: a program that asks for more is told so, and gets `undefined`. */
const mostValues = 200_000;
/** Steps from a root to a value: lists deeper than that are empty, so that a walk over a tree ends. */
const deepest = 6;

let made = 0;
let told = 0;
const byKey = new Map();
/** By root, the injections that come from it. */
const reached = new Map();
const all = [];
let toggles = 0;
let instances = null;

/** What a condition over something unknown is. */
function truth() {
  switch (plan.truth) {
    case 'false':
      return false;
    case 'alternate':
      return toggles++ % 2 === 0;
    case 'alternate-late':
      return toggles++ % 2 === 1;
    default:
      return true;
  }
}

/** Names that several variables have carry their line. */
const shown = (what) => what.replace(/@\d+/g, '');

const lastName = (what) => {
  const parts = shown(what)
    .replace(/(\(\)|\[\]| awaited)+$/, '')
    .split(/[. ]/);
  return parts[parts.length - 1] || what;
};

function textFor(what) {
  const name = lastName(what);
  if (/(url|uri|href|link|endpoint|origin)$/i.test(name)) return 'http://localhost/';
  if (/(path|dir|directory|folder|root|cwd)$/i.test(name)) return '/tmp';
  if (/(file|filename)$/i.test(name)) return 'file.txt';
  if (/email$/i.test(name)) return 'name@example.com';
  if (/json$/i.test(name)) return '{}';
  if (/(colou?r)$/i.test(name)) return '#000000';
  if (/(date|time)$/i.test(name)) return '2025-01-01';
  return name;
}

function concrete(guess, origin) {
  const { what } = origin;
  const { literal } = guess;
  const nth = origin.nth ?? 0;
  const inner = (step, at = 0) =>
    value(guess.inner ?? null, {
      ...origin,
      kind: 'item',
      what: what + step,
      depth: origin.depth + 1,
      nth: nth + at,
    });
  switch (guess.type) {
    case 'none':
      return literal === null ? null : undefined;
    case 'boolean':
      return typeof literal === 'boolean' && plan.truth === 'true' ? literal : truth();
    case 'integer':
      return typeof literal === 'number' ? literal : plan.truth === 'false' ? 0 : 1 + nth;
    case 'float':
      return typeof literal === 'number' ? literal : plan.truth === 'false' ? 0 : 1.5;
    case 'text':
      return typeof literal === 'string'
        ? literal
        : plan.truth === 'false'
          ? ''
          : textFor(what) + (nth > 0 ? nth + 1 : '');
    case 'bytes':
      return Buffer.from(textFor(what));
    case 'list':
    case 'tuple':
    case 'iterator':
    case 'set': {
      const items = [];
      const count = origin.depth >= deepest ? 0 : guess.count || (plan.truth === 'false' ? 0 : 2);
      for (let at = 0; at < count; at++) items[at] = inner('[]', at);
      if (guess.type === 'set') return new Set(items);
      return guess.type === 'iterator' ? items.values() : items;
    }
    case 'mapping':
      if (literal !== 'Map') return instances.make(origin, guess);
      return new Map([['key', inner('.get()')]]);
    case 'error':
      return new Error(textFor(what));
    case 'awaitable':
      return Promise.resolve(inner(' awaited'));
    case 'regex':
      return /./;
    case 'time':
      return new Date();
    default:
      return instances.make(origin, guess);
  }
}

function describe(it) {
  switch (typeof it) {
    case 'string':
      return JSON.stringify(it);
    case 'function':
    case 'object':
      if (it === null) return 'null';
      if (instances.isInstance(it)) return `<${shown(instances.stateOf(it).what)}>`;
      if (Array.isArray(it)) return it.length === 0 ? '[]' : `[${describe(it[0])}${it.length > 1 ? ', …' : ''}]`;
      if (it instanceof Promise) return 'Promise';
      return Object.prototype.toString.call(it).slice(8, -1);
    default:
      return String(it);
  }
}

const fixOf = ({ kind, what, path }, { line, column }) => {
  const { fixes } = plan;
  const text = shown(what);
  for (let at = 0; at < fixes.length; at++) {
    const one = fixes[at];
    if (one.what !== text || one.path !== path || (one.kind !== kind && kind !== 'item')) continue;
    if (one.line === line && one.column === column) return one;
  }
  return null;
};

const words = {
  mapping: 'instance',
};

/**
 * @param given what was guessed before the run, or null
 * @param origin kind, what, path, file (its table), root, depth, and where it is: line, column
 */
function value(given, origin) {
  if (++made > mostValues) {
    if (made === mostValues + 1) gap(`more than ${mostValues} values were missing; those past that are undefined`);
    return undefined;
  }
  const site = origin.file.siteOf(origin.what);
  const place = site ?? origin;
  const fix = fixOf(origin, place);
  const guess =
    fix !== null
      ? { type: fix.type, from: fix.source, why: fix.why }
      : (given ?? site?.guess ?? { type: 'instance', from: 'nothing', why: [] });
  const key = `${origin.kind} ${origin.path} ${origin.what}`;
  const known = byKey.get(key);
  const type = guess.type === 'mapping' && guess.literal !== 'Map' ? 'instance' : guess.type;
  let index = known?.index ?? -1;
  if (known === undefined) {
    index = told++;
    byKey.set(key, { index });
    all[index] = { ...origin, type, place };
  }
  const roots = reached.get(origin.root) ?? [];
  if (known === undefined) {
    roots[roots.length] = index;
    reached.set(origin.root, roots);
  }
  let it;
  if (fix !== null && fix.value !== null) {
    try {
      it = new Function(`return (${fix.value});`)();
    } catch {
      gap(`the value proposed for ${origin.what} could not be read: ${fix.value}`);
      it = concrete(guess, { ...origin, index });
    }
  } else it = concrete(guess, { ...origin, index });
  if (known === undefined)
    row({
      e: 'injected',
      path: origin.path,
      line: place.line,
      column: place.column,
      kind: origin.kind,
      what: cut(shown(origin.what), 200),
      type: words[type] ?? type,
      value: cut(describe(it), 100),
      source: guess.from,
      why: guess.why ?? [],
      corrected: fix?.corrected ?? (fix === null ? 0 : 1),
    });
  if (told === 1 || (told & 63) === 0) flush();
  return it;
}

/** A decision of ours that the run rests on. */
const forced = (origin, type, text, why) => noted({ ...origin, root: 'forced' }, type, text, 'forced', why);

/** What stands in for something and was made elsewhere; once for each place. */
function noted(origin, type, text, source, why) {
  const key = `${origin.kind} ${origin.path} ${origin.line} ${origin.column}`;
  if (byKey.has(key)) return;
  const index = told++;
  byKey.set(key, { index });
  all[index] = { ...origin, type, place: origin };
  reached.set(origin.root, [...(reached.get(origin.root) ?? []), index]);
  row({
    e: 'injected',
    path: origin.path,
    line: origin.line,
    column: origin.column,
    kind: origin.kind,
    what: cut(shown(origin.what), 200),
    type,
    value: cut(text, 100),
    source,
    why: [why],
    corrected: 0,
  });
}

module.exports = {
  value,
  forced,
  noted,
  describe,
  truth,
  reached,
  injected: (index) => all[index],
  byText: (path, what) => all.find((one) => one.path === path && one.what === what) ?? null,
  count: () => told,
  deepest,
  lastName,
  shown,
  use(given) {
    instances = given;
  },
};
