/** What a session's cells find beside what a program does, and how their values and errors are told. */
import { standardConsole } from './console.ts';
import { door } from './door.ts';
import { inspect } from './inspect.ts';
import * as kinds from './kinds.ts';
import { requireFrom } from './require.ts';
import { table as drawn } from './table.ts';

/** The same bounds as in Python's kernel. */
const mostText = 64 * 1024;
const mostRows = 1000;
const mostColumns = 200;
const mostParts = 20_000;
const mostDepth = 50;
const mostJsonText = 2 ** 20;
/** `inspect` shows no more of a string. */
const mostInspected = 10_000;
const pngHead = [0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a];

// A cell may replace what it finds.
const { stringify } = JSON;
const { isArray } = Array;
const { keys, getPrototypeOf, hasOwn } = Object;
const objectPrototype = Object.prototype;
const { isFinite } = Number;

type Table = { columns: string[]; rows: unknown[][]; omittedRows: number };

export function beginSession(): void {
  const place = globalThis as Record<string, unknown>;
  place.require = requireFrom('/work/<cell>');
  place.display = (...values: unknown[]) => {
    for (const value of values) show(value, false);
  };
  (standardConsole as { table: unknown }).table = (data: unknown, columns?: string[]) => {
    const text = drawn(data, columns);
    const told = text === null ? null : tableOf(data, columns);
    if (text === null || told === null) standardConsole.log(text ?? data);
    else tell({ isResult: false, text, table: told });
  };
}

export function show(value: unknown, isResult: boolean): void {
  if (value === undefined) return;
  const text = inspect(value);
  const png = pictureOf(value);
  if (png !== null) {
    const { buffer, byteOffset, length } = png;
    door('shown', stringify({ isResult, ...cut(text) }), buffer.slice(byteOffset, byteOffset + length) as ArrayBuffer);
    return;
  }
  const table = isArray(value) && value.length > 0 && value.every(isRecord) ? equalRecords(value) : null;
  if (table !== null) tell({ isResult, text, table });
  else {
    const json = plain(value, { left: mostParts, text: mostJsonText }, 0);
    tell(
      { isResult, text, ...(json === notPlain ? {} : { json }) },
      typeof value === 'string' && value.length > mostInspected,
    );
  }
}

/** A picture: bytes that are one, or what an object gives that knows how it looks, by the name that notebooks use. */
function pictureOf(value: unknown): Uint8Array | null {
  const draw = typeof value === 'object' && value !== null ? (value as { _repr_png_?: unknown })._repr_png_ : null;
  const bytes = typeof draw === 'function' ? draw.call(value) : value;
  if (!ArrayBuffer.isView(bytes) || !(bytes instanceof Uint8Array)) return null;
  return pngHead.every((byte, at) => bytes[at] === byte) ? bytes : null;
}

function tell(shown: { isResult: boolean; text: string; table?: Table; json?: unknown }, isShort = false): void {
  const { text, isCut } = cut(shown.text);
  door('shown', stringify({ ...shown, text, isCut: isCut || isShort }));
}

const cut = (text: string) => ({ text: text.slice(0, mostText).toWellFormed(), isCut: text.length > mostText });

/** The error as JSON; its place is in the stack. */
export function failure(error: unknown): string {
  const isError = typeof error === 'object' && error !== null && kinds.isError(error);
  if (!isError) return stringify({ name: 'Uncaught', message: inspect(error).slice(0, mostText), stack: '' });
  const text = (name: string) => {
    try {
      return String((error as Record<string, unknown>)[name] ?? '').slice(0, mostText);
    } catch {
      return '';
    }
  };
  return stringify({ name: text('name') || 'Error', message: text('message'), stack: text('stack') });
}

const notPlain = Symbol('no plain data');

const isRecord = (value: unknown): value is Record<string, unknown> => {
  if (typeof value !== 'object' || value === null || isArray(value)) return false;
  const prototype = getPrototypeOf(value);
  return prototype === null || prototype === objectPrototype;
};

/** Only what JSON gives back as it was. */
function plain(value: unknown, budget: { left: number; text: number }, depth: number): unknown {
  if (--budget.left < 0 || depth > mostDepth) return notPlain;
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    budget.text -= value.length;
    return budget.text < 0 ? notPlain : value.toWellFormed();
  }
  if (typeof value === 'number') return isFinite(value) ? value : notPlain;
  if (isArray(value)) {
    const items: unknown[] = [];
    for (let at = 0; at < value.length; at++) {
      const item = hasOwn(value, at) ? plain(value[at], budget, depth + 1) : notPlain;
      if (item === notPlain) return notPlain;
      items.push(item);
    }
    return items;
  }
  if (!isRecord(value)) return notPlain;
  const made: Record<string, unknown> = {};
  for (const name of keys(value)) {
    const item = plain(value[name], budget, depth + 1);
    if (item === notPlain || name === '__proto__') return notPlain;
    made[name] = item;
  }
  return made;
}

function equalRecords(value: readonly Record<string, unknown>[]): Table | null {
  const columns = keys(value[0] as object);
  if (columns.length === 0 || columns.length > mostColumns) return null;
  for (const row of value) {
    if (keys(row).length !== columns.length) return null;
    for (const name of columns) if (!hasOwn(row, name)) return null;
  }
  const rows = value.slice(0, mostRows).map((row) => columns.map((name) => cellValue(row[name])));
  return { columns, rows, omittedRows: value.length - rows.length };
}

function tableOf(data: unknown, wanted?: readonly string[]): Table | null {
  if (typeof data !== 'object' || data === null || kinds.isMap(data) || kinds.isSet(data)) return null;
  const indexes = keys(data);
  const columns: string[] = [];
  const isOne = (item: unknown) => item === null || (typeof item !== 'object' && typeof item !== 'function');
  let hasValues = false;
  for (const index of indexes) {
    const item = (data as Record<string, unknown>)[index];
    if (isOne(item)) hasValues = true;
    else for (const name of wanted ?? keys(item as object)) if (!columns.includes(name)) columns.push(name);
  }
  if (columns.length > mostColumns) return null;
  const rows = indexes.slice(0, mostRows).map((index) => {
    const item = (data as Record<string, unknown>)[index];
    const cells = columns.map((name) =>
      !isOne(item) && hasOwn(item as object, name) ? cellValue((item as Record<string, unknown>)[name]) : null,
    );
    return [index, ...cells, ...(hasValues ? [isOne(item) ? cellValue(item) : null] : [])];
  });
  const heads = ['(index)', ...columns, ...(hasValues ? ['Values'] : [])];
  return { columns: heads, rows, omittedRows: indexes.length - rows.length };
}

function cellValue(value: unknown): unknown {
  if (value === undefined) return null;
  const told = plain(value, { left: 1000, text: 10_000 }, 0);
  return told === notPlain ? inspect(value).slice(0, 10_000) : told;
}
