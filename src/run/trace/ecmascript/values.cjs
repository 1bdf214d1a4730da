/**
 * Values as winnow.recording/1 has them, without ever running code of the program: no getter, no `toString`, no `toJSON`, no trap.
 *
 * What an object is, is asked through built-in methods that refuse any other kind; what it holds is read from its property descriptors, by
 * functions taken before the program began. A proxy is never looked into. Objects get numbers, and one is described again
 * only when what it holds has changed. Private fields (`#x`) cannot be seen from outside.
 */
'use strict';
const { types } = require('node:util');
const { getPrototypeOf, getOwnPropertyDescriptor, hasOwn, is } = Object;
const { ownKeys, apply, construct } = Reflect;
const { isArray } = Array;
const { isView } = ArrayBuffer;
const { isFinite, isNaN } = Number;
const { min } = Math;
const { stringify } = JSON;
const call = Function.prototype.call;
const uncurried = (method) => call.bind(method);
const getterOf = (of, key) => uncurried(getOwnPropertyDescriptor(of, key).get);
const slice = uncurried(String.prototype.slice);
const symbolText = uncurried(Symbol.prototype.toString);
const bigText = uncurried(BigInt.prototype.toString);
const timeOf = uncurried(Date.prototype.getTime);
const dateText = uncurried(Date.prototype.toISOString);
const regexSource = getterOf(RegExp.prototype, 'source');
const mapSize = getterOf(Map.prototype, 'size');
const setSize = getterOf(Set.prototype, 'size');
const mapEntries = uncurried(Map.prototype.entries);
const setValues = uncurried(Set.prototype.values);
const nextOfMap = uncurried(getPrototypeOf(new Map().entries()).next);
const nextOfSet = uncurried(getPrototypeOf(new Set().values()).next);
const typedPrototype = getPrototypeOf(Uint8Array.prototype);
const typedName = getterOf(typedPrototype, Symbol.toStringTag);
const typedLength = getterOf(typedPrototype, 'length');
const toStringOfAll = Object.prototype.toString;
const boxes = ['Number', 'String', 'Boolean', 'Symbol', 'BigInt'];

/** With methods of its own: those of the prototype belong to the program. */
function own(object, names) {
  const prototype = getPrototypeOf(object);
  for (const name of names) Object.defineProperty(object, name, { value: prototype[name] });
  return object;
}
const infos = own(new WeakMap(), ['get', 'set']);
const proxies = own(new WeakSet(), ['has', 'add']);

const asked = {};
for (const name of [
  'isProxy',
  'isMap',
  'isSet',
  'isDate',
  'isRegExp',
  'isPromise',
  'isWeakMap',
  'isWeakSet',
  'isAnyArrayBuffer',
  'isNativeError',
  'isArgumentsObject',
  'isGeneratorObject',
  'isMapIterator',
  'isSetIterator',
  'isModuleNamespaceObject',
  'isBoxedPrimitive',
  'isExternal',
])
  asked[name] = types[name] ?? (() => false);
if (process.versions.quickjs !== undefined) {
  // There some of these ask the object itself, or its prototypes, and a proxy among them would answer.
  const comesFrom = (prototype) => (value) => {
    for (let at = getPrototypeOf(value); at !== null && !proxies.has(at); at = getPrototypeOf(at))
      if (at === prototype) return true;
    return false;
  };
  asked.isPromise = comesFrom(Promise.prototype);
  asked.isNativeError = comesFrom(Error.prototype);
  asked.isGeneratorObject = comesFrom(getPrototypeOf(getPrototypeOf((function* () {})())));
  for (const name of ['isArgumentsObject', 'isMapIterator', 'isSetIterator', 'isModuleNamespaceObject', 'isExternal'])
    asked[name] = () => false;
  // Where the engine does not tell a proxy, each is remembered when it is made.
  asked.isProxy = proxies.has.bind(proxies);
  const noted = (proxy) => {
    proxies.add(proxy);
    return proxy;
  };
  const { revocable } = Proxy;
  globalThis.Proxy = new Proxy(Proxy, {
    construct: (target, args, made) => noted(construct(target, args, made)),
    get: (target, key) =>
      key !== 'revocable'
        ? target[key]
        : (object, handler) => {
            const both = apply(revocable, target, [object, handler]);
            noted(both.proxy);
            return both;
          },
  });
}
const { isProxy, isMap, isSet, isDate, isRegExp, isNativeError, isArgumentsObject } = asked;

const plainLeaves = [
  ['isPromise', 'Promise'],
  ['isWeakMap', 'WeakMap'],
  ['isWeakSet', 'WeakSet'],
  ['isAnyArrayBuffer', 'ArrayBuffer'],
  ['isGeneratorObject', 'Generator'],
  ['isMapIterator', 'Map Iterator'],
  ['isSetIterator', 'Set Iterator'],
  ['isModuleNamespaceObject', 'Module'],
  ['isExternal', 'External'],
];

/** Parts looked at for one statement: what is left is looked at with the next. */
const atOnce = 2_000;
/** An object with more parts than this is looked at only every so often, because asking for its keys alone takes as long as it has keys. */
const large = 1_000;
const bigDigits = 1_000;
/** Objects that are looked at once more at the end. */
const mostTold = 20_000;
const Weak = WeakRef;
const held = uncurried(WeakRef.prototype.deref);

/** @returns {string} of own data, else '' */
function nameOf(callable) {
  const found = getOwnPropertyDescriptor(callable, 'name');
  return found !== undefined && hasOwn(found, 'value') && typeof found.value === 'string' ? found.value : '';
}

function typeOf(object, otherwise) {
  const prototype = getPrototypeOf(object);
  if (prototype === null || isProxy(prototype)) return otherwise;
  const found = getOwnPropertyDescriptor(prototype, 'constructor');
  if (found === undefined || !hasOwn(found, 'value') || typeof found.value !== 'function') return otherwise;
  return isProxy(found.value) ? otherwise : nameOf(found.value) || otherwise;
}

/**
 * @param {{ items: number, text: number, depth: number }} limits
 * @param {null | ((ask: () => unknown) => unknown)} quietly runs code of the program that asks, untold; null: none is asked
 * @param {(proxy: unknown) => null | { type: string, text: string }} madeUp tells what was put into the program in the place of something missing
 */
exports.valuesFor = function valuesFor({ items, text: longest, depth: deepest }, quietly, madeUp) {
  let next = 0;
  let stamp = 0;
  let budget = 0;
  /** Rows of `object`, without frame, in the order in which they must be said. */
  let out = [];
  let late = [];
  /** Objects that were told, as long as the program keeps them. */
  const told = [];

  const named = (type, text, whole) => `{"t":${stringify(type)},"v":${stringify(text)}${whole ? `,"n":${whole}` : ''}}`;
  const cut = (type, text) =>
    text.length > longest ? named(type, slice(text, 0, longest), text.length) : named(type, text);

  function big(value) {
    const digits = bigText(value);
    return digits.length > bigDigits
      ? named('bigint', slice(digits, 0, bigDigits), digits.length)
      : named('bigint', digits);
  }

  /** @param depth objects below it that are looked into; -1: only told by its number */
  function text(value, depth = deepest) {
    switch (typeof value) {
      case 'number':
        if (!isFinite(value)) return isNaN(value) ? '{"f":"nan"}' : value > 0 ? '{"f":"inf"}' : '{"f":"-inf"}';
        return value === 0 && 1 / value < 0 ? '{"f":"-0"}' : `${value}`;
      case 'string':
        return value.length > longest ? cut('string', value) : stringify(value);
      case 'boolean':
        return value ? 'true' : 'false';
      case 'undefined':
        return '{"t":"undefined","v":"undefined"}';
      case 'bigint':
        return big(value);
      case 'symbol':
        return cut('symbol', symbolText(value));
      case 'function':
        return isProxy(value) ? proxied(value) : cut('function', nameOf(value));
      default:
        return value === null ? 'null' : object(value, depth);
    }
  }

  function proxied(value) {
    const made = madeUp(value);
    return made === null ? cut('function', '') : cut(made.type, made.text);
  }

  function object(value, depth) {
    let info = infos.get(value);
    if (info === undefined) {
      info = classified(value);
      infos.set(value, info);
    }
    if (info.form === 'leaf') return leaf(value, info);
    if (info.n === 0) {
      if (depth === 0) return `{"t":${stringify(info.type)},"v":"","n":${sizeOf(value, info)}}`;
      info.n = ++next;
      if (told.length < mostTold) told[told.length] = new Weak(value);
    }
    if (depth > 0) look(value, info, depth - 1);
    return `{"r":${info.n}}`;
  }

  function classified(value) {
    const info = { n: 0, form: 'leaf', type: '', of: '', size: -1, raw: [], keys: null, stamp: -1, waits: 0 };
    if (isProxy(value)) info.type = 'Proxy';
    else if (isArray(value)) {
      info.form = 'sequence';
      info.of = 'array';
      info.type = typeOf(value, 'Array');
    } else if (isView(value)) {
      const name = typedName(value);
      info.type = typeOf(value, name ?? 'DataView');
      if (name !== undefined) {
        info.form = 'sequence';
        info.of = 'typed';
      }
    } else if (isMap(value)) {
      info.form = info.of = 'mapping';
      info.type = typeOf(value, 'Map');
    } else if (isSet(value)) {
      info.form = info.of = 'set';
      info.type = typeOf(value, 'Set');
    } else if (isDate(value)) info.type = 'Date';
    else if (isRegExp(value)) info.type = 'RegExp';
    else if (isArgumentsObject(value)) {
      info.form = 'sequence';
      info.of = 'array';
      info.type = 'Arguments';
    } else {
      for (let at = 0; at < plainLeaves.length && info.type === ''; at++)
        if (asked[plainLeaves[at][0]](value)) info.type = plainLeaves[at][1];
      if (info.type === '' && asked.isBoxedPrimitive(value)) info.type = typeOf(value, boxes[0]);
      if (info.type === '') {
        info.form = 'record';
        info.of = isNativeError(value) ? 'error' : 'object';
        info.type = typeOf(value, info.of === 'error' ? 'Error' : 'Object');
      }
    }
    return info;
  }

  function leaf(value, { type }) {
    if (type === 'Date') {
      const time = timeOf(value);
      return named(type, isNaN(time) ? 'Invalid Date' : dateText(value));
    }
    return cut(type, type === 'RegExp' ? `/${regexSource(value)}/` : '');
  }

  function sizeOf(value, { of }) {
    if (of === 'array') return lengthOf(value);
    if (of === 'typed') return typedLength(value);
    if (of === 'mapping') return mapSize(value);
    if (of === 'set') return setSize(value);
    return ownKeys(value).length;
  }

  function lengthOf(value) {
    const found = getOwnPropertyDescriptor(value, 'length');
    return found !== undefined && typeof found.value === 'number' ? found.value : 0;
  }

  const same = is;

  /** Says what an object holds, where that is not what was said. */
  function look(value, info, depth) {
    if (info.stamp === stamp) return;
    if (info.size > large && info.of === 'object') {
      info.waits += 100;
      if (info.waits < info.size) {
        late[late.length] = value;
        return;
      }
      info.waits = 0;
    }
    if (budget <= 0) {
      late[late.length] = value;
      return;
    }
    info.stamp = stamp;
    const keys = info.form === 'mapping' || info.form === 'record' ? [] : null;
    const raw = [];
    const size = read(value, info, keys, raw);
    const count = raw.length;
    budget -= count + 1;
    const before = info.raw;
    const known = before.length;
    const isFirst = info.size < 0;
    let isWhole = isFirst || info.form === 'set' || count < known;
    let changed = isFirst || size !== info.size || count !== known;
    for (let at = 0; at < count; at++) {
      if (keys !== null && at < known && !same(keys[at], info.keys[at])) isWhole = changed = true;
      if (at >= known || !same(raw[at], before[at])) changed = true;
    }
    if (info.form === 'sequence' && !isFirst && count < known) isWhole = count > 8 ? false : isWhole;
    info.raw = raw;
    info.keys = keys;
    info.size = size;
    const rows = [];
    for (let at = 0; at < count; at++) {
      const one = raw[at];
      const isObject = typeof one === 'object' && one !== null;
      const isNew = isWhole || at >= known || !same(one, before[at]);
      if (!isNew && !isObject) continue;
      // Also what did not change is looked into: its own content may have.
      const shown = one === hole ? '{"t":"empty","v":""}' : one === getter ? '{"t":"getter","v":""}' : text(one, depth);
      if (!(changed && isNew)) continue;
      const key = keys === null ? at : text(keys[at], 0);
      rows[rows.length] = isWhole && keys === null ? shown : `[${key},${shown}]`;
    }
    if (!changed) return;
    let listed = '';
    for (let at = 0; at < rows.length; at++) listed += at === 0 ? rows[at] : `,${rows[at]}`;
    const whole = isWhole ? ',"whole":true' : '';
    const where = isWhole && keys === null ? 'items' : 'at';
    out[out.length] =
      `,"o":${info.n},"t":${stringify(info.type)},"form":"${info.form}","n":${size}${whole},"${where}":[${listed}]`;
  }

  const hole = {};
  const getter = {};

  /** The first parts of an object. @returns how many there are */
  function read(value, info, keys, raw) {
    if (info.of === 'mapping' || info.of === 'set') {
      const isPairs = info.of === 'mapping';
      const iterator = isPairs ? mapEntries(value) : setValues(value);
      while (raw.length < items) {
        const { done, value: one } = isPairs ? nextOfMap(iterator) : nextOfSet(iterator);
        if (done) break;
        if (isPairs) keys[keys.length] = one[0];
        raw[raw.length] = isPairs ? one[1] : one;
      }
      return sizeOf(value, info);
    }
    if (info.form === 'sequence') {
      const size = sizeOf(value, info);
      const count = min(size, items);
      for (let at = 0; at < count; at++)
        raw[at] = info.of === 'typed' ? value[at] : dataOf(getOwnPropertyDescriptor(value, at), value);
      return size;
    }
    const names = ownKeys(value);
    const isError = info.of === 'error';
    let left = 0;
    for (let at = 0; at < names.length && raw.length < items; at++) {
      const name = names[at];
      // Asking for an error's stack may run code of the program that formats it.
      const found = isError && name === 'stack' ? undefined : getOwnPropertyDescriptor(value, name);
      if (found === undefined || !(found.enumerable || (isError && name === 'message'))) {
        left++;
        continue;
      }
      keys[keys.length] = typeof name === 'symbol' ? symbolText(name) : name;
      raw[raw.length] = dataOf(found, value);
    }
    if (quietly !== null && raw.length < items) {
      const said = quietly(() => (value.toString === toStringOfAll ? undefined : `${value}`));
      if (typeof said === 'string') {
        keys[keys.length] = 'toString()';
        raw[raw.length] = said;
        left--;
      }
    }
    return names.length - left;
  }

  const dataOf = (found, owner) => {
    if (found === undefined) return hole;
    if (hasOwn(found, 'value')) return found.value;
    return quietly === null || found.get === undefined ? getter : quietly(() => apply(found.get, owner, []));
  };

  return {
    text,
    /** A new statement: objects are looked at once more. */
    begin() {
      stamp++;
      budget = atOnce;
    },
    /** An object that may have changed. */
    touch(value) {
      if (typeof value === 'object' && value !== null) object(value, deepest);
    },
    /** Objects that were told and are still there. */
    known() {
      const all = [];
      for (let at = 0; at < told.length; at++) {
        const one = held(told[at]);
        if (one !== undefined) all[all.length] = one;
      }
      return all;
    },
    /** Rows since the last call. */
    take() {
      const rows = out;
      if (rows.length > 0) out = [];
      return rows;
    },
    /** Objects that there was no time for. */
    takeLate() {
      const rows = late;
      if (rows.length > 0) late = [];
      return rows;
    },
    /** @returns {[string, string]} type and message of what was thrown */
    error(thrown) {
      if (typeof thrown !== 'object' || thrown === null) {
        const plain = typeof thrown === 'string' ? thrown : text(thrown);
        return [typeof thrown, plain];
      }
      if (isProxy(thrown)) return ['Proxy', ''];
      let message;
      for (let at = thrown; at !== null && !isProxy(at) && message === undefined; at = getPrototypeOf(at))
        message = getOwnPropertyDescriptor(at, 'message');
      const said = message !== undefined && hasOwn(message, 'value') && typeof message.value === 'string';
      return [typeOf(thrown, 'Object'), said ? slice(message.value, 0, longest) : ''];
    },
  };
};
