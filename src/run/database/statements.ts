/**
 * The statements of a text in PostgreSQL's SQL: where each begins, and its words without comments and quoted text.
 *
 * Reads what a lexer of PostgreSQL reads of quotes (https://www.postgresql.org/docs/current/sql-syntax-lexical.html): '…', E'…' with
 * backslashes, "…", $tag$…$tag$, and comments that nest. Where it errs, nothing is run that was not meant: the server takes one statement at
 * a time and refuses two. Absent: any grammar. What a statement does is asked of its words (`irreversible.ts`).
 */

export interface Statement {
  readonly text: string;
  /** Line on which it begins, from 1. */
  readonly line: number;
  /** Words and signs in order, unquoted words in lower case, quoted names as `"name"`; no comments. Texts are `'…'` and not shown. */
  readonly words: readonly string[];
  /** What stands between dollar quotes: bodies of functions and DO blocks. */
  readonly bodies: readonly string[];
}

export function splitStatements(text: string): readonly Statement[] {
  const found: Statement[] = [];
  let words: string[] = [];
  let bodies: string[] = [];
  let start = -1;
  /** Inside BEGIN ATOMIC … END, the body of a function in SQL itself, semicolons are its own. */
  let atomic = 0;
  let at = 0;
  const flush = (end: number): void => {
    if (words.length > 0 && start >= 0)
      found.push({ text: text.slice(start, end).trim(), line: lineOf(text, start), words, bodies });
    words = [];
    bodies = [];
    start = -1;
    atomic = 0;
  };
  while (at < text.length) {
    const token = tokenAt(text, at);
    const end = at + token.length;
    if (token === ';' && atomic === 0) {
      flush(at);
    } else if (!/^(?:\s|--|\/\*)/.test(token)) {
      if (start < 0) start = at;
      const word = wordOf(token);
      if (word === 'atomic' && words.at(-1) === 'begin') atomic = 1;
      else if (atomic > 0 && word === 'case') atomic++;
      else if (atomic > 0 && word === 'end') atomic--;
      words.push(word);
      if (token.startsWith('$')) bodies.push(token.replace(/^\$[^$]*\$|\$[^$]*\$$/g, ''));
    }
    at = end;
  }
  flush(text.length);
  return found;
}

/** Line of an offset, from 1. */
export function lineOf(text: string, offset: number): number {
  let line = 1;
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) line++;
  return line;
}

const name = /[\p{L}_\u0080-\uffff][\p{L}\p{N}_$\u0080-\uffff]*/uy;
const dollar = /\$(?:[\p{L}_][\p{L}\p{N}_]*)?\$/uy;
const blank = /\s+/y;
const lineComment = /--[^\n]*/y;
const number = /\d[\w.]*/y;

/** Never empty. What is not closed goes on to the end. */
function tokenAt(text: string, at: number): string {
  const char = text[at] as string;
  for (const kind of [blank, lineComment, number]) {
    const found = matchAt(kind, text, at);
    if (found !== null) return found;
  }
  if (text.startsWith('/*', at)) return text.slice(at, commentEnd(text, at));
  if (char === "'" || char === '"') return text.slice(at, quoteEnd(text, at, false));
  const tag = matchAt(dollar, text, at);
  if (tag !== null) {
    const end = text.indexOf(tag, at + tag.length);
    return text.slice(at, end === -1 ? text.length : end + tag.length);
  }
  const word = matchAt(name, text, at);
  if (word === null) return char;
  // The letters of E'…', B'…', X'…', N'…' and U&'…' belong to the text.
  if (/^[ebxn]$/i.test(word) && text[at + 1] === "'") return text.slice(at, quoteEnd(text, at + 1, /e/i.test(word)));
  return word;
}

function matchAt(pattern: RegExp, text: string, at: number): string | null {
  pattern.lastIndex = at;
  return pattern.exec(text)?.[0] ?? null;
}

function commentEnd(text: string, start: number): number {
  let depth = 0;
  for (let at = start; at < text.length; at++) {
    if (text.startsWith('/*', at)) {
      depth++;
      at++;
    } else if (text.startsWith('*/', at)) {
      at++;
      if (--depth === 0) return at + 1;
    }
  }
  return text.length;
}

function quoteEnd(text: string, start: number, escapes: boolean): number {
  const mark = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (escapes && text[at] === '\\') at++;
    else if (text[at] === mark) {
      if (text[at + 1] !== mark) return at + 1;
      at++;
    }
  }
  return text.length;
}

function wordOf(token: string): string {
  if (token.startsWith('"')) return token;
  return /^(?:[ebxn]?'|\$[^$]*\$)/i.test(token) ? "'…'" : token.toLowerCase();
}
