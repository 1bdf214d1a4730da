/**
 * TOML: tables and their keys. A table with a dotted name is nested in the table before
 * it whose name it continues. Strings and arrays over several lines are passed over.
 */

import { Keys } from '../text/keys.ts';
import { forEachLine } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const tableLine = /^\s*(\[\[?)\s*([^\]#]+?)\s*\]/;
const keyLine = /^(\s*)((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=\s*/;

export const toml: TextLanguage = {
  form: 'text',
  code: false,
  name: 'toml',
  displayName: 'TOML',
  extensions: ['toml'],
  fileNames: ['cargo.lock', 'poetry.lock', 'uv.lock', 'pipfile', 'gopkg.lock'],
  read: (text) => {
    const keys = new Keys();
    const tables: { name: string; key: number }[] = [];
    /** What ends the value that goes on from an earlier line: `"""`, `'''`, or closing brackets. */
    let closing = '';
    let depth = 0;
    let key = -1;
    let last = 0;
    const extend = (end: number): void => {
      last = end;
      const entry = keys.list[key];
      if (entry !== undefined) entry.end = end;
    };
    const closeTables = (name: string | null): void => {
      while (tables.length > 0 && !(name ?? '').startsWith(`${tables.at(-1)?.name}.`)) {
        const entry = keys.list[tables.pop()?.key ?? -1];
        if (entry !== undefined) entry.end = Math.max(entry.end, last);
      }
    };
    forEachLine(text, (start, end) => {
      const line = text.slice(start, Math.min(end, start + 4000));
      if (closing !== '') {
        if (line.includes(closing)) closing = '';
        extend(end);
        return;
      }
      if (depth > 0) {
        depth = Math.max(0, depth + balance(line));
        extend(end);
        return;
      }
      if (/^\s*(#|$)/.test(line)) return;
      const table = tableLine.exec(line);
      if (table !== null) {
        const name = (table[2] as string).replaceAll(/\s*\.\s*/g, '.').replaceAll(/["']/g, '');
        closeTables(name);
        const outer = tables.at(-1);
        const rest = outer === undefined ? name : name.slice(outer.name.length + 1);
        const nameEnd = start + table[0].length - 1 - (/\s*$/.exec(table[0].slice(0, -1)) as RegExpExecArray)[0].length;
        const nameStart = nameEnd - (/[^"'\s]/.test(rest) ? writtenLength(table[2] as string, rest) : 0);
        key = keys.add(text, start, nameStart, nameEnd, outer?.key ?? -1);
        tables.push({ name, key });
        const entry = keys.list[key];
        if (entry !== undefined) entry.headEnd = end;
        key = -1;
        last = end;
        return;
      }
      const found = keyLine.exec(line);
      if (found !== null) {
        const nameStart = start + (found[1] as string).length;
        const written = found[2] as string;
        const quoted = /^(["'])[^"']*\1$/.test(written) ? 1 : 0;
        const owner = tables.at(-1)?.key ?? -1;
        const inLostTable = tables.length > 0 && owner < 0;
        const nameEnd = nameStart + written.length - quoted;
        key = inLostTable ? -1 : keys.add(text, nameStart, nameStart + quoted, nameEnd, owner);
        const value = line.slice(found[0].length);
        const triple = /^("""|''')/.exec(value)?.[0] ?? '';
        if (triple !== '') closing = value.indexOf(triple, 3) < 0 ? triple : '';
        else depth = Math.max(0, balance(value));
      }
      extend(end);
    });
    closeTables(null);
    return keys.facts(text);
  },
};

/** Length, as written in a header, of the part of its name that is not the outer table's. */
function writtenLength(written: string, rest: string): number {
  const parts = rest.split('.').length;
  let at = written.length;
  for (let part = 0; part < parts && at > 0; part++) at = written.lastIndexOf('.', at - 1);
  return written.length - at - 1 - (/^\s*/.exec(written.slice(at + 1)) as RegExpExecArray)[0].length;
}

/** Brackets opened less closed in a line, strings and comments aside. */
function balance(line: string): number {
  let open = 0;
  for (const [mark] of line
    .replaceAll(/"(?:[^"\\]|\\.)*"|'[^']*'/g, '')
    .replace(/#.*/, '')
    .matchAll(/[[\]{}]/g)) {
    open += mark === '[' || mark === '{' ? 1 : -1;
  }
  return open;
}
