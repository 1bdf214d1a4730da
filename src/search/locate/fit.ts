/**
 * An answer of `locate` as plain text, and cut down to a number of tokens.
 *
 * Entries come first, reasons after: what to look at matters more than why. The lists shrink together, so that a small
 * budget still holds a file, a class and a function each; the smallest hold one file.
 */
import { estimateTokens } from '../tokens.ts';
import type { LocateAnswer, LocatedFile, LocatedSymbol } from './answer.ts';

/** What a model is given, and what budgets count. */
export function locatedText({
  files,
  classes,
  functions,
  notices,
}: Pick<LocateAnswer, 'files' | 'classes' | 'functions' | 'notices'>): string {
  return [
    ...list(
      'files',
      files.map((file) => [file.path, file]),
    ),
    ...list(
      'classes',
      classes.map((symbol) => [placed(symbol), symbol]),
    ),
    ...list(
      'functions',
      functions.map((symbol) => [placed(symbol), symbol]),
    ),
    ...notices.map((notice) => `${notice}\n`),
  ].join('');
}

const placed = ({ id, lines }: LocatedSymbol): string => `${id}  ${lines.first}-${lines.last}`;

function list(label: string, entries: readonly (readonly [string, LocatedFile | LocatedSymbol])[]): string[] {
  if (entries.length === 0) return [];
  return [
    `${label}\n`,
    ...entries.map(([head, { reasons }]) => `  ${head}\n${reasons.map(({ text }) => `    ${text}\n`).join('')}`),
  ];
}

/** @param budgetTokens at least `smallestBudget` */
export function fitLocated(answer: LocateAnswer, budgetTokens: number): LocateAnswer {
  const most = Math.max(answer.files.length, answer.classes.length, answer.functions.length);
  for (const reasons of [4, 2, 1, 0]) {
    const cut = cutDown(answer, most, reasons);
    if (fits(cut, budgetTokens)) return finished(cut);
  }
  // Nothing was found, and even saying so is too much.
  if (most === 0) return finished({ ...answer, notices: [] });
  const first = cutDown(answer, 1, 0);
  const smaller = [
    ...Array.from({ length: Math.max(0, most - 1) }, (_, i) => cutDown(answer, most - 1 - i, 0)),
    { ...first, classes: [] },
    { ...first, classes: [], functions: [] },
  ];
  for (const cut of smaller) {
    const told = { ...cut, notices: [...answer.notices, leftOutNotice(budgetTokens)] };
    if (fits(told, budgetTokens)) return finished(told);
    if (fits({ ...cut, notices: [] }, budgetTokens)) return finished({ ...cut, notices: [] });
  }
  return finished({ ...cutDown(answer, 0, 0), notices: [leftOutNotice(budgetTokens)] });
}

/** Also the sign of an answer that was found and is too much for its budget. */
export const leftOutNotice = (budgetTokens: number): string => `Shortened to stay within ${budgetTokens} tokens.`;

const fits = (answer: LocateAnswer, budgetTokens: number): boolean =>
  estimateTokens(locatedText(answer)) <= budgetTokens;

const finished = (answer: LocateAnswer): LocateAnswer => ({ ...answer, tokens: estimateTokens(locatedText(answer)) });

function cutDown(answer: LocateAnswer, length: number, reasons: number): LocateAnswer {
  const cut = <T extends LocatedFile | LocatedSymbol>(entries: readonly T[]): T[] =>
    entries.slice(0, length).map((entry) => ({ ...entry, reasons: entry.reasons.slice(0, reasons) }));
  return { ...answer, files: cut(answer.files), classes: cut(answer.classes), functions: cut(answer.functions) };
}
