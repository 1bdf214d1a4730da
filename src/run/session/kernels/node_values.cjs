/**
 * Values and errors of JavaScript as data: the text that a prompt would print, plain JSON where it is plain, tables, pictures; errors with the lines
 * of their cell.
 *
 * Bounded everywhere, since a cell's value may be anything: getters that throw, proxies, a list of a billion holes.
 */
'use strict';

const { inspect } = require('node:util');

/** As the session keeps (`reading.ts`). */
const textMost = 64 * 1024;
const rowsMost = 1000;
const columnsMost = 200;
const partsMost = 20_000;
const depthMost = 50;
const jsonTextMost = 1024 * 1024;
const pngMost = 16 * 1024 * 1024;
const messageMost = 16 * 1024;
const framesMost = 100;

/** The value is no plain data. */
class NotPlain extends Error {}

function shownOf(value) {
  const text = textOf(value);
  const shown = { text: text.slice(0, textMost), isCut: text.length > textMost };
  const png = pngOf(value);
  if (png !== null) return { ...shown, png };
  const table = Array.isArray(value) ? recordsOf(value) : null;
  if (table !== null) return { ...shown, table };
  try {
    return { ...shown, json: plain(value, { parts: partsMost, text: jsonTextMost }, 0) };
  } catch {
    return shown;
  }
}

function textOf(value) {
  try {
    return inspect(value, {
      depth: 4,
      maxArrayLength: 100,
      maxStringLength: textMost + 1,
      breakLength: 100,
      compact: 3,
    });
  } catch (error) {
    return `[cannot be shown: ${describe(error)}]`;
  }
}

function describe(error) {
  try {
    return String(error?.message ?? error).slice(0, 200);
  } catch {
    return 'an error that cannot be shown either';
  }
}

/** What objects of plotting and imaging libraries give: PNG as bytes, from a method of that name. */
function pngOf(value) {
  try {
    if (value === null || typeof value !== 'object') return null;
    const bytes = typeof value._repr_png_ === 'function' ? value._repr_png_() : value;
    if (!(bytes instanceof Uint8Array) || bytes.length > pngMost || bytes.length < 8) return null;
    const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    return buffer.readUInt32BE(0) === 0x89504e47 && buffer.readUInt32BE(4) === 0x0d0a1a0a
      ? buffer.toString('base64')
      : null;
  } catch {
    return null;
  }
}

/** JSON as JSON has it: own enumerable data of plain objects and arrays, nothing called. */
function plain(value, left, depth) {
  left.parts--;
  if (left.parts < 0 || depth > depthMost) throw new NotPlain();
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'number') {
    if (!Number.isFinite(value)) throw new NotPlain();
    return value;
  }
  if (typeof value === 'string') {
    left.text -= value.length;
    if (left.text < 0 || !value.isWellFormed()) throw new NotPlain();
    return value;
  }
  if (Array.isArray(value)) {
    if (value.length > left.parts) throw new NotPlain();
    return Array.from({ length: value.length }, (_, index) => plain(own(value, index), left, depth + 1));
  }
  if (typeof value !== 'object') throw new NotPlain();
  const prototype = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) throw new NotPlain();
  const result = {};
  for (const key of Object.keys(value)) {
    plain(key, left, depth);
    Object.defineProperty(result, key, { value: plain(own(value, key), left, depth + 1), enumerable: true });
  }
  return result;
}

/** A property's value, and no getter's. */
function own(object, key) {
  const property = Object.getOwnPropertyDescriptor(object, key);
  if (property === undefined || !('value' in property)) throw new NotPlain();
  return property.value;
}

/** A list of records with the same names in each. */
function recordsOf(list) {
  try {
    const [first] = list;
    if (first === null || typeof first !== 'object' || Array.isArray(first)) return null;
    const columns = Object.keys(first);
    if (columns.length === 0 || columns.length > columnsMost) return null;
    const isSame = (row) =>
      row !== null &&
      typeof row === 'object' &&
      [Object.prototype, null].includes(Object.getPrototypeOf(row)) &&
      Object.keys(row).length === columns.length &&
      columns.every((name) => Object.hasOwn(row, name));
    if (!list.every(isSame)) return null;
    const rows = list.slice(0, rowsMost).map((row) => columns.map((name) => cell(own(row, name))));
    return { columns, rows, omittedRows: list.length - rows.length };
  } catch {
    return null;
  }
}

function cell(value) {
  if (value === undefined) return null;
  try {
    return plain(value, { parts: 1000, text: 10_000 }, 0);
  } catch {
    return textOf(value).slice(0, 10_000);
  }
}

/** What `console.table` shows, as a table. @returns null where it is none */
function tableOf(data, wanted) {
  if (data === null || typeof data !== 'object') return null;
  try {
    const entries =
      data instanceof Map
        ? [...data]
        : data instanceof Set
          ? [...data].map((one, at) => [at, one])
          : Object.entries(data);
    const rows = entries.slice(0, rowsMost);
    const isRecord = (value) => value !== null && typeof value === 'object';
    const names = new Set(rows.flatMap(([, value]) => (isRecord(value) ? Object.keys(value) : [])));
    const columns = (Array.isArray(wanted) ? wanted.map(String) : [...names]).slice(0, columnsMost);
    const hasValues = !Array.isArray(wanted) && rows.some(([, value]) => !isRecord(value));
    const table = {
      columns: ['(index)', ...columns, ...(hasValues ? ['Values'] : [])],
      rows: rows.map(([key, value]) => [
        cell(Array.isArray(data) ? Number(key) : key),
        ...columns.map((name) => (isRecord(value) ? cell(value[name]) : null)),
        ...(hasValues ? [isRecord(value) ? null : cell(value)] : []),
      ]),
      omittedRows: entries.length - rows.length,
    };
    const text = textOf(data);
    return { text: text.slice(0, textMost), isCut: text.length > textMost, table };
  } catch {
    return null;
  }
}

/** @param place where V8 saw it, for errors that have no stack: of syntax, or thrown values that are no errors */
function errorOf(thrown, count, place) {
  const isError = thrown !== null && typeof thrown === 'object' && 'stack' in thrown;
  let name = 'thrown';
  let message;
  let frames = [];
  try {
    if (isError) {
      name = String(thrown.name ?? thrown.constructor?.name ?? 'Error');
      message = String(thrown.message ?? '');
      if (thrown.cause !== undefined) message += `\ncaused by ${describe(thrown.cause)}`;
      frames = framesOf(String(thrown.stack));
    } else message = textOf(thrown);
  } catch {
    message ??= 'an error that cannot be shown';
  }
  const innermost = frames.findLast((frame) => frame.cell === count);
  const isOfCell = innermost === undefined && place !== null && name === 'SyntaxError';
  const typed = /^\((\d+):(\d+)\)|<anonymous>:(\d+)/.exec(message);
  return {
    name: name.slice(0, 200),
    message: message.slice(0, messageMost),
    line: innermost?.line ?? (isOfCell ? place.line : typed === null ? null : Number(typed[1] ?? typed[3])),
    column: innermost?.column ?? (isOfCell ? place.column : null),
    frames: frames.slice(-framesMost),
  };
}

/** The stack's places, outermost first; ours and Node's own are left out. */
function framesOf(stack) {
  const frames = [];
  for (const line of stack.split('\n')) {
    const match = /^\s+at (?:(.*?) \()?(.*?):(\d+):(\d+)\)?$/.exec(line);
    if (match === null) continue;
    const [, called, file, lineText, columnText] = match;
    const cell = /^winnow-cell-(\d+)$/.exec(file);
    if (cell === null && (file.startsWith('node:') || file.startsWith('/run/winnow/') || file.startsWith('internal/')))
      continue;
    frames.push({
      name: called === undefined ? '<cell>' : called.replace(/^async /, ''),
      cell: cell === null ? null : Number(cell[1]),
      file: cell === null ? file.replace(/^file:\/\//, '') : null,
      line: Number(lineText),
      column: Number(columnText),
    });
  }
  return frames.reverse();
}

const isSameError = (one, other) => one !== undefined && one === other;

module.exports = { shownOf, tableOf, errorOf, isSameError };
