/**
 * YAML: keys by indentation, over any number of documents. Items of lists have no name
 * of their own, so keys inside them are not symbols, nor is what stands in a block
 * scalar or in flow style (`{a: 1}`).
 */

import { Keys, keyDepth } from '../text/keys.ts';
import { forEachLine } from '../text/outline.ts';
import type { TextLanguage } from './language.ts';

const keyLine =
  /^([ ]*)("(?:[^"\\]|\\.)*"|'(?:[^']|'')*'|[^\s#"'[\]{},&*!|>%@`?-][^#]*?|[-?][^\s#][^#]*?)[ \t]*:(?=\s|$)[ \t]*/;
const blockScalar = /^(?:[&!]\S+[ \t]+)*[|>][-+0-9]*[ \t]*(?:#.*)?$/;

export const yaml: TextLanguage = {
  form: 'text',
  code: false,
  name: 'yaml',
  displayName: 'YAML',
  extensions: ['yaml', 'yml'],
  fileNames: ['.clang-format', '.clang-tidy', '.clangd', '.yamllint'],
  read: (text) => {
    const keys = new Keys();
    const open: { indent: number; key: number }[] = [];
    /** Lines indented deeper than this belong to a block scalar or a list item; -1: none. */
    let within = -1;
    let last = 0;
    const closeTo = (indent: number): void => {
      while (open.length > 0 && (open.at(-1)?.indent ?? -1) >= indent) {
        const key = keys.list[open.pop()?.key ?? -1];
        if (key !== undefined) key.end = Math.max(key.end, last);
      }
    };
    forEachLine(text, (start, end) => {
      const line = text.slice(start, Math.min(end, start + 1000));
      const indent = line.length - line.trimStart().length;
      if (indent === line.length || (line[indent] === '#' && within < 0)) return;
      if (indent === 0 && /^(---|\.\.\.)(\s|$)/.test(line)) {
        closeTo(0);
        within = -1;
        return;
      }
      if (within >= 0 && indent > within) {
        last = end;
        return;
      }
      within = -1;
      if (line[indent] === '#') return;
      if (/^-(\s|$)/.test(line.slice(indent))) {
        // A list may stand as deep as the key it belongs to.
        closeTo(indent + 1);
        if (open.at(-1)?.indent !== indent) closeTo(indent);
        within = indent;
        last = end;
        return;
      }
      closeTo(indent);
      const found = keyLine.exec(line);
      if (found !== null) {
        const written = found[2] as string;
        const quoted = written[0] === '"' || written[0] === "'" ? 1 : 0;
        const nameStart = start + indent + quoted;
        const nameEnd = start + indent + written.length - quoted;
        const parent = open.at(-1)?.key ?? -1;
        const reachable = open.length < keyDepth && (open.length === 0 || parent >= 0);
        const key = reachable ? keys.add(text, start + indent, nameStart, nameEnd, parent) : -1;
        open.push({ indent, key });
        const value = line.slice(found[0].length);
        if (blockScalar.test(value)) within = indent;
        const entry = keys.list[key];
        if (entry !== undefined && (value === '' || within >= 0)) entry.headEnd = end;
      }
      last = end;
    });
    closeTo(0);
    return keys.facts(text);
  },
};
