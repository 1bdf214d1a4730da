/**
 * Arguments as data, for Python and JavaScript alike: read from what a language's own tool told of them, changed, made and made smaller here, and written as a call.
 *
 * A tool writes plain values as themselves, and lists for the rest: ["i", digits] an integer, ["f", text] a float, ["y", bytes], ["a", items], ["p", items] a tuple, ["t", items] a set, ["m", pairs] a mapping. Trees of
 * JavaScript (`javascript/tree.ts`) are read as well, as far as they hold these.
 */
export type Value =
  | { readonly kind: 'none' | 'undefined' }
  | { readonly kind: 'boolean'; readonly value: boolean }
  | { readonly kind: 'integer'; readonly value: bigint }
  | { readonly kind: 'float'; readonly value: number }
  | { readonly kind: 'text'; readonly value: string }
  | { readonly kind: 'bytes'; readonly value: readonly number[] }
  | { readonly kind: 'list' | 'tuple' | 'set'; readonly items: readonly Value[] }
  | { readonly kind: 'mapping'; readonly pairs: readonly (readonly [Value, Value])[] };

export type Arguments = readonly Value[];

/** Longest input, characters: what is longer is no example that anybody reads. */
export const mostText = 2_000;

export const integer = (value: bigint | number): Value => ({ kind: 'integer', value: BigInt(value) });
export const float = (value: number): Value => ({ kind: 'float', value });
export const text = (value: string): Value => ({ kind: 'text', value });
export const boolean = (value: boolean): Value => ({ kind: 'boolean', value });
export const none: Value = { kind: 'none' };

/** @returns null where it holds what is none of these */
export function readValue(told: unknown, depth = 0): Value | null {
  if (told === null) return none;
  if (typeof told === 'boolean') return boolean(told);
  if (typeof told === 'string') return text(told);
  if (typeof told === 'number') return Number.isSafeInteger(told) ? integer(told) : float(told);
  if (!Array.isArray(told) || depth > 50) return null;
  const [tag, part] = told as unknown[];
  const items = (): Value[] | null => {
    if (!Array.isArray(part)) return null;
    const made = part.map((one) => readValue(one, depth + 1));
    return made.includes(null) ? null : (made as Value[]);
  };
  switch (tag) {
    case 'i':
      return typeof part === 'string' && /^-?\d{1,4000}$/.test(part) ? integer(BigInt(part)) : null;
    case 'f':
    case 'n':
      return typeof part === 'string' ? float(Number(part)) : null;
    case 'u':
      return { kind: 'undefined' };
    case 'y':
      return Array.isArray(part) && part.every((one) => Number.isInteger(one) && one >= 0 && one < 256)
        ? { kind: 'bytes', value: part as number[] }
        : null;
    case 'a':
    case 'p':
    case 't': {
      const all = items();
      return all === null ? null : { kind: tag === 'a' ? 'list' : tag === 'p' ? 'tuple' : 'set', items: all };
    }
    case 'o':
    case 'm': {
      if (!Array.isArray(part)) return null;
      const pairs: [Value, Value][] = [];
      for (const pair of part) {
        const [key, one] = Array.isArray(pair) ? [readValue(pair[0], depth + 1), readValue(pair[1], depth + 1)] : [];
        if (key === undefined || key === null || one === undefined || one === null) return null;
        pairs.push([key, one]);
      }
      return { kind: 'mapping', pairs };
    }
    default:
      return null;
  }
}

/** @returns null where one is none */
export function readArguments(told: unknown): Arguments | null {
  if (!Array.isArray(told)) return null;
  const args = told.map((one) => readValue(one));
  return args.includes(null) ? null : (args as Value[]);
}

export type InputLanguage = 'python' | 'javascript';

/** `f([1, 2], 'a')`. */
export const writeCall = (entry: string, args: Arguments, language: InputLanguage): string =>
  `${entry}(${args.map((one) => writeValue(one, language)).join(', ')})`;

export function writeValue(value: Value, language: InputLanguage): string {
  const isPython = language === 'python';
  const inner = (one: Value): string => writeValue(one, language);
  switch (value.kind) {
    case 'none':
      return isPython ? 'None' : 'null';
    case 'undefined':
      return isPython ? 'None' : 'undefined';
    case 'boolean':
      return isPython ? (value.value ? 'True' : 'False') : `${value.value}`;
    case 'integer':
      return `${value.value}`;
    case 'float':
      return isPython ? pythonFloat(value.value) : Object.is(value.value, -0) ? '-0' : `${value.value}`;
    case 'text':
      return quoted(value.value);
    case 'bytes':
      return isPython
        ? `b'${value.value.map((one) => `\\x${one.toString(16).padStart(2, '0')}`).join('')}'`
        : `new Uint8Array([${value.value.join(', ')}])`;
    case 'list':
      return `[${value.items.map(inner).join(', ')}]`;
    case 'tuple':
      if (!isPython) return `[${value.items.map(inner).join(', ')}]`;
      return value.items.length === 1 ? `(${value.items.map(inner)},)` : `(${value.items.map(inner).join(', ')})`;
    case 'set':
      if (!isPython) return `new Set([${value.items.map(inner).join(', ')}])`;
      return value.items.length === 0 ? 'set()' : `{${value.items.map(inner).join(', ')}}`;
    case 'mapping':
      return `{${value.pairs.map(([key, one]) => `${!isPython && key.kind !== 'text' ? `[${inner(key)}]` : inner(key)}: ${inner(one)}`).join(', ')}}`;
  }
}

function pythonFloat(value: number): string {
  if (!Number.isFinite(value)) return `float('${Number.isNaN(value) ? 'nan' : value > 0 ? 'inf' : '-inf'}')`;
  if (Object.is(value, -0)) return '-0.0';
  const told = `${value}`;
  return /[.e]/.test(told) ? told : `${told}.0`;
}

/** JSON's texts are Python's and JavaScript's too; single quotes read better. */
function quoted(value: string): string {
  const told = JSON.stringify(value);
  return told.includes("'") || told.includes('\\"') ? told : `'${told.slice(1, -1)}'`;
}

/** How much there is to read of a value: parts, digits and characters. What is plain (0, 1, `a`) is less than what is not. */
export function sizeOf(value: Value): number {
  switch (value.kind) {
    case 'none':
    case 'undefined':
      return 1;
    case 'boolean':
      return value.value ? 1.5 : 1;
    case 'integer': {
      const magnitude = value.value < 0n ? -value.value : value.value;
      return 1 + (magnitude === 0n ? 0 : 0.5 + Math.log2(Number(magnitude) + 1) / 4) + (value.value < 0n ? 0.3 : 0);
    }
    case 'float':
      if (!Number.isFinite(value.value)) return 8;
      return (
        1 +
        `${Math.abs(value.value)}`.length / 2 +
        (value.value < 0 ? 0.3 : 0) +
        Math.abs(value.value) / (1 + Math.abs(value.value))
      );
    case 'text':
      return 1 + [...value.value].reduce((sum, one) => sum + (one === 'a' ? 1 : /[a-z0-9 ]/.test(one) ? 1.2 : 1.4), 0);
    case 'bytes':
      return 1 + value.value.length;
    case 'list':
    case 'tuple':
    case 'set':
      return value.items.reduce((sum, one) => sum + sizeOf(one) + 0.5, 1);
    case 'mapping':
      return value.pairs.reduce((sum, [key, one]) => sum + sizeOf(key) + sizeOf(one) + 0.5, 1);
  }
}

export const sizeOfAll = (args: Arguments): number => args.reduce((sum, one) => sum + sizeOf(one), 0);

/** Whether a mapping is more likely a record, whose keys stay, than a table: values of several kinds under names. */
export const isRecord = (pairs: readonly (readonly [Value, Value])[]): boolean =>
  pairs.every(([key]) => key.kind === 'text') && new Set(pairs.map(([, { kind }]) => kind)).size > 1;

/** The value and all within it. */
export function* partsOf(value: Value): Generator<Value> {
  yield value;
  if ('items' in value) for (const one of value.items) yield* partsOf(one);
  if ('pairs' in value)
    for (const [key, one] of value.pairs) {
      yield* partsOf(key);
      yield* partsOf(one);
    }
}
