/**
 * What kind of object a value is, asked so that the value cannot lie: through built-in methods that
 * refuse anything but their own kind. Proxies look like nothing but what their traps answer.
 */

type Brand = (value: object) => boolean;

/** True when calling `method` on the value does not throw. */
function accepts(method: (this: never) => unknown): Brand {
  const call = Function.prototype.call.bind(method) as (value: unknown) => unknown;
  return (value) => {
    try {
      call(value);
      return true;
    } catch {
      return false;
    }
  };
}

function getter(of: object, key: PropertyKey): (this: never) => unknown {
  return Object.getOwnPropertyDescriptor(of, key)?.get as (this: never) => unknown;
}

export const isMap = accepts(getter(Map.prototype, 'size'));
export const isSet = accepts(getter(Set.prototype, 'size'));
export const isDate = accepts(Date.prototype.getTime as never);
export const isArrayBuffer = accepts(getter(ArrayBuffer.prototype, 'byteLength'));
export const isSharedArrayBuffer = accepts(getter(SharedArrayBuffer.prototype, 'byteLength'));
export const isDataView = accepts(getter(DataView.prototype, 'byteLength'));
const isNumberObject = accepts(Number.prototype.valueOf as never);
const isStringObject = accepts(String.prototype.valueOf as never);
const isBooleanObject = accepts(Boolean.prototype.valueOf as never);
const isBigIntObject = accepts(BigInt.prototype.valueOf as never);
const isSymbolObject = accepts(Symbol.prototype.valueOf as never);
const weakMapHas = WeakMap.prototype.has;
const weakSetHas = WeakSet.prototype.has;
export const isWeakMap = accepts(function (this: never) {
  return weakMapHas.call(this, this);
});
export const isWeakSet = accepts(function (this: never) {
  return weakSetHas.call(this, this);
});
const regExpFlagsOf = getter(RegExp.prototype, 'hasIndices');
const acceptsFlags = accepts(regExpFlagsOf);
export const isRegExp: Brand = (value) => value !== RegExp.prototype && acceptsFlags(value);

const typedArrayTag = getter(Object.getPrototypeOf(Uint8Array.prototype), Symbol.toStringTag);
/** `Uint8Array` and the like; undefined for anything else. */
export function typedArrayName(value: object): string | undefined {
  return (Function.prototype.call.bind(typedArrayTag) as (value: object) => string | undefined)(value);
}

const toStringOf = Object.prototype.toString;
const builtInTag = (value: object): string => toStringOf.call(value);

/** True when a value can only be an ordinary object, so that none of the rest need be asked: each no costs an exception. */
export const isOrdinary: Brand = (value) =>
  builtInTag(value) === '[object Object]' && Object.getPrototypeOf(value) !== null;

export const isPromise: Brand = (value) => value instanceof Promise;
const isErrorNative = (Error as { isError?: (value: unknown) => boolean }).isError;
export const isError: Brand = (value) => isErrorNative?.(value) === true || value instanceof Error;
export const isArguments: Brand = (value) =>
  !(Symbol.toStringTag in value) && builtInTag(value) === '[object Arguments]';
export const isGeneratorObject: Brand = (value) => builtInTag(value) === '[object Generator]';
export const isMapIterator: Brand = (value) => builtInTag(value) === '[object Map Iterator]';
export const isSetIterator: Brand = (value) => builtInTag(value) === '[object Set Iterator]';
export const isModule: Brand = (value) =>
  builtInTag(value) === '[object Module]' && Object.getPrototypeOf(value) === null && Object.isSealed(value);

/** `Number`, `String` and so on for an object around a primitive; null for anything else. */
export function boxedKind(value: object): 'Number' | 'String' | 'Boolean' | 'BigInt' | 'Symbol' | null {
  if (isNumberObject(value)) return 'Number';
  if (isStringObject(value)) return 'String';
  if (isBooleanObject(value)) return 'Boolean';
  if (isBigIntObject(value)) return 'BigInt';
  return isSymbolObject(value) ? 'Symbol' : null;
}
