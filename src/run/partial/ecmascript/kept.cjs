/**
 * What the language brings along, as it was before the program began: a program may put something else in the place of `Array.prototype.map`, and what is
 * told of it is to be told all the same. Loaded first.
 *
 * Whoever is called by the program works `within`; whoever calls the program from there does so `outside`. Whether anything was changed is asked each time, by code that is written for it: some
 * hundred reads of constant names take a microsecond or two, where asking for descriptors takes a hundred.
 */
'use strict';
const names =
  'Array Object String Number Boolean Map Set WeakMap WeakSet Symbol Proxy Reflect JSON RegExp Error TypeError RangeError Promise Math Date Function Uint8Array Uint32Array Buffer process globalThis';
const { ownKeys, getOwnPropertyDescriptor, defineProperty, deleteProperty, setPrototypeOf } = Reflect;
const world = globalThis;
const iterators = [
  [][Symbol.iterator](),
  new Map().entries(),
  new Set().values(),
  ''[Symbol.iterator](),
  ''.matchAll(/a/g),
  (function* () {})(),
];
const holders = [world, JSON, Reflect, Math];
for (const name of names.split(' '))
  if (typeof world[name] === 'function') holders.push(world[name], world[name].prototype);
for (const one of iterators) holders.push(Object.getPrototypeOf(one));
holders.push(Object.getPrototypeOf(Object.getPrototypeOf(iterators.at(-1))));

const kept = [];
for (const holder of new Set(holders)) {
  if (holder === undefined) continue;
  for (const key of holder === world ? names.split(' ') : ownKeys(holder)) {
    const own = getOwnPropertyDescriptor(holder, key);
    if (own === undefined || !('value' in own) || !own.configurable) continue;
    // What the program adds to `Object.prototype` is no part of it.
    kept[kept.length] = { __proto__: null, holder, key, own: { __proto__: null, ...own } };
  }
}

/** What every object and list inherits: what is added there (`get`, a setter of `0`) meets whatever we make. */
const { prototype: objects } = Object;
const { prototype: lists } = Array;
const { length: ofObjects } = ownKeys(objects);
const isOwn = { __proto__: null };
for (const key of ownKeys(objects)) isOwn[key] = true;

/** For each holder, calls `told` with the number of each that is not what it was. A getter of the program's may run. Not one function: engines make none fast that is so long. */
const changes = [...new Set(kept.map(({ holder }) => holder))].map((holder) => {
  const numbers = [...kept.keys()].filter((at) => kept[at].holder === holder);
  const taken = numbers.map((at) => `const v${at}=kept[${at}].own.value,k${at}=kept[${at}].key;`).join('');
  const tests = numbers.map((at) => {
    const { key } = kept[at];
    return `if(holder[${typeof key === 'symbol' ? `k${at}` : JSON.stringify(key)}]!==v${at})told(${at});`;
  });
  return new Function('holder', 'kept', `${taken}return(told)=>{${tests.join('')}};`)(holder, kept);
});

/** Indices that are looked for on `Array.prototype`, where one of the first two is. */
const added = 16;

let isWithin = false;
let changed = null;
let count = 0;

/** By `defineProperty`: an index that is written may meet a setter of the program's on `Array.prototype`. */
function note(holder, key, own) {
  if (count === 0) changed = [];
  const now = getOwnPropertyDescriptor(holder, key);
  if (now !== undefined) setPrototypeOf(now, null);
  const value = { __proto__: null, holder, key, now, own };
  defineProperty(changed, count++, { __proto__: null, value, configurable: true, writable: true });
}
const noteNumber = (at) => note(kept[at].holder, kept[at].key, kept[at].own);

/** Built-ins are what they were, as far as the program did not seal them. */
function enter() {
  isWithin = true;
  count = 0;
  try {
    for (let at = 0; at < changes.length; at++) changes[at](noteNumber);
  } catch {
    // A getter of the program's threw in the place of a built-in: each is looked at without running it.
    count = 0;
    for (let at = 0; at < kept.length; at++) {
      const now = getOwnPropertyDescriptor(kept[at].holder, kept[at].key);
      if (now === undefined || now.value !== kept[at].own.value || now.get !== undefined) noteNumber(at);
    }
  }
  const keys = ownKeys(objects);
  for (let k = 0; k < keys.length && keys.length > ofObjects; k++)
    if (!isOwn[keys[k]]) note(objects, keys[k], undefined);
  for (let index = 0; index < added && (0 in lists || 1 in lists); index++)
    if (index in lists) note(lists, `${index}`, undefined);
  for (let at = 0; at < count; at++) {
    const { holder, key, own } = changed[at];
    if (own === undefined) deleteProperty(holder, key);
    else defineProperty(holder, key, own);
  }
}

/** They are what the program made of them. */
function leave() {
  isWithin = false;
  for (let at = 0; at < count; at++) {
    const { holder, key, now } = changed[at];
    if (now === undefined) deleteProperty(holder, key);
    else defineProperty(holder, key, now);
  }
  count = 0;
}

/**
 * @param work of ours, that ends before it returns
 * @returns what it gives; meanwhile built-ins are what they were, afterwards what the program made of them
 */
function within(work) {
  if (isWithin) return work();
  // Where the stack is full, it may end in the midst of either.
  try {
    enter();
    return work();
  } finally {
    leave();
  }
}

/** @param work of the program's, called from within. @returns what it gives */
function outside(work) {
  if (!isWithin) return work();
  try {
    leave();
    return work();
  } finally {
    enter();
  }
}

module.exports = { within, outside, world };
