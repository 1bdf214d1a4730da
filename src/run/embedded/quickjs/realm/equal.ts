/** Deep equality of values, loose and strict, as Node's `assert` and `util.isDeepStrictEqual` have it. */
import * as kinds from './kinds.ts';

export function deepEqual(a: unknown, b: unknown, isStrict: boolean): boolean {
  return same(a, b, isStrict, []);
}

type Pairs = [unknown, unknown][];

function same(a: unknown, b: unknown, isStrict: boolean, pairs: Pairs): boolean {
  if (a === b) return a !== 0 || !isStrict || Object.is(a, b);
  const isObject = (value: unknown): value is object =>
    (typeof value === 'object' && value !== null) || typeof value === 'function';
  if (!isObject(a) || !isObject(b) || typeof a === 'function' || typeof b === 'function') {
    if (isStrict) return Object.is(a, b);
    // biome-ignore lint/suspicious/noDoubleEquals: loose equality is what is asked for
    return (!isObject(a) && !isObject(b) && a == b) || (Number.isNaN(a) && Number.isNaN(b));
  }
  if (isStrict && Object.getPrototypeOf(a) !== Object.getPrototypeOf(b)) return false;
  if (pairs.some(([x, y]) => x === a && y === b)) return true;
  pairs.push([a, b]);
  const answer = sameObjects(a, b, isStrict, pairs);
  pairs.pop();
  return answer;
}

function sameObjects(a: object, b: object, isStrict: boolean, pairs: Pairs): boolean {
  const deep = (x: unknown, y: unknown) => same(x, y, isStrict, pairs);
  const both = (is: (value: object) => boolean) => is(a) || is(b);
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  if (Array.isArray(a) && a.length !== (b as unknown[]).length) return false;
  if (!kinds.isOrdinary(a) || !kinds.isOrdinary(b)) {
    if (both(kinds.isDate)) {
      if (!(kinds.isDate(a) && kinds.isDate(b)) || (a as Date).getTime() !== (b as Date).getTime()) return false;
    } else if (both(kinds.isRegExp)) {
      if (!(kinds.isRegExp(a) && kinds.isRegExp(b)) || String(a) !== String(b)) return false;
    } else if (both(kinds.isError)) {
      const [x, y] = [a as Error, b as Error];
      if (
        !(kinds.isError(a) && kinds.isError(b)) ||
        x.message !== y.message ||
        x.name !== y.name ||
        !deep(x.cause, y.cause)
      )
        return false;
    } else if (both(kinds.isSet)) {
      if (!(kinds.isSet(a) && kinds.isSet(b)) || !sameSets(a as Set<unknown>, b as Set<unknown>, deep)) return false;
    } else if (both(kinds.isMap)) {
      const [x, y] = [a as Map<unknown, unknown>, b as Map<unknown, unknown>];
      if (!(kinds.isMap(a) && kinds.isMap(b)) || !sameMaps(x, y, deep)) return false;
    } else if (kinds.typedArrayName(a) !== kinds.typedArrayName(b)) return false;
    else if (kinds.typedArrayName(a) !== undefined && (a as Uint8Array).length !== (b as Uint8Array).length)
      return false;
    else if (kinds.boxedKind(a) !== kinds.boxedKind(b)) return false;
    else if (kinds.boxedKind(a) !== null && !Object.is(a.valueOf(), b.valueOf())) return false;
  }
  const keys = ownKeys(a, isStrict);
  if (keys.length !== ownKeys(b, isStrict).length) return false;
  return keys.every(
    (key) =>
      Object.prototype.propertyIsEnumerable.call(b, key) &&
      deep((a as Record<PropertyKey, unknown>)[key], (b as Record<PropertyKey, unknown>)[key]),
  );
}

function ownKeys(value: object, isStrict: boolean): PropertyKey[] {
  const symbols = isStrict
    ? Object.getOwnPropertySymbols(value).filter((key) => Object.prototype.propertyIsEnumerable.call(value, key))
    : [];
  return [...Object.keys(value), ...symbols];
}

type Deep = (x: unknown, y: unknown) => boolean;

function sameSets(a: Set<unknown>, b: Set<unknown>, deep: Deep): boolean {
  if (a.size !== b.size) return false;
  const rest = [...b].filter((item) => !a.has(item));
  return [...a].every((item) => {
    if (b.has(item)) return true;
    const at = rest.findIndex((other) => deep(item, other));
    if (at === -1) return false;
    rest.splice(at, 1);
    return true;
  });
}

function sameMaps(a: Map<unknown, unknown>, b: Map<unknown, unknown>, deep: Deep): boolean {
  if (a.size !== b.size) return false;
  const rest = [...b].filter(([key]) => !a.has(key));
  return [...a].every(([key, value]) => {
    if (b.has(key)) return deep(value, b.get(key));
    const at = rest.findIndex(([otherKey, otherValue]) => deep(key, otherKey) && deep(value, otherValue));
    if (at === -1) return false;
    rest.splice(at, 1);
    return true;
  });
}
