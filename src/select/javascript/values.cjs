/**
 * Values as trees of JSON, so that they leave one interpreter and enter another with nothing of it run.
 *
 * null, booleans, texts and plain numbers are themselves; all else is a list whose first part says what it is:
 * ["a", items], ["o", pairs], ["c", class, pairs], ["m", pairs] a Map, ["t", items] a Set, ["d", ms] a Date, ["r", source, flags], ["y", class, numbers] a typed array, ["e", name, message], ["b", digits] a
 * bigint, ["n", "NaN" | "-0" | …], ["u"], ["h"] a hole, ["i", items, more] what an iterator gives, ["x", levels] the value so many levels above, ["p", value] a promise of it, ["f", type] what has no
 * text, ["l"] too much.
 *
 * What is needed of the language is taken before a candidate is loaded, which may then change it.
 */
'use strict';
/** As `winnow_typed.py` has them. */
const mostNodes = 1_000_000;
const mostDepth = 90;
const mostElements = 1_000;

const { getPrototypeOf, keys: keysOf, getOwnPropertyDescriptor: descriptorOf } = Object;
const { isArray } = Array;
const { is } = Object;
const { apply } = Reflect;
const text = String;
const call = Function.prototype.call;
const uncurried = (method) => call.bind(method);
const tagOf = uncurried(Object.prototype.toString);
const mapEach = uncurried(Map.prototype.forEach);
const setEach = uncurried(Set.prototype.forEach);
const { getTime } = Date.prototype;
const bigText = uncurried(BigInt.prototype.toString);
const slice = uncurried(Array.prototype.slice);
const typedTag = descriptorOf(getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag).get;
const typedLength = descriptorOf(getPrototypeOf(Uint8Array.prototype), 'length').get;
const sourceOf = descriptorOf(RegExp.prototype, 'source').get;
const flagsOf = descriptorOf(RegExp.prototype, 'flags').get;
const mapSize = descriptorOf(Map.prototype, 'size').get;
const setSize = descriptorOf(Set.prototype, 'size').get;
const iterator = Symbol.iterator;
const objectPrototype = Object.prototype;

class TooMuch {}

/** Whether a getter of the language's own takes it: what it says of itself by `constructor` or `Symbol.toStringTag` does not count. */
const takes = (getter, value) => {
  try {
    apply(getter, value, []);
    return true;
  } catch {
    return false;
  }
};

function tell(value) {
  let nodes = 0;
  const open = [];
  const write = (it, depth) => {
    if (++nodes > mostNodes || depth > mostDepth) throw new TooMuch();
    switch (typeof it) {
      case 'string':
      case 'boolean':
        return it;
      case 'number':
        return is(it, -0) ? ['n', '-0'] : it - it === 0 ? it : ['n', text(it)];
      case 'undefined':
        return ['u'];
      case 'bigint':
        return ['b', bigText(it)];
      case 'symbol':
      case 'function':
        return ['f', typeof it];
    }
    if (it === null) return null;
    for (let at = open.length - 1; at >= 0; at--) if (open[at] === it) return ['x', open.length - at];
    open[open.length] = it;
    try {
      return object(it, depth + 1);
    } catch (error) {
      if (error instanceof TooMuch || isStop(error)) throw error;
      return ['f', 'object'];
    } finally {
      open.length--;
    }
  };
  const list = (items, depth) => {
    const made = [];
    for (let at = 0; at < items.length; at++) made[at] = write(items[at], depth);
    return made;
  };
  const fields = (it, depth) => {
    const made = [];
    const keys = keysOf(it);
    for (let at = 0; at < keys.length; at++) made[at] = [keys[at], write(it[keys[at]], depth)];
    return made;
  };
  const object = (it, depth) => {
    if (isArray(it)) {
      if (it.length > mostNodes) throw new TooMuch();
      const made = [];
      for (let at = 0; at < it.length; at++) made[at] = at in it ? write(it[at], depth) : ['h'];
      return ['a', made];
    }
    if (takes(mapSize, it)) {
      const pairs = [];
      mapEach(it, (one, key) => {
        pairs[pairs.length] = [write(key, depth), write(one, depth)];
      });
      return ['m', pairs];
    }
    if (takes(setSize, it)) {
      const items = [];
      setEach(it, (one) => {
        items[items.length] = write(one, depth);
      });
      return ['t', items];
    }
    const prototype = getPrototypeOf(it);
    if (prototype === objectPrototype || prototype === null) return ['o', fields(it, depth)];
    const array = apply(typedTag, it, []);
    if (array !== undefined) {
      if (apply(typedLength, it, []) > mostNodes) throw new TooMuch();
      return ['y', array, list(slice(it), depth)];
    }
    const tag = tagOf(it);
    if (tag === '[object Date]' && takes(getTime, it)) return ['d', write(apply(getTime, it, []), depth)];
    if (tag === '[object RegExp]') return ['r', apply(sourceOf, it, []), apply(flagsOf, it, [])];
    if (tag === '[object Error]') return ['e', named(it), typeof it.message === 'string' ? it.message : ''];
    if (typeof it.next === 'function' && typeof it[iterator] === 'function') return iterated(it, depth);
    return ['c', classOf(prototype), fields(it, depth)];
  };
  const iterated = (it, depth) => {
    const made = [];
    for (let at = 0; at < mostElements; at++) {
      let step;
      try {
        step = it.next();
      } catch (error) {
        if (isStop(error)) throw error;
        return ['i', made, named(error)];
      }
      if (step.done) return ['i', made, ''];
      made[at] = write(step.value, depth);
    }
    return ['i', made, '...'];
  };
  try {
    return write(value, 0);
  } catch (error) {
    if (error instanceof TooMuch || error instanceof RangeError) return ['l'];
    throw error;
  }
}

/** What ends a call from outside. */
const isStop = (error) => error !== null && typeof error === 'object' && error.code === 'ERR_SCRIPT_EXECUTION_TIMEOUT';

function named(error) {
  try {
    const { name } = error;
    return typeof name === 'string' && name !== '' ? name.slice(0, 80) : typeof error;
  } catch {
    return 'object';
  }
}

function classOf(prototype) {
  const held = descriptorOf(prototype, 'constructor')?.value;
  const name = typeof held === 'function' ? descriptorOf(held, 'name')?.value : undefined;
  return typeof name === 'string' ? name.slice(0, 80) : '';
}

/** A question that a tree has no answer to. */
class Unknown extends Error {}

const unknown = (what) =>
  new Proxy(() => {}, {
    get(_target, key) {
      if (key === 'then') return undefined;
      throw new Unknown(`${what} ${text(key)}`);
    },
    apply() {
      throw new Unknown(`${what} ()`);
    },
    ownKeys() {
      throw new Unknown(`${what} keys`);
    },
    getOwnPropertyDescriptor() {
      throw new Unknown(`${what} keys`);
    },
  });

const classes = new Map();

/** An object of a class of this name; its methods are not known. */
function ofClass(name, pairs) {
  if (!classes.has(name)) {
    const made = { [name]: class {} }[name];
    Object.setPrototypeOf(
      made.prototype,
      new Proxy(
        {},
        {
          get(target, key) {
            if (typeof key === 'symbol' || key === 'then' || key === 'toJSON' || key in objectPrototype)
              return target[key];
            throw new Unknown(`${name}.${key}`);
          },
        },
      ),
    );
    classes.set(name, made);
  }
  return Object.assign(
    Object.create(classes.get(name).prototype),
    Object.fromEntries(pairs.map(([key, it]) => [key, make(it)])),
  );
}

function* iteration(items, more) {
  for (const one of items) yield make(one);
  if (more === '...') throw new Unknown('elements beyond those that are kept');
  if (more !== '') throw errorOf(more, '');
}

function errorOf(name, message) {
  const known = globalThis[name];
  const kind = typeof known === 'function' && (known === Error || known.prototype instanceof Error) ? known : Error;
  const made = new kind(message);
  if (made.name !== name) Object.defineProperty(made, 'name', { value: name, configurable: true, writable: true });
  return made;
}

const numbers = {
  NaN: Number.NaN,
  '-0': -0,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
};

function make(tree) {
  if (!isArray(tree)) return tree;
  const [tag, one, two] = tree;
  switch (tag) {
    case 'a': {
      const made = new Array(one.length);
      for (let at = 0; at < one.length; at++)
        if (one[at]?.[0] !== 'h' || typeof one[at] === 'string') made[at] = make(one[at]);
      return made;
    }
    case 'o': {
      const made = {};
      for (const [key, it] of one)
        Object.defineProperty(made, key, { value: make(it), writable: true, enumerable: true, configurable: true });
      return made;
    }
    case 'c':
      return ofClass(one, two);
    case 'm':
      return new Map(one.map(([key, it]) => [make(key), make(it)]));
    case 't':
      return new Set(one.map(make));
    case 'd':
      return new Date(make(one));
    case 'r':
      return new RegExp(one, two);
    case 'y':
      return globalThis[one].from(two.map(make));
    case 'e':
      return errorOf(one, two);
    case 'b':
      return BigInt(one);
    case 'n':
      return numbers[one];
    case 'u':
      return undefined;
    case 'i':
      return iteration(one, two);
    case 'p':
      return Promise.resolve(make(one));
    default:
      return unknown(tag === 'f' ? one : 'value');
  }
}

/** Whether a tree stands for its value and for nothing else. */
function isWhole(tree) {
  if (!isArray(tree)) return true;
  const [tag, one, two] = tree;
  if ('fxlcip'.includes(tag)) return false;
  if (tag === 'a' || tag === 't') return one.every(isWhole);
  if (tag === 'o' || tag === 'm') return one.every(([key, it]) => isWhole(key) && isWhole(it));
  return tag !== 'y' || two.every(isWhole);
}

module.exports = { tell, make, isWhole, named, errorOf, Unknown, isStop };
