/**
 * `show`: what an id stands for, with what is around it, within a budget.
 *
 * The source comes with its doc comment and is cut in the middle when it must be. A
 * quarter of the budget is kept for the surroundings (members, parent, neighbours,
 * imports used), which tell where to look next.
 */
import { contains, type LineRange, type Span, WinnowError } from '../base/mod.ts';
import type { Symbol as CodeSymbol, FileFacts, Import } from '../code/mod.ts';
import type { FileRecord, Snapshot } from '../index/mod.ts';
import { checkBudget } from './budget.ts';
import { cellText } from './cells.ts';
import { excerptOf, excerptText, linesText } from './excerpt.ts';
import { idOf, linesId } from './ids.ts';
import { Reader, rangeOf, signatureText, slice, type Text } from './reader.ts';
import { resolve, type SymbolTarget, type Target } from './resolve.ts';
import { estimateTokens } from './tokens.ts';
import type { OutlineRow, ShowAnswer, Shown, ShowOptions } from './types.ts';

const mostContext = 1_000;
/** More members than this are not an outline but the file again (keys of a lock file). */
const mostRows = 400;
/** Definitions listed for an ambiguous id. */
const mostCandidates = 25;
/** Share of the budget for what is around the source. */
const aroundShare = 0.25;

/**
 * Shows a symbol, lines or a file.
 *
 * @param id as `search` gives it, or an end of it that only one definition has
 * @throws WinnowError `unknown-id` with the nearest ids when nothing fits, or when the file has changed meanwhile or ends before the lines, `bad-usage` for options out of range
 */
export function show(snapshot: Snapshot, id: string, options: ShowOptions = {}): ShowAnswer {
  const context = options.context ?? 0;
  if (!Number.isInteger(context) || context < 0 || context > mostContext) {
    throw new WinnowError(
      'bad-usage',
      `context must be a whole number of lines from 0 to ${mostContext}; it was ${context}.`,
    );
  }
  checkBudget(options.budgetTokens);
  const reader = new Reader(snapshot);
  const resolution = resolve(reader, id);
  const { completeness } = snapshot;
  if (resolution.kind === 'several') return { ...ambiguous(reader, resolution.candidates), completeness };
  const { target, exact } = resolution;
  const text = reader.text(target.file);
  if (text === null) {
    throw new WinnowError(
      'unknown-id',
      `${target.file.path} has changed or gone since it was indexed, so ${id} cannot be shown. Refresh the index and ask again.`,
      { details: { id, path: target.file.path } },
    );
  }
  const notices: string[] = [];
  const whole = describe(reader, text, target, context, notices);
  if (!exact) notices.push(`${id} was taken for ${whole.id}.`);
  if (options.budgetTokens === undefined) return { kind: 'shown', shown: whole, completeness, notices, tokens: null };
  const { shown, tokens } = fitted(text, whole, notices, options.budgetTokens);
  return { kind: 'shown', shown, completeness, notices, tokens };
}

function ambiguous(reader: Reader, candidates: readonly SymbolTarget[]) {
  const rows = candidates.slice(0, mostCandidates).flatMap(({ file, symbol }) => {
    const text = reader.text(file);
    return text === null ? [] : [rowOf(text, file, reader.facts(file.version), symbol, 0)];
  });
  const more = candidates.length - rows.length;
  const notices = more > 0 ? [`${more} more definitions fit.`] : [];
  return { kind: 'ambiguous' as const, candidates: rows, notices };
}

function rowOf(text: Text, file: FileRecord, facts: FileFacts, symbol: number, depth: number): OutlineRow {
  const found = facts.symbols[symbol] as CodeSymbol;
  return {
    id: idOf(file.path, facts, symbol),
    kind: found.kind,
    name: found.qualifiedName,
    lines: rangeOf(text, found.span),
    signature: signatureText(text, found.signature),
    depth,
  };
}

function describe(reader: Reader, text: Text, target: Target, context: number, notices: string[]): Shown {
  const { file } = target;
  const facts = reader.facts(file.version);
  const row = (symbol: number, depth = 0): OutlineRow => rowOf(text, file, facts, symbol, depth);
  const lastLine = text.starts.length;
  if (target.kind === 'file') {
    const lines = { first: 1, last: lastLine };
    const shown = bare(file, target.kind, file.path, lines, { start: 0, end: text.bytes.length });
    const imports = [...new Set(facts.imports.map((row) => importLine(text, row)))];
    return { ...shown, children: outline(facts, -1, row, notices), imports };
  }
  if (target.kind === 'lines') {
    const lines = linesWithin(target, lastLine, notices);
    const span = spanOf(text, lines);
    const parent = innermost(facts, span);
    const children = facts.symbols.flatMap(({ span: inner }, at) => (contains(span, inner) ? [row(at)] : []));
    return {
      ...bare(file, target.kind, linesId(file.path, lines), lines, span),
      source: excerptOf(text, widened(lines, context, lastLine), null, sayingOf(file.language)),
      parent: parent < 0 ? null : row(parent),
      children: children.slice(0, mostRows),
      imports: importsUsed(facts, text, span),
    };
  }
  const { symbol } = target;
  const found = facts.symbols[symbol] as CodeSymbol;
  const lines = rangeOf(text, found.span);
  const from = found.doc === null ? lines.first : Math.min(lines.first, rangeOf(text, found.doc).first);
  const { before, after } = neighbours(facts, symbol);
  return {
    ...bare(file, target.kind, idOf(file.path, facts, symbol), lines, found.span),
    kind: found.kind,
    name: found.qualifiedName,
    signature: signatureText(text, found.signature),
    doc: found.doc === null ? null : slice(text, found.doc),
    source: excerptOf(
      text,
      widened({ first: from, last: lines.last }, context, lastLine),
      null,
      sayingOf(file.language),
    ),
    parent: found.parent < 0 ? null : row(found.parent),
    children: outline(facts, symbol, row, notices),
    before: before < 0 ? null : row(before),
    after: after < 0 ? null : row(after),
    imports: importsUsed(facts, text, found.span),
  };
}

const bare = (file: FileRecord, what: Shown['what'], id: string, lines: LineRange, span: Span): Shown => ({
  id,
  path: file.path,
  language: file.language,
  what,
  kind: null,
  name: null,
  span,
  lines,
  signature: null,
  doc: null,
  source: null,
  parent: null,
  children: [],
  before: null,
  after: null,
  imports: [],
});

/** How lines of a language are shown where that is not as they stand. */
const sayingOf = (language: string): ((lines: string) => string) | undefined =>
  language === 'jupyter' ? cellText : undefined;

const oneLine = (text: string): string => text.replace(/\s+/gu, ' ').trim();

function linesWithin({ file, lines }: Target & { kind: 'lines' }, lastLine: number, notices: string[]): LineRange {
  const first = Math.max(1, Math.min(lines.first, lines.last));
  if (first > lastLine) {
    const id = linesId(file.path, lines);
    const has = lastLine === 1 ? '1 line' : `${lastLine} lines`;
    throw new WinnowError('unknown-id', `${id} is past the end: ${file.path} has ${has}. Ask for lines within them.`, {
      details: { id, path: file.path, lines: lastLine },
    });
  }
  const last = Math.min(Math.max(first, lines.first, lines.last), lastLine);
  if (first !== lines.first || last !== lines.last) notices.push(`${file.path} has lines 1 to ${lastLine}.`);
  return { first, last };
}

const spanOf = ({ starts, bytes }: Text, { first, last }: LineRange): Span => ({
  start: starts[first - 1] as number,
  end: last < starts.length ? (starts[last] as number) : bytes.length,
});

const widened = ({ first, last }: LineRange, by: number, lastLine: number): LineRange => ({
  first: Math.max(1, first - by),
  last: Math.min(lastLine, last + by),
});

/** The smallest definition around a span, or -1. */
function innermost(facts: FileFacts, span: Span): number {
  let best = -1;
  for (const [at, symbol] of facts.symbols.entries()) if (contains(symbol.span, span)) best = at;
  return best;
}

/** Definitions below a symbol, or all of the file's for -1, in their order. */
function outline(
  facts: FileFacts,
  top: number,
  row: (symbol: number, depth: number) => OutlineRow,
  notices: string[],
): OutlineRow[] {
  const depths = new Map<number, number>([[top, -1]]);
  const rows: OutlineRow[] = [];
  let left = 0;
  for (const [at, { parent }] of facts.symbols.entries()) {
    const depth = depths.get(parent);
    if (at <= top || depth === undefined) continue;
    depths.set(at, depth + 1);
    if (rows.length < mostRows) rows.push(row(at, depth + 1));
    else left++;
  }
  if (left > 0) notices.push(`${left} more definitions are not listed.`);
  return rows;
}

/** The definitions right before and after one, of the same parent, or -1. */
function neighbours(facts: FileFacts, symbol: number): { before: number; after: number } {
  const { parent, span } = facts.symbols[symbol] as CodeSymbol;
  let before = -1;
  let after = -1;
  for (const [at, other] of facts.symbols.entries()) {
    if (at === symbol || other.parent !== parent) continue;
    if (other.span.start < span.start) before = at;
    else if (after < 0) after = at;
  }
  return { before, after };
}

const identifiers = /[\p{L}_$][\p{L}\p{M}\p{N}_$]*/gu;

/** Imports that bind a name which the span mentions. */
function importsUsed(facts: FileFacts, text: Text, span: Span): string[] {
  const mentioned = new Set(slice(text, span).match(identifiers) ?? []);
  const used = new Set<string>();
  for (const row of facts.imports) {
    if (row.alias === null || contains(span, row.span)) continue;
    if (mentioned.has(row.alias.split('.')[0] as string)) used.add(importLine(text, row));
  }
  return [...used];
}

/** The line of an import; of one spread over lines, what it binds and from where. */
function importLine(text: Text, { module, name, span }: Import): string {
  const { first, last } = rangeOf(text, span);
  const line = oneLine(linesText(text, { first, last }));
  return line.includes(module) && line.length <= longestImport ? line : `${name} (${module})`;
}

/** Longer lines are minified or bind dozens of names. */
const longestImport = 160;

const rowText = (label: string, row: OutlineRow): string =>
  `${label}${'  '.repeat(row.depth)}${row.id}  ${row.kind}  ${row.lines.first}-${row.lines.last}\n  ${row.signature}\n`;

const importText = (line: string): string => `${line}\n`;

/** What is shown as plain text: what a model is given, and what budgets count. */
export function shownText(shown: Shown): string {
  const around = (label: string, row: OutlineRow | null): string => (row === null ? '' : rowText(label, row));
  return [
    headText(shown),
    ...shown.imports.map(importText),
    shown.source === null ? '' : excerptText(shown.source),
    ...shown.children.map((row) => rowText('', row)),
    around('in ', shown.parent),
    around('before ', shown.before),
    around('after ', shown.after),
  ].join('');
}

const headText = ({ id, kind, what, lines, signature }: Shown): string =>
  `${id}  ${kind ?? what}  ${lines.first}-${lines.last}\n${signature === null ? '' : `  ${signature}\n`}`;

/** Cuts what is shown down to a budget; says in `notices` what is missing. */
function fitted(text: Text, whole: Shown, notices: string[], budgetTokens: number): { shown: Shown; tokens: number } {
  const missing = 'Parts were left out to stay within the budget.';
  const noticeTokens = (): number => notices.reduce((sum, notice) => sum + estimateTokens(`${notice}\n`), 0);
  const all = estimateTokens(shownText(whole)) + noticeTokens();
  if (all <= budgetTokens) return { shown: whole, tokens: all };
  notices.push(missing);
  let head: Shown = {
    ...whole,
    source: null,
    parent: null,
    before: null,
    after: null,
    children: [],
    imports: [],
    doc: null,
  };
  let room = budgetTokens - noticeTokens() - estimateTokens(headText(head));
  if (room < 0 && head.signature !== null) {
    room += estimateTokens(headText(head));
    head = { ...head, signature: null };
    room -= estimateTokens(headText(head));
  }
  let around = whole.source === null ? room : Math.floor(room * aroundShare);
  const take = (cost: number): boolean => {
    if (cost > around) return false;
    around -= cost;
    room -= cost;
    return true;
  };
  const keep = (label: string, row: OutlineRow | null): OutlineRow | null =>
    row !== null && take(estimateTokens(rowText(label, row))) ? row : null;
  const parent = keep('in ', whole.parent);
  const before = keep('before ', whole.before);
  const after = keep('after ', whole.after);
  const children: OutlineRow[] = [];
  for (const row of whole.children) {
    if (!take(estimateTokens(rowText('', row)))) break;
    children.push(row);
  }
  const imports = whole.imports.filter((line) => take(estimateTokens(importText(line))));
  const source =
    whole.source === null || room <= 0 ? null : excerptOf(text, whole.source.lines, room, sayingOf(whole.language));
  const doc = source !== null && source.omitted === null ? whole.doc : null;
  const shown = { ...head, parent, before, after, children, imports, source, doc };
  return { shown, tokens: estimateTokens(shownText(shown)) + noticeTokens() };
}
