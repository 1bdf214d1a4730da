/** Node's `util`. */
import { StringDecoder, TextDecoder, TextEncoder } from './buffer.ts';
import { deepEqual } from './equal.ts';
import { format, formatWithOptions } from './format.ts';
import { inspect } from './inspect.ts';
import * as kinds from './kinds.ts';
import { stripTerminalSequences } from './text.ts';

type Call = (...args: unknown[]) => unknown;
const promisified: unique symbol = Symbol.for('nodejs.util.promisify.custom') as never;

function promisify(original: Call & { [promisified]?: Call }): Call {
  if (original[promisified] !== undefined) return original[promisified];
  return function (this: unknown, ...args) {
    return new Promise((resolve, reject) => {
      original.call(this, ...args, (error: unknown, value: unknown) => (error ? reject(error) : resolve(value)));
    });
  };
}
promisify.custom = promisified;

function callbackify(original: (...args: unknown[]) => Promise<unknown>): Call {
  return (...args) => {
    const done = args.pop() as Call;
    original(...args).then(
      (value) => queueMicrotask(() => done(null, value)),
      (error) => queueMicrotask(() => done(error)),
    );
  };
}

function inherits(child: CallableFunction, parent: CallableFunction): void {
  Object.defineProperty(child, 'super_', { value: parent, writable: true, configurable: true });
  Object.setPrototypeOf(child.prototype, parent.prototype as object);
}

const isObject = (is: (value: object) => boolean) => (value: unknown) =>
  ((typeof value === 'object' && value !== null) || typeof value === 'function') && is(value);
const tagIs = (pattern: RegExp) => (value: unknown) =>
  typeof value === 'function' && pattern.test(Object.prototype.toString.call(value));

const types = {
  isMap: isObject(kinds.isMap),
  isSet: isObject(kinds.isSet),
  isDate: isObject(kinds.isDate),
  isRegExp: isObject(kinds.isRegExp),
  isPromise: isObject(kinds.isPromise),
  isNativeError: isObject(kinds.isError),
  isArrayBuffer: isObject(kinds.isArrayBuffer),
  isTypedArray: isObject((value) => kinds.typedArrayName(value) !== undefined),
  isUint8Array: isObject((value) => kinds.typedArrayName(value) === 'Uint8Array'),
  isWeakMap: isObject(kinds.isWeakMap),
  isWeakSet: isObject(kinds.isWeakSet),
  isBoxedPrimitive: isObject((value) => kinds.boxedKind(value) !== null),
  isGeneratorObject: isObject(kinds.isGeneratorObject),
  isAsyncFunction: tagIs(/Async/),
  isGeneratorFunction: tagIs(/Generator/),
};

export const util = {
  inspect,
  format,
  formatWithOptions,
  promisify,
  callbackify,
  inherits,
  types,
  isDeepStrictEqual: (a: unknown, b: unknown) => deepEqual(a, b, true),
  stripVTControlCharacters: stripTerminalSequences,
  toUSVString: (text: string) => String(text).toWellFormed(),
  deprecate: (call: Call) => call,
  debuglog: () => () => {},
  styleText: (_style: unknown, text: string) => text,
  isArray: Array.isArray,
  TextEncoder,
  TextDecoder,
};

export { StringDecoder };
