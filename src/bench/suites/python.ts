/** What suites of Python functions share: a prompt that a completion goes behind, and tests as a `check(candidate)`. */
import type { Program } from './types.ts';

/** Programs of a prompt that ends where the function's body begins. */
export const behindPrompt =
  (prompt: string) =>
  (text: string, isWhole: boolean): Program =>
    python(isWhole ? text : prompt + text);

export const python = (source: string): Program => ({ source, language: 'python' });

/** The function that is asked for, with nothing in it, and what stands above it: what a test may use. */
export const contextOf = (prompt: string): string => `${prompt}\n    pass\n`;

/** The arguments of each `name(…)` of a text up to the bracket that closes it. */
export function callsOf(text: string, name: string): readonly string[] {
  const calls: string[] = [];
  const begin = new RegExp(`\\b${name}\\(`, 'g');
  for (const match of text.matchAll(begin)) {
    let depth = 1;
    let end = match.index + match[0].length;
    for (; end < text.length && depth > 0; end++) {
      if ('([{'.includes(text[end] as string)) depth++;
      if (')]}'.includes(text[end] as string)) depth--;
    }
    calls.push(text.slice(match.index + match[0].length, end - 1));
  }
  return calls;
}

/** A Python literal of JSON data. */
export const literalOf = (value: unknown): string =>
  `__import__('json').loads(${JSON.stringify(JSON.stringify(value))})`;
