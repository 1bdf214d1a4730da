/**
 * Objects of no known class: they can be read, called, constructed, gone over and turned into text, and take on a value for each thing asked of them.
 *
 * An instance is a proxy over a function without properties of its own, so it may stand for a function and a class as well. What its members and
 * results are, is told by the text of the value: `user` gives `user.name`, `load` gives `load()`. It has no `then` unless the program calls one: awaiting it gives
 * itself.
 */
'use strict';
const injections = require('./injections.cjs');
const library = require('./library.cjs');

const states = new WeakMap();
const { bind } = Function.prototype;
const objectPrototype = Object.prototype;
const functionPrototype = Function.prototype;
/** Results that a call gives one by one; past that it gives the last again. */
const mostResults = 1_000;

const isInstance = (it) => (typeof it === 'function' || typeof it === 'object') && it !== null && states.has(it);

/** Members that libraries and engines look for, and that mean something if they are there. */
const absent = new Set([
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
]);

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
  const list = items(state);
  for (let at = 0; at < list.length; at++) yield list[at];
}

/** What JSON and text make of it: what the program put there. */
function plain(state) {
  const it = {};
  for (const [key, held] of state.values)
    if (typeof key === 'string' && (typeof held !== 'function' || isInstance(held)))
      it[key] = isInstance(held) ? `<${injections.shown(states.get(held).what)}>` : held;
  return it;
}

function primitive(state, hint) {
  if (hint === 'number') return 1;
  return injections.lastName(state.what);
}

/** The prototype of what a class that extends an instance makes: members that no class has are missing. */
function prototypeOf(state) {
  state.prototype ??= new Proxy(Object.create(objectPrototype), {
    get(target, key, receiver) {
      if (key in target) return Reflect.get(target, key, receiver);
      if (typeof key !== 'string' || absent.has(key) || key === 'then') return undefined;
      state.members ??= new Map();
      const own = state.members;
      if (!own.has(key)) {
        const site = state.file.siteOf(`this.${key}`) ?? state.file.memberOf(key);
        const place = site ?? state;
        own.set(
          key,
          injections.value(site?.guess ?? null, {
            kind: 'attribute',
            what: `this.${key}`,
            path: state.path,
            file: state.file,
            line: place.line,
            column: place.column,
            root: state.root,
            depth: state.depth + 1,
          }),
        );
      }
      return own.get(key);
    },
  });
  return state.prototype;
}

const symbols = {
  [Symbol.toPrimitive]: (state) => (hint) => primitive(state, hint),
  [Symbol.iterator]: (state) => () => over(state),
  [Symbol.asyncIterator]: (state) =>
    async function* () {
      yield* over(state);
    },
  [Symbol.hasInstance]: () => (it) => isInstance(it),
  [Symbol.for('nodejs.util.inspect.custom')]: (state) => () => `<${injections.shown(state.what)}>`,
};

const members = {
  __proto__: null,
  toString: (state) => () => injections.lastName(state.what),
  toLocaleString: (state) => () => injections.lastName(state.what),
  valueOf: (_state, proxy) => () => proxy,
  hasOwnProperty: (state) => (key) => state.values.has(key) || injections.truth(),
  propertyIsEnumerable: (state) => (key) => state.values.has(key),
  isPrototypeOf: () => () => false,
  call: () => functionPrototype.call,
  apply: () => functionPrototype.apply,
  bind: () => functionPrototype.bind,
  constructor: () => Object,
  prototype: (state) => prototypeOf(state),
  toJSON: (state) => () => plain(state),
};

function knownKeys(state) {
  const keys = [...state.values.keys()];
  for (const key of Object.keys(state.fields ?? {})) if (!state.values.has(key)) keys[keys.length] = key;
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

const handler = (state, proxyOf) => ({
  get(_target, key) {
    if (state.values.has(key)) return state.values.get(key);
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
      if (absent.has(key)) return undefined;
      if (key === 'length') return items(state).length;
    }
    const it = child(state, key);
    state.values.set(key, it);
    return it;
  },
  set(_target, key, it) {
    state.values.set(key, it);
    return true;
  },
  defineProperty(_target, key, descriptor) {
    state.values.set(key, 'value' in descriptor ? descriptor.value : undefined);
    return true;
  },
  deleteProperty(_target, key) {
    state.values.delete(key);
    return true;
  },
  has: (_target, key) => state.values.has(key) || (typeof key === 'string' && injections.truth()),
  ownKeys: () => knownKeys(state),
  getOwnPropertyDescriptor(_target, key) {
    if (typeof key !== 'symbol' && !knownKeys(state).includes(key)) return undefined;
    if (typeof key === 'symbol' && !state.values.has(key)) return undefined;
    return { value: proxyOf()[key], writable: true, enumerable: true, configurable: true };
  },
  getPrototypeOf: () => objectPrototype,
  setPrototypeOf: () => true,
  preventExtensions: () => false,
  isExtensible: () => true,
  apply(_target, _self, args) {
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
  },
  construct(_target, _args, made) {
    if (made !== proxyOf() && typeof made === 'function' && made.prototype) return Object.create(made.prototype);
    const it = result(state, `new ${state.what}()`, 'call', {
      type: 'instance',
      from: 'use',
      why: ['it is constructed'],
    });
    return it;
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
    values: new Map(),
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
  const state = states.get(it);
  return state === undefined ? null : { type: state.type ?? 'instance', text: injections.shown(state.what) };
}

module.exports = { make, isInstance, madeUp, stateOf: (it) => states.get(it) };
injections.use(module.exports);
