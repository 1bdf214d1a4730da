/**
 * Ids of hits: `path:Qualified.name`, `path:Qualified.name#2` for the second definition
 * of that name in the file, `path:12-40` for lines, `path` for a file.
 *
 * A path may hold anything, colons included, so a name must not: within names `:` and
 * line breaks are percent-escaped, and so is the first character of a name that would
 * read as a line range or ends like an ordinal. Then the last colon always divides path
 * from name, and every id parses back without looking at the repository. Ordinary names
 * have nothing to escape and stay as a person would type them.
 */
import type { LineRange } from '../base/mod.ts';
import type { FileFacts } from '../code/mod.ts';

/** An id taken apart. */
export type ParsedId =
  | { readonly kind: 'symbol'; readonly path: string; readonly name: string; readonly ordinal: number }
  | { readonly kind: 'lines'; readonly path: string; readonly lines: LineRange };

const escapeChar = (char: string): string =>
  [...new TextEncoder().encode(char)].map((byte) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`).join('');

const lineRange = /^([0-9]+)-([0-9]+)$/;
const ordinalEnd = /#[0-9]+$/;

function escapeName(name: string): string {
  let escaped = name.replace(/%(?=[0-9A-Fa-f]{2})|[:\r\n]/g, escapeChar);
  if (ordinalEnd.test(escaped)) escaped = escaped.replace(/#([0-9]+)$/, '%23$1');
  if (lineRange.test(escaped)) escaped = escapeChar(escaped[0] as string) + escaped.slice(1);
  return escaped;
}

const unescapeRuns = /(?:%[0-9A-Fa-f]{2})+/g;

function unescapeName(text: string): string {
  return text.replace(unescapeRuns, (run) => {
    const bytes = Uint8Array.from(run.slice(1).split('%'), (hex) => Number.parseInt(hex, 16));
    return new TextDecoder().decode(bytes);
  });
}

/** Id of the definition of `name` in `path`; `ordinal` counts from 1. */
export function symbolId(path: string, name: string, ordinal: number): string {
  return `${path}:${escapeName(name)}${ordinal > 1 ? `#${ordinal}` : ''}`;
}

/** Id of lines of a file. */
export const linesId = (path: string, lines: LineRange): string => `${path}:${lines.first}-${lines.last}`;

/** Which of the definitions with its qualified name the symbol is, in order, from 1. */
export function ordinalOf(facts: FileFacts, symbol: number): number {
  const name = facts.symbols[symbol]?.qualifiedName;
  let ordinal = 1;
  for (let i = 0; i < symbol; i++) if (facts.symbols[i]?.qualifiedName === name) ordinal++;
  return ordinal;
}

/** Id of a file's symbol. @param symbol index in `facts.symbols` */
export function idOf(path: string, facts: FileFacts, symbol: number): string {
  const found = facts.symbols[symbol];
  if (found === undefined) throw new Error(`${path} has ${facts.symbols.length} symbols, so no number ${symbol}`);
  return symbolId(path, found.qualifiedName, ordinalOf(facts, symbol));
}

/** @returns `null` when the text has no colon with something after it */
export function parseId(id: string): ParsedId | null {
  const colon = id.lastIndexOf(':');
  if (colon <= 0 || colon === id.length - 1) return null;
  const path = id.slice(0, colon);
  const rest = id.slice(colon + 1);
  const range = lineRange.exec(rest);
  if (range) return { kind: 'lines', path, lines: { first: Number(range[1]), last: Number(range[2]) } };
  const ordinal = ordinalEnd.exec(rest);
  const name = ordinal === null || ordinal.index === 0 ? rest : rest.slice(0, ordinal.index);
  const number = name === rest ? 1 : Number(rest.slice(name.length + 1));
  return { kind: 'symbol', path, name: unescapeName(name), ordinal: Math.max(1, number) };
}

/** Index of the symbol that an id names, or -1. */
export function symbolOf(facts: FileFacts, name: string, ordinal: number): number {
  let seen = 0;
  for (let i = 0; i < facts.symbols.length; i++) {
    if (facts.symbols[i]?.qualifiedName === name && ++seen === ordinal) return i;
  }
  return -1;
}

/** Whether a path is that which was given, or ends in it after a folder. */
export const pathEndsWith = (path: string, end: string): boolean => path === end || path.endsWith(`/${end}`);
