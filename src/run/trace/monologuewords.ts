/**
 * The words that sentences about a run are made of: how a value, a name, a list is written, so that it can be read again.
 *
 * Each kind of word begins in a way of its own and says itself where it ends, so that a sentence needs no quotes around it. Texts are
 * JSON's. The scanner reads what these write; at anything else it stops with `NoSentence`.
 */
import type { Entry, Value } from './types.ts';

export class NoSentence extends Error {}

const plainName = /[\p{L}_$@][\p{L}\p{N}_$@]*/uy;
const number = /-?\d+(?:\.\d+)?(?:e[+-]?\d+)?/y;
const jsonText = /"[^"\\]*(?:\\.[^"\\]*)*"/sy;

const whole = (pattern: RegExp, text: string): boolean => {
  pattern.lastIndex = 0;
  return pattern.exec(text)?.[0].length === text.length && text !== '';
};

/** A name as it is, or as a text where it is no plain one. */
export const nameText = (name: string): string => (whole(plainName, name) ? name : JSON.stringify(name));

/** `5`, `float 0.5`, `"text"`, `#3` (an object), `tuple(1, 2)`, `tuple(1, 2; 10 in all)`, `<range "range(0, 3)">`. */
export function valueWords(value: Value): string {
  if (value === null || typeof value === 'boolean' || typeof value === 'string') return JSON.stringify(value);
  if (typeof value === 'number') return String(value);
  if ('r' in value) return `#${value.r}`;
  if ('f' in value) return `float ${value.f}`;
  if ('items' in value) {
    const rest = value.n === undefined ? '' : `; ${value.n} in all`;
    return `${nameText(value.t)}(${value.items.map(valueWords).join(', ')}${rest})`;
  }
  return `<${nameText(value.t)} ${JSON.stringify(value.v)}${value.n === undefined ? '' : ` of ${value.n}`}>`;
}

export const entryWords = ([key, value]: Entry): string => `${valueWords(key)} is ${valueWords(value)}`;

/** Values inside of values; as the reader of recordings has it. */
const mostDepth = 200;

export class MonologueScanner {
  readonly #text: string;
  at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.at === this.#text.length;
  }

  takes(words: string): boolean {
    if (!this.#text.startsWith(words, this.at)) return false;
    this.at += words.length;
    return true;
  }

  needs(words: string): void {
    if (!this.takes(words)) throw new NoSentence();
  }

  /** @returns null when it does not stand here */
  tries(pattern: RegExp): string | null {
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) return null;
    this.at += found.length;
    return found;
  }

  rest(): void {
    this.at = this.#text.length;
  }

  number(): number {
    const found = this.tries(number);
    if (found === null) throw new NoSentence();
    return Number(found);
  }

  text(): string {
    const found = this.tries(jsonText);
    if (found === null) throw new NoSentence();
    try {
      return JSON.parse(found) as string;
    } catch {
      throw new NoSentence();
    }
  }

  name(): string {
    return this.tries(plainName) ?? this.text();
  }

  oneOf<T extends string>(words: readonly T[]): T {
    const found = words.find((word) => this.takes(word));
    if (found === undefined) throw new NoSentence();
    return found;
  }

  value(depth = 0): Value {
    if (depth > mostDepth) throw new NoSentence();
    if (this.takes('#')) return { r: this.number() };
    if (this.takes('<')) return this.#named();
    const from = this.at;
    const name = this.tries(plainName);
    const quoted = name === null ? this.tries(jsonText) : null;
    if (name === null && quoted === null) return this.number();
    if (this.takes('(')) {
      this.at = from;
      return this.#parts(this.name(), depth);
    }
    this.at = from;
    if (name === null) return this.text();
    this.at += name.length;
    if (name === 'null') return null;
    if (name === 'true' || name === 'false') return name === 'true';
    if (name !== 'float') throw new NoSentence();
    this.needs(' ');
    for (const special of ['nan', 'inf', '-inf'] as const) if (this.takes(special)) return { f: special };
    const sign = this.tries(/-0(?!\.?\d|e)/y);
    return { f: sign === null ? this.number() : '-0' };
  }

  #named(): Value {
    const t = this.name();
    this.needs(' ');
    const v = this.text();
    const n = this.takes(' of ') ? { n: this.number() } : {};
    this.needs('>');
    return { t, v, ...n };
  }

  #parts(t: string, depth: number): Value {
    this.needs('(');
    const items: Value[] = [];
    while (!this.#text.startsWith(')', this.at) && !this.#counts()) {
      if (items.length > 0) this.needs(', ');
      items.push(this.value(depth + 1));
    }
    if (this.takes(')')) return { t, items };
    return { t, items, n: this.#count() };
  }

  #counts(): boolean {
    return this.#text.startsWith('; ', this.at);
  }

  #count(): number {
    this.needs('; ');
    const n = this.number();
    this.needs(' in all)');
    return n;
  }

  entries(): Entry[] {
    return this.list(() => {
      const key = this.value();
      this.needs(' is ');
      return [key, this.value()];
    });
  }

  /** `(nothing)`, as no value and no name begins, or some between commas. */
  list<T>(one: () => T): T[] {
    if (this.takes('(nothing)')) return [];
    const found = [one()];
    while (this.takes(', ')) found.push(one());
    return found;
  }
}

export const listWords = (words: readonly string[]): string => (words.length === 0 ? '(nothing)' : words.join(', '));
