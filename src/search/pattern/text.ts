/**
 * Hits as plain text: what is printed into a pipe, given to a model, and counted against a budget.
 *
 *     src/client.py:21: foo(x, 1)
 *       $A = x
 *
 * Of a long match the first lines; `winnow show PATH:FIRST-LAST` prints all. Within a budget hits come in order, each whole while
 * it fits, then as one line; the first that does not fit at all begins the next page.
 */
import type { Bound, Piece } from '../../code/mod.ts';
import { estimateTokens } from '../tokens.ts';
import type { PatternHit } from './types.ts';

/** Lines of a match that are shown. */
const mostLines = 12;
/** Characters of a line, and of what a metavariable stands for. */
const mostCharacters = { line: 200, variable: 80 };

/** Ways to colour; those of a pipe leave text as it is. */
export interface PatternInk {
  readonly path: (text: string) => string;
  readonly line: (text: string) => string;
  readonly rule: (text: string) => string;
  readonly name: (text: string) => string;
  readonly dim: (text: string) => string;
  /** Makes what comes out of a file harmless where it is printed. */
  readonly code: (text: string) => string;
}

const same = (text: string): string => text;
export const plainPatternInk: PatternInk = { path: same, line: same, rule: same, name: same, dim: same, code: same };

export function hitText(hit: PatternHit, ink: PatternInk = plainPatternInk): string {
  return headText(hit, ink) + (hit.brief ? '' : restText(hit, ink));
}

/** Where it is, what rule it meets, and its first line. */
function headText(hit: PatternHit, ink: PatternInk): string {
  const { path, lines, column, text, rule, severity, message } = hit;
  const place = `${ink.path(ink.code(path))}:${ink.line(String(lines.first))}:${column}:`;
  const said = [severity, rule === 'pattern' ? null : rule].filter((part) => part !== null).join(' ');
  const about =
    said === '' && message === null
      ? ''
      : `${ink.rule(said)}${message === null ? '' : `: ${cut(ink.code(message.replace(/\s+/g, ' ')), 'line')}`}`;
  const first = cut(ink.code(linesOf(text)[0] ?? ''), 'line');
  return about === '' ? `${place} ${first}\n` : `${place} ${about}\n  ${first}\n`;
}

/** The lines after the first, and the metavariables. */
function restText({ lines, text, variables }: PatternHit, ink: PatternInk): string {
  const rest = linesOf(text).slice(1);
  const depth = Math.min(...rest.filter((line) => line.trim() !== '').map((line) => line.search(/\S/)), 200);
  const shown = rest.slice(0, mostLines - 1).map((line) => `  ${cut(ink.code(line.slice(depth)), 'line')}`.trimEnd());
  if (rest.length > shown.length) shown.push(ink.dim(`  … ${rest.length - shown.length} more lines, to ${lines.last}`));
  const named = variables.map((variable) => `${ink.name(signed(variable))} = ${ink.code(shortText(variable.place))}`);
  if (named.length > 0) shown.push(`  ${named.join('  ')}`);
  return shown.map((line) => `${line}\n`).join('');
}

const signed = ({ name, many }: Bound): string => `${many ? '$$$' : '$'}${name}`;

const shortText = (place: Piece | null): string =>
  place === null ? '(nothing)' : cut(place.text.replace(/\s+/g, ' '), 'variable');

const linesOf = (text: string): string[] => text.split(/\r?\n/).map((line) => line.replaceAll('\t', '    '));

const cut = (text: string, what: keyof typeof mostCharacters): string =>
  text.length <= mostCharacters[what] ? text : `${text.slice(0, mostCharacters[what])}…`;

export interface FittedHits {
  readonly hits: readonly PatternHit[];
  /** Estimated tokens of their text, at most the budget. */
  readonly tokens: number;
}

/** @param budgetTokens at least `smallestBudget` of `budget.ts` */
export function fitHits(hits: readonly PatternHit[], budgetTokens: number): FittedHits {
  const kept: PatternHit[] = [];
  let room = budgetTokens;
  for (const hit of hits) {
    const form = [hit, { ...hit, brief: true }].find((one) => estimateTokens(hitText(one)) <= room);
    if (form === undefined) break;
    room -= estimateTokens(hitText(form));
    kept.push(form);
  }
  return { hits: kept, tokens: estimateTokens(kept.map((hit) => hitText(hit)).join('')) };
}
