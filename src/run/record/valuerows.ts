/**
 * Reads rows about values that a program's functions worked with. They are words of the program under test: each is checked, and all is bounded.
 */
import { type GuessType, guessTypes, type MissingKind } from '../partial/types.ts';
import { isCount, isRecord, recordOf } from '../untrusted.ts';

/** Bytes that are read: black, the largest project measured, has 12 MB. */
const mostBytes = 256 * 1024 * 1024;
/** Characters of a name; more is no row of ours. */
const mostText = 2000;

export const valueKinds = ['name', 'attribute', 'item', 'call', 'argument'] as const satisfies readonly MissingKind[];
export type ValueKind = (typeof valueKinds)[number];

/** How large a value is: of what has a length the first three, of numbers the others; `one` of a number is above 0 and at most 1. */
export const sizeClasses = ['empty', 'one', 'many', 'negative', 'zero', 'more'] as const;
export type SizeClass = (typeof sizeClasses)[number];

/** What was seen at a site, and how often. */
export interface SeenValue {
  readonly type: GuessType;
  /** The class as the language names it: `builtins` are left out. */
  readonly own: string;
  /** null: only code of the program could tell. */
  readonly truth: boolean | null;
  /** null: it has none, or only code of the program could tell. */
  readonly size: SizeClass | null;
  readonly count: number;
}

/** Lines and columns from 1, columns in characters, the end behind the last. */
export interface ValueSpan {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export interface ValueSite {
  readonly kind: ValueKind;
  readonly at: ValueSpan;
  /** As the source says it, on one line, at most 200 characters. */
  readonly what: string;
  /** Times that it was reached; not all were looked at. */
  readonly count: number;
  readonly values: readonly SeenValue[];
}

/** A function of a module or a class that was called; what is nested in it belongs to it. */
export interface ValueFunction {
  readonly path: string;
  /** Qualified: `Class.method`. */
  readonly name: string;
  /** From the first decorator to the last line. */
  readonly line: number;
  readonly end: number;
  /** Line and column where the first statement behind the doc begins; null: there is none. */
  readonly body: readonly [number, number] | null;
  readonly parameters: readonly string[];
  readonly returns: readonly ValueSpan[];
  /** No generator, not asynchronous, and without `global` and `nonlocal`: its body can stand alone. */
  readonly plain: boolean;
  readonly calls: number;
  /** Calls that came to a `return` or to the end. */
  readonly returned: number;
  readonly sites: readonly ValueSite[];
}

export interface ValueRows {
  readonly functions: readonly ValueFunction[];
  readonly unreadable: number;
}

export function readValueRows(bytes: Uint8Array): ValueRows {
  const lines = new TextDecoder().decode(bytes.subarray(0, mostBytes)).split('\n');
  const found = lines.filter((line) => line !== '').map(recordOf);
  const functions = found.map(valueFunction).filter((one) => one !== null);
  return { functions, unreadable: found.length - functions.length };
}

/** A row about a function, as an object; null: it is none. */
export function valueFunction(row: unknown): ValueFunction | null {
  if (!isRecord(row)) return null;
  const { path, name, line, end, body, parameters, returns, plain, calls, returned, sites } = row;
  if (!(isText(path) && isText(name) && isCount(line) && isCount(end) && isCount(calls) && isCount(returned)))
    return null;
  if (!Array.isArray(parameters) || !parameters.every(isText)) return null;
  const places = allOf(returns, spanOf);
  const told = allOf(sites, siteOf);
  if (places === null || told === null) return null;
  const [bodyLine, bodyColumn]: unknown[] = Array.isArray(body) ? body : [];
  return {
    path,
    name,
    line,
    end,
    body: isCount(bodyLine) && isCount(bodyColumn) ? [bodyLine, bodyColumn] : null,
    parameters,
    returns: places,
    plain: plain === true,
    calls,
    returned,
    sites: told,
  };
}

function siteOf(row: unknown): ValueSite | null {
  if (!isRecord(row)) return null;
  const { kind, what, count, at, values } = row;
  const found = valueKinds.find((one) => one === kind);
  const told = allOf(values, seenOf);
  const place = spanOf(at);
  if (found === undefined || !isText(what) || !isCount(count) || told === null || place === null) return null;
  return { kind: found, what, at: place, count, values: told };
}

function seenOf(given: unknown): SeenValue | null {
  if (!Array.isArray(given)) return null;
  const [word, own, truth, sizeWord, count]: unknown[] = given;
  const type = guessTypes.find((one) => one === word);
  const size = sizeClasses.find((one) => one === sizeWord) ?? null;
  if (type === undefined || !isText(own) || !isCount(count)) return null;
  return { type, own, truth: truth === 1 ? true : truth === 0 ? false : null, size, count };
}

function spanOf(given: unknown): ValueSpan | null {
  if (!Array.isArray(given)) return null;
  const [line, column, endLine, endColumn]: unknown[] = given;
  return isCount(line) && isCount(column) && isCount(endLine) && isCount(endColumn)
    ? { line, column, endLine, endColumn }
    : null;
}

function allOf<Item>(given: unknown, read: (one: unknown) => Item | null): Item[] | null {
  if (!Array.isArray(given)) return null;
  const items = given.map(read).filter((item) => item !== null);
  return items.length === given.length ? items : null;
}

const isText = (value: unknown): value is string => typeof value === 'string' && value.length <= mostText;
