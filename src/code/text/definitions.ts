/**
 * Definitions of a language without a grammar, gathered in one pass: what was opened is closed later, comments above become
 * its doc, and chunks follow the outermost ones.
 */
import type { SymbolKind } from '../facts.ts';
import type { TextFacts, TextImport, TextReference, TextSymbol } from '../languages/language.ts';
import { TextChunks } from './split.ts';

/** More definitions or references than this in one file are a dump. */
const mostNames = 20_000;
const longestName = 200;
const longestReceiver = 80;

interface Opened {
  readonly kind: SymbolKind;
  readonly nameStart: number;
  readonly nameEnd: number;
  readonly start: number;
  /** What the name is qualified by instead of its parent's name. */
  readonly qualifier?: string;
  /** -1 at the top. */
  readonly parent: number;
}

export class Definitions {
  readonly #text: string;
  readonly #symbols: { -readonly [Key in keyof TextSymbol]: TextSymbol[Key] }[] = [];
  readonly #references: TextReference[] = [];
  readonly #imports: TextImport[] = [];
  #commentStart = -1;
  #commentEnd = -1;
  #overflowedAt = -1;

  constructor(text: string) {
    this.#text = text;
  }

  /** Comments that stand on their own lines, in order. */
  comment(start: number, end: number): void {
    if (!/(^|\n)[ \t\ufeff]*$/.test(this.#text.slice(Math.max(0, start - 200), start))) return;
    if (this.#commentEnd < 0 || !this.#isJoined(this.#commentEnd, start)) this.#commentStart = start;
    this.#commentEnd = end;
  }

  /** Only white space, with one line break. */
  #isJoined(from: number, to: number): boolean {
    const between = from <= to ? this.#text.slice(from, Math.min(to, from + 200)) : 'x';
    return to - from <= 200 && between.trim() === '' && between.split('\n').length <= 2;
  }

  /** @returns its number; -1 when it was not kept */
  open({ kind, nameStart, nameEnd, start, qualifier, parent }: Opened): number {
    const length = nameEnd - nameStart;
    if (length <= 0 || length > longestName) return -1;
    if (this.#symbols.length >= mostNames) {
      if (this.#overflowedAt < 0) this.#overflowedAt = start;
      return -1;
    }
    const name = this.#text.slice(nameStart, nameEnd);
    const before = qualifier ?? this.#symbols[parent]?.qualifiedName ?? '';
    const qualifiedName = before === '' ? name : `${before}.${name}`;
    const hasDoc = this.#commentEnd >= 0 && this.#isJoined(this.#commentEnd, start);
    const doc = hasDoc ? { doc: { start: this.#commentStart, end: this.#commentEnd } } : {};
    const place = { start, end: nameEnd, nameStart, nameEnd, signatureEnd: nameEnd, parent };
    return this.#symbols.push({ kind, name, qualifiedName, ...place, ...doc }) - 1;
  }

  qualifiedName(index: number): string {
    return this.#symbols[index]?.qualifiedName ?? '';
  }

  /** Ends a definition, and its signature where that is not its end. */
  close(index: number, end: number, signatureEnd = end): void {
    const symbol = this.#symbols[index];
    if (symbol === undefined) return;
    symbol.end = Math.max(symbol.end, end);
    let last = Math.min(symbol.end, signatureEnd);
    while (last > symbol.nameEnd && /\s/.test(this.#text[last - 1] as string)) last--;
    symbol.signatureEnd = Math.max(symbol.nameEnd, last);
  }

  refer(kind: TextReference['kind'], start: number, end: number, receiver: string | null = null): void {
    if (end <= start || end - start > longestName || this.#references.length >= mostNames) return;
    const before = receiver === null || receiver === '' ? null : receiver.slice(-longestReceiver);
    // Receivers are counted in bytes; what is not ASCII could be longer than it looks.
    const kept = before !== null && /^[\x20-\x7e]+$/.test(before) ? before : null;
    this.#references.push({ kind, name: this.#text.slice(start, end), receiver: kept, start, end });
  }

  import(module: string, start: number, end: number): void {
    if (module === '' || module.length > longestName || this.#imports.length >= mostNames || end <= start) return;
    this.#imports.push({ module, name: '*', alias: null, start, end });
  }

  facts(): TextFacts {
    const text = this.#text;
    const symbols = this.#symbols;
    // A parent reaches as far as what is in it; in broken files it may have been closed too early.
    for (let at = symbols.length - 1; at >= 0; at--) {
      const symbol = symbols[at] as TextSymbol;
      const parent = symbols[symbol.parent];
      if (parent !== undefined) parent.end = Math.max(parent.end, symbol.end);
    }
    const chunks = new TextChunks(text);
    let from = 0;
    symbols.forEach((symbol, at) => {
      if (symbol.parent >= 0) return;
      const start = Math.max(from, symbol.doc?.start ?? symbol.start);
      if (symbol.end <= start) return;
      chunks.add(-1, from, start);
      chunks.add(at, start, symbol.end);
      from = symbol.end;
    });
    chunks.add(-1, from, text.length);
    const problems: TextFacts['problems'][number][] = [];
    if (this.#overflowedAt >= 0) {
      const message = `More than ${mostNames} definitions; the later ones are searched as text only.`;
      problems.push({ kind: 'too-many-symbols', start: this.#overflowedAt, end: this.#overflowedAt, message });
    }
    const references = [...this.#references].sort((a, b) => a.start - b.start);
    return { symbols, chunks: chunks.list, references, imports: this.#imports, problems };
  }
}
