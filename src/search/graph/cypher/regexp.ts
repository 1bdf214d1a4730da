/**
 * Regular expressions that take linear time, so that no pattern can hang the process: V8's second engine,
 * which refuses what cannot be matched in linear time (backreferences, look-around).
 */
import { setFlagsFromString } from 'node:v8';
import type { WinnowError } from '../../../base/mod.ts';

let enabled = false;
const known = new Map<string, RegExp>();

/** Patterns remembered; a query has few. */
const mostKnown = 64;

/**
 * @param pattern must fit the whole text, as Cypher has it; `(?i)` at its start ignores case
 * @param complain makes the error for a pattern that cannot be used
 */
export function linearRegExp(pattern: string, complain: (message: string) => WinnowError): RegExp {
  const found = known.get(pattern);
  if (found !== undefined) return found;
  if (!enabled) setFlagsFromString('--enable-experimental-regexp-engine');
  enabled = true;
  const ignoreCase = pattern.startsWith('(?i)');
  const source = ignoreCase ? eitherCase(pattern.slice(4)) : pattern;
  if (known.size >= mostKnown) known.clear();
  try {
    const made = new RegExp(`^(?:${source})$`, 'ls');
    known.set(pattern, made);
    return made;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^Invalid regular expression: /, '') : String(cause);
    throw complain(
      `Expected a regular expression that can be matched in linear time (no \\1, no look-around): ${reason}.`,
    );
  }
}

/** The engine knows no flag for it, so each letter stands for both of its cases. Escapes keep their meaning. */
function eitherCase(pattern: string): string {
  const token =
    /\\(?:x[\da-f]{2}|u[\da-f]{4}|c[a-z]|p\{[^}]*\}|k<[^>]*>|.)|\(\?(?:<\w+>|[:=!]|<[=!])|\p{L}-\p{L}|\p{L}|[\s\S]/giu;
  let inClass = false;
  return pattern.replace(token, (part) => {
    if (part === '[') inClass = true;
    else if (part === ']') inClass = false;
    const [lower, upper] = [part.toLowerCase(), part.toUpperCase()];
    if (!/^\p{L}(?:-\p{L})?$/u.test(part) || lower === upper) return part;
    if (inClass) return lower + upper;
    const either = (letter: string): string => `[${letter.toLowerCase()}${letter.toUpperCase()}]`;
    return [...part].map((letter) => (letter === '-' ? letter : either(letter))).join('');
  });
}
