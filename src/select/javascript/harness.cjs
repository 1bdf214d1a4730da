/** What a test of JavaScript may use: `assert`, `console.assert`, `expect`, `test`. Each assertion is counted, since a test that makes none is passed by nobody. */
'use strict';
const assert = require('node:assert');

const counted = { assertions: 0 };

/** Decided here: what the engine makes of both values for its message may ask of a value what is not told of it. */
const decided = {
  ok: (it) => Boolean(it),
  // biome-ignore lint/suspicious/noDoubleEquals: loose equality is what is asked for
  equal: (one, other) => one == other || (Number.isNaN(one) && Number.isNaN(other)),
  notEqual: (one, other) => !decided.equal(one, other),
  strictEqual: Object.is,
  notStrictEqual: (one, other) => !Object.is(one, other),
};

const strictly = { ...decided, equal: Object.is, notEqual: decided.notStrictEqual };

const counting = (real, rules) =>
  new Proxy(real, {
    apply(_target, _self, args) {
      counted.assertions++;
      holds(Boolean(args[0]), 'assert');
    },
    get(target, key) {
      const it = Object.hasOwn(rules, key) ? (...args) => holds(rules[key](...args), `assert.${key}`) : target[key];
      if (typeof it !== 'function' || /^[A-Z]/.test(String(key))) return it;
      return key === 'strict'
        ? counting(it, strictly)
        : (...args) => {
            counted.assertions++;
            return Reflect.apply(it, target, args);
          };
    },
  });

const countedAssert = counting(assert, decided);

const holds = (ok, words) => {
  if (!ok) throw new assert.AssertionError({ message: words });
};
const isEqual = (one, other, isStrict) => {
  try {
    (isStrict ? assert.deepStrictEqual : assert.deepEqual)(one, other);
    return true;
  } catch (error) {
    if (error instanceof assert.AssertionError) return false;
    throw error;
  }
};

const matchers = {
  toBe: Object.is,
  toEqual: (one, other) => isEqual(one, other, true) || isEqual(plain(one), plain(other), true),
  toStrictEqual: (one, other) => isEqual(one, other, true),
  toBeCloseTo: (one, other, digits = 2) => one === other || Math.abs(one - other) < 10 ** -digits / 2,
  toBeNull: (one) => one === null,
  toBeUndefined: (one) => one === undefined,
  toBeDefined: (one) => one !== undefined,
  toBeNaN: (one) => Number.isNaN(one),
  toBeTruthy: (one) => Boolean(one),
  toBeFalsy: (one) => !one,
  toBeGreaterThan: (one, other) => one > other,
  toBeGreaterThanOrEqual: (one, other) => one >= other,
  toBeLessThan: (one, other) => one < other,
  toBeLessThanOrEqual: (one, other) => one <= other,
  toContain: (one, other) => (typeof one === 'string' ? one.includes(other) : [...one].includes(other)),
  toContainEqual: (one, other) => [...one].some((part) => isEqual(part, other, true)),
  toHaveLength: (one, other) => one.length === other,
  toMatch: (one, other) => (typeof other === 'string' ? one.includes(other) : other.test(one)),
  toThrow: (one, other) => {
    try {
      one();
    } catch (error) {
      if (error?.winnowAsks === true) throw error;
      if (other === undefined) return true;
      if (typeof other === 'function') return error instanceof other;
      if (other instanceof RegExp) return other.test(error?.message);
      return String(error?.message).includes(typeof other === 'string' ? other : other.message);
    }
    return false;
  },
};
matchers.toThrowError = matchers.toThrow;

/** Without what is undefined: `toEqual` does not look at it. */
function plain(it) {
  if (Array.isArray(it)) return it.map(plain);
  if (it === null || typeof it !== 'object' || Object.getPrototypeOf(it) !== Object.prototype) return it;
  return Object.fromEntries(Object.entries(it).flatMap(([key, one]) => (one === undefined ? [] : [[key, plain(one)]])));
}

const bound = (one, isNot) =>
  Object.fromEntries(
    Object.entries(matchers).map(([name, matches]) => [
      name,
      (...args) => {
        counted.assertions++;
        holds(Boolean(matches(one, ...args)) !== isNot, `expect: ${isNot ? 'not ' : ''}${name}`);
      },
    ]),
  );

const awaited = (promise, name) =>
  Object.fromEntries(
    Object.keys(matchers).map((matcher) => [
      matcher,
      async (...args) => {
        let it;
        try {
          it = await promise;
          if (name === 'rejects') holds(false, 'expect: it was fulfilled');
        } catch (error) {
          if (name === 'resolves' || error instanceof assert.AssertionError || error?.winnowAsks === true) throw error;
          it = matcher.startsWith('toThrow')
            ? () => {
                throw error;
              }
            : error;
        }
        bound(it, false)[matcher](...args);
      },
    ]),
  );

const expect = (one) => ({
  ...bound(one, false),
  not: bound(one, true),
  resolves: awaited(one, 'resolves'),
  rejects: awaited(one, 'rejects'),
});

const waiting = [];
const test = (_name, body) => {
  waiting.push(body());
};
const quiet = () => {};
const quietConsole = new Proxy(
  {},
  {
    get: (_target, key) =>
      key === 'assert'
        ? (ok, ...words) => {
            counted.assertions++;
            holds(ok, `console.assert: ${words.join(' ').slice(0, 80)}`);
          }
        : quiet,
  },
);

const own = { assert: countedAssert, expect, test, it: test, describe: test, console: quietConsole };
const requiring = (name) =>
  /^(node:)?assert(\/strict)?$/.test(name)
    ? name.endsWith('strict')
      ? countedAssert.strict
      : countedAssert
    : require(name);

/** A test stands in a function, where no import can; those of `assert` are there anyway. */
const withoutImports = (source) =>
  source.replace(
    /^[ \t]*import\b[^;\n]*\bfrom[ \t]*['"](?:node:assert|assert|node:test|vitest|@jest\/globals)(?:\/strict)?['"];?/gm,
    '',
  );

/**
 * Runs a test with a function by its name.
 *
 * @returns whether it made an assertion @throws what the test throws; SyntaxError with `isOfTest` when it is none
 */
async function run(source, context, entry, it) {
  const names = Object.keys(own);
  const AsyncFunction = (async () => {}).constructor;
  let body;
  try {
    body = new AsyncFunction('require', ...names, entry, `{${context}\n;${withoutImports(source)}\n}`);
  } catch (error) {
    error.isOfTest = true;
    throw error;
  }
  counted.assertions = 0;
  waiting.length = 0;
  await body(requiring, ...names.map((name) => own[name]), it);
  for (let at = 0; at < waiting.length; at++) await waiting[at];
  return counted.assertions > 0;
}

module.exports = { run, AssertionError: assert.AssertionError };
