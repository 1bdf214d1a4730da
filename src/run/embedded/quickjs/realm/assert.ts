/** Node's `assert`. Messages say the same in fewer words: without Node's coloured line-by-line difference. */
import { deepEqual as isDeepEqual } from './equal.ts';
import { inspect } from './inspect.ts';

type Message = string | Error | undefined;
type Expected = RegExp | ((error: unknown) => unknown) | Error | Record<string, unknown> | string | undefined;

function define(error: Error, name: string, value: string): void {
  Object.defineProperty(error, name, { value, writable: true, configurable: true });
}

export class AssertionError extends Error {
  readonly code = 'ERR_ASSERTION';
  readonly actual: unknown;
  readonly expected: unknown;
  readonly operator: string;
  readonly generatedMessage: boolean;
  constructor(options: { message?: string | undefined; actual?: unknown; expected?: unknown; operator?: string }) {
    super(options.message ?? 'Failed');
    define(this, 'name', 'AssertionError');
    define(this, 'stack', String(this.stack).replace(/^(?:AssertionError|Error)/, 'AssertionError [ERR_ASSERTION]'));
    this.actual = options.actual;
    this.expected = options.expected;
    this.operator = options.operator ?? 'fail';
    this.generatedMessage = options.message === undefined;
  }
}

function refuse(
  message: Message,
  said: string,
  details: { actual?: unknown; expected?: unknown; operator: string },
): never {
  if (message instanceof Error) throw message;
  const error = new AssertionError({ ...details, message: message ?? said });
  Object.defineProperty(error, 'generatedMessage', { value: message === undefined, enumerable: true });
  throw error;
}

const show = (value: unknown) => inspect(value, { depth: 1000, maxArrayLength: Infinity, sorted: true });

function comparison(operator: string, holds: (a: unknown, b: unknown) => boolean, words: string) {
  return (actual: unknown, expected: unknown, message?: Message): void => {
    if (!holds(actual, expected))
      refuse(message, `${words}\n\n${show(actual)} !== ${show(expected)}\n`, { actual, expected, operator });
  };
}

export function ok(value?: unknown, message?: Message): void {
  if (!value)
    refuse(message, 'The expression evaluated to a falsy value', { actual: value, expected: true, operator: '==' });
}

// biome-ignore lint/suspicious/noDoubleEquals: loose equality is what is asked for
const loose = (a: unknown, b: unknown) => a == b || (Number.isNaN(a) && Number.isNaN(b));

export const equal = comparison('==', loose, 'Expected values to be loosely equal:');
export const notEqual = comparison('!=', (a, b) => !loose(a, b), 'Expected "actual" to be loosely unequal to:');
export const strictEqual = comparison('strictEqual', Object.is, 'Expected values to be strictly equal:');
export const notStrictEqual = comparison(
  'notStrictEqual',
  (a, b) => !Object.is(a, b),
  'Expected "actual" to be strictly unequal to:',
);
export const deepEqual = comparison(
  'deepEqual',
  (a, b) => isDeepEqual(a, b, false),
  'Expected values to be loosely deep-equal:',
);
export const notDeepEqual = comparison(
  'notDeepEqual',
  (a, b) => !isDeepEqual(a, b, false),
  'Expected "actual" not to be loosely deep-equal to:',
);
export const deepStrictEqual = comparison(
  'deepStrictEqual',
  (a, b) => isDeepEqual(a, b, true),
  'Expected values to be strictly deep-equal:',
);
export const notDeepStrictEqual = comparison(
  'notDeepStrictEqual',
  (a, b) => !isDeepEqual(a, b, true),
  'Expected "actual" not to be strictly deep-equal to:',
);

export function fail(message: Message = 'Failed'): never {
  refuse(message, 'Failed', { operator: 'fail' });
}

export function ifError(value: unknown): void {
  if (value !== null && value !== undefined)
    refuse(undefined, `ifError got unwanted exception: ${value instanceof Error ? value.message : show(value)}`, {
      actual: value,
      operator: 'ifError',
    });
}

export function match(text: string, pattern: RegExp, message?: Message): void {
  if (!pattern.test(text))
    refuse(message, `The input did not match the regular expression ${show(pattern)}. Input:\n\n${show(text)}\n`, {
      actual: text,
      expected: pattern,
      operator: 'match',
    });
}
export function doesNotMatch(text: string, pattern: RegExp, message?: Message): void {
  if (pattern.test(text))
    refuse(
      message,
      `The input was expected to not match the regular expression ${show(pattern)}. Input:\n\n${show(text)}\n`,
      { actual: text, expected: pattern, operator: 'doesNotMatch' },
    );
}

/** Whether what was thrown is what was expected; throws it again where a class says no, as Node does. */
function checkThrown(thrown: unknown, expected: Expected, message: Message, operator: string): void {
  if (expected === undefined || typeof expected === 'string') return;
  const refused = (words: string) => refuse(message, words, { actual: thrown, expected, operator });
  if (expected instanceof RegExp) {
    if (!expected.test(String(thrown)))
      refused(`The input did not match the regular expression ${show(expected)}. Input:\n\n${show(String(thrown))}\n`);
  } else if (typeof expected === 'function') {
    const isClass = expected.prototype !== undefined && thrown instanceof (expected as never);
    if (isClass) return;
    if (expected === Error || Object.prototype.isPrototypeOf.call(Error, expected)) throw thrown;
    if (expected.call({}, thrown) !== true) refused('The validation function is expected to return "true".');
  } else {
    const keys = expected instanceof Error ? ['name', 'message', ...Object.keys(expected)] : Object.keys(expected);
    for (const key of keys) {
      const wanted = (expected as Record<string, unknown>)[key];
      const got = (thrown as Record<string, unknown>)?.[key];
      const holds =
        wanted instanceof RegExp && typeof got === 'string' ? wanted.test(got) : isDeepEqual(got, wanted, true);
      if (!holds) refused(`Expected values to be strictly deep-equal:\n\n${show(got)} !== ${show(wanted)}\n`);
    }
  }
}

const missing = (expected: Expected, message: Message, word: string) =>
  refuse(message ?? (typeof expected === 'string' ? expected : undefined), `Missing expected ${word}.`, {
    operator: word === 'rejection' ? 'rejects' : 'throws',
  });

export function throws(run: () => unknown, expected?: Expected, message?: Message): void {
  try {
    run();
  } catch (error) {
    checkThrown(error, expected, message, 'throws');
    return;
  }
  missing(expected, message, 'exception');
}
export function doesNotThrow(run: () => unknown, message?: Message): void {
  try {
    run();
  } catch (error) {
    refuse(message, `Got unwanted exception.\nActual message: "${String((error as Error)?.message)}"`, {
      actual: error,
      operator: 'doesNotThrow',
    });
  }
}
export async function rejects(
  run: Promise<unknown> | (() => Promise<unknown>),
  expected?: Expected,
  message?: Message,
): Promise<void> {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    return checkThrown(error, expected, message, 'rejects');
  }
  missing(expected, message, 'rejection');
}
export async function doesNotReject(
  run: Promise<unknown> | (() => Promise<unknown>),
  message?: Message,
): Promise<void> {
  try {
    await (typeof run === 'function' ? run() : run);
  } catch (error) {
    refuse(message, `Got unwanted rejection.\nActual message: "${String((error as Error)?.message)}"`, {
      actual: error,
      operator: 'doesNotReject',
    });
  }
}

const members = {
  AssertionError,
  ok,
  fail,
  ifError,
  match,
  doesNotMatch,
  throws,
  doesNotThrow,
  rejects,
  doesNotReject,
  strictEqual,
  notStrictEqual,
  deepStrictEqual,
  notDeepStrictEqual,
};

function made(extra: Record<string, unknown>): CallableFunction {
  const assert = (value?: unknown, message?: Message) => ok(value, message);
  return Object.assign(assert, members, extra);
}

export const strict = made({
  equal: strictEqual,
  notEqual: notStrictEqual,
  deepEqual: deepStrictEqual,
  notDeepEqual: notDeepStrictEqual,
});
export const assert = made({ equal, notEqual, deepEqual, notDeepEqual, strict });
Object.assign(strict, { strict });
