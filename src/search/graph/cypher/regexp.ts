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
  const source = ignoreCase ? pattern.slice(4) : pattern;
  if (known.size >= mostKnown) known.clear();
  try {
    const made = new RegExp(`^(?:${source})$`, ignoreCase ? 'lsi' : 'ls');
    known.set(pattern, made);
    return made;
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message.replace(/^Invalid regular expression: /, '') : String(cause);
    throw complain(
      `Expected a regular expression that can be matched in linear time (no \\1, no look-around): ${reason}.`,
    );
  }
}
