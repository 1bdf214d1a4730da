/**
 * An answer of `locate` as plain text, and cut down to a number of tokens.
 *
 * Entries come first, reasons after: what to look at matters more than why. The lists shrink together, so that a small
 * budget still holds a file, a class and a function each.
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
  for (let length = most - 1; length >= 0; length--) {
    const cut = cutDown(answer, length, 0);
    const told = { ...cut, notices: [...answer.notices, `Shortened to stay within ${budgetTokens} tokens.`] };
    if (fits(told, budgetTokens)) return finished(told);
    if (fits({ ...cut, notices: [] }, budgetTokens)) return finished({ ...cut, notices: [] });
  }
  return finished({ ...cutDown(answer, 0, 0), notices: [] });
}

const fits = (answer: LocateAnswer, budgetTokens: number): boolean =>
  estimateTokens(locatedText(answer)) <= budgetTokens;

const finished = (answer: LocateAnswer): LocateAnswer => ({ ...answer, tokens: estimateTokens(locatedText(answer)) });

function cutDown(answer: LocateAnswer, length: number, reasons: number): LocateAnswer {
  const cut = <T extends LocatedFile | LocatedSymbol>(entries: readonly T[]): T[] =>
    entries.slice(0, length).map((entry) => ({ ...entry, reasons: entry.reasons.slice(0, reasons) }));
  return { ...answer, files: cut(answer.files), classes: cut(answer.classes), functions: cut(answer.functions) };
}
