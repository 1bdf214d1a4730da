/**
 * The sources of a notebook's cells, each unit with its place in the file.
 *
 * The file is JSON, and is read twice: once by the language's own parser, which says whether it is JSON at all, and
 * once by a scanner that trusts it and looks for places. Formats 3 and 4 are known.
 */

import type { FileFacts } from '../facts.ts';

export interface Cell {
  readonly kind: 'code' | 'prose';
  readonly text: string;
  /** Place of each unit of `text`, and of what follows its last. */
  readonly places: Uint32Array;
}

export type Notebook =
  | { readonly kind: 'notebook'; readonly language: string; readonly cells: readonly Cell[] }
  | { readonly kind: 'broken'; readonly at: number; readonly message: string };

interface RawCell {
  type: string;
  /** Starts of string literals, at their opening quotes. */
  sources: number[];
}

/** What the message of each broken notebook begins with. */
const expected = 'Expected a notebook';

/** Whether a file that should be a notebook could only be read as plain text. */
export const isBrokenNotebook = ({ problems }: Pick<FileFacts, 'problems'>): boolean =>
  problems.some(({ message }) => message.startsWith(expected));

/** Deeper nesting than any notebook has. */
const mostDepth = 200;

export function notebookCells(text: string): Notebook {
  let parsed: unknown;
  try {
    parsed = JSON.parse(text.charCodeAt(0) === 0xfeff ? text.slice(1) : text);
  } catch (cause) {
    const message = cause instanceof Error ? cause.message : String(cause);
    const at = Number(/position (\d+)/.exec(message)?.[1] ?? 0);
    const said = message.replaceAll(/\s+/g, ' ').slice(0, 120);
    return {
      kind: 'broken',
      at: Math.min(at, text.length),
      message: `${expected} in JSON, found: ${said}. Read as plain text.`,
    };
  }
  const cells = findCells(text);
  if (cells === null || typeof parsed !== 'object' || parsed === null)
    return { kind: 'broken', at: 0, message: `${expected}, found JSON without cells. Read as plain text.` };
  return { kind: 'notebook', language: languageOf(parsed), cells: cells.flatMap((cell) => cellOf(text, cell)) };
}

/** The kernel's language; Python where the notebook does not say. */
function languageOf(notebook: object): string {
  const metadata = valueAt(notebook, 'metadata');
  const said =
    valueAt(valueAt(metadata, 'language_info'), 'name') ?? valueAt(valueAt(metadata, 'kernelspec'), 'language');
  return typeof said === 'string' && said !== '' ? said : 'python';
}

const valueAt = (of: unknown, key: string): unknown =>
  typeof of === 'object' && of !== null && Object.hasOwn(of, key) ? (of as Record<string, unknown>)[key] : undefined;

function cellOf(text: string, { type, sources }: RawCell): Cell[] {
  const kind = type === 'code' ? 'code' : type === 'markdown' || type === 'heading' ? 'prose' : null;
  if (kind === null || sources.length === 0) return [];
  let decoded = '';
  const places: number[] = [];
  let end = 0;
  for (const source of sources) {
    end = decodeString(text, source, (unit, at) => {
      decoded += unit;
      places.push(at);
    });
  }
  return decoded === '' ? [] : [{ kind, text: decoded, places: Uint32Array.from([...places, end]) }];
}

const escapes: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', b: '\b', f: '\f' };

/** @param start of the opening quote @returns place of the closing quote */
function decodeString(text: string, start: number, visit: (unit: string, at: number) => void): number {
  let at = start + 1;
  while (at < text.length) {
    const unit = text[at] as string;
    if (unit === '"') return at;
    if (unit !== '\\') {
      visit(unit, at++);
      continue;
    }
    const letter = text[at + 1] ?? '';
    if (letter === 'u') {
      // What is written by its number is no word of the file; a mark stands for it.
      visit('?', at);
      at += 6;
    } else {
      visit(escapes[letter] ?? letter, at);
      at += 2;
    }
  }
  return at;
}

/** Cells in the array `cells`, at the top or in a worksheet; null when there is none. */
function findCells(text: string): RawCell[] | null {
  const cells: RawCell[] = [];
  let found = false;
  /** What surrounds the place: for an object the key being read, for an array null. */
  const keys: (string | null)[] = [];
  let cell: { raw: RawCell; depth: number } | null = null;
  let at = 0;
  while (at < text.length && keys.length < mostDepth) {
    const unit = text[at];
    if (unit === '{' || unit === '[') {
      if (unit === '[' && keys.at(-1) === 'cells') found = true;
      if (unit === '{' && cell === null && keys.at(-1) === null && keys.at(-2) === 'cells')
        cell = { raw: { type: '', sources: [] }, depth: keys.length + 1 };
      keys.push(unit === '{' ? '' : null);
      at++;
    } else if (unit === '}' || unit === ']') {
      if (cell !== null && keys.length === cell.depth) {
        cells.push(cell.raw);
        cell = null;
      }
      keys.pop();
      at++;
    } else if (unit === '"') {
      const end = stringEnd(text, at);
      let next = end;
      while (next < text.length && text.charCodeAt(next) <= 32) next++;
      if (text[next] === ':') keys[keys.length - 1] = text.slice(at + 1, end - 1);
      else if (cell !== null) {
        const key = keys[cell.depth - 1];
        const isOwn = keys.length === cell.depth || (keys.length === cell.depth + 1 && keys.at(-1) === null);
        if (isOwn && key === 'cell_type') cell.raw.type = text.slice(at + 1, end - 1);
        if (isOwn && (key === 'source' || key === 'input')) cell.raw.sources.push(at);
      }
      at = end;
    } else at++;
  }
  return found ? cells : null;
}

/** One past the closing quote. */
function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === 92) at++;
    else if (code === 34) return at + 1;
  }
  return text.length;
}
