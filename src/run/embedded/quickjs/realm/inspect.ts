/**
 * Shows any value as Node's `util.inspect` does: same line breaks, same grouping of long arrays.
 *
 * Follows Node's lib/internal/util/inspect.js (MIT). Left out: colours, numeric separators, what `showHidden` adds
 * beyond non-enumerable keys, and looking through proxies, which the language does not allow from inside.
 */
import { formatArray, formatBuffer, formatMap, formatSet, formatTyped, groupElements } from './elements.ts';
import { showError } from './errors.ts';
import * as kinds from './kinds.ts';
import { escapeAll, quote, screenWidth } from './text.ts';

export const custom: unique symbol = Symbol.for('nodejs.util.inspect.custom') as never;

export interface InspectOptions {
  showHidden?: boolean;
  depth?: number | null;
  colors?: boolean;
  customInspect?: boolean;
  maxArrayLength?: number | null;
  maxStringLength?: number | null;
  breakLength?: number;
  compact?: number | boolean;
  sorted?: boolean | ((a: string, b: string) => number);
  getters?: boolean | 'get' | 'set';
}

export interface Context extends Required<InspectOptions> {
  maxArrayLength: number;
  maxStringLength: number;
  readonly seen: unknown[];
  indentation: number;
  level: number;
  circular?: Map<unknown, number>;
}

export const defaultOptions: Required<InspectOptions> = {
  showHidden: false,
  depth: 2,
  colors: false,
  customInspect: true,
  maxArrayLength: 100,
  maxStringLength: 10_000,
  breakLength: 80,
  compact: 3,
  sorted: false,
  getters: false,
};

/** What only the engine itself can tell. */
export interface Insight {
  promise(value: object): { state: 'pending' } | { state: 'fulfilled' | 'rejected'; value: unknown };
}
let insight: Insight = { promise: () => ({ state: 'pending' }) };
export function setInsight(given: Insight): void {
  insight = given;
}

export function inspect(value: unknown, options?: InspectOptions | boolean, depth?: number | null): string {
  const given = typeof options === 'object' && options !== null ? options : {};
  const known = Object.fromEntries(Object.entries(given).filter(([key]) => key in defaultOptions));
  const merged = { ...defaultOptions, ...known } as Required<InspectOptions>;
  if (options === true) merged.showHidden = true;
  if (depth !== undefined) merged.depth = depth;
  return formatValue(
    {
      ...merged,
      maxArrayLength: merged.maxArrayLength ?? Infinity,
      maxStringLength: merged.maxStringLength ?? Infinity,
      seen: [],
      indentation: 0,
      level: 0,
    },
    value,
    0,
  );
}
inspect.custom = custom;
inspect.defaultOptions = defaultOptions;

export function formatValue(context: Context, value: unknown, level: number, inTyped = false): string {
  if (value === null) return 'null';
  if (typeof value !== 'object' && typeof value !== 'function') return formatPrimitive(context, value);
  if (context.customInspect) {
    const own = (value as Record<symbol, unknown>)[custom];
    const isPrototype = Object.getOwnPropertyDescriptor(value, 'constructor')?.value?.prototype === value;
    if (typeof own === 'function' && own !== inspect && !isPrototype) {
      const { seen: _seen, indentation: _indentation, level: _level, circular: _circular, ...options } = context;
      const depth = context.depth === null ? null : context.depth - level;
      const shown: unknown = own.call(value, depth, { ...options, stylize: String }, inspect);
      if (shown !== value)
        return typeof shown === 'string'
          ? shown.replaceAll('\n', `\n${' '.repeat(context.indentation)}`)
          : formatValue(context, shown, level);
    }
  }
  if (context.seen.includes(value)) {
    context.circular ??= new Map();
    const index = context.circular.get(value) ?? context.circular.size + 1;
    context.circular.set(value, index);
    return `[Circular *${index}]`;
  }
  return formatObject(context, value, level, inTyped);
}

export function formatNumber(value: number): string {
  return Object.is(value, -0) ? '-0' : `${value}`;
}

/** Strings longer than this are broken at line ends where they do not fit. Node: kMinLineLength. */
const shortString = 16;

function formatPrimitive(context: Context, value: unknown): string {
  if (typeof value === 'number') return formatNumber(value);
  if (typeof value === 'bigint') return `${value}n`;
  if (typeof value !== 'string') return String(value);
  const rest = value.length - context.maxStringLength;
  const text = rest > 0 ? value.slice(0, context.maxStringLength) : value;
  const trailer = rest > 0 ? `... ${rest} more character${rest > 1 ? 's' : ''}` : '';
  const fits = text.length <= shortString || text.length <= context.breakLength - context.indentation - 4;
  if (context.compact === true || fits) return quote(text) + trailer;
  return (
    text
      .split(/(?<=\n)/)
      .map(quote)
      .join(` +\n${' '.repeat(context.indentation + 2)}`) + trailer
  );
}

/** The name of what made the object; null for one without any. */
function constructorName(value: object, context: Context, level: number): string | null {
  let at: object | null = value;
  let first: object | null | undefined;
  while (at !== null) {
    const made = Object.getOwnPropertyDescriptor(at, 'constructor')?.value;
    if (typeof made === 'function' && made.name !== '' && isInstance(value, made)) return String(made.name);
    at = Object.getPrototypeOf(at) as object | null;
    if (first === undefined) first = at;
  }
  if (first === null || first === undefined) return null;
  const name = plainTag(value);
  if (context.depth !== null && level > context.depth) return `${name} <Complex prototype>`;
  const proto = constructorName(first, context, level + 1);
  return `${name} <${proto ?? inspect(first, { depth: -1, customInspect: false })}>`;
}

function isInstance(value: object, made: CallableFunction): boolean {
  try {
    return value instanceof (made as never);
  } catch {
    return false;
  }
}

function plainTag(value: object): string {
  return typeof value === 'function' ? 'Function' : Object.prototype.toString.call(value).slice(8, -1);
}

export function prefixOf(constructor: string | null, tag: string, fallback: string, size = ''): string {
  if (constructor === null)
    return tag !== '' && fallback !== tag
      ? `[${fallback}${size}: null prototype] [${tag}] `
      : `[${fallback}${size}: null prototype] `;
  const named = `${constructor}${size} `;
  if (tag === '') return named;
  const end = constructor.indexOf(tag) + tag.length;
  const isPart =
    constructor.includes(tag) && (end === constructor.length || constructor[end] !== constructor[end]?.toLowerCase());
  return isPart ? named : `${named}[${tag}] `;
}

function keysOf(value: object, showHidden: boolean): PropertyKey[] {
  const keys: PropertyKey[] = showHidden ? Object.getOwnPropertyNames(value) : Object.keys(value);
  for (const symbol of Object.getOwnPropertySymbols(value))
    if (showHidden || Object.prototype.propertyIsEnumerable.call(value, symbol)) keys.push(symbol);
  return keys;
}

const isIndex = /^(0|[1-9][0-9]*)$/;

/** How one object is shown: what stands before and around its entries, and the entries that are not properties. */
interface Shape {
  base: string;
  braces: [string, string];
  keys: PropertyKey[];
  isArray: boolean;
  entries: (level: number) => string[];
  /** All there is to say when there are no keys. */
  whole: string | null;
}

function formatObject(context: Context, value: object, outerLevel: number, inTyped: boolean): string {
  const constructor = constructorName(value, context, outerLevel);
  const tag = tagOf(value, context);
  const shape = shapeOf(context, value, constructor, tag, inTyped);
  if (shape.keys.length === 0 && shape.whole !== null) return shape.whole;
  if (context.depth !== null && outerLevel > context.depth) {
    if (kinds.isOrdinary(value) === false && kinds.isRegExp(value)) return shape.base;
    const name = prefixOf(constructor, tag, constructor === null ? nullFallback(value, tag) : '').slice(0, -1);
    return constructor === null ? name : `[${Array.isArray(value) && tag === '' ? constructor : name}]`;
  }
  const level = outerLevel + 1;
  context.seen.push(value);
  context.level = level;
  const output = shape.entries(level);
  for (const key of shape.keys)
    output.push(formatProperty(context, value, level, key, shape.isArray ? 'extra' : 'object'));
  const index = context.circular?.get(value);
  if (index !== undefined) {
    if (context.compact === true) shape.braces[0] = `<ref *${index}> ${shape.braces[0]}`;
    else shape.base = shape.base === '' ? `<ref *${index}>` : `<ref *${index}> ${shape.base}`;
  }
  context.seen.pop();
  if (context.sorted !== false) {
    const order = typeof context.sorted === 'function' ? context.sorted : undefined;
    if (!shape.isArray) output.sort(order);
    else output.push(...output.splice(output.length - shape.keys.length).sort(order));
  }
  return reduce(context, output, shape.base, shape.braces, shape.isArray, level, value);
}

function tagOf(value: object, context: Context): string {
  let tag: unknown;
  try {
    tag = (value as Record<symbol, unknown>)[Symbol.toStringTag];
  } catch {
    return '';
  }
  const isShown = context.showHidden
    ? Object.hasOwn(value, Symbol.toStringTag)
    : Object.prototype.propertyIsEnumerable.call(value, Symbol.toStringTag);
  return typeof tag !== 'string' || (tag !== '' && isShown) ? '' : tag;
}

function nullFallback(value: object, tag: string): string {
  const name = plainTag(value);
  return name === tag ? 'Object' : name;
}

function shapeOf(context: Context, value: object, constructor: string | null, tag: string, inTyped: boolean): Shape {
  const none: Shape = {
    base: '',
    braces: ['{', '}'],
    keys: [],
    isArray: false,
    entries: () => [],
    whole: null,
  };
  const { showHidden } = context;
  const keys = () => keysOf(value, showHidden);
  const otherKeys = () => keys().filter((key) => typeof key === 'symbol' || !isIndex.test(String(key)));
  const shape = (changes: Partial<Shape>): Shape => ({ ...none, ...changes });
  const prefixed = (fallback: string, size?: string) => prefixOf(constructor, tag, fallback, size);
  if (Array.isArray(value)) {
    const prefix = constructor !== 'Array' || tag !== '' ? prefixed('Array', `(${value.length})`) : '';
    return shape({
      braces: [`${prefix}[`, ']'],
      keys: otherKeys(),
      isArray: true,
      entries: (level) => formatArray(context, value, level),
      whole: value.length === 0 ? `${prefix}[]` : null,
    });
  }
  if (typeof value === 'function') {
    const base = functionBase(context, value, constructor, tag);
    return shape({ base, keys: keys(), whole: base });
  }
  if (constructor === 'Object' || kinds.isOrdinary(value)) {
    if (kinds.isError(value)) return errorShape();
    let open = constructor === 'Object' && tag === '' ? '{' : `${prefixOf(constructor, tag, 'Object')}{`;
    if (kinds.isArguments(value)) open = '[Arguments] {';
    return shape({ braces: [open, '}'], keys: keys(), whole: `${open}}` });
  }
  if (kinds.isSet(value)) {
    const set = value as Set<unknown>;
    const prefix = prefixed('Set', `(${set.size})`);
    const whole = set.size === 0 ? `${prefix}{}` : null;
    return shape({
      braces: [`${prefix}{`, '}'],
      keys: keys(),
      entries: (level) => formatSet(context, set, level),
      whole,
    });
  }
  if (kinds.isMap(value)) {
    const map = value as Map<unknown, unknown>;
    const prefix = prefixed('Map', `(${map.size})`);
    const whole = map.size === 0 ? `${prefix}{}` : null;
    return shape({
      braces: [`${prefix}{`, '}'],
      keys: keys(),
      entries: (level) => formatMap(context, map, level),
      whole,
    });
  }
  const typed = kinds.typedArrayName(value);
  if (typed !== undefined) {
    const array = value as Uint8Array;
    const prefix = prefixed(constructor === null ? typed : '', `(${array.length})`);
    return shape({
      braces: [`${prefix}[`, ']'],
      keys: otherKeys(),
      isArray: true,
      entries: () => formatTyped(context, array),
      whole: array.length === 0 ? `${prefix}[]` : null,
    });
  }
  if (kinds.isMapIterator(value) || kinds.isSetIterator(value)) {
    // Looking at what is left would use it up.
    return shape({ braces: [`[${tag}] {`, '}'], keys: keys(), entries: () => ['<items unknown>'] });
  }
  if (kinds.isRegExp(value)) {
    const prefix = prefixed('RegExp');
    const base = `${prefix === 'RegExp ' ? '' : prefix}${RegExp.prototype.toString.call(value)}`;
    return shape({ base, keys: keys(), whole: base });
  }
  if (kinds.isDate(value)) {
    const prefix = prefixed('Date');
    const date = value as Date;
    const text = Number.isNaN(Date.prototype.getTime.call(date))
      ? Date.prototype.toString.call(date)
      : Date.prototype.toISOString.call(date);
    const base = `${prefix === 'Date ' ? '' : prefix}${text}`;
    return shape({ base, keys: keys(), whole: base });
  }
  if (kinds.isError(value)) return errorShape();
  if (kinds.isArrayBuffer(value) || kinds.isSharedArrayBuffer(value)) {
    const prefix = prefixed(kinds.isArrayBuffer(value) ? 'ArrayBuffer' : 'SharedArrayBuffer');
    const length = `byteLength: ${(value as ArrayBuffer).byteLength}`;
    return shape({
      braces: [`${prefix}{`, '}'],
      keys: keys(),
      entries: () => [
        ...(inTyped ? [] : formatBuffer(context, value as ArrayBuffer)),
        `[byteLength]: ${length.slice(12)}`,
      ],
    });
  }
  if (kinds.isDataView(value)) {
    const view = value as DataView;
    return shape({
      braces: [`${prefixed('DataView')}{`, '}'],
      keys: keys(),
      entries: (level) =>
        (['byteLength', 'byteOffset', 'buffer'] as const).map(
          (key) => `[${key}]: ${indented(context, 2, () => formatValue(context, view[key], level))}`,
        ),
    });
  }
  if (kinds.isPromise(value)) {
    const braces: [string, string] = [`${prefixed('Promise')}{`, '}'];
    return shape({ braces, keys: keys(), entries: (level) => formatPromise(context, value, level) });
  }
  if (kinds.isWeakSet(value) || kinds.isWeakMap(value)) {
    const fallback = kinds.isWeakSet(value) ? 'WeakSet' : 'WeakMap';
    return shape({ braces: [`${prefixed(fallback)}{`, '}'], keys: keys(), entries: () => ['<items unknown>'] });
  }
  if (kinds.isModule(value)) {
    const braces: [string, string] = [`${prefixed('Module')}{`, '}'];
    return shape({ braces, keys: keys(), whole: `${braces[0]}}` });
  }
  if (kinds.isGeneratorObject(value)) {
    const open = `${prefixOf('Object', tag, 'Object')}{`;
    return shape({ braces: [open, '}'], keys: keys(), whole: `${open}}` });
  }
  const boxed = kinds.boxedKind(value);
  if (boxed !== null) {
    const all = keys();
    const name = constructor === boxed ? boxed : `${boxed} (${constructor ?? 'null prototype'})`;
    const inner = (value as { valueOf(): unknown }).valueOf();
    const base = `[${name}: ${formatPrimitive({ ...context, compact: true }, boxed === 'Symbol' ? Symbol.prototype.valueOf.call(value) : inner)}]${tag !== '' && tag !== constructor ? ` [${tag}]` : ''}`;
    return shape({
      base,
      keys: boxed === 'String' ? all.slice((value as unknown as string).length) : all,
      whole: base,
    });
  }
  const open = `${prefixOf(constructor, tag, constructor === null ? nullFallback(value, tag) : 'Object')}{`;
  return shape({ braces: [open, '}'], keys: keys(), whole: `${open}}` });

  function errorShape(): Shape {
    const errorKeys = keys();
    const base = showError(context, value as Error, constructor, tag, errorKeys);
    return shape({ base, keys: errorKeys, whole: base });
  }
}

function formatPromise(context: Context, value: object, level: number): string[] {
  const seen = insight.promise(value);
  if (seen.state === 'pending') return ['<pending>'];
  const text = indented(context, 2, () => formatValue(context, seen.value, level));
  return [seen.state === 'rejected' ? `<rejected> ${text}` : text];
}

const looksLikeClass = /^(\s+[^(]*?)\s*{/;
const comments = /(\/\/.*?\n)|(\/\*(.|\n)*?\*\/)/g;

function functionBase(context: Context, value: object, constructor: string | null, tag: string): string {
  const source = Function.prototype.toString.call(value);
  const rest = source.startsWith('class') && source.endsWith('}') ? source.slice(5, -1) : '';
  const brace = rest.indexOf('{');
  if (brace !== -1 && (!rest.slice(0, brace).includes('(') || looksLikeClass.test(rest.replace(comments, ''))))
    return classBase(value, constructor, tag);
  const kind = /^(Async)?(Generator)?Function$/.exec(plainToStringTag(value))?.[0] ?? 'Function';
  const name = (value as { name?: unknown }).name;
  let base = `[${kind}${constructor === null ? ' (null prototype)' : ''}`;
  base += name === '' ? ' (anonymous)' : `: ${typeof name === 'string' ? name : formatValue(context, name, 0)}`;
  base += ']';
  if (constructor !== kind && constructor !== null) base += ` ${constructor}`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  return base;
}

function plainToStringTag(value: object): string {
  return Object.prototype.toString.call(value).slice(8, -1);
}

function classBase(value: object, constructor: string | null, tag: string): string {
  const name = (Object.hasOwn(value, 'name') && (value as { name?: unknown }).name) || '(anonymous)';
  let base = `class ${String(name)}`;
  if (constructor !== 'Function' && constructor !== null) base += ` [${constructor}]`;
  if (tag !== '' && constructor !== tag) base += ` [${tag}]`;
  if (constructor === null) return `[${base} extends [null prototype]]`;
  const parent = (Object.getPrototypeOf(value) as { name?: string }).name;
  return parent ? `[${base} extends ${parent}]` : `[${base}]`;
}

/** Runs with a deeper indentation. */
export function indented<T>(context: Context, by: number, body: () => T): T {
  context.indentation += by;
  try {
    return body();
  } finally {
    context.indentation -= by;
  }
}

const plainKey = /^[a-zA-Z_][a-zA-Z_0-9]*$/;

/** @param place an array's element is shown without its key */
export function formatProperty(
  context: Context,
  value: object,
  level: number,
  key: PropertyKey,
  place: 'object' | 'extra' | 'element',
): string {
  const property = Object.getOwnPropertyDescriptor(value, key) ?? {
    value: (value as Record<PropertyKey, unknown>)[key],
    enumerable: true,
  };
  const by = context.compact !== true || place !== 'object' ? 2 : 3;
  let text: string;
  let gap = ' ';
  if (property.get !== undefined) text = formatGetter(context, value, property, level);
  else if (property.set !== undefined) text = '[Setter]';
  else {
    text = indented(context, by, () => formatValue(context, property.value, level));
    if (by === 3 && context.breakLength < screenWidth(text)) gap = `\n${' '.repeat(context.indentation + by)}`;
  }
  if (place === 'element') return text;
  let name: string;
  if (typeof key === 'symbol') name = escapeAll(key.toString());
  else if (key === '__proto__') name = "['__proto__']";
  else name = plainKey.test(String(key)) ? String(key) : quote(String(key));
  return `${property.enumerable === false ? `[${name}]` : name}:${gap}${text}`;
}

function formatGetter(context: Context, value: object, property: PropertyDescriptor, level: number): string {
  const label = property.set === undefined ? 'Getter' : 'Getter/Setter';
  const { getters } = context;
  const wanted = getters === true || getters === (property.set === undefined ? 'get' : 'set');
  if (!wanted) return `[${label}]`;
  return indented(context, 2, () => {
    try {
      const got: unknown = property.get?.call(value);
      const isObject = (typeof got === 'object' && got !== null) || typeof got === 'function';
      return isObject
        ? `[${label}] ${formatValue(context, got, level)}`
        : `[${label}: ${formatPrimitive(context, got)}]`;
    } catch (error) {
      return `[${label}: <Inspection threw (${formatValue(context, error, level)})>]`;
    }
  });
}

/** Joins entries on one line where few and short enough, else one a line. */
export function reduce(
  context: Context,
  entries: string[],
  base: string,
  braces: readonly [string, string],
  isArray: boolean,
  level: number,
  value: unknown,
): string {
  const before = base === '' ? '' : `${base} `;
  if (context.compact === true) {
    if (fits(context, entries, 0, base))
      return `${braces[0]}${base ? ` ${base}` : ''} ${entries.join(', ')} ${braces[1]}`;
    const indent = ' '.repeat(context.indentation);
    const gap = base === '' && braces[0].length === 1 ? ' ' : `${base ? ` ${base}` : ''}\n${indent}  `;
    return `${braces[0]}${gap}${entries.join(`,\n${indent}  `)} ${braces[1]}`;
  }
  let output = entries;
  if (typeof context.compact === 'number' && context.compact >= 1) {
    if (isArray && entries.length > 6) output = groupElements(context, entries, value);
    if (context.level - level < context.compact && output.length === entries.length) {
      const start = output.length + context.indentation + braces[0].length + base.length + 10;
      const line = fits(context, output, start, base) ? output.join(', ') : '\n';
      if (!line.includes('\n')) return `${before}${braces[0]} ${line} ${braces[1]}`;
    }
  }
  const indent = `\n${' '.repeat(context.indentation)}`;
  return `${before}${braces[0]}${indent}  ${output.join(`,${indent}  `)}${indent}${braces[1]}`;
}

function fits(context: Context, entries: readonly string[], start: number, base: string): boolean {
  if (context.breakLength === Infinity) return !base.includes('\n') && !entries.some((entry) => entry.includes('\n'));
  let length = entries.length + start;
  if (length + entries.length > context.breakLength) return false;
  for (const entry of entries) length += entry.length;
  return length <= context.breakLength && !base.includes('\n');
}
