/**
 * SCSS and Less, the two extensions of CSS with braces: classes and ids that rules are for, as of CSS, and what the extensions add: variables,
 * mixins, functions, placeholders. `&__title` within `.card` is named as it is written, and qualified by the card.
 *
 * No grammar of either was found as WebAssembly in the registry, so they are read by a scanner. Sass without braces and Stylus are text. What stands in
 * an interpolation (`#{…}`) is passed over.
 */
import type { SymbolKind } from '../facts.ts';
import { Definitions } from '../text/definitions.ts';
import type { TextFacts, TextLanguage } from './language.ts';

interface Block {
  /** What is inside belongs to it, or -1. */
  readonly symbol: number;
  /** What ends with the block. */
  readonly own: readonly number[];
  readonly headEnd: number;
  /** Variables inside are local. */
  readonly isLocal: boolean;
}

/** A name in the text. */
interface Named {
  readonly kind: SymbolKind;
  readonly start: number;
  readonly end: number;
}

/** Deeper blocks define nothing: no one writes them. */
const mostDepth = 100;
/** A selector or statement that goes on for longer is looked at no further. */
const longestHead = 4_000;
const longestModule = 80;
/** Parentheses and interpolations that nothing closes, in one file; after so many, marks are passed over one by one. */
const mostUnclosed = 100;

const callable = /^@(mixin|function)\s+([\w-]+)/;
const keyframes = /^@(?:-\w+-)?keyframes\s+([\w-]+)/i;
/** `.button(@size) {`: a mixin of Less; a pseudo-class has a colon before it. */
const lessMixin = /^[.#]([\w-]+)\s*\(/;
const variable = /^(?:\$|@)([\w-]+)\s*:(?!:)/;
const customProperty = /^--[\w-]+(?=\s*:)/;
const imported = /^@(?:use|forward|import)\b/;
const included = /^@include\s+(?:([\w-]+)\.)?([\w-]+)/;
const extended = /^@extend\s+[.%#]([\w-]+)/;

function read(text: string): TextFacts {
  const found = new Definitions(text);
  const blocks: Block[] = [];
  const around = (): number => blocks.at(-1)?.symbol ?? -1;
  let headStart = 0;
  let unclosed = 0;

  const head = (end: number): { text: string; start: number } => {
    const whole = text.slice(headStart, Math.min(end, headStart + longestHead));
    const start = headStart + whole.search(/\S|$/);
    return { text: blanked(text.slice(start, Math.min(end, start + longestHead))), start };
  };
  const define = ({ kind, start, end }: Named, from: number, qualifier?: string): number =>
    found.open({
      kind,
      nameStart: start,
      nameEnd: end,
      start: from,
      parent: around(),
      ...(qualifier === undefined ? {} : { qualifier }),
    });

  /** @param last where a definition ends: behind its semicolon */
  const statement = (end: number, last = end): void => {
    const { text: written, start } = head(end);
    if (written === '') return;
    const local = blocks.at(-1)?.isLocal ?? false;
    const name = variable.exec(written)?.[1];
    if (name !== undefined && !local) {
      found.close(define({ kind: 'variable', start: start + 1, end: start + 1 + name.length }, start), last);
    }
    const property = customProperty.exec(written)?.[0];
    if (property !== undefined)
      found.close(define({ kind: 'variable', start, end: start + property.length }, start, ''), last);
    if (imported.test(written))
      for (const { 2: module = '', index, 1: quote = '' } of written.matchAll(/(["'])(.*?)\1/g)) {
        const at = start + index + quote.length;
        found.import(module, at, at + module.length);
      }
    const use = included.exec(written) ?? null;
    if (use !== null)
      found.refer('call', start + use[0].length - (use[2] as string).length, start + use[0].length, use[1] ?? null);
    const mixed = lessMixin.exec(written)?.[1];
    if (mixed !== undefined) found.refer('call', start + 1, start + 1 + mixed.length);
    const base = extended.exec(written);
    if (base !== null)
      found.refer('inherit', start + base[0].length - (base[1] as string).length, start + base[0].length);
    const value = name === undefined ? 0 : name.length + 1;
    for (const { 1: read = '', index, 0: all } of written.slice(value).matchAll(/\$([\w-]+)(?!\s*:)/g)) {
      const readEnd = start + value + index + all.length;
      const before = text.slice(Math.max(0, readEnd - all.length - longestModule), readEnd - all.length);
      found.refer('use', readEnd - read.length, readEnd, /([\w-]+)\.$/.exec(before)?.[1] ?? null);
    }
  };

  const open = (end: number): void => {
    const { text: written, start } = head(end);
    const inner = blocks.length >= mostDepth ? [] : namesOf(written, start);
    const isLocal =
      (blocks.at(-1)?.isLocal ?? false) || inner.some(({ kind }) => kind === 'function') || !written.startsWith('@');
    const own = inner.map((name) => define(name, start));
    const [only = -1] = own;
    blocks.push({ symbol: own.length === 1 && only >= 0 ? only : around(), own, headEnd: end, isLocal });
    const use = included.exec(written);
    if (use !== null)
      found.refer('call', start + use[0].length - (use[2] as string).length, start + use[0].length, use[1] ?? null);
  };

  for (let at = 0; at < text.length; at++) {
    const unit = text[at] as string;
    const after = text[at + 1];
    if (unit === '/' && (after === '*' || (after === '/' && text[at - 1] !== ':'))) {
      const close = after === '*' ? text.indexOf('*/', at + 2) : text.indexOf('\n', at);
      const end = close < 0 ? text.length : after === '*' ? close + 2 : text[close - 1] === '\r' ? close - 1 : close;
      found.comment(at, end);
      if (text.slice(headStart, Math.min(at, headStart + longestHead)).trim() === '') headStart = end;
      at = end - 1;
    } else if (unit === '"' || unit === "'") at = stringEnd(text, at) - 1;
    else if (unit === '(' || ((unit === '#' || unit === '@') && after === '{')) {
      const from = unit === '(' ? at : at + 1;
      const end = unclosed > mostUnclosed ? -1 : pairEnd(text, from);
      if (end < 0) unclosed++;
      at = end < 0 ? from : end - 1;
    } else if (unit === '{') {
      open(at);
      headStart = at + 1;
    } else if (unit === '}') {
      statement(at);
      const block = blocks.pop();
      for (const symbol of block?.own ?? []) found.close(symbol, at + 1, block?.headEnd);
      headStart = at + 1;
    } else if (unit === ';') {
      statement(at, at + 1);
      headStart = at + 1;
    }
  }
  statement(text.length);
  return found.facts();
}

/** What a block is for. */
function namesOf(written: string, start: number): Named[] {
  const [, word, name] = callable.exec(written) ?? [];
  if (name !== undefined && word !== undefined) {
    const from = start + written.indexOf(name, word.length + 1);
    return [{ kind: 'function', start: from, end: from + name.length }];
  }
  const frames = keyframes.exec(written);
  if (frames !== null) {
    const from = start + frames[0].length - (frames[1] as string).length;
    return [{ kind: 'key', start: from, end: start + frames[0].length }];
  }
  // `font: { family: x }` is a property, other at-rules only say when.
  if (written.startsWith('@') || written.endsWith(':')) return [];
  const mixin = lessMixin.exec(written)?.[1];
  if (mixin !== undefined) return [{ kind: 'function', start: start + 1, end: start + 1 + mixin.length }];
  const found = new Map<string, Named>();
  let from = start;
  for (const selector of written.split(',')) {
    for (const { start: at, end } of subjectsOf(selector)) {
      const name = selector.slice(at, end);
      if (!found.has(name)) found.set(name, { kind: 'key', start: from + at, end: from + end });
    }
    from += selector.length + 1;
  }
  return [...found.values()];
}

/** Stands where an interpolation is: a name beside it is not whole. */
const unknown = '\u0000';
/** Stands where something is that names nothing, without ending the compound that it is in. */
const nothing = '\u0001';
const namedParts = new RegExp(`[.#%&]([\\w-]*[A-Za-z_][\\w-]*)(?![\\w-]|${unknown})`, 'g');

/** Names of the last compound of a selector: `.a .b.c:hover` is about `b` and `c`, `&__title` about `__title`. */
function subjectsOf(selector: string): { start: number; end: number }[] {
  const bare = selector
    .replace(/\bwhen\b.*$/s, '')
    .replace(/\[[^\][]*\]|\([^()]*\)|::?[\w-]+/g, (part) => nothing.repeat(part.length))
    .trimEnd();
  const base = Math.max(...[' ', '\n', '\t', '\r', '>', '+', '~'].map((sign) => bare.lastIndexOf(sign))) + 1;
  return [...bare.slice(base).matchAll(namedParts)].map(({ index, 1: name = '' }) => ({
    start: base + index + 1,
    end: base + index + 1 + name.length,
  }));
}

/** Without comments, interpolations and what stands in parentheses, in the same length. */
function blanked(written: string): string {
  return written
    .replace(/\/\*[\s\S]*?\*\/|(?<!:)\/\/[^\n]*/g, (part) => ' '.repeat(part.length))
    .replace(/[#@]\{[^{}]*\}[\w-]*/g, (part) => unknown.repeat(part.length))
    .replace(/\([^()$"']*\)/g, (part) => `(${nothing.repeat(part.length - 2)})`)
    .trimEnd();
}

function stringEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === text[start]) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return text.length;
}

/** Behind what closes the mark at `start`, or -1. */
function pairEnd(text: string, start: number): number {
  const opens = text[start];
  const closes = opens === '(' ? ')' : '}';
  let depth = 0;
  const last = Math.min(text.length, start + longestHead);
  for (let at = start; at < last; at++) {
    const unit = text[at] as string;
    if (unit === '"' || unit === "'") at = stringEnd(text, at) - 1;
    else if (unit === opens) depth++;
    else if (unit === closes && --depth === 0) return at + 1;
  }
  return -1;
}

export const scss: TextLanguage = {
  form: 'text',
  code: false,
  name: 'scss',
  displayName: 'SCSS',
  extensions: ['scss'],
  read,
};

export const less: TextLanguage = {
  form: 'text',
  code: false,
  name: 'less',
  displayName: 'Less',
  extensions: ['less'],
  read,
};
