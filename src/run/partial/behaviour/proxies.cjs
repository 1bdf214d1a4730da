/**
 * Stand-ins that are proxies: they can be read, called, constructed, gone over and turned into text, and take on a value for each thing asked of them (`stands.cjs` chooses it).
 *
 * What is written to them, and calls of which nobody uses the result, are effects. One that the text never calls is no function, so that `typeof` says what it would of an object.
 */
'use strict';
const plan = require('./plan.json');

/** A call that gives something each time is to end in a loop: after so many alike, it gives nothing. */
const turnsOfCall = 4;
const mostEffects = 200;
const logs = /(^|\.)_?(log|logger|logging|console|debug)(\.|\(|$)/i;

/** `stands.cjs`, which needs this file as well. */
let values = null;

const states = new WeakMap();
const isStand = (it) => (typeof it === 'function' || typeof it === 'object') && it !== null && states.has(it);
const placeOf = (it) => states.get(it).place;
const absent = new Set([
  'toJSON',
  'inspect',
  'nodeType',
  '$$typeof',
  'asymmetricMatch',
  '__esModule',
  '__proto__',
  'then',
  'catch',
  'finally',
]);

function effect(text) {
  if (values.now().effects.length < mostEffects && !logs.test(text.split('(')[0]))
    values.now().effects.push(text.slice(0, 500));
}

function calledAt(state, args) {
  const { canon } = require('./canon.cjs');
  const told = args.map((one) => canon(one)).join(', ');
  const place = `${state.place}(${told.length < 300 ? told : `${told.slice(0, 200)}#${Math.floor(values.random(told).next() * 1e9)}`})`;
  const name = /([\w$]+)$/.exec(state.place)?.[1] ?? '';
  if (plan.facts.discarded.includes(name)) effect(place);
  if (values.now().turn >= 0 && values.now().depth < 2)
    for (const one of args) {
      if (typeof one !== 'function' || isStand(one) || /^class\b/.test(Function.prototype.toString.call(one))) continue;
      // What is called with a function may call it: once, so that its body has a part in what comes.
      values.now().depth++;
      try {
        const given = Array.from({ length: Math.min(one.length, 4) }, (_, at) =>
          givenBack(`${state.place} gives ${at}`),
        );
        effect(`${state.place} calls back: ${canon(one(...given))}`);
      } catch (error) {
        if (error?.winnowEnd) throw error;
        effect(`${state.place} calls back: ${error?.constructor?.name}!`);
      } finally {
        values.now().depth--;
      }
    }
  const count = (values.now().calls.get(place) ?? 0) + 1;
  values.now().calls.set(place, count);
  return [place, count];
}

/** What somebody who calls back gives is anything: an error or none, a value or its lack. */
function givenBack(place) {
  const rare = values.randomAt(place);
  return values.ofType(
    rare.pick(['none', 'instance', 'none', 'boolean', 'text', 'integer', 'error']),
    place,
    'given',
    rare,
    false,
  );
}

const wellKnown = new Set(Object.getOwnPropertyNames(Symbol).map((name) => Symbol[name]));
wellKnown.add(Symbol.for('nodejs.util.inspect.custom'));

const handler = {
  get(target, key) {
    const state = states.get(target.proxy());
    if (typeof key === 'symbol') {
      if (wellKnown.has(key)) return symbols[key]?.(state);
      return state.own.has(key) ? state.own.get(key) : values.value(`${state.place}[${String(key)}]`, String(key));
    }
    const place = /^\d+$/.test(key) ? `${state.place}[${key}]` : `${state.place}.${key}`;
    if (values.now().writes.has(place)) return values.now().writes.get(place);
    if (state.own.has(key)) return state.own.get(key);
    const short = /^\d+$/.test(key) ? `${state.short}[]` : `${state.short}.${key}`;
    if (key === 'then' && values.types.has(`${state.short}.then`)) {
      const promise = Promise.resolve(values.value(`await ${state.place}`, `${state.short} awaited`));
      return promise.then.bind(promise);
    }
    if (key in known && !values.isCalled(short)) return known[key](state, target.proxy());
    if (absent.has(key)) return undefined;
    if (key === 'length' && !values.types.has(short)) return list(state).length;
    return values.value(place, short);
  },
  set(target, key, it) {
    const state = states.get(target.proxy());
    if (typeof key === 'symbol') state.own.set(key, it);
    else values.now().writes.set(/^\d+$/.test(key) ? `${state.place}[${key}]` : `${state.place}.${key}`, it);
    return true;
  },
  defineProperty(target, key, descriptor) {
    const state = states.get(target.proxy());
    if (values.now().turn < 0) state.own.set(key, descriptor.value);
    else if (typeof key === 'string') values.now().writes.set(`${state.place}.${key}`, descriptor.value);
    return true;
  },
  deleteProperty(target, key) {
    effect(`delete ${states.get(target.proxy()).place}.${String(key)}`);
    return true;
  },
  has: (target, key) => typeof key === 'string' && values.decide(`${key} in ${states.get(target.proxy()).place}`),
  ownKeys: (target) => [...(values.members.get(states.get(target.proxy()).short) ?? [])],
  getOwnPropertyDescriptor(target, key) {
    const state = states.get(target.proxy());
    if (typeof key !== 'string' || !(values.members.get(state.short) ?? []).includes(key)) return undefined;
    return { value: target.proxy()[key], writable: true, enumerable: true, configurable: true };
  },
  getPrototypeOf: () => Object.prototype,
  setPrototypeOf: () => true,
  preventExtensions: () => false,
  isExtensible: () => true,
  apply(target, _self, args) {
    const state = states.get(target.proxy());
    // While a file is loaded, what is called with a function is most often something that gives it back.
    if (values.now().turn < 0 && args.length === 1 && typeof args[0] === 'function' && !isStand(args[0]))
      return args[0];
    const [place, count] = calledAt(state, args);
    return count > turnsOfCall && !isStand(values.value(place, `${state.short}()`))
      ? undefined
      : values.value(place, `${state.short}()`);
  },
  construct(target, args, made) {
    const state = states.get(target.proxy());
    if (typeof made === 'function' && made !== target.proxy() && made.prototype) return Object.create(made.prototype);
    const [place] = calledAt({ ...state, place: `new ${state.place}` }, args);
    return stand(place, `new ${state.short}()`, false);
  },
};

const list = (state) => values.items(state.place, state.short, values.randomAt(`# ${state.place}`), false);

const symbols = {
  [Symbol.toPrimitive]: (state) => (hint) =>
    hint === 'number' ? values.randomAt(`number ${state.place}`).pick(values.base.integer) : `<${state.place}>`,
  [Symbol.iterator]: (state) => () => list(state)[Symbol.iterator](),
  [Symbol.asyncIterator]: (state) =>
    async function* () {
      yield* list(state);
    },
  [Symbol.hasInstance]: (state) => (it) => values.decide(`${require('./canon.cjs').canon(it)} is a ${state.place}`),
};

const known = {
  __proto__: null,
  toString: (state) => () => `<${state.place}>`,
  toLocaleString: (state) => () => `<${state.place}>`,
  valueOf: (_state, proxy) => () => proxy,
  hasOwnProperty: (state) => (key) => values.decide(`${String(key)} in ${state.place}`),
  call: () => Function.prototype.call,
  apply: () => Function.prototype.apply,
  bind: () => Function.prototype.bind,
  constructor: () => Object,
  prototype: (state) => prototypeOf(state),
};

/** Members that no class of the file has are missing ones. */
function prototypeOf(state) {
  state.prototype ??= lacking(Object.create(Object.prototype), 'this');
  return state.prototype;
}

/** An object that gives for each member that it lacks what stands at its place. */
function lacking(made, place) {
  return new Proxy(made, {
    get(target, key, receiver) {
      if (key in target || typeof key !== 'string' || absent.has(key) || values.now() === null)
        return Reflect.get(target, key, receiver);
      const own = `${place}.${key}`;
      return values.now().writes.has(own) ? values.now().writes.get(own) : values.value(own, own);
    },
  });
}

function stand(place, short, isFunction) {
  const target = isFunction ? Function.prototype.bind.call(class {}, null) : {};
  if (isFunction) {
    delete target.name;
    delete target.length;
  }
  const proxy = new Proxy(target, handler);
  Object.defineProperty(target, 'proxy', { value: () => proxy, configurable: true });
  states.set(proxy, { place, short, own: new Map(), prototype: undefined });
  return proxy;
}

module.exports = {
  stand,
  isStand,
  placeOf,
  effect,
  lacking,
  use(given) {
    values = given;
  },
};
