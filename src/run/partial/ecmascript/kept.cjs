/**
 * What the language brings along, as it was before the program began: a program may put something else in the place of `Array.prototype.map`, and what is
 * told of it is to be told all the same. Loaded first.
 */
'use strict';
const names =
  'Array Object String Number Boolean Map Set WeakMap WeakSet Symbol Proxy Reflect JSON RegExp Error TypeError RangeError Promise Math Function Uint8Array process';
const { ownKeys, getOwnPropertyDescriptor, defineProperty } = Reflect;
const iterators = [
  [][Symbol.iterator](),
  new Map().entries(),
  new Set().values(),
  ''[Symbol.iterator](),
  ''.matchAll(/a/g),
];
const holders = [globalThis, JSON, Reflect, Math];
for (const name of names.split(' '))
  if (typeof globalThis[name] === 'function') holders.push(globalThis[name], globalThis[name].prototype);
for (const one of iterators) holders.push(Object.getPrototypeOf(one));

const kept = [];
for (const holder of holders) {
  if (holder === undefined) continue;
  for (const key of holder === globalThis ? names.split(' ') : ownKeys(holder)) {
    const own = getOwnPropertyDescriptor(holder, key);
    if (own !== undefined && 'value' in own && own.configurable) kept[kept.length] = { holder, key, own };
  }
}

let isWithin = false;

function put(holder, key, own) {
  try {
    defineProperty(holder, key, own);
  } catch {
    // It was sealed by the program: what is there stays.
  }
}

/**
 * @param work of ours, that ends before it returns
 * @returns what it gives; meanwhile built-ins are what they were, afterwards what the program made of them
 */
function within(work) {
  if (isWithin) return work();
  const changed = [];
  let count = 0;
  for (let at = 0; at < kept.length; at++) {
    const { holder, key, own } = kept[at];
    const now = getOwnPropertyDescriptor(holder, key);
    if (now !== undefined && now.value === own.value && now.get === undefined) continue;
    // By `defineProperty`: an index that is written may meet a setter of the program's on `Array.prototype`.
    defineProperty(changed, count++, { value: { holder, key, now, own }, configurable: true });
  }
  if (count === 0) return work();
  isWithin = true;
  for (let at = 0; at < count; at++) put(changed[at].holder, changed[at].key, changed[at].own);
  try {
    return work();
  } finally {
    for (let at = 0; at < count; at++) {
      const { holder, key, now } = changed[at];
      if (now === undefined) delete holder[key];
      else put(holder, key, now);
    }
    isWithin = false;
  }
}

module.exports = { within };
