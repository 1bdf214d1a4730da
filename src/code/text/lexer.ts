/**
 * Words, strings and marks of languages that are read without a grammar, one at a time, so that a file of any size takes no
 * more memory than itself. Comments go to a listener; white space but line breaks is passed over.
 */

export interface LexerRules {
  /** What begins a comment to the line's end. */
  readonly lineComments: readonly string[];
  /** Units of words; a regular expression with flag `y`. */
  readonly word: RegExp;
  /** Quotes of strings, and whether a backslash escapes in them. */
  readonly quotes: string;
  readonly escapes: boolean;
  readonly newlines: boolean;
}

export type TokenKind = 'word' | 'string' | 'mark' | 'newline' | 'end';

export class Lexer {
  readonly text: string;
  readonly #rules: LexerRules;
  readonly #onComment: (start: number, end: number) => void;
  kind: TokenKind = 'newline';
  start = 0;
  end = 0;

  constructor(text: string, rules: LexerRules, onComment: (start: number, end: number) => void) {
    this.text = text;
    this.#rules = rules;
    this.#onComment = onComment;
  }

  /** What the token says. Long strings are cut: nobody looks at their ends. */
  get value(): string {
    return this.text.slice(this.start, Math.min(this.end, this.start + 1000));
  }

  /** @returns false at the end of the text */
  next(): boolean {
    const { text } = this;
    const rules = this.#rules;
    let at = this.end;
    for (;;) {
      const code = text.charCodeAt(at);
      if (at >= text.length) return this.#take('end', at, at);
      if (code === 10 && rules.newlines) return this.#take('newline', at, at + 1);
      if (code <= 32 || code === 0xfeff || code === 0xa0) {
        at++;
        continue;
      }
      const end = this.#commentEnd(at);
      if (end < 0) break;
      this.#onComment(at, end);
      at = end;
    }
    const unit = text[at] as string;
    if (rules.quotes.includes(unit)) return this.#take('string', at, this.#stringEnd(at, unit));
    rules.word.lastIndex = at;
    const word = rules.word.exec(text)?.[0];
    if (word !== undefined && word !== '') return this.#take('word', at, at + word.length);
    return this.#take('mark', at, at + 1);
  }

  /** Goes on behind `end`. */
  skipTo(end: number): void {
    this.end = Math.max(this.end, Math.min(end, this.text.length));
  }

  #take(kind: TokenKind, start: number, end: number): boolean {
    this.kind = kind;
    this.start = start;
    this.end = end;
    return kind !== 'end';
  }

  /** -1 when no comment begins there. */
  #commentEnd(at: number): number {
    const { text } = this;
    if (text.startsWith('/*', at)) {
      const end = text.indexOf('*/', at + 2);
      return end < 0 ? text.length : end + 2;
    }
    if (!this.#rules.lineComments.some((mark) => text.startsWith(mark, at))) return -1;
    const end = text.indexOf('\n', at);
    const last = end < 0 ? text.length : end;
    return text.charCodeAt(last - 1) === 13 ? last - 1 : last;
  }

  /** A string left open ends with its line, but those of SQL go on. */
  #stringEnd(start: number, quote: string): number {
    const { text } = this;
    const { escapes } = this.#rules;
    for (let at = start + 1; at < text.length; at++) {
      const unit = text[at];
      if (unit === '\\' && escapes) at++;
      else if (unit === quote) {
        if (escapes || text[at + 1] !== quote) return at + 1;
        at++;
      } else if (unit === '\n' && escapes) return at;
    }
    return text.length;
  }
}
