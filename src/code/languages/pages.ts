/**
 * What pages (HTML, Vue, Svelte) share: a scanner for tags that finds the regions of other languages, and what the markup
 * around them names.
 *
 * A scanner, not a parser: it knows comments, tags with their attributes, and that scripts and styles end at their closing
 * tag alone, as browsers do. What is malformed is passed over. It looks at each character once.
 */
import type { SymbolKind } from '../facts.ts';
import { TextChunks } from '../text/split.ts';
import type { EmbeddedFacts, Region, TextReference, TextSymbol } from './language.ts';

export interface Tag {
  readonly name: string;
  readonly start: number;
  /** One past `>`. */
  readonly end: number;
  readonly nameStart: number;
  readonly attributes: readonly Attribute[];
}

interface Attribute {
  readonly name: string;
  readonly value: string;
  readonly valueStart: number;
}

export interface PageRules {
  /** Language of a script or style; null when it is none of ours (data, templates). */
  languageOf(tag: Tag): string | null;
  /** Whether tags of the name are components that are defined elsewhere. */
  isComponent(name: string): boolean;
  /** Elements whose text is their name (`h1`). */
  readonly headings: ReadonlySet<string>;
}

/** Attributes of one tag; more are generated. */
const mostAttributes = 200;
/** Symbols and references of a page's markup; what is more is generated. */
const mostNames = 5_000;
const longestName = 200;
/** An expression in a tag that goes on for longer was never closed: a bound on how often text is looked at. */
const longestExpression = 1_000;

const isSpace = (code: number): boolean => code === 32 || (code >= 9 && code <= 13);
const tagName = /[A-Za-z][\w.:-]*/y;
const attributeName = /[^\s"'<>/=]+/y;

/** A tag that begins at `start`, which is a `<`; null when none does. */
function tagAt(text: string, start: number): Tag | null {
  tagName.lastIndex = start + 1;
  const name = tagName.exec(text)?.[0];
  if (name === undefined) return null;
  const attributes: Attribute[] = [];
  let at = start + 1 + name.length;
  while (at < text.length) {
    while (at < text.length && (isSpace(text.charCodeAt(at)) || text[at] === '/')) at++;
    if (text[at] === '>') return { name, start, end: at + 1, nameStart: start + 1, attributes };
    if (text[at] === '<') return null;
    if (text[at] === '{') {
      at = bracesEnd(text, at);
      if (at < 0) return null;
      continue;
    }
    attributeName.lastIndex = at;
    const word = attributeName.exec(text)?.[0];
    if (word === undefined) {
      at++;
      continue;
    }
    at += word.length;
    let value = '';
    let valueStart = at;
    let next = at;
    while (next < text.length && isSpace(text.charCodeAt(next))) next++;
    if (text[next] === '=') {
      at = next + 1;
      while (at < text.length && isSpace(text.charCodeAt(at))) at++;
      const quote = text[at];
      let end: number;
      if (quote === '"' || quote === "'") {
        end = text.indexOf(quote, at + 1);
        if (end < 0) return null;
        valueStart = at + 1;
        value = text.slice(valueStart, Math.min(end, valueStart + longestName + 1));
        at = end + 1;
      } else {
        valueStart = at;
        if (quote === '{') at = bracesEnd(text, at);
        if (at < 0) return null;
        while (at < text.length && !isSpace(text.charCodeAt(at)) && text[at] !== '>') at++;
        value = text.slice(valueStart, Math.min(at, valueStart + longestName + 1));
      }
    }
    if (attributes.length < mostAttributes) attributes.push({ name: word.toLowerCase(), value, valueStart });
  }
  return null;
}

/** One past the brace that closes the one at `start`, or -1: expressions of Svelte. Strings in them may hold braces that count. */
function bracesEnd(text: string, start: number): number {
  let depth = 0;
  const end = Math.min(text.length, start + longestExpression);
  for (let at = start; at < end; at++) {
    const code = text.charCodeAt(at);
    if (code === 123) depth++;
    else if (code === 125 && --depth === 0) return at + 1;
  }
  return -1;
}

export const attributeOf = (tag: Tag, name: string): string | null =>
  tag.attributes.find((attribute) => attribute.name === name)?.value ?? null;

/** Start of the closing tag of a script or style, or -1. The search goes on where the last one ended. */
function closingTag(text: string, name: string, from: number): number {
  const end = new RegExp(`</${name}(?=[\\s>/])`, 'gi');
  end.lastIndex = from;
  return end.exec(text)?.index ?? -1;
}

export function readPage(text: string, rules: PageRules): EmbeddedFacts {
  const symbols: TextSymbol[] = [];
  const references: TextReference[] = [];
  const imports: { module: string; name: string; alias: null; start: number; end: number }[] = [];
  const regions: Region[] = [];
  const chunks = new TextChunks(text);
  let outside = 0;

  const define = (kind: SymbolKind, name: string, nameStart: number, start: number, end: number): void => {
    if (name === '' || name.length > longestName || symbols.length >= mostNames) return;
    const nameEnd = nameStart + name.length;
    symbols.push({ kind, name, qualifiedName: name, start, end, nameStart, nameEnd, signatureEnd: end, parent: -1 });
  };
  const meet = (tag: Tag): void => {
    const id = tag.attributes.find((attribute) => attribute.name === 'id');
    if (id !== undefined && /^[A-Za-z_][\w:.-]*$/.test(id.value))
      define('key', id.value, id.valueStart, tag.start, tag.end);
    if (rules.isComponent(tag.name) && references.length < mostNames) {
      const start = tag.nameStart;
      references.push({ kind: 'use', name: tag.name, receiver: null, start, end: start + tag.name.length });
    }
    const source =
      tag.name === 'link' ? attributeOf(tag, 'href') : tag.name === 'script' ? attributeOf(tag, 'src') : null;
    if (source !== null && source !== '' && source.length <= longestName && imports.length < mostNames)
      imports.push({ module: source, name: '*', alias: null, start: tag.start, end: tag.end });
  };

  for (let at = text.indexOf('<'); at >= 0; at = text.indexOf('<', at)) {
    if (text.startsWith('<!--', at)) {
      const end = text.indexOf('-->', at + 4);
      at = end < 0 ? text.length : end + 3;
      continue;
    }
    const tag = tagAt(text, at);
    if (tag === null) {
      at++;
      continue;
    }
    at = tag.end;
    const lower = tag.name.toLowerCase();
    if (rules.headings.has(lower)) {
      const inner = /^[^<]*/.exec(text.slice(at, at + longestName))?.[0] ?? '';
      const close = text.startsWith('</', at + inner.length) ? at + inner.length : -1;
      const name = close < 0 || /[{&]/.test(inner) ? '' : inner.trim();
      if (name !== '') {
        const nameStart = at + inner.indexOf(name);
        define('section', name, nameStart, tag.start, close);
      }
    }
    meet(tag);
    if (lower !== 'script' && lower !== 'style') continue;
    if (text[tag.end - 2] === '/') continue;
    const close = closingTag(text, lower, at);
    const end = close < 0 ? text.length : close;
    const language = rules.languageOf(tag);
    if (language !== null && end > at) {
      chunks.add(-1, outside, at);
      regions.push({ language, text: text.slice(at, end), places: at });
      outside = end;
    }
    at = end;
  }
  chunks.add(-1, outside, text.length);
  return { symbols, references, imports, regions, chunks: chunks.list, problems: [] };
}

/** Language of a script by its `lang` or `type`, of a style by its `lang`; null for what is none of ours. */
export function guestOf(tag: Tag, plainScript: string): string | null {
  const lang = attributeOf(tag, 'lang')?.toLowerCase() ?? '';
  const type = attributeOf(tag, 'type')?.toLowerCase() ?? '';
  if (tag.name.toLowerCase() === 'style') {
    if (lang === 'scss' || lang === 'less') return lang;
    return lang === '' || lang === 'css' || lang === 'postcss' ? 'css' : null;
  }
  if (lang === 'tsx') return 'tsx';
  if (lang === 'jsx' || type === 'text/babel') return 'javascript';
  if (/^(ts|typescript)$/.test(lang) || /typescript$/.test(type)) return 'typescript';
  if (type === 'application/json' || type === 'application/ld+json' || type === 'importmap') return 'json';
  return lang === '' || lang === 'js' || lang === 'javascript'
    ? /^(|module|text\/javascript|application\/javascript|text\/ecmascript)$/.test(type)
      ? plainScript
      : null
    : null;
}

export const pageGuests = ['javascript', 'typescript', 'tsx', 'css'] as const;
