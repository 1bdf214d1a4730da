/**
 * Values of JavaScript as texts, such that two are alike where nobody who uses them as they are meant to be used can tell them apart.
 *
 * Types count, and so do elements and their order; the order of an object's keys, and texts of exceptions, do not. What is lazy is run for a while, and functions are told by what they give.
 */
'use strict';
const stands = require('./stands.cjs');

const deepest = 6;
const widest = 60;
const mostItems = 30;

/** Stand-ins stand between ‹ and ›. */
function canon(it, depth = 0, seen = []) {
  switch (typeof it) {
    case 'string':
      return JSON.stringify(it);
    case 'number':
      return Number.isInteger(it) ? String(it) : String(Number(it.toPrecision(12)));
    case 'bigint':
      return `${it}n`;
    case 'symbol':
      return String(it);
    case 'function':
    case 'object':
      break;
    default:
      return String(it);
  }
  if (it === null) return 'null';
  if (stands.isStand(it)) return `‹${stands.placeOf(it)}›`;
  if (depth > deepest || seen.includes(it)) return '...';
  try {
    return ofObject(it, depth + 1, [...seen, it]);
  } catch (error) {
    if (error?.winnowEnd) throw error;
    return `${nameOf(it)} (${error?.constructor?.name})`;
  }
}

const nameOf = (it) => {
  const found = Object.getPrototypeOf(it)?.constructor?.name;
  return typeof found === 'string' && found !== '' ? found : 'Object';
};

function ofObject(it, depth, seen) {
  const inner = (one) => canon(one, depth, seen);
  if (typeof it === 'function') return ofFunction(it, inner);
  if (Array.isArray(it))
    return `[${Array.from(it.slice(0, widest), inner).join(', ')}${it.length > widest ? ` … ${it.length}` : ''}]${fields(it, inner, /^\d+$/)}`;
  if (it instanceof Error) return `${it.name}!`;
  if (it instanceof Date) return `Date ${Number.isNaN(it.getTime()) ? 'invalid' : it.toISOString()}`;
  if (it instanceof RegExp) return `${it}`;
  if (it instanceof Map)
    return `Map{${[...it]
      .slice(0, widest)
      .map(([key, one]) => `${inner(key)}: ${inner(one)}`)
      .sort()
      .join(', ')}}`;
  if (it instanceof Set) return `Set{${[...it].slice(0, widest).map(inner).sort().join(', ')}}`;
  if (it instanceof Promise) return 'Promise';
  if (ArrayBuffer.isView(it))
    return `${nameOf(it)}[${Array.from(new Uint8Array(it.buffer, it.byteOffset, it.byteLength).slice(0, widest)).join()}]`;
  if (it instanceof Number || it instanceof String || it instanceof Boolean)
    return `${nameOf(it)}(${inner(it.valueOf())})`;
  if (typeof it.next === 'function' && typeof it[Symbol.iterator] === 'function')
    return `iterator[${drawn(it, inner).join(', ')}]`;
  return `${nameOf(it) === 'Object' ? '' : nameOf(it)}{${fields(it, inner, null)}}`;
}

function fields(it, inner, without) {
  const told = [];
  const keys = Reflect.ownKeys(it).filter(
    (key) => typeof key === 'string' && !(without?.test(key) ?? false) && key !== 'length',
  );
  for (const key of keys.sort().slice(0, widest)) {
    const about = Object.getOwnPropertyDescriptor(it, key);
    if (about === undefined || (without !== null && !about.enumerable)) continue;
    told.push(`${key}: ${about.get ? 'getter' : inner(about.value)}`);
  }
  return without === null ? told.join(', ') : told.length === 0 ? '' : `{${told.join(', ')}}`;
}

function drawn(it, inner) {
  const parts = [];
  try {
    for (const one of it) {
      parts.push(inner(one));
      if (parts.length >= mostItems) break;
    }
  } catch (error) {
    if (error?.winnowEnd) throw error;
    parts.push(`${error?.constructor?.name}!`);
  }
  return parts;
}

function ofFunction(it, inner) {
  const world = stands.now();
  if (/^class\b/.test(Function.prototype.toString.call(it))) return `class ${it.name}`;
  if (/\[native code\]/.test(Function.prototype.toString.call(it))) return `function ${it.name}`;
  if (world === null || world.turn < 0 || world.depth > 1) return 'function';
  world.depth++;
  try {
    const given = Array.from({ length: Math.min(it.length, 6) }, (_, at) => stands.value(`given ${at}`, 'given'));
    return `function gives ${inner(it(...given))}${fields(it, inner, /^(name|prototype|arguments|caller)$/)}`;
  } catch (error) {
    if (error?.winnowEnd) throw error;
    return `function throws ${error?.constructor?.name}`;
  } finally {
    world.depth--;
  }
}

module.exports = { canon };
