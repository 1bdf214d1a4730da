// Where the lines of a file lie in the script that runs: the file itself, or code that a runner made of it and put a source map to.
//
// A place is [line of the file, first offset in the script, offset after it]. Code that was made of a file and has no map has no places.
'use strict';
const { dirname, isAbsolute, join } = require('node:path');
const { fileURLToPath } = require('node:url');

/** Each line with code once: more than white space and a comment from its beginning. @param shift where the file begins in the script */
function plain(text, shift) {
  const places = [];
  let at = shift;
  let line = 0;
  let inComment = false;
  for (const whole of text.split('\n')) {
    line++;
    const trimmed = whole.trim();
    const start = at + (whole.length - whole.trimStart().length);
    let code = trimmed !== '' && !trimmed.startsWith('//') && !trimmed.startsWith('#!');
    if (inComment || trimmed.startsWith('/*')) {
      const end = trimmed.indexOf('*/');
      inComment = end < 0;
      code = end >= 0 && trimmed.slice(end + 2).trim() !== '';
    }
    if (code) places.push([line, start, start + trimmed.length]);
    at += whole.length + 1;
  }
  return places;
}

/** What runners put before the code of a file, on its first line; a map's columns do not count it. */
const wrappers = [/^\(\{"Object\.<anonymous>":function\([^)]*\)\{/, /^'use strict';async \([^)]*\)=>\{\{/];

/**
 * The beginning of each piece that the map tells of. A piece is told by its first character: what stands behind it may belong to a block of its own.
 * https://tc39.es/ecma426/
 */
function mapped(script, map, file) {
  const isOwn = (map.sources ?? []).map((source) => pathOf(`${map.sourceRoot ?? ''}${source ?? ''}`, file) === file);
  // A runner that transforms one file knows no other, by whatever name it calls that.
  if (isOwn.length === 1) isOwn[0] = true;
  const places = [];
  let at = wrappers.map((one) => one.exec(script)?.[0].length ?? 0).find((length) => length > 0) ?? 0;
  let [source, line] = [0, 0];
  for (const row of map.mappings.split(';')) {
    let column = 0;
    for (const piece of row === '' ? [] : row.split(',')) {
      const [columns, sources, lines] = numbersOf(piece);
      column += columns ?? 0;
      if (lines === undefined) continue;
      source += sources;
      line += lines;
      if (isOwn[source]) places.push([line + 1, at + column, at + column + 1]);
    }
    const next = script.indexOf('\n', at);
    if (next < 0) break;
    at = next + 1;
  }
  return places;
}

function pathOf(source, file) {
  if (source.startsWith('file:')) return fileURLToPath(source);
  return isAbsolute(source) ? source : join(dirname(file), source);
}

const digits = new Map(
  [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'].map((digit, value) => [digit, value]),
);

/** Numbers in base 64, five bits a digit, the lowest first; the lowest bit of all is the sign. */
function numbersOf(piece) {
  const numbers = [];
  let [value, shift] = [0, 0];
  for (const digit of piece) {
    const bits = digits.get(digit) ?? 0;
    value += (bits & 31) << shift;
    shift += 5;
    if (bits & 32) continue;
    numbers.push(value & 1 ? -(value >> 1) : value >> 1);
    [value, shift] = [0, 0];
  }
  return numbers;
}

function mapOf(script) {
  const at = script.lastIndexOf('//# sourceMappingURL=data:application/json');
  const found = at < 0 ? null : /;base64,([A-Za-z0-9+/=]+)/.exec(script.slice(at));
  if (found === null) return null;
  try {
    const map = JSON.parse(Buffer.from(found[1], 'base64').toString('utf8'));
    return typeof map?.mappings === 'string' ? map : null;
  } catch {
    return null;
  }
}

/** @param script as it runs @param text as it lies in the file @returns null: it cannot be told where the lines of the file are */
function layout(script, text, file) {
  const shift = script.indexOf(text);
  if (shift >= 0) return plain(text, shift);
  const map = mapOf(script);
  return map === null ? null : mapped(script, map, file);
}

module.exports = { plain, layout };
