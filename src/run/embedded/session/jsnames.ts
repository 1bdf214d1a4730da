/** The names that a declaration of JavaScript binds, patterns included, from its words alone. */
import type { Token } from './jsscan.ts';

/**
 * @param from the word after `let`, `const` or `var`
 * @param begins whether a statement begins with a word that stands behind another
 */
export function boundNames(
  tokens: readonly Token[],
  from: number,
  begins: (token: Token, before: Token | undefined) => boolean,
): readonly string[] {
  const names: string[] = [];
  const depth = tokens[from]?.depth ?? 0;
  const ends = (at: number): boolean => {
    const token = tokens[at];
    if (token === undefined || token.depth < depth) return true;
    return token.depth === depth && (token.text === ';' || begins(token, tokens[at - 1]));
  };
  for (let at = from; ; at++) {
    at = target(tokens, at, names);
    // What it is set to.
    while (!ends(at) && !isComma(tokens[at], depth)) at++;
    if (!isComma(tokens[at], depth)) return names;
  }
}

const isComma = (token: Token | undefined, depth: number): boolean => token?.text === ',' && token.depth === depth;

/** A name or a pattern. @returns behind it */
function target(tokens: readonly Token[], from: number, names: string[]): number {
  const token = tokens[from];
  if (token?.kind === 'word') {
    names.push(token.text);
    return from + 1;
  }
  if (token?.text !== '{' && token?.text !== '[') return from + 1;
  const inside = token.depth + 1;
  const isObject = token.text === '{';
  const close = tokens.findIndex((one, at) => at > from && one.depth === token.depth);
  const end = close === -1 ? tokens.length : close;
  for (let at = from + 1; at < end; at++) {
    if (tokens[at]?.text === '...') at = target(tokens, at + 1, names);
    else if (!isObject && !isComma(tokens[at], inside)) at = target(tokens, at, names);
    else if (isObject) at = property(tokens, at, inside, names);
    // A default.
    while (at < end && !isComma(tokens[at], inside)) at++;
  }
  return end + 1;
}

/** `name`, `key: target` or `[computed]: target`. @returns behind it */
function property(tokens: readonly Token[], from: number, inside: number, names: string[]): number {
  const key = tokens[from];
  let at = from + 1;
  if (key?.text === '[') while (at < tokens.length && (tokens[at]?.depth ?? 0) > inside) at++;
  if (key?.text === '[') at++;
  if (tokens[at]?.text === ':') return target(tokens, at + 1, names);
  if (key?.kind === 'word') names.push(key.text);
  return at;
}
