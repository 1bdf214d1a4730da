/** `structuredClone`. HTML Living Standard, 2.7.3, for the kinds of object that this realm has. */
import * as kinds from './kinds.ts';

function refuse(value: unknown): never {
  const text = typeof value === 'function' || typeof value === 'symbol' ? String(value) : '#<Object>';
  throw new DOMException(`${text} could not be cloned.`, 'DataCloneError');
}

export function structuredClone<T>(value: T): T {
  return copy(value, new Map()) as T;
}

function copy(value: unknown, seen: Map<object, unknown>): unknown {
  if (typeof value === 'function' || typeof value === 'symbol') refuse(value);
  if (typeof value !== 'object' || value === null) return value;
  if (seen.has(value)) return seen.get(value);
  const keep = <M>(made: M): M => {
    seen.set(value, made);
    return made;
  };
  if (Array.isArray(value)) return properties(value, keep(new Array(value.length)), seen);
  if (!kinds.isOrdinary(value)) {
    if (kinds.isDate(value)) return keep(new Date((value as Date).getTime()));
    if (kinds.isRegExp(value)) return keep(new RegExp((value as RegExp).source, (value as RegExp).flags));
    if (kinds.isMap(value)) {
      const made = keep(new Map());
      for (const [key, item] of [...(value as Map<unknown, unknown>)]) made.set(copy(key, seen), copy(item, seen));
      return made;
    }
    if (kinds.isSet(value)) {
      const made = keep(new Set());
      for (const item of [...(value as Set<unknown>)]) made.add(copy(item, seen));
      return made;
    }
    if (kinds.isArrayBuffer(value)) return keep((value as ArrayBuffer).slice(0));
    if (kinds.typedArrayName(value) !== undefined) {
      const array = value as Uint8Array;
      const buffer = copy(array.buffer, seen) as ArrayBuffer;
      const Kind = (globalThis as unknown as Record<string, typeof Uint8Array>)[
        kinds.typedArrayName(value) as string
      ] as typeof Uint8Array;
      return keep(new Kind(buffer, array.byteOffset, array.length));
    }
    if (kinds.isError(value)) return keep(cloneError(value as Error, seen));
    if (kinds.boxedKind(value) === 'Symbol') refuse(value);
    if (kinds.boxedKind(value) !== null) return keep(Object((value as { valueOf(): unknown }).valueOf()));
    if (kinds.isPromise(value) || kinds.isWeakMap(value) || kinds.isWeakSet(value)) refuse(value);
  }
  return properties(value, keep({}), seen);
}

const errorClasses = [EvalError, RangeError, ReferenceError, SyntaxError, TypeError, URIError];

function cloneError(error: Error, seen: Map<object, unknown>): Error {
  const Kind = errorClasses.find(({ name }) => name === error.name) ?? Error;
  const made = new Kind(error.message);
  Object.defineProperty(made, 'stack', { value: error.stack, writable: true, configurable: true });
  if (Object.hasOwn(error, 'cause'))
    Object.defineProperty(made, 'cause', { value: copy(error.cause, seen), writable: true, configurable: true });
  return made;
}

function properties(from: object, into: object, seen: Map<object, unknown>): object {
  for (const key of Object.keys(from))
    (into as Record<string, unknown>)[key] = copy((from as Record<string, unknown>)[key], seen);
  return into;
}
