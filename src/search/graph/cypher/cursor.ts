/** A place in the tokens of a query, and what can be asked there. */
import type { WinnowError } from '../../../base/mod.ts';
import { fault } from './fault.ts';
import { type Token, tokensOf } from './lex.ts';

/** Words that end an expression or a pattern, so that none of them is taken for a variable. */
const reserved = new Set(
  (
    'MATCH OPTIONAL WHERE RETURN WITH UNWIND UNION AS ORDER BY SKIP LIMIT AND OR XOR NOT IN STARTS ENDS CONTAINS IS NULL ' +
    'TRUE FALSE CASE WHEN THEN ELSE END DISTINCT ASC DESC ASCENDING DESCENDING ON EXISTS'
  ).split(' '),
);

/** Expressions nested deeper than this are no question. */
const mostDepth = 200;

export interface Cursor {
  readonly next: Token;
  readonly atEnd: boolean;
  /** Whether a name that is no keyword comes next. */
  readonly isName: boolean;
  peek(ahead: number): Token;
  advance(): Token;
  /** Takes the keyword if it comes next. */
  word(upper: string): boolean;
  sign(text: string): boolean;
  expectWord(upper: string): void;
  expectSign(text: string): void;
  name(what: string): string;
  wholeNumber(): number | null;
  /** The query's text from `start` to the end of the last token taken. */
  written(start: number): string;
  fault(message: string, at?: number): WinnowError;
  unexpected(expected: string): WinnowError;
  /** Runs `read` one level deeper. @throws when that is too deep */
  nested<T>(read: () => T): T;
  /** Remembers the place; the function returned goes back to it. */
  mark(): () => void;
}

export function cursorOf(text: string): Cursor {
  const tokens = tokensOf(text);
  let at = 0;
  let depth = 0;
  const token = (): Token => tokens[at] as Token;
  const sign = (wanted: string): boolean => {
    const found = token().kind === 'sign' && token().text === wanted;
    if (found) at++;
    return found;
  };
  const word = (wanted: string): boolean => {
    const found = token().upper === wanted;
    if (found) at++;
    return found;
  };
  const shown = (): string => (token().kind === 'end' ? 'the end of the query' : JSON.stringify(token().text));
  const unexpected = (expected: string): WinnowError =>
    fault(text, token().at, `Expected ${expected}, found ${shown()}.`);
  const isName = (): boolean =>
    token().kind === 'quoted-name' || (token().kind === 'name' && !reserved.has(token().upper));
  return {
    get next() {
      return token();
    },
    get atEnd() {
      return token().kind === 'end';
    },
    get isName() {
      return isName();
    },
    peek: (ahead) => (tokens[at + ahead] ?? tokens.at(-1)) as Token,
    advance: () => tokens[at < tokens.length - 1 ? at++ : at] as Token,
    word,
    sign,
    expectWord: (wanted) => {
      if (!word(wanted)) throw unexpected(wanted);
    },
    expectSign: (wanted) => {
      if (!sign(wanted)) throw unexpected(wanted);
    },
    name: (what) => {
      // After a dot or a colon also `end` or `in` is a name.
      if (token().kind !== 'name' && token().kind !== 'quoted-name') throw unexpected(what);
      return (tokens[at++] as Token).text;
    },
    wholeNumber: () => {
      if (token().kind !== 'number' || !/^\d{1,9}$/.test(token().text)) return null;
      return Number((tokens[at++] as Token).text);
    },
    written: (start) => text.slice(start, token().at).trim(),
    fault: (message, place = token().at) => fault(text, place, `${message}.`),
    unexpected,
    nested: (read) => {
      if (++depth > mostDepth) throw fault(text, token().at, `Expected at most ${mostDepth} levels of nesting.`);
      try {
        return read();
      } finally {
        depth--;
      }
    },
    mark: () => {
      const [place, level] = [at, depth];
      return () => {
        at = place;
        depth = level;
      };
    },
  };
}
