/**
 * From an id as someone gives it to what it stands for.
 *
 * The exact id first; then a path alone; then ids whose path and name end in what was
 * given, so that `app.py:run`, `Flask.run` and `app.py` do. One fit is taken, several are
 * listed, none is an error that names the nearest.
 */
import { harmless, hasSigns, type LineRange, limits, WinnowError } from '../base/mod.ts';
import type { FileRecord, LeftOut, SegmentView } from '../index/mod.ts';
import { asIdentifier } from './identifiershape.ts';
import { ordinalOf, type ParsedId, parseId, pathEndsWith, symbolOf } from './ids.ts';
import { nearestIds } from './nearest.ts';
import { qualifierMatch } from './qualifiers.ts';
import type { Reader } from './reader.ts';
import { admitsVersion } from './views.ts';

export type Target =
  | { readonly kind: 'symbol'; readonly file: FileRecord; readonly symbol: number }
  | { readonly kind: 'lines'; readonly file: FileRecord; readonly lines: LineRange }
  | { readonly kind: 'file'; readonly file: FileRecord };

export interface SymbolTarget {
  readonly file: FileRecord;
  readonly symbol: number;
}

export type Resolution =
  | { readonly kind: 'one'; readonly target: Target; readonly exact: boolean }
  | { readonly kind: 'several'; readonly candidates: readonly SymbolTarget[] };

/** @throws WinnowError `unknown-id` with the nearest ids when nothing fits */
export function resolve(reader: Reader, given: string): Resolution {
  const asGiven = withinRoot(given.trim(), reader.snapshot.root);
  const id = exactTarget(reader, asGiven) === null ? bared(asGiven, reader.snapshot.root) : asGiven;
  const exact = exactTarget(reader, id);
  if (exact !== null) return { kind: 'one', target: exact, exact: true };
  const views = reader.snapshot.segments(null);
  const candidates = endingIn(reader, views, id);
  const [only] = candidates;
  if (only !== undefined && candidates.length === 1)
    return { kind: 'one', target: { kind: 'symbol', ...only }, exact: false };
  if (candidates.length > 1) return { kind: 'several', candidates };
  const file = fileEndingIn(reader, id);
  if (file !== null) return { kind: 'one', target: file, exact: false };
  const shown = hasSigns(id) ? shownTarget(reader, id) : null;
  if (shown !== null) return { kind: 'one', target: shown, exact: true };
  throw unknown(reader, views, id);
}

/** Without what texts put around an id, the quotes of Markdown and of code; without `./`, and the column that compilers put behind a line. */
function bared(given: string, root: string): string {
  const inner = /^(`+|["'])(.+)\1$/su.exec(given)?.[2] ?? given;
  return withinRoot(inner.trim(), root)
    .replace(/^\.\//, '')
    .replace(/^(.+:\d{1,9}):\d{1,9}:?$/su, '$1');
}

/** A path from the root of the machine, as stack traces and editors have it, where it leads into the repository. */
const withinRoot = (id: string, root: string): string => (id.startsWith(`${root}/`) ? id.slice(root.length + 1) : id);

function exactTarget(reader: Reader, id: string): Target | null {
  const parsed = parseId(id);
  const file = parsed === null ? null : reader.snapshot.file(parsed.path);
  if (parsed !== null && file !== null) {
    if (parsed.kind === 'lines') return { kind: 'lines', file, lines: parsed.lines };
    const symbol = symbolOf(reader.facts(file.version), parsed.name, parsed.ordinal);
    if (symbol >= 0) return { kind: 'symbol', file, symbol };
    const lines = linesOf(parsed);
    if (lines !== null) return { kind: 'lines', file, lines };
  }
  const whole = reader.snapshot.file(id);
  return whole === null ? null : { kind: 'file', file: whole };
}

/** What is printed as this id, where its path or name holds what is not printed as it is. */
function shownTarget(reader: Reader, id: string): Target | null {
  const parsed = parseId(id);
  for (const file of reader.snapshot.files()) {
    const path = harmless(file.path);
    if (path === id) return { kind: 'file', file };
    if (parsed === null || path !== parsed.path) continue;
    if (parsed.kind === 'lines') return { kind: 'lines', file, lines: parsed.lines };
    const { symbols } = reader.facts(file.version);
    const fitting = symbols.flatMap(({ qualifiedName }, at) => (harmless(qualifiedName) === parsed.name ? [at] : []));
    const symbol = fitting[parsed.ordinal - 1];
    if (symbol !== undefined) return { kind: 'symbol', file, symbol };
  }
  return null;
}

/** Lines as ids have them, and a single one as traces and compilers print it. */
function linesOf(parsed: ParsedId | null): LineRange | null {
  if (parsed?.kind === 'lines') return parsed.lines;
  const line = parsed !== null && /^[0-9]{1,9}$/.test(parsed.name) ? Number(parsed.name) : 0;
  return line > 0 ? { first: line, last: line } : null;
}

/**
 * Definitions whose id ends in what was given: right letter case first, else any. `Flask.run` is a method of that name before
 * it is a function `run` of a file or folder `flask`.
 */
function endingIn(reader: Reader, views: readonly SegmentView[], id: string): SymbolTarget[] {
  const parsed = parseId(id);
  if (parsed?.kind === 'lines') return [];
  const { path, name, ordinal } = written(id, parsed);
  const identifier = asIdentifier(name);
  if (identifier === null) return [];
  const qualified = [...identifier.qualifiers, identifier.name].join('.');
  const found: (SymbolTarget & { readonly sameCase: boolean; readonly whole: boolean })[] = [];
  for (const view of views) {
    for (const entry of view.segment.names.exact(identifier.name.toLowerCase())) {
      if (!admitsVersion(view, entry.version)) continue;
      const file = reader.snapshot.fileOfVersion(entry.version);
      if (file === null || (path !== null && !pathEndsWith(file.path, path))) continue;
      const symbol = reader.facts(entry.version).symbols[entry.symbol];
      if (symbol === undefined) continue;
      const fits = qualifierMatch(identifier.qualifiers, file.path, symbol.qualifiedName, symbol.name) === 'aligned';
      const sameCase = entry.name === identifier.name;
      const whole = identifier.qualifiers.length > 0 && symbol.qualifiedName.split(/[.:#/]+/).join('.') === qualified;
      if (fits) found.push({ file, symbol: entry.symbol, sameCase, whole });
    }
  }
  const strict = found.filter(({ sameCase }) => sameCase);
  const whole = strict.filter((one) => one.whole);
  const kept = whole.length > 0 ? whole : strict.length > 0 ? strict : found;
  const byPath = kept.sort((a, b) =>
    a.file.path === b.file.path ? a.symbol - b.symbol : a.file.path < b.file.path ? -1 : 1,
  );
  const counted = ({ file, symbol }: SymbolTarget): boolean =>
    ordinalOf(reader.facts(file.version), symbol) === ordinal;
  return ordinal > 1 ? byPath.filter(counted) : byPath;
}

/** What a person writes as an id: a name alone, or after a path; in it `::` divides as it does in C++, Ruby, Rust and PHP. */
function written(id: string, parsed: ParsedId | null): { path: string | null; name: string; ordinal: number } {
  const divided = parsed?.kind === 'symbol' && parsed.path.endsWith(':');
  if (parsed?.kind === 'symbol' && !divided) return parsed;
  const [, path, rest = id] = (divided && /^(.*[^:]):([^:].*)$/su.exec(id)) || [];
  const [, name = rest, ordinal = 1] = /^(.+)#(\d+)$/su.exec(rest) ?? [];
  return { path: path ?? null, name, ordinal: Number(ordinal) };
}

function fileEndingIn(reader: Reader, id: string): Target | null {
  const parsed = parseId(id);
  const lines = linesOf(parsed);
  const path = parsed !== null && lines !== null ? parsed.path : id;
  const files = reader.snapshot.files().filter((file) => pathEndsWith(file.path, path));
  const [file] = files;
  if (file === undefined || files.length > 1) return null;
  return lines !== null ? { kind: 'lines', file, lines } : { kind: 'file', file };
}

const leftOutWords: Readonly<Record<LeftOut, string>> = {
  binary: 'is binary',
  'too-large': 'is too large',
  minified: 'is minified',
  empty: 'is empty',
  unreadable: 'cannot be read',
  'not-a-file': 'is no plain file',
  symlink: 'is a symbolic link',
  'name-not-utf8': 'has a name that is not UTF-8',
  failed: 'failed to parse',
};

function unknown(reader: Reader, views: readonly SegmentView[], id: string): WinnowError {
  const left = reader.snapshot.leftOut(parseId(id)?.path ?? id);
  if (left !== null) {
    const { path, reason } = left;
    return new WinnowError('unknown-id', `${path} was left out of the index: it ${leftOutWords[reason]}.`, {
      details: { id, near: [], leftOut: reason, path },
    });
  }
  if (Math.max(...id.split(/[^\p{L}\p{N}_$]+/u).map((word) => word.length)) > limits.identifierUnits)
    return new WinnowError(
      'unknown-id',
      `Expected a name of at most ${limits.identifierUnits} characters; longer ones are taken for data and not indexed.`,
      { details: { id, near: [] } },
    );
  const near = nearestIds(reader, views, id);
  const hint = near.length > 0 ? ` Nearest: ${near.join(', ')}.` : ' Search for it to get an id.';
  return new WinnowError(
    'unknown-id',
    `${id} is no id here; expected path:Qualified.name, path:12-40 or a path, as search prints them.${hint}`,
    { details: { id, near } },
  );
}
