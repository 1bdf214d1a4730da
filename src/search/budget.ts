/**
 * An answer within a number of tokens: signatures of all hits first, then bodies in the
 * order of the hits while they fit, snippets for the rest.
 *
 * Counted is the text that `answerText` prints, piece by piece; since estimates of joined
 * pieces never exceed the sum, the whole stays below the budget. Room for the notice that
 * something was left out is taken first, because silence about it would mislead.
 */
import { WinnowError } from '../base/mod.ts';
import { estimateTokens } from './tokens.ts';
import type { Hit, SearchAnswer } from './types.ts';

/** Below this a notice and the id of one hit hardly fit. */
export const smallestBudget = 50;

/** The line that stands for a hit: id, kind, lines, and its signature. */
function headText({ id, kind, lines, signature, duplicates }: Hit): string {
  const head = `${id}  ${kind}  ${lines.first}-${lines.last}\n`;
  const same = duplicates.length === 0 ? '' : `  same text: ${duplicates.join(', ')}\n`;
  return `${head}${signature === null ? '' : `  ${signature}\n`}${same}`;
}

const snippetText = (hit: Hit): string => hit.snippet.map(({ line, text }) => `  ${line}: ${text}\n`).join('');

const bodyText = (hit: Hit): string => (hit.body === null ? '' : `${hit.body}\n`);

const noticeText = (notice: string): string => `${notice}\n`;

/** An answer as plain text: what a model is given, and what budgets count. */
export function answerText({ hits, notices }: Pick<SearchAnswer, 'hits' | 'notices'>): string {
  return [
    ...hits.map((hit) => headText(hit) + (hit.body === null ? snippetText(hit) : bodyText(hit))),
    ...notices.map(noticeText),
  ].join('');
}

/** @throws WinnowError `bad-usage` when nothing fits such a budget */
export function checkBudget(budgetTokens: number | undefined): void {
  if (budgetTokens !== undefined && !(budgetTokens >= smallestBudget)) {
    throw new WinnowError(
      'bad-usage',
      `A budget of ${budgetTokens} tokens cannot hold an answer; the least is ${smallestBudget}.`,
      { details: { budgetTokens, smallestBudget } },
    );
  }
}

export interface Fitted {
  readonly hits: readonly Hit[];
  readonly notices: readonly string[];
  /** Estimated tokens of the text, at most the budget. */
  readonly tokens: number;
}

/**
 * Cuts hits and notices down to a budget.
 *
 * @param hits with their bodies
 * @param budgetTokens at least `smallestBudget`
 */
export function fitBudget(hits: readonly Hit[], notices: readonly string[], budgetTokens: number): Fitted {
  const left = (count: number): string =>
    `${count} of ${hits.length} hits left out to stay within ${budgetTokens} tokens.`;
  let room = budgetTokens - estimateTokens(noticeText(left(hits.length)));
  const spend = (text: string, most = room): boolean => {
    const cost = estimateTokens(text);
    if (cost > most) return false;
    room -= cost;
    return true;
  };
  const lean = (hit: Hit): Hit | null => {
    const whole: Hit = { ...hit, body: null, snippet: [] };
    // Copies may be too many to name, a signature too long; that the hit is there matters more.
    const alone: Hit = { ...whole, duplicates: [] };
    return [whole, alone, { ...alone, signature: null }].find((form) => spend(headText(form))) ?? null;
  };
  const kept: Hit[] = [];
  const first = hits[0] === undefined ? null : lean(hits[0]);
  if (first !== null) kept.push(first);
  const told = notices.filter((notice) => spend(noticeText(notice), room / 2));
  for (const hit of first === null ? [] : hits.slice(1)) {
    const form = lean(hit);
    if (form === null) break;
    kept.push(form);
  }
  const filled = kept.map((hit, at) => {
    const { body, snippet } = hits[at] as Hit;
    const full = { ...hit, body };
    return body !== null && spend(bodyText(full)) ? { ...full, snippet } : hit;
  });
  const shown = filled.map((hit, at) => {
    if (hit.body !== null) return hit;
    const withLines = { ...hit, snippet: (hits[at] as Hit).snippet };
    return spend(snippetText(withLines)) ? withLines : hit;
  });
  if (kept.length < hits.length) told.push(left(hits.length - kept.length));
  return { hits: shown, notices: told, tokens: estimateTokens(answerText({ hits: shown, notices: told })) };
}
