/**
 * Objects of no known class: they can be read, called, constructed, gone over and turned into text, and take on a value for each thing asked of them.
 *
 * An instance is a proxy over a function without properties of its own, so it may stand for a function and a class as well. What its members and
 * results are, is told by the text of the value: `user` gives `user.name`, `load` gives `load()`. It has no `then` unless the program calls one: awaiting it gives
 * itself.
 */
'use strict';
const { within } = require('./kept.cjs');
const injections = require('./injections.cjs');
const library = require('./library.cjs');

const states = new WeakMap();
const { has: hasOf, get: getOf } = WeakMap.prototype;
const { apply, get, ownKeys, deleteProperty } = Reflect;
const { bind } = Function.prototype;
const objectPrototype = Object.prototype;
const functionPrototype = Function.prototype;
/** Results that a call gives one by one; past that it gives the last again. */
const mostResults = 1_000;

const isInstance = (it) =>
  (typeof it === 'function' || typeof it === 'object') && it !== null && apply(hasOf, states, [it]);
const stateOf = (it) => apply(getOf, states, [it]);

/** Members that libraries and engines look for, and that mean something if they are there. */
const absent = { __proto__: null };
for (const key of [
  'toJSON',
  'inspect',
  'nodeType',
  '$$typeof',
  'asymmetricMatch',
  '__esModule',
  '__proto__',
  '_isMockFunction',
  'callee',
  'caller',
  'arguments',
])
  absent[key] = true;
const isAbsent = (key) => key in absent;

const childText = (state, key) => (state.what === '{}' ? (state.names?.[key] ?? key) : `${state.what}.${key}`);

function child(state, key) {
  const what = childText(state, key);
  const { file } = state;
  const site = file.siteOf(what) ?? file.memberOf(key) ?? file.siteOf(`${state.what}[]`);
  const given = state.fields?.[key] ?? site?.guess ?? null;
  if (state.depth > 3 * injections.deepest) return undefined;
  const place = site ?? state;
  return injections.value(given, {
    kind: 'attribute',
    what,
    path: state.path,
    file,
    line: place.line,
    column: place.column,
    root: state.root,
    depth: state.depth + 1,
    nth: state.nth,
  });
}

function result(state, what, kind, inner, nth = state.nth) {
  const site = state.file.siteOf(what) ?? state.file.callOf(injections.lastName(what));
  const place = site ?? state;
  return injections.value(inner ?? site?.guess ?? null, {
    kind,
    what,
    path: state.path,
    file: state.file,
    line: place.line,
    column: place.column,
    root: state.root,
    depth: state.depth + 1,
    nth,
  });
}

function items(state) {
  if (state.items === undefined) {
    state.items = [];
    const count = state.depth >= injections.deepest ? 0 : state.count || 2;
    for (let at = 0; at < count; at++)
      state.items[at] = result(state, `${state.what}[]`, 'item', state.inner, (state.nth ?? 0) + at);
  }
  return state.items;
}

function* over(state) {
  const list = within(() => items(state));
  for (let at = 0; at < list.length; at++) yield list[at];
}

/** What JSON and text make of it: what the program put there. */
function plain(state) {
  const it = {};
  for (const key of ownKeys(state.values)) {
    const held = state.values[key];
    if (typeof key === 'string' && (typeof held !== 'function' || isInstance(held)))
      it[key] = isInstance(held) ? `<${injections.shown(stateOf(held).what)}>` : held;
  }
  return it;
}

function primitive(state, hint) {
  if (hint === 'number') return 1;
  return injections.lastName(state.what);
}

function memberOfThis(state, key) {
  const site = state.file.siteOf(`this.${key}`) ?? state.file.memberOf(key);
  const place = site ?? state;
  return injections.value(site?.guess ?? null, {
    kind: 'attribute',
    what: `this.${key}`,
    path: state.path,
    file: state.file,
    line: place.line,
    column: place.column,
    root: state.root,
    depth: state.depth + 1,
  });
}

/** The prototype of what a class that extends an instance makes: members that no class has are missing. */
function prototypeOf(state) {
  state.prototype ??= new Proxy(Object.create(objectPrototype), {
    get(target, key, receiver) {
      if (key in target) return get(target, key, receiver);
      if (typeof key !== 'string' || isAbsent(key) || key === 'then') return undefined;
      state.members ??= { __proto__: null };
      const own = state.members;
      if (!(key in own)) own[key] = within(() => memberOfThis(state, key));
      return own[key];
    },
  });
  return state.prototype;
}

const symbols = {
  [Symbol.toPrimitive]: (state) => (hint) => within(() => primitive(state, hint)),
  [Symbol.iterator]: (state) => () => over(state),
  [Symbol.asyncIterator]: (state) =>
    async function* () {
      yield* over(state);
    },
  [Symbol.hasInstance]: () => (it) => isInstance(it),
  [Symbol.for('nodejs.util.inspect.custom')]: (state) => () => within(() => `<${injections.shown(state.what)}>`),
};

const members = {
  __proto__: null,
  toString: (state) => () => within(() => injections.lastName(state.what)),
  toLocaleString: (state) => () => within(() => injections.lastName(state.what)),
  valueOf: (_state, proxy) => () => proxy,
  hasOwnProperty: (state) => (key) => key in state.values || injections.truth(),
  propertyIsEnumerable: (state) => (key) => key in state.values,
  isPrototypeOf: () => () => false,
  call: () => functionPrototype.call,
  apply: () => functionPrototype.apply,
  bind: () => functionPrototype.bind,
  constructor: () => Object,
  prototype: (state) => prototypeOf(state),
  toJSON: (state) => () => within(() => plain(state)),
};

function knownKeys(state) {
  const keys = ownKeys(state.values);
  for (const key of Object.keys(state.fields ?? {})) if (!(key in state.values)) keys[keys.length] = key;
  for (const key of state.file.membersOf(state.what)) if (!keys.includes(key)) keys[keys.length] = key;
  return keys;
}

/** What a library's function makes its result of. */
const waysOf = (state, what) => ({
  isGuess: isInstance,
  guess: () => result(state, `${what}[]`, 'item', { type: 'instance', from: 'nothing', why: ['it begins as nothing'] }),
  setter: () =>
    result(state, `set by ${what}`, 'item', { type: 'callable', from: 'library', why: ['a state is set by it'] }),
});

/** A result that is made of what the program gave. */
function noted(state, what, given) {
  const { line, column } = state.file.siteOf(what) ?? state;
  const type = Array.isArray(given) ? 'tuple' : typeof given === 'function' ? 'callable' : 'instance';
  const origin = { kind: 'call', what, path: state.path, line, column, root: state.root };
  injections.noted(origin, type, injections.describe(given), 'library', 'made of what it was given');
  return given;
}

/** A member that was not asked for before. */
function memberOf(state, key, proxyOf) {
  if (typeof key === 'symbol') return symbols[key]?.(state);
  if (/^\d+$/.test(key)) return items(state)[key];
  const { file } = state;
  if (key === 'then' || key === 'catch' || key === 'finally') {
    if (!file.has(childText(state, key))) return undefined;
    const promise = Promise.resolve(result(state, `${state.what} awaited`, 'item', state.inner));
    return promise[key].bind(promise);
  }
  const isAsked = file.has(childText(state, key));
  if (!isAsked || key === 'prototype' || key === 'call' || key === 'apply' || key === 'bind') {
    const make = members[key];
    if (make !== undefined) return make(state, proxyOf());
    if (isAbsent(key)) return undefined;
    if (key === 'length') return items(state).length;
  }
  const it = child(state, key);
  state.values[key] = it;
  return it;
}

function called(state, args) {
  const what = `${state.what}()`;
  const given = library.gives(injections.lastName(state.what), state.root, args, waysOf(state, what));
  if (given !== undefined) return noted(state, what, given);
  const known = state.file.siteOf(what)?.guess ?? null;
  // Decorators and wrappers give what they are given.
  const isOpen =
    (known === null || known.type === 'instance' || known.type === 'callable') && state.inner === undefined;
  if (isOpen && args.length === 1 && typeof args[0] === 'function' && !isInstance(args[0]) && !known?.why?.length)
    return args[0];
  if (state.results > mostResults) return state.last;
  state.results++;
  state.last = result(state, what, 'call', state.inner);
  return state.last;
}

function describedBy(state, key, proxy) {
  if (typeof key === 'symbol' ? !(key in state.values) : !knownKeys(state).includes(key)) return undefined;
  return { __proto__: null, value: proxy[key], writable: true, enumerable: true, configurable: true };
}

/** What the program may ask often is answered first, without a look at what it made of the language. */
const handler = (state, proxyOf) => ({
  get: (_target, key) => (key in state.values ? state.values[key] : within(() => memberOf(state, key, proxyOf))),
  set(_target, key, it) {
    state.values[key] = it;
    return true;
  },
  defineProperty(_target, key, descriptor) {
    state.values[key] = 'value' in descriptor ? descriptor.value : undefined;
    return true;
  },
  deleteProperty: (_target, key) => deleteProperty(state.values, key),
  has: (_target, key) => key in state.values || (typeof key === 'string' && injections.truth()),
  ownKeys: () => within(() => knownKeys(state)),
  getOwnPropertyDescriptor: (_target, key) => within(() => describedBy(state, key, proxyOf())),
  getPrototypeOf: () => objectPrototype,
  setPrototypeOf: () => true,
  preventExtensions: () => false,
  isExtensible: () => true,
  apply: (_target, _self, args) => within(() => called(state, args)),
  construct(_target, _args, made) {
    if (made !== proxyOf() && typeof made === 'function' && made.prototype)
      return within(() => Object.create(made.prototype));
    const guess = { type: 'instance', from: 'use', why: ['it is constructed'] };
    return within(() => result(state, `new ${state.what}()`, 'call', guess));
  },
});

/** @param origin as for a value @param guess may name its fields, and what it gives */
function make(origin, guess) {
  if (/^[A-Z]\w*(Error|Exception)$/.test(origin.what) && (guess.type === 'class' || guess.type === 'instance')) {
    const named = { [origin.what]: class extends Error {} }[origin.what];
    Object.defineProperty(named.prototype, 'name', { value: origin.what, configurable: true, writable: true });
    return named;
  }
  const state = {
    ...origin,
    type: guess.type,
    values: { __proto__: null },
    fields: guess.fields,
    inner: guess.inner,
    count: guess.count,
    results: 0,
    last: undefined,
    items: undefined,
    prototype: undefined,
    members: undefined,
  };
  // A bound class can be called and constructed, and has no `prototype` that could not be told otherwise.
  const target = bind.call(class {}, null);
  delete target.name;
  delete target.length;
  const proxy = new Proxy(
    target,
    handler(state, () => proxy),
  );
  states.set(proxy, state);
  return proxy;
}

/** What a trace tells in the place of a value that was made up; null: it is the program's own. */
function madeUp(it) {
  const state = stateOf(it);
  return state === undefined ? null : { type: state.type ?? 'instance', text: injections.shown(state.what) };
}

module.exports = { make, isInstance, madeUp, stateOf };
injections.use(module.exports);
