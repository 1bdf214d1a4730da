/**
 * Stand-ins for what a function of JavaScript lacks, and the world that gives them their values; as `winnow_stands.py` has it for Python.
 *
 * A stand-in knows only where it stands: `user.load("a")`. What it gives follows from its place, the seed and the input's number, never from the order in which things are asked for,
 * so two versions of a function meet the same whatever they ask first. Objects come in two kinds: some are plain, with the members that the text knows, so that what asks for
 * keys sees some; the others are proxies that take on what is asked of them (`proxies.cjs`).
 */
'use strict';
const plan = require('./plan.json');
const tables = require('./tables.json');
const proxies = require('./proxies.cjs');

const { sample } = require('./samples.cjs');

const { stand } = proxies;
/** How often a text is of a pattern that the function has, and one that stands beside its name in tests; and how often what a call has is changed a little. */
const [patterned, seen, varied] = [0.2, 0.25, 0.3];

const deepest = 5;
const base = {
  text: ['a', '', 'Ab c', 'b', 'a/b', 'a.b', '1', 'é', 'a\nb', ' a ', '-', 'a,b', 'x'.repeat(40), 'aBc', 'foo_bar-Baz'],
  integer: [1, 2, 0, 3, -1, 5, 10, 100],
  float: [1.5, 0, -1, 2, 0.25, 99.5],
};
/** Rarer: forms that programs tell apart, and the ends of what numbers are. */
const more = {
  text: [
    'A',
    'aa',
    '01',
    '-1',
    '1.5',
    'a-b',
    '_a',
    '--ab',
    '#a',
    "it's",
    'a=b',
    'a: b',
    'a;b',
    '%s',
    '{a}',
    '<a>b</a>',
    'a@b.c',
    '/a',
    '../a',
    '\n',
    '\ta',
    'a  b',
    '中',
    'http://a.b:80/c?d=e&f=#g',
    '2020-01-02',
    'true',
    'null',
    'a\\b',
    'constructor',
    '__proto__',
    'a[b]',
    'x'.repeat(100),
  ],
  integer: [4, 7, 12, 24, 60, 255, 256, 1000, -2, Number.NaN],
  float: [0.1, 2.5, 1e-9, 1e21, Number.POSITIVE_INFINITY],
};
const anything = ['instance', 'text', 'integer', 'list', 'plain', 'boolean', 'none', 'callable'];
/** How often a parameter of which uses tell a type is something else: nobody says what a caller gives. */
const other = 0.1;
/** Types that the language is sure of, or that a person wrote down. */
const said = new Set();

let world = null;

/** A number in [0, 1) and choices from it, by a text alone: FNV-1a, then Mulberry32. */
function random(text) {
  let state = 2_166_136_261;
  for (let at = 0; at < text.length; at++) state = Math.imul(state ^ text.charCodeAt(at), 16_777_619);
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  next();
  return { next, pick: (list) => list[Math.floor(next() * list.length)] };
}

// What the texts of both versions tell.

const plainWhat = (what) => what.replace(/@\d+/g, '');
const types = new Map();
const members = new Map();
function learn(what, guess) {
  if (guess === undefined || guess === null) return;
  const known = types.get(what) ?? [];
  types.set(what, known);
  const type = guess.type === 'mapping' && guess.literal !== 'Map' ? 'plain' : guess.type;
  if (guess.from !== 'nothing' && !known.includes(type)) known.push(type);
  if (guess.from === 'annotation') said.add(what);
  if (guess.inner) learn(`${what}${/list|set|iterator|tuple/.test(guess.type) ? '[]' : '()'}`, guess.inner);
  for (const [name, one] of Object.entries(guess.fields ?? {})) learn(`${what}.${name}`, one);
}
for (const { sites, functions, isCompared } of tables.files) {
  if (!isCompared) continue;
  for (const { what, guess } of sites) {
    const plain = plainWhat(what);
    learn(plain, guess);
    const found = /^(.*)\.([\w$]+)$/.exec(plain);
    if (found === null) continue;
    const list = members.get(found[1]) ?? [];
    members.set(found[1], list);
    if (!list.includes(found[2])) list.push(found[2]);
  }
  for (const { parameters } of functions) for (const { what, guess } of parameters) learn(plainWhat(what), guess);
}
const lastOf = (short) => /[\w$]+(\(\)|\[\])*$/.exec(short)?.[0] ?? short;
for (const [what, list] of [...types]) {
  const last = lastOf(what);
  if (!types.has(last)) types.set(last, list);
}
const isCalled = (short) => types.has(`${short}()`);

/** @param spec seed, turn, salt (choices made anew, by place), plain (places with their first value) */
function begin(spec) {
  const { turn } = spec;
  world = {
    ...spec,
    plainPlaces: new Set(spec.plain ?? []),
    memo: new Map(),
    calls: new Map(),
    writes: new Map(),
    effects: [],
    places: [],
    asked: [],
    truth: ['mixed', 'true', 'false', 'mixed'][((turn % 4) + 4) % 4],
    nothing: [0, 0.15, 0.5, 0.25, 0][((turn % 5) + 5) % 5],
    size: [2, 1, 0, 3, 2, 1][((turn % 6) + 6) % 6],
    depth: 0,
  };
  return world;
}

function randomAt(place) {
  if (world.places.length < 200) world.places.push(place);
  const salt = world.salt?.[place];
  return random(`${world.seed} ${world.turn} ${place}${salt === undefined ? '' : ` ${salt}`}`);
}

const decide = (place) =>
  world.turn < 0 || world.truth === 'true' || (world.truth === 'mixed' && randomAt(`? ${place}`).next() < 0.5);

function value(place, short) {
  if (!world.memo.has(place)) {
    world.memo.set(place, undefined);
    world.memo.set(place, make(place, short));
  }
  return world.memo.get(place);
}

function make(place, short) {
  const rare = randomAt(place);
  const last = lastOf(short).replace(/(\(\)|\[\])+$/, '');
  if (/^[A-Z]\w*(Error|Exception)$/.test(last)) return errorClass(last);
  const isPlain = world.plainPlaces.has(place);
  const { facts } = plan;
  if (world.turn >= 0 && !isPlain) {
    if (facts.nothing.includes(last) && rare.next() < world.nothing)
      return facts.nulls.includes(last) ? null : undefined;
    const literals = facts.literals[last] ?? [];
    if (literals.length > 0 && rare.next() < literals.length / (literals.length + 1 + (world.turn % 2))) {
      const made = rare.pick(literals);
      return typeof made === 'string' && rare.next() < 0.3 ? edited(made, rare) : made;
    }
  }
  const asked = facts.kinds[last] ?? [];
  const known = [...(types.get(short) ?? types.get(lastOf(short)) ?? []), ...asked];
  const kinds =
    known.length > 0 ? known : world.turn < 0 || isCalled(short) || /[().]/.test(place) ? ['instance'] : anything;
  if (
    world.turn >= 0 &&
    !isPlain &&
    /^[\w$]+$/.test(place) &&
    place !== 'this' &&
    !said.has(short) &&
    rare.next() < other
  )
    return ofType(rare.pick(anything), place, short, rare, false);
  return ofType(isPlain || rare.next() < 0.5 ? kinds[0] : rare.pick(kinds), place, short, rare, isPlain);
}

function ofType(kind, place, short, rare, isPlain) {
  const own = plan.facts.constants;
  switch (kind) {
    case 'none':
      return undefined;
    case 'boolean':
      return isPlain || decide(place);
    case 'text':
    case 'integer':
    case 'float': {
      const list = kind === 'text' ? own.text : own.integer;
      if (isPlain) return base[kind][0];
      const beside = plan.facts.seen[kind === 'text' ? 'text' : 'integer'];
      if (beside.length > 0 && rare.next() < seen) return changed(rare.pick(beside), rare);
      if (kind === 'text' && plan.facts.patterns.length > 0 && rare.next() < patterned)
        return changed(sample(rare.pick(plan.facts.patterns), rare), rare);
      if (rare.next() < 0.2) return rare.pick(more[kind]);
      if (list.length > 0 && rare.next() < 0.5) {
        const made = rare.pick(list);
        return kind === 'text' && rare.next() < 0.4 ? edited(made, rare) : made;
      }
      return rare.pick(base[kind]);
    }
    case 'bytes':
      return Buffer.from(rare.pick(['a', '', 'ab c']));
    case 'list':
    case 'tuple':
    case 'set':
    case 'iterator': {
      const list = items(place, short, rare, isPlain);
      return kind === 'set' ? new Set(list) : kind === 'iterator' ? list.values() : list;
    }
    case 'mapping':
      return new Map(
        ['a', 'b'].slice(0, world.size).map((key) => [key, value(`${place}.get("${key}")`, `${short}.get()`)]),
      );
    case 'plain':
      return plainObject(place, short, rare, isPlain);
    case 'error':
      return new Error('a');
    case 'awaitable':
      return Promise.resolve(value(`await ${place}`, `${short} awaited`));
    case 'regex':
      return rare.pick([/a/, /[a-z]+/g, /./]);
    case 'time':
      return new Date(isPlain ? 1_582_979_415_000 : rare.pick([1_582_979_415_000, 1_609_632_000_000, 946_684_799_000]));
    case 'callable':
    case 'class':
      return stand(place, short, true);
    default:
      // An object of options and one that does things look alike from outside.
      return world.turn >= 0 && !isCalled(short) && !place.includes('this') && !hasMethods(short) && rare.next() < 0.5
        ? plainObject(place, short, rare, isPlain)
        : stand(place, short, isCalled(short));
  }
}

const hasMethods = (short) => (members.get(short) ?? []).some((name) => isCalled(`${short}.${name}`));

function items(place, short, rare, isPlain) {
  world.depth++;
  try {
    const size = isPlain
      ? 1
      : world.depth > deepest
        ? 0
        : rare.pick([world.size, world.size, 2, world.depth < 2 ? 4 : 1]);
    const made = [];
    for (let at = 0; at < size; at++) made.push(value(`${place}[${at}]`, `${short}[]`));
    if (size > 1 && world.turn % 5 === 3 && rare.next() < 0.4) made[size - 1] = made[0];
    return made;
  } finally {
    world.depth--;
  }
}

function plainObject(place, short, rare, isPlain) {
  world.depth++;
  try {
    const named = [...(members.get(short) ?? []), ...(plan.facts.keys[lastOf(short)] ?? [])].filter(
      (name) => name !== 'length' && !(name in Object.prototype),
    );
    const keys =
      world.depth > deepest
        ? []
        : named.length > 0
          ? named.filter(() => isPlain || rare.next() < 0.75)
          : ['a', 'b', 'c'].slice(0, world.size);
    const made = {};
    for (const key of keys) made[key] = value(`${place}.${key}`, `${short}.${key}`);
    return made;
  } finally {
    world.depth--;
  }
}

/** Mostly itself; else with another number in it, or a small change. */
function changed(made, rare) {
  if (rare.next() >= varied) return made;
  const numbers = plan.facts.constants.integer;
  if (typeof made === 'number') return made + rare.pick([1, -1]);
  if (typeof made !== 'string') return made;
  const runs = [...made.matchAll(/\d+/g)];
  if (runs.length === 0 || numbers.length === 0 || rare.next() < 0.4) return edited(made, rare);
  const run = rare.pick(runs);
  const number = String(Math.abs(rare.pick(numbers) + rare.pick([0, 0, 1, -1]))).padStart(run[0].length, '0');
  return made.slice(0, run.index) + number + made.slice(run.index + run[0].length);
}

/** Arguments as a test has them, made anew for each call. */
function givenCall(rare) {
  try {
    return new Function(`"use strict"; return [${rare.pick(plan.facts.calls)}];`)().map((one) => changed(one, rare));
  } catch {
    return [];
  }
}

function edited(text, rare) {
  const at = Math.floor(rare.next() * (text.length + 1));
  const [before, here, rest] = [text.slice(0, at), text.slice(at, at + 1), text.slice(at + 1)];
  return rare.pick([
    before + rest,
    before + here + here + rest,
    `${before} ${here}${rest}`,
    before + here.toUpperCase() + rest,
    text + text,
    ` ${text}`,
    `${text}1`,
    `a${text}b`,
    `${text}a${text}`,
    `${text}\n`,
    before,
  ]);
}

const classes = new Map();
function errorClass(name) {
  if (!classes.has(name)) {
    const made = { [name]: class extends Error {} }[name];
    Object.defineProperty(made.prototype, 'name', { value: name, configurable: true, writable: true });
    classes.set(name, made);
  }
  return classes.get(name);
}

module.exports = {
  ...proxies,
  ofType,
  begin,
  value,
  decide,
  random,
  randomAt,
  items,
  givenCall,
  types,
  members,
  isCalled,
  base,
  now: () => world,
};
proxies.use(module.exports);
