/** Cypher's words: text in, tokens out. Keywords are names here; the parser knows where one is meant. */
import { fault } from './fault.ts';

export interface Token {
  readonly kind: 'name' | 'quoted-name' | 'string' | 'number' | 'sign' | 'end';
  /** Names and signs as written, strings without quotes and escapes. */
  readonly text: string;
  /** Upper case, for keywords; `''` for anything but unquoted names. */
  readonly upper: string;
  readonly at: number;
}

/** Longest first: `<=` is not `<` and `=`. */
const signs = ['<>', '<=', '>=', '=~', '..', '+=', ...'()[]{}<>=+-*/%^.,:;|$'];

const number = /(?:\d+(?:\.\d+)?|\.\d+)(?:[eE][+-]?\d+)?/y;
const name = /[\p{L}_][\p{L}\p{N}_]*/uy;
const blank = /(?:\s|\/\/[^\n]*|\/\*[\s\S]*?\*\/)+/y;

/** Any other letter keeps its backslash: regular expressions are full of them. */
const escapes: Readonly<Record<string, string>> = {
  n: '\n',
  t: '\t',
  r: '\r',
  b: '\b',
  f: '\f',
  '\\': '\\',
  "'": "'",
  '"': '"',
  '`': '`',
};

/** @throws WinnowError `bad-query` at the first character that begins nothing */
export function tokensOf(text: string): Token[] {
  const tokens: Token[] = [];
  const add = (kind: Token['kind'], written: string, at: number): void => {
    tokens.push({ kind, text: written, upper: kind === 'name' ? written.toUpperCase() : '', at });
  };
  const take = (pattern: RegExp, at: number): string | null => {
    pattern.lastIndex = at;
    return pattern.exec(text)?.[0] ?? null;
  };
  let at = 0;
  while (at < text.length) {
    const space = take(blank, at);
    if (space !== null) {
      at += space.length;
      continue;
    }
    const first = text[at] as string;
    if (first === "'" || first === '"' || first === '`') {
      const { value, end } = quoted(text, at, first);
      add(first === '`' ? 'quoted-name' : 'string', value, at);
      at = end;
      continue;
    }
    // `1..3` is a range, not the number `1.` and something.
    const digits = /[\d.]/.test(first) && !text.startsWith('..', at) ? take(number, at) : null;
    const word = digits ?? take(name, at);
    if (word !== null) {
      add(digits === null ? 'name' : 'number', word, at);
      at += word.length;
      continue;
    }
    const sign = signs.find((one) => text.startsWith(one, at));
    if (sign === undefined) throw fault(text, at, `Expected Cypher, found ${JSON.stringify(first)}.`);
    add('sign', sign, at);
    at += sign.length;
  }
  add('end', '', text.length);
  return tokens;
}

function quoted(text: string, start: number, quote: string): { value: string; end: number } {
  let value = '';
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === quote) {
      // A doubled backquote is one, in a quoted name.
      if (quote !== '`' || text[at + 1] !== '`') return { value, end: at + 1 };
      at++;
    }
    if (char === '\\' && quote !== '`' && at + 1 < text.length) {
      at++;
      const escaped = text[at] as string;
      value += escapes[escaped] ?? `\\${escaped}`;
    } else value += char;
  }
  throw fault(text, start, `Expected a closing ${quote}, and the query ends without one.`);
}
