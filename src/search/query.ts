/**
 * The query language, from text to `Query`.
 *
 *     words go anywhere    "a phrase"    -without    -"without this"
 *     lang:go   path:src/  -path:*.min.js   kind:class   name:parse
 *
 * Values of one filter are alternatives, given with commas or by repeating it; different
 * filters all hold. Quotes keep spaces and make filters and minus signs plain text. Only
 * the four filters are special: `std::vector`, `http://` and `--flag` are words. Nothing
 * here looks at a repository; whether a plain word is the name of a symbol is asked of
 * the caller.
 */
import { limits, WinnowError } from '../base/mod.ts';
import type { ChunkKind, SymbolKind } from '../code/mod.ts';
import { identifierShape } from './identifiershape.ts';
import type { AskedMode, Query } from './types.ts';
import { kindNamed, languageNamed } from './vocabulary.ts';

export interface QueryOptions {
  /** Forces the mode instead of inferring it. */
  readonly mode?: AskedMode;
  /** Filters alone, or nothing: what is looked for is asked apart. */
  readonly mayBeEmpty?: boolean;
  /** Whether a symbol has exactly this name: makes a single plain word an identifier. */
  readonly isName?: (word: string) => boolean;
}

export interface ReadQuery {
  readonly query: Query;
  /** What was taken differently than written. */
  readonly notices: readonly string[];
}

/** A query while it is being read. */
interface Draft {
  words: string[];
  phrases: string[];
  excluded: string[];
  languages: string[];
  paths: string[];
  excludedPaths: string[];
  kinds: (SymbolKind | ChunkKind)[];
  names: string[];
}

interface Token {
  /** `-` before it. */
  readonly negated: boolean;
  readonly filter: FilterName | null;
  readonly value: string;
  readonly quoted: boolean;
}

const filterNames = ['lang', 'path', 'kind', 'name'] as const;
type FilterName = (typeof filterNames)[number];
/** A filter is its name, a colon, and something that is not a second colon (`path::join` is a name). */
const filterStart = new RegExp(`^(${filterNames.join('|')}):(?!:)`, 'i');

/**
 * Reads a query.
 *
 * @throws WinnowError `bad-query` when it is empty or longer than `limits.queryBytes`, when it only excludes,
 * and when a filter has no value or one that does not exist
 */
export function readQuery(text: string, options: QueryOptions = {}): ReadQuery {
  const bytes = Buffer.byteLength(text);
  if (bytes > limits.queryBytes) {
    throw new WinnowError(
      'bad-query',
      `The query has ${bytes} bytes; at most ${limits.queryBytes} are read. Keep the words that matter, or only the first part of a long report.`,
      { details: { bytes, limitBytes: limits.queryBytes } },
    );
  }
  const notices: string[] = [];
  const draft: Draft = {
    words: [],
    phrases: [],
    excluded: [],
    languages: [],
    paths: [],
    excludedPaths: [],
    kinds: [],
    names: [],
  };
  for (const token of tokens(text, notices)) take(token, draft);
  if (
    options.mayBeEmpty !== true &&
    draft.words.length + draft.languages.length + draft.paths.length + draft.kinds.length + draft.names.length === 0
  ) {
    throw new WinnowError('bad-query', emptyMessage(draft));
  }
  const inferred = options.mode === undefined;
  const mode = options.mode ?? inferMode(draft, options.isName);
  return { query: { text, mode, inferred, ...draft }, notices };
}

/** @throws WinnowError `bad-query`, see `readQuery` */
export const parseQuery = (text: string, options: QueryOptions = {}): Query => readQuery(text, options).query;

/** One value of a filter as the query language has it: `path:src/a`, `path:"my notes/"`. */
export const filterText = (filter: FilterName, value: string): string =>
  `${filter}:${/^[^\s"\\,:][^\s"\\,]*$/u.test(value) ? value : `"${value.replace(/["\\]/g, '\\$&')}"`}`;

function emptyMessage(draft: Draft): string {
  return draft.excluded.length + draft.excludedPaths.length > 0
    ? 'The query only says what to leave out. Add a word, a name, or a filter such as path:src/.'
    : 'The query is empty. Give words, a "phrase", a name such as Parser.parse, or a filter such as kind:class.';
}

function inferMode(draft: Draft, isName: ((word: string) => boolean) | undefined): AskedMode {
  const word = draft.words[0];
  if (word === undefined || draft.words.length !== 1 || draft.phrases.length > 0) return 'words';
  // What is left out is left out of texts, and a name has none.
  if (draft.excluded.length > 0) return 'words';
  const name = identifierShape(word);
  if (name === null) return isName?.(word) ? 'identifier' : 'words';
  return 'identifier';
}

const space = /\s/u;

/** Splits at white space outside quotes; `\"` inside quotes is a quote. */
function* tokens(text: string, notices: string[]): Generator<Token> {
  let at = 0;
  while (at < text.length) {
    if (space.test(text[at] as string)) {
      at++;
      continue;
    }
    // A minus counts before a word, a filter or a quote; `-1`, `--flag` and `->` are text.
    const negated = /^-["\p{L}_]/u.test(text.slice(at, at + 3));
    if (negated) at++;
    const filter = filterStart.exec(text.slice(at, at + 6))?.[1] ?? null;
    if (filter !== null) at += filter.length + 1;
    const [value, next, quoted] = readValue(text, at, notices);
    at = next;
    yield { negated, filter: filter === null ? null : (filter.toLowerCase() as FilterName), value, quoted };
  }
}

function readValue(text: string, from: number, notices: string[]): [value: string, next: number, quoted: boolean] {
  if (text[from] !== '"') return readBare(text, from);
  let value = '';
  for (let at = from + 1; at < text.length; at++) {
    const char = text[at] as string;
    if (char === '"') return [value, at + 1, true];
    if (char === '\\' && (text[at + 1] === '"' || text[at + 1] === '\\')) value += text[++at];
    else value += char;
  }
  notices.push('A quote is not closed; what follows it was read as plain words.');
  return readBare(text, from + 1);
}

function readBare(text: string, from: number): [string, number, boolean] {
  let at = from;
  while (at < text.length && !space.test(text[at] as string)) at++;
  return [text.slice(from, at), at, false];
}

function take(token: Token, draft: Draft): void {
  const value = token.value.trim();
  if (token.filter !== null) takeFilter(token, token.filter, draft);
  else if (value === '') return;
  else if (token.negated) draft.excluded.push(value);
  else if (token.quoted) {
    draft.phrases.push(value.replace(/\s+/gu, ' '));
    draft.words.push(...value.split(/\s+/u));
  } else draft.words.push(value);
}

function takeFilter(token: Token, filter: FilterName, draft: Draft): void {
  const values = (token.quoted ? [token.value] : alternatives(token.value))
    .map((value) => value.trim())
    .filter(Boolean);
  if (values.length === 0) {
    throw new WinnowError(
      'bad-query',
      `The filter ${filter}: has no value. Write it without a space, as in ${filterExample[filter]}, or "${filter}:" in quotes to look for the text.`,
      { details: { filter } },
    );
  }
  if (token.negated && filter !== 'path') {
    throw new WinnowError(
      'bad-query',
      `Only path: can be negated, not ${filter}:. List the values wanted instead, as in ${filterExample[filter]}, or put "-${filter}:…" in quotes to look for the text.`,
      { details: { filter } },
    );
  }
  if (filter === 'path') (token.negated ? draft.excludedPaths : draft.paths).push(...values);
  else if (filter === 'name') draft.names.push(...values);
  else if (filter === 'lang') draft.languages.push(...values.map(languageNamed));
  else draft.kinds.push(...values.map(kindNamed));
}

/** Splits at commas outside braces: `*.{ts,tsx}` is one pattern. */
function alternatives(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    if (text[at] === '{' && text.includes('}', at)) depth++;
    else if (text[at] === '}' && depth > 0) depth--;
    else if (text[at] === ',' && depth === 0) {
      parts.push(text.slice(from, at));
      from = at + 1;
    }
  }
  return [...parts, text.slice(from)];
}

const filterExample: Readonly<Record<FilterName, string>> = {
  lang: 'lang:python,go',
  path: 'path:src/',
  kind: 'kind:class,function',
  name: 'name:parse',
};
